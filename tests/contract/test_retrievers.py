"""What every leg promises."""

from collections import Counter

import numpy as np
import pytest

from index.analysis import Analyzer
from index.snapshot import Snapshot
from search.retrieve import AnalysedQuery, DenseRetriever, LexicalRetriever, Retriever

QUERIES = ["KT는 왜 정부 AI 사업에서 탈락했나?", "통신 장애", "태풍 피해 사과밭"]


@pytest.fixture(params=[LexicalRetriever, DenseRetriever])
def retriever(request: pytest.FixtureRequest, snapshot: Snapshot) -> Retriever:
    """Each leg over the sample index."""
    made: Retriever = request.param(snapshot)
    return made


@pytest.fixture(params=QUERIES)
def query(request: pytest.FixtureRequest, analyzer: Analyzer) -> AnalysedQuery:
    """An analysed query."""
    return analysed(request.param, analyzer)


def analysed(text: str, analyzer: Analyzer) -> AnalysedQuery:
    """Analyse a query as the engine does, all weights alike."""
    return AnalysedQuery(
        text, {t: float(n) for t, n in Counter(analyzer.query_terms(text)).items()}
    )


def test_rankings_are_sorted_with_ties_by_passage_id(
    retriever: Retriever, query: AnalysedQuery, snapshot: Snapshot
) -> None:
    found = retriever.retrieve(query, 1_000, None)
    order = snapshot.columns.order[found.rows]
    keys = list(zip((-found.scores).tolist(), order.tolist(), strict=True))
    assert len(keys) > 5
    assert keys == sorted(keys)


def test_no_row_stands_twice(retriever: Retriever, query: AnalysedQuery) -> None:
    rows = retriever.retrieve(query, 1_000, None).rows.tolist()
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_a_smaller_depth_is_the_start_of_a_larger_one(
    retriever: Retriever, query: AnalysedQuery, depth: int
) -> None:
    everything = retriever.retrieve(query, 1_000, None)
    some = retriever.retrieve(query, depth, None)
    assert some.rows.tolist() == everything.rows.tolist()[:depth]
    np.testing.assert_allclose(some.scores, everything.scores[:depth], rtol=1e-6)


def test_only_rows_of_the_mask_are_found(
    retriever: Retriever, query: AnalysedQuery, snapshot: Snapshot
) -> None:
    mask = np.zeros(len(snapshot.columns.order), np.bool_)
    mask[::3] = True
    everything = retriever.retrieve(query, 1_000, None).rows.tolist()
    masked = retriever.retrieve(query, 1_000, mask).rows.tolist()
    assert masked
    assert masked == [row for row in everything if mask[row]]


def test_an_empty_mask_finds_nothing(
    retriever: Retriever, query: AnalysedQuery, snapshot: Snapshot
) -> None:
    found = retriever.retrieve(query, 10, np.zeros(len(snapshot.columns.order), np.bool_))
    assert len(found.rows) == len(found.scores) == 0


def test_scores_of_rows_agree_with_the_ranking(retriever: Retriever, query: AnalysedQuery) -> None:
    everything = retriever.retrieve(query, 1_000, None)
    few = retriever.retrieve(query, 3, None)
    np.testing.assert_allclose(
        few.score_of(everything.rows), everything.scores, rtol=1e-5, atol=1e-6
    )


def test_a_query_of_which_nothing_is_known_finds_nothing(
    retriever: Retriever, analyzer: Analyzer
) -> None:
    for text in ("😀", "zxqvkjw"):
        assert retriever.retrieve(analysed(text, analyzer), 10, None).rows.tolist() == []
