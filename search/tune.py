"""
Judged queries -> weights of the legs and the reranker; pure functions on arrays.

Useful for: weights that go with another encoder, a reranker or other articles.
Not useful for: the weights of terms; and it reads no file and no engine.

A reranker sees only what the legs put first, so the legs are fitted before it and
without it, and then its share with the legs' proportions as they are.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from search.fuse import rescored
from search.weights import RERANKER, reranker_share, with_reranker, without_reranker

CUTOFF = 10
N_FOLDS = 5
STEPS = 20
"""The fine grid has weights of so many parts of 1; the coarse one takes every second."""
DECIMALS = 9
"""Means that differ behind these are equal."""

Floats: TypeAlias = npt.NDArray[np.float64]
Legs: TypeAlias = Mapping[str, float]


class JudgedQuery(NamedTuple):
    """
    A query, its candidates in the order of their passage ids, and how good they are.

    Args:
        query_id: Decides the fold.
        scores: By leg, float64[n] in [0, 1].
        documents: int[n], which article a candidate is of.
        gains: float64[n] >= 0, the relevance of that article.
        ideal: Gains of all relevant articles, found or not, falling.
        rerank: Places of candidates -> the reranker's own scores; None without one.
    """

    query_id: str
    scores: Mapping[str, Floats]
    documents: npt.NDArray[np.integer]
    gains: Floats
    ideal: Sequence[float]
    rerank: Callable[[npt.NDArray[np.integer]], Floats] | None = None


class Fit(NamedTuple):
    """
    Weights, and the nDCG@10 of each query under them, float64[n_queries].

    ``out_of_fold`` has each query under weights that were fitted without its fold,
    ``plain_values`` under the default's legs without a reranker.
    """

    default: dict[str, float]
    fitted: dict[str, float]
    plain_values: Floats
    default_values: Floats
    fitted_values: Floats
    out_of_fold: Floats


def ndcg(query: JudgedQuery, legs: Legs, depth: int) -> float:
    """
    Return nDCG@10 of the articles by their best passage, ranked as the engine does.

    The gain is the relevance and the discount ``1 / log2(rank + 1)`` (Jarvelin and
    Kekalainen, ACM TOIS 2002, doi:10.1145/582415.582418), as trec_eval has it.

    Args:
        query: See `JudgedQuery`.
        legs: Weights, as `search.weights.Weights.fusion` has them for a kind.
        depth: Passages that the reranker scores.

    Returns:
        0 to 1; 0 where nothing is relevant.
    """
    best = _best_articles(query, legs, depth)
    largest = _dcg(list(query.ideal)[:CUTOFF])
    return _dcg(best) / largest if largest > 0 else 0.0


def fold_of(query_id: str) -> int:
    """Return the fold of a query, the same on every machine and in every set."""
    return int.from_bytes(hashlib.sha256(query_id.encode("utf-8")).digest(), "big") % N_FOLDS


def fit(
    queries: Sequence[JudgedQuery],
    default: Legs,
    *,
    depth: int,
    on_progress: Callable[[int], None] = lambda n_tried: None,
) -> Fit:
    """
    Fit weights to queries of one kind, and measure them on queries they have not seen.

    The mean nDCG@10 is maximised over a grid of steps of 0.1 and then, around the best,
    of 0.05; the default is always among what is tried. Of weights that are equally good
    the nearest to the default are taken, and of a reranker the least share, as each
    passage it reads costs time. The result depends on nothing else.

    Args:
        queries: At least one, all with a reranker or none.
        default: Weights to begin from; their legs are those that are fitted.
        depth: Passages that the reranker scores.
        on_progress: Called with the number of weights tried so far.
    """
    table = _Table(queries, depth, on_progress)
    has_reranker = queries[0].rerank is not None
    start = (
        with_reranker(default, reranker_share(default))
        if has_reranker
        else without_reranker(default)
    )
    plain = {**without_reranker(start), **({RERANKER: 0.0} if has_reranker else {})}
    folds = np.array([fold_of(query.query_id) for query in queries])
    fitted = _fit(table, start, np.ones(len(queries), np.bool_))
    out_of_fold = np.zeros(len(queries))
    for fold in range(N_FOLDS):
        held_out = folds == fold
        if held_out.any():
            weights = start if held_out.all() else _fit(table, start, ~held_out)
            out_of_fold[held_out] = table.values(weights)[held_out]
    return Fit(
        start,
        fitted,
        table.values(plain),
        table.values(start),
        table.values(fitted),
        out_of_fold,
    )


class _Table:
    """nDCG@10 of every query under weights; each weights are tried once."""

    def __init__(
        self, queries: Sequence[JudgedQuery], depth: int, on_progress: Callable[[int], None]
    ) -> None:
        self._queries = queries
        self._depth = depth
        self._on_progress = on_progress
        self._found: dict[tuple[tuple[str, float], ...], Floats] = {}

    def values(self, legs: Legs) -> Floats:
        """Return float64[n_queries]."""
        key = tuple(sorted(legs.items()))
        if key not in self._found:
            self._found[key] = np.array([ndcg(query, legs, self._depth) for query in self._queries])
            self._on_progress(len(self._found))
        return self._found[key]

    def best(
        self, tried: Sequence[Legs], default: Legs, members: npt.NDArray[np.bool_]
    ) -> dict[str, float]:
        """Return the weights of the best mean over *members*; see `fit` for ties."""
        goal = _proportions(default)

        def rank(legs: Legs) -> tuple[float, float, tuple[float, ...]]:
            mean = math.fsum(self.values(legs)[members]) / int(members.sum())
            here = _proportions(legs)
            distance = math.dist([here.get(leg, 0.0) for leg in goal], list(goal.values()))
            return -round(mean, DECIMALS), round(distance, DECIMALS), tuple(here.values())

        chosen: Legs = min(tried, key=rank)
        return dict(chosen)


def _fit(
    table: _Table, default: Mapping[str, float], members: npt.NDArray[np.bool_]
) -> dict[str, float]:
    alone = without_reranker(default)
    names = list(alone)
    marks = {RERANKER: 0.0} if RERANKER in default else {}

    def legs_at(points: Sequence[Sequence[int]]) -> list[dict[str, float]]:
        return [
            {**{name: n / STEPS for name, n in zip(names, point, strict=True)}, **marks}
            for point in points
        ]

    start = {**alone, **marks}
    coarse = simplex(len(names), step=2)
    middle = table.best(legs_at(coarse), start, members)
    center = [round(middle[name] * STEPS) for name in names]
    fine = [point for point in simplex(len(names), step=1) if _is_near(point, center)]
    best = table.best([*legs_at(coarse), *legs_at(fine), start], start, members)
    if not marks:
        return best
    shares = [share / STEPS for share in range(0, STEPS, 2)]
    given = default[RERANKER]
    middle = table.best([with_reranker(best, share) for share in shares], best, members)
    beside = [round(middle[RERANKER] * STEPS) + step for step in (-1, 1)]
    shares += [n / STEPS for n in beside if 0 <= n < STEPS]
    tried = [with_reranker(best, share) for share in [*shares, given]]
    return table.best([*tried, default], best, members)


def simplex(n: int, *, step: int) -> list[tuple[int, ...]]:
    """Return all *n* multiples of *step* >= 0 whose sum is `STEPS`, in ascending order."""
    heads = product(range(0, STEPS + 1, step), repeat=n - 1)
    return [(*head, STEPS - sum(head)) for head in heads if sum(head) <= STEPS]


def _is_near(point: Sequence[int], center: Sequence[int]) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(point, center, strict=True))


def _proportions(legs: Legs) -> dict[str, float]:
    total = sum(legs.values())
    return {leg: legs[leg] / total for leg in sorted(legs)}


def _best_articles(query: JudgedQuery, legs: Legs, depth: int) -> list[float]:
    """Return the gains of the first `CUTOFF` articles, best first."""
    alone = without_reranker(legs)
    scores = np.zeros(len(query.documents))
    for leg, found in query.scores.items():
        scores = scores + alone.get(leg, 0.0) * found
    best = np.argsort(-scores, kind="stable")  # the candidates are in the order of ties
    share = reranker_share(legs)
    if query.rerank is not None and share > 0 and len(best):
        kept, added = rescored(scores[best], query.rerank(best[:depth]), share)
        again = kept + added
        best = best[np.lexsort((best, -again))]
    gains: dict[int, float] = {}
    for place in best.tolist():
        document = int(query.documents[place])
        if document not in gains:
            gains[document] = float(query.gains[place])
            if len(gains) == CUTOFF:
                break
    return list(gains.values())


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
