"""
Requests and responses of ``/ask``, and the JSON that ``gisa ask --json`` prints.

An article's words are text here like any other value. Offsets are code points of the cited
article's text, and ``quote == text[start:end]``.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import FiltersBody, HitBody, HowMany, QueryText
from search.answer_records import (
    Abstention,
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerSpan,
    AskResult,
    Citation,
    Difference,
    Reason,
)

Probability = Annotated[float, Field(ge=0, le=1)]


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "KT와 마이크로소프트는 얼마를 투자하기로 했나?",
                    "k": 5,
                    "filters": {"from": "2025-06-01", "to": "2025-12-31"},
                }
            ]
        },
    )

    question: QueryText
    k: HowMany = 10
    explain: bool = False
    filters: FiltersBody = FiltersBody()


class AnswerSentenceBody(BaseModel):
    """A sentence and the numbers of the citations that hold it up, at least one."""

    text: str
    citations: list[int]

    @classmethod
    def from_sentence(cls, sentence: AnswerSentence) -> "AnswerSentenceBody":
        """Convert a sentence of an answer."""
        return cls(text=sentence.text, citations=list(sentence.citations))


class AnswerSpanBody(BaseModel):
    """The short answer: a span of the article of citation number *citation*."""

    citation: int
    start: int
    end: int
    text: str

    @classmethod
    def from_span(cls, span: AnswerSpan | None) -> "AnswerSpanBody | None":
        """Convert, keeping None."""
        if span is None:
            return None
        return cls(citation=span.citation, start=span.start, end=span.end, text=span.text)


class DifferenceBody(BaseModel):
    """Two citations that give another number or date, and the days of their articles."""

    citations: tuple[int, int]
    texts: tuple[str, str]
    published: tuple[str | None, str | None]

    @classmethod
    def from_difference(cls, difference: Difference) -> "DifferenceBody":
        """Convert a difference."""
        return cls(
            citations=difference.citations,
            texts=difference.texts,
            published=difference.published,
        )


class AnswerBody(BaseModel):
    """
    An answer: in extractive mode a sentence is its first citation's quote, letter by letter.

    *as_of* is the day of the newest article cited. *differences* is there where cited
    articles contradict each other, *dropped* (sentences that nothing supported) in mode llm.
    """

    mode: AnswerMode
    text: str
    sentences: list[AnswerSentenceBody]
    answer_span: AnswerSpanBody | None
    as_of: str | None
    confidence: Probability
    differences: list[DifferenceBody] | None = None
    dropped: int | None = None

    @classmethod
    def from_answer(cls, answer: Answer | None) -> "AnswerBody | None":
        """Convert, keeping None."""
        if answer is None:
            return None
        differences = [DifferenceBody.from_difference(each) for each in answer.differences]
        return cls(
            mode=answer.mode,
            text=answer.text,
            sentences=[AnswerSentenceBody.from_sentence(each) for each in answer.sentences],
            answer_span=AnswerSpanBody.from_span(answer.span),
            as_of=answer.as_of,
            confidence=answer.confidence,
            differences=differences or None,
            dropped=answer.n_dropped if answer.mode is AnswerMode.LLM else None,
        )


class AnswerCitationBody(BaseModel):
    """A quoted sentence of an article, numbered from 1 as the answer's sentences name it."""

    n: int
    document_id: str
    passage_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    start: int
    end: int
    quote: str

    @classmethod
    def from_citation(cls, citation: Citation) -> "AnswerCitationBody":
        """Convert a citation."""
        return cls.model_validate(citation, from_attributes=True)


class AbstentionBody(BaseModel):
    """Why there is no answer; *missing* names what no article holds, as asked."""

    reason: Reason
    missing: list[str]
    message: str
    confidence: Probability

    @classmethod
    def from_abstention(cls, abstention: Abstention | None) -> "AbstentionBody | None":
        """Convert, keeping None."""
        if abstention is None:
            return None
        return cls(
            reason=abstention.reason,
            missing=list(abstention.missing),
            message=abstention.message,
            confidence=abstention.confidence,
        )


class AskResponse(BaseModel):
    """Exactly one of *answer* and *abstention* is not null; *hits* as of a search."""

    question: str
    build: str
    answer: AnswerBody | None
    citations: list[AnswerCitationBody]
    abstention: AbstentionBody | None
    hits: list[HitBody]
    timings_ms: dict[str, float]
    explain: dict[str, Any] | None = None

    @classmethod
    def from_result(cls, result: AskResult) -> "AskResponse":
        """Convert what a question got."""
        return cls(
            question=result.question,
            build=result.build,
            answer=AnswerBody.from_answer(result.answer),
            citations=[AnswerCitationBody.from_citation(each) for each in result.citations],
            abstention=AbstentionBody.from_abstention(result.abstention),
            hits=[HitBody.from_hit(hit) for hit in result.hits],
            timings_ms=result.timings_ms,
            explain=result.explain,
        )

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; what is there on occasion only is left out otherwise."""
        body = self.model_dump(mode="json")
        for part in (body, *body["hits"]):
            leave_out(part, "explain")
        if body["answer"] is not None:
            leave_out(body["answer"], "differences", "dropped")
        return body


def leave_out(part: dict[str, Any], *names: str) -> None:
    """Take out of JSON values what is null under these names."""
    for name in names:
        if part[name] is None:
            del part[name]
