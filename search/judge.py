"""
What was found -> its sentences ranked, their short answers, and whether they answer.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.snapshot import Snapshot
from search.abstention import Judged, evidence_features
from search.answer_candidates import N_ARTICLES, CandidateSentence, candidate_sentences
from search.answer_model import AnswerModel
from search.engine import Found
from search.plan import Plan
from search.question_words import Asked
from search.sentence_features import (
    NAMES,
    Said,
    bigram_share,
    features,
    question_vector,
    sentence_vectors,
    what_is_said,
)
from search.sentence_ranker import RankerInput, with_cues, word_values
from search.sentence_tokens import tokens_of
from search.short_answer import ShortAnswer, best_span
from search.text_cues import TextCues

Floats = npt.NDArray[np.float32]

N_NEAR = 6
N_OTHERS = 2
"""Sentences of other articles whose numbers may differ from those of the best one."""


class Described(NamedTuple):
    """Candidates and all that is computed of them before anything trained reads it."""

    sentences: list[CandidateSentence]
    said: Said
    asked: Floats
    vectors: Floats
    values: dict[str, Floats]


class Judgement(NamedTuple):
    """
    Candidates, judged; arrays by candidate.

    Args:
        plan: Of the question.
        sentences: Of the best articles.
        scores: Of the ranker, higher is better.
        chances: Of each to be the best; they add up to 1.
        order: Places, best first; equal scores in reading order of the ranked articles.
        vectors: Unit rows.
        short: Short answers by place, of the best sentences.
        confidence: Probability that the archive answers.
    """

    plan: Plan
    sentences: list[CandidateSentence]
    scores: Floats
    chances: Floats
    order: list[int]
    vectors: Floats
    short: dict[int, ShortAnswer]
    confidence: float


def describe(snapshot: Snapshot, found: Found, n_articles: int = N_ARTICLES) -> Described | None:
    """Collect the candidates of a question and compute their features; None without any."""
    plan = found.plan
    sentences = candidate_sentences(snapshot, found.ranked, n_articles)
    if not sentences:
        return None
    tokens = tokens_of([each.stored.tokens[0] for each in sentences])
    said = what_is_said(snapshot, plan, sentences, tokens)
    asked = question_vector(snapshot, plan)
    vectors = sentence_vectors(snapshot, tokens)
    shares = bigram_share(snapshot, plan, tokens)
    values = features(plan, sentences, said, asked, vectors, shares)
    return Described(sentences, said, asked, vectors, values)


def ranker_input(cues: TextCues, plan: Plan, described: Described) -> RankerInput:
    """Return what the ranker reads of the candidates."""
    articles = np.array([sentence.article.row for sentence in described.sentences])
    own = np.stack([described.values[name] for name in NAMES], axis=1)
    texts = [sentence.text for sentence in described.sentences]
    own = with_cues(own, cues.scores(texts, plan.asked), articles)
    return RankerInput(own, word_values(plan, described.said, articles))


def judge(snapshot: Snapshot, model: AnswerModel, found: Found) -> Judgement | None:
    """Rank the sentences of what was found; None where there is no sentence."""
    described = describe(snapshot, found)
    if described is None:
        return None
    plan = found.plan
    scores = model.ranker(ranker_input(model.ranker.cues, plan, described))
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-scores, kind="stable").tolist()
    short = {}
    for place in _places_of_values(plan, described.sentences, order):
        sentence = described.sentences[place]
        span = best_span(snapshot, model.spans, plan, described.asked, sentence)
        if span is not None:
            short[place] = span
    judged = Judged(
        described.sentences,
        scores,
        chances,
        described.said,
        described.values,
        short[order[0]].chance if order[0] in short else 0.0,
    )
    evidence = evidence_features(snapshot, plan, found.lexical, found.dense, found.ranked, judged)
    part = model.abstention
    logit = float(part.network(part.scaling.apply(evidence[None]))[0])
    confidence = 1 / (1 + float(np.exp(-logit)))
    return Judgement(
        plan,
        described.sentences,
        scores,
        chances,
        order,
        described.vectors,
        short,
        confidence,
    )


def _places_of_values(
    plan: Plan, sentences: list[CandidateSentence], order: list[int]
) -> list[int]:
    """Return the best place, and of other articles those that could give another number."""
    if plan.asked not in (Asked.HOW_MANY, Asked.WHEN):
        return order[:1]
    own = sentences[order[0]].article.row
    others = [place for place in order[1:N_NEAR] if sentences[place].article.row != own]
    return [order[0], *others[:N_OTHERS]]
