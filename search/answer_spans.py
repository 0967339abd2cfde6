"""
Question x sentence -> spans of the sentence that could be the short answer, as numbers.

A span begins and ends with a word that the build has stored, so particles stay outside.
Useful for: names, dates, numbers, places, reasons of a few words. Not useful for: how.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.encoder import unit_rows
from index.records import Span
from index.snapshot import Snapshot
from search import span_surface
from search.answer_candidates import CandidateSentence
from search.entities import BEGINS, ENDS, TYPES, EntityTagger, Word, entity_input
from search.plan import Plan
from search.question_words import asks_in_korean, is_empty_in_english
from search.word_likeness import word_groups

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

MAX_WORDS = 8
MAX_CHARS = 40
FADING = 2.0**-0.25
"""What a word of the question counts for each word that it stands further off."""

MAX_TOKENS = 120
"""Of a sentence: what stands behind them cannot be a short answer."""

NAMES = (
    *span_surface.NAMES,
    *"in_question any_in_question first_in_question last_in_question idf verb".split(),
    *"front_other back_other near_before near_after near_both".split(),
    *"left_1 left_2 left_3 right_1 right_2 right_3 clause".split(),
    *"focus_cosine focus_last focus_first question_cosine focus_match".split(),
    *"focus_right focus_left".split(),
    *(f"is_{name}" for name in TYPES),
    *"purest begins ends ends_before begins_behind typed typed_before".split(),
    *"typed_behind begins_inside ends_inside".split(),
)
"""In the order in which the network was trained on them."""


class Projections(NamedTuple):
    """What vectors go through before the network: float[r, dim] each."""

    inside: Floats
    focus: Floats
    before: Floats
    behind: Floats


class SpanCandidates(NamedTuple):
    """
    Spans of one sentence.

    ``spans`` is int64[n, 2] in code points of the article's text; ``values`` float32[n,
    len(NAMES)]; ``focus`` float32[dim] what the question asks for; ``inside``, ``before``
    and ``behind`` float32[n, dim] the meaning of the span and of the words around it.
    """

    spans: npt.NDArray[np.int64]
    values: Floats
    focus: Floats
    inside: Floats
    before: Floats
    behind: Floats


def focus_terms(plan: Plan) -> list[str]:
    """
    Return the words that name what is asked for: "university" of "which university".

    The noun beside the question word, else the last noun of a Korean question.
    """
    words = list(plan.words)
    asking = [i for i, word in enumerate(words) if asks_in_korean(word) or word in _ENGLISH_ASKING]
    if plan.language == "en":
        after = [word for i in asking for word in words[i + 1 : i + 3]]
        return [word for word in after if not is_empty_in_english(word)][:2]
    nouns = [i for i, word in enumerate(words) if word.endswith(("/N", "/R")) or word.isascii()]
    nouns = [i for i in nouns if i not in asking]
    if not nouns:
        return []
    before_words = [i for i in asking if words[i].partition("/")[0] in _BEFORE_NOUN]
    if before_words:
        behind = [i for i in nouns if i > before_words[-1]]
        return [words[i] for i in behind[:1]]
    return [words[nouns[-1]]]


_ENGLISH_ASKING = frozenset("what which who whom whose where when how why".split())
_BEFORE_NOUN = frozenset("어느 무슨 어떤 몇".split())


def span_candidates(
    snapshot: Snapshot,
    tagger: EntityTagger,
    plan: Plan,
    question_vector: Floats,
    sentence: CandidateSentence,
) -> SpanCandidates | None:
    """Return the spans of a sentence, in reading order, shorter before longer; None for none."""
    text = sentence.article.document.text
    words = sentence_words(snapshot, sentence)
    span = Span(sentence.stored.start, sentence.stored.end)
    places = _places(text, words, span)
    if not len(places):
        return None
    terms = [word.term for word in words]
    tags = tagger(entity_input(snapshot.model.vectors, text, words))
    vectors = snapshot.model.vectors.of_terms(terms)
    asked_for = snapshot.model.vectors.of_terms(focus_terms(plan)).sum(axis=0)
    focus = asked_for / max(float(np.linalg.norm(asked_for)), 1e-9)
    units = unit_rows(vectors)
    like = _likeness(snapshot, plan, terms, vectors)
    i, j, starts, ends = places.T
    values = np.concatenate(
        [
            span_surface.surface(text, span, places, plan),
            _inside(snapshot, terms, like, i, j),
            _around(text, span, words, like, places),
            _meaning(units @ focus, units @ question_vector, i, j),
            _focus_written(text, plan, starts, ends),
            _focus_beside(units @ focus, i, j),
            _typed(tags, i, j),
        ],
        axis=1,
    )
    n = len(words)
    sums = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), np.cumsum(vectors, axis=0)])
    return SpanCandidates(
        np.stack([starts, ends], axis=1),
        values.astype(np.float32),
        focus,
        unit_rows(sums[j + 1] - sums[i]),
        unit_rows(sums[i] - sums[np.maximum(i - 2, 0)]),
        unit_rows(sums[np.minimum(j + 3, n)] - sums[j + 1]),
    )


def sentence_words(snapshot: Snapshot, sentence: CandidateSentence) -> list[Word]:
    """Return the words of a sentence in order, at most `MAX_TOKENS`."""
    terms = snapshot.lexical.terms
    ids, starts, ends = sentence.stored.tokens.tolist()
    found = [
        Word(term, start, end)
        for term_id, start, end in zip(ids, starts, ends, strict=True)
        if end > start and not is_bigram(term := terms.term(term_id))
    ]
    return sorted(found, key=lambda word: (word.start, word.end))[:MAX_TOKENS]


def _places(text: str, words: list[Word], sentence: Span) -> Rows:
    """Return int64[n, 4]: first word, last word, start and end of each span."""
    found = []
    for i, first in enumerate(words):
        for j in range(i, min(i + MAX_WORDS, len(words))):
            end = words[j].end
            if end < sentence.end and text[end] in "%％":
                end += 1
            if end - first.start > MAX_CHARS:
                break
            if end > first.start and (j == i or words[j].end > words[j - 1].end):
                found.append((i, j, first.start, end))
    return np.array(found, np.int64).reshape(-1, 4)


def _inside(snapshot: Snapshot, terms: list[str], like: Floats, i: Rows, j: Rows) -> Doubles:
    """Return how much of the spans the question says already, how rare they are, verbs."""
    idf = np.minimum(snapshot.lexical.idf_of(terms), 12.0)
    verbs = np.array([term.endswith("/V") for term in terms], np.float64)
    columns: list[Floats | Doubles] = [_mean(like, i, j), _most(like, i, j), like[i], like[j]]
    columns += [_mean(idf, i, j) / 8, _most(verbs, i, j)]
    return np.stack(columns, axis=1)


def _around(text: str, sentence: Span, words: list[Word], like: Floats, places: Rows) -> Doubles:
    """Return how much of the question stands before and behind the spans, and how near."""
    i, j, starts, ends = places.T
    n = len(words)
    sums = np.concatenate([[0.0], np.cumsum(like)])
    near_before, near_behind = np.zeros(n), np.zeros(n)
    for k in range(1, n):
        near_before[k] = max(like[k - 1], near_before[k - 1] * FADING)
        near_behind[n - 1 - k] = max(like[n - k], near_behind[n - k] * FADING)
    padded = np.pad(like, 3)
    columns = [sums[i], sums[n] - sums[j + 1], near_before[i], near_behind[j]]
    columns.append(np.minimum(near_before[i], near_behind[j]))
    columns += [padded[i + 3 - d] for d in (1, 2, 3)]
    columns += [padded[j + 3 + d] for d in (1, 2, 3)]
    commas = [at for at in range(*sentence) if text[at] == ","]
    cuts = np.array([sentence.start - 1, *commas, sentence.end])
    word_starts = np.array([word.start for word in words])
    low = np.searchsorted(word_starts, cuts[np.searchsorted(cuts, starts) - 1] + 1)
    high = np.searchsorted(word_starts, cuts[np.searchsorted(cuts, ends)])
    clause = sums[high] - sums[low] - (sums[j + 1] - sums[i])
    columns.append(clause / max(float(sums[n]), 1e-6))
    return np.stack(columns, axis=1)


def _meaning(to_focus: Floats, to_question: Floats, i: Rows, j: Rows) -> Doubles:
    """Return the cosines of the spans' words with what is asked for and with the question."""
    columns: list[Floats | Doubles] = [_most(to_focus, i, j), to_focus[j], to_focus[i]]
    columns.append(_mean(to_question, i, j))
    return np.stack(columns, axis=1)


