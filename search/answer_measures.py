"""
Measures of one question's answer, and of confidences; pure functions.

The short answer is measured as KorQuAD 1.0 does (Lim, Kim and Lee, 2019,
arXiv:1909.07005; its evaluate-v1.0.py): over characters, without quotation marks and
punctuation. English articles stay there, unlike in SQuAD.
"""

import string
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.records import Span
from search.answer_records import Answer, AskResult, Citation, RankedSentence
from search.gold import comparable

_MARKS = str.maketrans(dict.fromkeys("'\"《》<>〈〉()‘’", " "))
_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation))


def evidence_hits(result: AskResult, gold: Mapping[str, Sequence[Span]]) -> tuple[float, float]:
    """
    Tell whether a question's evidence is the first sentence shown, and among the best three.

    Args:
        result: A refused question shows none, but still has its best three.
        gold: Spans of the sentences that answer alone, by document id.

    Returns:
        1 or 0 for each. A sentence is met where at least half of the shorter one is shared.
    """
    citation = None if result.answer is None else first_citation(result.answer, result.citations)
    shown = citation is not None and _meets(citation, gold)
    return float(shown), float(any(_meets(sentence, gold) for sentence in result.sentences[:3]))


def first_citation(answer: Answer, citations: Sequence[Citation]) -> Citation:
    """Return the best citation of the first sentence shown."""
    number = answer.sentences[0].citations[0]
    return next(citation for citation in citations if citation.n == number)


def answer_scores(result: AskResult, answers: Sequence[str]) -> tuple[float, float, float]:
    """
    Compare what a question got with its short answers; an abstention gets nothing.

    Returns:
        1 or 0 for an answer in the first sentence shown; 1 or 0 for a span that is equal
        to one; the best character F1 of the span.
    """
    if result.answer is None:
        return 0.0, 0.0, 0.0
    shown = comparable(result.answer.sentences[0].text).text
    held = float(any(comparable(answer).text in shown for answer in answers))
    if result.answer.span is None:
        return held, 0.0, 0.0
    found = result.answer.span.text
    return (
        held,
        max(float(normalized_answer(found) == normalized_answer(answer)) for answer in answers),
        max(character_f1(found, answer) for answer in answers),
    )


def normalized_answer(text: str) -> str:
    """Return a short answer as KorQuAD 1.0 compares it."""
    return " ".join(text.translate(_MARKS).lower().translate(_PUNCTUATION).split())


def character_f1(found: str, wanted: str) -> float:
    """Return the F1 of two multisets of characters, normalised, without blanks."""
    mine, theirs = (Counter(normalized_answer(text).replace(" ", "")) for text in (found, wanted))
    shared = (mine & theirs).total()
    return 2 * shared / (mine.total() + theirs.total()) if shared else 0.0


def auroc(
    answerable: Sequence[float], unanswerable: Sequence[float], *, n_resamples: int, seed: int
) -> tuple[float, list[float]]:
    """
    Return the probability that an answerable question has the higher confidence.

    ``sum over pairs of 1 (higher) or 1/2 (equal) / pairs``, the area under the ROC curve
    (Hanley and McNeil, 1982, doi:10.1148/radiology.143.1.7063747).

    Args:
        answerable: Confidences, at least one.
        unanswerable: Confidences, at least one.
        n_resamples: Of the bootstrap, both groups on their own.
        seed: Of its random numbers.

    Returns:
        The area in [0, 1], and its 95 % interval.
    """
    higher, lower = np.asarray(answerable)[:, None], np.asarray(unanswerable)[None, :]
    wins = (higher > lower) + 0.5 * (higher == lower)
    random = np.random.default_rng(seed)
    first, second = (_bootstrap_weights(random, n, n_resamples) for n in wins.shape)
    areas = ((first @ wins) * second).sum(axis=1)
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(wins.mean()), [float(low), float(high)]


def _bootstrap_weights(
    random: np.random.Generator, n: int, n_resamples: int
) -> npt.NDArray[np.float64]:
    return random.multinomial(n, np.full(n, 1 / n), n_resamples) / n


def _meets(sentence: Citation | RankedSentence, gold: Mapping[str, Sequence[Span]]) -> bool:
    for span in gold.get(sentence.document_id, ()):
        n_shared = min(sentence.end, span.end) - max(sentence.start, span.start)
        n_shorter = min(sentence.end - sentence.start, span.end - span.start)
        if n_shared > 0 and 2 * n_shared >= n_shorter:
            return True
    return False
