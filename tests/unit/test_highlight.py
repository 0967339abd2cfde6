"""What is marked in a passage, from stored token spans made by hand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Span
from index.store import StoredSentence
from search.engine import SearchEngine
from search.highlight import highlight_spans, merge_spans


def sentence(start: int, end: int, *tokens: tuple[int, int, int]) -> StoredSentence:
    """Return a sentence with (term id, start, end) tokens, in places of the article."""
    return StoredSentence(start, end, np.array(tokens, np.int32).reshape(-1, 3).T)


def test_spans_count_from_the_start_of_the_passage() -> None:
    sentences = [sentence(100, 120, (5, 103, 105), (6, 110, 112))]
    assert highlight_spans(sentences, Span(100, 120), {5}, set()) == [Span(3, 5)]


def test_a_token_outside_the_passage_is_not_marked() -> None:
    sentences = [sentence(0, 20, (5, 0, 2), (5, 8, 12), (5, 15, 17))]
    assert highlight_spans(sentences, Span(10, 20), {5}, set()) == [Span(5, 7)]


def test_touching_and_overlapping_words_become_one_span() -> None:
    sentences = [sentence(0, 20, (1, 0, 2), (2, 2, 4), (1, 3, 6), (2, 8, 9))]
    assert highlight_spans(sentences, Span(0, 20), {1, 2}, set()) == [Span(0, 6), Span(8, 9)]


def test_one_bigram_is_chance_and_a_run_of_them_is_not() -> None:
    lone = [sentence(0, 20, (7, 4, 6))]
    run = [sentence(0, 20, (7, 4, 6), (8, 5, 7))]
    assert highlight_spans(lone, Span(0, 20), set(), {7, 8}) == []
    assert highlight_spans(run, Span(0, 20), set(), {7, 8}) == [Span(4, 7)]


def test_an_empty_token_is_not_marked() -> None:
    assert highlight_spans([sentence(0, 9, (1, 3, 3))], Span(0, 9), {1}, set()) == []


def test_nothing_asked_marks_nothing() -> None:
    assert highlight_spans([sentence(0, 9, (1, 3, 4))], Span(0, 9), set(), set()) == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=12))
def test_merged_spans_are_ascending_apart_and_cover_the_same_places(
    pairs: list[tuple[int, int]],
) -> None:
    spans = [Span(start, start + length) for start, length in pairs]
    merged = merge_spans(spans)
    assert all(a.end < b.start for a, b in pairwise(merged))
    covered = {place for span in spans for place in range(*span)}
    assert {place for span in merged for place in range(*span)} == covered


@pytest.mark.parametrize(
    "query",
    ["KT는 왜 정부 AI 사업에서 탈락했나?", "통신 장애 원인", "새빛시 버스 파업", "벼리반도체 NPU"],
)
def test_highlights_of_hits_lie_inside_their_text(engine: SearchEngine, query: str) -> None:
    hits = engine.search(query, k=30, passages_per_document=5).hits
    assert any(hit.highlights for hit in hits)
    for hit in hits:
        ends = [0, *(place for span in hit.highlights for place in span), len(hit.text)]
        assert ends == sorted(ends)
        assert all(start < end for start, end in hit.highlights)
        assert all(a.end < b.start for a, b in pairwise(hit.highlights))


def test_what_is_marked_is_what_was_asked(engine: SearchEngine) -> None:
    [hit] = engine.search("믿음", k=1).hits
    assert {hit.text[start:end] for start, end in hit.highlights} == {"믿음"}
