"""
How much of a question does the closest sentence of a passage say?

BM25 adds up what stands anywhere in a passage. Here the parts of the question must
stand together in one sentence, each as itself, as an alternative of the plan, or as a
word of like meaning (late interaction, as in Khattab and Zaharia, SIGIR 2020,
arXiv:2004.12832, over words and their trained vectors).

Useful for: the order of the best passages, a few dozen. Not useful for: finding them.
"""

from collections.abc import Sequence
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
        weights = np.array([self._weight(group) for group in groups])
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
        terms, places = np.unique(np.concatenate([ids for _, ids in found]), return_inverse=True)
        lengths = np.array([len(ids) for _, ids in found])
        passages = np.array([place for place, _ in found])
        sentences = np.repeat(np.arange(len(found)), lengths)
        return _Tokens(terms, places, np.cumsum(lengths) - lengths, sentences, passages)

    def _weight(self, group: Group) -> float:
        """Return the most that an alternative weighs, by its rarest part."""
        return max(
            term.weight * float(self._snapshot.lexical.idf_of(term.parts).max())
            for term in group.terms
        )

    def _likeness(self, groups: Sequence[Group], tokens: _Tokens) -> Floats:
        """Return float64[n_groups, n_sentences] in [0, 1], how well each says each group."""
        likeness = np.zeros((len(groups), len(tokens.terms)), np.float32)
        rows = self._snapshot.vector_rows[tokens.terms]
        there = np.flatnonzero(rows >= 0)
        vectors = self._snapshot.model.vectors.of_rows(rows[there])
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        asked = self._snapshot.model.vectors.of_terms([g.terms[0].parts[0] for g in groups])
        asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-9)
        cosines = asked @ vectors.T
        likeness[:, there] = np.where(cosines > LEAST_COSINE, COSINE_WEIGHT * cosines, 0.0)
        several: list[tuple[int, float, list[int]]] = []
        for i, group in enumerate(groups):
            strongest = max(term.weight for term in group.terms)
            for term in group.terms:
                places = [self._place(part, tokens.terms) for part in term.parts]
                if -1 in places:
                    continue
                share = term.weight / strongest
                if len(places) == 1:
                    likeness[i, places[0]] = max(likeness[i, places[0]], share)
                else:
                    several.append((i, share, places))
        said = np.maximum.reduceat(likeness[:, tokens.places], tokens.starts, axis=1)
        for i, share, places in several:
            held = np.zeros((len(places), len(tokens.starts)), np.bool_)
            for part, place in enumerate(places):
                held[part, tokens.sentences[tokens.places == place]] = True
            said[i] = np.maximum(said[i], share * held.all(axis=0))
        return np.minimum(said, 1.0)

    def _place(self, term: str, terms: npt.NDArray[np.integer]) -> int:
        """Return where a term stands among *terms*, which ascend; -1 where it does not."""
        term_id = self._terms.id(term)
        if term_id is None:
            return -1
        place = int(np.searchsorted(terms, term_id))
        return place if place < len(terms) and terms[place] == term_id else -1
