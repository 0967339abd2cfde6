"""
Question -> groups of weighted terms: what each part of it may be called in an article.

Useful for: the terms of the lexical leg, and why each of them is searched for.
Not useful for: the dense leg, which gets the question's own words.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from index.term_groups import Alternative
from search.question_words import Asked
from search.weights import QueryKind


class Origin(StrEnum):
    """Why a term is searched for."""

    QUERY = "query"
    ALIAS = "alias"
    SYNONYM = "synonym"
    TRANSLITERATION = "transliteration"
    TRANSLATION = "translation"


class PlannedTerm(NamedTuple):
    """Terms that stand together for a part of a question, their weight, > 0, and why."""

    parts: tuple[str, ...]
    weight: float
    origin: Origin

    @property
    def alternative(self) -> Alternative:
        """What the postings are asked for."""
        return Alternative(self.parts, self.weight)


class Group(NamedTuple):
    """A part of the question as written, and what it may be called; the best one counts."""

    source: str
    terms: tuple[PlannedTerm, ...]


class Plan(NamedTuple):
    """
    A question, understood.

    Args:
        text: As asked.
        language: ``ko`` or ``en``, by the greater part of its letters.
        kind: What the weights of the legs depend on.
        asked: What kind of answer it wants.
        groups: What to search for.
        words: Its words, for the dense leg, as often as they stand in it.
    """

    text: str
    language: str
    kind: QueryKind
    asked: Asked
    groups: Sequence[Group]
    words: Sequence[str]


def without_origins(plan: Plan, origins: Collection[Origin]) -> Plan:
    """
    Leave out terms by why they are searched for, and groups that hold no others.

    Args:
        plan: Of the question; its words, for the dense leg, stay.
        origins: Of the terms to leave out; not `Origin.QUERY`.

    Raises:
        ValueError: The question itself would be left out.
    """
    if Origin.QUERY in origins:
        raise ValueError("a question's own terms cannot be left out")
    if not origins:
        return plan
    kept = [
        Group(group.source, tuple(term for term in group.terms if term.origin not in origins))
        for group in plan.groups
    ]
    return plan._replace(groups=[group for group in kept if group.terms])


class Token(NamedTuple):
    """A term of the question and its span there."""

    term: str
    start: int
    end: int


class Reading(NamedTuple):
    """
    A question, analysed but not planned.

    ``tokens`` in the order of the text; ``words`` are for the dense leg, as in `Plan`.
    """

    text: str
    tokens: Sequence[Token]
    words: Sequence[str]


class Words(NamedTuple):
    """A part of the question, ``[start, end)`` in code points."""

    start: int
    end: int

    def holds(self, token: Token) -> bool:
        """Tell whether a token lies inside."""
        return self.start <= token.start and token.end <= self.end


Aliases: TypeAlias = Mapping[Words, Sequence[PlannedTerm]]
"""Other names of what stands in a part of the question."""
