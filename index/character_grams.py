"""
Runs of characters -> rows of a hash table, for many words at once.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_BORDER_LEFT, _BORDER_RIGHT = 1, 2


class Grams(NamedTuple):
    """``rows[starts[i]:starts[i + 1]]`` are the n-grams of word *i*, in ``[0, n_buckets)``."""

    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]


def word_grams(words: Sequence[str], sizes: Sequence[int], n_buckets: int) -> Grams:
    """Hash the n-grams of code points of words, their borders marked."""
    width = max(map(len, words), default=0)
    padded = "".join(word.ljust(width, "\0") for word in words)
    codes = np.frombuffer(padded.encode("utf-32-le", "replace"), "<u4").reshape(len(words), width)
    return code_grams(with_borders(codes.astype(np.uint64)), sizes, n_buckets)


def with_borders(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Put a code before the first and behind the last code of a row; a row of 0 stays."""
    marked = np.zeros((len(codes), codes.shape[1] + 2), np.uint64)
    lengths = (codes > 0).sum(axis=1)
    there = np.flatnonzero(lengths)
    marked[there, 0] = _BORDER_LEFT
    marked[:, 1:-1] = codes
    marked[there, lengths[there] + 1] = _BORDER_RIGHT
    return marked


def code_grams(codes: npt.NDArray[np.uint64], sizes: Sequence[int], n_buckets: int) -> Grams:
    """
    Hash all runs of some sizes.

    Args:
        codes: uint64[n, width], one word a row, padded with 0 at the end.
        sizes: Lengths of the runs, >= 1.
        n_buckets: Rows of the table.
    """
    found_words, found_rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    width = codes.shape[1]
    for size in sizes:
        n_places = width - size + 1
        if n_places < 1:
            continue
        value = np.full((len(codes), n_places), size, np.uint64)
        for i in range(size):
            value = (value ^ codes[:, i : i + n_places]) * _MULTIPLIER
            value ^= value >> np.uint64(29)
        whole = codes[:, size - 1 :] > 0
        found_words.append(np.nonzero(whole)[0])
        found_rows.append((value[whole] % np.uint64(n_buckets)).astype(np.int64))
    words = np.concatenate(found_words)
    starts = np.zeros(len(codes) + 1, np.int64)
    np.cumsum(np.bincount(words, minlength=len(codes)), out=starts[1:])
    return Grams(np.concatenate(found_rows)[np.argsort(words, kind="stable")], starts)
