"""
Strings in sorted order, packed into two arrays: which row has this string?
"""

import bisect
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

CACHED_LOOKUPS = 1 << 14
SIGN_DISTANCE = 64


class SignedKeys:
    """
    Bisection in keys that are quick to compare but slow to get.

    One key in `SIGN_DISTANCE` is kept in memory as a signpost, which leaves a third of
    the steps that fetch one.

    Args:
        n_keys: How many there are.
        key: Returns the key at a place, in ``[0, n_keys)``; they ascend.
    """

    def __init__(self, n_keys: int, key: Callable[[int], bytes]) -> None:
        self._places = range(n_keys)
        self._key = key
        self._signs = [key(place) for place in self._places[::SIGN_DISTANCE]]

    def __len__(self) -> int:
        return len(self._places)

    def place(self, wanted: bytes) -> int | None:
        """Return the place of a key, or None."""
        place = self._first_from(wanted)
        return place if place < len(self) and self._key(place) == wanted else None

    def is_prefix(self, start: bytes) -> bool:
        """Tell whether a key begins with *start*."""
        place = self._first_from(start)
        return place < len(self) and self._key(place).startswith(start)

    def _first_from(self, wanted: bytes) -> int:
        """Return the place of the first key that is not below *wanted*."""
        start = max(0, bisect.bisect_right(self._signs, wanted) - 1) * SIGN_DISTANCE
        end = min(start + SIGN_DISTANCE, len(self))
        return bisect.bisect_left(self._places, wanted, start, end, key=self._key)


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
        self._rows = SignedKeys(len(offsets) - 1, self._bytes)
        self.row = functools.lru_cache(maxsize=CACHED_LOOKUPS)(self._find)
        self.is_prefix = functools.lru_cache(maxsize=CACHED_LOOKUPS)(self._is_prefix)

    def __len__(self) -> int:
        return len(self._rows)

    def key(self, row: int) -> str:
        """Return the string of a row, in ``[0, len)``."""
        return self._bytes(row).decode("utf-8")

    def _find(self, key: str) -> int | None:
        """Return the row of a string, or None."""
        return self._rows.place(key.encode("utf-8", "replace"))

    def _is_prefix(self, start: str) -> bool:
        """Tell whether a string begins with *start*."""
        return self._rows.is_prefix(start.encode("utf-8", "replace"))

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
