"""Measures of answers by hand, on questions whose outcome is made up."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Span
from search.answer_measures import (
    answer_scores,
    auroc,
    character_f1,
    evidence_hits,
    normalized_answer,
)
from search.answer_records import (
    Abstention,
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerSpan,
    AskResult,
    Citation,
    RankedSentence,
    Reason,
)
from search.evaluate import Judged
from search.evaluate_answers import (
    MEASURES,
    Known,
    most_used_language,
    read_known,
    report_answers,
)
from search.gold import Language, Quote

TEXT = "도서관이 생겼다. 책은 만 권이다. 값은 없다."
FIRST, SECOND, THIRD = Span(0, 9), Span(10, 19), Span(20, 26)


def cite(n: int, span: Span, document_id: str = "a", quote: str | None = None) -> Citation:
    """A citation of `TEXT`."""
    told = TEXT[slice(*span)] if quote is None else quote
    return Citation(n, document_id, "a#0", "", None, None, None, *span, told)


def asked(
    *citations: Citation,
    first: int = 1,
    span: str | None = None,
    confidence: float = 0.5,
    ranked: Sequence[tuple[str, Span]] = (),
) -> AskResult:
    """A question's outcome: refused where nothing is cited."""
    sentences = tuple(RankedSentence(name, *each, "", 1.0) for name, each in ranked)
    answer = abstention = None
    if citations:
        shown = next(each.quote for each in citations if each.n == first)
        told = (AnswerSentence(shown, (first,)),)
        short = None if span is None else AnswerSpan(first, 0, len(span), span)
        answer = Answer(AnswerMode.EXTRACTIVE, shown, told, short, None, confidence)
    else:
        abstention = Abstention(Reason.LOW_EVIDENCE, (), "", confidence)
    return AskResult("?", "b", answer, citations, abstention, [], {}, sentences)


# Evidence


@pytest.mark.parametrize(
    ("shown", "gold", "is_met"),
    [
        (Span(0, 10), Span(0, 10), True),
        (Span(0, 10), Span(5, 15), True),  # half of both
        (Span(0, 10), Span(6, 16), False),
        (Span(0, 10), Span(8, 12), True),  # half of the shorter one
        (Span(0, 10), Span(9, 13), False),
        (Span(0, 10), Span(10, 20), False),
        (Span(0, 100), Span(40, 50), True),
        (Span(4, 4), Span(0, 10), False),
    ],
)
def test_a_sentence_is_met_by_half_of_the_shorter_one(
    shown: Span, gold: Span, is_met: bool
) -> None:
    for one, other in ((shown, gold), (gold, shown)):
        assert evidence_hits(asked(cite(1, one)), {"a": [other]}) == (float(is_met), 0)
        ranked = asked(ranked=[("a", one)])
        assert evidence_hits(ranked, {"a": [other]}) == (0, float(is_met))


def test_the_first_sentence_shown_is_judged_by_its_first_citation() -> None:
    result = asked(cite(1, FIRST), cite(2, SECOND), first=2)
    assert evidence_hits(result, {"a": [SECOND]}) == (1, 0)
    assert evidence_hits(result, {"a": [FIRST]}) == (0, 0)


def test_the_same_place_of_another_article_is_no_hit() -> None:
    assert evidence_hits(asked(cite(1, FIRST, "b")), {"a": [FIRST]}) == (0, 0)
    assert evidence_hits(asked(cite(1, FIRST)), {}) == (0, 0)


def test_three_ranked_sentences_count_for_refused_questions_too() -> None:
    ranked = [("a", FIRST), ("b", SECOND), ("a", SECOND), ("a", THIRD)]
    assert evidence_hits(asked(ranked=ranked), {"a": [SECOND]}) == (0, 1)
    assert evidence_hits(asked(ranked=ranked), {"a": [THIRD]}) == (0, 0)


# Short answers, by KorQuAD's definition


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("《삼국지》", "삼국지"),
        ("〈가〉<나>‘다’'라'\"마\"(바)", "가 나 다 라 마 바"),
        ("1,000.5 %", "10005"),
        ("“가”", "“가”"),  # these two the definition leaves alone
        ("The  KBS\u00a0a", "the kbs a"),  # and articles stay
        ("A-B", "ab"),
        ("...", ""),
    ],
)
def test_short_answers_are_normalised(text: str, normalized: str) -> None:
    assert normalized_answer(text) == normalized


