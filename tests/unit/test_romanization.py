"""Korean names get the Latin spellings that people and newspapers give them."""

import random
import re

from index.training.romanization import (
    CODAS,
    GIVEN,
    ONSETS,
    SURNAMES,
    VOWELS,
    invent_name,
    romanize_name,
    romanize_syllable,
    romanize_word,
)


def test_every_surname_gives_letters() -> None:
    for family in SURNAMES:
        for seed in range(10):
            spelled = romanize_name(family + "민수", random.Random(seed))
            assert re.fullmatch("[a-z]+", spelled), family
    assert all(re.fullmatch("[a-z]+", s) for options in SURNAMES.values() for s in options.split())


def test_every_syllable_gives_letters() -> None:
    assert (len(ONSETS), len(VOWELS), len(CODAS)) == (19, 21, 28)
    choose = random.Random(0)
    for code in range(ord("가"), ord("힣") + 1):
        for spread in (0.0, 1.0):
            assert re.fullmatch("[a-z]+", romanize_syllable(chr(code), choose, spread)), chr(code)


def test_the_usual_spelling_is_revised_romanisation() -> None:
    choose = random.Random(0)
    for word, expected in (
        ("부산", "busan"),
        ("경기", "gyeonggi"),
        ("값", "gap"),
        ("의왕", "uiwang"),
    ):
        assert "".join(romanize_syllable(c, choose, 0.0) for c in word) == expected


def test_the_same_seed_gives_the_same_spellings() -> None:
    def spellings(seed: int) -> list[str]:
        choose = random.Random(seed)
        names = [invent_name(choose) for _ in range(20)]
        return [*names, *(romanize_name(n, choose) for n in names), romanize_word("서울", choose)]

    assert spellings(3) == spellings(3)
    assert spellings(3) != spellings(4)


def test_a_family_name_has_each_of_its_spellings() -> None:
    spelled = {romanize_name("이", random.Random(seed)) for seed in range(50)}
    assert spelled == {"lee", "yi", "rhee", "ri"}


def test_a_family_name_of_two_syllables_is_one_name() -> None:
    spelled = {romanize_name("남궁민수", random.Random(seed))[:3] for seed in range(20)}
    assert spelled == {"nam"}
    assert romanize_name("황보민수", random.Random(0)).startswith("hwangbo")


def test_invented_names_are_a_family_name_and_two_syllables() -> None:
    choose = random.Random(0)
    for _ in range(100):
        name = invent_name(choose)
        family, given = name[0], name[1:]
        assert family in SURNAMES
        assert len(given) == 2
        assert set(given) <= set(GIVEN)
