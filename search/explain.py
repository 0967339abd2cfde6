"""
A plan -> what is told of it: the terms, why each is there, and which of them to mark.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from index.analysis import is_bigram
from index.lexical import PostingBM25
from index.term_groups import idf_together
from index.term_table import TermTable
from search.fuse import Fusion
from search.plan import Origin, Plan

HIGHLIGHTED_SHARE = 0.4
"""A term is marked in texts where it weighs so much of the strongest for the same word."""


def term_ids(plan: Plan, terms: TermTable) -> tuple[set[int], set[int]]:
    """Return the ids of the words and of the bigrams that speak for a part of a question."""
    words: set[int] = set()
    bigrams: set[int] = set()
    for group in plan.groups:
        strongest = max(term.weight for term in group.terms)
        for term in group.terms:
            if term.weight < HIGHLIGHTED_SHARE * strongest:
                continue
            for part in term.parts:
                term_id = terms.id(part)
                if term_id is not None:
                    (bigrams if is_bigram(part) else words).add(term_id)
    return words, bigrams


def explain_plan(
    plan: Plan, postings: PostingBM25, fusion: Fusion, weights: Mapping[str, float]
) -> dict[str, Any]:
    """
    Tell how a question was understood, in JSON values.

    Args:
        plan: Of the question.
        postings: Give the idf that a term's weight is multiplied with.
        fusion: How the legs are put together.
        weights: Of the legs.
    """
    return {
        "language": plan.language,
        "asked": plan.asked.value,
        "terms": [
            {
                "term": written(term.parts),
                "weight": round(term.weight * idf, 6),
                "origin": term.origin.value,
                "from": group.source,
            }
            for group in plan.groups
            for term in group.terms
            if (idf := idf_together(postings, term.alternative)) > 0 or term.origin is Origin.QUERY
        ],
        "fusion": {"method": fusion.value, "kind": plan.kind.value, "weights": dict(weights)},
    }


def written(parts: Sequence[str]) -> str:
    """Return terms that stand together as they are read: bigrams that overlap as one word."""
    text = parts[0]
    for before, part in itertools.pairwise(parts):
        overlaps = is_bigram(before) and is_bigram(part) and before[1] == part[0]
        text += part[1] if overlaps else f" {part}"
    return text