@pytest.mark.parametrize(
    ("found", "wanted", "f1"),
    [
        ("1989년 2월", "1989년 2월", 1),
        ("1989년2월", "1989년 2월", 1),  # over characters: blanks do not count
        ("1989년", "1989년 2월", 2 * 5 / (5 + 7)),
        ("가가나", "가나나", 2 / 3),
        ("가나", "다라", 0),
        ("《》", "가", 0),
        ("《》", "《》", 0),
    ],
)
def test_f1_is_over_characters(found: str, wanted: str, f1: float) -> None:
    assert character_f1(found, wanted) == pytest.approx(f1)
    assert character_f1(wanted, found) == character_f1(found, wanted)


def test_the_best_answer_counts() -> None:
    result = asked(cite(1, SECOND), span="만 권")
    assert answer_scores(result, ["책", "만권"]) == (1, 0, 1)
    assert answer_scores(result, ["x", "'만 권'"]) == (0, 1, 1)
    assert answer_scores(result, ["만"]) == pytest.approx((1, 0, 2 / 3))


def test_an_answer_may_stand_in_other_blanks() -> None:
    result = asked(cite(1, SECOND, quote="책은\u00a0만\n권이다."))
    assert answer_scores(result, ["만 권"]) == (1, 0, 0)


def test_a_refusal_and_a_missing_span_count_nothing() -> None:
    assert answer_scores(asked(), ["만 권"]) == (0, 0, 0)
    assert answer_scores(asked(cite(1, SECOND)), ["만 권"]) == (1, 0, 0)


# Confidence


CONFIDENCES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), min_size=1, max_size=12)


@given(CONFIDENCES, CONFIDENCES)
def test_the_area_is_that_over_all_pairs(answerable: list[float], not_: list[float]) -> None:
    pairs = [(a > n) + 0.5 * (a == n) for a, n in product(answerable, not_)]
    area, (low, high) = auroc(answerable, not_, n_resamples=50, seed=0)
    assert area == pytest.approx(np.mean(pairs))
    assert -1e-9 <= low <= high <= 1 + 1e-9
    other, _ = auroc(not_, answerable, n_resamples=2, seed=0)
    assert area + other == pytest.approx(1)


def test_the_interval_of_the_area_holds_it_and_narrows() -> None:
    random = np.random.default_rng(1)
    widths = []
    for n in (20, 200):
        high_ones, low_ones = random.normal(1, 1, n).tolist(), random.normal(0, 1, n).tolist()
        area, (low, high) = auroc(high_ones, low_ones, n_resamples=500, seed=0)
        assert low < area < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


# The report


JUDGED = Judged(
    {"q1": "하나", "q2": "둘", "q3": "셋", "q4": "x" * 600},
    {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}, "q3": {"a": 0}, "q4": {"a": 1}},
)
NOTHING = Known({}, {}, {}, None)
OUTCOMES = {
    "하나": asked(cite(1, FIRST), confidence=0.9, ranked=[("a", FIRST)]),
    "둘": asked(cite(1, SECOND, "b"), cite(2, THIRD, quote="다른 글"), confidence=0.4),
    "셋": asked(confidence=0.2, ranked=[("a", THIRD), ("a", FIRST)]),
    "x" * 512: asked(cite(1, THIRD), confidence=0.8),
    "없다": asked(confidence=0.1),
    "없나": asked(cite(1, FIRST, "gone"), confidence=0.4),
}


def measured(known: Known, judged: Judged = JUDGED) -> dict[str, Any]:
    """Report on `OUTCOMES`; articles a and b hold `TEXT`."""
    texts = {"a": TEXT, "b": TEXT}
    return report_answers(OUTCOMES.__getitem__, judged, known, texts.get)


def test_nothing_known_leaves_refusals_and_quotes() -> None:
    report = measured(NOTHING)
    assert [name for name in MEASURES if report[name] is not None] == [
        "quote_exactness",
        "answerable_refused",
    ]
    assert report["answerable_refused"] == 0.25
    assert report["quote_exactness"] == 0.75
    assert {name for name, bounds in report["intervals"].items() if bounds} == {
        "quote_exactness",
        "answerable_refused",
    }
    assert list(report["intervals"]) == list(MEASURES)