def _focus_written(text: str, plan: Plan, starts: Rows, ends: Rows) -> Doubles:
    """Return 1 for spans that end with the word that is asked for: "한성조약" of "조약"."""
    forms = tuple({term.partition("/")[0] for term in focus_terms(plan)})
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return np.array([[float(text[start:end].endswith(forms))] for start, end in spans])


def _focus_beside(to_focus: Floats, i: Rows, j: Rows) -> Doubles:
    """Return the cosines of the two words behind and before with what is asked for."""
    padded = np.pad(to_focus, 2)
    behind = np.maximum(np.maximum(padded[j + 3], padded[j + 4]), 0)
    before = np.maximum(np.maximum(padded[i], padded[i + 1]), 0)
    return np.stack([behind, before], axis=1)


def _typed(tags: Floats, i: Rows, j: Rows) -> Doubles:
    """Return what the words of each span are as one thing, and where such things end."""
    sums = np.concatenate([np.zeros((1, BEGINS)), np.cumsum(tags[:, :BEGINS], axis=0)])
    mean = (sums[j + 1] - sums[i]) / (j - i + 1)[:, None]
    kind = np.argmax(mean[:, 1:], axis=1) + 1
    rows = np.arange(len(i))
    padded = np.pad(tags, ((1, 1), (0, 0)))
    padded[0, ENDS] = padded[-1, BEGINS] = 1.0
    least = -_most(-tags[:, :BEGINS], i, j)
    later = np.where(j > i, _most(tags[:, BEGINS], np.minimum(i + 1, j), j), 0.0)
    sooner = np.where(j > i, _most(tags[:, ENDS], i, np.maximum(j - 1, i)), 0.0)
    columns = [least[rows, kind], tags[i, BEGINS], tags[j, ENDS]]
    columns += [padded[i, ENDS], padded[j + 2, BEGINS], mean[rows, kind]]
    columns += [padded[i, kind], padded[j + 2, kind], later, sooner]
    return np.concatenate([mean, np.stack(columns, axis=1)], axis=1)


