"""
The records that flow through a build: articles in, passages out.

All offsets count code points of ``Document.text`` and are half-open. But: nothing
here knows how a record was read, analysed or stored.
"""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch ``[start, end)`` of a text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """
    One news article as published, cleaned of what the portal added.

    Args:
        id: Stable, unique in a build.
        title: Headline, one line; may be empty when *text* is not.
        text: What citations point into; empty for a news flash.
        publisher: Name of the newspaper or agency.
        published: ISO 8601 with an offset, in Asia/Seoul.
        byline: Who wrote it.
        url: Where it was published.
        section: Section of the newspaper.
    """

    id: str
    title: str
    text: str
    publisher: str | None = None
    published: str | None = None
    byline: str | None = None
    url: str | None = None
    section: str | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the UTF-8 bytes of *text*."""
        return text_sha256(self.text)


class Passage(NamedTuple):
    """
    The retrieval unit: passage *n* (from 0) of one document, ``text[start:end]``.

    The title is indexed with every passage and is no part of its span.
    """

    document_id: str
    n: int
    start: int
    end: int

    @property
    def id(self) -> str:
        """``<document_id>#<n>``."""
        return passage_id(self.document_id, self.n)


def passage_id(document_id: str, n: int) -> str:
    """Name passage *n* of a document."""
    return f"{document_id}#{n}"


def text_sha256(text: str) -> str:
    """Return the hex SHA-256 of the UTF-8 bytes of *text*."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
