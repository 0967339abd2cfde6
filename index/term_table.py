"""
Term <-> term id, written once and searched in place.

Ids are given in the order in which terms are first seen, so postings and sentences
can be written while the corpus is still being read. Opening costs nothing: a term is
found by binary search over a sorted permutation of the ids.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

TEXT_FILE = "terms.bin"
OFFSETS_FILE = "term_offsets.npy"
SORTED_FILE = "term_sorted.npy"


class TermTableWriter:
    """Gives ids to terms; ``len`` is the number of terms so far."""

    def __init__(self) -> None:
        self._ids: defaultdict[str, int] = defaultdict()
        self._ids.default_factory = self._ids.__len__

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self, terms: Iterable[str]) -> list[int]:
        """Return the id of each term, new terms getting the next ones."""
        known = self._ids
        return [known[term] for term in terms]

    def terms(self) -> list[str]:
        """Return all terms in id order."""
        return list(self._ids)

    def save(self, folder: Path) -> None:
        """Write the three files of the table into *folder*."""
        encoded = [term.encode("utf-8") for term in self._ids]
        (folder / TEXT_FILE).write_bytes(b"".join(encoded))
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(term) for term in encoded], out=offsets[1:])
        by_bytes = sorted(range(len(encoded)), key=encoded.__getitem__)
        np.save(folder / OFFSETS_FILE, offsets)
        np.save(folder / SORTED_FILE, np.array(by_bytes, np.uint32))


class TermTable:
    """The table on disk; read-only, safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._offsets: npt.NDArray[np.int64] = np.load(folder / OFFSETS_FILE, mmap_mode="r")
        self._sorted: npt.NDArray[np.uint32] = np.load(folder / SORTED_FILE, mmap_mode="r")
        size = (folder / TEXT_FILE).stat().st_size
        self._text: npt.NDArray[np.uint8] = (
            np.memmap(folder / TEXT_FILE, np.uint8, "r") if size else np.zeros(0, np.uint8)
        )

    def __len__(self) -> int:
        return len(self._sorted)

    def term(self, term_id: int) -> str:
        """Return the term with id *term_id*, in ``[0, len)``."""
        return self._encoded(term_id).decode("utf-8")

    def id(self, term: str) -> int | None:
        """Return the id of *term*, or None if no passage holds it."""
        wanted = term.encode("utf-8", errors="replace")
        low, high = 0, len(self._sorted)
        while low < high:
            middle = (low + high) // 2
            if self._encoded(int(self._sorted[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(self._sorted):
            found = int(self._sorted[low])
            if self._encoded(found) == wanted:
                return found
        return None

    def _encoded(self, term_id: int) -> bytes:
        return self._text[self._offsets[term_id] : self._offsets[term_id + 1]].tobytes()
