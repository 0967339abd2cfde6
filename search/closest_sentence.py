"""
How much of a question does the closest sentence of a passage say?

BM25 adds up what stands anywhere in a passage. Here the parts of the question must
stand together in one sentence, each as itself, as an alternative of the plan, or as a
word of like meaning (late interaction, as in Khattab and Zaharia, SIGIR 2020,
arXiv:2004.12832, over words and their trained vectors).

Useful for: the order of the best passages, a few dozen. Not useful for: finding them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.snapshot import Snapshot
from search.plan import Group, Plan

LEAST_COSINE = 0.35
COSINE_WEIGHT = 0.9
"""A word of like meaning never says as much as the word itself."""

Floats = npt.NDArray[np.float64]


class _Tokens(NamedTuple):
    """
    Tokens of the sentences of some passages.

    ``terms`` has each term id once and ``places`` int[n_tokens] into it; sentence *i*
    begins at ``starts[i]`` and belongs to passage ``passages[i]``; token *j* stands in
    sentence ``sentences[j]``.
    """

    terms: npt.NDArray[np.integer]
    places: npt.NDArray[np.integer]
    starts: npt.NDArray[np.integer]
    sentences: npt.NDArray[np.integer]
    passages: npt.NDArray[np.integer]


class ClosestSentence:
    """Scores passages of one build; safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._terms = snapshot.lexical.terms

    def scores(self, plan: Plan, rows: Sequence[int]) -> Floats:
        """
        Score passages.

        Args:
            plan: Of the question.
            rows: Of the passages.

        Returns:
            float64[len(rows)] in [0, 1]: the weighted share of the question's words that
            the closest sentence says; 0 for a passage without a sentence.
        """
        scores = np.zeros(len(rows))
        groups = [group for group in plan.groups if not is_bigram(group.terms[0].parts[0])]
        tokens = self._tokens(rows)
        if tokens is None or not groups:
            return scores
        weights = self._weights(groups)
        if not weights.any():
            return scores
        said = self._likeness(groups, tokens)
        shares = weights @ said / weights.sum()
        np.maximum.at(scores, tokens.passages, shares)
        return scores

    def _tokens(self, rows: Sequence[int]) -> _Tokens | None:
        found = [
            (place, ids) for place, ids in self._snapshot.store.sentence_terms(rows) if len(ids)
        ]
        if not found:
            return None
        ids = np.concatenate([ids for _, ids in found])
        # Several times quicker than numpy's inverse of unique, which sorts places and not ids.
        terms = np.unique(ids)
        places = terms.searchsorted(ids)
        lengths = np.array([len(ids) for _, ids in found])
        passages = np.array([place for place, _ in found])
        sentences = np.repeat(np.arange(len(found)), lengths)
        return _Tokens(terms, places, np.cumsum(lengths) - lengths, sentences, passages)

    def _weights(self, groups: Sequence[Group]) -> Floats:
        """Return for each group the most that an alternative weighs, by its rarest part."""
        parts = [part for group in groups for term in group.terms for part in term.parts]
        idf = iter(self._snapshot.lexical.idf_of(parts).tolist())
        return np.array(
            [
                max(term.weight * max(next(idf) for _ in term.parts) for term in group.terms)
                for group in groups
            ]
        )

    def _likeness(self, groups: Sequence[Group], tokens: _Tokens) -> Floats:
        """Return float64[n_groups, n_sentences] in [0, 1], how well each says each group."""
        likeness = np.zeros((len(tokens.terms), len(groups)), np.float32)
        rows = self._snapshot.vector_rows[tokens.terms]
        there = np.flatnonzero(rows >= 0)
        vectors = self._snapshot.model.vectors.of_rows(rows[there])
        asked = self._snapshot.model.vectors.of_terms([g.terms[0].parts[0] for g in groups])
        cosines = asked @ vectors.T
        cosines /= np.maximum(_lengths(asked)[:, None], 1e-9)
        cosines /= np.maximum(_lengths(vectors), 1e-9)
        likeness[there] = np.where(cosines > LEAST_COSINE, COSINE_WEIGHT * cosines, 0.0).T
        several: list[tuple[int, float, list[int]]] = []
        place_of = self._places(groups, tokens.terms)
        for i, group in enumerate(groups):
            strongest = max(term.weight for term in group.terms)
            for term in group.terms:
                places = [place_of[part] for part in term.parts]
                if -1 in places:
                    continue
                share = term.weight / strongest
                if len(places) == 1:
                    likeness[places[0], i] = max(likeness[places[0], i], share)
                else:
                    several.append((i, share, places))
        # Taking whole rows is several times quicker than picking columns.
        of_tokens = likeness.take(tokens.places, axis=0)
        said = np.maximum.reduceat(of_tokens, tokens.starts, axis=0).T.copy()
        held = _held([places for *_, places in several], tokens)
        for (i, share, _), sentences in zip(several, held, strict=True):
            said[i] = np.maximum(said[i], share * sentences)
        return np.minimum(said, 1.0)

    def _places(self, groups: Sequence[Group], terms: npt.NDArray[np.integer]) -> dict[str, int]:
        """Return where each part stands among *terms*, which ascend; -1 where it does not."""
        parts = list({part for group in groups for term in group.terms for part in term.parts})
        ids = [self._terms.id(part) for part in parts]
        wanted = np.array([-1 if term_id is None else term_id for term_id in ids], terms.dtype)
        places = np.minimum(np.searchsorted(terms, wanted), len(terms) - 1)
        found = np.where(terms[places] == wanted, places, -1)
        return dict(zip(parts, found.tolist(), strict=True))


def _lengths(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths: npt.NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _held(several: Sequence[Sequence[int]], tokens: _Tokens) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield for each list of places in the terms, bool[n_sentences], which hold all of them."""
    wanted = np.unique(np.array([place for places in several for place in places], np.int64))
    row_of = np.full(len(tokens.terms), -1)
    row_of[wanted] = np.arange(len(wanted))
    rows = row_of[tokens.places]
    found = np.flatnonzero(rows >= 0)
    held = np.zeros((len(wanted), len(tokens.starts)), np.bool_)
    held[rows[found], tokens.sentences[found]] = True
    for places in several:
        yield held[row_of[places]].all(axis=0)
