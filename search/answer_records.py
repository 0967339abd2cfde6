"""
The values that a question gets: an answer or an abstention, its citations and hits.

Spans are code points of the cited article's text, and ``quote == text[start:end]``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from search.records import Hit


class AnswerMode(StrEnum):
    """Who worded an answer: the articles themselves, or a language model that was checked."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


class Reason(StrEnum):
    """Why there is no answer."""

    NO_HITS = "no_hits"
    LOW_EVIDENCE = "low_evidence"
    MISSING_ENTITY = "missing_entity"
    EMPTY_CORPUS = "empty_corpus"


@dataclass(frozen=True, slots=True)
class Citation:
    """
    A quoted sentence of an article.

    Args:
        n: From 1, in the order in which the answer's sentences name them.
        document_id: Id of the article.
        passage_id: The passage in which the sentence was found.
        title: Headline of the article.
        publisher: May be None, like the next two.
        published: ISO 8601 in Asia/Seoul.
        url: Of the article.
        start: First code point in the article's text.
        end: Behind its last.
        quote: What stands there.
    """

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


class AnswerSentence(NamedTuple):
    """A sentence of an answer and the numbers of the citations that hold it up, at least one."""

    text: str
    citations: tuple[int, ...]


class AnswerSpan(NamedTuple):
    """The short answer: ``[start, end)`` of the text of citation number *citation*'s article."""

    citation: int
    start: int
    end: int
    text: str


class Difference(NamedTuple):
    """Numbers or dates that two citations give differently, with the days of their articles."""

    citations: tuple[int, int]
    texts: tuple[str, str]
    published: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer of one to three sentences.

    Args:
        mode: Who worded it.
        text: The sentences, joined by a blank.
        sentences: ``sentences[0]`` is the best one; the rest follows in reading order.
        span: The short answer, where the question asks for one.
        as_of: Date of the newest article cited, ISO 8601; None where none has a date.
        confidence: Probability in [0, 1] that the archive answers the question.
        differences: Where cited articles contradict each other in a number or a date.
        n_dropped: Sentences of a language model that nothing supported.
    """

    mode: AnswerMode
    text: str
    sentences: tuple[AnswerSentence, ...]
    span: AnswerSpan | None
    as_of: str | None
    confidence: float
    differences: tuple[Difference, ...] = ()
    n_dropped: int = 0


@dataclass(frozen=True, slots=True)
class Abstention:
    """
    No answer, and why.

    Args:
        reason: One of `Reason`.
        missing: Names of the question that no article holds, as asked.
        message: A sentence for the reader, in the language of the question.
        confidence: As in `Answer`; below the threshold.
    """

    reason: Reason
    missing: tuple[str, ...]
    message: str
    confidence: float


class RankedSentence(NamedTuple):
    """A candidate before composition: one sentence of one article, and its score."""

    document_id: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class AskResult:
    """
    What a question got: exactly one of *answer* and *abstention* is not None.

    Args:
        question: As asked.
        build: That answered.
        answer: With at least one sentence.
        citations: Numbered from 1; empty with an abstention.
        abstention: Why not.
        hits: As `search` gives them, also with an abstention.
        timings_ms: As `search`'s, and ``answer``.
        sentences: The ranked candidates, best first, at most ten, also with an abstention.
        explain: None unless asked for.
    """

    question: str
    build: str
    answer: Answer | None
    citations: tuple[Citation, ...]
    abstention: Abstention | None
    hits: list[Hit]
    timings_ms: dict[str, float]
    sentences: tuple[RankedSentence, ...] = ()
    explain: dict[str, Any] | None = field(default=None)
