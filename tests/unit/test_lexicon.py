"""Words that may stand for a word, from tables small enough to write by hand."""

import numpy as np
import pytest

from index.key_table import KeyTable, pack_strings
from index.lexicon import WEIGHT_SCALE, Lexicon, Related, StringLists

KEYS = ["elect/E", "novel/E", "vote/E", "선거/N", "투표/N", "표/N"]
RELATED = {
    "elect/E": [("선거/N", 255), ("투표/N", 51)],
    "vote/E": [("투표/N", 204)],
    "선거/N": [("투표/N", 153)],
    "표/N": [("투표/N", 102), ("선거/N", 51)],
}
PHRASES = {
    "by elect": ["1.00|보궐/N|선거/N", "0.80|재보선/N"],
    "elect": ["0.70|선거/N|하/V"],
    "nation assembl": ["1.00|국회/N", "0.90|앨런 그린스펀/N"],
}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The tables above, packed."""
    related = [RELATED.get(key, []) for key in KEYS]
    starts = np.cumsum([0, *map(len, related)]).astype(np.uint32)
    rows = [KEYS.index(other) for pairs in related for other, _ in pairs]
    weights = [weight for pairs in related for _, weight in pairs]
    lines = pack_strings("\n".join(lines) for lines in PHRASES.values())
    return Lexicon(
        KeyTable(*pack_strings(KEYS)),
        starts,
        np.array(rows, np.uint32),
        np.array(weights, np.uint8),
        StringLists(KeyTable(*pack_strings(PHRASES)), *lines),
    )


def related(*parts: str, weight: float) -> Related:
    return Related(parts, pytest.approx(weight))  # type: ignore[arg-type]


def test_a_word_of_english_is_known_by_its_stem(lexicon: Lexicon) -> None:
    assert all(map(lexicon.knows_english, ["election", "Elections", "elected", "votes", "novel"]))
    assert not any(map(lexicon.knows_english, ["", "elective-not", "haspel", "선거", "by"]))


def test_translations_are_words_and_groups_of_words_the_surest_first(lexicon: Lexicon) -> None:
    assert lexicon.translations("elections") == [
        related("선거/N", weight=1.0),
        related("선거/N", "하/V", weight=0.7),
        related("투표/N", weight=0.2),
    ]
    assert lexicon.translations("VOTE") == [related("투표/N", weight=204 / WEIGHT_SCALE)]


def test_a_word_without_translations_has_none(lexicon: Lexicon) -> None:
    for word in ("novel", "haspel", "", "선거"):
        assert lexicon.translations(word) == []


def test_a_phrase_is_looked_up_by_the_stems_of_its_words(lexicon: Lexicon) -> None:
    assert lexicon.phrase(["National", "Assembly"]) == [
        related("국회/N", weight=1.0),
        related("앨런 그린스펀/N", weight=0.9),  # one morpheme of Kiwi, blank and all
    ]
    assert lexicon.phrase(["by", "elections"]) == [
        related("보궐/N", "선거/N", weight=1.0),
        related("재보선/N", weight=0.8),
    ]


def test_a_phrase_is_found_whole_and_in_order_only(lexicon: Lexicon) -> None:
    for words in (["by"], ["elections", "by"], ["by", "elections", "won"], ["the", "election"]):
        assert lexicon.phrase(words) == []


def test_a_phrase_may_begin_with_its_first_two_words(lexicon: Lexicon) -> None:
    assert lexicon.may_begin_phrase("by", "Elections")
    assert lexicon.may_begin_phrase("Nations", "assembly")
    for first, second in (("elections", "by"), ("by", "by"), ("nation", "elections"), ("", "")):
        assert not lexicon.may_begin_phrase(first, second)


def test_synonyms_are_the_surest_first(lexicon: Lexicon) -> None:
    assert lexicon.synonyms("표/N") == [
        related("투표/N", weight=0.4),
        related("선거/N", weight=0.2),
    ]
    assert lexicon.synonyms("선거/N") == [related("투표/N", weight=0.6)]


def test_a_term_without_synonyms_has_none(lexicon: Lexicon) -> None:
    for term in ("투표/N", "없다/V", "선거", "election", ""):
        assert lexicon.synonyms(term) == []


def test_weights_are_above_zero_and_at_most_one(lexicon: Lexicon) -> None:
    found = [
        related
        for word in ("election", "vote")
        for related in [*lexicon.translations(word), *lexicon.synonyms("표/N")]
    ]
    assert all(0 < each.weight <= 1 for each in found)
