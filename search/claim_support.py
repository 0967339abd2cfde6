"""
How much of a sentence do cited sentences say? For what a language model worded.

The claim is planned as a question is, so that English claims meet Korean sentences by
names, translations and the shared vectors.
"""

from collections.abc import Callable, Sequence

import numpy as np

from index.snapshot import Snapshot
from search.answer_candidates import CandidateSentence
from search.llm_answer import MAX_CITED_CHARS
from search.plan import Plan
from search.sentence_features import Said, what_is_said
from search.sentence_tokens import tokens_of

HELD = 0.5
"""Least likeness at which a name counts as one of the sentences'."""


class ClaimSupport:
    """
    Compares claims with sentences of one build.

    Args:
        snapshot: The build.
        plan: Plans a text as a question.
        sentences: All that may be cited, found again by their texts.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        plan: Callable[[str], Plan],
        sentences: Sequence[CandidateSentence],
    ) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._by_text = {sentence.text[:MAX_CITED_CHARS]: sentence for sentence in sentences}

    def support(self, claim: str, sentences: Sequence[str]) -> float:
        """Return in [0, 1] the share of the claim's words, by idf, that the sentences say."""
        plan, cited = self._of(claim, sentences)
        if not cited:
            return 0.0
        said = what_is_said(
            self._snapshot, plan, cited, tokens_of([each.stored.tokens[0] for each in cited])
        )
        total = float(said.weights.sum())
        return float(said.weights @ said.soft.max(axis=1)) / total if total else 0.0

    def same_name(self, name: str, sentences: Sequence[str]) -> bool:
        """Tell whether the sentences hold a name, as written, by sound or translated."""
        plan, cited = self._of(name, sentences)
        if not cited:
            return False
        said = what_is_said(
            self._snapshot, plan, cited, tokens_of([each.stored.tokens[0] for each in cited])
        )
        held = said.hard.max(axis=1, initial=0.0)
        return bool(len(held)) and bool(np.all(held >= HELD))

    def _said(self, plan: Plan, cited: Sequence[CandidateSentence]) -> Said:
        tokens = tokens_of([sentence.stored.tokens[0] for sentence in cited])
        return what_is_said(self._snapshot, plan, cited, tokens)

    def _of(self, text: str, sentences: Sequence[str]) -> tuple[Plan, list[CandidateSentence]]:
        found = (self._by_text.get(sentence[:MAX_CITED_CHARS]) for sentence in sentences)
        return self._plan(text), [sentence for sentence in found if sentence is not None]
