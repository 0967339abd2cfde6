"""
Requests and responses of the HTTP API, and the JSON that the command line prints.

Domain values are converted here and are no schemas themselves.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from index.manifest import Manifest
from index.records import Document
from search.engine import MAX_PASSAGES_PER_DOCUMENT
from search.records import (
    MAX_FILTER_VALUES,
    MAX_K,
    MAX_QUERY_CHARS,
    Filters,
    Hit,
    LegScore,
    SearchResult,
)

QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS)]
HowMany = Annotated[int, Field(ge=1, le=MAX_K)]
PerDocument = Annotated[int, Field(ge=1, le=MAX_PASSAGES_PER_DOCUMENT)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=MAX_FILTER_VALUES)]


class FiltersBody(BaseModel):
    """Which articles may be found; the days are inclusive, in Asia/Seoul."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    publisher: Names = []
    section: Names = []

    def to_filters(self) -> Filters:
        """Convert to the engine's filters."""
        return Filters(self.from_, self.to, tuple(self.publisher), tuple(self.section))


class SearchBody(BaseModel):
    """A search."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "query": "KT는 왜 탈락했나?",
                    "k": 5,
                    "filters": {"from": "2025-06-01", "to": "2025-12-31", "section": ["AI"]},
                }
            ]
        },
    )

    query: QueryText
    k: HowMany = 10
    passages_per_document: PerDocument = 1
    explain: bool = False
    filters: FiltersBody = FiltersBody()


class LegScoreBody(BaseModel):
    """Rank from 1 and score of one leg."""

    rank: int
    score: float

    @classmethod
    def from_score(cls, score: LegScore | None) -> "LegScoreBody | None":
        """Convert, keeping None."""
        return None if score is None else cls(rank=score.rank, score=score.score)


class HitBody(BaseModel):
    """A passage; start and end are code points of the article's text, highlights of this text."""

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
    highlights: list[tuple[int, int]]
    lexical: LegScoreBody | None
    dense: LegScoreBody | None
    more_passages: int
    explain: dict[str, float] | None = None

    @classmethod
    def from_hit(cls, hit: Hit) -> "HitBody":
        """Convert a hit of the engine."""
        return cls(
            rank=hit.rank,
            document_id=hit.document_id,
            passage_id=hit.passage_id,
            score=hit.score,
            title=hit.title,
            publisher=hit.publisher,
            published=hit.published,
            url=hit.url,
            start=hit.start,
            end=hit.end,
            text=hit.text,
            highlights=[(span.start, span.end) for span in hit.highlights],
            lexical=LegScoreBody.from_score(hit.lexical),
            dense=LegScoreBody.from_score(hit.dense),
            more_passages=hit.more_passages,
            explain=hit.explain or None,
        )


class SearchResponse(BaseModel):
    """Hits best first, ties by passage id; times of the stages in milliseconds."""

    query: str
    build: str
    hits: list[HitBody]
    timings_ms: dict[str, float]
    explain: dict[str, Any] | None = None

    @classmethod
    def from_result(cls, result: SearchResult) -> "SearchResponse":
        """Convert a result of the engine."""
        return cls(
            query=result.query,
            build=result.build,
            hits=[HitBody.from_hit(hit) for hit in result.hits],
            timings_ms=result.timings_ms,
            explain=result.explain,
        )

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; what explains is left out where nobody asked for it."""
        body = self.model_dump(mode="json")
        for part in (body, *body["hits"]):
            if part["explain"] is None:
                del part["explain"]
        return body


class CitationBody(BaseModel):
    """A span of an article and what stands there."""

    start: int
    end: int
    quote: str


class DocumentResponse(BaseModel):
    """An article as it was indexed; *citation* where a span was asked for."""

    id: str
    title: str
    text: str
    publisher: str | None
    published: str | None
    byline: str | None
    url: str | None
    section: str | None
    sha256: str
    citation: CitationBody | None = None

    @classmethod
    def from_document(
        cls, document: Document, citation: CitationBody | None = None
    ) -> "DocumentResponse":
        """Convert a document of the store."""
        return cls(
            id=document.id,
            title=document.title,
            text=document.text,
            publisher=document.publisher,
            published=document.published,
            byline=document.byline,
            url=document.url,
            section=document.section,
            sha256=document.sha256,
            citation=citation,
        )


class InfoResponse(BaseModel):
    """What is served."""

    build: str
    created: str
    format_version: int
    counts: dict[str, int]
    analyzer: dict[str, Any]
    encoder: dict[str, Any]
    options: dict[str, Any]
    publishers: list[str]
    sections: list[str]

    @classmethod
    def from_manifest(
        cls, manifest: Manifest, publishers: list[str], sections: list[str]
    ) -> "InfoResponse":
        """Convert a manifest, with the names that filters can take."""
        analyzer = {key: manifest.analyzer[key] for key in ("fingerprint", "user_dictionary")}
        encoder = {
            "name": manifest.encoder["options"]["name"],
            "fingerprint": manifest.encoder["fingerprint"],
            "dim": manifest.encoder["dim"],
        }
        return cls(
            build=manifest.build,
            created=manifest.created,
            format_version=manifest.format_version,
            counts=manifest.counts,
            analyzer=analyzer,
            encoder=encoder,
            options=manifest.options,
            publishers=sorted(publishers)[:MAX_LISTED_NAMES],
            sections=sorted(sections)[:MAX_LISTED_NAMES],
        )


MAX_LISTED_NAMES = 1_000


class RefusedBuild(BaseModel):
    """A new build that is not served, and why."""

    build: str
    reason: str


class ReadyResponse(BaseModel):
    """Whether searches are answered, from which build, and what was refused."""

    status: str
    build: str | None
    refused: RefusedBuild | None = None


class Problem(BaseModel):
    """An error (RFC 9457); *type* is stable, *detail* is for people."""

    type: str
    title: str
    status: int
    detail: str
