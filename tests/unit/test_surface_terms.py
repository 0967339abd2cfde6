"""The terms that a spelling gives wherever it stands, without Kiwi."""

import pytest

from index.analysis import is_bigram, surface_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("해스펠", ("해스", "스펠")),
        ("KT", ("kt",)),
        ("5G 통신", ("통신", "5g")),
        ("SK온", ("sk", "온/N")),
        ("한 미", ("한/N", "미/N")),
        ("三星", ("三星/H",)),
        ("美 대통령", ("대통", "통령", "美/H")),
        ("1,350억", ("1350", "억/N")),
        ("2018.4.5", ("2018", "4", "5")),
        ("3.5", ("3.5",)),
        ("Beyoncé", ("beyonce",)),
        ("ＫＴ＆Ｇ", ("kt", "g")),
        ("카카카카", ("카카",)),
        ("", ()),
        (" -·%", ()),
    ],
)
def test_a_spelling_has_its_bigrams_runs_and_lone_syllables(
    text: str, terms: tuple[str, ...]
) -> None:
    assert surface_terms(text) == terms


def test_decomposed_hangul_and_hidden_characters_give_the_same_terms() -> None:
    decomposed = "\u1112\u1162\u1109\u1173\u1111\u1166\u11af"
    assert surface_terms(decomposed) == surface_terms("해\u200b스펠") == surface_terms("해스펠")


def test_no_term_is_empty_whatever_stands_in_a_text() -> None:
    """U+FF9E and U+FF9F are letters by themselves, and marks that folding drops."""
    characters = map(chr, [*range(0xD800), *range(0xE000, 0x10000)])
    terms = surface_terms(" ".join(characters))
    assert all(terms)
    assert not any(map(is_bigram, terms))
    assert surface_terms("\uff9e\uff9f") == ("\uff9e\uff9f",)
