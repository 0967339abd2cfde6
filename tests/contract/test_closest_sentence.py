"""What the closest sentence says, beside a plain loop over sentences, words and vectors."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.analysis import Analyzer, is_bigram
from index.encoder import Vectors
from index.records import Span
from index.snapshot import Snapshot, open_snapshot
from index.store import StoredSentence
from search.closest_sentence import ClosestSentence
from search.plan import Group, Origin, Plan, PlannedTerm
from search.planner import Planner
from search.question_words import Asked
from search.weights import QueryKind
from search.word_likeness import COSINE_WEIGHT, LEAST_COSINE

pytestmark = pytest.mark.slow  # thousands of examples, or a program a test

QUESTIONS = [
    "KT는 왜 정부 AI 사업에서 탈락했나?",
    "통신 장애 보상안 소상공인 요금 감면",
    "벼리반도체는 왜 떨어졌나",
    "2025년 9월 태풍 피해는 얼마나 되나",
    "Why was KT excluded from the AI foundation model project?",
    "How many people were hurt in the typhoon?",
    "HBM4 supply to customers",
]


def sentences_of(snapshot: Snapshot, row: int) -> list[StoredSentence]:
    """Return the sentences that touch a passage, by way of its article."""
    [stored] = snapshot.store.passages([row])
    span = Span(stored.passage.start, stored.passage.end)
    return snapshot.store.sentences(int(snapshot.columns.document_of[row]), span)


def unit_vector(snapshot: Snapshot, term: str) -> Vectors:
    [vector] = snapshot.model.vectors.of_terms([term])
    return np.asarray(vector / (np.linalg.norm(vector) or 1.0), np.float32)


def likeness(snapshot: Snapshot, asked: str, said: str) -> float:
    """Return what a word of like meaning counts; one without a vector of its own, nothing."""
    [row] = snapshot.model.vectors.row_of_each([said])
    if row < 0:
        return 0.0
    cosine = float(unit_vector(snapshot, asked) @ unit_vector(snapshot, said))
    return COSINE_WEIGHT * cosine if cosine > LEAST_COSINE else 0.0


def how_said(snapshot: Snapshot, group: Group, terms: set[str]) -> float:
    """Return how well a sentence of such terms says a part of the question."""
    strongest = max(term.weight for term in group.terms)
    found = [term.weight / strongest for term in group.terms if terms.issuperset(term.parts)]
    found += [likeness(snapshot, group.terms[0].parts[0], term) for term in terms]
    return min(1.0, max(found, default=0.0))


def by_hand(snapshot: Snapshot, plan: Plan, row: int) -> float:
    groups = [group for group in plan.groups if not is_bigram(group.terms[0].parts[0])]
    weights = [
        max(term.weight * max(snapshot.lexical.idf_of(term.parts)) for term in group.terms)
        for group in groups
    ]
    best = 0.0
    for sentence in sentences_of(snapshot, row):
        terms = {snapshot.lexical.terms.term(term_id) for term_id in sentence.tokens[0].tolist()}
        said = [how_said(snapshot, group, terms) for group in groups]
        best = max(best, float(np.dot(weights, said) / sum(weights)))
    return best


def n_passages(snapshot: Snapshot) -> int:
    return len(snapshot.columns.order)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_is_what_the_loop_gives(
    snapshot: Snapshot, planner: Planner, question: str
) -> None:
    plan = planner.plan(question)
    rows = list(range(0, n_passages(snapshot), 3))
    scores = ClosestSentence(snapshot).scores(plan, rows)
    expected = [by_hand(snapshot, plan, row) for row in rows]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert len({round(score, 6) for score in scores.tolist()}) > 4


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_float64_between_0_and_1(
    snapshot: Snapshot, planner: Planner, question: str
) -> None:
    scores = ClosestSentence(snapshot).scores(planner.plan(question), range(n_passages(snapshot)))
    assert scores.shape == (n_passages(snapshot),)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert scores.min() >= 0
    assert scores.max() <= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_depends_on_no_other_passage(
    snapshot: Snapshot, planner: Planner, question: str
) -> None:
    plan, closest = planner.plan(question), ClosestSentence(snapshot)
    rows = [17, 3, 40, 0, 25]
    together = closest.scores(plan, rows)
    alone = [closest.scores(plan, [row])[0] for row in rows]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_words_of_a_sentence_are_all_said_by_it(snapshot: Snapshot, planner: Planner) -> None:
    [stored] = snapshot.store.passages([0])
    sentence = sentences_of(snapshot, 0)[0]
    question = stored.document.text[sentence.start : sentence.end]
    [score] = ClosestSentence(snapshot).scores(planner.plan(question), [0])
    assert score > 0.9


def planned(*groups: Group) -> Plan:
    words = [part for group in groups for term in group.terms for part in term.parts]
    return Plan("", "ko", QueryKind.KOREAN_QUESTION, Asked.NOTHING, groups, words)


def test_the_parts_of_a_term_must_stand_in_one_sentence(
    tmp_path: Path,
    write_jsonl: Callable[..., Path],
    build_corpus: Callable[..., object],
    analyzer: Analyzer,
) -> None:
    build_corpus(
        write_jsonl(
            {"id": "a", "title": "하나", "text": "참새마을 도서관이 열렸다."},
            {"id": "b", "title": "둘", "text": "참새마을은 조용하다.\n도서관이 열렸다."},
        )
    )
    term = PlannedTerm(("참새", "서관"), 2.0, Origin.TRANSLITERATION)
    other = PlannedTerm(("없는말/N",), 1.0, Origin.QUERY)
    plan = planned(Group("새 도서관", (other, term)))
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    together, apart = ClosestSentence(opened).scores(plan, [0, 1]).tolist()
    opened.close()
    assert together == 1
    assert apart < 0.9


def test_a_passage_without_a_sentence_scores_nothing(snapshot: Snapshot, planner: Planner) -> None:
    """A news flash is a title alone."""
    rows = [row for row in range(n_passages(snapshot)) if not sentences_of(snapshot, row)]
    assert rows
    plan = planner.plan("전국 통신장애 휴대전화 인터넷 접속 끊겨")
    assert ClosestSentence(snapshot).scores(plan, rows).tolist() == [0.0] * len(rows)
    [with_other, _] = ClosestSentence(snapshot).scores(plan, [rows[0], 0]).tolist()
    assert with_other == 0


@pytest.mark.parametrize("question", ["", "😀", "?!"])
def test_a_question_without_words_is_said_by_none(
    snapshot: Snapshot, planner: Planner, question: str
) -> None:
    plan = planner.plan(question)
    assert ClosestSentence(snapshot).scores(plan, [0, 1, 2]).tolist() == [0.0] * 3


def test_words_that_the_corpus_lacks_leave_nothing_to_say(snapshot: Snapshot) -> None:
    plan = planned(Group("zxqv", (PlannedTerm(("zxqvkjw",), 1.0, Origin.QUERY),)))
    assert ClosestSentence(snapshot).scores(plan, [0, 1]).tolist() == [0.0, 0.0]


def test_no_passages_get_no_scores(snapshot: Snapshot, planner: Planner) -> None:
    assert ClosestSentence(snapshot).scores(planner.plan("KT"), []).shape == (0,)


# What it reads.


def test_the_terms_of_sentences_are_those_of_the_sentences(snapshot: Snapshot) -> None:
    rows = [40, 2, 17, 0, *range(50, n_passages(snapshot))]
    found: dict[int, list[list[int]]] = {place: [] for place in range(len(rows))}
    for place, ids in snapshot.store.sentence_terms(rows):
        found[place].append(ids.tolist())
    for place, row in enumerate(rows):
        expected = [sentence.tokens[0].tolist() for sentence in sentences_of(snapshot, row)]
        assert found[place] == expected
    assert sum(map(len, found.values())) > len(rows)


def test_no_passages_have_no_sentences(snapshot: Snapshot) -> None:
    assert snapshot.store.sentence_terms([]) == []


def test_the_vector_row_of_a_term_is_that_of_its_vector(snapshot: Snapshot) -> None:
    terms = [snapshot.lexical.terms.term(i) for i in range(len(snapshot.lexical.terms))]
    known = np.flatnonzero(snapshot.vector_rows >= 0)
    assert 500 < len(known) < len(terms)
    np.testing.assert_array_equal(
        snapshot.model.vectors.of_rows(snapshot.vector_rows[known]),
        snapshot.model.vectors.of_terms([terms[i] for i in known.tolist()]),
    )
