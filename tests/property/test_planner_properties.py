"""Whatever is asked is planned: groups of weighted terms, each for a part of the question."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.alias_source import AliasSource
from search.plan import Origin, Plan
from search.planner import Planner
from search.question_words import KOREAN_ASKING, is_empty_in_english
from search.weights import QueryKind

ALIASES = AliasSource()
ASKING = "왜 누가 누구 무엇 언제 어디 어떻게 몇 얼마나 이유 까닭 때문에 why who what how".split()
WORDS = (
    "KT는 독자 AI 파운데이션 모델 정예팀 탈락했나 문재인이 트럼프와 美 北 韓美 三星 한울텔레콤"
    " Moon Jae-in Trump's election North Korea White House the of U.S. AI-based NC Haspel zxqv"
    " 5G 1350만 3조 $2.5 billion April 5, 2018 2018.4.5 20일 15개 팀 3분의 1 10% 21st century"
).split()
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(ASKING),
    st.text("가각나다을를은는이의a bKTé1350.,-'’?%$₩조억", max_size=8),
    st.text('\u1100\u1161\u11a8\u200b\u00a0ＡＢ１ﾞ北韓½²Ⅳ㎏\n\t/\\"()', max_size=4),
    st.text(max_size=4),
)
JOINED = st.sampled_from([" ", "", "-", "\n"])
QUESTION = st.builds(lambda joint, pieces: joint.join(pieces), JOINED, st.lists(PIECES, max_size=9))
QUESTION = QUESTION.map(lambda text: text[:512])


def terms_of(plan: Plan) -> set[str]:
    return {part for group in plan.groups for term in group.terms for part in term.parts}


@settings(max_examples=250)
@given(QUESTION)
@example("")
@example("ﾞ")
@example("왜")
@example("who")
def test_groups_hold_weighted_terms_for_a_part_of_the_question(planner: Planner, text: str) -> None:
    plan = planner.plan(text)
    assert plan.text == text
    assert plan.kind in QueryKind
    assert (plan.kind is QueryKind.ENGLISH) == (plan.language == "en")
    for group in plan.groups:
        assert group.terms
        assert group.source
        assert group.source in text or group.source in {t.parts[0] for t in group.terms}
        for term in group.terms:
            assert term.parts
            assert all(term.parts)
            assert len(set(term.parts)) == len(term.parts)
            assert math.isfinite(term.weight)
            assert term.weight > 0
            assert term.origin in Origin


@settings(max_examples=150)
@given(QUESTION)
def test_words_that_ask_are_searched_for_only_where_there_is_nothing_else(
    planner: Planner, text: str
) -> None:
    """What stands for another word, as 이유 does for "reason", may ask too."""
    plan = planner.plan(text)
    own = {
        part
        for group in plan.groups
        for term in group.terms
        if term.origin is Origin.QUERY
        for part in term.parts
    }
    asking = {term for term in own if term in KOREAN_ASKING or is_empty_in_english(term)}
    if asking:
        assert {word for word in plan.words if word[0].isalpha()} <= asking


@settings(max_examples=100)
@given(QUESTION)
def test_a_question_has_one_plan(planner: Planner, text: str) -> None:
    assert planner.plan(text) == planner.plan(text)


@settings(max_examples=100)
@given(QUESTION)
def test_blanks_around_a_question_change_no_term(planner: Planner, text: str) -> None:
    assert terms_of(planner.plan(f" {text.strip()}  ")) == terms_of(planner.plan(text.strip()))


@settings(max_examples=50)
@given(st.lists(st.sampled_from(ASKING), min_size=1, max_size=4).map(" ".join))
def test_a_question_of_question_words_alone_is_searched_for_as_it_is(
    planner: Planner, text: str
) -> None:
    assert planner.plan(text).groups


@settings(max_examples=50)
@given(st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_words_are_searched_for_whatever_stands_beside_them(
    planner: Planner, first: str, second: str
) -> None:
    plan = planner.plan(f"{first} {second}")
    assert plan.groups
    assert plan.words


# Examples of what goes wrong.


@pytest.mark.parametrize("text", ["US sanctions on Iran", "IT companies", "WHO report"])
def test_an_abbreviation_is_searched_for_even_if_it_is_spelled_like_an_empty_word(
    planner: Planner, text: str
) -> None:
    name = text.split()[0]
    assert name in [group.source for group in planner.plan(text).groups]


@pytest.mark.parametrize(
    ("phrase", "term"),
    [
        ("Ministry of Justice", "법무부/N"),
        ("Bank of Korea", "한국은행/N"),
        ("cost of living", "물가/N"),
    ],
)
def test_a_phrase_with_an_empty_word_inside_is_one_part_of_the_question(
    planner: Planner, phrase: str, term: str
) -> None:
    groups = {group.source: group.terms for group in planner.plan(f"{phrase} in Seoul").groups}
    assert phrase in groups
    assert term in [part for each in groups[phrase] for part in each.parts]
