"""``gisa tune`` on the samples: each article is asked for by its title."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api import wiring
from api.tuning import LEAST_QUERIES
from index.errors import ModelUnavailable
from search.weights import RERANKER, Weights, format_weights, read_weights

pytestmark = pytest.mark.slow  # thousands of examples, or a program a test

SAMPLES = Path(__file__).parent.parent.parent / "samples" / "news.jsonl"
Cli = Callable[..., Any]
Files = list[str | Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Arguments that name the samples, forty questions and their answers."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines if line.strip()][:40]
    asked = "".join(
        json.dumps({"_id": f"q{n}", "text": f"{each['title']}에 대해 왜 말이 많은가?"}) + "\n"
        for n, each in enumerate(articles)
    )
    (tmp_path / "queries.jsonl").write_text(asked, encoding="utf-8")
    judged = "".join(f"q{n}\t{each['id']}\t1\n" for n, each in enumerate(articles))
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return [
        "--corpus",
        SAMPLES,
        "--queries",
        tmp_path / "queries.jsonl",
        "--qrels",
        tmp_path / "qrels.tsv",
        "--index-dir",
        tmp_path / "index",
    ]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the weights go."""
    return tmp_path / "fitted" / "weights.json"


def search(cli: Cli, tmp_path: Path, *arguments: str) -> Any:
    return cli("search", "통신 장애의 원인은?", "--index-dir", tmp_path / "index", *arguments)


