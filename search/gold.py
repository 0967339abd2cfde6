"""
What is known of questions before they are asked: the sentences that answer them, their
short answers, and questions that no article answers.

Useful for: reading these files, and finding a quoted sentence in the text as it is stored.
Not useful for: judgements of whole articles; those are qrels, see `search.evaluate`.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from index.errors import InputError
from index.normalizing import Normalized, normalize
from index.records import Span

ANSWERS_ALONE = 2
"""The grade of a sentence that answers by itself; 1 answers in part."""
_GRADES = (1, ANSWERS_ALONE)
_WORD = re.compile(r"\S+")

Spans: TypeAlias = dict[str, list[Span]]
"""Spans of stored text by document id."""


class Language(StrEnum):
    """The field of a question that was written in two languages."""

    KO = "ko"
    EN = "en"


class Quote(NamedTuple):
    """A sentence that answers alone; *start* chooses among several that read the same."""

    document_id: str
    start: int
    text: str


class Comparable(NamedTuple):
    """A text as it is compared: NFC, one blank between words, nothing invisible."""

    text: str
    places: Sequence[int]
    normalized: Normalized

    def find_all(self, quote: str) -> list[Span]:
        """Return the spans of the stored text in which a comparable quote stands."""
        found = []
        start = self.text.find(quote)
        while start >= 0:
            first, last = self.places[start], self.places[start + len(quote) - 1]
            found.append(self.normalized.stored(first, last + 1))
            start = self.text.find(quote, start + 1)
        return found


def comparable(text: str) -> Comparable:
    """Return a text as it is compared, with the way back to where it is stored."""
    normalized = normalize(text)
    words: list[str] = []
    places: list[int] = []
    for word in _WORD.finditer(normalized.text):
        if words:
            places.append(word.start() - 1)
        words.append(word[0])
        places += range(*word.span())
    return Comparable(" ".join(words), places, normalized)


def find_quotes(
    quotes: Iterable[Quote],
    relevant: Collection[str],
    text_of: Callable[[str], str | None],
) -> Spans:
    """
    Find the sentences that answer a question in the text as it is stored.

    Args:
        quotes: Of the question.
        relevant: Ids of the articles that are judged relevant; the same sentence counts
            there wherever it stands.
        text_of: Stored text by document id; None where there is no such article.

    Returns:
        Spans by document id, in the quotes' own articles the nearest to where they were.
        A quote that cleaning removed has none.
    """
    texts: dict[str, Comparable] = {}
    found: Spans = {}
    for quote in quotes:
        wanted = comparable(quote.text).text
        for document_id in dict.fromkeys([quote.document_id, *relevant]):
            if document_id not in texts:
                texts[document_id] = comparable(text_of(document_id) or "")
            spans = texts[document_id].find_all(wanted)
            if document_id == quote.document_id and spans:
                spans = [min(spans, key=lambda span: abs(span.start - quote.start))]
            found.setdefault(document_id, []).extend(spans)
    return {document_id: spans for document_id, spans in found.items() if spans}


def read_evidence(path: Path, query_ids: Collection[str]) -> dict[str, list[Quote]]:
    """
    Read the sentences that answer alone, by query id.

    Args:
        path: JSONL: query_id, document_id, start, end, quote, grade (1 or 2).
        query_ids: Of the queries that are judged; others are left out.

    Raises:
        InputError: The file is missing, a line is malformed, or no query is in it.
    """
    quotes: dict[str, list[Quote]] = {}
    for place, record in json_lines(path):
        query_id, document_id = (_id(place, record, key) for key in ("query_id", "document_id"))
        start, end, grade = (_int(place, record, key) for key in ("start", "end", "grade"))
        quote = _text(place, record, "quote")
        if not 0 <= start < end:
            raise InputError(f"{place}: start {start} and end {end} are no span [start, end).")
        if grade not in _GRADES:
            raise InputError(f"{place}: grade is {grade}; give 1 (in part) or 2 (answers alone).")
        if grade == ANSWERS_ALONE and query_id in query_ids:
            quotes.setdefault(query_id, []).append(Quote(document_id, start, quote))
    if not quotes:
        raise InputError(
            f"{path} has no sentence of grade {ANSWERS_ALONE} for any judged query. "
            "Does it belong to these queries?"
        )
    return quotes


def read_answers(queries: Path, query_ids: Collection[str]) -> dict[str, list[str]]:
    """
    Read the short answers in a BEIR query file; queries without any are left out.

    Raises:
        InputError: The file is missing, or ``answers`` is no list of texts.
    """
    answers: dict[str, list[str]] = {}
    for place, record in json_lines(queries):
        given = record.get("answers")
        if given is None or str(record.get("_id")) not in query_ids:
            continue
        if not isinstance(given, list) or not all(map(_is_text, given)):
            raise InputError(f"{place}: answers is {_shown(given)}; give a list of texts, or none.")
        if given:
            answers[str(record["_id"])] = given
    return answers


def read_unanswerable(path: Path, language: Language) -> dict[str, str]:
    """
    Read questions that no article answers, by id.

    Args:
        path: JSONL: _id and either text, or ko and en.
        language: Which of the two.

    Raises:
        InputError: The file is missing or empty, or a line is malformed.
    """
    questions: dict[str, str] = {}
    for place, record in json_lines(path):
        name = _id(place, record, "_id")
        if name in questions:
            raise InputError(
                f"{place}: _id {name!r} was given before; each question needs its own."
            )
        questions[name] = _text(place, record, "text" if "text" in record else language.value)
    if not questions:
        raise InputError(f"{path} holds no question. Give one a line: _id and text, or ko and en.")
    return questions


def json_lines(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """
    Yield each object of a JSONL file with its place, ``<file>:<line>``.

    Raises:
        InputError: The file cannot be read, or a line is no JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}. Convert it.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{place} is not JSON: {error}. Give one object a line.") from error
        if not isinstance(record, dict):
            raise InputError(f"{place} is {_shown(record)}; give one JSON object a line.")
        yield place, record


def _id(place: str, record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)  # a number is fine, as in queries
    return str(value) if type(value) is int else _text(place, record, key)


def _text(place: str, record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not _is_text(value):
        told = f"{key} is {_shown(value)}" if key in record else f"there is no {key}"
        raise InputError(f"{place}: {told}; give a text that is not blank.")
    return str(value)


def _int(place: str, record: Mapping[str, Any], key: str) -> int:
    value = record.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        told = f"{key} is {_shown(value)}" if key in record else f"there is no {key}"
        raise InputError(f"{place}: {told}; give a whole number.")
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(comparable(value).text)


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=True)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
