"""
The search engine: analyse, retrieve by both legs, fuse, group by article, show.

Start here to follow a query. One engine serves one snapshot, to any number of threads.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.records import Document, Span
from index.snapshot import Snapshot
from search.fuse import Fusion, reciprocal_rank_fusion, weighted_shares
from search.highlight import highlight_spans
from search.records import (
    MAX_K,
    Filters,
    Hit,
    LegScore,
    SearchResult,
    check_query,
    check_range,
)
from search.retrieve import (
    AnalysedQuery,
    DenseRetriever,
    Evidence,
    LexicalRetriever,
    Retriever,
)

LEXICAL, DENSE, ARTICLE = "lexical", "dense", "article"
HYBRID = "hybrid"
MAX_PASSAGES_PER_DOCUMENT = 20
DEPTH_PER_HIT = 10


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """
    How the legs are used.

    Args:
        fusion: How they are put together; docs/quality.md has the comparison.
        weights: For weighted fusion: of the passage's BM25 score, of the embedding, and
            of the BM25 score of the article around the passage. They sum to 1.
        bigram_weight: Of a bigram beside a word in the lexical leg, > 0.
        depth: Passages taken from each leg, >= 1; deeper where there are fewer than k
            articles among them.
    """

    fusion: Fusion = Fusion.WEIGHTED
    weights: Mapping[str, float] = field(
        default_factory=lambda: {LEXICAL: 0.5, ARTICLE: 0.35, DENSE: 0.15}
    )
    bigram_weight: float = 0.7
    depth: int = 400


class Ranked(NamedTuple):
    """Candidates of a query: rows and fused scores, best first, and each part's share."""

    rows: npt.NDArray[np.integer]
    scores: npt.NDArray[np.float64]
    shares: dict[str, npt.NDArray[np.float64]]


