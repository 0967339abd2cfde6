"""
The whole training of answering: sets -> questions -> cues, ranker, spans and abstention.

What one part learns from another is always made by networks that had not seen the
question: all is trained in `N_FOLDS` parts first, and then once on everything.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.build import BuildOptions, build_index
from index.encoder import EncoderOptions
from index.snapshot import Snapshot, open_snapshot
from search.abstention import Judged, evidence_features
from search.answer_measures import auroc
from search.answer_model import SpanPart
from search.answer_spans import Projections
from search.engine import SearchEngine
from search.entities import EntityTagger
from search.network import Network, Scaling
from search.sentence_ranker import with_cues
from search.short_answer import best_span
from search.text_cues import TextCues
from search.training.abstaining import Abstaining, EvidenceSet, train_abstaining
from search.training.cues import train_cues
from search.training.entities import train_entities
from search.training.gathering import Gathered, folds, gather
from search.training.questions import Archive, Question, read_korquad, read_news, write_corpus
from search.training.ranker import (
    RankerNetwork,
    Scaled,
    ranker_scores,
    ranker_tensors,
    train_ranker,
)
from search.training.spans import (
    SpanExample,
    TrainedSpans,
    exact_share,
    span_examples,
    span_tensors,
    train_spans,
)

Floats = npt.NDArray[np.float32]
Log = Callable[[dict[str, Any]], None]

N_FOLDS = 3
N_RANKERS = 3
NEAR_MISS_WEIGHT = 1.0
KORQUAD_TAKEN_OUT = 3
"""Every third of its questions is asked again without its paragraphs."""


class Part(NamedTuple):
    """An archive's questions over its own build."""

    engine: SearchEngine
    asked: list[Gathered]
    without: list[Gathered]
    unanswerable: list[Gathered]


class Trained(NamedTuple):
    """Cues, rankers and spans that were trained on the same questions."""

    cues: npt.NDArray[np.float32]
    scaled: Scaled
    rankers: list[RankerNetwork]
    spans: TrainedSpans


def train_answers(data: Path, *, seed: int, log: Log) -> tuple[dict[str, Any], dict[str, str]]:
    """
    Train everything.

    Args:
        data: The folder of the training sets.
        seed: Of all random choices.
        log: Is given a record of figures now and then.

    Returns:
        Tensors and metadata of the model file.
    """
    with tempfile.TemporaryDirectory() as folder:
        news = _part(read_news(data), Path(folder) / "news", log)
        korquad = _part(read_korquad(data / "korquad-dev"), Path(folder) / "korquad", log)
        table = news.engine.snapshot.model.vectors
        entities = train_entities(data, table, seed=seed, log=log)
        tagger = EntityTagger(entities)
        parts = (news, korquad)
        examples = [
            example
            for part in parts
            for example in span_examples(part.engine.snapshot, tagger, part.asked, _steps(log))
        ]
        asked = [*news.asked, *korquad.asked]
        fold_of = folds(asked, N_FOLDS)
        group_fold = {each.question.group: fold for each, fold in zip(asked, fold_of, strict=True)}
        evidence, ranked = [], []
        for fold in range(N_FOLDS):
            kept = [each for each, other in zip(asked, fold_of, strict=True) if other != fold]
            spans = [each for each in examples if group_fold[each.group] != fold]
            trained = _train(kept, spans, seed=seed, n_rankers=1)
            held_out = [each for each in examples if group_fold[each.group] == fold]
            log(_exact(trained.spans, held_out, fold))
            for part in parts:
                evidence.append(_evidence(part, trained, tagger, group_fold, fold))
                ranked += _hits(part, trained, group_fold, fold)
        log({"held_out_hits": _means(ranked)})
        abstaining = train_abstaining(_joined(evidence), seed=seed)
        log(_judged(abstaining, _joined(evidence)))
        final = _train(asked, examples, seed=seed, n_rankers=N_RANKERS)
        tensors = {
            "text_cues": final.cues.astype(np.float16),
            **ranker_tensors(final.rankers, final.scaled),
            **entities,
            **span_tensors(final.spans),
            **abstaining.tensors,
        }
        metadata = {
            "abstention_threshold": repr(round(abstaining.threshold, 6)),
            "seed": str(seed),
            "license": "CC-BY-SA-4.0",
        }
        return tensors, metadata


def _part(archive: Archive, folder: Path, log: Log) -> Part:
    folder.mkdir(parents=True)
    corpus = folder / "corpus.jsonl"
    write_corpus(archive, corpus)
    build_index([corpus], folder / "index", BuildOptions(encoder=EncoderOptions()))
    engine = SearchEngine(open_snapshot(folder / "index"))
    log({"articles": len(archive.documents), "questions": len(archive.questions)})
    steps = _steps(log)
    taken_out = archive.questions
    if not archive.unanswerable:
        taken_out = taken_out[::KORQUAD_TAKEN_OUT]
    unanswerable = [
        Question(each.id, each.text, (), (), (), (), each.group, NEAR_MISS_WEIGHT)
        for each in archive.unanswerable
    ]
    return Part(
        engine,
        gather(engine, archive.questions, steps),
        gather(engine, taken_out, steps, without=True),
        gather(engine, unanswerable, steps),
    )


