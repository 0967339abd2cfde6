"""
Documents, passages and sentences in one SQLite file.

Useful for: "here is a passage row, give me its text, its article and its terms."
Not useful for: finding rows; that is what postings, vectors and columns are for.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.errors import DocumentNotFound, IndexCorrupt
from index.records import Document, Passage, Span, text_sha256

STORE_FILE = "documents.sqlite"
MAPPED_BYTES = 1 << 40
"""So much of the file may be mapped, or what SQLite allows; reading costs a third less."""

_SCHEMA = """
CREATE TABLE documents (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    publisher TEXT, published TEXT, byline TEXT, url TEXT, section TEXT, sha256 TEXT NOT NULL
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document INTEGER NOT NULL, n INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL
);
CREATE TABLE sentences (
    document INTEGER NOT NULL, n INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    tokens BLOB NOT NULL, PRIMARY KEY (document, n)
) WITHOUT ROWID;
"""
_DOCUMENT_COLUMNS = "id, title, text, publisher, published, byline, url, section, sha256"


class StoredSentence(NamedTuple):
    """
    A sentence and its tokens.

    ``tokens`` is int32[3, n]: term ids, starts and ends in the document's text.
    """

    start: int
    end: int
    tokens: npt.NDArray[np.int32]


class StoredPassage(NamedTuple):
    """A passage with its article; ``text == document.text[passage.start:passage.end]``."""

    passage: Passage
    document: Document

    @property
    def text(self) -> str:
        """What the passage's span cuts from the document."""
        return self.document.text[self.passage.start : self.passage.end]


