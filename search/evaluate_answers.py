"""
Questions of which the answer is known -> how good the answers and abstentions are.

`search.gold` reads what is known, `search.answer_measures` judges one answer; this puts
the figures of a run together, with 95 % bootstrap intervals as `search.evaluate` has them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from search.answer_measures import answer_scores, auroc, evidence_hits
from search.answer_records import AskResult
from search.evaluate import N_RESAMPLES, SEED, Judged, intervals, means
from search.gold import (
    Language,
    Quote,
    Spans,
    find_quotes,
    read_answers,
    read_evidence,
    read_unanswerable,
)
from search.planner import language_of
from search.records import MAX_QUERY_CHARS

EVIDENCE_HIT = ("evidence_hit@1", "evidence_hit@3")
ANSWER_SCORES = ("answer_in_sentence", "span_exact", "span_f1")
QUOTE_EXACTNESS = "quote_exactness"
ABSTENTION_AUROC = "abstention_auroc"
ANSWERABLE_REFUSED = "answerable_refused"
UNANSWERABLE_CAUGHT = "unanswerable_caught"
MEASURES = (
    *EVIDENCE_HIT,
    *ANSWER_SCORES,
    QUOTE_EXACTNESS,
    ABSTENTION_AUROC,
    ANSWERABLE_REFUSED,
    UNANSWERABLE_CAUGHT,
)

Ask: TypeAlias = Callable[[str], AskResult]
TextOf: TypeAlias = Callable[[str], str | None]
"""Stored text by document id; None where there is no such article."""


class Known(NamedTuple):
    """
    What is known of questions beside the judgements of articles.

    Args:
        quotes: Sentences that answer alone, by query id.
        answers: Short answers, by query id.
        unanswerable: Questions that no article answers, by id.
        language: In which those were asked; None where there are none.
    """

    quotes: Mapping[str, list[Quote]]
    answers: Mapping[str, list[str]]
    unanswerable: Mapping[str, str]
    language: Language | None

    @property
    def has_any(self) -> bool:
        """Tell whether anything is known."""
        return bool(self.quotes or self.answers or self.unanswerable)


def read_known(
    judged: Judged,
    queries: Path,
    *,
    evidence: Path | None = None,
    unanswerable: Path | None = None,
    language: Language | None = None,
) -> Known:
    """
    Read what is known of judged queries.

    Args:
        judged: The queries.
        queries: Their file, which may hold short answers.
        evidence: Sentences that answer; None for none.
        unanswerable: Questions that no article answers; None for none.
        language: Of the latter; None for that of most queries.

    Raises:
        InputError: A file is missing or malformed.
    """
    asked_in = language or most_used_language(judged.queries.values())
    return Known(
        {} if evidence is None else read_evidence(evidence, judged.queries.keys()),
        read_answers(queries, judged.queries.keys()),
        {} if unanswerable is None else read_unanswerable(unanswerable, asked_in),
        None if unanswerable is None else asked_in,
    )


def most_used_language(texts: Iterable[str]) -> Language:
    """Return the language of most texts; Korean where there are as many of both."""
    counts = Counter(language_of(text) for text in texts)
    return Language.EN if counts[Language.EN] > counts[Language.KO] else Language.KO


def report_answers(
    ask: Ask,
    judged: Judged,
    known: Known,
    text_of: TextOf,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """
    Ask every question and measure what it gets.

    Args:
        ask: What is measured; a question longer than it takes is cut.
        judged: Questions that articles answer, and which articles.
        known: What else is known; questions it says nothing of are left out of a measure.
        text_of: For finding quotes and comparing citations.
        on_progress: Called with questions done and in all.

    Returns:
        Each of `MEASURES`, ``intervals`` with the same names, ``counts``, and ``language``.
        A measure without anything to measure is None.
    """
    values: dict[str, list[float]] = defaultdict(list)
    confidences: dict[bool, list[float]] = {True: [], False: []}
    n_lost = 0
    questions = [*judged.queries.items(), *known.unanswerable.items()]
    for done, (name, text) in enumerate(questions, start=1):
        is_answerable = done <= len(judged.queries)
        result = ask(text[:MAX_QUERY_CHARS])
        confidences[is_answerable].append(_confidence(result))
        values[QUOTE_EXACTNESS] += _exact_quotes(result, text_of)
        refused = float(result.abstention is not None)
        if not is_answerable:
            values[UNANSWERABLE_CAUGHT].append(refused)
        else:
            values[ANSWERABLE_REFUSED].append(refused)
            if name in known.quotes:
                gold = _gold(name, judged, known, text_of)
                n_lost += not gold
                _append(values, EVIDENCE_HIT, evidence_hits(result, gold))
            if name in known.answers:
                _append(values, ANSWER_SCORES, answer_scores(result, known.answers[name]))
        on_progress(done, len(questions))
    measured = {name: np.array(found) for name, found in values.items() if found}
    figures: dict[str, float | None] = {**dict.fromkeys(MEASURES), **means(measured)}
    bounds: dict[str, list[float] | None] = dict.fromkeys(MEASURES)
    for name, array in measured.items():
        bounds |= intervals({name: array})  # each over its own number of questions
    if confidences[False]:
        area, between = auroc(
            confidences[True], confidences[False], n_resamples=N_RESAMPLES, seed=SEED
        )
        figures[ABSTENTION_AUROC] = round(area, 6)
        bounds[ABSTENTION_AUROC] = [round(bound, 6) for bound in between]
    return {
        **figures,
        "intervals": bounds,
        "counts": {
            "questions": len(judged.queries),
            "with_evidence": len(known.quotes),
            "evidence_lost": n_lost,
            "with_answers": len(known.answers),
            "unanswerable": len(known.unanswerable),
            "citations": len(values[QUOTE_EXACTNESS]),
        },
        "language": known.language,
    }


def _gold(query_id: str, judged: Judged, known: Known, text_of: TextOf) -> Spans:
    relevant = [name for name, grade in judged.qrels[query_id].items() if grade > 0]
    return find_quotes(known.quotes[query_id], relevant, text_of)


def _append(
    values: dict[str, list[float]], names: tuple[str, ...], found: tuple[float, ...]
) -> None:
    for name, value in zip(names, found, strict=True):
        values[name].append(value)


def _confidence(result: AskResult) -> float:
    outcome = result.answer or result.abstention
    if outcome is None:
        raise ValueError(f"neither answer nor abstention to {result.question!r}")
    return outcome.confidence


def _exact_quotes(result: AskResult, text_of: TextOf) -> list[float]:
    return [
        float((text_of(cited.document_id) or "")[cited.start : cited.end] == cited.quote)
        for cited in result.citations
    ]
