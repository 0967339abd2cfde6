"""The engine with a reranker that is easy to see through."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from index.snapshot import Snapshot
from search.engine import EngineOptions, SearchEngine
from search.fuse import Fusion
from search.records import SearchResult
from search.weights import RERANKER, RERANKER_SHARE, QueryKind, Weights, with_reranker

QUERIES = ["KT는 왜 정부 AI 사업에서 탈락했나?", "통신 장애", "why was KT excluded?"]


class Fake:
    """Scores by any function of the passage, and remembers what it was asked."""

    name = "fake"

    def __init__(self, score: Callable[[str], float] = len) -> None:
        self._score = score
        self.asked: list[tuple[str, list[str]]] = []

    def score(self, query: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        self.asked.append((query, list(passages)))
        return np.array([self._score(passage) for passage in passages], np.float64)


def with_share(share: float) -> Weights:
    """The weights shipped, with a share for a reranker."""
    legs = {kind: with_reranker(found, share) for kind, found in Weights().fusion.items()}
    return replace(Weights(), fusion=legs)


def everything(engine: SearchEngine, query: str, *, explain: bool = False) -> SearchResult:
    """Search for as many passages as can be shown."""
    return engine.search(query, k=100, passages_per_document=20, explain=explain)


def passages(result: SearchResult) -> list[str]:
    """Return the passages of a result, best first."""
    return [hit.passage_id for hit in result.hits]


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("query", QUERIES)
def test_the_same_passages_are_found_and_the_first_are_ordered_again(
    snapshot: Snapshot, query: str, fusion: Fusion
) -> None:
    options = EngineOptions(fusion=fusion, reranker_depth=5)
    before = everything(SearchEngine(snapshot, options), query)
    found = everything(SearchEngine(snapshot, options, reranker=Fake()), query, explain=True)
    assert sorted(passages(found)[:5]) == sorted(passages(before)[:5])
    assert passages(found)[5:] == passages(before)[5:]
    assert passages(found) != passages(before)
    keys = [(-hit.score, hit.passage_id) for hit in found.hits]
    assert keys == sorted(keys)
    for hit in found.hits:
        assert sum(hit.explain.values()) == pytest.approx(hit.score)
    shares = [hit.explain[RERANKER] for hit in found.hits]
    assert max(shares) == RERANKER_SHARE
    assert not any(shares[5:])


def test_equal_scores_keep_the_order_by_passage_id(snapshot: Snapshot) -> None:
    found = everything(SearchEngine(snapshot, reranker=Fake(lambda text: 1.0)), QUERIES[0])
    before = everything(SearchEngine(snapshot), QUERIES[0])
    assert passages(found) == passages(before)


def test_a_passage_is_read_with_its_title_and_the_query_as_it_was_asked(
    snapshot: Snapshot,
) -> None:
    reranker = Fake()
    engine = SearchEngine(snapshot, EngineOptions(reranker_depth=3), reranker=reranker)
    engine.search(f"  {QUERIES[0]} ")
    [(query, texts)] = reranker.asked
    assert query == QUERIES[0]
    first = everything(SearchEngine(snapshot), QUERIES[0]).hits[:3]
    assert texts == [f"{hit.title}\n{hit.text}" for hit in first]


def test_a_share_of_nothing_asks_nothing(snapshot: Snapshot) -> None:
    reranker = Fake()
    engine = SearchEngine(snapshot, EngineOptions(weights=with_share(0.0)), reranker=reranker)
    assert passages(engine.search(QUERIES[0])) == passages(
        SearchEngine(snapshot).search(QUERIES[0])
    )
    assert reranker.asked == []


def test_the_share_of_the_weights_counts(snapshot: Snapshot) -> None:
    engine = SearchEngine(snapshot, EngineOptions(weights=with_share(0.9)), reranker=Fake())
    result = engine.search(QUERIES[0], explain=True)
    assert max(hit.explain[RERANKER] for hit in result.hits) == pytest.approx(0.9)
    assert result.explain is not None
    assert result.explain["reranker"] == {"name": "fake", "depth": 30, "share": 0.9}
    assert sum(result.explain["fusion"]["weights"].values()) == pytest.approx(1)


def test_weights_of_a_reranker_are_nothing_without_one(snapshot: Snapshot) -> None:
    engine = SearchEngine(snapshot, EngineOptions(weights=with_share(0.9)))
    plain = SearchEngine(snapshot)
    for query in QUERIES:
        assert passages(everything(engine, query)) == passages(everything(plain, query))
    result = engine.search(QUERIES[0], explain=True)
    assert result.explain is not None
    assert RERANKER not in result.explain["fusion"]["weights"]
    assert "reranker" not in result.explain


def test_a_query_that_finds_nothing_asks_nothing(snapshot: Snapshot) -> None:
    reranker = Fake()
    assert SearchEngine(snapshot, reranker=reranker).search("😀🎉").hits == []
    assert reranker.asked == []


def test_reranking_is_timed(snapshot: Snapshot) -> None:
    timings = SearchEngine(snapshot, reranker=Fake()).search("KT").timings_ms
    stages = ["analyze", "lexical", "dense", "fuse", "rerank", "fetch", "total"]
    assert list(timings) == stages


def test_ranking_documents_is_what_search_does_with_and_without(snapshot: Snapshot) -> None:
    engine = SearchEngine(snapshot, reranker=Fake())
    names = snapshot.store.document_ids()
    for query in QUERIES:
        ranked = engine.rank_documents(query, 50)
        assert set(ranked) == {"lexical", "dense", "fused", "hybrid"}
        found = [hit.document_id for hit in engine.search(query, k=50).hits]
        before = [hit.document_id for hit in SearchEngine(snapshot).search(query, k=50).hits]
        assert [names[row] for row in ranked["hybrid"]] == found
        assert [names[row] for row in ranked["fused"]] == before


@pytest.mark.parametrize("query", QUERIES)
def test_candidates_weighted_are_the_fused_ranking(snapshot: Snapshot, query: str) -> None:
    engine = SearchEngine(snapshot)
    found = engine.candidates(query, 10)
    assert isinstance(found.kind, QueryKind)
    weights = Weights().fusion[found.kind]
    scores = sum(
        (weights.get(leg, 0.0) * values for leg, values in found.scores.items()), np.zeros(1)
    )
    best = found.rows[np.argsort(-scores, kind="stable")]
    documents = list(dict.fromkeys(snapshot.columns.document_of[best].tolist()))
    assert documents[:10] == engine.rank_documents(query, 10)["hybrid"]
    assert all(((values >= 0) & (values <= 1)).all() for values in found.scores.values())
    assert snapshot.columns.document_of[found.rows].tolist() == found.documents.tolist()


def test_an_engine_without_a_reranker_has_no_scores_of_one(snapshot: Snapshot) -> None:
    with pytest.raises(ValueError, match="the engine has no reranker"):
        SearchEngine(snapshot).reranker_scores("KT", np.array([0]))


def test_the_engine_does_not_import_torch() -> None:
    code = "import sys, search.engine, api.wiring; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