class StoreWriter:
    """Writes documents in row order."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / STORE_FILE, isolation_level=None)
        # The file is checked and synced as a whole before it is served, so SQLite need not.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN")
        self.n_documents = 0
        self.n_passages = 0
        self.n_sentences = 0

    def add(
        self, document: Document, passages: Sequence[Span], sentences: Sequence[StoredSentence]
    ) -> None:
        """Add the next document with its passages and sentences."""
        row = self.n_documents
        execute, executemany = self._connection.execute, self._connection.executemany
        execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                document.id,
                document.title,
                document.text,
                document.publisher,
                document.published,
                document.byline,
                document.url,
                document.section,
                document.sha256,
            ),
        )
        executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            [(self.n_passages + n, row, n, *span) for n, span in enumerate(passages)],
        )
        executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            [
                (row, n, start, end, tokens.astype("<i4").tobytes())
                for n, (start, end, tokens) in enumerate(sentences)
            ],
        )
        self.n_documents += 1
        self.n_passages += len(passages)
        self.n_sentences += len(sentences)

    def passage_texts(self) -> Iterator[tuple[str, str]]:
        """Yield title and text of each passage, in row order."""
        rows = self._connection.execute(
            "SELECT title, text, start, end FROM passages"
            " JOIN documents ON documents.row = passages.document ORDER BY passages.row"
        )
        yield from ((title, text[start:end]) for title, text, start, end in rows)

    def close(self) -> None:
        """Finish the file; closing again does nothing."""
        self._connection.commit()
        self._connection.close()


class Store:
    """The file opened read-only and immutable; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        uri = (folder / STORE_FILE).resolve().as_uri() + "?mode=ro&immutable=1"
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        except sqlite3.Error as error:
            raise _corrupt(error) from error

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """
        Return the passages at *rows*, each in ``[0, n_passages)``, in their order.

        Raises:
            IndexCorrupt: An article's text is not what its sha256 says.
        """
        marks = ", ".join("?" * len(rows))
        found = self._rows(
            f"SELECT passages.row, n, start, end, {_DOCUMENT_COLUMNS} FROM passages"
            " JOIN documents ON documents.row = passages.document"
            f" WHERE passages.row IN ({marks})",
            rows,
        )
        by_row = {}
        for row, n, start, end, *fields in found:
            document = _document(fields)
            by_row[row] = StoredPassage(Passage(document.id, n, start, end), document)
        return [by_row[row] for row in rows]

    def document(self, document_id: str) -> Document:
        """
        Return the article with an id.

        Raises:
            DocumentNotFound: There is none.
            IndexCorrupt: Its text is not what its sha256 says.
        """
        found = self._rows(
            f"SELECT {_DOCUMENT_COLUMNS} FROM documents WHERE id = ?", (document_id,)
        )
        if not found:
            raise DocumentNotFound(
                f"No article with id {document_id!r} in this build. Take ids from search results."
            )
        return _document(found[0])

    def sentences(self, document_row: int, within: Span | None = None) -> list[StoredSentence]:
        """Return the sentences of an article in order; those that touch *within*, if given."""
        span = within or Span(0, 1 << 62)
        rows = self._rows(
            "SELECT start, end, tokens FROM sentences"
            " WHERE document = ? AND end > ? AND start < ? ORDER BY n",
            (document_row, span.start, span.end),
        )
        return [
            StoredSentence(start, end, np.frombuffer(blob, "<i4").reshape(3, -1))
            for start, end, blob in rows
        ]

    def passage_spans(self, first: int, last: int) -> list[tuple[int, int, int]]:
        """Return row, start and end of the passages with rows in ``[first, last)``, by row."""
        return self._rows(
            "SELECT row, start, end FROM passages WHERE row >= ? AND row < ? ORDER BY row",
            (first, last),
        )

    def sentence_terms(self, rows: Sequence[int]) -> list[tuple[int, npt.NDArray[np.int32]]]:
        """
        Return the sentences of passages with their terms.

        Args:
            rows: Of the passages, none twice.

        Returns:
            For each sentence that touches a passage, the place of that passage in *rows*
            and the sentence's term ids, as often as they stand in it.
        """
        place_of = {row: place for place, row in enumerate(rows)}
        marks = ", ".join("?" * len(rows))
        found = self._rows(
            "SELECT passages.row, tokens FROM passages"
            " JOIN sentences ON sentences.document = passages.document"
            " AND sentences.end > passages.start AND sentences.start < passages.end"
            f" WHERE passages.row IN ({marks}) ORDER BY passages.row, sentences.n",
            rows,
        )
        return [
            (place_of[row], np.frombuffer(blob, "<i4", count=len(blob) // 12))
            for row, blob in found
        ]

    def document_ids(self) -> list[str]:
        """Return the ids of all articles, by row."""
        return [str(found) for (found,) in self._rows("SELECT id FROM documents ORDER BY row")]

    def count(self, table: str) -> int:
        """Return the number of rows of ``documents``, ``passages`` or ``sentences``."""
        [(count,)] = self._rows(f"SELECT count(*) FROM {table}")
        return int(count)

    def check(self) -> None:
        """
        Read everything.

        Raises:
            IndexCorrupt: SQLite finds damage, or a text is not what its sha256 says.
        """
        if (found := self._rows("PRAGMA integrity_check(1)")) != [("ok",)]:
            raise _corrupt(found[0][0])
        with self._lock:
            for text, digest in self._connection.execute("SELECT text, sha256 FROM documents"):
                if text_sha256(text) != digest:
                    raise _corrupt(f"a text differs from its sha256 {digest}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _rows(self, query: str, parameters: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(query, tuple(parameters)).fetchall()
        except sqlite3.DatabaseError as error:
            raise _corrupt(error) from error


def _document(row: Sequence[object]) -> Document:
    *fields, digest = row
    document = Document(*fields)  # type: ignore[arg-type]  # columns are in field order
    if document.sha256 != digest:
        raise _corrupt(f"the text of {document.id!r} differs from its sha256")
    return document


def _corrupt(reason: object) -> IndexCorrupt:
    return IndexCorrupt(f"{STORE_FILE} is damaged: {reason}. Run: gisa check, then rebuild.")
