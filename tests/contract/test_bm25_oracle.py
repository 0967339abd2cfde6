"""The postings give the scores of rank-bm25, number by number."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from index.lexical import BM25Options, PostingBM25, PostingWriter
from index.term_groups import Alternative, score_groups

Corpus = list[list[str]]

TERMS = ["한들/N", "해솔/N", "짓/V", "가온", "온정", "kt", "5g", "1350"]
PASSAGE = st.lists(st.sampled_from(TERMS), min_size=1, max_size=12)
CORPUS = st.lists(PASSAGE, min_size=1, max_size=8)
QUERY = st.lists(st.sampled_from([*TERMS, "없다/V"]), max_size=6)
OPTIONS = st.builds(BM25Options, k1=st.floats(0.1, 3), b=st.floats(0, 1))


def write(corpus: Corpus, options: BM25Options, folder: Path) -> PostingBM25:
    writer = PostingWriter(folder, options)
    for passage in corpus:
        writer.add(np.array(writer.terms.ids(passage), np.int32))
    writer.finish()
    writer.close()
    return PostingBM25(folder, options)


def oracle(corpus: Corpus, options: BM25Options) -> BM25Plus:
    return BM25Plus(corpus, k1=options.k1, b=options.b, delta=0)


@settings(max_examples=40)
@given(CORPUS, QUERY, OPTIONS)
def test_scores_are_those_of_rank_bm25(
    corpus: Corpus, query: list[str], options: BM25Options
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = write(corpus, options, Path(folder))
        theirs = oracle(corpus, options)
        expected = theirs.get_scores(query)
        np.testing.assert_allclose(ours.get_scores(query), expected, rtol=1e-5, atol=1e-9)
        rows = list(range(len(corpus)))[::-2]
        np.testing.assert_allclose(
            ours.get_batch_scores(query, rows),
            theirs.get_batch_scores(query, rows),
            rtol=1e-5,
            atol=1e-9,
        )
        ours.check()


@settings(max_examples=40)
@given(CORPUS, QUERY)
def test_the_best_passages_are_those_of_rank_bm25(corpus: Corpus, query: list[str]) -> None:
    options = BM25Options()
    with tempfile.TemporaryDirectory() as folder:
        ours = write(corpus, options, Path(folder))
        rows = list(range(len(corpus)))
        expected = oracle(corpus, options).get_scores(query)
        top = ours.get_top_n(query, rows, n=3)
        assert len(top) == min(3, len(corpus))
        np.testing.assert_allclose(expected[top], np.sort(expected)[::-1][:3], rtol=1e-5, atol=1e-9)


@settings(max_examples=40)
@given(CORPUS, OPTIONS)
def test_every_passage_with_a_term_gains_by_it_even_where_all_have_it(
    corpus: Corpus, options: BM25Options
) -> None:
    everywhere = [[*passage, "한들/N"] for passage in corpus]
    with tempfile.TemporaryDirectory() as folder:
        ours = write(everywhere, options, Path(folder))
        assert (ours.get_scores(["한들/N"]) > 0).all()
        for term in TERMS:
            has_term = [term in passage for passage in everywhere]
            assert (ours.get_scores([term]) > 0).tolist() == has_term


@settings(max_examples=40)
@given(
    CORPUS,
    st.dictionaries(st.sampled_from([*TERMS, "없다/V"]), st.floats(0.1, 5), max_size=5),
    st.data(),
)
def test_an_article_scores_the_best_share_of_each_term(
    corpus: Corpus, weights: dict[str, float], data: st.DataObject
) -> None:
    jumps = data.draw(st.lists(st.booleans(), min_size=len(corpus), max_size=len(corpus)))
    document_of = np.cumsum([0, *jumps[1:]]).astype(np.uint32)
    n_documents = int(document_of[-1]) + 2  # the last one has no passage
    with tempfile.TemporaryDirectory() as folder:
        ours = write(corpus, BM25Options(), Path(folder))
        shares = {term: ours.get_scores([term]) for term in weights}
        expected = [
            sum(
                weight
                * max((shares[term][row] for row in np.flatnonzero(document_of == n)), default=0)
                for term, weight in weights.items()
            )
            for n in range(n_documents)
        ]
        scores = article_scores(ours, weights, document_of, n_documents)
        np.testing.assert_allclose(scores, expected, rtol=1e-6, atol=1e-9)


def test_a_score_is_the_published_formula(tmp_path: Path) -> None:
    """By hand: N = 2, df = 1, f = 2, length 3, average 2, k1 = 1.2, b = 0.75."""
    ours = write([["kt", "kt", "5g"], ["5g"]], BM25Options(k1=1.2, b=0.75), tmp_path)
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
    expected = np.log((2 + 1) / 1) * 2 * (1.2 + 1) / (norm + 2)
    assert ours.get_scores(["kt"]).tolist() == pytest.approx([expected, 0.0])


def test_a_term_twice_in_the_query_counts_twice(tmp_path: Path) -> None:
    ours = write([["kt", "5g"], ["5g"]], BM25Options(), tmp_path)
    np.testing.assert_array_equal(ours.get_scores(["5g", "5g"]), 2 * ours.get_scores(["5g"]))


def test_idf_of_an_unknown_term_is_zero(tmp_path: Path) -> None:
    ours = write([["kt", "5g"], ["5g"]], BM25Options(), tmp_path)
    assert ours.idf_of(["5g", "없다/V", "kt"]).tolist() == pytest.approx(
        [np.log(3 / 2), 0.0, np.log(3 / 1)]
    )


@settings(max_examples=40)
@given(CORPUS)
def test_the_writer_gives_back_the_words_of_each_passage_without_bigrams(corpus: Corpus) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = PostingWriter(Path(folder), BM25Options())
        for passage in corpus:
            writer.add(np.array(writer.terms.ids(passage), np.int32))
        words = list(writer.passage_words(writer.terms.terms()))
        writer.close()
    bigrams = {"가온", "온정"}
    assert words == [Counter(t for t in passage if t not in bigrams) for passage in corpus]


def test_no_passage_at_all_gives_no_score(tmp_path: Path) -> None:
    ours = write([], BM25Options(), tmp_path)
    assert ours.get_scores(["kt"]).shape == (0,)
    assert article_scores(ours, {"kt": 1.0}, np.zeros(0, np.uint32), 0).shape == (0,)
    ours.check()


def article_scores(
    postings: PostingBM25, weights: dict[str, float], document_of: Any, n_documents: int
) -> Any:
    """Score articles for groups of one term each."""
    groups = [[Alternative((term,), weight)] for term, weight in sorted(weights.items())]
    found = score_groups(postings, groups, document_of, n_documents)
    return found.articles(np.arange(n_documents))