def test_weights_are_fitted_written_and_used(
    cli: Cli, files: Files, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cli("tune", *files, "--out", out, "--json")
    assert done.code == 0, done.err
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    assert set(report["kinds"]) == {"ko", "kw", "en"}
    assert not any(found["against_no_reranker"] for found in report["kinds"].values())
    assert sum(found["queries"] for found in report["kinds"].values()) == 40
    [kind] = [kind for kind, found in report["kinds"].items() if found["against_default"]]
    found = report["kinds"][kind]
    assert found["queries"] >= LEAST_QUERIES
    assert found["nDCG@10"]["fitted"] >= found["nDCG@10"]["default"] > 0.5
    assert 0 < found["against_default"]["p"] <= 1
    for other, kept in report["kinds"].items():
        if other != kind:
            assert kept["weights"]["fitted"] is None
            assert f"gisa: {other}: {kept['queries']} queries, fewer than 20" in done.err
    written = read_weights(out)
    assert {k.value: dict(legs) for k, legs in written.fusion.items()}[kind] == (
        found["weights"]["fitted"]
    )
    assert json.loads(out.read_text(encoding="utf-8"))["about"]["kinds"] == report["kinds"]
    monkeypatch.setenv("GISA_WEIGHTS", str(out))
    explained = json.loads(search(cli, tmp_path, "--explain", "--json").out)["explain"]["fusion"]
    used = {k.value: dict(legs) for k, legs in written.fusion.items()}[explained["kind"]]
    assert explained["weights"] == used
    again = out.with_name("again.json")
    assert cli("tune", *files, "--out", again).code == 0  # and GISA_WEIGHTS is not read
    assert again.read_bytes() == out.read_bytes()


def test_the_table_shows_default_fitted_and_out_of_fold(cli: Cli, files: Files, out: Path) -> None:
    done = cli("tune", *files, "--out", out)
    assert done.code == 0, done.err
    for shown in ("default", "fitted", "out of fold", "no reranker", f"GISA_WEIGHTS={out}"):
        assert shown in done.out
    assert "\x1b" not in done.out


def test_weights_of_another_encoder_or_reranker_are_refused(
    cli: Cli, files: Files, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("eval", *files).code == 0
    monkeypatch.setenv("GISA_WEIGHTS", str(out))
    out.parent.mkdir()
    manifest = json.loads(next((tmp_path / "index").glob("builds/*/manifest.json")).read_bytes())
    here = manifest["encoder"]["fingerprint"]
    for about in ({"encoder": "other-1"}, {"encoder": here, "reranker": "some/model"}):
        out.write_text(format_weights(Weights(), about), encoding="utf-8")
        for done in (search(cli, tmp_path), cli("eval", *files)):
            assert (done.code, done.out) == (2, "")
            assert done.err.endswith("Fit them again with gisa tune, or unset GISA_WEIGHTS.\n")
            assert f"were fitted for encoder {about['encoder']} with" in done.err
            assert f"here is encoder {here} with no reranker" in done.err
            assert done.err.count("\n") == 1
        assert cli("info", "--index-dir", tmp_path / "index").code == 0
        assert cli("check", "--index-dir", tmp_path / "index").code == 0
    for about in ({"encoder": here, "reranker": None}, {}):
        out.write_text(format_weights(Weights(), about), encoding="utf-8")
        assert search(cli, tmp_path).code == 0


def test_a_file_that_is_no_weights_is_told(
    cli: Cli, copied_index: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISA_WEIGHTS", str(out))
    done = cli("search", "KT", "--index-dir", copied_index)
    assert (done.code, done.out) == (2, "")
    assert "weights.json cannot be read" in done.err
    out.parent.mkdir()
    out.write_text('{"fusion": {"ko": {"dense": 2}}}')
    done = cli("search", "KT", "--index-dir", copied_index)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "not as gisa tune writes them" in done.err


def test_a_reranker_is_fitted_with_the_legs_and_named(
    cli: Cli, files: Files, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Overlap:
        """Characters in common, in place of a model."""

        def __init__(self, options: Any) -> None:
            self.name = options.name

        def score(self, query: str, passages: list[str]) -> np.ndarray[Any, Any]:
            return np.array([len(set(query) & set(text.split("\n")[0])) for text in passages])

    monkeypatch.setattr(wiring, "CrossEncoderReranker", Overlap)
    monkeypatch.setenv("GISA_RERANKER", "overlap")
    done = cli("tune", *files, "--out", out, "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["reranker"] == "overlap"
    [found] = [each for each in report["kinds"].values() if each["against_default"]]
    assert found["weights"]["default"][RERANKER] == 0.5
    assert sum(found["weights"]["fitted"].values()) == pytest.approx(1)
    assert found["nDCG@10"]["fitted"] >= found["nDCG@10"]["no_reranker"]
    assert "the weights do not beat no reranker" in done.err
    assert "no reranker" in cli("tune", *files, "--out", out).out
    monkeypatch.setenv("GISA_WEIGHTS", str(out))
    measured = cli("eval", *files, "--json")
    assert measured.code == 0, measured.err
    assert set(json.loads(measured.out)["measures"]) == {"lexical", "dense", "fused", "hybrid"}
    monkeypatch.delenv("GISA_RERANKER")
    refused = cli("eval", *files)
    assert refused.code == 2
    assert "with overlap reranker, here is" in refused.err


def test_what_is_written_is_what_eval_measures(
    cli: Cli, files: Files, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = json.loads(cli("tune", *files, "--out", out, "--json").out)
    [found] = [each for each in report["kinds"].values() if each["against_default"]]
    if found["queries"] < 40:
        pytest.skip("the queries are of several kinds")
    for which, weights in (("default", None), ("fitted", out)):
        if weights:
            monkeypatch.setenv("GISA_WEIGHTS", str(weights))
        measured = json.loads(cli("eval", *files, "--json").out)["measures"]["hybrid"]["nDCG@10"]
        assert measured == pytest.approx(found["nDCG@10"][which], abs=2e-6)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"GISA_FUSION": "rrf"}, "GISA_FUSION=rrf has no weights to fit"),
        ({"GISA_RERANKER": ""}, "GISA_RERANKER="),
        ({"GISA_RERANKER_DEPTH": "201"}, "GISA_RERANKER_DEPTH="),
    ],
)
def test_settings_that_cannot_be_tuned_are_told(
    cli: Cli,
    files: Files,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    told: str,
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    done = cli("tune", *files, "--out", out)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not out.exists()


def test_too_few_queries_are_told_and_nothing_is_written(
    cli: Cli, files: Files, out: Path, tmp_path: Path
) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").split("\n")[: LEAST_QUERIES - 1]))
    done = cli("tune", *files, "--out", out)
    assert (done.code, done.out) == (2, "")
    assert "No kind of query has 20 judged queries" in done.err
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_told_before_the_work(
    cli: Cli, files: Files, tmp_path: Path
) -> None:
    for out in (tmp_path, tmp_path / "qrels.tsv" / "weights.json"):
        done = cli("tune", *files, "--out", out)
        assert (done.code, done.out) == (2, "")
        assert f"Cannot write {out}" in done.err
    assert not (tmp_path / "index").exists()


def test_a_reranker_that_is_not_here_is_told(
    cli: Cli, copied_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(options: Any) -> Any:
        raise ModelUnavailable(f"no {options.name} {options.device} {options.batch_size}")

    monkeypatch.setattr(wiring, "CrossEncoderReranker", missing)
    for name, value in {
        "RERANKER": "m",
        "ENCODER_DEVICE": "cpu",
        "ENCODER_BATCH_SIZE": "7",
    }.items():
        monkeypatch.setenv(f"GISA_{name}", value)
    done = cli("search", "KT", "--index-dir", copied_index)
    assert (done.code, done.out, done.err) == (1, "", "gisa: no m cpu 7\n")
    for command in ("info", "check"):  # they ask for no reranker
        assert cli(command, "--index-dir", copied_index).code == 0


def test_the_default_is_written_for_kinds_that_are_kept(cli: Cli, files: Files, out: Path) -> None:
    assert cli("tune", *files, "--out", out).code == 0
    written, shipped = read_weights(out), Weights()
    kept = [kind for kind in shipped.fusion if written.fusion[kind] == shipped.fusion[kind]]
    assert len(kept) >= 2
    assert replace(written, fusion=shipped.fusion, fitted_for=None) == shipped