class SearchEngine:
    """
    Search over one opened build.

    Args:
        snapshot: The build; the engine does not close it.
        options: See `EngineOptions`.
    """

    def __init__(self, snapshot: Snapshot, options: EngineOptions | None = None) -> None:
        self.snapshot = snapshot
        self._options = options or EngineOptions()
        self._lexical: Retriever = LexicalRetriever(snapshot)
        self._dense: Retriever = DenseRetriever(snapshot)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        passages_per_document: int = 1,
        filters: Filters | None = None,
        explain: bool = False,
    ) -> SearchResult:
        """
        Find the passages that match a query best.

        Args:
            query: 1 to 512 code points, Korean, English or mixed.
            k: The most hits to return, 1 to 100.
            passages_per_document: The most passages of one article, 1 to 20.
            filters: Which articles may be found, decided before anything is ranked.
            explain: Tell what each term weighs and each part gave.

        Returns:
            Hits best first; equal scores in the order of their passage ids. A query of
            which nothing is known has no hits.

        Raises:
            InputError: An argument is out of range.
            IndexCorrupt: A stored text is not what its checksum says.
        """
        query = check_query(query)
        check_range("k", k, 1, MAX_K)
        check_range("passages_per_document", passages_per_document, 1, MAX_PASSAGES_PER_DOCUMENT)
        clock = _Clock()
        analysed = self._analyse(query)
        mask = self._mask(filters)
        clock.mark("analyze")
        depth = max(self._options.depth, DEPTH_PER_HIT * k * passages_per_document)
        while True:
            lexical = self._lexical.retrieve(analysed, depth, mask)
            clock.mark("lexical")
            dense = self._dense.retrieve(analysed, depth, mask)
            clock.mark("dense")
            ranked = self._fuse(analysed, lexical, dense)
            shown, left = self._group(ranked.rows, k, passages_per_document)
            clock.mark("fuse")
            if len(shown) == k or max(len(lexical.rows), len(dense.rows)) < depth:
                break
            depth *= DEPTH_PER_HIT  # a few articles hold all that was retrieved: look further
        leg_ranks = {LEXICAL: _ranks(lexical), DENSE: _ranks(dense)}
        word_ids, bigram_ids = self._term_ids(analysed)
        hits: list[Hit] = []
        rows: list[int] = ranked.rows[shown].tolist()
        stored_passages = self.snapshot.store.passages(rows)
        for place, row, stored in zip(shown, rows, stored_passages, strict=True):
            passage, document = stored
            span = Span(passage.start, passage.end)
            document_row = int(self.snapshot.columns.document_of[row])
            sentences = self.snapshot.store.sentences(document_row, span)
            hits.append(
                Hit(
                    rank=len(hits) + 1,
                    document_id=document.id,
                    passage_id=passage.id,
                    score=float(ranked.scores[place]),
                    title=document.title,
                    publisher=document.publisher,
                    published=document.published,
                    url=document.url,
                    start=passage.start,
                    end=passage.end,
                    text=stored.text,
                    highlights=highlight_spans(sentences, span, word_ids, bigram_ids),
                    lexical=_leg_score(lexical, leg_ranks[LEXICAL].get(row)),
                    dense=_leg_score(dense, leg_ranks[DENSE].get(row)),
                    more_passages=left[document_row],
                    explain={name: float(share[place]) for name, share in ranked.shares.items()}
                    if explain
                    else {},
                )
            )
        clock.mark("fetch")
        return SearchResult(
            query=query,
            build=self.snapshot.manifest.build,
            hits=hits,
            timings_ms=clock.timings(),
            explain=self._explain(analysed) if explain else None,
        )

    def document(self, document_id: str) -> Document:
        """
        Return an article.

        Raises:
            DocumentNotFound: There is none with this id.
        """
        return self.snapshot.store.document(document_id)

    def rank_documents(self, query: str, k: int) -> dict[str, list[int]]:
        """
        Rank articles by their best passage, for measuring.

        Args:
            query: As in `search`.
            k: The most articles a leg, >= 1.

        Returns:
            Document rows, best first, for the legs ``lexical`` and ``dense`` alone and for
            ``hybrid``, which is what `search` does.
        """
        analysed = self._analyse(check_query(query))
        depth = max(self._options.depth, DEPTH_PER_HIT * k)
        lexical = self._lexical.retrieve(analysed, depth, None)
        dense = self._dense.retrieve(analysed, depth, None)
        rankings = {
            LEXICAL: lexical.rows,
            DENSE: dense.rows,
            HYBRID: self._fuse(analysed, lexical, dense).rows,
        }
        documents = self.snapshot.columns.document_of
        return {
            leg: list(dict.fromkeys(documents[rows].tolist()))[:k] for leg, rows in rankings.items()
        }

    def _analyse(self, query: str) -> AnalysedQuery:
        counts = Counter(self.snapshot.analyzer.query_terms(query))
        bigram_weight = self._options.bigram_weight
        return AnalysedQuery(
            query, {term: n * bigram_weight if is_bigram(term) else n for term, n in counts.items()}
        )

    def _mask(self, filters: Filters | None) -> npt.NDArray[np.bool_] | None:
        if filters is None:
            return None
        first, last = filters.days()
        return self.snapshot.columns.passages_where(
            from_day=first,
            to_day=last,
            publishers=filters.publishers,
            sections=filters.sections,
        )

    def _fuse(self, query: AnalysedQuery, lexical: Evidence, dense: Evidence) -> Ranked:
        """Score all candidates of both legs and order them."""
        columns = self.snapshot.columns
        rows = np.union1d(lexical.rows, dense.rows).astype(np.int64)
        if self._options.fusion is Fusion.RRF:
            legs = {LEXICAL: lexical.rows.tolist(), DENSE: dense.rows.tolist()}
            fused = reciprocal_rank_fusion(list(legs.values()))
            scores = np.array([fused[row] for row in rows.tolist()])
            parts = {name: reciprocal_rank_fusion([leg]) for name, leg in legs.items()}
            shares = {
                name: np.array([part.get(row, 0.0) for row in rows.tolist()])
                for name, part in parts.items()
            }
        else:
            articles = self.snapshot.lexical.article_scores(
                query.terms, columns.document_of, columns.n_documents
            )
            found = {
                LEXICAL: lexical.score_of(rows),
                ARTICLE: articles[columns.document_of[rows]],
                DENSE: dense.score_of(rows),
            }
            shares = weighted_shares(found, self._options.weights)
            scores = np.sum(list(shares.values()), axis=0)
        best = np.lexsort((columns.order[rows], -scores))
        return Ranked(
            rows[best], scores[best], {name: share[best] for name, share in shares.items()}
        )

    def _group(
        self, rows: npt.NDArray[np.integer], k: int, passages_per_document: int
    ) -> tuple[list[int], dict[int, int]]:
        """
        Choose the places to show, and count what is left of each article shown.

        Returns:
            Places in *rows*, best first, and by document row the passages not shown.
        """
        shown: list[int] = []
        taken: Counter[int] = Counter()
        documents = self.snapshot.columns.document_of[rows]
        for place, document in enumerate(documents.tolist()):
            if taken[document] < passages_per_document:
                taken[document] += 1
                shown.append(place)
                if len(shown) == k:
                    break
        left = {row: int((documents == row).sum()) - n for row, n in taken.items()}
        return shown, left

    def _term_ids(self, query: AnalysedQuery) -> tuple[set[int], set[int]]:
        """Return the ids of the query's words and bigrams that the build knows."""
        words: set[int] = set()
        bigrams: set[int] = set()
        for term in query.terms:
            term_id = self.snapshot.lexical.terms.id(term)
            if term_id is not None:
                (bigrams if is_bigram(term) else words).add(term_id)
        return words, bigrams

    def _explain(self, query: AnalysedQuery) -> dict[str, Any]:
        terms = sorted(query.terms)
        idf = self.snapshot.lexical.idf_of(terms)
        weighted = self._options.fusion is Fusion.WEIGHTED
        return {
            "terms": [
                {
                    "term": term,
                    "weight": round(float(weight) * query.terms[term], 6),
                    "origin": "query",
                    "from": term,
                }
                for term, weight in zip(terms, idf, strict=True)
            ],
            "fusion": {
                "method": self._options.fusion.value,
                "weights": dict(self._options.weights) if weighted else {},
            },
        }


class _Clock:
    """Times of the stages of one query, in milliseconds."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._stages: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages[stage] = self._stages.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def timings(self) -> dict[str, float]:
        total = 1000 * (time.perf_counter() - self._started)
        return {stage: round(ms, 3) for stage, ms in [*self._stages.items(), ("total", total)]}


def _ranks(evidence: Evidence) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(evidence.rows.tolist(), start=1)}


def _leg_score(evidence: Evidence, rank: int | None) -> LegScore | None:
    return None if rank is None else LegScore(rank, float(evidence.scores[rank - 1]))