def test_evidence_counts_over_the_questions_that_have_some() -> None:
    quotes = {
        "q1": [Quote("a", 0, "도서관이 생겼다.")],
        "q2": [Quote("a", 0, "책은 만 권이다.")],  # met in b, which is relevant
        "q3": [Quote("a", 0, "도서관이 생겼다.")],  # refused, but second of its best
        "q4": [Quote("a", 0, "지워진 문장")],
    }
    report = measured(NOTHING._replace(quotes=quotes))
    assert report["evidence_hit@1"] == 0.5
    assert report["evidence_hit@3"] == 0.5
    assert report["counts"]["with_evidence"] == 4
    assert report["counts"]["evidence_lost"] == 1
    irrelevant = Judged(JUDGED.queries, {**JUDGED.qrels, "q2": {"a": 1, "b": 0}})
    assert measured(NOTHING._replace(quotes=quotes), irrelevant)["evidence_hit@1"] == 0.25
    two = {name: quotes[name] for name in ("q1", "q2")}
    assert measured(NOTHING._replace(quotes=two))["evidence_hit@1"] == 1


def test_short_answers_count_over_the_questions_that_have_some() -> None:
    report = measured(NOTHING._replace(answers={"q1": ["도서관"], "q3": ["값"]}))
    assert report["answer_in_sentence"] == 0.5
    assert report["span_exact"] == report["span_f1"] == 0
    assert report["intervals"]["answer_in_sentence"] == [0, 1]


def test_unanswerable_questions_are_told_from_answerable_ones() -> None:
    known = NOTHING._replace(unanswerable={"n1": "없다", "q1": "없나"}, language=Language.KO)
    report = measured(known)
    # 0.9, 0.4, 0.2 and 0.8 against 0.1 and 0.4
    assert report["abstention_auroc"] == pytest.approx((4 + 1 + 0.5 + 0 + 1) / 8)
    assert report["unanswerable_caught"] == 0.5
    assert report["answerable_refused"] == 0.25
    assert report["quote_exactness"] == 0.6  # a citation of an article that is not there
    low, high = report["intervals"]["abstention_auroc"]
    assert 0 <= low <= report["abstention_auroc"] <= high <= 1
    assert report["language"] == "ko"
    assert report["counts"] == {
        "questions": 4,
        "with_evidence": 0,
        "evidence_lost": 0,
        "with_answers": 0,
        "unanswerable": 2,
        "citations": 5,
    }


def test_progress_counts_every_question() -> None:
    done: list[tuple[int, int]] = []
    known = NOTHING._replace(unanswerable={"n1": "없다"})
    report_answers(
        OUTCOMES.__getitem__,
        JUDGED,
        known,
        lambda document_id: TEXT,
        lambda n, total: done.append((n, total)),
    )
    assert done == [(n, 5) for n in range(1, 6)]


# What is known


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["누가?", "why?", "왜?"], "ko"),
        (["who?", "why?", "왜?"], "en"),
        (["who?", "왜?"], "ko"),
    ],
)
def test_the_language_is_that_of_most_queries(texts: list[str], language: str) -> None:
    assert most_used_language(texts) == language


def test_nothing_is_known_without_files_and_answers(tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"_id": "q1", "text": "하나"}\n', encoding="utf-8")
    assert not read_known(JUDGED, queries).has_any
    queries.write_text('{"_id": "q1", "text": "하나", "answers": ["가"]}\n', encoding="utf-8")
    assert read_known(JUDGED, queries).has_any


def test_unanswerable_questions_are_asked_in_the_language_of_the_queries(tmp_path: Path) -> None:
    queries, path = tmp_path / "queries.jsonl", tmp_path / "unanswerable.jsonl"
    queries.write_text("", encoding="utf-8")
    path.write_text('{"_id": "n1", "ko": "누가?", "en": "Who?"}\n', encoding="utf-8")
    known = read_known(JUDGED, queries, unanswerable=path)
    assert (known.unanswerable, known.language) == ({"n1": "누가?"}, "ko")
    known = read_known(JUDGED, queries, unanswerable=path, language=Language.EN)
    assert (known.unanswerable, known.language) == ({"n1": "Who?"}, "en")
