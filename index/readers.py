"""
News files -> raw records, one format a function.

A raw record is what the file says, under the file's own field names. What cannot be
read comes as a `Rejection` in its place, and reading goes on behind it where the
format allows. Memory does not grow with the size of a file.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import ijson

from index.decoding import read_lines, read_text, utf8_chunks

MAX_JSON_DEPTH = 100


class RawRecord(NamedTuple):
    """Fields of one record as found, with the line on which it starts (JSON arrays: ends)."""

    line: int
    fields: dict[str, Any]
    default_id: str | None = None


class Rejection(NamedTuple):
    """A record that cannot be indexed: where it is and why; line 0 is the whole file."""

    path: str
    line: int
    reason: str


class SourceFile(NamedTuple):
    """A file to read; *name* is its path relative to the folder that was given."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds of reading: characters of one body, bytes of one line or one-article file."""

    max_text_chars: int = 200_000

    @property
    def max_record_bytes(self) -> int:
        """Enough for a body of UTF-8 written with JSON escapes, and its other fields."""
        return 6 * self.max_text_chars + 1_000_000


Records: TypeAlias = Iterator[RawRecord | Rejection]


def read_file(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    """
    Yield the records of one file in file order.

    Args:
        source: A file whose name ends in one of `SUFFIXES`.
        encoding: From `index.decoding.detect_encoding`.
        limits: Longer lines and one-article files are rejected.
    """
    return READERS[suffix_of(source.path)](source, encoding, limits)


def suffix_of(path: Path) -> str:
    """Return the lower-case suffix that names the format, looking behind ``.gz``."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _read_jsonl(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    for line in read_lines(source.path, encoding, max_bytes=limits.max_record_bytes):
        if line.text is None:
            yield Rejection(source.name, line.number, line.error or "unreadable")
        elif line.text.strip():
            yield _parse_json_line(source, line.number, line.text)


def _parse_json_line(source: SourceFile, number: int, text: str) -> RawRecord | Rejection:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return Rejection(source.name, number, f"broken JSON: {error.msg} at column {error.colno}")
    except (RecursionError, ValueError):
        return Rejection(source.name, number, "broken JSON: too deep, or a number too long")
    return _as_record(source, number, value)


def _as_record(source: SourceFile, number: int, value: object) -> RawRecord | Rejection:
    if isinstance(value, dict):
        return RawRecord(number, value)
    return Rejection(source.name, number, f"not a JSON object but {type(value).__name__}")


def _read_json(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    """Read an array of objects, or one object; a push parser keeps only one of them."""
    events: list[tuple[str, Any]] = ijson.sendable_list()
    values = _JsonValues()
    number = 1

    def parsed() -> Iterator[bytes]:
        parser = ijson.basic_parse_coro(events, use_float=True)
        for chunk in utf8_chunks(source.path, encoding):
            parser.send(chunk)
            yield chunk
        parser.close()

    chunks = parsed()
    chunk: bytes | None = b""
    reason = ""
    while chunk is not None and not reason:
        try:
            chunk = next(chunks, None)
        except UnicodeDecodeError:
            reason = f"undecodable bytes ({encoding})"
        except (ijson.JSONError, ValueError) as error:
            reason = f"broken JSON: {_one_line(error)}"
        for value in values.built_from(events):  # also from what came before a break
            yield _as_record(source, number, value)
        if values.is_too_deep:
            reason = f"broken JSON: deeper than {MAX_JSON_DEPTH} levels"
        events.clear()
        number += not reason and chunk is not None and chunk.endswith(b"\n")
    if reason:
        yield Rejection(source.name, number, f"{reason}; what follows was not read")


class _JsonValues:
    """
    Builds the elements of an array, or the one other value, from the parser's events.

    ijson's own builder names each level by its path, which takes memory that grows with
    the square of the depth: a file of brackets would end the process.
    """

    def __init__(self) -> None:
        self.is_too_deep = False
        self._builder = ijson.ObjectBuilder()
        self._depth = 0
        self._is_array: bool | None = None

    def built_from(self, events: Iterable[tuple[str, Any]]) -> Iterator[object]:
        """Yield the values that *events* complete; stop where they get too deep."""
        for event, value in events:
            if self._is_array is None:
                self._is_array = event == "start_array"
                if self._is_array:
                    continue
            if event == "end_array" and self._depth == 0:
                return
            self._depth += event in ("start_map", "start_array")
            self._depth -= event in ("end_map", "end_array")
            if self._depth > MAX_JSON_DEPTH:
                self.is_too_deep = True
                return
            self._builder.event(event, value)
            if self._depth == 0:
                yield self._builder.value
                self._builder = ijson.ObjectBuilder()


def _read_csv(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    csv.field_size_limit(min(limits.max_record_bytes, sys.maxsize))
    rejected: list[Rejection] = []
    first_line = 0  # of the row that is being read; 0 before it begins

    def good_lines() -> Iterator[str]:
        nonlocal first_line
        for line in read_lines(source.path, encoding, max_bytes=limits.max_record_bytes):
            if line.text is None:
                rejected.append(Rejection(source.name, line.number, line.error or "unreadable"))
            else:
                first_line = first_line or line.number
                yield line.text + "\n"

    delimiter = "\t" if suffix_of(source.path) == ".tsv" else ","
    rows = csv.reader(good_lines(), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    row: list[str] | None = []
    while row is not None:
        first_line = 0
        try:
            row = next(rows, None)
        except csv.Error as error:
            row = []
            rejected.append(Rejection(source.name, first_line, f"broken CSV: {_one_line(error)}"))
        yield from rejected
        rejected.clear()
        if not row:
            continue
        if header is None:
            header = [name.strip() for name in row]
        elif len(row) == len(header):
            yield RawRecord(first_line, dict(zip(header, row, strict=True)))
        else:
            reason = f"the row has {len(row)} fields, the header {len(header)}"
            yield Rejection(source.name, first_line, reason)


def _read_plain(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    """Read a .txt or .md article: the first line that is not blank is the title."""
    text = _whole(source, encoding, limits)
    if isinstance(text, Rejection):
        yield text
        return
    title, _, body = text.lstrip().partition("\n")
    title = title.removesuffix("\r")
    if suffix_of(source.path) == ".md":
        title = title.lstrip("#")
    yield RawRecord(1, {"title": title.strip(), "text": body}, default_id=source.name)


def _read_html(source: SourceFile, encoding: str, limits: ReadLimits) -> Records:
    """Read an article page; trafilatura tells the article from the page around it."""
    import trafilatura  # loads lxml and its own models of pages: only where a page is read

    text = _whole(source, encoding, limits)
    if isinstance(text, Rejection):
        yield text
        return
    try:
        page = trafilatura.bare_extraction(
            text, with_metadata=True, include_comments=False, include_tables=False
        )
    except Exception as error:  # whatever a parser of foreign pages raises is that page's reason
        yield Rejection(source.name, 0, f"the page cannot be parsed: {_one_line(error)}")
        return
    if page is None:
        yield Rejection(source.name, 0, "no article was found in the page")
        return
    yield RawRecord(
        1,
        {
            "title": page.title,
            "text": (page.text or "").removeprefix(f"{page.title}\n"),  # the page's own heading
            "published": page.date,
            "byline": page.author,
            "publisher": page.sitename,
            "url": page.url,
        },
        default_id=source.name,
    )


def _whole(source: SourceFile, encoding: str, limits: ReadLimits) -> str | Rejection:
    try:
        return read_text(source.path, encoding, max_bytes=limits.max_record_bytes)
    except ValueError as error:
        return Rejection(source.name, 0, str(error))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


READERS: dict[str, Callable[[SourceFile, str, ReadLimits], Records]] = {
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".json": _read_json,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_plain,
    ".md": _read_plain,
    ".html": _read_html,
    ".htm": _read_html,
}
SUFFIXES = frozenset(READERS)
