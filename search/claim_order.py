"""
Does a claim give its numbers to the same things as the sentences that it cites?

"매출 30억원, 이익 20억원" holds every word of "매출 20억원". Two signs of such an exchange are
looked for: a word and the number right behind it, where the sentence has another number of that
unit right behind that word; and a number that the sentence gives only behind another one, with a
topic between them that the claim does not name.

But: that is all; order is free in Korean, and English claims share few words with the sentences.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from search.claim_names import stems
from search.claim_quantities import canonical

_ITEM = re.compile(r"(?P<value>[0-9][0-9.~]*)(?P<unit>[가-힣%a-z]?)|(?P<word>[가-힣a-z]+)")
_IS_TOPIC = re.compile("[가-힣a-z]+(?:은|는|이|가)")


class _Item(NamedTuple):
    """A word and its stems, or a number with the first letter of its unit."""

    word: str
    stems: frozenset[str]
    value: str
    unit: str


def has_other_order(claim: str, sentences: Sequence[str]) -> bool:
    """
    Tell whether a number of the claim belongs to something else in its sentences.

    Args:
        claim: A sentence whose numbers and names all stand in the cited ones.
        sentences: The cited ones, as stored.
    """
    said = _items(claim)
    held = [_items(sentence) for sentence in sentences]
    named = frozenset().union(*(item.stems for item in said))
    for place, number in enumerate(said):
        if not number.value:
            continue
        if place and said[place - 1].word and _is_exchanged(said[place - 1], number, held):
            return True
        anchors = [item for item in said[:place] if any(_places(item, items) for items in held)]
        if anchors and _is_behind_another_topic(anchors[-1], number, held, named):
            return True
    return False


def _items(text: str) -> list[_Item]:
    """Cut a text; what follows a number's first letter, 달러에서, is left out."""
    items = []
    end_of_number = -1
    for match in _ITEM.finditer(canonical(text)):
        word = match["word"] or ""
        if not word or match.start() != end_of_number:
            found = frozenset(stems(word)) if word else frozenset[str]()
            items.append(_Item(word, found, match["value"] or "", match["unit"] or ""))
        end_of_number = match.end() if match["value"] else -1
    return items


def _places(item: _Item, items: Sequence[_Item]) -> list[int]:
    return [place for place, other in enumerate(items) if item.stems & other.stems]


def _is_exchanged(word: _Item, number: _Item, held: Sequence[Sequence[_Item]]) -> bool:
    behind = {
        items[place + 1].value
        for items in held
        for place in _places(word, items)
        if place + 1 < len(items) and items[place + 1].unit == number.unit
    } - {""}
    return bool(behind) and number.value not in behind


def _is_behind_another_topic(
    anchor: _Item, number: _Item, held: Sequence[Sequence[_Item]], named: frozenset[str]
) -> bool:
    verdicts = []
    for items in held:
        for start in _places(anchor, items):
            has_other = has_topic = False
            for item in items[start + 1 :]:
                if (item.value, item.unit) == (number.value, number.unit):
                    verdicts.append(has_topic)
                    break
                has_other |= bool(item.value) and item.unit == number.unit
                is_topic = _IS_TOPIC.fullmatch(item.word) and not item.stems & named
                has_topic |= has_other and bool(is_topic)
    return bool(verdicts) and all(verdicts)
