"""Learned endings: which rows a sentence has, and how they are summed."""

import numpy as np
import pytest

from search.question_words import Asked
from search.text_cues import KINDS, N_BUCKETS, TextCues, buckets


def test_rows_ascend_and_are_in_bounds() -> None:
    found = buckets("물가가 3.2% 올랐기 때문이라고 그는 말했다.")
    assert (np.diff(found) > 0).all()
    assert 0 <= found[0] <= found[-1] < N_BUCKETS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("값이 올라서다.", "값이 올라서다”"),
        ("모두 12명이 그날 거기에 모였다", "모두 98명이 그날 거기에 모였다"),
        ("그는  그렇게 된 까닭을 말했다", "그는 그렇게 된 까닭을 말했다"),
    ],
)
def test_closing_marks_blanks_and_digits_make_no_difference(one: str, other: str) -> None:
    assert buckets(one).tolist() == buckets(other).tolist()


def test_another_ending_is_another_row() -> None:
    assert buckets("값이 올라서다.").tolist() != buckets("값이 올랐다.").tolist()


def test_scores_are_sums_for_what_is_asked_and_for_any_question() -> None:
    table = np.random.default_rng(0).normal(size=(N_BUCKETS, len(KINDS) + 1)).astype(np.float16)
    text = "재고가 바닥났기 때문이다."
    [[asked, always]] = TextCues(table).scores([text], Asked.WHY).tolist()
    rows = table[buckets(text)].astype(np.float64)
    assert asked == pytest.approx(rows[:, KINDS.index(Asked.WHY)].sum(), abs=1e-3)
    assert always == pytest.approx(rows[:, -1].sum(), abs=1e-3)


def test_no_sentence_has_no_score() -> None:
    table = np.zeros((N_BUCKETS, len(KINDS) + 1))
    assert TextCues(table).scores([], Asked.WHY).shape == (0, 2)
    assert TextCues(table).scores([""], Asked.WHY).tolist() == [[0.0, 0.0]]


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        TextCues(np.zeros((N_BUCKETS, 3)))
