"""
Term <-> term id, written once and searched in place.

Ids are given in the order in which terms are first seen, so postings and sentences
can be written while the corpus is still being read. Opening costs little: a term is
found by binary search over a sorted permutation of the ids.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.key_table import SignedKeys

TEXT_FILE = "terms.bin"
OFFSETS_FILE = "term_offsets.npy"
SORTED_FILE = "term_sorted.npy"

CACHED_LOOKUPS = 1 << 15
"""One query looks each of its terms up several times, and queries share words."""


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
        # Views of memory maps: single items come out of them ten times faster than out
        # of numpy.memmap, and binary search takes nothing but single items.
        self._offsets = _view(np.load(folder / OFFSETS_FILE, mmap_mode="r", allow_pickle=False))
        self._sorted = _view(_mapped(folder / SORTED_FILE))
        size = (folder / TEXT_FILE).stat().st_size
        text = np.memmap(folder / TEXT_FILE, np.uint8, "r") if size else np.zeros(0, np.uint8)
        self._text = _view(text)
        self._places = SignedKeys(len(self._sorted), self._encoded_at)
        self._find = functools.lru_cache(maxsize=CACHED_LOOKUPS)(self._search)

    def __len__(self) -> int:
        return len(self._sorted)

    def term(self, term_id: int) -> str:
        """Return the term with id *term_id*, in ``[0, len)``."""
        return self._encoded(term_id).decode("utf-8")

    def id(self, term: str) -> int | None:
        """Return the id of *term*, or None if no passage holds it."""
        return self._find(term)

    def _search(self, term: str) -> int | None:
        place = self._places.place(term.encode("utf-8", errors="replace"))
        return None if place is None else int(self._sorted[place])

    def _encoded_at(self, place: int) -> bytes:
        return self._encoded(self._sorted[place])

    def _encoded(self, term_id: int) -> bytes:
        return bytes(self._text[self._offsets[term_id] : self._offsets[term_id + 1]])


def _mapped(path: Path) -> npt.NDArray[np.uint32]:
    """Map a file; an empty one cannot be mapped and is read."""
    array: npt.NDArray[np.uint32] = np.load(path, allow_pickle=False)
    return array if not len(array) else np.load(path, mmap_mode="r", allow_pickle=False)


def _view(array: npt.NDArray[Any]) -> Sequence[Any]:
    return np.asarray(array).data
