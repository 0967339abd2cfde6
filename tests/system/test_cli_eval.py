"""``gisa eval`` on a tiny set of invented texts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.builds import build_folder, list_builds, read_current
from index.manifest import read_manifest, write_manifest

TEXTS = {
    "lib": ("참새마을 도서관", "참새마을에 새 도서관이 문을 열었다. 책은 만 권이다."),
    "bus": ("버스 노선", "고래시가 버스 노선을 일곱 개 줄인다."),
    "sea": ("해수욕장 개장", "여우섬 해수욕장이 예년보다 일찍 개장했다."),
    "tax": ("지방세 감면", "고래시의회는 지방세 감면 조례를 통과시켰다."),
}
QUERIES = {"q1": "새 도서관은 어디에 생겼나", "q2": "버스 노선을 줄이는 곳", "q3": "해수욕장 개장"}
QRELS = {"q1": "lib", "q2": "bus", "q3": "sea"}
Cli = Callable[..., Any]


@pytest.fixture
def files(tmp_path: Path) -> list[str | Path]:
    """Arguments that name a tiny BEIR set."""
    rows = [{"_id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()]
    asked = [{"_id": i, "text": text} for i, text in QUERIES.items()]
    for name, records in (("corpus.jsonl", rows), ("queries.jsonl", asked)):
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (tmp_path / name).write_text(lines, encoding="utf-8")
    judged = "".join(f"{query}\t{document}\t1\n" for query, document in QRELS.items())
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    options: list[str | Path] = []
    for name in ("corpus", "queries", "qrels"):
        [path] = tmp_path.glob(f"{name}.*")
        options += [f"--{name}", path]
    return options


def test_a_set_is_built_and_measured(cli: Cli, files: list[str | Path], tmp_path: Path) -> None:
    done = cli("eval", *files, "--index-dir", tmp_path / "index", "--json")
    assert done.code == 0
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    assert report["queries"] == 3
    assert set(report["measures"]) == set(report["intervals"]) == {"lexical", "dense", "hybrid"}
    assert report["measures"]["hybrid"]["Success@1"] == 1
    assert report["intervals"]["hybrid"]["Success@1"] == [1, 1]


def test_without_a_folder_the_build_goes_below_var(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    assert cli("eval", *files).code == 0
    [folder] = (tmp_path / "var" / "eval").iterdir()
    built = list_builds(folder)
    assert cli("eval", *files).code == 0
    assert list_builds(folder) == built


def test_the_table_shows_each_leg(cli: Cli, files: list[str | Path]) -> None:
    done = cli("eval", *files)
    assert done.code == 0
    assert "3 queries" in done.out
    lines = [line for line in done.out.splitlines() if " [" in line]
    assert [next(w for w in line.split() if w.isalpha()) for line in lines] == [
        "lexical",
        "dense",
        "hybrid",
    ]
    assert "\x1b" not in done.out


def test_a_run_against_itself_differs_by_nothing(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    run = tmp_path / "runs" / "hybrid.trec"
    assert cli("eval", *files, "--run-out", run).code == 0
    assert run.read_text(encoding="utf-8").splitlines()[0] == "q1 Q0 lib 1 1.000000 gisa"
    report = json.loads(cli("eval", *files, "--baseline", run, "--json").out)
    for found in report["baseline"]["hybrid_against_baseline"].values():
        assert found == {"difference": 0, "low": 0, "high": 0, "p": 1}
    text = cli("eval", *files, "--baseline", run).out
    assert "nDCG@10: +0.0000 against the baseline (+0.0000 to +0.0000, p = 1.0000)" in text


def test_a_folder_of_another_corpus_is_refused(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    assert cli("eval", *files, "--index-dir", tmp_path / "index").code == 0
    built = list_builds(tmp_path / "index")
    other = {"_id": "x", "title": "다른", "text": "다른 글이다."}
    with (tmp_path / "corpus.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(other, ensure_ascii=False) + "\n")
    done = cli("eval", *files, "--index-dir", tmp_path / "index")
    assert (done.code, done.out) == (2, "")
    assert "holds another corpus" in done.err
    assert list_builds(tmp_path / "index") == built


def test_a_folder_that_gisa_build_made_is_refused(
    cli: Cli, files: list[str | Path], copied_index: Path
) -> None:
    done = cli("eval", *files, "--index-dir", copied_index)
    assert done.code == 2
    assert "holds another corpus" in done.err


def test_an_outdated_build_is_built_again(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    assert cli("eval", *files, "--index-dir", index_dir).code == 0
    old = read_current(index_dir)
    folder = build_folder(index_dir, old)
    manifest = read_manifest(folder)
    manifest.options["title_weight"] += 1
    write_manifest(folder, manifest)
    assert cli("eval", *files, "--index-dir", index_dir).code == 0
    assert read_current(index_dir) != old


def test_a_build_of_another_analyzer_is_built_again(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    assert cli("eval", *files, "--index-dir", index_dir).code == 0
    old = read_current(index_dir)
    manifest = read_manifest(build_folder(index_dir, old))
    manifest.analyzer["fingerprint"] = "0" * 16
    write_manifest(build_folder(index_dir, old), manifest)
    assert cli("eval", *files, "--index-dir", index_dir).code == 0
    assert read_current(index_dir) != old


def test_a_damaged_build_is_not_measured(cli: Cli, files: list[str | Path], tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    assert cli("eval", *files, "--index-dir", index_dir).code == 0
    path = build_folder(index_dir, read_current(index_dir)) / "posting_rows.npy"
    path.write_bytes(path.read_bytes()[:-4])
    done = cli("eval", *files, "--index-dir", index_dir)
    assert done.code == 3
    assert "posting_rows.npy" in done.err


@pytest.mark.parametrize("option", ["--corpus", "--queries", "--qrels", "--baseline"])
def test_a_missing_file_is_told(
    cli: Cli, files: list[str | Path], tmp_path: Path, option: str
) -> None:
    missing = tmp_path / "gone.jsonl"
    given = list(files)
    if option in given:
        given[given.index(option) + 1] = missing
    else:
        given += [option, missing]
    done = cli("eval", *given, "--index-dir", tmp_path / "index")
    assert (done.code, done.out) == (2, "")
    assert "gone.jsonl" in done.err
    assert done.err.count("\n") == 1


def test_a_run_that_cannot_be_written_is_told(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    done = cli("eval", *files, "--run-out", tmp_path / "qrels.tsv" / "run.trec")
    assert done.code == 2
    assert "Cannot write" in done.err


def test_white_space_in_ids_does_not_spoil_a_comparison(
    cli: Cli, files: list[str | Path], tmp_path: Path
) -> None:
    for name in ("corpus.jsonl", "qrels.tsv"):
        path = tmp_path / name
        path.write_text(path.read_text(encoding="utf-8").replace("lib", "a lib"), encoding="utf-8")
    run = tmp_path / "run.trec"
    assert cli("eval", *files, "--run-out", run).code == 0
    report = json.loads(cli("eval", *files, "--baseline", run, "--json").out)
    found = report["baseline"]["hybrid_against_baseline"]["Success@1"]
    assert (found["difference"], found["p"]) == (0, 1)
