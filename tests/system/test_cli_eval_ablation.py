"""``gisa eval --ablation`` on the samples: each part of search is taken away in turn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.ablation import ABLATIONS, DEFAULT, SHOWN

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples" / "news.jsonl"
QUESTIONS = ROOT / "tests" / "golden" / "questions.jsonl"
Cli = Callable[..., Any]

pytestmark = pytest.mark.slow


@pytest.fixture
def arguments(tmp_path: Path) -> list[str | Path]:
    """Arguments that name the samples and every sixth of their questions, of all kinds."""
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][::6]
    queries = "".join(json.dumps({"_id": q["_id"], "text": q["text"]}) + "\n" for q in asked)
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    rows = [f"{q['_id']}\t{relevant}\t1\n" for q in asked for relevant in q["relevant"]]
    (tmp_path / "qrels.tsv").write_text("".join(rows), encoding="utf-8")
    named = {"queries": "queries.jsonl", "qrels": "qrels.tsv", "index-dir": "index"}
    options = [part for name, file in named.items() for part in (f"--{name}", tmp_path / file)]
    return ["--corpus", SAMPLES, *options]


def test_each_part_is_taken_away_and_kinds_are_told_apart(
    cli: Cli, arguments: list[str | Path]
) -> None:
    done = cli("eval", *arguments, "--ablation", "--json")
    assert done.code == 0, done.err
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    plain = json.loads(cli("eval", *arguments, "--json").out)
    added = ("ablation", "by_kind", "by_asked")
    assert {key: value for key, value in report.items() if key not in added} == plain

    ablation = report["ablation"]
    assert list(ablation) == [DEFAULT, *(each.name for each in ABLATIONS)]
    assert ablation[DEFAULT]["against_default"] is None
    for name in SHOWN:
        default = report["measures"]["hybrid"][name]
        assert ablation[DEFAULT]["measures"][name] == default
        for each in ABLATIONS:
            found = ablation[each.name]
            low, high = found["intervals"][name]
            assert low <= found["measures"][name] <= high
            change = found["against_default"][name]
            assert change["difference"] == pytest.approx(
                found["measures"][name] - default, abs=2e-6
            )
            assert 0 < change["p"] <= 1

    assert set(report["by_kind"]) == {"ko", "kw", "en"}
    for parts in (report["by_kind"], report["by_asked"]):
        assert sum(found["queries"] for found in parts.values()) == report["queries"]
        for name in SHOWN:
            total = sum(found["queries"] * found["measures"][name] for found in parts.values())
            whole = report["measures"]["hybrid"][name]
            assert total / report["queries"] == pytest.approx(whole, abs=1e-5)


def test_the_tables_stand_below_that_of_the_legs(cli: Cli, arguments: list[str | Path]) -> None:
    done = cli("eval", *arguments, "--ablation")
    assert done.code == 0, done.err
    plain = cli("eval", *arguments)
    assert done.out.startswith(plain.out)
    added = done.out.removeprefix(plain.out)
    for each in ABLATIONS:
        [line] = [line for line in added.splitlines() if f" {each.name} " in line]
        assert line.count("[") == len(SHOWN)
    assert "kinds of query" in added
    assert "how many" in added
    assert "\x1b" not in done.out
