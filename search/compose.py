"""
Ranked sentences -> the one to three that are shown, and who else says the same.

The best sentence always comes first. Another is added only if it tells something that
the first does not: a number that differs, or the other half of a reason.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.answer_candidates import CandidateSentence
from search.claim_quantities import canonical
from search.question_words import Asked

Floats = npt.NDArray[np.float32]

MAX_ADDED = 2
MAX_SAME = 2
"""Other publishers cited for one sentence, at most."""

SAME_FACT = 0.86
"""Least cosine of two sentences that say the same; their numbers must agree, too."""

ALIKE = 0.72
"""Least cosine of two sentences about the same number."""

ENOUGH = 0.45
"""An added sentence is at least this likely, as a share of the best one."""

_NUMBER = re.compile(r"\d[\d,.]*")
_REASON = re.compile("때문|탓|이유|원인|위해|따라|우려|영향|[아어여해려]서[ ,]")


class Chosen(NamedTuple):
    """A sentence to show by its place among the candidates, and others that say the same."""

    place: int
    same: tuple[int, ...]


class Differing(NamedTuple):
    """Two candidates that give another value for the same thing, and both values."""

    places: tuple[int, int]
    values: tuple[str, str]


class Composition(NamedTuple):
    """What is shown, the best sentence first and the others in reading order."""

    chosen: list[Chosen]
    differing: list[Differing]


def compose(
    sentences: Sequence[CandidateSentence],
    chances: Floats,
    vectors: Floats,
    asked: Asked,
    values: dict[int, str],
) -> Composition:
    """
    Choose what to show.

    Args:
        sentences: All candidates.
        chances: float32[n], how likely each is the best answer; they add up to 1.
        vectors: float32[n, dim], unit rows.
        asked: What the question wants.
        values: Short answers by place, of the likeliest sentences.

    Returns:
        Places in *sentences*. Equal chances in the order of the candidates.
    """
    order = np.argsort(-chances, kind="stable").tolist()
    best = order[0]
    likeness = vectors @ vectors[best]
    same = _same(sentences, order, best, likeness)
    differing: list[Differing] = []
    added: list[int] = []
    for place in order[1:]:
        if len(added) == MAX_ADDED or chances[place] < 0.1 * chances[best]:
            break
        if place in same:
            continue
        other = _differs(sentences, best, place, values, likeness)
        if other is not None:
            if any(_value(found.values[1]) == _value(other[1]) for found in differing):
                continue
            differing.append(Differing((best, place), other))
            added.append(place)
        elif chances[place] >= ENOUGH * chances[best] and _adds(
            sentences, [best, *added], place, vectors, asked
        ):
            added.append(place)
    added.sort(key=lambda place: (sentences[place].article.rank, sentences[place].n))
    return Composition(
        [Chosen(best, tuple(same)), *(Chosen(place, ()) for place in added)], differing
    )


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text, without separators."""
    return frozenset(found.replace(",", "").rstrip(".") for found in _NUMBER.findall(text))


def _same(
    sentences: Sequence[CandidateSentence], order: Sequence[int], best: int, likeness: Floats
) -> list[int]:
    told = numbers(sentences[best].text)
    articles = {sentences[best].article.row}
    found: list[int] = []
    for place in order:
        sentence = sentences[place]
        if (
            len(found) < MAX_SAME
            and sentence.article.row not in articles
            and likeness[place] >= SAME_FACT
            and numbers(sentence.text) == told
        ):
            found.append(place)
            articles.add(sentence.article.row)
    return found


def _differs(
    sentences: Sequence[CandidateSentence],
    best: int,
    place: int,
    values: dict[int, str],
    likeness: Floats,
) -> tuple[str, str] | None:
    """Return both values where another article tells the same thing with another number."""
    if sentences[place].article.row == sentences[best].article.row or likeness[place] < ALIKE:
        return None
    ours, theirs = values.get(best), values.get(place)
    if ours is None or theirs is None:
        return None
    (our_numbers, our_unit), (their_numbers, their_unit) = _value(ours), _value(theirs)
    if not our_numbers or not their_numbers or our_unit != their_unit:
        return None
    return None if our_numbers == their_numbers else (ours, theirs)


def _value(text: str) -> tuple[list[Decimal], str]:
    """Return the numbers of a short answer in order, whatever their notation, and its unit."""
    plain = canonical(text)
    found = [Decimal(number.replace(",", "").rstrip(".")) for number in _NUMBER.findall(plain)]
    return found, re.sub(r"[\d,.\s여약]+", "", plain)


def _adds(
    sentences: Sequence[CandidateSentence],
    shown: Sequence[int],
    place: int,
    vectors: Floats,
    asked: Asked,
) -> bool:
    if float((vectors[shown] @ vectors[place]).max()) >= ALIKE:
        return False
    if asked is Asked.WHY:
        return bool(_REASON.search(sentences[place].text))
    return sentences[place].article.row not in {sentences[each].article.row for each in shown}
