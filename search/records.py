"""
The values that a search takes and gives; frozen, and never HTTP schemas.

Spans of a hit's text count code points from the start of that text; ``start`` and
``end`` count from the start of the article.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from index.dates import parse_day
from index.errors import InputError
from index.records import Span

MAX_QUERY_CHARS = 512
MAX_K = 100
MAX_FILTER_VALUES = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """
    Which articles may be found; all given conditions hold together.

    Args:
        from_date: First day, ``YYYY-MM-DD`` in Asia/Seoul, inclusive.
        to_date: Last day, inclusive. An article without a date falls out of a date filter.
        publishers: Any of these names, regardless of case.
        sections: Any of these names, regardless of case.

    Raises:
        InputError: A day is not a day, the days are in the wrong order, or there are
            more than `MAX_FILTER_VALUES` names.
    """

    from_date: str | None = None
    to_date: str | None = None
    publishers: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        first, last = self.days()
        if first is not None and last is not None and first > last:
            raise InputError(f"--from {self.from_date} is after --to {self.to_date}; swap them.")
        for names in (self.publishers, self.sections):
            if len(names) > MAX_FILTER_VALUES:
                raise InputError(
                    f"{len(names)} names in one filter; give {MAX_FILTER_VALUES} or less."
                )

    def days(self) -> tuple[int | None, int | None]:
        """Return both days as proleptic ordinals."""
        try:
            return (
                None if self.from_date is None else parse_day(self.from_date),
                None if self.to_date is None else parse_day(self.to_date),
            )
        except ValueError as error:
            raise InputError(f"Bad date filter: {error}.") from error


class LegScore(NamedTuple):
    """Where one leg put a passage: its rank from 1 and the leg's own score."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A passage that was found; ``text == document.text[start:end]``.

    Args:
        rank: From 1.
        document_id: Id of the article.
        passage_id: ``<document_id>#<n>``.
        score: Fused score, higher is better; comparable within one result only.
        title: Headline of the article.
        publisher: May be None, like the next two.
        published: ISO 8601 in Asia/Seoul.
        url: Of the article.
        start: First code point of the passage in the article's text.
        end: Behind its last.
        text: The passage.
        highlights: What matched the query, as spans of *text*, ascending, apart.
        lexical: Rank and BM25 score, or None if the leg did not return the passage.
        dense: Rank and cosine, or None.
        more_passages: Further passages of this article that were found and not shown.
        explain: What each part gave to *score*; empty unless asked for.
    """

    rank: int
    document_id: str
    passage_id: str
    score: float
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    start: int
    end: int
    text: str
    highlights: list[Span]
    lexical: LegScore | None
    dense: LegScore | None
    more_passages: int
    explain: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """
    The hits of one query, best first, ties by passage id.

    ``timings_ms`` has analyze, lexical, dense, fuse, rerank where there is a reranker,
    fetch and total, in milliseconds; ``explain`` is None unless asked for.
    """

    query: str
    build: str
    hits: list[Hit]
    timings_ms: dict[str, float]
    explain: dict[str, Any] | None = None


def check_query(query: str) -> str:
    """
    Return the query without white space around it.

    Raises:
        InputError: It is empty, longer than `MAX_QUERY_CHARS` code points, or holds half a
            character, as an argument that is no UTF-8 does.
    """
    stripped = query.strip()
    if any("\ud800" <= c <= "\udfff" for c in stripped):
        raise InputError("The query is not valid Unicode. Give it in UTF-8.")
    if not stripped:
        raise InputError("The query is empty. Give some words to search for.")
    if len(stripped) > MAX_QUERY_CHARS:
        raise InputError(
            f"The query has {len(stripped):,} characters. Give {MAX_QUERY_CHARS} or less."
        )
    return stripped


def check_range(name: str, value: int, low: int, high: int) -> int:
    """
    Return *value*.

    Raises:
        InputError: It is outside ``[low, high]``.
    """
    if not low <= value <= high:
        raise InputError(f"{name} is {value}. Give {low} to {high}.")
    return value
