"""The noun with which a Korean question ends says what it asks for."""

import pytest

from search.question_words import Asked, what_is_asked

# One question a line: what it asks for | the question.
QUESTIONS = """
why      | 다리 공사가 멈춘 배경은?
why      | 나루터를 닫은 사유는
why      | 둑이 무너진 원인은 무엇인가?
why      | 시장이 물러난 계기는?
why      | 우물을 메운 목적이 무엇인가
why      | 표를 되사는 근거는 무엇으로 꼽히나?
why      | 배를 새로 짓는 취지는?
why      | 협상의 걸림돌은?
why      | 3년 연속 우승의 비결은?
when     | 새 다리가 열리는 날은?
when     | 첫 배가 뜬 해는?
when     | 접수 기한은 언제까지로 알려졌나?
when     | 나루터가 생긴 시기는?
when     | 우물이 마른 때는
when     | 시장의 생일은?
who      | 나루터를 세운 사람은?
who      | 대회에서 이긴 선수는
who      | 둑을 설계한 인물은 누구로 알려졌나?
who      | 배를 몰던 장군은?
who      | 노래를 지은 이는?
who      | 구조를 도운 이들은?
who      | 우물을 판 주인공은?
who      | 홍바다의 어머니는?
where    | 배가 처음 닿은 곳은?
where    | 축제가 열리는 장소는?
where    | 배를 판 나라는?
where    | 다음 대회 개최지는?
where    | 홍바다의 고향은?
where    | 배의 행선지는
how many | 다리 공사의 규모는?
how many | 다리의 길이는?
how many | 배 삯으로 낸 금액은?
how many | 축제에 온 사람의 수는?
how many | 새 시장의 득표율은?
how many | 표의 가격은 얼마로 정해졌나?
how many | 우물의 온도는?
how many | 공사 기간은?
why      | What led to the flood?
why      | What prompted the mayor to resign?
why      | What made the bridge sway?
why      | What explains the fall in fares?
what     | What did the mayor open?
what     | What is the name of the bridge?
"""


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_the_noun_at_the_end_is_asked_for(line: str) -> None:
    asked, text = (part.strip() for part in line.split("|"))
    assert what_is_asked(text) is Asked(asked)


@pytest.mark.parametrize(
    "ending", ["?", "은?", "은 무엇인가?", "은 무엇인가", "이 뭔가요?", "은 ？"]
)
def test_the_noun_may_be_followed_by_particles_and_marks(ending: str) -> None:
    assert what_is_asked(f"다리를 닫은 배경{ending}") is Asked.WHY


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("교과서 왜곡", Asked.NOTHING),
        ("교과서 왜곡을 바로잡은 사람은?", Asked.WHO),
        ("왜곡 보도가 나온 날은?", Asked.WHEN),
        ("왜가리가 사는 곳은?", Asked.WHERE),
        ("왜군이 쳐들어온 해는?", Asked.WHEN),
        ("이유식 회사의 매출은?", Asked.HOW_MANY),
        ("언제나 붐비는 장소는?", Asked.WHERE),
    ],
)
def test_a_question_word_inside_another_word_is_none(text: str, asked: Asked) -> None:
    assert what_is_asked(text) is asked


@pytest.mark.parametrize(
    "text",
    [
        "사람들이 다리를 건넜다",
        "날마다 배가 뜬다",
        "곳곳에 비가 왔다",
        "수박 축제 소식",
        "배경 음악 소개",
        "이 배는 새로 지었다",
        "가격표가 붙었다",
        "해안 도로 공사",
    ],
)
def test_such_a_noun_asks_at_the_end_only(text: str) -> None:
    assert what_is_asked(text) is Asked.NOTHING


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("왜 이 사람은?", Asked.WHY),
        ("누가 그 가격을 정한 사람인가", Asked.WHO),
        ("누가 지은 곳인가", Asked.WHO),
        ("언제 정한 가격은?", Asked.WHEN),
        ("어디에 사는 사람은?", Asked.WHERE),
        ("몇 명이 모인 곳은?", Asked.HOW_MANY),
        ("어떻게 지은 다리의 높이는?", Asked.HOW_MANY),
        ("어떤 배를 산 사람은?", Asked.WHO),
        ("무슨 배가 닿은 곳은?", Asked.WHERE),
        ("어느 배를 고친 배경은?", Asked.WHY),
    ],
)
def test_reasons_come_first_then_question_words_then_the_noun(text: str, asked: Asked) -> None:
    assert what_is_asked(text) is asked


@pytest.mark.parametrize(
    "text", ["어쩌다 배가 가라앉았나", "무엇을 근거로 올렸나", "뭘 문제로 삼았나"]
)
def test_reasons_are_asked_for_in_other_words_too(text: str) -> None:
    assert what_is_asked(text) is Asked.WHY
    assert what_is_asked("무엇이 문제인가") is Asked.WHAT


@pytest.mark.parametrize("text", ["곳 " * 2_000, "사람은 무엇" * 800, "은 누구 되 보 " * 400])
def test_no_question_is_slow_to_read(text: str) -> None:
    """Repetitions inside each other would not end in this test's patience."""
    assert what_is_asked(text[:2_000]) in Asked


@pytest.mark.parametrize(
    "text",
    [
        "지진 피해는?",
        "KT 인수는?",
        "먹거리는?",
        "오늘날은?",
        "이승엽 선수",
        "한국 대통령",
        "누구나 아는 노래는?",
    ],
)
def test_words_that_only_hold_such_a_noun_ask_nothing(text: str) -> None:
    assert what_is_asked(text) is Asked.NOTHING
