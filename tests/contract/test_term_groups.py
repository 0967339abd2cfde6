"""Scores of groups are those of a definition in plain Python, number by number."""

import math
import tempfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from index.lexical import BM25Options, PostingBM25, PostingWriter
from index.term_groups import Alternative, idf_together, postings_of, score_groups

pytestmark = pytest.mark.slow  # thousands of examples, or a program a test

Group = Sequence[Alternative]

TERMS = ["한들/N", "해솔/N", "짓/V", "가온", "온정", "kt", "1350"]
UNKNOWN = "없다/V"
OPTIONS = BM25Options()


class Corpus(NamedTuple):
    """Passages as terms, and the document row of each; the last document has no passage."""

    passages: list[list[str]]
    document_of: list[int]

    @property
    def n_documents(self) -> int:
        return max(self.document_of, default=-1) + 2


def corpus_of(passages: list[tuple[list[str], bool]]) -> Corpus:
    """Put each passage behind the one before, in the same document or in the next."""
    numbers = list(accumulate((is_next for _, is_next in passages), initial=0))[1:]
    return Corpus([terms for terms, _ in passages], [int(number) for number in numbers])


PASSAGE = st.tuples(st.lists(st.sampled_from(TERMS), min_size=1, max_size=6), st.booleans())
CORPUS = st.lists(PASSAGE, min_size=1, max_size=10).map(corpus_of)
PARTS = st.lists(st.sampled_from([*TERMS, UNKNOWN]), min_size=1, max_size=3).map(tuple)
ALTERNATIVE = st.builds(Alternative, PARTS, st.floats(0.1, 5))
GROUPS = st.lists(st.lists(ALTERNATIVE, min_size=1, max_size=4), max_size=5)
WEIGHTS = st.dictionaries(st.sampled_from([*TERMS, UNKNOWN]), st.floats(0.1, 5), max_size=6)


def write(corpus: Corpus, folder: str | Path) -> PostingBM25:
    writer = PostingWriter(Path(folder), OPTIONS)
    for passage in corpus.passages:
        writer.add(np.array(writer.terms.ids(passage), np.int32))
    writer.finish()
    writer.close()
    return PostingBM25(Path(folder), OPTIONS)


def scored(
    postings: PostingBM25, groups: Sequence[Group], corpus: Corpus
) -> tuple[list[float], list[float]]:
    document_of = np.array(corpus.document_of, np.uint32)
    found = score_groups(postings, groups, document_of, corpus.n_documents)
    articles = found.articles(np.arange(corpus.n_documents))
    assert found.passages.dtype == articles.dtype == np.float64
    assert found.passages.shape == (len(corpus.passages),)
    assert articles.shape == (corpus.n_documents,)
    return found.passages.tolist(), articles.tolist()


def oracle(groups: Sequence[Group], corpus: Corpus) -> tuple[list[float], list[float]]:
    model = BM25Plus(corpus.passages, k1=OPTIONS.k1, b=OPTIONS.b, delta=0)
    impacts = {term: model.get_scores([term]) for term in TERMS}
    rows = range(len(corpus.passages))

    def share(alternative: Alternative, row: int) -> float:
        holding = [n for n in rows if set(alternative.parts) <= set(corpus.passages[n])]
        if row not in holding:
            return 0.0
        least = min(impacts[part][row] / model.idf[part] for part in alternative.parts)
        return float(alternative.weight * math.log((len(rows) + 1) / len(holding)) * least)

    best = [[max(share(each, row) for each in group) for row in rows] for group in groups]
    passages = [sum(shares[row] for shares in best) for row in rows]
    articles = [
        sum(
            max((shares[row] for row in rows if corpus.document_of[row] == n), default=0.0)
            for shares in best
        )
        for n in range(corpus.n_documents)
    ]
    return passages, articles


