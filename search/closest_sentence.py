"""
How much of a question does the closest sentence of a passage say?

BM25 adds up what stands anywhere in a passage. Here the parts of the question must
stand together in one sentence; see `search.word_likeness`.

Useful for: the order of the best passages, a few dozen. Not useful for: finding them.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.snapshot import Snapshot
from search.plan import Plan
from search.sentence_tokens import tokens_of
from search.word_likeness import word_groups, word_likeness

Floats = npt.NDArray[np.float64]


class ClosestSentence:
    """Scores passages of one build; safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

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
        groups = word_groups(plan)
        found = self._snapshot.store.sentence_terms(rows)
        if not found or not groups:
            return scores
        said = word_likeness(self._snapshot, groups, tokens_of([ids for _, ids in found]))
        if said.weights.any():
            shares = said.weights @ said.soft / said.weights.sum()
            np.maximum.at(scores, np.array([place for place, _ in found]), shares)
        return scores
