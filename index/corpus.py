"""
Raw news files -> documents; what cannot be indexed is counted and listed, never lost.

``read_corpus`` is the whole story: files in path order, records in file order, fields
under their usual names, cleaned bodies, one id a document.
"""

import hashlib
import os
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.cleaning import RemovedLine, clean
from index.dates import parse_published
from index.decoding import CP949, UTF8, detect_encoding
from index.errors import InputError, RecordRejected
from index.normalizing import INVISIBLE
from index.readers import (
    SUFFIXES,
    RawRecord,
    ReadLimits,
    Rejection,
    SourceFile,
    read_file,
    suffix_of,
)
from index.records import Document, text_sha256

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("_id", "id", "news_id", "document_id", "doc_id"),
    "title": ("title", "headline", "제목"),
    "text": ("text", "body", "content", "contents", "본문"),
    "published": ("published", "date", "published_at", "pub_date", "pubdate", "일자"),
    "publisher": ("publisher", "press", "source", "언론사"),
    "url": ("url", "link"),
    "byline": ("byline", "reporter", "author", "기자"),
    "section": ("section", "category", "분류"),
}
MAX_FIELD_CHARS = 2_000
MAX_ID_CHARS = 512
MAX_LISTED = 1_000


@dataclass(slots=True)
class CorpusReport:
    """
    What reading a corpus met.

    ``rejections`` and ``removed_lines`` list the first `MAX_LISTED`; the counts count all.
    ``n_bytes`` is the size of all files, ``n_bytes_done`` an estimate of what was read.
    """

    n_files: int = 0
    n_bytes: int = 0
    n_bytes_done: int = 0
    n_skipped_files: int = 0
    n_documents: int = 0
    n_duplicates: int = 0
    n_rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    encodings: Counter[str] = field(default_factory=Counter)
    n_removed_lines: Counter[str] = field(default_factory=Counter)
    removed_lines: list[tuple[str, RemovedLine]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return the report as JSON values, the removed lines by count only."""
        return {
            "files": self.n_files,
            "skipped_files": self.n_skipped_files,
            "documents": self.n_documents,
            "duplicates": self.n_duplicates,
            "rejected": self.n_rejected,
            "rejections": [rejection._asdict() for rejection in self.rejections],
            "encodings": dict(sorted(self.encodings.items())),
            "removed_lines": dict(sorted(self.n_removed_lines.items())),
        }


def read_corpus(
    paths: Iterable[Path],
    report: CorpusReport,
    *,
    limits: ReadLimits | None = None,
    strict: bool = False,
) -> Iterator[Document]:
    """
    Yield the articles of files and folders.

    Args:
        paths: Files, or folders that are searched through; in the given order, and
            inside a folder in path order. Hidden files are passed over, files of
            another kind than `index.readers.SUFFIXES` are counted as skipped.
        report: Filled while documents are taken.
        limits: Bounds of a record.
        strict: Raise at the first rejection instead of listing it.

    Yields:
        Documents with ids that differ. The same id with the same text is
        counted as a duplicate; with another text the later record is rejected.

    Raises:
        InputError: A path does not exist, or a given file is of no known kind.
        RecordRejected: *strict*, and a record was rejected.
    """
    limits = limits or ReadLimits()
    seen = _SeenIds()
    sources = list(find_sources(paths, report))
    report.n_files = len(sources)
    report.n_bytes = sum(source.path.stat().st_size for source in sources)
    bytes_before = 0
    for source in sources:
        report.n_bytes_done = bytes_before
        bytes_before += source.path.stat().st_size
        for record in _read_source(source, report, limits):
            if isinstance(record, RawRecord):
                outcome: Document | Rejection | None = _to_document(record, source, limits, report)
                if isinstance(outcome, Document):
                    outcome = seen.check(outcome, source, record.line)
            else:
                outcome = record
            if isinstance(outcome, Document):
                report.n_documents += 1
                n_text_bytes = 3 * len(outcome.text)  # Hangul takes three bytes in UTF-8
                report.n_bytes_done = min(report.n_bytes_done + n_text_bytes, bytes_before)
                yield outcome
            elif outcome is None:
                report.n_duplicates += 1
            else:
                _reject(outcome, report, strict=strict)


def find_sources(paths: Iterable[Path], report: CorpusReport) -> Iterator[SourceFile]:
    """Yield the readable files under *paths*; see `read_corpus` for order and errors."""
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise InputError(f"No such file or folder: {path}. Give the news files to read.")
        if path.is_file() and suffix_of(path) not in SUFFIXES:
            kinds = ", ".join(sorted(SUFFIXES))
            raise InputError(f"{path} is of no known kind. Give one of: {kinds} (or .gz of these).")
    for path in paths:
        if path.is_file():
            yield SourceFile(path, _readable(path.name))
            continue
        for file in sorted(_walk(path)):
            if suffix_of(file) in SUFFIXES:
                yield SourceFile(file, _readable(file.relative_to(path).as_posix()))
            else:
                report.n_skipped_files += 1


def _readable(name: str) -> str:
    """
    Return a file name as NFC text that can be stored.

    Names from Korean archives may be CP949 on disk, and from macOS decomposed.
    """
    raw = os.fsencode(name)
    for encoding in (UTF8, CP949):
        try:
            return unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return raw.decode(UTF8, errors="backslashreplace")


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _read_source(
    source: SourceFile, report: CorpusReport, limits: ReadLimits
) -> Iterator[RawRecord | Rejection]:
    try:
        encoding = detect_encoding(source.path)
        report.encodings[encoding] += 1
        yield from read_file(source, encoding, limits)
    except (OSError, EOFError, ValueError) as error:  # unreadable, cut gzip, UTF-16
        reason = f"the file cannot be read: {' '.join(str(error).split())}"
        yield Rejection(source.name, 0, reason)


def _reject(rejection: Rejection, report: CorpusReport, *, strict: bool) -> None:
    report.n_rejected += 1
    if len(report.rejections) < MAX_LISTED:
        report.rejections.append(rejection)
    if strict:
        where = f"{rejection.path}:{rejection.line}"
        raise RecordRejected(
            f"Rejected {where}: {rejection.reason}. Mend it, or build without --strict."
        )


def _to_document(
    record: RawRecord, source: SourceFile, limits: ReadLimits, report: CorpusReport
) -> Document | Rejection:
    """Give the fields their names, clean the body, settle the id."""
    try:
        fields = _named_fields(record.fields)
        text = _as_text(fields.get("text"), "text", limits.max_text_chars)
        title = _one_line_text(fields.get("title"), "title") or ""
        published = parse_published(fields.get("published"))
        others = {
            name: _one_line_text(fields.get(name), name)
            for name in ("id", "publisher", "byline", "url", "section")
        }
    except ValueError as error:
        return Rejection(source.name, record.line, str(error))
    cleaned = clean(text)
    if not title and not cleaned.text.strip():
        return Rejection(source.name, record.line, "no title and no text")
    document_id = (
        others["id"] or record.default_id or others["url"] or text_sha256(title + cleaned.text)[:16]
    )
    if len(document_id) > MAX_ID_CHARS:
        reason = f"the id has {len(document_id):,} characters, at most {MAX_ID_CHARS} are allowed"
        return Rejection(source.name, record.line, reason)
    for removed in cleaned.removed:
        report.n_removed_lines[removed.rule] += 1
        if len(report.removed_lines) < MAX_LISTED:
            report.removed_lines.append((document_id, removed))
    return Document(
        id=document_id,
        title=title,
        text=cleaned.text if cleaned.text.strip() else "",
        publisher=others["publisher"] or cleaned.publisher,
        published=published,
        byline=others["byline"] or cleaned.byline,
        url=others["url"],
        section=others["section"],
    )


def _named_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Pick each field under the first of its aliases that holds something."""
    lowered = {str(key).strip().lower(): value for key, value in raw.items()}
    return {
        name: next(
            (lowered[alias] for alias in aliases if lowered.get(alias) not in (None, "")), None
        )
        for name, aliases in ALIASES.items()
    }


def _as_text(value: object, name: str, max_chars: int) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value) if name == "text" else ", ".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} is not text but {type(value).__name__}")
    text = str(value)
    if len(text) > max_chars:
        raise ValueError(f"{name} has {len(text):,} characters, at most {max_chars:,} are read")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} holds half a surrogate pair at {error.start}") from error
    return text


def _one_line_text(value: object, name: str) -> str | None:
    """Metadata is shown, not cited: it is normalised to one line of visible NFC text."""
    text = _as_text(value, name, MAX_FIELD_CHARS if name != "title" else 10 * MAX_FIELD_CHARS)
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split()) or None


class _SeenIds:
    """
    Ids with the digest of their text, in a private database on disk.

    A dictionary would grow with the corpus by some 150 bytes an article.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, digest BLOB) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def check(
        self, document: Document, source: SourceFile, line: int
    ) -> Document | Rejection | None:
        """Return the document if its id is new, None for a duplicate, or the conflict."""
        digest = hashlib.sha256((document.text or document.title).encode()).digest()
        try:
            self._rows.execute("INSERT INTO seen VALUES (?, ?)", (document.id, digest))
        except sqlite3.IntegrityError:
            query = "SELECT digest FROM seen WHERE id = ?"
            if self._rows.execute(query, (document.id,)).fetchone()[0] == digest:
                return None
            return Rejection(source.name, line, f"id {document.id!r} was seen with another text")
        return document
