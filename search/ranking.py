"""
What the legs and the reranker found -> candidates of a query, in order.

Useful for: which passage comes before which, and what each part gave to that.
Not useful for: retrieving (`search.retrieve`) or showing (`search.engine`).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.fuse import Fusion, normalised, reciprocal_rank_fusion, rescored, weighted_shares
from search.retrieve import Evidence, Rows
from search.weights import ARTICLE, DENSE, LEXICAL, RERANKER, SENTENCE, QueryKind

Floats = npt.NDArray[np.float64]


class Ranked(NamedTuple):
    """Candidates of a query: rows and scores, best first, and each part's share of them."""

    rows: Rows
    scores: Floats
    shares: dict[str, Floats]


class Candidates(NamedTuple):
    """
    What weights could rank for a query, in the order of passage ids.

    ``scores`` has float64[n] in [0, 1] for each leg, as fusion multiplies them.
    """

    kind: QueryKind
    rows: Rows
    documents: Rows
    scores: dict[str, Floats]


def fuse(
    lexical: Evidence,
    dense: Evidence,
    order: npt.NDArray[np.integer],
    *,
    fusion: Fusion,
    weights: Mapping[str, float],
) -> Ranked:
    """
    Score all candidates of both legs and order them.

    Args:
        lexical: Of the lexical leg.
        dense: Of the dense leg.
        order: By row, the place of its passage id among all.
        fusion: How; only `Fusion.WEIGHTED` reads *weights*.
        weights: Of each leg.

    Returns:
        Ties by passage id.
    """
    rows = _union(lexical, dense)
    if fusion is Fusion.RRF:
        legs = {LEXICAL: lexical.rows.tolist(), DENSE: dense.rows.tolist()}
        fused = reciprocal_rank_fusion(list(legs.values()))
        scores = np.array([fused[row] for row in rows.tolist()])
        parts = {name: reciprocal_rank_fusion([leg]) for name, leg in legs.items()}
        shares = {
            name: np.array([part.get(row, 0.0) for row in rows.tolist()])
            for name, part in parts.items()
        }
    else:
        shares = weighted_shares(_scores(lexical, dense, rows), weights)
        scores = np.sum(list(shares.values()), axis=0)
    return _in_order(rows, scores, shares, order)


def add_sentences(fused: Ranked, said: Floats, weight: float, order: Rows) -> Ranked:
    """
    Add to the best passages what their closest sentence says; the others keep their score.

    Args:
        fused: What was fused.
        said: float64[m] in [0, 1], of the first m of them.
        weight: Of it, >= 0.
        order: By row, the place of its passage id among all.

    Returns:
        The same passages, ties by passage id.
    """
    share = np.zeros(len(fused.rows))
    share[: len(said)] = weight * said
    return _in_order(fused.rows, fused.scores + share, {**fused.shares, SENTENCE: share}, order)


def rerank(fused: Ranked, reranked: npt.NDArray[np.floating], weight: float, order: Rows) -> Ranked:
    """
    Order the best passages again; all others stay below them, as they were.

    Args:
        fused: What was fused.
        reranked: float[m], the reranker's scores of the first m of them.
        weight: Of the reranker, in [0, 1).
        order: By row, the place of its passage id among all.

    Returns:
        The same passages by the score of `search.fuse.rescored`, ties by passage id; the
        legs' shares are scaled so that all shares add up to it.
    """
    kept, share = rescored(fused.scores, reranked, weight)
    factor = (1 - weight) / (fused.scores.max(initial=0.0) or 1.0)
    shares = {name: factor * values for name, values in fused.shares.items()}
    return _in_order(fused.rows, kept + share, {**shares, RERANKER: share}, order)


def candidates(
    kind: QueryKind, lexical: Evidence, dense: Evidence, documents: Rows, order: Rows
) -> Candidates:
    """
    Return what `fuse` would order, before it is weighted.

    Args:
        kind: Of the query.
        lexical: Of the lexical leg.
        dense: Of the dense leg.
        documents: By row, the article of its passage.
        order: By row, the place of its passage id among all.
    """
    rows = _union(lexical, dense)
    rows = rows[np.argsort(order[rows], kind="stable")]
    scores = {leg: normalised(found) for leg, found in _scores(lexical, dense, rows).items()}
    return Candidates(kind, rows, documents[rows], scores)


def _in_order(rows: Rows, scores: Floats, shares: Mapping[str, Floats], order: Rows) -> Ranked:
    best = np.lexsort((order[rows], -scores))
    return Ranked(rows[best], scores[best], {name: part[best] for name, part in shares.items()})


def _union(lexical: Evidence, dense: Evidence) -> npt.NDArray[np.int64]:
    return np.union1d(lexical.rows, dense.rows).astype(np.int64)


def _scores(lexical: Evidence, dense: Evidence, rows: Rows) -> dict[str, npt.NDArray[np.floating]]:
    """Return each leg's score of the same candidates, found by it or not."""
    found = {LEXICAL: lexical.score_of(rows), DENSE: dense.score_of(rows)}
    if lexical.article_score_of:
        found[ARTICLE] = lexical.article_score_of(rows)
    return found
