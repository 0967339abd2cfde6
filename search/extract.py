"""
Judged sentences -> an answer in the articles' own words.
"""

from collections.abc import Iterator

from search.answer_records import (
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerSpan,
    Citation,
    Difference,
)
from search.compose import Differing, compose
from search.judge import Judgement
from search.question_words import Asked
from search.quoting import Quoting
from search.short_answer import ShortAnswer

LEAST_SPAN = {Asked.WHY: 0.5, Asked.HOW: 0.5}
"""Least chance of a short answer where a whole sentence is the usual one."""


def extract(
    judgement: Judgement, quoting: Quoting, n_dropped: int = 0
) -> Iterator[AnswerSentence | Answer]:
    """
    Yield the sentences of an answer, the best one first, and then the answer.

    Args:
        judgement: With at least one sentence.
        quoting: Takes the citations.
        n_dropped: Sentences of a language model that were not shown.
    """
    values = {place: short.text for place, short in judgement.short.items()}
    composition = compose(
        judgement.sentences, judgement.chances, judgement.vectors, judgement.plan.asked, values
    )
    shown = []
    numbers: dict[int, int] = {}
    for chosen in composition.chosen:
        cited = (chosen.place, *chosen.same)
        for place in cited:
            numbers[place] = quoting.cite(judgement.sentences[place])
        text = judgement.sentences[chosen.place].text
        sentence = AnswerSentence(text, tuple(numbers[place] for place in cited))
        shown.append(sentence)
        yield sentence
    citations = quoting.citations
    best = composition.chosen[0].place
    yield Answer(
        mode=AnswerMode.EXTRACTIVE,
        text=" ".join(sentence.text for sentence in shown),
        sentences=tuple(shown),
        span=answer_span(judgement, best, numbers[best]),
        as_of=newest(citations),
        confidence=judgement.confidence,
        differences=tuple(
            _difference(found, numbers, citations) for found in composition.differing
        ),
        n_dropped=n_dropped,
    )


def answer_span(judgement: Judgement, place: int, number: int) -> AnswerSpan | None:
    """Return the short answer inside a sentence, where the question wants one."""
    short: ShortAnswer | None = judgement.short.get(place)
    if short is None or short.chance < LEAST_SPAN.get(judgement.plan.asked, 0.0):
        return None
    return AnswerSpan(number, short.start, short.end, short.text)


def newest(citations: tuple[Citation, ...]) -> str | None:
    """Return the date of the newest article cited; None where none has one."""
    return max((cited.published for cited in citations if cited.published), default=None)


def _difference(
    found: Differing, numbers: dict[int, int], citations: tuple[Citation, ...]
) -> Difference:
    first, second = (citations[numbers[place] - 1] for place in found.places)
    return Difference((first.n, second.n), found.values, (first.published, second.published))
