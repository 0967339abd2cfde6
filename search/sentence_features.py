"""
Question x candidate sentences -> numbers that a trained ranker reads.

How much of the question a sentence says, by its words and by their meaning, alone, with
its neighbours and apart from what the title says already; what kind of answer it could
be; where it stands and how well its passage was found.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.encoder import unit_rows
from index.snapshot import Snapshot
from search import cues
from search.answer_candidates import CandidateSentence
from search.plan import Group, Plan
from search.question_words import Asked
from search.sentence_tokens import SentenceTokens
from search.units import COUNTED_FORMS, SAME_FORMS, UNIT_FORMS
from search.word_likeness import word_groups, word_likeness

Floats = npt.NDArray[np.float32]

_COMPARED = ("soft hard rare_soft untold_soft cosine own_cosine with_both bigrams").split()
NAMES = (
    *"soft hard flat_soft untold_soft untold_hard rare_soft rare_hard prev_soft next_soft".split(),
    *"with_prev with_next with_both prev_hard next_hard prev_rare next_rare".split(),
    *"early_soft early_rare late_soft late_rare verb_soft noun_soft best_word n_hard".split(),
    *"bigrams cosine prev_cosine next_cosine own_cosine log_length too_short".split(),
    *"place first second last log_n rank passage_score article_gap title_said".split(),
    *(f"{part}_{name}" for name in cues.NAMES for part in ("cue", "prev")),
    "cue_next_back",
    *(f"asks_{asked.name.lower()}" for asked in Asked),
    *"asked_unit has_unit english n_groups".split(),
    *(f"{part}_{name}" for name in _COMPARED for part in ("gap", "rank", "all")),
)
"""In the order in which the ranker was trained on them."""


class Said(NamedTuple):
    """
    How the sentences meet the parts of a question.

    ``soft`` float32[n_groups, n_sentences] in [0, 1] counts words of like meaning, ``hard``
    only the terms of the plan; ``in_title`` is float32[n_groups, n_sentences] for the title
    of each sentence's article; ``weights`` float32[n_groups] are the groups' idf.
    """

    weights: Floats
    soft: Floats
    hard: Floats
    in_title: Floats


def what_is_said(
    snapshot: Snapshot,
    plan: Plan,
    sentences: Sequence[CandidateSentence],
    tokens: SentenceTokens,
) -> Said:
    """Compare each part of the question with each sentence, whose terms are *tokens*."""
    groups = word_groups(plan)
    n = tokens.n
    if not groups:
        empty = np.zeros((0, n), np.float32)
        return Said(np.zeros(0, np.float32), empty, empty, empty)
    found = word_likeness(snapshot, groups, tokens)
    titles = {s.article.row: s.article.document.title.lower() for s in sentences}
    told = {row: _in_title(groups, title) for row, title in titles.items()}
    in_title = np.array([told[s.article.row] for s in sentences], np.float32).reshape(n, -1).T
    return Said(found.weights.astype(np.float32), found.soft, found.hard, in_title)


def _in_title(groups: Sequence[Group], title: str) -> list[float]:
    return [
        max(
            float(all(part.partition("/")[0] in title for part in term.parts))
            for term in group.terms
        )
        for group in groups
    ]


def question_vector(snapshot: Snapshot, plan: Plan) -> Floats:
    """Return float32[dim], the unit sum of a question's words, as of a sentence's."""
    terms, counts = np.unique(np.array(list(plan.words), np.str_), return_counts=True)
    if not len(terms):
        return np.zeros(snapshot.model.vectors.dim, np.float32)
    summed = np.sqrt(counts).astype(np.float32) @ snapshot.model.vectors.of_terms(terms.tolist())
    found: Floats = unit_rows(summed[None])[0]
    return found


def sentence_vectors(snapshot: Snapshot, tokens: SentenceTokens) -> Floats:
    """Return float32[n, dim], unit sums of the sentences' words, as the encoder has it."""
    dim = snapshot.model.vectors.dim
    found = np.zeros((tokens.n, dim), np.float32)
    rows = snapshot.vector_rows[tokens.terms]
    sentences, places, counts = tokens.counts()
    known = rows[places] >= 0
    sentences, counts = sentences[known], np.sqrt(counts[known])
    table = snapshot.model.vectors.of_rows(np.where(rows >= 0, rows, 0))
    if len(sentences):
        there, starts = np.unique(sentences, return_index=True)
        weighted = table[places[known]] * counts[:, None]
        found[there] = np.add.reduceat(weighted, starts, axis=0)
    return unit_rows(found)


def _share(weights: Floats, said: Floats) -> Floats:
    total = weights.sum()
    return (weights @ said) / total if total > 0 else np.zeros(said.shape[1], np.float32)


def _shift(values: Floats, by: int, same: npt.NDArray[np.bool_]) -> Floats:
    """Return the value of the sentence *by* places on, 0 in another article."""
    moved = np.zeros_like(values)
    if by < 0:
        moved[..., 1:] = values[..., :-1] * same
    else:
        moved[..., :-1] = values[..., 1:] * same
    return moved


