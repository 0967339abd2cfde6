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
    shares = {}
    for leg, values in scores.items():
        positive = np.maximum(values, 0.0).astype(np.float64)
        largest = positive.max(initial=0.0)
        shares[leg] = weights.get(leg, 0.0) * positive / (largest or 1.0)
    return shares
