"""Which sentences are shown, in which order, and who else says the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Document
from index.store import StoredSentence
from search.answer_candidates import CandidateArticle, CandidateSentence
from search.compose import (
    ALIKE,
    ENOUGH,
    MAX_ADDED,
    MAX_SAME,
    SAME_FACT,
    Chosen,
    Composition,
    Differing,
    Floats,
    compose,
    numbers,
)
from search.question_words import Asked

SAME = (1 + SAME_FACT) / 2
CLOSE = (SAME_FACT + ALIKE) / 2
FAR = 0.1


def candidates(*told: tuple[str, str]) -> list[CandidateSentence]:
    """Make a candidate of each article and text; articles rank as they come."""
    texts: dict[str, list[str]] = {}
    for name, text in told:
        texts.setdefault(name, []).append(text)
    found = []
    for rank, (name, lines) in enumerate(texts.items()):
        document = Document(name, name, " ".join(lines))
        article = CandidateArticle(rank, 10 - rank, document, 1.0)
        start = 0
        for n, line in enumerate(lines):
            stored = StoredSentence(start, start + len(line), np.zeros((3, 0), np.int32))
            found.append(CandidateSentence(article, n, len(lines), 0, 1.0, stored))
            start += len(line) + 1
    assert [(each.article.document.id, each.text) for each in found] == list(told)
    return found


def likened(*cosines: float) -> Floats:
    """Return unit vectors with these cosines to the one of cosine 1; the rest is their own."""
    vectors = np.zeros((len(cosines), len(cosines) + 1), np.float32)
    for i, cosine in enumerate(cosines):
        vectors[i, [0, i + 1]] = cosine, np.sqrt(1 - cosine**2)
    return vectors


def composed(
    told: list[tuple[str, str]],
    chances: list[float],
    cosines: list[float],
    asked: Asked = Asked.WHAT,
    values: dict[int, str] | None = None,
) -> Composition:
    likely = np.array(chances, np.float32)
    return compose(candidates(*told), likely, likened(*cosines), asked, values or {})


TWO = [("가", "다리는 30억원에 지어졌다."), ("나", "다리 공사에 30억원이 들었다.")]
PRICES = [("가", "다리는 30억원에 지어졌다."), ("나", "다리 공사에 45억원이 들었다.")]
HALVES = {0: "30억원", 1: "45억원"}


def test_the_likeliest_sentence_is_shown_first_wherever_it_stands() -> None:
    told = [("가", "하나다."), ("가", "둘이다."), ("나", "셋이다.")]
    found = composed(told, [0.3, 0.4, 0.3], [FAR, 1, FAR])
    assert found.chosen[0].place == 1


def test_of_equals_the_first_candidate_is_shown() -> None:
    assert composed(TWO, [0.5, 0.5], [1, SAME]).chosen == [Chosen(0, (1,))]


def test_one_fact_of_two_publishers_is_one_sentence() -> None:
    found = composed(TWO, [0.4, 0.6], [SAME, 1])
    assert found == Composition([Chosen(1, (0,))], [])


def test_an_unlikely_sentence_may_confirm_the_best() -> None:
    assert composed(TWO, [0.999, 0.001], [1, SAME]).chosen == [Chosen(0, (1,))]


@pytest.mark.parametrize(
    ("told", "cosine"),
    [
        (TWO, CLOSE),
        ([TWO[0], ("가", TWO[1][1])], SAME),
        ([TWO[0], ("나", "다리 공사에 30억원이 3년 동안 들었다.")], SAME),
        (PRICES, SAME),
    ],
    ids=["not alike enough", "one article", "one number more", "another number"],
)
def test_what_does_not_say_the_same_is_not_cited_for_it(
    told: list[tuple[str, str]], cosine: float
) -> None:
    assert composed(told, [0.6, 0.4], [1, cosine]).chosen[0] == Chosen(0, ())


def test_few_others_are_cited_and_one_of_an_article() -> None:
    told = [("가", "비가 왔다."), *((name, "비가 왔다.") for name in "나나다라마")]
    found = composed(told, [0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [1, *[SAME] * 5])
    assert found.chosen == [Chosen(0, (1, 3))]
    assert len(found.chosen[0].same) == MAX_SAME


def test_other_numbers_for_one_thing_are_shown_beside_each_other() -> None:
    found = composed(PRICES, [0.7, 0.3], [1, CLOSE], Asked.HOW_MANY, HALVES)
    assert found.chosen == [Chosen(0, ()), Chosen(1, ())]
    assert found.differing == [Differing((0, 1), ("30억원", "45억원"))]


def test_the_best_value_comes_first_wherever_it_stands() -> None:
    found = composed(PRICES, [0.3, 0.7], [CLOSE, 1], Asked.HOW_MANY, HALVES)
    assert found.differing == [Differing((1, 0), ("45억원", "30억원"))]


@pytest.mark.parametrize(
    ("values", "cosine", "other"),
    [
        ({0: "30억원", 1: "30억원"}, CLOSE, "나"),
        ({0: "1,350원", 1: "1350원"}, CLOSE, "나"),
        ({0: "30억원", 1: "45억 달러"}, CLOSE, "나"),
        ({0: "30억원", 1: "공사"}, CLOSE, "나"),
        ({0: "다리", 1: "공사"}, CLOSE, "나"),
        ({0: "30억원"}, CLOSE, "나"),
        ({1: "45억원"}, CLOSE, "나"),
        (HALVES, ALIKE - 0.02, "나"),
        (HALVES, CLOSE, "가"),
    ],
    ids="equal comma unit no_number no_numbers no_second no_first unlike one_article".split(),
)
def test_what_does_not_contradict_is_no_difference(
    values: dict[int, str], cosine: float, other: str
) -> None:
    told = [PRICES[0], (other, PRICES[1][1])]
    assert composed(told, [0.7, 0.3], [1, cosine], Asked.HOW_MANY, values).differing == []


def test_added_sentences_stand_in_reading_order() -> None:
    told = [("가", "첫째다."), ("나", "둘째다."), ("다", "셋째다.")]
    found = composed(told, [0.25, 0.3, 0.45], [FAR, FAR, 1])
    assert [each.place for each in found.chosen] == [2, 0, 1]
    later = [("가", "고장 탓에 길이 막혔다."), ("가", "둘째다."), ("가", "눈 때문에 늦었다.")]
    found = composed(later, [0.25, 0.45, 0.3], [FAR, 1, FAR], Asked.WHY)
    assert [each.place for each in found.chosen] == [1, 0, 2]


def test_three_sentences_are_shown_at_most() -> None:
    told = [(name, f"소식 {name}이다.") for name in "가나다라마"]
    found = composed(told, [0.2] * 5, [1, *[FAR] * 4])
    assert [each.place for each in found.chosen] == [0, 1, 2]
    assert len(found.chosen) == 1 + MAX_ADDED


def test_a_question_for_a_reason_adds_reasons_only() -> None:
    told = [
        ("가", "시장은 다리를 닫았다."),
        ("가", "기둥에 금이 갔기 때문이다."),
        ("나", "시민들은 배를 탔다."),
    ]
    assert len(composed(told, [0.4, 0.3, 0.3], [1, FAR, FAR], Asked.WHY).chosen) == 2
    why, what = (composed(told, [0.4, 0.3, 0.3], [1, FAR, FAR], a) for a in (Asked.WHY, Asked.WHAT))
    assert [each.place for each in why.chosen] == [0, 1]
    assert [each.place for each in what.chosen] == [0, 2]


@pytest.mark.parametrize(
    ("share", "cosine", "shown"),
    [(ENOUGH + 0.01, FAR, 2), (ENOUGH - 0.01, FAR, 1), (1.0, ALIKE + 0.02, 1)],
    ids=["likely", "unlikely", "nothing new"],
)
def test_what_is_added_is_likely_and_new(share: float, cosine: float, shown: int) -> None:
    told = [("가", "다리가 닫혔다."), ("나", "배가 다닌다.")]
    assert len(composed(told, [0.5, 0.5 * share], [1, cosine]).chosen) == shown


def test_numbers_are_compared_without_separators_and_full_stops() -> None:
    assert numbers("1,350원을 3.5% 올려 2018.5.14.") == {"1350", "3.5", "2018.5.14"}
    assert numbers("다리가 닫혔다.") == frozenset()


PIECES = st.tuples(st.sampled_from("가나다"), st.sampled_from([t for _, t in [*TWO, *PRICES]]))


@given(st.lists(PIECES, min_size=1, max_size=8), st.data(), st.sampled_from(Asked))
def test_whatever_is_found_a_sentence_is_shown_or_cited_once(
    told: list[tuple[str, str]], data: st.DataObject, asked: Asked
) -> None:
    told = sorted(told)
    chances = [data.draw(st.sampled_from([0.01, 0.1, 0.3])) for _ in told]
    cosines = [data.draw(st.sampled_from([FAR, CLOSE, SAME, 1])) for _ in told]
    values = {i: "30억원" if "30" in text else "45억원" for i, (_, text) in enumerate(told)}
    found = composed(told, chances, cosines, asked, values)
    places = [place for each in found.chosen for place in (each.place, *each.same)]
    assert len(places) == len(set(places))
    assert chances[found.chosen[0].place] == max(chances)
    assert 1 <= len(found.chosen) <= 1 + MAX_ADDED
    added = [each.place for each in found.chosen[1:]]
    assert added == sorted(added)
    assert all(set(each.places) <= set(places) for each in found.differing)
