"""Measures by hand on a toy of three queries, and the files they are read from."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from search.engine import SearchEngine
from search.evaluate import (
    MEASURES,
    Judged,
    Run,
    compare,
    format_run,
    intervals,
    legs_in_order,
    means,
    measure,
    read_judged,
    read_run,
    report,
    run_queries,
)

JUDGED = Judged(
    {"q1": "one", "q2": "two", "q3": "three"},
    {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}, "q3": {"c": 1}},
)
RUN: Run = {"q1": ["b", "a"], "q2": ["a", "x", "b"], "q3": []}


def test_measures_are_those_done_by_hand() -> None:
    values = measure(RUN, JUDGED)
    q1 = 1 / math.log2(3)
    q2 = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert values["nDCG@10"].tolist() == pytest.approx([q1, q2, 0])
    assert values["Success@1"].tolist() == [0, 1, 0]
    assert values["Success@10"].tolist() == [1, 1, 0]
    assert values["RR@10"].tolist() == [0.5, 1, 0]
    assert means(values)["RR@10"] == 0.5


def test_grades_are_gains() -> None:
    judged = Judged({"q": "?"}, {"q": {"a": 2, "b": 1}})
    ndcg = measure({"q": ["b", "a"]}, judged)["nDCG@10"][0]
    assert ndcg == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_what_stands_behind_the_cutoff_does_not_count() -> None:
    judged = Judged({"q": "?"}, {"q": {"a": 1}})
    values = measure({"q": [*(str(n) for n in range(10)), "a"]}, judged)
    assert values["nDCG@10"][0] == values["RR@10"][0] == values["Success@10"][0] == 0
    assert values["Success@100"][0] == 1


@pytest.mark.parametrize("run", [{}, {"q1": []}, {"other": ["a"]}])
def test_a_query_without_a_ranking_counts_zero(run: Run) -> None:
    assert means(measure(run, JUDGED)) == dict.fromkeys(MEASURES, 0)


def test_queries_that_nobody_judged_are_left_out() -> None:
    assert means(measure({**RUN, "q9": ["a"]}, JUDGED)) == means(measure(RUN, JUDGED))


def test_intervals_contain_the_mean() -> None:
    values = measure(RUN, JUDGED)
    for name, (low, high) in intervals(values).items():
        assert 0 <= low <= means(values)[name] <= high <= 1
    assert intervals(values)["RR@10"] == [0, 1]


def test_a_run_against_itself_differs_by_nothing() -> None:
    values = measure(RUN, JUDGED)
    for found in compare(values, values).values():
        assert found == {"difference": 0, "low": 0, "high": 0, "p": 1}


def test_a_clear_difference_has_a_small_p() -> None:
    queries = {str(n): "?" for n in range(20)}
    judged = Judged(queries, {name: {"a": 1} for name in queries})
    good = measure({name: ["a"] for name in queries}, judged)
    bad = measure({name: ["b", "a"] for name in queries}, judged)
    found = compare(good, bad)["RR@10"]
    assert (found["difference"], found["low"], found["high"]) == (0.5, 0.5, 0.5)
    assert found["p"] < 0.01
    assert compare(bad, good)["RR@10"]["difference"] == -0.5


def test_the_report_compares_the_hybrid_with_the_baseline() -> None:
    runs = {"lexical": RUN, "dense": {}, "hybrid": RUN}
    assert "baseline" not in report(runs, JUDGED)
    result = report(runs, JUDGED, {"q1": ["a"]})
    assert result["queries"] == 3
    assert set(result["measures"]) == set(result["intervals"]) == set(runs)
    against = result["baseline"]["hybrid_against_baseline"]["Success@1"]
    assert against["difference"] == pytest.approx(0)
    assert result["baseline"]["measures"]["Success@1"] == pytest.approx(1 / 3, abs=1e-6)


def test_legs_stand_before_the_hybrid() -> None:
    assert legs_in_order(["hybrid", "dense", "lexical"]) == ["lexical", "dense", "hybrid"]


def test_every_leg_ranks_every_query(engine: SearchEngine) -> None:
    done: list[tuple[int, int]] = []
    queries = {"1": "KT는 왜 탈락했나?", "2": "x" * 600, "3": "통신 장애"}
    runs = run_queries(engine, queries, lambda n, total: done.append((n, total)))
    assert set(runs) == {"lexical", "dense", "hybrid"}
    assert all(set(run) == set(queries) for run in runs.values())
    assert runs["hybrid"]["1"][0] == "ai-foundation-04"
    assert done == [(1, 3), (2, 3), (3, 3)]


# Files

ID = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.dictionaries(ID, st.lists(ID, unique=True, min_size=1, max_size=100), max_size=5))
def test_a_written_run_is_read_back(tmp_path_factory: pytest.TempPathFactory, run: Run) -> None:
    path = tmp_path_factory.mktemp("run") / "run.trec"
    path.write_text(format_run(run, "gisa"), encoding="utf-8")
    assert read_run(path) == run


def test_a_run_of_another_program_is_read_by_score(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    path.write_text("q Q0 b 2 1.5 x\nq Q0 a 1 2.5 x\n\nq Q0 c 3 1.5 x\n", encoding="utf-8")
    assert read_run(path) == {"q": ["a", "b", "c"]}


def test_white_space_in_an_id_becomes_an_underscore() -> None:
    assert format_run({"q": ["a b\tc"]}, "t") == "q Q0 a_b_c 1 1.000000 t\n"


@pytest.mark.parametrize("line", ["q Q0 a 1 2.5", "q Q0 a 1 high x", "q Q0 a b 1 2.5 x"])
def test_a_malformed_run_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.trec"
    path.write_text(f"q Q0 a 1 2.5 x\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.trec:2"):
        read_run(path)


def test_a_missing_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.trec"):
        read_run(tmp_path / "none.trec")


QUERIES = '{"_id": "q1", "text": "하나"}\n{"_id": 2, "text": "둘"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\ta b\t1\n2\tc\t0\nq9\ta\t1\n"


def judged_of(tmp_path: Path, queries: str = QUERIES, qrels: str = QRELS) -> Judged:
    """Write both files and read them."""
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return read_judged(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv")


def test_queries_with_a_judgement_are_kept(tmp_path: Path) -> None:
    judged = judged_of(tmp_path)
    assert judged.queries == {"q1": "하나", "2": "둘"}
    assert judged.qrels == {"q1": {"a b": 1}, "2": {"c": 0}}


def test_a_byte_order_mark_and_a_missing_heading_are_no_matter(tmp_path: Path) -> None:
    judged = judged_of(tmp_path, "\ufeff" + QUERIES, "\ufeffq1\ta\t1\n")
    assert judged.qrels == {"q1": {"a": 1}}


@pytest.mark.parametrize(
    ("queries", "qrels", "place"),
    [
        (QUERIES + "{broken\n", QRELS, r"queries\.jsonl:3"),
        ('{"text": "no id"}\n', QRELS, r"queries\.jsonl:1"),
        ("[1]\n", QRELS, r"queries\.jsonl:1"),
        (QUERIES, QRELS + "q1\ta\n", r"qrels\.tsv:5"),
        (QUERIES, QRELS + "q1\ta\tmuch\n", r"qrels\.tsv:5"),
    ],
)
def test_a_malformed_file_is_told_with_its_line(
    tmp_path: Path, queries: str, qrels: str, place: str
) -> None:
    with pytest.raises(InputError, match=f"{place} is not as BEIR has it"):
        judged_of(tmp_path, queries, qrels)


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Do they belong together"):
        judged_of(tmp_path, qrels="other\ta\t1\n")


@pytest.mark.parametrize("missing", ["queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_told(tmp_path: Path, missing: str) -> None:
    judged_of(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(InputError, match=f"{missing} cannot be read: No such file"):
        read_judged(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv")
