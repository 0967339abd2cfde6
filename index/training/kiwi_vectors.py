"""
The vectors of Kiwi's own language model, taken out through its public API.

Kiwi tells the cosine of two morphemes, not the vectors. Cosines with enough landmarks
determine the vectors up to a rotation, which no inner product sees (the Nystroem
method, Williams and Seeger, NIPS 2000): with the landmark Gram matrix ``G = U S U^T``
and the cosines ``C`` of all morphemes with the landmarks, ``X = C U S^(-1/2)`` has
``X X^T`` equal to all cosines as soon as the landmarks span the space.
"""

import itertools
import math
from collections.abc import Callable

import kiwipiepy
import numpy as np
import numpy.typing as npt

from index.analysis import COARSE_TAGS

DIM = 256
N_LANDMARKS = 640
N_COMMON_DIRECTIONS = 8


def content_morphemes(kiwi: kiwipiepy.Kiwi) -> dict[str, int]:
    """
    Return the morphemes that the analyzer can give, ``form/C`` -> morpheme id.

    Kiwi's ids go from frequent to rare; of several morphemes with one form and coarse
    tag the most frequent stands for all. Class tokens (any Latin word, any unknown
    noun) have no form and are left out.
    """
    found: dict[str, int] = {}
    for morpheme_id in range(vocabulary_size(kiwi)):
        morpheme = kiwi.morpheme(morpheme_id)
        coarse = COARSE_TAGS.get(str(morpheme.tag))
        if morpheme.form and coarse:
            found.setdefault(f"{morpheme.form}/{coarse}", morpheme_id)
    return found


def vocabulary_size(kiwi: kiwipiepy.Kiwi) -> int:
    """Count the morphemes that have a vector; ids behind them have no similarity (nan)."""
    return next(i for i in itertools.count() if not math.isfinite(kiwi.morpheme_similarity(i, i)))


def vectors_from_cosines(
    cosine: Callable[[int, int], float], ids: list[int], *, seed: int = 0
) -> npt.NDArray[np.float32]:
    """
    Recover vectors from their cosines.

    Args:
        cosine: Symmetric, of two of *ids*.
        ids: What to recover, at least `N_LANDMARKS` for an exact result.
        seed: Chooses the landmarks.

    Returns:
        float32[len(ids), DIM], unit rows up to the rank that the landmarks span.
    """
    random = np.random.default_rng(seed)
    chosen = random.choice(len(ids), min(N_LANDMARKS, len(ids)), replace=False)
    cosines = np.array([[cosine(i, ids[j]) for j in chosen] for i in ids])
    values, directions = np.linalg.eigh(cosines[chosen])
    values, directions = values[::-1][:DIM], directions[:, ::-1][:, :DIM]
    spanned = values > 1e-6 * values[0]
    scaled = directions[:, spanned] / np.sqrt(values[spanned])
    vectors = np.zeros((len(ids), DIM), np.float32)
    vectors[:, : spanned.sum()] = cosines @ scaled
    return vectors


def without_common_directions(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """
    Remove the mean and the strongest directions, which all words share, and normalise.

    (Mu and Viswanath, "All-but-the-top", ICLR 2018, arXiv:1702.01417.)
    """
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    common = directions[:, -N_COMMON_DIRECTIONS:]
    centred -= centred @ common @ common.T
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    rows: npt.NDArray[np.float32] = (centred / np.maximum(norms, 1e-12)).astype(np.float32)
    return rows
