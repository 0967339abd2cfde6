"""Fusion of the legs, by hand and by property."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fuse import reciprocal_rank_fusion, rescored, spread, weighted_shares

RANKING = st.lists(st.integers(0, 40), unique=True, max_size=25)


def test_a_row_in_two_rankings_gets_both_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([[7, 8], [8, 9, 7]])
    assert fused == {
        7: math.fsum([1 / (60 + 1), 1 / (60 + 3)]),
        8: math.fsum([1 / (60 + 2), 1 / (60 + 1)]),
        9: 1 / (60 + 2),
    }


def test_k_damps_the_first_ranks() -> None:
    assert reciprocal_rank_fusion([[1, 2]], k=1) == {1: 1 / 2, 2: 1 / 3}


def test_no_rankings_fuse_to_nothing() -> None:
    assert reciprocal_rank_fusion([]) == {}
    assert reciprocal_rank_fusion([[], []]) == {}


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}, not 1 or more"):
        reciprocal_rank_fusion([[1]], k=k)


@given(
    st.lists(RANKING, min_size=1, max_size=5).flatmap(
        lambda r: st.tuples(st.just(r), st.permutations(r))
    )
)
def test_the_order_of_the_rankings_changes_no_bit(
    pair: tuple[list[list[int]], list[list[int]]],
) -> None:
    rankings, shuffled = pair
    assert reciprocal_rank_fusion(rankings) == reciprocal_rank_fusion(shuffled)


@given(st.lists(RANKING, max_size=5))
def test_fusion_loses_and_invents_nothing(rankings: list[list[int]]) -> None:
    assert set(reciprocal_rank_fusion(rankings)) == {row for r in rankings for row in r}


@given(RANKING)
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    fused = reciprocal_rank_fusion([ranking])
    assert sorted(fused, key=lambda row: -fused[row]) == ranking


def test_shares_are_the_score_over_the_largest_times_the_weight() -> None:
    scores = {"lexical": np.array([4.0, 2.0, 0.0]), "dense": np.array([-0.2, 0.25, 0.5])}
    shares = weighted_shares(scores, {"lexical": 0.6, "dense": 0.4})
    np.testing.assert_allclose(shares["lexical"], [0.6, 0.3, 0.0])
    np.testing.assert_allclose(shares["dense"], [0.0, 0.2, 0.4])


def test_a_leg_without_a_weight_has_no_share() -> None:
    shares = weighted_shares({"article": np.array([1.0, 2.0])}, {})
    np.testing.assert_array_equal(shares["article"], [0.0, 0.0])


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-1.0, -0.5]])
def test_a_leg_that_found_nothing_gives_nothing(values: list[float]) -> None:
    shares = weighted_shares({"dense": np.array(values)}, {"dense": 1.0})
    np.testing.assert_array_equal(shares["dense"], np.zeros(len(values)))


@given(st.lists(st.floats(-1e6, 1e6), max_size=20), st.floats(0, 1))
def test_shares_lie_between_zero_and_the_weight(values: list[float], weight: float) -> None:
    share = weighted_shares({"leg": np.array(values)}, {"leg": weight})["leg"]
    assert len(share) == len(values)
    assert ((share >= 0) & (share <= weight + 1e-12)).all()


def test_a_rerankers_scores_are_stretched_over_zero_to_one() -> None:
    np.testing.assert_allclose(spread(np.array([-11.0, 9.0, -1.0])), [0.0, 1.0, 0.5])


@pytest.mark.parametrize("values", [[], [3.0], [-2.0, -2.0]])
def test_scores_that_are_all_alike_are_all_best(values: list[float]) -> None:
    np.testing.assert_array_equal(spread(np.array(values)), np.ones(len(values)))


@given(
    st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=20),
    st.floats(0.1, 10),
    st.floats(-100, 100),
)
def test_neither_scale_nor_zero_of_a_reranker_matter(
    values: list[int], scale: float, zero: float
) -> None:
    raw = np.array(values, np.float64)
    np.testing.assert_allclose(spread(raw * scale + zero), spread(raw), atol=1e-9)


def test_a_rescored_passage_gets_both_parts_by_their_weights() -> None:
    kept, share = rescored(np.array([4.0, 2.0, 1.0]), np.array([-5.0, 5.0]), 0.25)
    np.testing.assert_allclose(kept, [0.75, 0.375, 0.1875])
    np.testing.assert_allclose(share, [0.0, 0.25, 0.0])


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    st.lists(st.floats(-50, 50), max_size=30),
    st.floats(0, 0.999),
)
def test_what_was_not_rescored_never_passes_what_was(
    fused: list[float], scores: list[float], weight: float
) -> None:
    fused = sorted(fused, reverse=True)
    m = min(len(scores), len(fused))
    kept, share = rescored(np.array(fused), np.array(scores[:m]), weight)
    total = kept + share
    assert total[:m].min(initial=2.0) >= total[m:].max(initial=0.0)
    assert (total[m:] == sorted(total[m:], reverse=True)).all()
