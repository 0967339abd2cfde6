"""
A word -> words that may stand for it: translations, synonyms and set phrases.

The tables are learned beside the vectors: nearest neighbours in the shared space,
word alignments of translated sentences, and the glossaries that are trained on.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.key_table import KeyTable
from index.term_vectors import ENGLISH, stem

MAX_PHRASE_WORDS = 5
WEIGHT_SCALE = 255
PART_SEPARATOR = "|"  # some of Kiwi's morphemes hold a blank


class Related(NamedTuple):
    """Terms that together stand for a word, and how surely, in (0, 1]."""

    parts: tuple[str, ...]
    weight: float


class StringLists(NamedTuple):
    """Strings by key: ``text[offsets[i]:offsets[i + 1]]`` belongs to row *i* of *keys*."""

    keys: KeyTable
    text: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.uint32]


class Lexicon:
    """
    The tables; read-only and safe to share between threads.

    Args:
        keys: ``form/C`` of morphemes and ``stem/E`` of English words.
        starts: uint32[len(keys) + 1].
        related: uint32[n], rows of *keys*; ``related[starts[i]:starts[i + 1]]`` stand for
            key *i*, the surest first.
        weights: uint8[n], how surely, of `WEIGHT_SCALE`.
        phrases: Equivalents of English words and phrases (stems parted by blanks) that
            are several terms: ``weight|term|term`` a line.
    """

    def __init__(
        self,
        keys: KeyTable,
        starts: npt.NDArray[np.uint32],
        related: npt.NDArray[np.uint32],
        weights: npt.NDArray[np.uint8],
        phrases: StringLists,
    ) -> None:
        self._keys = keys
        self._starts = starts
        self._related = related
        self._weights = weights
        self._phrases = phrases

    def knows_english(self, word: str) -> bool:
        """Tell whether a word of Latin letters is a word of the training sets."""
        return self._keys.row(stem(word) + ENGLISH) is not None

    def translations(self, word: str) -> list[Related]:
        """Return what an English word may be in Korean, the surest first."""
        found = self._related_to(stem(word) + ENGLISH) + self._equivalents(stem(word))
        return sorted(found, key=lambda related: -related.weight)

    def may_begin_phrase(self, first: str, second: str) -> bool:
        """Tell whether to look for phrases that begin with two English words; seldom in vain."""
        return self._phrases.keys.is_prefix(f"{stem(first)} {stem(second)}")

    def phrase(self, words: Sequence[str]) -> list[Related]:
        """Return what 2 to `MAX_PHRASE_WORDS` English words in a row may be in Korean."""
        return self._equivalents(" ".join(map(stem, words)))

    def synonyms(self, term: str) -> list[Related]:
        """Return the Korean terms nearest to a Korean term, the surest first."""
        return self._related_to(term)

    def _related_to(self, key: str) -> list[Related]:
        row = self._keys.row(key)
        if row is None:
            return []
        start, end = int(self._starts[row]), int(self._starts[row + 1])
        rows, weights = self._related[start:end].tolist(), self._weights[start:end].tolist()
        return [
            Related((self._keys.key(other),), weight / WEIGHT_SCALE)
            for other, weight in zip(rows, weights, strict=True)
        ]

    def _equivalents(self, key: str) -> list[Related]:
        row = self._phrases.keys.row(key)
        if row is None:
            return []
        start, end = self._phrases.offsets[row : row + 2].tolist()
        lines = self._phrases.text[start:end].tobytes().decode("utf-8").split("\n")
        found = []
        for line in lines:
            weight, *parts = line.split(PART_SEPARATOR)
            found.append(Related(tuple(parts), float(weight)))
        return found
