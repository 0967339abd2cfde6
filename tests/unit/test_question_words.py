"""What a question asks for, and which of its words only ask."""

import pytest

from search.question_words import (
    ENGLISH_EMPTY,
    KOREAN_ASKING,
    Asked,
    asks_in_korean,
    is_empty_in_english,
    what_is_asked,
)

# One question a line: what it asks for | the question.
QUESTIONS = """
why      | KT는 왜 탈락했나?
why      | 어째서 회담이 미뤄졌나
why      | 총리가 물러난 까닭은
why      | 무엇 때문에 파업했나
why      | 공장을 옮긴 이유가 뭔가
why      | Why was KT excluded from the project?
why      | the reason for the delay
why      | What caused the blackout?
who      | 누가 위원장이 됐나
who      | 새 총리는 누구인가
who      | Who won the election?
who      | Whose plan was it?
when     | 선거는 언제 하나
when     | When is the election?
when     | What day is the election?
where    | 어디에서 회담이 열렸나
where    | Where did they meet?
how many | 몇 명이 다쳤나
how many | 값이 얼마나 올랐나
how many | How many were hurt?
how many | How long did it last?
how      | 어떻게 합의했나
how      | How did they agree?
what     | 무슨 합의를 했나
what     | 어떤 회사가 남았나
what     | 대표는 뭐라고 했나
what     | Which company is left?
what     | What did they agree on?
nothing  | 독자 AI 모델 공모
nothing  | North Korea summit
nothing  | However, somewhat whole
nothing  | 1350
"""


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_a_question_asks_for_one_thing(line: str) -> None:
    asked, text = (part.strip() for part in line.split("|"))
    assert what_is_asked(text) is Asked(asked)


def test_of_several_the_first_in_the_order_of_the_kinds_is_asked_for() -> None:
    assert what_is_asked("누가 왜 언제 탈락했나") is Asked.WHY
    assert what_is_asked("Where and when do they meet?") is Asked.WHEN
    assert what_is_asked("어디에서 몇 명이 무엇을 했나") is Asked.WHERE


def test_capitals_do_not_count() -> None:
    assert what_is_asked("WHY?") is what_is_asked("why?") is Asked.WHY


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("교과서 왜곡을 누가 지시했나", Asked.WHO),
        ("왜소한 체격의 선수는 어디 출신인가", Asked.WHERE),
        ("이유식은 어디서 파나", Asked.WHERE),
        ("언제나 바람이 부는 곳은 어디인가", Asked.WHERE),
    ],
)
def test_a_word_that_only_begins_like_a_question_word_asks_nothing(text: str, asked: Asked) -> None:
    assert what_is_asked(text) is asked


def test_words_that_ask_are_told_from_others() -> None:
    assert all(map(asks_in_korean, ["왜/M", "누구/N", "이유/N", "어떻/V", "얼마나/M"]))
    assert not any(map(asks_in_korean, ["왜", "누구", "탈락/N", "짓/V", "why", ""]))
    assert all(map(is_empty_in_english, ["the", "who", "why", "did", "of"]))
    assert not any(map(is_empty_in_english, ["The", "summit", "won", "kt", ""]))


def test_the_lists_hold_terms_as_the_analyzer_writes_them() -> None:
    assert all(form and tag in "NVM" for form, _, tag in (t.partition("/") for t in KOREAN_ASKING))
    assert all(word == word.lower() and word.isascii() and word.isalpha() for word in ENGLISH_EMPTY)
