"""FAISS finds what a plain matrix product in numpy finds."""

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import DenseIndex, VectorWriter
from index.encoder import Vectors

DIM = 4
ROW = st.lists(st.integers(-2, 2), min_size=DIM, max_size=DIM)
ROWS = st.lists(ROW, min_size=1, max_size=12)


def unit(rows: list[list[int]]) -> Vectors:
    """Rows of a few whole numbers, made unit: many of them are equal, so ties are tried."""
    vectors = np.array(rows, np.float32).reshape(-1, DIM)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def write(vectors: Vectors, folder: Path) -> DenseIndex:
    writer = VectorWriter(DIM)
    half = len(vectors) // 2
    writer.add(vectors[:half])
    writer.add(vectors[half:])
    writer.save(folder)
    return DenseIndex(folder)


def expected_top(
    vectors: Vectors,
    query: Vectors,
    order: npt.NDArray[np.integer],
    depth: int,
    mask: npt.NDArray[np.bool_] | None,
) -> list[int]:
    allowed = np.array([v.any() for v in vectors]) & (True if mask is None else mask)
    cosines = np.round(vectors @ query, 5)
    rows = [row for row in np.argsort(order) if allowed[row]]
    return sorted(rows, key=lambda row: -cosines[row])[:depth]


@given(ROWS, ROW, st.data())
def test_the_nearest_passages_are_those_of_numpy(
    rows: list[list[int]], wanted: list[int], data: st.DataObject
) -> None:
    vectors, [query] = unit(rows), unit([wanted])
    order = np.array(data.draw(st.permutations(range(len(rows)))), np.uint32)
    bits = st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))
    drawn = data.draw(st.none() | bits)
    mask = None if drawn is None else np.array(drawn, np.bool_)
    depth = data.draw(st.integers(0, len(rows) + 2))
    with tempfile.TemporaryDirectory() as folder:
        index = write(vectors, Path(folder))
        index.check(len(rows))
        found, scores = index.top(query, order, depth, mask)
    if not query.any():
        assert len(found) == 0
        return
    expected = expected_top(vectors, query, order, depth, mask)
    np.testing.assert_allclose(scores, (vectors @ query)[expected], atol=1e-5)
    np.testing.assert_allclose(scores, (vectors @ query)[found], atol=1e-5)
    assert (np.diff(scores) <= 0).all()


def test_ties_are_broken_by_order_also_at_depth(tmp_path: Path) -> None:
    vectors = unit([[1, 0, 0, 0]] * 6)
    order = np.array([5, 4, 3, 2, 1, 0], np.uint32)
    index = write(vectors, tmp_path)
    for depth in range(1, 7):
        found, scores = index.top(vectors[0], order, depth)
        assert found.tolist() == [5, 4, 3, 2, 1, 0][:depth]
        assert scores.tolist() == [1.0] * depth


@given(ROWS, ROW, st.lists(st.integers(0, 11), max_size=8))
def test_scores_are_cosines_and_zero_without_a_vector(
    rows: list[list[int]], wanted: list[int], asked: list[int]
) -> None:
    vectors, [query] = unit(rows), unit([wanted])
    places = np.array([place % len(rows) for place in asked], np.int64)
    with tempfile.TemporaryDirectory() as folder:
        scores = write(vectors, Path(folder)).scores(query, places)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, (vectors @ query)[places], atol=1e-6)


def test_the_dimension_is_that_of_the_file(tmp_path: Path) -> None:
    assert write(unit([[1, 2, 0, 0]]), tmp_path).dim == DIM


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = write(unit([]), tmp_path)
    found, scores = index.top(unit([[1, 0, 0, 0]])[0], np.zeros(0, np.uint32), 5)
    assert (len(found), len(scores)) == (0, 0)
    index.check(0)


def test_more_vectors_than_passages_do_not_pass_the_check(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="vector rows out of order or range"):
        write(unit([[1, 0, 0, 0]] * 3), tmp_path).check(2)