def _mean(values: Floats | Doubles, i: Rows, j: Rows) -> Doubles:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    found: Doubles = (sums[j + 1] - sums[i]) / (j - i + 1)
    return found


def _most(values: Floats | Doubles, i: Rows, j: Rows) -> Doubles:
    """Return the largest of ``values[i]`` to ``values[j]`` for each span."""
    found = np.array(values[i], np.float64)
    for further in range(1, MAX_WORDS):
        longer = np.flatnonzero(j - i >= further)
        found[longer] = np.maximum(found[longer], values[i[longer] + further])
    return found


def _likeness(snapshot: Snapshot, plan: Plan, terms: list[str], vectors: Floats) -> Floats:
    """Return float32[n] in [0, 1], how much each word is one of the question's."""
    groups = word_groups(plan)
    if not groups:
        return np.zeros(len(terms), np.float32)
    weights: dict[str, float] = {}
    for group in groups:
        strongest = max(term.weight for term in group.terms)
        for term in group.terms:
            for part in term.parts:
                weights[part] = max(weights.get(part, 0.0), term.weight / strongest)
    asked = unit_rows(snapshot.model.vectors.of_terms([g.terms[0].parts[0] for g in groups]))
    cosines = (unit_rows(vectors) @ asked.T).max(axis=1)
    soft = np.where(cosines > 0.45, 0.8 * cosines, 0.0)
    hard = np.array([weights.get(term, 0.0) for term in terms], np.float32)
    found: Floats = np.maximum(hard, soft).astype(np.float32)
    return found
