"""Normalised text keeps a way back to every stored character."""

import itertools
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from index.normalizing import INVISIBLE, normalize

JAMO = ["가", "각", "\u1100\u1161", "\u1100\u1161\u11a8", "가\u11a8", "\u1161", "\u11a8", "\u1100"]
BLANK = ["\n", "\r\n", "\t", " ", "\u00a0", "\u2028", "\u3000"]
UNSEEN = ["\u200b", "\ufeff", "\u00ad", "\x00", "\u200d", "\ufe0f"]
MARKED = [
    "e\u0301",
    "A\u030a\u0323",
    "\u0301",
    "か\u3099",
    "\u0915\u093c",
    "\u09c7\u09be",
    "ｶﾞ",
    "Ａ１",
]
PIECES = st.sampled_from([*JAMO, *BLANK, *UNSEEN, *MARKED])
TEXT = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=15).map("".join)


@given(TEXT)
def test_the_stored_span_of_each_character_normalises_to_it(text: str) -> None:
    normalized = normalize(text)
    for i, character in enumerate(normalized.text):
        start, end = normalized.stored(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert character in normalize(text[start:end]).text


@given(TEXT)
def test_stored_spans_ascend_and_never_cross(text: str) -> None:
    normalized = normalize(text)
    spans = [normalized.stored(i, i + 1) for i in range(len(normalized.text))]
    assert all(a == b or a.end <= b.start for a, b in itertools.pairwise(spans))


@given(TEXT)
def test_every_visible_stored_character_is_in_some_span(text: str) -> None:
    normalized = normalize(text)
    covered = {
        place for i in range(len(normalized.text)) for place in range(*normalized.stored(i, i + 1))
    }
    assert all(i in covered or INVISIBLE.match(c) for i, c in enumerate(text))


@given(TEXT)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(TEXT)
def test_composed_and_decomposed_text_normalise_alike(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert normalize(composed).text == normalize(decomposed).text


@given(TEXT)
def test_no_invisible_character_and_no_other_blank_is_left(text: str) -> None:
    normalized = normalize(text).text
    assert not INVISIBLE.search(normalized)
    assert not any(c.isspace() and c not in " \n" for c in normalized)


def test_an_invisible_character_inside_a_syllable_does_not_part_it() -> None:
    normalized = normalize("\u1112\u200b\u1161\u11ab다")
    assert normalized.text == "한다"
    assert normalized.stored(0, 1) == (0, 4)
