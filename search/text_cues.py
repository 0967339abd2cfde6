"""
How much a sentence reads like an answer to why, who, when: by its endings and small words.

Korean says a cause with an ending ("-아서", "-기 때문이다", "-는 설명이다") that no list
holds in full, so the weights of all endings are learned. Features are hashed into a table
(Weinberger et al., ICML 2009, arXiv:0902.2206).

But: what the sentence is about is not looked at.
"""

import functools
import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search.question_words import Asked

Floats = npt.NDArray[np.float32]

N_BUCKETS = 1 << 14
KINDS = tuple(Asked)
_MARKS = "\"'“”‘’.,·()[]… \n\t\u00a0"
_DIGITS = re.compile(r"\d+")


def buckets(text: str) -> npt.NDArray[np.int64]:
    """
    Return int64[n] in ``[0, N_BUCKETS)``, ascending, the rows of a sentence's features.

    These are ends of words, short words, ends of the sentence, and whether it has digits.
    """
    found = {row for word in text.split() for row in _of_word(word)}
    end = text.rstrip().rstrip(_MARKS)[-6:]
    found.update(_bucket(f"^{end[-n:]}") for n in range(2, 7))
    if _DIGITS.search(text):
        found.add(_bucket("#"))
    return np.sort(np.fromiter(found, np.int64))


@functools.lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> tuple[int, ...]:
    bare = word.rstrip(_MARKS)
    if not bare.isalpha():
        bare = _DIGITS.sub("0", bare)
    found = [_bucket(f"${bare[-n:]}") for n in (1, 2, 3) if len(bare) >= n]
    return (*found, _bucket(f"={bare}")) if 1 < len(bare) <= 4 else tuple(found)


def _bucket(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % N_BUCKETS


class TextCues:
    """
    The learned weights.

    Args:
        table: float[N_BUCKETS, len(KINDS) + 1]; the last column counts for every kind.

    Raises:
        ValueError: The table has another shape.
    """

    def __init__(self, table: npt.NDArray[Any]) -> None:
        if table.shape != (N_BUCKETS, len(KINDS) + 1):
            raise ValueError(f"text cues of shape {table.shape}")
        self._table = np.asarray(table, np.float32)

    def scores(self, texts: Sequence[str], asked: Asked) -> Floats:
        """Return float32[n, 2]: for what is asked, and for any question."""
        columns = self._table[:, [KINDS.index(asked), len(KINDS)]]
        found = np.zeros((len(texts), 2), np.float32)
        for row, text in zip(found, texts, strict=True):
            row += columns[buckets(text)].sum(axis=0)
        return found
