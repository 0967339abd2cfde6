"""
Strings in sorted order, packed into two arrays: which row has this string?
"""

import bisect
import functools
import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

CACHED_LOOKUPS = 1 << 14


class KeyTable:
    """
    Look up strings by bisection in arrays that may be memory-mapped.

    Args:
        text: uint8, the strings in UTF-8, one behind the other, sorted by their bytes.
        offsets: uint32[n + 1], where each begins.
    """

    def __init__(self, text: npt.NDArray[np.uint8], offsets: npt.NDArray[np.uint32]) -> None:
        # Items of a memoryview are plain integers, and several times quicker to get.
        self._text = np.ascontiguousarray(text).data
        self._offsets = np.ascontiguousarray(offsets).data
        self._rows = range(len(offsets) - 1)
        self.row = functools.lru_cache(maxsize=CACHED_LOOKUPS)(self._find)

    def __len__(self) -> int:
        return len(self._rows)

    def key(self, row: int) -> str:
        """Return the string of a row, in ``[0, len)``."""
        return self._bytes(row).decode("utf-8")

    def _find(self, key: str) -> int | None:
        """Return the row of a string, or None."""
        wanted = key.encode("utf-8", "replace")
        row = bisect.bisect_left(self._rows, wanted, key=self._bytes)
        return row if row < len(self._rows) and self._bytes(row) == wanted else None

    def _bytes(self, row: int) -> bytes:
        return bytes(self._text[self._offsets[row] : self._offsets[row + 1]])


def pack_strings(strings: Iterable[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    """Return the two arrays of strings in the order given: uint8 text, uint32[n + 1] offsets."""
    encoded = [string.encode("utf-8") for string in strings]
    ends = list(itertools.accumulate(map(len, encoded), initial=0))
    return np.frombuffer(b"".join(encoded), np.uint8), np.array(ends, np.uint32)


def sorted_keys(keys: Mapping[str, object] | Iterable[str]) -> list[str]:
    """Return the strings in the order of a `KeyTable`."""
    return sorted(keys, key=lambda key: key.encode("utf-8"))