def features(
    plan: Plan,
    sentences: Sequence[CandidateSentence],
    said: Said,
    asked: Floats,
    vectors: Floats,
    bigrams: Floats,
) -> dict[str, Floats]:
    """
    Describe candidates.

    Args:
        plan: Of the question.
        sentences: Of the best articles, article by article.
        said: See `what_is_said`.
        asked: See `question_vector`.
        vectors: See `sentence_vectors`.
        bigrams: See `bigram_share`.

    Returns:
        By name float32[n], one value a sentence.
    """
    n = len(sentences)
    article = np.array([s.article.row for s in sentences])
    same = article[1:] == article[:-1]
    values: dict[str, Floats] = {}
    w = said.weights
    soft, hard = said.soft, said.hard
    prev_soft, next_soft = _shift(soft, -1, same), _shift(soft, 1, same)
    prev_hard, next_hard = _shift(hard, -1, same), _shift(hard, 1, same)
    values["soft"] = _share(w, soft)
    values["hard"] = _share(w, hard)
    values["flat_soft"] = _share(np.ones_like(w), soft)
    # What the title says already does not tell the article's sentences apart.
    untold = w[:, None] * (1 - 0.8 * said.in_title)
    total = np.maximum(untold.sum(axis=0), 1e-6)
    values["untold_soft"] = (untold * soft).sum(axis=0) / total
    values["untold_hard"] = (untold * hard).sum(axis=0) / total
    # Nor does what every sentence of the article says.
    inner = np.zeros_like(soft)
    for row in np.unique(article):
        at = article == row
        spread = soft[:, at].mean(axis=1, keepdims=True)
        inner[:, at] = 1 - spread
    rare = w[:, None] * inner
    total = np.maximum(rare.sum(axis=0), 1e-6)
    values["rare_soft"] = (rare * soft).sum(axis=0) / total
    values["rare_hard"] = (rare * hard).sum(axis=0) / total
    values["prev_soft"] = _share(w, prev_soft)
    values["next_soft"] = _share(w, next_soft)
    values["with_prev"] = _share(w, np.maximum(soft, prev_soft))
    values["with_next"] = _share(w, np.maximum(soft, next_soft))
    values["with_both"] = _share(w, np.maximum(np.maximum(soft, next_soft), prev_soft))
    values["prev_hard"] = _share(w, prev_hard)
    values["next_hard"] = _share(w, next_hard)
    values["prev_rare"] = _shift(values["rare_soft"], -1, same)
    values["next_rare"] = _shift(values["rare_soft"], 1, same)
    g = len(w)
    place = ((np.arange(g) + 0.5) / max(g, 1)).astype(np.float32)
    for name, part in (("early", 1 - place), ("late", place)):
        values[f"{name}_soft"] = _share(w * part, soft)
        values[f"{name}_rare"] = ((rare * part[:, None] * soft).sum(axis=0)) / np.maximum(
            (rare * part[:, None]).sum(axis=0), 1e-6
        )
    is_verb = np.array(
        [grp.terms[0].parts[0].endswith("/V") for grp in word_groups(plan)], np.float32
    )
    values["verb_soft"] = _share(w * is_verb, soft)
    values["noun_soft"] = _share(w * (1 - is_verb), soft)
    values["best_word"] = (w[:, None] * soft).max(axis=0) if g else np.zeros(n, np.float32)
    values["n_hard"] = (hard > 0.5).sum(axis=0).astype(np.float32)
    values["bigrams"] = bigrams
    values["cosine"] = vectors @ asked
    values["prev_cosine"] = _shift(values["cosine"], -1, same)
    values["next_cosine"] = _shift(values["cosine"], 1, same)
    centre = np.zeros_like(vectors)
    for row in np.unique(article):
        at = article == row
        centre[at] = vectors[at].mean(axis=0)
    rest = unit_rows(vectors - 0.7 * centre)
    apart = asked - 0.7 * (centre @ asked)[:, None] * centre
    values["own_cosine"] = np.einsum("ij,ij->i", rest, unit_rows(apart.astype(np.float32)))
    texts = [s.text for s in sentences]
    lengths = np.array([len(text) for text in texts], np.float32)
    values["log_length"] = np.log1p(lengths)
    values["too_short"] = (lengths < 20).astype(np.float32)
    values["place"] = np.array([s.n / max(s.n_sentences - 1, 1) for s in sentences], np.float32)
    values["first"] = np.array([s.n == 0 for s in sentences], np.float32)
    values["second"] = np.array([s.n == 1 for s in sentences], np.float32)
    values["last"] = np.array([s.n == s.n_sentences - 1 for s in sentences], np.float32)
    values["log_n"] = np.log1p(np.array([s.n_sentences for s in sentences], np.float32))
    values["rank"] = np.array([s.article.rank for s in sentences], np.float32)
    values["passage_score"] = np.array([s.score for s in sentences], np.float32)
    top = max(s.article.score for s in sentences)
    values["article_gap"] = np.array([top - s.article.score for s in sentences], np.float32)
    values["title_said"] = _share(w, said.in_title)
    shown = np.array([cues.cues(text) for text in texts], np.float32)
    for name, column in zip(cues.NAMES, shown.T, strict=True):
        values[f"cue_{name}"] = column
        values[f"prev_{name}"] = _shift(column, -1, same)
    values["cue_next_back"] = _shift(shown[:, cues.NAMES.index("back")].copy(), 1, same)
    for kind in Asked:
        values[f"asks_{kind.name.lower()}"] = np.full(n, plan.asked is kind, np.float32)
    unit = asked_quantity(plan)
    values["asked_unit"] = (
        np.array([bool(re.search(unit, text)) for text in texts], np.float32)
        if unit
        else np.zeros(n, np.float32)
    )
    values["has_unit"] = np.full(n, bool(unit), np.float32)
    values["english"] = np.full(n, plan.language == "en", np.float32)
    values["n_groups"] = np.full(n, g, np.float32)
    for name in _COMPARED:
        values[f"gap_{name}"], values[f"rank_{name}"] = _against_best(values[name], article)
        values[f"all_{name}"] = values[name] - values[name].max()
    return values


