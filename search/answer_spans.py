"""
Question x sentence -> spans of the sentence that could be the short answer, as numbers.

A span begins and ends with a word that the build has stored, so particles stay outside.
Useful for: names, dates, numbers, places, reasons of a few words. Not useful for: how.
"""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.snapshot import Snapshot
from search.answer_candidates import CandidateSentence
from search.entities import BEGINS, ENDS, TYPES, EntityTagger, Word, entity_input
from search.plan import Plan
from search.question_words import Asked, asks_in_korean, is_empty_in_english
from search.sentence_features import asked_quantity, word_groups

Floats = npt.NDArray[np.float32]

MAX_WORDS = 8
MAX_CHARS = 40
MAX_TOKENS = 120
"""Of a sentence: what stands behind them cannot be a short answer."""

_TYPES = {
    "digits": r"\d",
    "date": r"\d+ ?(?:년|월|일)|\d{4}",
    "whole_date": r"^(?:\d{4}년)? ?(?:\d+월)? ?(?:\d+일)?$",
    "year": r"^\d{4}년?$",
    "day": r"\d일$",
    "time": r"\d시|\d분|오전|오후",
    "people": r"\d[\d,.만천백여 ]*명$|[두세네다섯여일곱덟아홉열]+ ?명$",
    "money": r"(?:원|달러|유로|엔|위안|파운드)$",
    "percent": r"(?:%|퍼센트|포인트)$",
    "duration": r"\d ?(?:년|개월|달|주|일|시간|분|초)(?:간)?$",
    "count": r"\d ?(?:개|회|번|차례|곳|대|건|점|위|골|층|호|차|세|살|척|종|권|장|석|승|패|배|km"
    r"|m|kg|㎞|㎡|톤)$",
    "bare_number": r"^[\d,.]+$",
    "hangul": r"^[가-힣 ]+$",
    "latin": r"[A-Za-z]",
    "person_length": r"^[가-힣]{2,4}$",
    "place_end": r"(?:시|도|군|구|동|읍|면|리|역|국|주|현|성|섬|산|강|항|시장|공항|센터|대학교"
    r"|대학|학교|병원|지역|도시)$",
    "group_end": r"(?:부|당|청|처|원|회|사|단|팀|군|대|은행|그룹|위원회|협회|연합|조합|재단"
    r"|연구소|법원|검찰|경찰|기업|전자)$",
    "person_end": r"(?:대통령|총리|장관|의원|대표|위원장|교수|감독|회장|사장|시장|지사|왕|황제"
    r"|장군|박사|선수|씨|판사|검사)$",
    "reason_end": r"(?:때문|위해|이유|문제|우려|부족|감소|증가|상승|하락|논란|혐의|영향|실패"
    r"|부담|악화|반대|갈등|차이|압박|사고)$",
    "quoted": "^[\"“‘'《〈<「『]",
    "comma": "[,·]",
}
_TYPE_PATTERNS = {name: re.compile(pattern) for name, pattern in _TYPES.items()}
_AFTER = {
    "end": r"$",
    "blank": r"\s",
    "subject": r"[은는이가](?![가-힣])|께서",
    "object": r"[을를](?![가-힣])",
    "place": r"에(?:서)?(?![가-힣])|에서",
    "of": r"의(?![가-힣])",
    "to": r"(?:으로|로)(?![가-힣])|에게|한테",
    "and": r"[와과](?![가-힣])|이?나(?![가-힣])",
    "too": r"[도만](?![가-힣])",
    "from": r"부터|까지|에 |에는",
    "is": r"이?(?:다|었다|였다|며|고|란|라는|라고|라며|라)(?![가-힣])|입니다|이다",
    "quote": "[\"”’'》〉>」』]",
    "bracket": r"[()\[\]]",
    "comma": r"[,·]",
    "more": r"[가-힣A-Za-z0-9]",
    "cause": r" ?때문| ?위해| ?탓|[으]?로 인해|에 따[라른]",
    "percent": r"[%％]",
    "name_title": r" [가-힣]{0,6}(?:대통령|총리|장관|의원|대표|위원장|교수|감독|회장|사장|씨)",
}
_AFTER_PATTERNS = {name: re.compile(pattern) for name, pattern in _AFTER.items()}
_BEFORE = {
    "start": r"^$",
    "blank": r"\s$",
    "quote": "[\"“‘'《〈<「『]$",
    "bracket": r"[(\[]$",
    "comma": r"[,·]\s*$",
    "of": r"의\s$",
    "topic": r"[은는이가]\s$",
    "place": r"(?:에|에서)\s$",
    "and": r"[와과]\s$",
    "ending": r"(?:한|인|된|은|던|는|할|적)\s$",
}
_BEFORE_PATTERNS = {name: re.compile(pattern) for name, pattern in _BEFORE.items()}
NAMES = (
    *(f"type_{name}" for name in _TYPES),
    *(f"after_{name}" for name in _AFTER),
    *(f"before_{name}" for name in _BEFORE),
    *(f"asks_{asked.name.lower()}" for asked in Asked),
    *(
        "asked_unit",
        "has_unit",
        "english",
        "n_words",
        "n_blanks",
        "n_chars",
        "cut_front",
        "cut_back",
    ),
    *("place", "in_question", "any_in_question", "first_in_question", "last_in_question"),
    *("idf", "verb", "front_other", "back_other"),
    *(
        "near_before",
        "near_after",
        "near_both",
        "left_1",
        "left_2",
        "left_3",
        "right_1",
        "right_2",
        "right_3",
    ),
    *("clause", "focus_cosine", "focus_last", "focus_first", "question_cosine", "focus_match"),
    *("focus_right", "focus_left"),
    *(f"is_{name}" for name in TYPES),
    *("purest", "begins", "ends", "ends_before", "begins_behind", "typed", "typed_before"),
    *("typed_behind", "begins_inside", "ends_inside"),
)


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
    tokens = sentence_words(snapshot, sentence)
    if not tokens:
        return None
    terms = [token.term for token in tokens]
    starts = [token.start for token in tokens]
    ends = [token.end for token in tokens]
    tags = tagger(entity_input(snapshot.model.vectors, text, tokens))
    vectors = snapshot.model.vectors.of_terms(terms)
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    idf = np.minimum(snapshot.lexical.idf_of(terms), 12.0).astype(np.float32)
    like = _likeness(snapshot, plan, terms, vectors)
    asked_for = snapshot.model.vectors.of_terms(focus_terms(plan)).sum(axis=0)
    focus = asked_for / max(float(np.linalg.norm(asked_for)), 1e-9)
    unit_vectors = vectors / np.maximum(lengths, 1e-9)
    to_focus = unit_vectors @ focus
    to_question = unit_vectors @ question_vector
    unit = asked_quantity(plan)
    unit_pattern = re.compile(unit, re.IGNORECASE) if unit else None
    focus_forms = {term.partition("/")[0] for term in focus_terms(plan)}
    n = len(tokens)
    padded = np.concatenate([np.zeros(3, np.float32), like, np.zeros(3, np.float32)])
    sums = np.concatenate([[0.0], np.cumsum(like)])
    weights = np.array([2.0 ** (-d / 4) for d in range(n + 1)], np.float32)
    spans, rows, pairs = [], [], []
    first, last = sentence.stored.start, sentence.stored.end
    body = text[first:last]
    asked_values = [float(plan.asked is asked) for asked in Asked]
    before_of = [_matches(_BEFORE_PATTERNS, text[max(first, s - 6) : s]) for s in starts]
    after_of: dict[int, list[float]] = {}
    for i in range(n):
        for j in range(i, min(i + MAX_WORDS, n)):
            start, end = starts[i], ends[j]
            if end < last and text[end] in "%％":
                end += 1
            if end - start > MAX_CHARS:
                break
            if end <= start or (j > i and ends[j] <= ends[j - 1]):
                continue
            span_text = text[start:end]
            if end not in after_of:
                after_of[end] = _matches_from(_AFTER_PATTERNS, text[end : min(end + 8, last)])
            inside = like[i : j + 1]
            left = like[:i][::-1]
            right = like[j + 1 :]
            near_left = float((left * weights[: len(left)]).max(initial=0.0))
            near_right = float((right * weights[: len(right)]).max(initial=0.0))
            comma = body.rfind(",", 0, start - first)
            clause_start = first + comma + 1
            clause_end = text.find(",", end, last)
            clause_end = last if clause_end < 0 else clause_end
            in_clause = [
                k for k in range(n) if clause_start <= starts[k] < clause_end and not i <= k <= j
            ]
            row = [
                *_matches(_TYPE_PATTERNS, span_text),
                *after_of[end],
                *before_of[i],
                *asked_values,
                float(bool(unit_pattern and unit_pattern.search(span_text))),
                float(unit_pattern is not None),
                float(plan.language == "en"),
                (j - i + 1) / 4,
                span_text.count(" ") / 2,
                (end - start) / 10,
                float(start > first and text[start - 1].isalnum()),
                float(end < last and text[end].isalnum()),
                (start - first) / max(last - first, 1),
                float(inside.mean()),
                float(inside.max()),
                float(inside[0]),
                float(inside[-1]),
                float(idf[i : j + 1].mean()) / 8,
                float(any(term.endswith("/V") for term in terms[i : j + 1])),
                float(sums[i]),
                float(sums[n] - sums[j + 1]),
                near_left,
                near_right,
                min(near_left, near_right),
                *(float(padded[i + 3 - d]) for d in (1, 2, 3)),
                *(float(padded[j + 3 + d]) for d in (1, 2, 3)),
                float(sum(like[k] for k in in_clause)) / max(float(sums[n]), 1e-6),
                float(to_focus[i : j + 1].max()),
                float(to_focus[j]),
                float(to_focus[i]),
                float(to_question[i : j + 1].mean()),
                float(any(span_text.endswith(form) for form in focus_forms)),
                float(to_focus[j + 1 : j + 3].max(initial=0.0)),
                float(to_focus[max(i - 2, 0) : i].max(initial=0.0)),
                *_typed(tags, i, j),
            ]
            spans.append((start, end))
            rows.append(row)
            pairs.append((i, j))
    if not spans:
        return None
    cumulated = np.concatenate(
        [np.zeros((1, vectors.shape[1]), np.float32), np.cumsum(vectors, axis=0)]
    )
    a, b = np.array(pairs).T
    inside_vectors = _unit(cumulated[b + 1] - cumulated[a])
    before = _unit(cumulated[a] - cumulated[np.maximum(a - 2, 0)])
    behind = _unit(cumulated[np.minimum(b + 3, n)] - cumulated[b + 1])
    return SpanCandidates(
        np.array(spans, np.int64), np.array(rows, np.float32), focus, inside_vectors, before, behind
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


def _typed(tags: Floats, i: int, j: int) -> list[float]:
    """Return what the words ``i`` to ``j`` are as one thing, and where such things end."""
    inside = tags[i : j + 1]
    mean = inside[:, :BEGINS].mean(axis=0)
    kind = int(np.argmax(mean[1:])) + 1
    last = len(tags) - 1
    return [
        *mean.tolist(),
        float(inside[:, kind].min()),
        float(inside[0, BEGINS]),
        float(inside[-1, ENDS]),
        float(tags[i - 1, ENDS]) if i else 1.0,
        float(tags[j + 1, BEGINS]) if j < last else 1.0,
        float(mean[kind]),
        float(tags[i - 1, kind]) if i else 0.0,
        float(tags[j + 1, kind]) if j < last else 0.0,
        float(inside[1:, BEGINS].max(initial=0.0)),
        float(inside[:-1, ENDS].max(initial=0.0)),
    ]


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
    asked = _unit(snapshot.model.vectors.of_terms([g.terms[0].parts[0] for g in groups]))
    cosines = (_unit(vectors) @ asked.T).max(axis=1)
    soft = np.where(cosines > 0.45, 0.8 * cosines, 0.0)
    hard = np.array([weights.get(term, 0.0) for term in terms], np.float32)
    found: Floats = np.maximum(hard, soft).astype(np.float32)
    return found


def _matches(patterns: dict[str, re.Pattern[str]], text: str) -> list[float]:
    return [float(bool(pattern.search(text))) for pattern in patterns.values()]


def _matches_from(patterns: dict[str, re.Pattern[str]], text: str) -> list[float]:
    return [float(bool(pattern.match(text))) for pattern in patterns.values()]


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    found: Floats = vectors / np.maximum(lengths, 1e-9)[:, None]
    return found
