"""
Questions -> what the pipeline makes of them before anything trained reads it.

Retrieval and features are those of the running program, over a build of the articles.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Span
from search.engine import Found, SearchEngine
from search.gold import Spans, find_quotes
from search.judge import Described, describe
from search.sentence_features import NAMES
from search.sentence_ranker import word_values
from search.training.questions import Question

Floats = npt.NDArray[np.float32]

N_ARTICLES = 5
"""More than the running program looks at: wrong sentences are what is learned from."""

PARTLY = 0.5
"""What a sentence that answers in part counts, beside 1."""


class Gathered(NamedTuple):
    """
    A question's candidates.

    ``own`` float32[n, len(NAMES)], ``words`` float16[n_groups, n, w], ``grades`` float32[n]
    in {0, `PARTLY`, 1}; ``articles`` int[n].
    """

    question: Question
    found: Found
    described: Described
    own: Floats
    words: npt.NDArray[np.float16]
    articles: npt.NDArray[np.int64]
    grades: Floats


def gather(
    engine: SearchEngine,
    questions: Sequence[Question],
    log: Callable[[str, int, int], None],
    *,
    without: bool = False,
) -> list[Gathered]:
    """
    Ask every question.

    Args:
        engine: Over a build of the questions' articles.
        questions: Of one archive.
        log: Is told what is done, how many of them, and of how many.
        without: Take out the articles of the question's group first.

    Returns:
        Those that found anything, in order; without articles, all grades are 0.
    """
    snapshot = engine.snapshot
    row_of = {name: row for row, name in enumerate(snapshot.store.document_ids())}
    in_group: dict[str, set[str]] = {}
    for question in questions:
        in_group.setdefault(question.group, set()).update(question.documents)
    gathered = []
    for number, question in enumerate(questions):
        mask = None
        if without:
            rows = [row_of[name] for name in sorted(in_group[question.group]) if name in row_of]
            mask = ~np.isin(snapshot.columns.document_of, rows)
        found = engine.find_among(question.text, mask)
        described = describe(snapshot, found, N_ARTICLES)
        if described is not None:
            grades = _grades(engine, question, described) if not without else None
            gathered.append(_gathered(question, found, described, grades))
        if number % 200 == 0:
            log("without" if without else "asked", number, len(questions))
    return gathered


def _gathered(
    question: Question, found: Found, described: Described, grades: Floats | None
) -> Gathered:
    articles = np.array([sentence.article.row for sentence in described.sentences])
    own = np.stack([described.values[name] for name in NAMES], axis=1)
    words = word_values(found.plan, described.said, articles).astype(np.float16)
    if grades is None:
        grades = np.zeros(len(own), np.float32)
    return Gathered(question, found, described, own, words, articles, grades)


def _grades(engine: SearchEngine, question: Question, described: Described) -> Floats:
    def text_of(name: str) -> str | None:
        return engine.snapshot.store.document(name).text

    alone = find_quotes(question.quotes, (), text_of)
    partly = find_quotes(question.partial, (), text_of)
    return np.array(
        [
            max(_meets(sentence, alone), PARTLY * _meets(sentence, partly))
            for sentence in (
                (each.article.document.id, Span(each.stored.start, each.stored.end))
                for each in described.sentences
            )
        ],
        np.float32,
    )


def _meets(sentence: tuple[str, Span], gold: Spans) -> float:
    """Return 1 where half of the shorter of a sentence and a quote lies in the other."""
    name, span = sentence
    for quote in gold.get(name, ()):
        common = min(span.end, quote.end) - max(span.start, quote.start)
        if 2 * common >= min(span.end - span.start, quote.end - quote.start):
            return 1.0
    return 0.0


def folds(gathered: Iterable[Gathered], n: int) -> list[int]:
    """Return a fold in ``[0, n)`` for each question, the same for all of its group."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(each.question.group, len(numbers)) % n for each in gathered]