def _against_best(value: Floats, article: npt.NDArray[np.integer]) -> tuple[Floats, Floats]:
    gap, closeness = np.zeros_like(value), np.zeros_like(value)
    for row in np.unique(article):
        at = np.flatnonzero(article == row)
        gap[at] = value[at] - value[at].max()
        closeness[at[np.argsort(-value[at], kind="stable")]] = 1 / (1 + np.arange(len(at)))
    return gap, closeness


def bigram_share(snapshot: Snapshot, plan: Plan, tokens: SentenceTokens) -> Floats:
    """Return float32[n] in [0, 1], the share by idf of the question's bigrams."""
    asked = [group.terms[0].parts[0] for group in plan.groups]
    ids = {
        term_id: bigram
        for bigram in asked
        if is_bigram(bigram) and (term_id := snapshot.lexical.terms.id(bigram)) is not None
    }
    if not ids:
        return np.zeros(tokens.n, np.float32)
    idf = snapshot.lexical.idf_of(list(ids.values())).astype(np.float32)
    held = tokens.held(np.array(list(ids)))
    found: Floats = (idf @ held / max(float(idf.sum()), 1e-6)).astype(np.float32)
    return found


_NUMERAL = r"(?:[\d조억만천백십여]|[가-힣](?<=[한두세네섯곱덟홉열물른흔러]))"
_KINDS = (
    (
        r"how much|worth|cost|price|budget|\bfine[ds]?\b|얼마에|금액|액수|비용|가격|벌금|예산"
        r"|매출|투자액|몸값|연봉|상금",
        "원 달러 유로 엔 위안",
    ),
    (
        r"percent|share|\brate\b|proportion|비율|비중|지지율|점유율|득표율|세율|승률|몇 ?퍼센트"
        r"|몇 ?프로",
        "% 퍼센트 프로 ％ %포인트",
    ),
    (r"how long|기간|얼마나 (?:오래|걸)|얼마 동안", "년 개월 달 주 일 시간 분 초"),
    (r"how old|\bage\b|나이|몇 ?살", "세 살"),
    (r"how far|how tall|how high|거리|높이|길이", "km m ㎞ m cm ㎝ 킬로미터 미터"),
    (r"how often|how many times|횟수", "번 차례 회"),
    (r"how many people|인원|몇 ?사람", "명 사람"),
)
_WHEN = r"\d+ ?(?:일|월|년|시)|올해|지난해|내년|내달|이달|작년|오전|오후|하반기|상반기|다음 ?달"


def asked_quantity(plan: Plan) -> str | None:
    """Return a pattern of what could say how many, how much or when; None where not asked."""
    text = plan.text
    if plan.asked is Asked.WHEN:
        return _WHEN
    if plan.asked in (Asked.WHY, Asked.WHO, Asked.WHERE, Asked.HOW):
        return None
    forms: set[str] = set()
    for counter in re.findall(
        r"(?<!몇)몇 ?(?!몇|이나|인가|이|입)([가-힣%㎞㎡]{1,3}|[a-zA-Z]{1,3})", text
    ):
        cut = next((counter[:n] for n in (3, 2, 1) if counter[:n] in SAME_FORMS), counter[:1])
        forms.update(SAME_FORMS.get(cut, [cut]))
    for word in re.findall(r"how many ((?:[\w-]+ ?){1,4})", text.lower()):
        each_word = word.split()
        together = "_".join(each_word[:2])
        for each in [together] if together in UNIT_FORMS else each_word:
            forms.update(UNIT_FORMS.get(each, ()))
            forms.update(COUNTED_FORMS.get(each, ()))
    for pattern, units in _KINDS:
        if not forms and re.search(pattern, text, re.IGNORECASE):
            forms.update(units.split())
    if forms:
        ends = "|".join(sorted(re.escape(form.lstrip("~")) for form in forms if form != "|"))
        return rf"{_NUMERAL} ?(?:{ends})"
    return r"\d" if plan.asked is Asked.HOW_MANY else None
