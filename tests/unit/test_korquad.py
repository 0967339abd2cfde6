"""Halves of KorQuAD share no article; titles are invented."""

import hashlib
import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import InputError
from search.training.korquad import is_held_out, split

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "split_korquad.py"
TITLES = [f"제목 {n}" for n in range(12)]


@pytest.fixture
def folder(tmp_path: Path, write_jsonl: Callable[..., Path]) -> Path:
    """Twelve articles of two paragraphs each, a question about each paragraph."""
    names = [(f"p{n}", TITLES[n // 2]) for n in range(24)]
    write_jsonl(*({"_id": i, "title": t, "text": "글"} for i, t in names), name="corpus.jsonl")
    write_jsonl(
        *({"_id": f"q{i}", "text": "?", "answers": ["답"]} for i, _ in names),
        {"_id": "unjudged", "text": "?"},
        {"_id": "irrelevant", "text": "?"},
        name="queries.jsonl",
    )
    rows = "".join(f"q{i}\t{i}\t1\n" for i, _ in names)
    (tmp_path / "qrels.tsv").write_text(rows + "irrelevant\tp0\t0\n", encoding="utf-8")
    return tmp_path


def test_the_hash_of_a_title_decides() -> None:
    digests = {title: hashlib.sha256(title.encode()).hexdigest() for title in TITLES}
    assert {is_held_out(title) for title in TITLES} == {True, False}
    for title, digest in digests.items():
        assert is_held_out(title) == (digest < "8")


def test_an_article_is_in_one_half(folder: Path) -> None:
    halves = split(folder)
    for records, is_held in ((halves.held_out, True), (halves.train, False)):
        names = [f"qp{n}" for n in range(24) if is_held_out(TITLES[n // 2]) == is_held]
        assert [record["_id"] for record in records] == names
        assert all(record["answers"] == ["답"] for record in records)


def test_a_question_about_both_halves_is_held_out(folder: Path) -> None:
    held, other = (
        next(f"p{2 * n}" for n, title in enumerate(TITLES) if is_held_out(title) == which)
        for which in (True, False)
    )
    (folder / "qrels.tsv").write_text(f"qp0\t{other}\t1\nqp0\t{held}\t1\n", encoding="utf-8")
    halves = split(folder)
    assert [record["_id"] for record in halves.held_out] == ["qp0"]
    assert halves.train == []


def test_a_corpus_that_does_not_fit_is_told(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"_id": "x", "title": "가"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"'p0' of .*qrels\.tsv is not in .*corpus\.jsonl"):
        split(folder)
    (folder / "corpus.jsonl").write_text('{"_id": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"corpus\.jsonl:1 has no _id or no title"):
        split(folder)


def test_the_script_writes_both_halves(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, train = folder / "held.jsonl", folder / "train.jsonl"
    given = [str(SCRIPT), str(folder), "--out", str(out), "--train", str(train)]
    monkeypatch.setattr("sys.argv", given)
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(SCRIPT), run_name="__main__")
    counts = json.loads(capsys.readouterr().out)
    assert counts["held_out"] + counts["train"] == 24
    for path, n in ((out, counts["held_out"]), (train, counts["train"])):
        assert len(path.read_text(encoding="utf-8").splitlines()) == n


def test_the_script_tells_what_is_missing_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [str(SCRIPT), str(tmp_path), "--out", str(tmp_path / "o")])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(SCRIPT), run_name="__main__")
    told = capsys.readouterr().err
    assert "queries.jsonl cannot be read" in told
    assert told.count("\n") == 1
