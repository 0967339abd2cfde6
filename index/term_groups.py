"""
Scores of passages and articles for groups of terms that stand for the same thing.

A word of a query may be met by several terms: itself, a synonym, a translation, a name
in another script. Such a group counts once, by the best of its alternatives, so that a
word with many synonyms weighs no more than a word with none.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.lexical import PostingBM25

Rows = npt.NDArray[np.integer]
Shares = npt.NDArray[np.float64]


class Alternative(NamedTuple):
    """Terms that a passage must hold all together, and their weight, > 0."""

    parts: tuple[str, ...]
    weight: float


class GroupScores(NamedTuple):
    """
    ``passages`` float64[n_passages]; ``articles`` float64[n_documents], where each group
    gives the best that any passage of the article has.
    """

    passages: Shares
    articles: Shares


def score_groups(
    postings: PostingBM25,
    groups: Sequence[Sequence[Alternative]],
    document_of: npt.NDArray[np.integer],
    n_documents: int,
) -> GroupScores:
    """
    Sum over groups the largest share of any alternative.

    The share of one term is its weight times its impact. Several parts together are
    scored as if they were one term: ``weight * log((N + 1) / n) * min(impact / idf)`` over
    the *n* passages that hold all of them. A question often names what one passage says
    and whom another passage names; the articles' scores see both, and long articles gain
    nothing by length.

    Args:
        postings: Of the build.
        groups: Alternatives per group. They are added in this order, so the same groups
            give the same bits.
        document_of: int[n_passages], the document row of each passage, ascending.
        n_documents: How many documents there are.
    """
    found = [[postings_of(postings, alternative) for alternative in group] for group in groups]
    single = [group[0] for group in found if len(group) == 1]
    several = [group for group in found if len(group) > 1]
    passages, articles = _sum_single(single, document_of, postings.corpus_size, n_documents)
    if several:
        best = np.zeros(postings.corpus_size)
        best_of_article = np.zeros(n_documents)
    for group in several:
        # As the integers that numpy indexes with: it would convert others at every use.
        rows = np.concatenate([rows for rows, _ in group]).astype(np.intp)
        end = 0
        for _, shares in group:
            start, end = end, end + len(shares)
            part = rows[start:end]
            best[part] = np.maximum(best[part], shares)
        shares = best[rows]
        # A row met by two alternatives stands twice here and is written twice, not added twice.
        passages[rows] = passages[rows] + shares
        documents = document_of[rows].astype(np.intp)
        np.maximum.at(best_of_article, documents, shares)
        articles[documents] = articles[documents] + best_of_article[documents]
        best[rows] = 0.0
        best_of_article[documents] = 0.0
    return GroupScores(passages, articles)


def postings_of(postings: PostingBM25, alternative: Alternative) -> tuple[Rows, Shares]:
    """Return the rows that hold all parts of an alternative, ascending, and their shares."""
    if len(alternative.parts) == 1:
        rows, impacts, _ = postings.slice_of(alternative.parts[0])
        return rows, impacts * np.float64(alternative.weight)
    parts = sorted((postings.slice_of(part) for part in alternative.parts), key=lambda p: len(p[0]))
    rows, impacts, idf = parts[0]
    least = impacts / (idf or 1.0)
    for other_rows, other_impacts, other_idf in parts[1:]:
        if not len(rows) or not len(other_rows):
            return rows[:0], np.zeros(0)
        places = np.minimum(np.searchsorted(other_rows, rows), len(other_rows) - 1)
        shared = other_rows[places] == rows
        rows, places = rows[shared], places[shared]
        least = np.minimum(least[shared], other_impacts[places] / other_idf)
    if not len(rows):
        return rows, np.zeros(0)
    idf_together = np.log((postings.corpus_size + 1) / len(rows))
    return rows, least.astype(np.float64) * (alternative.weight * idf_together)


def idf_together(postings: PostingBM25, alternative: Alternative) -> float:
    """Return the idf of an alternative as `score_groups` uses it; 0 where nothing holds it."""
    if len(alternative.parts) == 1:
        return postings.slice_of(alternative.parts[0])[2]
    rows, _ = postings_of(postings, alternative)
    return float(np.log((postings.corpus_size + 1) / len(rows))) if len(rows) else 0.0


def _sum_single(
    found: Sequence[tuple[Rows, Shares]],
    document_of: npt.NDArray[np.integer],
    n_passages: int,
    n_documents: int,
) -> GroupScores:
    """
    Add groups of one alternative each.

    Numpy's calls cost more than their work on most postings, so there is one for all
    groups rather than one for each.
    """
    found = [(rows, shares) for rows, shares in found if len(rows)]
    if not found:
        return GroupScores(np.zeros(n_passages), np.zeros(n_documents))
    rows = np.concatenate([rows for rows, _ in found]).astype(np.intp)
    shares = np.concatenate([shares for _, shares in found])
    lengths = np.array([len(rows) for rows, _ in found])
    documents = document_of[rows]
    is_first = np.empty(len(documents), np.bool_)
    np.not_equal(documents[1:], documents[:-1], out=is_first[1:])
    is_first[np.cumsum(lengths) - lengths] = True
    first = np.flatnonzero(is_first)
    best = np.maximum.reduceat(shares, first)
    return GroupScores(
        np.bincount(rows, shares, n_passages).astype(np.float64),
        np.bincount(documents[first], best, n_documents).astype(np.float64),
    )
