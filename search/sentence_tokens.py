"""
The stored terms of some sentences, side by side in arrays.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class SentenceTokens(NamedTuple):
    """
    Tokens of sentences.

    ``terms`` has each term id once, ascending, and ``places`` int[n_tokens] into it; token
    *j* stands in sentence ``sentences[j]``, which ascend, of *n* sentences.
    """

    terms: npt.NDArray[np.integer]
    places: npt.NDArray[np.integer]
    sentences: npt.NDArray[np.integer]
    n: int

    def most(self, values: Floats) -> Floats:
        """Return float32[n, k], the largest of ``values[n_terms, k]`` in each sentence, or 0."""
        found = np.zeros((self.n, values.shape[1]), np.float32)
        if len(self.places):
            there, starts = np.unique(self.sentences, return_index=True)
            found[there] = np.maximum.reduceat(values.take(self.places, axis=0), starts, axis=0)
        return found

    def held(self, wanted: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Return bool[len(wanted), n], which sentences hold each of some term ids."""
        found = np.zeros((len(wanted), self.n), np.bool_)
        rows = {term: row for row, term in enumerate(wanted.tolist())}
        of_term = np.array([rows.get(term, -1) for term in self.terms.tolist()], np.int64)
        if len(self.places):
            row = of_term[self.places]
            known = np.flatnonzero(row >= 0)
            found[row[known], self.sentences[known]] = True
        return found

    def counts(self) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer], Floats]:
        """Return sentences, places in ``terms`` and counts of each term of each sentence."""
        n_terms = max(len(self.terms), 1)
        keys, counts = np.unique(self.sentences * n_terms + self.places, return_counts=True)
        return keys // n_terms, keys % n_terms, counts.astype(np.float32)


def tokens_of(ids: Sequence[npt.NDArray[np.integer]]) -> SentenceTokens:
    """Collect the term ids of sentences."""
    joined = np.concatenate([*ids, np.zeros(0, np.int32)])
    # Several times quicker than numpy's inverse of unique, which sorts places and not ids.
    terms = np.unique(joined)
    lengths = [len(each) for each in ids]
    sentences = np.repeat(np.arange(len(ids)), lengths)
    return SentenceTokens(terms, terms.searchsorted(joined), sentences, len(ids))
