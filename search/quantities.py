"""
Numbers, sums and dates of a question -> the other ways in which Korean newspapers write them.

"3 billion dollars" stands in articles as "30억 달러", and "7천700명" in one paper is "7700명" in
the next. Dates are found by the rules of `search.calendar_words`, the rest by those of
`search.quantity_rules`.

But: what a number counts is not translated beyond its Korean counter, and names that are
written like quantities, "Fifth Avenue", are not known as names.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from index.normalizing import normalize
from search.calendar_words import DATE_RULES
from search.quantity_rules import QUANTITY_RULES

MAX_VARIANTS = 8


class Quantity(NamedTuple):
    """A span of the question and how else it is written, most usual first, never as it stands."""

    start: int
    end: int
    variants: tuple[str, ...]


def quantities(text: str) -> list[Quantity]:
    """
    Find the quantities and dates of a question that Korean articles write in other ways.

    Args:
        text: A question, English, Korean or mixed; spans are code points of it.

    Returns:
        Quantities in order, apart from each other. Where two readings overlap, the longer
        one is kept, then the one that starts first.
    """
    normalized = normalize(text)
    found = [
        (match.start(), match.end(), variants)
        for rule in chain(DATE_RULES, QUANTITY_RULES)
        for match in rule.pattern.finditer(normalized.text)
        if (variants := _other_than(match[0], rule.write(match)))
    ]
    found.sort(key=lambda reading: (reading[0] - reading[1], reading[0]))
    taken = bytearray(len(normalized.text))
    kept = []
    for start, end, variants in found:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append(Quantity(*normalized.stored(start, end), variants))
    return sorted(kept)


def _other_than(written: str, variants: Iterable[str]) -> tuple[str, ...]:
    others = (variant for variant in dict.fromkeys(variants) if variant != written)
    return tuple(others)[:MAX_VARIANTS]
