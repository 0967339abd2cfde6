"""Every ablation takes something away, and is compared with the default."""

import math
from dataclasses import replace

import pytest

from index.analysis import is_bigram
from search.ablation import (
    ABLATIONS,
    DEFAULT,
    SHOWN,
    Ablation,
    report_ablation,
    report_by,
)
from search.engine import EngineOptions, SearchEngine
from search.evaluate import Judged, Run
from search.plan import Origin
from search.weights import (
    ARTICLE,
    DENSE,
    LEXICAL,
    RERANKER,
    SENTENCE,
    QueryKind,
    Weights,
    reranker_share,
)

BY_NAME = {each.name: each for each in ABLATIONS}
LEGS = (ARTICLE, DENSE, SENTENCE)
JUDGED = Judged(
    {"q1": "one", "q2": "two", "q3": "three"},
    {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}},
)
GOOD: Run = {"q1": ["a"], "q2": ["b"], "q3": ["c"]}
WORSE: Run = {"q1": ["a"], "q2": ["x", "b"], "q3": []}


def with_legs(**legs: float) -> EngineOptions:
    """Return options with the same weights for every kind."""
    return EngineOptions(weights=Weights(fusion=dict.fromkeys(QueryKind, legs)))


def test_each_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(ABLATIONS)
    assert DEFAULT not in BY_NAME
    assert all(each.leaves_out for each in ABLATIONS)


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda each: each.name)
def test_each_changes_the_options(ablation: Ablation) -> None:
    default = EngineOptions()
    assert ablation.change(default) != default
    assert default == EngineOptions()


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda each: each.name)
def test_each_changes_something_on_the_samples(engine: SearchEngine, ablation: Ablation) -> None:
    queries = (
        "KT와 카카오가 정부 인공지능 선발에서 미끄러진 까닭은?",
        "한울텔레콤 통신 장애 보상",
        "why was KT excluded from the AI foundation model project?",
        "Who is the mayor of Saebit? Election result",
        "네이버의 1만 5천 원",
    )
    changed = engine.with_options(ablation.change(engine.options))
    before, after = (
        [[(hit.passage_id, hit.score) for hit in each.search(query).hits] for query in queries]
        for each in (engine, changed)
    )
    assert before != after


@pytest.mark.parametrize("leg", LEGS)
def test_a_leg_gives_its_weight_to_the_others(leg: str) -> None:
    for legs in BY_NAME[f"without {leg}"].change(EngineOptions()).weights.fusion.values():
        assert legs.get(leg, 0) == 0
        assert math.fsum(legs.values()) == pytest.approx(1)


@pytest.mark.parametrize("leg", LEGS)
def test_a_reranker_keeps_its_share(leg: str) -> None:
    weights = {LEXICAL: 0.2, ARTICLE: 0.1, DENSE: 0.1, SENTENCE: 0.1, RERANKER: 0.5}
    changed = BY_NAME[f"without {leg}"].change(with_legs(**weights))
    legs = changed.weights.fusion[QueryKind.ENGLISH]
    assert reranker_share(legs) == pytest.approx(0.5)
    assert legs[LEXICAL] / (legs[ARTICLE] or legs[DENSE]) == pytest.approx(2)


def test_the_only_leg_is_not_taken_away() -> None:
    options = with_legs(**{DENSE: 1.0})
    assert BY_NAME["without dense"].change(options) == options


def test_without_bigrams_none_is_searched_for(engine: SearchEngine) -> None:
    query = "한울텔레콤 통신 장애 보상"
    changed = engine.with_options(BY_NAME["without bigrams"].change(engine.options))
    own = [term for group in changed.plan(query).groups for term in group.terms]
    own = [term for term in own if term.origin is Origin.QUERY]
    assert own
    assert not [term for term in own if is_bigram(term.parts[0])]
    assert len(changed.plan(query).groups) < len(engine.plan(query).groups)


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.QUERY])
def test_no_term_of_an_origin_is_left(engine: SearchEngine, origin: Origin) -> None:
    changed = engine.with_options(replace(engine.options, without=frozenset({origin})))
    for query in ("KT는 왜 탈락했나?", "Moon Jae-in and KT won $2.5 billion"):
        origins = {term.origin for group in changed.plan(query).groups for term in group.terms}
        assert origin not in origins


def test_engines_of_other_options_share_all_else(engine: SearchEngine) -> None:
    changed = engine.with_options(EngineOptions(depth=1))
    assert changed.snapshot is engine.snapshot
    assert changed.reranker is engine.reranker
    assert changed.options.depth == 1
    assert engine.options == EngineOptions()


def test_an_ablation_is_compared_with_the_default() -> None:
    report = report_ablation({DEFAULT: GOOD, "without dense": WORSE}, JUDGED)
    assert list(report) == [DEFAULT, "without dense"]
    assert report[DEFAULT]["against_default"] is None
    assert report[DEFAULT]["measures"] == dict.fromkeys(SHOWN, 1)
    found = report["without dense"]
    assert found["leaves_out"] == BY_NAME["without dense"].leaves_out
    assert found["against_default"]["Success@1"]["difference"] == pytest.approx(-2 / 3, abs=1e-6)
    assert found["intervals"]["Success@1"] == [0, 1]


def test_groups_of_queries_are_measured_on_their_own() -> None:
    report = report_by(WORSE, JUDGED, {"q1": "ko", "q2": "en", "q3": "en"})
    assert list(report) == ["en", "ko"]
    assert (report["en"]["queries"], report["ko"]["queries"]) == (2, 1)
    assert report["ko"]["measures"] == dict.fromkeys(SHOWN, 1)
    assert report["en"]["measures"]["Success@1"] == 0
    assert report["en"]["measures"]["nDCG@10"] == pytest.approx(1 / math.log2(3) / 2, abs=1e-6)
