"""
One value a document or passage, in arrays: what filters and ties are decided by.

Useful for: "which rows are from this publisher and week?", "which article is row 7 of?"
Not useful for: showing; the store has the texts.
"""

import json
import unicodedata
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.dates import seoul_day
from index.records import Document, passage_id

DOCUMENT_OF_FILE = "passage_documents.npy"
ORDER_FILE = "passage_order.npy"
DAYS_FILE = "document_days.npy"
PUBLISHERS_FILE = "document_publishers.npy"
SECTIONS_FILE = "document_sections.npy"
NAMES_FILE = "names.json"

NO_DAY = 0
NO_NAME = -1


class ColumnWriter:
    """Collects the columns in row order."""

    def __init__(self) -> None:
        self._passage_ids: list[str] = []
        self._documents: list[int] = []
        self._days: list[int] = []
        self._codes: dict[str, list[int]] = {"publishers": [], "sections": []}
        self._names: dict[str, dict[str, int]] = {"publishers": {}, "sections": {}}

    def add(self, document: Document, n_passages: int) -> None:
        """Add the next document and its passages."""
        row = len(self._days)
        self._passage_ids += (passage_id(document.id, n) for n in range(n_passages))
        self._documents += [row] * n_passages
        self._days.append(seoul_day(document.published) if document.published else NO_DAY)
        self._add_name("publishers", document.publisher)
        self._add_name("sections", document.section)

    def save(self, folder: Path) -> None:
        """Write all files into *folder*."""
        by_id = sorted(range(len(self._passage_ids)), key=self._passage_ids.__getitem__)
        order = np.empty(len(by_id), np.uint32)
        order[by_id] = np.arange(len(by_id), dtype=np.uint32)
        np.save(folder / ORDER_FILE, order)
        np.save(folder / DOCUMENT_OF_FILE, np.array(self._documents, np.uint32))
        np.save(folder / DAYS_FILE, np.array(self._days, np.int32))
        np.save(folder / PUBLISHERS_FILE, np.array(self._codes["publishers"], np.int32))
        np.save(folder / SECTIONS_FILE, np.array(self._codes["sections"], np.int32))
        names = {kind: list(codes) for kind, codes in self._names.items()}
        text = json.dumps(names, ensure_ascii=False, indent=1)
        (folder / NAMES_FILE).write_text(text, encoding="utf-8")

    def _add_name(self, kind: str, name: str | None) -> None:
        codes = self._names[kind]
        self._codes[kind].append(NO_NAME if name is None else codes.setdefault(name, len(codes)))


class Columns:
    """The columns on disk; read-only, safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.document_of: npt.NDArray[np.uint32] = np.load(folder / DOCUMENT_OF_FILE)
        self.order: npt.NDArray[np.uint32] = np.load(folder / ORDER_FILE)
        self._days: npt.NDArray[np.int32] = np.load(folder / DAYS_FILE)
        self._publishers: npt.NDArray[np.int32] = np.load(folder / PUBLISHERS_FILE)
        self._sections: npt.NDArray[np.int32] = np.load(folder / SECTIONS_FILE)
        names = json.loads((folder / NAMES_FILE).read_text(encoding="utf-8"))
        self.publishers: list[str] = names["publishers"]
        self.sections: list[str] = names["sections"]

    @property
    def n_documents(self) -> int:
        """Number of documents."""
        return len(self._days)

    def passages_where(
        self,
        *,
        from_day: int | None = None,
        to_day: int | None = None,
        publishers: Collection[str] = (),
        sections: Collection[str] = (),
    ) -> npt.NDArray[np.bool_] | None:
        """
        Select passages by their article.

        Args:
            from_day: First Asia/Seoul day as a proleptic ordinal, inclusive.
            to_day: Last day, inclusive. With a day given, articles without a date fall out.
            publishers: Any of these, regardless of case and Unicode form; empty for all.
            sections: The same for sections.

        Returns:
            bool[n_passages], or None where nothing is asked for.
        """
        if from_day is None and to_day is None and not publishers and not sections:
            return None
        keep = np.ones(len(self._days), np.bool_)
        if from_day is not None or to_day is not None:
            keep &= self._days != NO_DAY
        if from_day is not None:
            keep &= self._days >= from_day
        if to_day is not None:
            keep &= self._days <= to_day
        if publishers:
            keep &= np.isin(self._publishers, _codes(self.publishers, publishers))
        if sections:
            keep &= np.isin(self._sections, _codes(self.sections, sections))
        return keep[self.document_of]

    def check(self, n_documents: int, n_passages: int) -> None:
        """
        Compare lengths and ranges.

        Raises:
            ValueError: They do not fit the counts.
        """
        per_document = {len(self._days), len(self._publishers), len(self._sections)}
        per_passage = {len(self.document_of), len(self.order)}
        if per_document != {n_documents} or per_passage != {n_passages}:
            raise ValueError("columns of another length than the corpus")
        if n_passages and not (
            self.document_of.max() < n_documents
            and np.array_equal(np.sort(self.order), np.arange(n_passages))
        ):
            raise ValueError("columns with values out of range")


def _codes(names: list[str], wanted: Collection[str]) -> list[int]:
    folded = {_fold(name) for name in wanted}
    return [code for code, name in enumerate(names) if _fold(name) in folded]


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
