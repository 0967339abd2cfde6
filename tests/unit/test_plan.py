"""Terms are left out of a plan by why they are searched for."""

import pytest

from search.explain import written
from search.plan import Group, Origin, Plan, PlannedTerm, without_origins
from search.question_words import Asked
from search.weights import QueryKind

OWN = PlannedTerm(("화재/N",), 1.0, Origin.QUERY)
SYNONYM = PlannedTerm(("불/N",), 0.5, Origin.SYNONYM)
NAME = PlannedTerm(("문재", "재인"), 2.0, Origin.TRANSLITERATION)
PLAN = Plan(
    "Moon 화재",
    "ko",
    QueryKind.KOREAN_KEYWORDS,
    Asked.NOTHING,
    [Group("Moon", (NAME,)), Group("화재", (OWN, SYNONYM))],
    ["moon", "화재/N"],
)


def test_terms_go_by_their_origin_and_groups_with_their_last_term() -> None:
    assert without_origins(PLAN, {Origin.SYNONYM}).groups == [
        Group("Moon", (NAME,)),
        Group("화재", (OWN,)),
    ]
    assert without_origins(PLAN, {Origin.TRANSLITERATION}).groups == [PLAN.groups[1]]
    both = without_origins(PLAN, {Origin.SYNONYM, Origin.TRANSLITERATION})
    assert both.groups == [Group("화재", (OWN,))]


def test_all_else_of_a_plan_stays() -> None:
    changed = without_origins(PLAN, {Origin.SYNONYM})
    assert changed._replace(groups=PLAN.groups) == PLAN


@pytest.mark.parametrize("origins", [frozenset(), frozenset({Origin.ALIAS})])
def test_what_is_not_in_a_plan_changes_nothing(origins: frozenset[Origin]) -> None:
    assert without_origins(PLAN, origins) == PLAN


def test_the_question_itself_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="own terms cannot be left out"):
        without_origins(PLAN, frozenset(Origin))


def test_bigrams_that_overlap_are_shown_as_one_word() -> None:
    assert written(("인공", "공지", "지능")) == "인공지능"
    assert written(("구속/N", "영장/N")) == "구속/N 영장/N"
    assert written(("그룹", "kt")) == "그룹 kt"
    assert written(("kt",)) == "kt"
