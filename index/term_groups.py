"""
Scores of passages and articles for groups of terms that stand for the same thing.

A word of a query may be met by several terms: itself, a synonym, a translation, a name
in another script. Such a group counts once, by the best of its alternatives, so that a
word with many synonyms weighs no more than a word with none.
"""

import itertools
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


class GroupScores:
    """
    Scores of one question.

    Args:
        passages: float64[n_passages].
        rows: int[n], of all postings of all alternatives, one alternative behind the other.
        shares: float64[n] beside them.
        groups: int[n], the number of the group of each.
        document_of: int[n_passages], the document row of each passage.
        n_documents: How many documents there are.
    """

    def __init__(
        self,
        passages: Shares,
        rows: npt.NDArray[np.intp],
        shares: Shares,
        groups: npt.NDArray[np.integer],
        document_of: Rows,
        n_documents: int,
    ) -> None:
        self.passages = passages
        self._postings = rows, shares, groups
        self._document_of = document_of
        self._n_documents = n_documents

    def articles(self, documents: Rows) -> Shares:
        """
        Score articles: each group gives the best that any passage of the article has.

        Only a few are ever asked for, so nothing is computed for the others.

        Args:
            documents: int[n], rows of documents.

        Returns:
            float64[n].
        """
        rows, shares, groups = self._postings
        if not len(rows):
            return np.zeros(len(documents))
        is_asked = np.zeros(self._n_documents, np.bool_)
        is_asked[documents] = True
        asked = np.flatnonzero(is_asked[self._document_of][rows])
        place_of = np.zeros(self._n_documents, np.intp)
        place_of[documents] = np.arange(len(documents))
        places = place_of[self._document_of[rows[asked]]]
        best = np.zeros((int(groups[-1]) + 1, len(documents)))
        np.maximum.at(best.ravel(), groups[asked] * len(documents) + places, shares[asked])
        scores: Shares = best.sum(axis=0)[place_of[documents]]
        return scores


def score_groups(
    postings: PostingBM25,
    groups: Sequence[Sequence[Alternative]],
    document_of: Rows,
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
        groups: Alternatives per group. Those of one alternative are added first, then
            the others, each in this order: the same groups give the same bits.
        document_of: int[n_passages], the document row of each passage.
        n_documents: How many documents there are.
    """
    ordered = sorted(groups, key=lambda group: len(group) > 1)
    found = [[postings_of(postings, alternative) for alternative in group] for group in ordered]
    flat = [part for group in found for part in group]
    if not flat:
        nothing = np.zeros(0, np.intp)
        passages = np.zeros(postings.corpus_size)
        return GroupScores(passages, nothing, np.zeros(0), nothing, document_of, n_documents)
    # As the integers that numpy indexes with: it would convert others at every use.
    rows = np.concatenate([part.rows for part in flat]).astype(np.intp)
    factors = np.array([part.factor for part in flat], np.float64)
    shares = np.concatenate([part.impacts for part in flat]) * factors.repeat(
        [len(part.rows) for part in flat]
    )
    lengths = [sum(len(part.rows) for part in group) for group in found]
    ends = list(itertools.accumulate(lengths))
    n_single = sum(len(group) <= 1 for group in groups)
    first = ends[n_single - 1] if n_single else 0
    passages = np.bincount(rows[:first], shares[:first], postings.corpus_size).astype(np.float64)
    for start, end in itertools.pairwise([first, *ends[n_single:]]):
        of_group = rows[start:end]
        # As x + y grows with y, this is what was there and the largest share.
        np.maximum.at(passages, of_group, passages[of_group] + shares[start:end])
    group_of = np.repeat(np.arange(len(found), dtype=np.int32), lengths)
    return GroupScores(passages, rows, shares, group_of, document_of, n_documents)


class Postings(NamedTuple):
    """Rows that hold an alternative, ascending; ``impacts * factor`` are their shares."""

    rows: Rows
    impacts: npt.NDArray[np.float32]
    factor: float


def postings_of(postings: PostingBM25, alternative: Alternative) -> Postings:
    """Return where all parts of an alternative stand together, and what it weighs there."""
    if len(alternative.parts) == 1:
        rows, impacts, _ = postings.slice_of(alternative.parts[0])
        return Postings(rows, impacts, alternative.weight)
    parts = sorted((postings.slice_of(part) for part in alternative.parts), key=lambda p: len(p[0]))
    rows, impacts, idf = parts[0]
    least = impacts / np.float32(idf or 1.0)
    for other_rows, other_impacts, other_idf in parts[1:]:
        if not len(rows):
            break
        places = other_rows.searchsorted(rows)
        shared = np.flatnonzero(other_rows.take(places, mode="clip") == rows)
        rows, places = rows[shared], places[shared]
        least = np.minimum(least[shared], other_impacts[places] / np.float32(other_idf))
    if not len(rows):
        return Postings(rows, least[:0], 0.0)
    idf_together = float(np.log((postings.corpus_size + 1) / len(rows)))
    return Postings(rows, least, alternative.weight * idf_together)


def idf_together(postings: PostingBM25, alternative: Alternative) -> float:
    """Return the idf of an alternative as `score_groups` uses it; 0 where nothing holds it."""
    if len(alternative.parts) == 1:
        return postings.slice_of(alternative.parts[0])[2]
    rows = postings_of(postings, alternative).rows
    return float(np.log((postings.corpus_size + 1) / len(rows))) if len(rows) else 0.0
