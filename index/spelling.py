"""
Spelling -> vector, so that a name in Latin letters is near its spelling in Hangul.

Two tables of character n-grams, one over letters and one over jamo, trained side by side
on transliterations. A word is the unit sum of its n-grams' vectors. Useful for: "Haspel"
and 해스펠, or a name with a typing error. Not useful for: what a word means.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.character_grams import Grams, code_grams, with_borders
from index.encoder import Vectors, unit_rows

LETTER_SIZES = (1, 2, 3, 4)
JAMO_SIZES = (1, 2, 3, 4, 5)
MAX_LETTERS = 32
MAX_SYLLABLES = 10

_BASE = 3  # 0 is padding, 1 and 2 are borders
_VOWEL_BASE = _BASE + 19
_CODA_BASE = _VOWEL_BASE + 21


class SpellingEncoder:
    """
    Both tables.

    Args:
        letters: int8[n_buckets, dim], n-grams of Latin letters.
        letter_scales: float[n_buckets].
        jamo: int8[n_buckets, dim], n-grams of Hangul.
        jamo_scales: float[n_buckets].
    """

    def __init__(
        self,
        letters: npt.NDArray[np.int8],
        letter_scales: npt.NDArray[np.floating],
        jamo: npt.NDArray[np.int8],
        jamo_scales: npt.NDArray[np.floating],
    ) -> None:
        self._letters = (letters, letter_scales)
        self._jamo = (jamo, jamo_scales)
        self.dim = int(jamo.shape[1])

    def encode_latin(self, words: Sequence[str]) -> Vectors:
        """Return float32[n, dim], unit rows; zeros for a word without a letter."""
        table, _ = self._letters
        return _sum(self._letters, letter_grams([latin_letters(w) for w in words], len(table)))

    def encode_hangul(self, words: Sequence[str]) -> Vectors:
        """Return float32[n, dim], unit rows, of words of 1 to `MAX_SYLLABLES` syllables."""
        table, _ = self._jamo
        return _sum(self._jamo, jamo_grams(words, len(table)))


def latin_letters(word: str) -> str:
    """Return the letters a-z of a word, lower case, without accents, at most `MAX_LETTERS`."""
    bare = unicodedata.normalize("NFKD", word).casefold()
    return re.sub("[^a-z]", "", bare)[:MAX_LETTERS]


def letter_grams(words: Sequence[str], n_buckets: int) -> Grams:
    """Return the n-grams of words of the letters a-z."""
    width = max(map(len, words), default=0)
    padded = "".join(word.ljust(width, "\0") for word in words).encode("ascii")
    codes = np.frombuffer(padded, np.uint8).reshape(len(words), width).astype(np.uint64)
    codes = np.where(codes > 0, codes + np.uint64(_BASE) - np.uint64(ord("a")), np.uint64(0))
    return code_grams(with_borders(codes), LETTER_SIZES, n_buckets)


def jamo_grams(words: Sequence[str], n_buckets: int) -> Grams:
    """Return the n-grams of the jamo of words in syllables of Hangul."""
    width = max(map(len, words), default=0)
    padded = "".join(word.ljust(width, "\0") for word in words)
    syllables = np.frombuffer(padded.encode("utf-32-le"), "<u4").reshape(len(words), width)
    is_syllable = syllables > 0
    index = np.where(is_syllable, syllables - ord("가"), 0).astype(np.int64)
    parts = np.zeros((len(words), width, 3), np.uint64)
    parts[:, :, 0] = _BASE + index // 588
    parts[:, :, 1] = _VOWEL_BASE + index % 588 // 28
    parts[:, :, 2] = np.where(index % 28 > 0, _CODA_BASE + index % 28, 0)
    flat = (parts * is_syllable[:, :, None]).reshape(len(words), 3 * width)
    # A stable sort closes the gaps of syllables without a coda.
    order = np.argsort(flat == 0, axis=1, kind="stable")
    return code_grams(with_borders(np.take_along_axis(flat, order, axis=1)), JAMO_SIZES, n_buckets)


def _sum(table: tuple[npt.NDArray[np.int8], npt.NDArray[np.floating]], grams: Grams) -> Vectors:
    vectors, scales = table
    if not len(grams.rows):
        return np.zeros((len(grams.starts) - 1, vectors.shape[1]), np.float32)
    if len(grams.starts) < 64:
        values = vectors[grams.rows] * scales[grams.rows].astype(np.float32)[:, None]
        there = np.flatnonzero(np.diff(grams.starts))  # reduceat knows no empty run
        sums = np.zeros((len(grams.starts) - 1, vectors.shape[1]), np.float32)
        sums[there] = np.add.reduceat(values, grams.starts[:-1][there], axis=0)
        return unit_rows(sums)
    used, places = np.unique(grams.rows, return_inverse=True)
    values = vectors[used] * scales[used].astype(np.float32)[:, None]
    from scipy.sparse import csr_matrix  # only at build time: it costs 0.1 s to import

    shape = (len(grams.starts) - 1, len(used))
    ones = np.ones(len(places), np.float32)
    return unit_rows(csr_matrix((ones, places, grams.starts), shape) @ values)