def _train(
    asked: Sequence[Gathered], examples: Sequence[SpanExample], *, seed: int, n_rankers: int
) -> Trained:
    """Train cues, ranker and spans; the ranker reads cues that had not seen its questions."""
    number = folds(asked, N_FOLDS)
    newspapers = [each.question.weight == 1 for each in asked]
    own: list[Floats] = [each.own for each in asked]
    for fold in range(N_FOLDS):
        learned = [
            each
            for each, other, news in zip(asked, number, newspapers, strict=True)
            if news and other != fold
        ]
        cues = TextCues(train_cues(learned, seed=seed))
        for i, each in enumerate(asked):
            if number[i] == fold:
                own[i] = _with_cues(each, cues)
    scaled = Scaled(asked, own)
    rankers = [train_ranker(asked, own, scaled, seed=seed + n) for n in range(n_rankers)]
    every = [each for each, news in zip(asked, newspapers, strict=True) if news]
    return Trained(train_cues(every, seed=seed), scaled, rankers, train_spans(examples, seed=seed))


def _with_cues(each: Gathered, cues: TextCues) -> Floats:
    texts = [sentence.text for sentence in each.described.sentences]
    return with_cues(each.own, cues.scores(texts, each.found.plan.asked), each.articles)


def _scores(trained: Trained, gathered: Sequence[Gathered]) -> list[Floats]:
    cues = TextCues(trained.cues)
    own = [_with_cues(each, cues) for each in gathered]
    scores = [ranker_scores(each, gathered, own, trained.scaled) for each in trained.rankers]
    return [np.mean(each, axis=0) for each in zip(*scores, strict=True)]


def _hits(
    part: Part, trained: Trained, group_fold: dict[str, int], fold: int
) -> list[tuple[str, float, float]]:
    held_out = [each for each in part.asked if group_fold[each.question.group] == fold]
    found = []
    for each, scores in zip(held_out, _scores(trained, held_out), strict=True):
        grades = each.grades[np.argsort(-scores, kind="stable")]
        kind = f"{each.found.plan.language} {each.question.weight}"
        found.append((kind, float(grades[0] >= 1), float((grades[:3] >= 1).any())))
    return found


def _means(hits: Sequence[tuple[str, float, float]]) -> dict[str, list[float]]:
    kinds = sorted({kind for kind, _, _ in hits})
    found = {}
    for kind in kinds:
        values = np.array([hit[1:] for hit in hits if hit[0] == kind])
        found[kind] = [len(values), *values.mean(axis=0).round(4).tolist()]
    return found


def _evidence(
    part: Part, trained: Trained, tagger: EntityTagger, group_fold: dict[str, int], fold: int
) -> EvidenceSet:
    span_part = _span_part(tagger, trained.spans)
    values: list[Floats] = []
    answers, weights, groups = [], [], []
    for answered, gathered in (
        (True, part.asked),
        (False, part.without),
        (False, part.unanswerable),
    ):
        held_out = [each for each in gathered if group_fold.get(each.question.group, 0) == fold]
        for each, scores in zip(held_out, _scores(trained, held_out), strict=True):
            values.append(_evidence_of(part.engine.snapshot, span_part, each, scores))
            answers.append(answered)
            weights.append(each.question.weight)
            groups.append(each.question.group)
    return EvidenceSet(
        np.array(values, np.float32), np.array(answers), np.array(weights, np.float32), groups
    )


def _evidence_of(snapshot: Snapshot, span_part: SpanPart, each: Gathered, scores: Floats) -> Floats:
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = each.described.sentences[int(np.argmax(scores))]
    span = best_span(snapshot, span_part, each.found.plan, each.described.asked, best)
    judged = Judged(
        each.described.sentences,
        scores,
        chances,
        each.described.said,
        each.described.values,
        span.chance if span else 0.0,
    )
    found = each.found
    return evidence_features(snapshot, found.plan, found.lexical, found.dense, found.ranked, judged)


def _span_part(tagger: EntityTagger, spans: TrainedSpans) -> SpanPart:
    tensors = span_tensors(spans)
    return SpanPart(
        tagger,
        Scaling(tensors["span.mean"], tensors["span.deviation"]),
        Projections(*(tensors[f"span.{name}"] for name in Projections._fields)),
        Network(tensors, "span"),
    )


def _joined(sets: Sequence[EvidenceSet]) -> EvidenceSet:
    return EvidenceSet(
        np.concatenate([each.values for each in sets if len(each.groups)]),
        np.concatenate([each.answers for each in sets if len(each.groups)]),
        np.concatenate([each.weights for each in sets if len(each.groups)]),
        [group for each in sets for group in each.groups],
    )


def _judged(abstaining: Abstaining, evidence: EvidenceSet) -> dict[str, Any]:
    logits, answers = abstaining.logits, evidence.answers
    area, _ = auroc(logits[answers].tolist(), logits[~answers].tolist(), n_resamples=2, seed=0)
    caught = 1 / (1 + np.exp(-logits[~answers])) < abstaining.threshold
    return {
        "held_out_auroc": round(area, 4),
        "threshold": round(abstaining.threshold, 4),
        "held_out_caught": round(float(caught.mean()), 4),
        "evidence": [int(answers.sum()), int((~answers).sum())],
    }


def _exact(spans: TrainedSpans, held_out: Sequence[SpanExample], fold: int) -> dict[str, Any]:
    korquad = [example for example in held_out if example.weight == 1]
    news = [example for example in held_out if example.weight < 1]
    return {
        "fold": fold,
        "held_out_spans": {
            "korquad": exact_share(spans, korquad),
            "news": exact_share(spans, news),
        },
    }


def _steps(log: Log) -> Callable[[str, int, int], None]:
    return lambda stage, done, total: log({"stage": stage, "done": done, "of": total})
