"""
How well does each sentence say each word of a question?

A word is said as itself, as an alternative of the plan, or as a word of like meaning
(late interaction, as in Khattab and Zaharia, SIGIR 2020, arXiv:2004.12832, over words and
their trained vectors). Used for the order of passages and for the sentences that answer.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.encoder import unit_rows
from index.snapshot import Snapshot
from search.plan import Group, Plan
from search.sentence_tokens import SentenceTokens

LEAST_COSINE = 0.35
COSINE_WEIGHT = 0.9
"""A word of like meaning never says as much as the word itself."""

Floats = npt.NDArray[np.float32]


class WordLikeness(NamedTuple):
    """
    Words of a question against sentences.

    ``weights`` float64[n_groups] is the most that an alternative weighs, by its rarest
    part; ``soft`` float32[n_groups, n_sentences] in [0, 1] counts words of like meaning,
    ``hard`` only the terms of the plan.
    """

    weights: npt.NDArray[np.float64]
    soft: Floats
    hard: Floats


def word_groups(plan: Plan) -> list[Group]:
    """Return the groups of a plan that stand for words, not for pairs of syllables."""
    return [group for group in plan.groups if not is_bigram(group.terms[0].parts[0])]


def word_likeness(
    snapshot: Snapshot, groups: Sequence[Group], tokens: SentenceTokens
) -> WordLikeness:
    """Compare at least one group with the sentences whose terms are *tokens*."""
    rows = snapshot.vector_rows[tokens.terms]
    there = np.flatnonzero(rows >= 0)
    vectors = unit_rows(snapshot.model.vectors.of_rows(rows[there]))
    asked = unit_rows(snapshot.model.vectors.of_terms([g.terms[0].parts[0] for g in groups]))
    hard = np.zeros((len(tokens.terms), len(groups)), np.float32)
    parts = list({part for group in groups for term in group.terms for part in term.parts})
    idf_of = dict(zip(parts, snapshot.lexical.idf_of(parts).tolist(), strict=True))
    place_of = _places(snapshot, parts, tokens.terms)
    weights = np.zeros(len(groups))
    several: list[tuple[int, float, list[int]]] = []
    for i, group in enumerate(groups):
        strongest = max(term.weight for term in group.terms)
        for term in group.terms:
            weights[i] = max(weights[i], term.weight * max(idf_of[part] for part in term.parts))
            share = term.weight / strongest
            places = [place_of[part] for part in term.parts]
            if -1 in places:
                continue
            if len(places) == 1:
                hard[places[0], i] = max(hard[places[0], i], share)
            else:
                several.append((i, share, places))
    soft = hard.copy()
    cosines = vectors @ asked.T
    like = np.where(cosines > LEAST_COSINE, COSINE_WEIGHT * cosines, 0)
    soft[there] = np.maximum(soft[there], like)
    said_soft, said_hard = tokens.most(soft).T.copy(), tokens.most(hard).T.copy()
    if several:
        wanted = np.unique(np.concatenate([places for *_, places in several]))
        held = tokens.held(tokens.terms[wanted])
        for i, share, places in several:
            together = share * held[np.searchsorted(wanted, places)].all(axis=0)
            said_hard[i] = np.maximum(said_hard[i], together)
            said_soft[i] = np.maximum(said_soft[i], together)
    return WordLikeness(weights, np.minimum(said_soft, 1), np.minimum(said_hard, 1))


def _places(
    snapshot: Snapshot, parts: Iterable[str], terms: npt.NDArray[np.integer]
) -> dict[str, int]:
    """Return where each part stands among *terms*, which ascend; -1 where it does not."""
    parts = list(parts)
    ids = [snapshot.lexical.terms.id(part) for part in parts]
    wanted = np.array([-1 if term_id is None else term_id for term_id in ids], np.int64)
    if not len(terms):
        return dict.fromkeys(parts, -1)
    places = np.minimum(np.searchsorted(terms, wanted), len(terms) - 1)
    found = np.where(terms[places] == wanted, places, -1)
    return dict(zip(parts, found.tolist(), strict=True))
