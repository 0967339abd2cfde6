"""The weights file: what is written is read, and nothing else is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError
from search.weights import (
    ARTICLE,
    DENSE,
    LEXICAL,
    RERANKER,
    RERANKER_SHARE,
    FittedFor,
    QueryKind,
    Weights,
    format_weights,
    read_weights,
    reranker_share,
    with_reranker,
    without_reranker,
)

LEGS = {LEXICAL: 0.2, ARTICLE: 0.3, DENSE: 0.5}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a weights file lies."""
    return tmp_path / "weights.json"


def test_what_is_written_is_read(file: Path) -> None:
    fitted = replace(Weights(), fusion={**Weights().fusion, QueryKind.ENGLISH: LEGS})
    file.write_text(format_weights(fitted, {"encoder": "e-1", "reranker": "모델"}), "utf-8")
    assert read_weights(file) == replace(fitted, fitted_for=FittedFor("e-1", "모델"))


def test_a_file_by_hand_goes_with_everything_and_keeps_the_other_kinds(file: Path) -> None:
    file.write_text(json.dumps({"fusion": {"kw": LEGS}}))
    read = read_weights(file)
    assert read.fusion == {**Weights().fusion, QueryKind.KOREAN_KEYWORDS: LEGS}
    assert read.fitted_for is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "list indices"),
        ("{}", "'fusion'"),
        ('{"fusion": {"fr": {"dense": 1}}}', "'fr' is not a valid QueryKind"),
        ('{"fusion": {"ko": {"lexcial": 1}}}', "legs are article, dense, lexical, reranker"),
        ('{"fusion": {"ko": {}}}', "legs are"),
        ('{"fusion": {"ko": {"dense": 1.5}}}', "weights are from 0 to 1"),
        ('{"fusion": {"ko": {"dense": -0.1}}}', "weights are from 0 to 1"),
        ('{"fusion": {"ko": {"dense": NaN}}}', "weights are from 0 to 1"),
        ('{"fusion": {"ko": {"dense": "much"}}}', "could not convert"),
        ('{"fusion": {"ko": {"dense": 0}}}', "a leg besides the reranker"),
        ('{"fusion": {"ko": {"dense": 0, "reranker": 1}}}', "a leg besides the reranker"),
        ('{"fusion": {}, "about": {"encoder": 3}}', "encoder and reranker are names"),
        ('{"fusion": {}, "about": 3}', "has no attribute 'get'"),
    ],
)
def test_anything_else_is_refused_in_one_line(file: Path, content: str, reason: str) -> None:
    file.write_text(content)
    with pytest.raises(
        InputError, match=r"not as gisa tune writes them .*Make them again"
    ) as found:
        read_weights(file)
    assert reason in str(found.value)
    assert "\n" not in str(found.value)


def test_a_missing_file_is_told(file: Path) -> None:
    with pytest.raises(InputError, match=r"weights\.json cannot be read: No such file"):
        read_weights(file)


def test_a_reranker_that_is_not_named_gets_the_usual_share() -> None:
    assert reranker_share(LEGS) == RERANKER_SHARE
    assert reranker_share({**LEGS, RERANKER: 0.0}) == 0
    assert reranker_share({**LEGS, RERANKER: 1.0}) == 0.5


def test_a_share_is_taken_from_the_legs_in_proportion() -> None:
    with_half: dict[str, Any] = with_reranker(LEGS, 0.5)
    assert with_half == {LEXICAL: 0.1, ARTICLE: 0.15, DENSE: 0.25, RERANKER: 0.5}
    assert with_reranker(with_half, 0.0) == {**LEGS, RERANKER: 0.0}
    assert without_reranker({**LEGS, RERANKER: 0.3}) == LEGS


def test_the_weights_that_are_shipped_sum_to_one() -> None:
    for legs in Weights().fusion.values():
        assert sum(legs.values()) == pytest.approx(1)
