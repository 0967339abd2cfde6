"""
Does the archive answer a question at all? Evidence -> features of a probability.

Useful for: whether to answer. Not useful for: with which sentence.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import surface_terms
from index.snapshot import Snapshot
from index.term_groups import Alternative, idf_together
from search.answer_candidates import CandidateSentence
from search.entities import TYPES, EntityTagger, Word, entity_input
from search.plan import Group, Plan
from search.question_words import Asked
from search.ranking import Ranked
from search.retrieve import Evidence
from search.sentence_features import Said
from search.word_likeness import word_groups

Floats = npt.NDArray[np.float32]

NAMES = (
    *("score", "chance", "margin", "margin_article", "entropy"),
    *("said", "said_hard", "untold", "article_said", "article_hard", "top3_said"),
    *("rarest", "second_rarest", "rarest_sentence", "least", "unknown", "unknown_share"),
    *(
        "names",
        "names_least",
        "names_sentence",
        "numbers",
        "numbers_sentence",
        "has_names",
        "has_numbers",
    ),
    *(
        "lexical",
        "lexical_share",
        "cosine",
        "best_cosine",
        "legs_agree",
        "lexical_gap",
        "fused_gap",
    ),
    *("article_rank", "title_said", "n_groups", "english", "asked_unit", "has_unit", "span"),
    *("other_articles", "near_said", "bigrams"),
    *(f"asks_{asked.name.lower()}" for asked in Asked),
)


_NAMES = tuple(TYPES.index(name) for name in ("person", "place", "group"))
LEAST_NAME = 0.4
"""Least probability that a word of the question is part of a name."""

NAME_MISSING = 0.1
"""What is left of the probability where a question names what no article holds."""


class Judged(NamedTuple):
    """What is known of the candidates when the question is judged; arrays by candidate."""

    sentences: Sequence[CandidateSentence]
    scores: Floats
    chances: Floats
    said: Said
    values: dict[str, Floats]
    span_chance: float


def names_of(plan: Plan) -> list[int]:
    """Return the places among `word_groups` of words that are likely names: Latin, or rare."""
    groups = word_groups(plan)
    return [i for i, group in enumerate(groups) if _is_name(plan, group)]


def _is_name(plan: Plan, group: Group) -> bool:
    if re.match("[A-Z]", group.source):
        return not plan.text.startswith(group.source)
    origins = {term.origin.value for term in group.terms}
    return bool({"transliteration", "alias"} & origins)


def evidence_features(
    snapshot: Snapshot,
    plan: Plan,
    lexical: Evidence,
    dense: Evidence,
    ranked: Ranked,
    judged: Judged,
) -> Floats:
    """Return float32[len(NAMES)] for a question with at least one candidate."""
    sentences, scores, chances, said = judged[:4]
    values = judged.values
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    articles = np.array([sentence.article.row for sentence in sentences])
    here = articles == articles[best]
    elsewhere = chances[~here].max(initial=0.0)
    w = said.weights
    total = max(float(w.sum()), 1e-6)
    in_article = np.maximum(said.soft[:, here].max(axis=1), said.in_title[:, best]) if len(w) else w
    hard_article = (
        np.maximum(said.hard[:, here].max(axis=1), said.in_title[:, best]) if len(w) else w
    )
    top3 = said.soft[:, order[:3]].max(axis=1) if len(w) else w
    with_title = np.maximum(said.soft[:, best], 0.7 * said.in_title[:, best]) if len(w) else w
    rare = np.argsort(-w, kind="stable")
    groups = word_groups(plan)
    known = np.array(
        [
            max(float(snapshot.lexical.idf_of(list(term.parts)).min() > 0) for term in group.terms)
            for group in groups
        ],
        np.float32,
    )
    idf_top = np.array(
        [float(snapshot.lexical.idf_of([group.terms[0].parts[0]])[0]) for group in groups],
        np.float32,
    )
    names = names_of(plan)
    digits = [i for i, group in enumerate(groups) if re.search(r"\d", group.source)]
    columns = snapshot.columns.document_of
    top_lexical = int(columns[lexical.rows[0]]) if len(lexical.rows) else -1
    top_dense = int(columns[dense.rows[0]]) if len(dense.rows) else -2
    own = int(articles[best])
    lexical_best = float(lexical.scores[0]) if len(lexical.rows) else 0.0
    fused = {
        int(columns[row]): float(score)
        for row, score in zip(ranked.rows[::-1].tolist(), ranked.scores[::-1].tolist(), strict=True)
    }
    fused_sorted = sorted(fused.values(), reverse=True)
    lexical_sorted = np.sort(lexical.scores)[::-1] if len(lexical.rows) else np.zeros(1)
    found: dict[str, float] = {
        "score": float(scores[best]),
        "chance": float(chances[best]),
        "margin": float(scores[best] - (scores[order[1]] if len(order) > 1 else scores[best] - 3)),
        "margin_article": float(chances[best] - elsewhere),
        "entropy": float(-(chances * np.log(np.maximum(chances, 1e-9))).sum()),
        "said": float((w @ with_title) / total),
        "said_hard": float((w @ said.hard[:, best]) / total) if len(w) else 0.0,
        "untold": float(values["untold_soft"][best]),
        "article_said": float((w @ in_article) / total),
        "article_hard": float((w @ hard_article) / total),
        "top3_said": float((w @ top3) / total),
        "rarest": float(in_article[rare[0]]) if len(w) else 0.0,
        "second_rarest": float(in_article[rare[1]]) if len(w) > 1 else 1.0,
        "rarest_sentence": float(said.soft[rare[0], best]) if len(w) else 0.0,
        "least": float(in_article.min(initial=1.0)),
        "unknown": float((1 - known).sum()),
        "unknown_share": float((1 - known).mean()) if len(known) else 0.0,
        "names": float(hard_article[names].mean()) if names else 1.0,
        "names_least": float(hard_article[names].min()) if names else 1.0,
        "names_sentence": float(said.hard[names, best].mean()) if names else 1.0,
        "numbers": float(hard_article[digits].mean()) if digits else 1.0,
        "numbers_sentence": float(said.hard[digits, best].mean()) if digits else 1.0,
        "has_names": float(len(names)),
        "has_numbers": float(len(digits)),
        "lexical": lexical_best / 10,
        "lexical_share": lexical_best / (2.2 * max(float(idf_top.sum()), 1e-6)),
        "cosine": float(values["cosine"][best]),
        "best_cosine": float(dense.scores[0]) if len(dense.rows) else 0.0,
        "legs_agree": float(top_lexical == own) + float(top_dense == own),
        "lexical_gap": float(lexical_sorted[0] - lexical_sorted[min(10, len(lexical_sorted) - 1)])
        / max(lexical_best, 1e-6),
        "fused_gap": fused_sorted[0] - (fused_sorted[1] if len(fused_sorted) > 1 else 0.0),
        "article_rank": float(sentences[best].article.rank),
        "title_said": float((w @ said.in_title[:, best]) / total),
        "n_groups": float(len(w)),
        "english": float(plan.language == "en"),
        "asked_unit": float(values["asked_unit"][best]),
        "has_unit": float(values["has_unit"][best]),
        "span": judged.span_chance,
        "other_articles": float(elsewhere),
        "near_said": float(values["with_both"][best]),
        "bigrams": float(values["bigrams"][best]),
        **{f"asks_{asked.name.lower()}": float(plan.asked is asked) for asked in Asked},
    }
    return np.array([found[name] for name in NAMES], np.float32)


class Names(NamedTuple):
    """The names of a question, as asked, in its order, and those that no article holds."""

    asked: list[str]
    missing: list[str]

    def weigh(self, plan: Plan) -> float:
        """
        Return what is left of the probability that the archive answers.

        A name in Hangul that stands nowhere is not known here. One in Latin letters may
        stand in an article in a spelling that no rule finds, so all have to be missing.
        """
        missing = self.missing if plan.language == "ko" else self.missing == self.asked
        return NAME_MISSING if self.missing and missing else 1.0


def names_in(snapshot: Snapshot, tagger: EntityTagger, plan: Plan) -> Names:
    """Find the names of a question, and which of them stand in no article."""
    words = []
    for group in word_groups(plan):
        start = plan.text.find(group.source)
        if start >= 0:
            words.append((Word(group.terms[0].parts[0], start, start + len(group.source)), group))
    words.sort(key=lambda pair: pair[0].start)
    tags = tagger(entity_input(snapshot.model.vectors, plan.text, [word for word, _ in words]))
    names = {
        group.source: group
        for (word, group), types in zip(words, tags, strict=True)
        if _is_named(plan.text, word, float(types[list(_NAMES)].sum()))
    }
    missing = [source for source, group in names.items() if not _stands(snapshot, group)]
    return Names(list(names), missing)


def _is_named(text: str, word: Word, chance: float) -> bool:
    first = text[word.start]
    if first.isascii():
        return first.isupper() and word.start > 0
    return chance >= LEAST_NAME


def _stands(snapshot: Snapshot, group: Group) -> bool:
    """Tell whether a passage holds a group, by any of its terms or as it is written."""
    written = Alternative(surface_terms(group.source), 1.0)
    alternatives = [*(term.alternative for term in group.terms), written]
    return any(idf_together(snapshot.lexical, each) > 0 for each in alternatives if each.parts)
