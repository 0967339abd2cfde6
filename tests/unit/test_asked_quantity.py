"""What could say how many, how much or when, by the question's own unit."""

import re

import pytest

from search.plan import Plan
from search.question_words import what_is_asked
from search.sentence_features import asked_quantity
from search.weights import QueryKind


def pattern_of(question: str) -> str | None:
    asked = what_is_asked(question)
    return asked_quantity(Plan(question, "ko", QueryKind.KOREAN_QUESTION, asked, (), ()))


# A question | a text that could say it | a text with another quantity.
TABLE = """
몇 명이 배를 탔나?             | 주민 37명이        | 배 37척이
몇명이 탔나?                 | 7,700명           | 7,700원
몇 명이 탔나?                | 두 명이            | 두 척이
몇 살에 시장이 됐나?            | 마흔 살에          | 40년 만에
몇 살에 시장이 됐나?            | 40세에            | 40명에
다리는 몇 미터인가?              | 길이 300m         | 무게 300톤
다리는 몇 km인가?              | 길이 3.5㎞        | 길이 3.5cm
몇 개국이 서명했나?              | 12개국이           | 12개월이
몇 시간 걸렸나?                | 3시간             | 3년
우물을 몇 번 팠나?              | 다섯 차례          | 다섯 명
배는 몇 척인가?                | 배 12척           | 12명
값이 몇 퍼센트 올랐나?            | 3.5%            | 3.5점
찬성이 몇 %인가?               | 60퍼센트           | 60표
다리는 얼마에 팔렸나?             | 2조4000억원        | 2024년
공사 비용은?                  | 45억 달러          | 45억 년
시장의 지지율은?                | 41.5%           | 41명
공사 기간은 얼마나 되나?           | 3년              | 3명
얼마나 오래 걸렸나?              | 40분             | 40명
시장의 나이는?                 | 52세             | 52명
다리의 높이는?                 | 30m             | 30년
우물을 판 횟수는?               | 7차례             | 7명
언제 열렸나?                  | 5월 14일          | 14명이
언제 열리나?                  | 내년에             | 강가에서
When does it open?         | 오후 3시           | 3명
How many people came?      | 37명             | 37원
How many ships sank?       | 12척             | 12명
How many companies joined? | 15곳             | 15명
How many floors?           | 30층             | 30명
How many times was it dug? | 7차례             | 7명
How much did it cost?      | 300만 달러         | 300만 명
How long did it last?      | 3개월             | 3명
How old is the mayor?      | 52세             | 52명
How far is it?             | 30km            | 30명
How often do they meet?    | 네 번             | 네 명
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("question", "says", "says_not"), CASES)
def test_the_unit_of_the_question_is_looked_for(question: str, says: str, says_not: str) -> None:
    pattern = pattern_of(question)
    assert pattern is not None
    assert re.search(pattern, says)
    assert not re.search(pattern, says_not)


@pytest.mark.parametrize(
    "question", ["참가자 수는?", "참가자는 얼마나 되나?", "How many came?", "입장료는 얼마인가?"]
)
def test_where_no_unit_is_named_any_digit_could_say_it(question: str) -> None:
    assert pattern_of(question) == r"\d"


@pytest.mark.parametrize(
    "question",
    [
        "누가 다리를 지었나?",
        "다리는 어디에 있나?",
        "다리는 왜 닫혔나?",
        "어떻게 강을 건넜나?",
        "무엇을 심었나?",
        "별내천 나루터 축제",
        "Who built the bridge?",
        "Why was the bridge closed?",
        "",
    ],
)
def test_where_no_quantity_is_asked_there_is_no_pattern(question: str) -> None:
    assert pattern_of(question) is None


@pytest.mark.parametrize("question", ["몇 C.인가", "몇 %p 올랐나?", "몇 km인가", "How many a|b c?"])
def test_a_pattern_can_be_compiled_whatever_is_asked(question: str) -> None:
    re.compile(pattern_of(question) or "")


def test_the_pattern_of_a_question_is_always_the_same() -> None:
    """Units are kept in a set, whose order differs from run to run."""
    pattern = pattern_of("비용은 얼마인가?")
    assert pattern is not None
    assert pattern.endswith("(?:달러|엔|원|위안|유로)")
