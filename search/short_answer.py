"""
Question and sentence -> the words of the sentence that are the short answer, if any.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.snapshot import Snapshot
from search.answer_candidates import CandidateSentence
from search.answer_model import SpanPart
from search.answer_spans import SpanCandidates, span_candidates
from search.plan import Plan

Floats = npt.NDArray[np.float32]

VECTOR_SCALE = 4.0
"""Projected unit vectors are small beside standardised features."""


class ShortAnswer(NamedTuple):
    """``[start, end)`` of the article's text, what stands there, and how sure that is."""

    start: int
    end: int
    text: str
    chance: float


def best_span(
    snapshot: Snapshot,
    part: SpanPart,
    plan: Plan,
    question_vector: Floats,
    sentence: CandidateSentence,
) -> ShortAnswer | None:
    """Return the likeliest span; the first and shortest of equals. None where there is none."""
    found = span_candidates(snapshot, part.tagger, plan, question_vector, sentence)
    if found is None:
        return None
    scores = part.network(network_input(found, part))
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = int(np.argmax(scores))
    start, end = found.spans[best].tolist()
    return ShortAnswer(start, end, sentence.article.document.text[start:end], float(chances[best]))


def network_input(found: SpanCandidates, part: SpanPart) -> Floats:
    """Return float32[n, d]: scaled features, projected vectors, and their products."""
    projections = part.projections
    inside = VECTOR_SCALE * (found.inside @ projections.inside.T)
    focus = np.broadcast_to(found.focus @ projections.focus.T, inside.shape)
    return np.concatenate(
        [
            part.scaling.apply(found.values),
            inside,
            VECTOR_SCALE * focus,
            inside * focus,
            VECTOR_SCALE * (found.before @ projections.before.T),
            VECTOR_SCALE * (found.behind @ projections.behind.T),
        ],
        axis=1,
    ).astype(np.float32)