@settings(max_examples=150)
@given(CORPUS, GROUPS)
def test_scores_are_those_of_the_definition(corpus: Corpus, groups: Sequence[Group]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = scored(write(corpus, folder), groups, corpus)
    for ours, expected in zip(found, oracle(groups, corpus), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-9)


@settings(max_examples=60)
@given(CORPUS, WEIGHTS)
def test_groups_of_one_term_each_are_weighted_terms(
    corpus: Corpus, weights: dict[str, float]
) -> None:
    groups = [[Alternative((term,), weight)] for term, weight in sorted(weights.items())]
    document_of = np.array(corpus.document_of, np.uint32)
    with tempfile.TemporaryDirectory() as folder:
        postings = write(corpus, folder)
        passages, articles = scored(postings, groups, corpus)
        expected = postings.weighted_scores(weights)
        expected_articles = np.zeros(corpus.n_documents)
        for term, weight in sorted(weights.items()):
            best = np.zeros(corpus.n_documents)
            np.maximum.at(best, document_of, postings.weighted_scores({term: weight}))
            expected_articles += best
    np.testing.assert_array_equal(passages, expected)
    np.testing.assert_allclose(articles, expected_articles, rtol=1e-12)


@settings(max_examples=40)
@given(CORPUS, GROUPS)
def test_the_same_groups_give_the_same_bits(corpus: Corpus, groups: Sequence[Group]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        postings = write(corpus, folder)
        assert scored(postings, groups, corpus) == scored(postings, groups, corpus)


@settings(max_examples=60)
@given(CORPUS, st.lists(ALTERNATIVE, min_size=1, max_size=4), ALTERNATIVE)
def test_an_alternative_more_lowers_no_score(
    corpus: Corpus, group: list[Alternative], more: Alternative
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        postings = write(corpus, folder)
        few, many = scored(postings, [group], corpus), scored(postings, [[*group, more]], corpus)
    assert all(a <= b for a, b in zip(few[0] + few[1], many[0] + many[1], strict=True))


@settings(max_examples=60)
@given(CORPUS, ALTERNATIVE)
def test_the_idf_of_an_alternative_counts_the_passages_that_hold_all_of_it(
    corpus: Corpus, alternative: Alternative
) -> None:
    n_holding = sum(set(alternative.parts) <= set(passage) for passage in corpus.passages)
    expected = math.log((len(corpus.passages) + 1) / n_holding) if n_holding else 0.0
    with tempfile.TemporaryDirectory() as folder:
        postings = write(corpus, folder)
        rows, impacts, factor = postings_of(postings, alternative)
        assert len(rows) == len(impacts) == n_holding
        assert (np.diff(rows.astype(np.int64)) > 0).all()
        assert (impacts * factor > 0).all()
        assert idf_together(postings, alternative) == pytest.approx(expected, rel=1e-6)


THREE = Corpus([["kt", "1350"], ["kt"], ["1350", "가온"]], [0, 0, 1])


def test_of_a_group_only_the_best_alternative_counts(tmp_path: Path) -> None:
    postings = write(THREE, tmp_path)
    kt, number = postings.get_scores(["kt"]), postings.get_scores(["1350"])
    group = [Alternative(("kt",), 1.0), Alternative(("1350",), 3.0), Alternative((UNKNOWN,), 9.0)]
    passages, articles = scored(postings, [group], THREE)
    assert passages == pytest.approx([3 * number[0], kt[1], 3 * number[2]])
    assert articles == pytest.approx([max(3 * number[0], kt[1]), 3 * number[2], 0.0])


def test_parts_that_never_stand_together_give_nothing(tmp_path: Path) -> None:
    postings = write(THREE, tmp_path)
    for parts in (("kt", "가온"), ("kt", UNKNOWN), (UNKNOWN, UNKNOWN), (UNKNOWN,)):
        assert scored(postings, [[Alternative(parts, 1.0)]], THREE) == ([0.0] * 3, [0.0] * 3)
        assert idf_together(postings, Alternative(parts, 1.0)) == 0


def test_a_part_named_twice_is_the_term_once(tmp_path: Path) -> None:
    postings = write(THREE, tmp_path)
    once = scored(postings, [[Alternative(("kt",), 2.0)]], THREE)
    twice = scored(postings, [[Alternative(("kt", "kt"), 2.0)]], THREE)
    for ours, expected in zip(twice, once, strict=True):
        assert ours == pytest.approx(expected, rel=1e-6)


def test_an_article_gains_by_what_different_passages_say(tmp_path: Path) -> None:
    postings = write(THREE, tmp_path)
    groups = [[Alternative(("kt",), 1.0)], [Alternative(("1350",), 1.0)]]
    passages, articles = scored(postings, groups, THREE)
    kt, number = postings.get_scores(["kt"]), postings.get_scores(["1350"])
    assert articles[0] == pytest.approx(kt[1] + number[0])
    assert articles[0] > max(passages)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [[Alternative((UNKNOWN,), 1.0)]],
        [[Alternative((UNKNOWN,), 1.0), Alternative((UNKNOWN, "kt"), 1.0)]],
    ],
)
def test_nothing_known_scores_nothing(groups: list[Group], tmp_path: Path) -> None:
    assert scored(write(THREE, tmp_path), groups, THREE) == ([0.0] * 3, [0.0] * 3)


def test_no_passage_at_all_gives_no_score(tmp_path: Path) -> None:
    nothing = Corpus([], [])
    group = [Alternative(("kt",), 1.0), Alternative(("kt", "1350"), 1.0)]
    assert scored(write(nothing, tmp_path), [group, group[:1]], nothing) == ([], [0.0])
