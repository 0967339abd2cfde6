"""
Several rankings of one query -> one score a passage; pure functions.

A passage is named by its row here; the engine gives rows their ids back.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

RRF_K = 60


class Fusion(StrEnum):
    """How the legs are put together."""

    WEIGHTED = "weighted"
    RRF = "rrf"


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], *, k: int = RRF_K
) -> dict[int, float]:
    """
    Fuse rankings of one query by reciprocal rank.

    ``score(p) = sum over rankings of 1 / (k + rank(p))`` with ranks from 1
    (Cormack, Clarke and Buettcher, SIGIR 2009, doi:10.1145/1571941.1572114).
    Scores are not read, so BM25 and cosine need no common scale. The sum is exact, so
    the order of the rankings does not matter.

    Args:
        rankings: Rows, best first, one ranking per leg, no row twice in one.
        k: Damping constant, >= 1. 60 is the value of the paper.

    Returns:
        The score of every row seen.

    Raises:
        ValueError: *k* is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}, not 1 or more")
    shares: dict[int, list[float]] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            shares.setdefault(row, []).append(1 / (k + rank))
    return {row: math.fsum(parts) for row, parts in shares.items()}


def weighted_shares(
    scores: Mapping[str, npt.NDArray[np.floating]], weights: Mapping[str, float]
) -> dict[str, npt.NDArray[np.float64]]:
    """
    Give each leg its share of a convex combination of normalised scores.

    ``share = weight * max(score, 0) / largest score``: the theoretical least of BM25, 0,
    is kept at 0, and the best passage of each leg gets the leg's whole weight (Bruch,
    Gai and Ingber, ACM TOIS 2023, doi:10.1145/3596512, with 0 for the cosine's least
    too, as unrelated texts are near 0 and not near -1).

    Args:
        scores: float[n] per leg, beside the same candidates; 0 where a leg has nothing.
        weights: Of each leg, >= 0; a leg without one gets 0.

    Returns:
        float64[n] per leg; the fused score is their sum.
    """
    return {leg: weights.get(leg, 0.0) * normalised(values) for leg, values in scores.items()}


def normalised(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return ``max(score, 0) / largest score``, float64[n] in [0, 1]; 0 where none is above 0."""
    positive: npt.NDArray[np.float64] = np.maximum(scores, 0.0).astype(np.float64)
    largest = float(positive.max(initial=0.0))
    return positive / (largest or 1.0)


def spread(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """
    Stretch a reranker's scores of one query over [0, 1].

    ``(score - least) / (largest - least)``: unlike BM25 and the cosine, the scores of
    cross-encoders have no theoretical least that all models share (logits of one lie
    between -11 and 11, of another between 0 and 1), so the least found stands for it.
    Neither the scale nor the zero of a model matters, and the best passage gets 1.

    Args:
        scores: float[n] of the passages that were rescored, finite.

    Returns:
        float64[n]; 1 for all where all are alike.
    """
    values = scores.astype(np.float64)
    if not len(values):
        return values
    above = values - values.min()
    largest = above.max()
    return above / largest if largest > 0 else np.ones(len(values))


def rescored(
    fused: npt.NDArray[np.float64], reranked: npt.NDArray[np.floating], weight: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    Put a reranker's scores of the best passages together with the fused ones.

    ``score = (1 - weight) * fused / largest fused + weight * spread(reranked)``, where a
    passage that was not rescored has 0 in the second part. As both parts are >= 0 and
    *fused* falls, none of those can pass one that was.

    Args:
        fused: float64[n] >= 0, best first.
        reranked: float[m] of the first m <= n of them.
        weight: Of the reranker, in [0, 1).

    Returns:
        Both parts, float64[n] each; the score is their sum.
    """
    share = np.zeros(len(fused))
    share[: len(reranked)] = weight * spread(reranked)
    return (1 - weight) * normalised(fused), share
