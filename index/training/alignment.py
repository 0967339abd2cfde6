"""
Which words of translated sentences belong together?

IBM Model 1 (Brown et al., Computational Linguistics 19(2), 1993), estimated in both
directions; a pair's strength is the geometric mean of the two probabilities, so that
both languages must choose each other.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


class Alignments(NamedTuple):
    """``strength[i]`` in (0, 1] of the pair ``(english[i], korean[i])`` of rows."""

    english: Rows
    korean: Rows
    strength: npt.NDArray[np.float64]


def align_words(
    sentences: Sequence[tuple[Sequence[int], Sequence[int]]],
    weights: Sequence[float],
    n_rows: int,
    *,
    n_rounds: int = 8,
) -> Alignments:
    """
    Align words.

    Args:
        sentences: Rows of the English and of the Korean words, each once.
        weights: Of the sentences, > 0.
        n_rows: All rows are in ``[0, n_rows)``.
        n_rounds: Rounds of expectation and maximisation.
    """
    sizes = [len(english) * len(korean) for english, korean in sentences]
    english = np.concatenate([np.repeat(e, len(k)) for e, k in sentences]).astype(np.int64)
    korean = np.concatenate([np.tile(k, len(e)) for e, k in sentences]).astype(np.int64)
    sentence = np.repeat(np.arange(len(sentences)), sizes)
    weight = np.repeat(np.asarray(weights, np.float64), sizes)
    pairs, pair_of = np.unique(english * n_rows + korean, return_inverse=True)

    def estimate(given: Rows, chooser: Rows) -> npt.NDArray[np.float64]:
        """Each word of one language in a sentence chooses one of the other."""
        _, choice = np.unique(sentence * n_rows + chooser, return_inverse=True)
        condition = pairs // n_rows if given is english else pairs % n_rows
        probability = np.ones(len(pairs))
        for _ in range(n_rounds):
            share = probability[pair_of]
            share = share / np.bincount(choice, share)[choice] * weight
            count = np.bincount(pair_of, share, len(pairs))
            probability = count / np.bincount(condition, count, n_rows)[condition]
        return probability

    both = np.sqrt(estimate(english, korean) * estimate(korean, english))
    return Alignments(pairs // n_rows, pairs % n_rows, both)
