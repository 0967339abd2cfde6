"""What every leg promises."""

import numpy as np
import pytest

from index.snapshot import Snapshot
from search.plan import Plan
from search.planner import Planner
from search.retrieve import DenseRetriever, LexicalRetriever, Retriever

QUERIES = [
    "KT는 왜 정부 AI 사업에서 탈락했나?",
    "통신 장애",
    "태풍 피해 사과밭",
    "Why was KT excluded from the AI project?",
]


@pytest.fixture(params=[LexicalRetriever, DenseRetriever])
def retriever(request: pytest.FixtureRequest, snapshot: Snapshot) -> Retriever:
    """Each leg over the sample index."""
    made: Retriever = request.param(snapshot)
    return made


@pytest.fixture(params=QUERIES)
def query(request: pytest.FixtureRequest, planner: Planner) -> Plan:
    """A planned query."""
    return planner.plan(request.param)


def test_rankings_are_sorted_with_ties_by_passage_id(
    retriever: Retriever, query: Plan, snapshot: Snapshot
) -> None:
    found = retriever.retrieve(query, 1_000, None)
    order = snapshot.columns.order[found.rows]
    keys = list(zip((-found.scores).tolist(), order.tolist(), strict=True))
    assert len(keys) > 5
    assert keys == sorted(keys)


def test_no_row_stands_twice(retriever: Retriever, query: Plan) -> None:
    rows = retriever.retrieve(query, 1_000, None).rows.tolist()
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_a_smaller_depth_is_the_start_of_a_larger_one(
    retriever: Retriever, query: Plan, depth: int
) -> None:
    everything = retriever.retrieve(query, 1_000, None)
    some = retriever.retrieve(query, depth, None)
    assert some.rows.tolist() == everything.rows.tolist()[:depth]
    np.testing.assert_allclose(some.scores, everything.scores[:depth], rtol=1e-6)


def test_only_rows_of_the_mask_are_found(
    retriever: Retriever, query: Plan, snapshot: Snapshot
) -> None:
    mask = np.zeros(len(snapshot.columns.order), np.bool_)
    mask[::3] = True
    everything = retriever.retrieve(query, 1_000, None).rows.tolist()
    masked = retriever.retrieve(query, 1_000, mask).rows.tolist()
    assert masked
    assert masked == [row for row in everything if mask[row]]


def test_an_empty_mask_finds_nothing(retriever: Retriever, query: Plan, snapshot: Snapshot) -> None:
    found = retriever.retrieve(query, 10, np.zeros(len(snapshot.columns.order), np.bool_))
    assert len(found.rows) == len(found.scores) == 0


def test_scores_of_rows_agree_with_the_ranking(retriever: Retriever, query: Plan) -> None:
    everything = retriever.retrieve(query, 1_000, None)
    few = retriever.retrieve(query, 3, None)
    np.testing.assert_allclose(
        few.score_of(everything.rows), everything.scores, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("text", ["😀", "?!…·", "\x00\x01"])
def test_a_query_of_which_nothing_is_known_finds_nothing(
    retriever: Retriever, planner: Planner, text: str
) -> None:
    found = retriever.retrieve(planner.plan(text), 10, None)
    assert found.rows.tolist() == found.scores.tolist() == []
