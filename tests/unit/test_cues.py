"""What a sentence shows on its surface."""

import re

import numpy as np
import pytest

from search.cues import CUES, NAMES, cues

# One cue a line: its name | a sentence that shows it | one that does not, though it is near.
TABLE = """
because    | 둑이 무너진 것은 비 때문이다.            | 둑이 비에 무너졌다.
because    | 회사는 고장 탓에 문을 닫았다.            | 회사는 문을 닫았다.
because    | 다리를 닫은 이유는 따로 있다.            | 다리는 이유식 공장 앞에 있다.
because    | 화재로 인한 손해가 컸다.               | 화재로 손해가 컸다.
so_that    | 물을 막기 위해 둑을 쌓았다.             | 물을 막는 둑을 쌓았다.
so_that    | 시장이 값을 내리려고 나섰다.            | 시장이 값을 내렸다.
therefore  | 길이 좁아서 배로 갔다.                | 길이 좁고 배는 컸다.
therefore  | 조례에 따라 문을 닫았다.               | 조례를 문에 붙였다.
therefore  | 주민들 덕분에 꽃이 피었다.             | 주민들이 꽃을 심었다.
fear       | 주민들은 홍수를 우려한다.              | 주민들은 강가에 산다.
contrast   | 비는 그쳤지만 바람이 분다.             | 비가 그치고 바람이 분다.
negation   | 위원회는 안건을 다루지 않았다.           | 위원회는 안건을 다루었다.
negation   | 배가 뜨지 못했다.                   | 배가 떴다.
negation   | 남은 표가 없다.                    | 남은 표가 있다.
negation   | 그는 회원이 아니다.                  | 그는 회원이다.
quote      | 이장은 “곧 연다”고 했다.             | 이장은 곧 연다고 했다.
quote      | 이름은 '나루'다.                   | 이름은 나루다.
said       | 시장은 다리를 연다고 밝혔다.            | 시장은 다리를 열었다.
said       | "오늘 연다"라고 말했다.              | 오늘 말이 뛰었다.
number     | 세 곳이 젖었다.                    | 모두 젖었다.
number     | 7월에 열린다.                     | 여름에 열린다.
number     | 사백 명이 모였다.                   | 모두가 모였다.
money      | 입장료는 3천원이다.                  | 입장료는 없다.
money      | 공사비는 2조 4000억원이다.            | 공사비는 2024년에 나온다.
money      | 표는 50유로에 팔렸다.                | 표는 50장 팔렸다.
percent    | 값이 3.5% 올랐다.                 | 값이 3.5점 올랐다.
percent    | 표는 지난해의 두 배인 2배로 늘었다.       | 표는 2장으로 늘었다.
people     | 주민 37명이 배를 탔다.               | 주민 대표가 배를 탔다.
people     | 주민 4백여 명이 배를 탔다.             | 주민이 배 4척을 탔다.
date       | 축제는 5월에 열린다.                 | 축제는 강가에서 열린다.
date       | 축제는 2018.5.14에 끝났다.          | 축제는 2018명을 모았다.
date       | 지난해 둑이 무너졌다.                 | 둑이 무너졌다.
duration   | 공사는 3년간 이어졌다.                | 공사는 3년 전 끝났다.
duration   | 배는 40분 동안 멈췄다.               | 배는 40분 늦었다.
place      | 회의는 별내천에서 열렸다.               | 회의는 어제 열렸다.
place      | 배는 공항에 닿았다.                  | 배는 물에 닿았다.
place      | 별내시의 다리다.                    | 별내의 다리다.
title      | 홍바다 의원은 배를 탔다.               | 주민은 배를 탔다.
title      | 솔바람 연구원이 둑을 쟀다.              | 주민이 둑을 쟀다.
list       | 사과, 배추, 감자를 심었다.             | 사과를 심었다.
list       | 사과·배추·감자를 심었다.              | 사과만 심었다.
list       | 사과 등 열매를 심었다.                | 사과 열매를 심었다.
definition | 나루는 배가 닿는 곳이다.              | 배가 닿았나
definition | 물때란 물이 드는 때다                | 물때 달력
manner     | 투표를 통해 뽑는다.                  | 투표로 뽑는다.
byline     | 한가람 기자 = 둑이 무너졌다.            | 한가람 씨의 둑이 무너졌다.
byline     | garam@news.example             | garam at news
byline     | ⓒ 나루신문 무단 전재 금지              | 나루신문이 늦었다.
question   | 둑은 왜 무너졌나?                   | 둑이 무너졌다.
back       | 이에 주민들은 배를 탔다.               | 주민들은 이에 배를 탔다.
back       | 그러나 비는 그쳤다.                  | 비는 그러나 그쳤다.
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]


def shown(text: str) -> set[str]:
    return {name for name, value in zip(NAMES, cues(text), strict=True) if value}


@pytest.mark.parametrize(("name", "shows", "shows_not"), CASES)
def test_a_sentence_shows_a_cue(name: str, shows: str, shows_not: str) -> None:
    assert name in shown(shows)
    assert name not in shown(shows_not)


def test_every_cue_is_in_the_table() -> None:
    assert {name for name, *_ in CASES} == set(NAMES)


def test_a_plain_sentence_shows_hardly_anything() -> None:
    assert shown("강물이 불었다.") == set()
    assert shown("") == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ⅱ", set()),
        ("The mayor opened the bridge.", set()),
        ("The mayor opened 3 bridges?", {"number", "question"}),
        ("The fee is 30%", {"number", "percent"}),
    ],
)
def test_english_shows_what_needs_no_korean(text: str, names: set[str]) -> None:
    assert shown(text) == names


def test_cues_are_ones_and_zeros_in_a_fixed_order() -> None:
    found = cues("시장은 비 때문에 다리를 3일간 닫는다고 밝혔다.")
    assert found.dtype == np.float32
    assert found.shape == (len(NAMES),)
    assert set(found.tolist()) == {0.0, 1.0}
    assert tuple(CUES) == NAMES
    wanted = {"because", "duration", "date", "number", "said", "definition"}
    assert {NAMES[place] for place in np.flatnonzero(found)} == wanted


@pytest.mark.parametrize(
    "pattern", ["은 가", "[가 ", "1 가", "가나, ", "가나대통", "때", "1 ", "는 "]
)
def test_no_sentence_is_slow_to_read(pattern: str) -> None:
    """Patterns with repetitions inside each other would not end in this test's patience."""
    text = (pattern * 3_000)[:3_000]
    assert cues(text).shape == (len(NAMES),)
    assert all(isinstance(cue, re.Pattern) for cue in CUES.values())
