"""Fitting of weights, on arrays of which the best weights are known."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluate import Judged, measure
from search.tune import N_FOLDS, STEPS, Fit, JudgedQuery, fit, fold_of, ndcg, simplex
from search.weights import ARTICLE, DENSE, LEXICAL, RERANKER

DEFAULT = {LEXICAL: 0.45, ARTICLE: 0.3, DENSE: 0.25}
N_CANDIDATES = 40


def planted(
    weights: dict[str, float], n: int = 60, seed: int = 0, *, n_relevant: int = 3
) -> list[JudgedQuery]:
    """Queries whose relevant articles are those that *weights* put first."""
    random = np.random.default_rng(seed)
    queries = []
    for i in range(n):
        scores = {leg: random.random(N_CANDIDATES) for leg in DEFAULT}
        truth = sum((weights.get(leg, 0) * found for leg, found in scores.items()), np.zeros(1))
        gains = np.zeros(N_CANDIDATES)
        gains[np.argsort(-truth)[:n_relevant]] = [3, 2, 1][:n_relevant]
        queries.append(judged(f"q{i}", scores, gains))
    return queries


def judged(
    query_id: str,
    scores: dict[str, npt.NDArray[np.float64]],
    gains: npt.NDArray[np.float64],
    documents: Sequence[int] | None = None,
) -> JudgedQuery:
    """A query of which each candidate is an article of its own, unless said otherwise."""
    n = len(gains)
    named = np.arange(n) if documents is None else np.array(documents)
    ideal = sorted(gains.tolist(), reverse=True)
    return JudgedQuery(query_id, scores, named, gains, ideal)


def reranked(query: JudgedQuery, scores: npt.NDArray[np.float64]) -> JudgedQuery:
    """The query with a reranker of known scores."""
    return query._replace(rerank=lambda places: scores[places])


# The measure


def test_ndcg_is_what_ir_measures_says() -> None:
    random = np.random.default_rng(1)
    documents = random.integers(0, 15, N_CANDIDATES)
    grades = random.integers(-1, 3, 20)  # some are not found
    scores = {LEXICAL: random.random(N_CANDIDATES)}
    query = JudgedQuery(
        "q",
        scores,
        documents,
        np.maximum(grades[documents], 0).astype(np.float64),
        sorted(np.maximum(grades, 0).astype(float).tolist(), reverse=True),
    )
    ranking = list(dict.fromkeys(str(d) for d in documents[np.argsort(-scores[LEXICAL])]))
    qrels = {"q": {str(i): int(grade) for i, grade in enumerate(grades)}}
    expected = measure({"q": ranking}, Judged({"q": "?"}, qrels))["nDCG@10"][0]
    assert 0 < ndcg(query, {LEXICAL: 1.0}, 30) == pytest.approx(expected)


def test_an_article_counts_once_at_its_best_passage() -> None:
    scores = {LEXICAL: np.array([0.2, 1.0, 0.9, 0.8])}
    query = judged("q", scores, np.array([1.0, 0, 0, 0]), [7, 5, 5, 5])._replace(ideal=[1.0])
    assert ndcg(query, {LEXICAL: 1.0}, 30) == pytest.approx(1 / math.log2(3))


def test_equal_scores_stand_in_the_order_of_the_candidates() -> None:
    query = judged("q", {LEXICAL: np.ones(3)}, np.array([0.0, 1.0, 0.0]))
    assert ndcg(query, {LEXICAL: 1.0}, 30) == pytest.approx(1 / math.log2(3))


@pytest.mark.parametrize("gains", [[], [0.0, 0.0]])
def test_a_query_without_anything_relevant_counts_zero(gains: list[float]) -> None:
    query = judged("q", {LEXICAL: np.ones(len(gains))}, np.array(gains))
    assert ndcg(query, {LEXICAL: 1.0}, 30) == 0


def test_a_reranker_reorders_the_first_passages_only() -> None:
    gains = np.array([0.0, 0.0, 1.0, 0.0])
    query = judged("q", {LEXICAL: np.array([1.0, 0.9, 0.8, 0.7])}, gains)
    scored = reranked(query, np.array([0.0, 0.0, 9.0, 99.0]))
    legs = {LEXICAL: 0.3, RERANKER: 0.7}
    assert ndcg(scored, legs, 2) == pytest.approx(1 / math.log2(4))  # it was not seen
    assert ndcg(scored, legs, 3) == 1
    assert ndcg(scored, legs, 4) == pytest.approx(1 / math.log2(3))


def test_a_reranker_of_no_weight_is_not_asked() -> None:
    def refuse(places: object) -> npt.NDArray[np.float64]:
        raise AssertionError(places)

    query = planted(DEFAULT, 1)[0]._replace(rerank=refuse)
    assert ndcg(query, {LEXICAL: 1.0, RERANKER: 0.0}, 30) >= 0


# The grid


@given(st.integers(1, 4), st.sampled_from([1, 2]))
def test_a_grid_holds_every_point_once(n: int, step: int) -> None:
    points = simplex(n, step=step)
    assert points == sorted(set(points))
    assert all(sum(point) == STEPS and len(point) == n for point in points)
    assert all(n % step == 0 for point in points for n in point)
    assert len(points) == math.comb(STEPS // step + n - 1, n - 1)


# The fit


@pytest.mark.parametrize(
    "weights",
    [
        {LEXICAL: 0.1, ARTICLE: 0.2, DENSE: 0.7},
        {LEXICAL: 0.75, ARTICLE: 0.05, DENSE: 0.2},
        {LEXICAL: 0.15, ARTICLE: 0.65, DENSE: 0.2},
        {DENSE: 1.0},
    ],
)
def test_planted_weights_are_found(weights: dict[str, float]) -> None:
    found = fit(planted(weights), DEFAULT, depth=30)
    assert {leg: w for leg, w in found.fitted.items() if w} == pytest.approx(weights)
    assert found.fitted_values.tolist() == pytest.approx([1.0] * 60)
    assert found.default_values.mean() < 0.95
    assert found.out_of_fold.mean() > found.default_values.mean()
    assert found.default == DEFAULT


def test_the_default_is_kept_where_nothing_is_better() -> None:
    random = np.random.default_rng(3)
    queries = [
        judged(f"q{i}", dict.fromkeys(DEFAULT, same), (same == same.max()).astype(np.float64))
        for i in range(30)
        for same in [random.random(N_CANDIDATES)]
    ]
    found = fit(queries, DEFAULT, depth=30)
    assert found.fitted == DEFAULT
    np.testing.assert_array_equal(found.out_of_fold, found.default_values)


def test_of_equally_good_weights_the_nearest_to_the_default_are_taken() -> None:
    """Only the dense leg knows; half of the weight is enough for it to be heard."""
    n = 4
    lexical, dense = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0, 0.0])
    gains = np.array([0.0, 1.0, 0.0, 0.0])
    queries = [
        judged(f"q{i}", {LEXICAL: lexical, ARTICLE: np.zeros(n), DENSE: dense}, gains)
        for i in range(25)
    ]
    found = fit(queries, {LEXICAL: 0.6, ARTICLE: 0.2, DENSE: 0.2}, depth=30)
    # Dense must pass lexical; nearest on the grid is to take from it and give to dense.
    assert found.fitted == pytest.approx({LEXICAL: 0.4, ARTICLE: 0.15, DENSE: 0.45})
    assert found.fitted_values.min() == 1


def test_a_single_leg_gets_all_of_the_weight() -> None:
    queries = [query._replace(scores={DENSE: query.scores[DENSE]}) for query in planted(DEFAULT)]
    found = fit(queries, {DENSE: 1.0}, depth=30)
    assert found.fitted == {DENSE: 1.0}
    np.testing.assert_array_equal(found.fitted_values, found.default_values)


def test_two_fits_are_the_same_and_the_order_of_queries_does_not_matter() -> None:
    random = np.random.default_rng(5)
    queries = [
        query._replace(scores={leg: random.random(N_CANDIDATES) for leg in DEFAULT})
        for query in planted(DEFAULT, 40)
    ]
    first, again = fit(queries, DEFAULT, depth=30), fit(queries, DEFAULT, depth=30)
    other = fit(queries[::-1], DEFAULT, depth=30)
    assert first.fitted == again.fitted == other.fitted
    np.testing.assert_array_equal(first.out_of_fold, other.out_of_fold[::-1])


def test_what_is_fitted_is_never_worse_than_the_default_on_the_same_queries() -> None:
    for seed in range(5):
        queries = planted({LEXICAL: 0.45, DENSE: 0.55}, 25, seed)
        random = np.random.default_rng(seed)
        scored = [reranked(query, random.random(N_CANDIDATES)) for query in queries]
        for given_ in (queries, scored):
            found = fit(given_, DEFAULT, depth=30)
            assert found.fitted_values.mean() >= found.default_values.mean() - 1e-9


def test_a_query_is_out_of_its_fold_weighted_by_the_others() -> None:
    """One fold wants lexical, all others dense: out of fold, that fold gets dense weights."""
    queries = []
    for i, query in enumerate(planted({DENSE: 1.0}, 100)):
        twin = planted({LEXICAL: 1.0}, 100)[i]
        queries.append(twin if fold_of(query.query_id) == 0 else query)
    found = fit(queries, DEFAULT, depth=30)
    lone = np.array([fold_of(query.query_id) == 0 for query in queries])
    expected = [ndcg(query, {DENSE: 1.0}, 30) for query in queries if fold_of(query.query_id) == 0]
    assert found.out_of_fold[lone].tolist() == pytest.approx(expected)
    assert found.out_of_fold[lone].mean() < found.default_values[lone].mean()


def test_queries_of_a_single_fold_are_measured_with_the_default() -> None:
    [query] = planted({DENSE: 1.0}, 1)
    found = fit([query], DEFAULT, depth=30)
    np.testing.assert_array_equal(found.out_of_fold, found.default_values)


def test_folds_are_the_same_everywhere_and_about_even() -> None:
    assert [fold_of(name) for name in ("q0", "q1", "q2", "질문")] == [4, 3, 1, 1]
    counts = np.bincount([fold_of(f"q{i}") for i in range(1_000)], minlength=N_FOLDS)
    assert len(counts) == N_FOLDS
    assert counts.min() > 150


# The reranker


def helped(queries: list[JudgedQuery]) -> list[JudgedQuery]:
    """Queries with a reranker that knows the answer, and that of the legs is noise."""
    random = np.random.default_rng(7)
    return [
        reranked(
            query._replace(scores={leg: random.random(N_CANDIDATES) for leg in DEFAULT}),
            query.gains + 0.1 * random.random(N_CANDIDATES),
        )
        for query in queries
    ]


def test_a_reranker_that_knows_gets_much_and_one_that_does_not_gets_nothing() -> None:
    knows = fit(helped(planted(DEFAULT)), DEFAULT, depth=N_CANDIDATES)
    assert knows.fitted[RERANKER] >= 0.5
    assert sum(knows.fitted.values()) == pytest.approx(1)
    random = np.random.default_rng(8)
    legs = {LEXICAL: 0.3, ARTICLE: 0.3, DENSE: 0.4}
    noise = [reranked(query, random.random(N_CANDIDATES)) for query in planted(legs)]
    found = fit(noise, DEFAULT, depth=N_CANDIDATES)
    assert found.fitted == pytest.approx({**legs, RERANKER: 0.0})
    np.testing.assert_array_equal(found.plain_values, fit(planted(legs), DEFAULT, depth=9)[3])
    assert found.default == pytest.approx(
        {LEXICAL: 0.225, ARTICLE: 0.15, DENSE: 0.125, RERANKER: 0.5}
    )


def test_a_reranker_that_changes_nothing_is_left_out() -> None:
    """All agree on the first article, so any share is as good as none."""
    queries = []
    for query in planted({LEXICAL: 1.0}, 25, n_relevant=1):
        same = query.scores[LEXICAL]
        queries.append(reranked(query._replace(scores=dict.fromkeys(DEFAULT, same)), same))
    found = fit(queries, DEFAULT, depth=30)
    assert found.fitted == pytest.approx({**DEFAULT, RERANKER: 0.0})
    assert found.default[RERANKER] == 0.5
    np.testing.assert_array_equal(found.plain_values, found.default_values)


def test_a_reranker_is_asked_for_no_more_than_depth_passages() -> None:
    asked: list[int] = []

    def count(places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        asked.append(len(places))
        return np.zeros(len(places))

    queries = [query._replace(rerank=count) for query in planted(DEFAULT, 22)]
    fit(queries, DEFAULT, depth=5)
    assert set(asked) == {5}


def test_progress_is_told_as_weights_are_tried() -> None:
    told: list[int] = []
    found: Fit = fit(planted(DEFAULT, 20), DEFAULT, depth=30, on_progress=told.append)
    assert told == list(range(1, len(told) + 1))
    assert len(told) >= 66
    assert found.fitted
