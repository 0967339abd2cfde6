"""Quantities are apart and inside the question; numbers come back from each way to write them."""

import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from search.quantities import quantities

KOREAN = "3만5천 1조 억 천 여 명 원 달러 퍼센트 다섯 두 번째 년 월 일 분의 세 시 30분"
DIGITS = "1 5 20 2018 1,350 3.5 5th 1990s Q3 / - . , : ~ $ ₩ US$ % %p \u0301 \u200b"
ENGLISH = "five twenty hundred million billion a an half third first and to of in the on at per May"
MORE_ENGLISH = (
    "march April Apr. Monday quarter years old people won dollars percent p.m. km his 30s"
)
WORDS = [word for words in (KOREAN, DIGITS, ENGLISH, MORE_ENGLISH) for word in words.split()]
TEXT = st.text(max_size=40) | st.lists(st.sampled_from([*WORDS, " ", "\u00a0"])).map("".join)
SPACED_TEXT = st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)
NUMBERS = st.integers(1, 10**15) | st.integers(1, 10**6) | st.integers(1, 9999)
NAMES_OF_TIME = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?")


@given(TEXT | SPACED_TEXT)
@example("9" * 5000)
@example("1만" * 256)
@example("one " * 128)
def test_spans_ascend_apart_inside_the_question(text: str) -> None:
    last_end = 0
    for start, end, variants in quantities(text):
        assert last_end <= start < end <= len(text)
        assert variants
        assert len(set(variants)) == len(variants)
        assert text[start:end] not in variants
        last_end = end


@given(NUMBERS)
def test_a_number_in_korean_notation_is_also_written_in_digits(number: int) -> None:
    for written in in_korean(number) - {str(number)}:
        [quantity] = quantities(written)
        assert (quantity.start, quantity.end) == (0, len(written))
        assert str(number) in quantity.variants


@given(NUMBERS)
def test_a_number_in_digits_is_also_written_in_korean_notation(number: int) -> None:
    # 2018 and 20180405 are a year and a day.
    assume(not NAMES_OF_TIME.fullmatch(str(number)))
    found = quantities(str(number))
    for written in in_korean(number) - {str(number)}:
        assert [written in quantity.variants for quantity in found] == [True]


@given(NUMBERS)
def test_commas_change_nothing(number: int) -> None:
    with_commas = f"{number:,}"
    expected = (in_korean(number) | {str(number)}) - {with_commas}
    [variants] = [quantity.variants for quantity in quantities(with_commas)] or [()]
    assert expected <= set(variants)


@given(NUMBERS)
def test_sums_are_read_from_english(number: int) -> None:
    [quantity] = quantities(f"{number:,} dollars")
    assert quantity.start == 0
    attached = {variant.replace(" ", "") for variant in quantity.variants}
    assert {f"{written}달러" for written in in_korean(number)} <= attached


def in_korean(number: int) -> set[str]:
    """Write a number with 만, 억 and 조, and with or without 천: 3만5000 and 3만5천."""
    with_digits = with_thousands = ""
    for mark in ("", "만", "억", "조"):
        number, group = divmod(number, 10_000)
        if group:
            with_digits = f"{group}{mark}{with_digits}"
            thousand = f"{group // 1000}천" if group >= 1000 else ""
            rest = str(group % 1000) if group % 1000 else ""
            with_thousands = f"{thousand}{rest}{mark}{with_thousands}"
    return {with_digits, with_thousands}
