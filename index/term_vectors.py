"""
Terms -> trained vectors; the length of a vector is the term's weight.

Korean morphemes, English words and usual numbers have vectors of their own, a word that
the training never saw the sum of those of its character n-grams. Other numbers have
none: likeness of spelling says nothing about them.
"""

import functools
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import snowballstemmer

from index.analysis import is_bigram
from index.character_grams import word_grams
from index.encoder import Vectors
from index.key_table import KeyTable

GRAM_SIZES = (2, 3, 4)
ENGLISH = "/E"
NUMBER = "/D"

_stem_word = snowballstemmer.stemmer("english").stemWord


@functools.lru_cache(maxsize=1 << 16)
def key_of(term: str) -> str | None:
    """
    Return the key of a term in the table.

    ``form/C`` of a morpheme, ``stem/E`` of a Latin word, ``1350/D`` of a number; None for
    a bigram, which has no vector.
    """
    if is_bigram(term):
        return None
    if term[0].isdigit():
        return term + NUMBER
    if "/" in term:
        return term
    return stem(term) + ENGLISH if term.isascii() else term + "/N"


@functools.lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the stem of an English word in lower case (Porter's second algorithm)."""
    return str(_stem_word(re.sub("[^a-z0-9]", "", word.lower())))


class TermVectors:
    """
    The table.

    Args:
        keys: Of the first ``len(keys)`` rows.
        vectors: int8[len(keys) + n_buckets, dim]; the rows behind the keys are n-grams.
        scales: float[len(vectors)]; a row times its scale is the trained vector.
    """

    def __init__(
        self,
        keys: KeyTable,
        vectors: npt.NDArray[np.int8],
        scales: npt.NDArray[np.floating],
    ) -> None:
        self._keys = keys
        self._vectors = vectors
        self._scales = scales
        self.n_buckets = len(vectors) - len(keys)
        self.dim = int(vectors.shape[1])

    def of_terms(self, terms: Sequence[str]) -> Vectors:
        """Return float32[n, dim], the vector of each term, zeros where it has none."""
        found = np.zeros((len(terms), self.dim), np.float32)
        known: list[int] = []
        rows: list[int] = []
        unknown: list[int] = []
        unknown_keys: list[str] = []
        for i, term in enumerate(terms):
            key = key_of(term)
            if key is None:
                continue
            row = self._keys.row(key)
            if row is not None:
                known.append(i)
                rows.append(row)
            elif not key.endswith(NUMBER):
                unknown.append(i)
                unknown_keys.append(key)
        found[known] = self.of_rows(np.array(rows, np.int64))
        if unknown:
            grams, starts = unseen_grams(unknown_keys, self.n_buckets)
            used, places = np.unique(grams, return_inverse=True)
            values = self.of_rows(used + len(self._keys))
            sums = np.add.reduceat(values[places], starts[:-1], axis=0)
            found[unknown] = sums / np.sqrt(np.diff(starts))[:, None]
        return found

    @property
    def n_rows(self) -> int:
        """Keys and n-grams."""
        return len(self._vectors)

    def rows_of(self, term: str) -> tuple[list[int], float]:
        """Return the rows whose sum, times the weight, is the vector of a term."""
        key = key_of(term)
        if key is None:
            return [], 0.0
        row = self._keys.row(key)
        if row is not None:
            return [row], 1.0
        if key.endswith(NUMBER):
            return [], 0.0
        grams, _ = unseen_grams([key], self.n_buckets)
        return (grams + len(self._keys)).tolist(), len(grams) ** -0.5

    def row_of_each(self, terms: Iterable[str]) -> npt.NDArray[np.int32]:
        """Return int32[n], the row of each term that has one of its own, -1 of the others."""
        keys = map(key_of, terms)
        rows = (None if key is None else self._keys.row(key) for key in keys)
        return np.fromiter((-1 if row is None else row for row in rows), np.int32)

    def of_rows(self, rows: npt.NDArray[np.integer]) -> Vectors:
        """Return float32[len(rows), dim], rows of the table."""
        values: Vectors = self._vectors[rows].astype(np.float32)
        values *= self._scales[rows].astype(np.float32)[:, None]
        return values


def unseen_grams(
    keys: Sequence[str], n_buckets: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the n-grams of keys without a row of their own, as in `character_grams.Grams`."""
    return word_grams([key.partition("/")[0] for key in keys], GRAM_SIZES, n_buckets)
