"""
The search engine: plan, retrieve by both legs, fuse, rerank, group by article, show.

Start here to follow a query. One engine serves one snapshot, to any number of threads.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Document, Span
from index.snapshot import Snapshot
from search.alias_source import AliasSource
from search.clock import Clock
from search.closest_sentence import ClosestSentence
from search.explain import explain_plan, term_ids
from search.fuse import Fusion
from search.highlight import highlight_spans
from search.plan import Origin, Plan, without_origins
from search.planner import Planner
from search.ranking import Candidates, Ranked, add_sentences, candidates, fuse, rerank
from search.records import (
    MAX_K,
    Filters,
    Hit,
    LegScore,
    SearchResult,
    check_query,
    check_range,
)
from search.rerank import Reranker
from search.retrieve import (
    DenseRetriever,
    Evidence,
    LexicalRetriever,
    Retriever,
)
from search.weights import (
    DENSE,
    LEXICAL,
    SENTENCE,
    Weights,
    reranker_share,
    with_reranker,
    without_reranker,
)

FUSED = "fused"
HYBRID = "hybrid"
MAX_PASSAGES_PER_DOCUMENT = 20
DEPTH_PER_HIT = 10
N_AHEAD = 4
"""Dense searches of an engine that run beside the planning of their questions, at most."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """
    How questions are understood and the legs are used.

    Args:
        fusion: How the legs are put together; docs/quality.md has the comparison.
        weights: Of terms and legs.
        depth: Passages taken from each leg, >= 1; deeper where there are fewer than k
            articles among them.
        sentence_depth: Passages whose closest sentence is looked at, the best of the fused
            ones, >= 1.
        reranker_depth: Passages that a reranker scores, the best of the fused ones, >= 1.
        without: Terms of these origins are not searched for; to see what they earn.
    """

    fusion: Fusion = Fusion.WEIGHTED
    weights: Weights = field(default_factory=Weights)
    depth: int = 400
    sentence_depth: int = 15
    reranker_depth: int = 30
    without: frozenset[Origin] = frozenset()


class Found(NamedTuple):
    """
    What a question found, as rows of one snapshot.

    ``shown`` are the places in *ranked* to show, best first; ``left`` says by document
    row how many passages of an article shown are not.
    """

    plan: Plan
    lexical: Evidence
    dense: Evidence
    ranked: Ranked
    shown: list[int]
    left: dict[int, int]


class SearchEngine:
    """
    Search over one opened build.

    Args:
        snapshot: The build; the engine does not close it.
        options: See `EngineOptions`.
        aliases: Where other names of a thing come from; None for those shipped.
        reranker: Scores the best passages again; None for none.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        options: EngineOptions | None = None,
        aliases: AliasSource | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.reranker = reranker
        self.options = options or EngineOptions()
        self._aliases = aliases or AliasSource()
        self._planner = Planner(
            snapshot.analyzer,
            snapshot.model.lexicon,
            snapshot.names,
            snapshot.lexical.idf_of,
            self._aliases.table,
            self.options.weights.terms,
        )
        self._lexical: Retriever = LexicalRetriever(snapshot, self.options.weights.terms.lead)
        self._dense = DenseRetriever(snapshot)
        self._sentences = ClosestSentence(snapshot)
        self._ahead = ThreadPoolExecutor(N_AHEAD, thread_name_prefix="dense")

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
        clock = Clock()
        found = self.find(
            query, k=k, passages_per_document=passages_per_document, filters=filters, clock=clock
        )
        hits = self.hits(found, explain=explain)
        clock.mark("fetch")
        return SearchResult(
            query=found.plan.text,
            build=self.snapshot.manifest.build,
            hits=hits,
            timings_ms=clock.timings(),
            explain=self.explain(found.plan) if explain else None,
        )

    def find(
        self,
        query: str,
        *,
        k: int,
        passages_per_document: int = 1,
        filters: Filters | None = None,
        clock: Clock,
    ) -> Found:
        """Rank passages as `search` does and choose those to show, without their texts."""
        query = check_query(query)
        check_range("k", k, 1, MAX_K)
        check_range("passages_per_document", passages_per_document, 1, MAX_PASSAGES_PER_DOCUMENT)
        mask = self._mask(filters)
        depth = max(self.options.depth, DEPTH_PER_HIT * k * passages_per_document)
        reading = self._planner.read(query)
        # FAISS lets other threads run: vectors are searched while the terms are planned.
        ahead = self._ahead.submit(self._dense.retrieve, reading, depth, mask)
        plan = without_origins(self._planner.plan_from(reading), self.options.without)
        clock.mark("analyze")
        while True:
            lexical = self._lexical.retrieve(plan, depth, mask)
            clock.mark("lexical")
            dense = ahead.result()
            clock.mark("dense")
            ranked = self._fuse(plan, lexical, dense)
            shown, left = self._group(ranked.rows, k, passages_per_document)
            clock.mark("fuse")
            if len(shown) == k or max(len(lexical.rows), len(dense.rows)) < depth:
                break
            depth *= DEPTH_PER_HIT  # a few articles hold all that was retrieved: look further
            ahead = self._ahead.submit(self._dense.retrieve, plan, depth, mask)
        if self.reranker is not None:
            ranked = self._rerank(plan, ranked)
            shown, left = self._group(ranked.rows, k, passages_per_document)
            clock.mark("rerank")
        return Found(plan, lexical, dense, ranked, shown, left)

    def find_among(self, query: str, mask: npt.NDArray[np.bool_] | None) -> Found:
        """Rank the passages that *mask*, bool[n_passages], allows; nothing is chosen to show."""
        plan = self.plan(query)
        lexical = self._lexical.retrieve(plan, self.options.depth, mask)
        dense = self._dense.retrieve(plan, self.options.depth, mask)
        return Found(plan, lexical, dense, self._fuse(plan, lexical, dense), [], {})

    def hits(self, found: Found, *, explain: bool = False) -> list[Hit]:
        """Return what `find` chose, with texts and what matched, best first."""
        ranked = found.ranked
        leg_ranks = {LEXICAL: _ranks(found.lexical), DENSE: _ranks(found.dense)}
        word_ids, bigram_ids = term_ids(found.plan, self.snapshot.lexical.terms)
        hits: list[Hit] = []
        rows: list[int] = ranked.rows[found.shown].tolist()
        stored_passages = self.snapshot.store.passages(rows)
        for place, row, stored in zip(found.shown, rows, stored_passages, strict=True):
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
                    lexical=_leg_score(found.lexical, leg_ranks[LEXICAL].get(row)),
                    dense=_leg_score(found.dense, leg_ranks[DENSE].get(row)),
                    more_passages=found.left[document_row],
                    explain={name: float(share[place]) for name, share in ranked.shares.items()}
                    if explain
                    else {},
                )
            )
        return hits

    def document(self, document_id: str) -> Document:
        """
        Return an article.

        Raises:
            DocumentNotFound: There is none with this id.
        """
        return self.snapshot.store.document(document_id)

    def plan(self, query: str) -> Plan:
        """Return what is searched for, and how a query was understood; as in `search`."""
        return without_origins(self._planner.plan(check_query(query)), self.options.without)

    def with_options(self, options: EngineOptions) -> "SearchEngine":
        """Return an engine that differs by its options and shares all else."""
        return SearchEngine(self.snapshot, options, self._aliases, self.reranker)

    def rank_documents(self, query: str, k: int) -> dict[str, list[int]]:
        """
        Rank articles by their best passage, for measuring.

        Args:
            query: As in `search`.
            k: The most articles a leg, >= 1.

        Returns:
            Document rows, best first, for the legs ``lexical`` and ``dense`` alone and for
            ``hybrid``, which is what `search` does; with a reranker also for ``fused``,
            which is what it would do without.
        """
        plan, lexical, dense = self._evidence(query, k)
        fused = self._fuse(plan, lexical, dense)
        rankings = {LEXICAL: lexical.rows, DENSE: dense.rows, HYBRID: fused.rows}
        if self.reranker is not None:
            rankings[FUSED] = fused.rows
            rankings[HYBRID] = self._rerank(plan, fused).rows
        documents = self.snapshot.columns.document_of
        return {
            leg: list(dict.fromkeys(documents[rows].tolist()))[:k] for leg, rows in rankings.items()
        }

    def candidates(self, query: str, k: int) -> Candidates:
        """
        Return what a search for *k* articles ranks, before it is weighted.

        Args:
            query: As in `search`.
            k: As in `search`.
        """
        plan, lexical, dense = self._evidence(query, k)
        columns = self.snapshot.columns
        found = candidates(plan.kind, lexical, dense, columns.document_of, columns.order)
        best = self._fuse(plan, lexical, dense).rows[: self.options.sentence_depth]
        said = np.zeros(len(columns.order))
        said[best] = self._sentences.scores(plan, best.tolist())
        return found._replace(scores={**found.scores, SENTENCE: said[found.rows]})

    def reranker_scores(self, query: str, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """Return the reranker's own scores of passages: their title, a line end, their text."""
        if self.reranker is None:
            raise ValueError("the engine has no reranker")
        stored = self.snapshot.store.passages(rows.tolist())
        return self.reranker.score(
            query, [f"{each.document.title}\n{each.text}" for each in stored]
        )

    def _evidence(self, query: str, k: int) -> tuple[Plan, Evidence, Evidence]:
        plan = self.plan(query)
        depth = max(self.options.depth, DEPTH_PER_HIT * k)
        return (
            plan,
            self._lexical.retrieve(plan, depth, None),
            self._dense.retrieve(plan, depth, None),
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

    def _fuse(self, plan: Plan, lexical: Evidence, dense: Evidence) -> Ranked:
        options = self.options
        weights = without_reranker(options.weights.fusion[plan.kind])
        order = self.snapshot.columns.order
        fused = fuse(lexical, dense, order, fusion=options.fusion, weights=weights)
        weight = weights.get(SENTENCE, 0.0)
        if options.fusion is not Fusion.WEIGHTED or not weight:
            return fused
        best = fused.rows[: options.sentence_depth].tolist()
        return add_sentences(fused, self._sentences.scores(plan, best), weight, order)

    def _rerank(self, plan: Plan, fused: Ranked) -> Ranked:
        weight = reranker_share(self.options.weights.fusion[plan.kind])
        if weight <= 0 or not len(fused.rows):
            return fused
        best = fused.rows[: self.options.reranker_depth]
        scores = self.reranker_scores(plan.text, best)
        return rerank(fused, scores, weight, self.snapshot.columns.order)

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

    def explain(self, plan: Plan) -> dict[str, Any]:
        """Tell what each term of a plan weighs, why it is there, and how legs are weighed."""
        given = self.options.weights.fusion[plan.kind]
        weights = without_reranker(given)
        if self.options.fusion is Fusion.RRF:
            weights = {}
        elif self.reranker is not None:
            weights = with_reranker(given, reranker_share(given))
        found = explain_plan(plan, self.snapshot.lexical, self.options.fusion, weights)
        if self.reranker is not None:
            found["reranker"] = {
                "name": self.reranker.name,
                "depth": self.options.reranker_depth,
                "share": reranker_share(given),
            }
        return found


def _ranks(evidence: Evidence) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(evidence.rows.tolist(), start=1)}


def _leg_score(evidence: Evidence, rank: int | None) -> LegScore | None:
    return None if rank is None else LegScore(rank, float(evidence.scores[rank - 1]))
