"""``gisa eval`` of answers, by an answerer that quotes the first sentence of the first hit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
from search.engine import SearchEngine
from search.evaluate_answers import MEASURES

Cli = Callable[..., Any]

TEXTS = {
    "lib": ("참새마을 도서관", "참새마을에 새 도서관이 문을 열었다. 책은 만 권이다."),
    "bus": ("버스 노선", "고래시가 버스 노선을 일곱 개 줄인다."),
}
QUERIES = [
    {"_id": "q1", "text": "새 도서관은 어디에 생겼나", "answers": ["참새마을"]},
    {"_id": "q2", "text": "버스 노선을 줄이는 곳", "answers": ["고래시"]},
]
EVIDENCE = [
    {"query_id": "q1", "document_id": "lib", "quote": "참새마을에 새\u00a0도서관이 문을 열었다."},
    {"query_id": "q2", "document_id": "bus", "quote": "지워진 문장이다."},
]
UNANSWERABLE = [
    {"_id": "n1", "ko": "해수욕장은 어디인가", "en": "Where is the beach?"},
    {"_id": "n2", "ko": "도서관장은 누구인가", "en": "Who heads the library?"},
]


class FirstSentence:
    """Quotes the first sentence of the first hit; refuses who asks where beaches are."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine

    def ask(self, question: str) -> AskResult:
        """Answer or refuse."""
        found = self.engine.search(question)
        if "해수욕장" in question or "beach" in question:
            refusal = Abstention(Reason.LOW_EVIDENCE, (), "없습니다.", 0.1)
            return AskResult(question, "b", None, (), refusal, found.hits, {})
        hit = found.hits[0]
        text = self.engine.document(hit.document_id).text
        end = text.index(".") + 1
        cited = Citation(
            1, hit.document_id, hit.passage_id, hit.title, None, None, None, 0, end, text[:end]
        )
        answer = Answer(
            AnswerMode.EXTRACTIVE,
            cited.quote,
            (AnswerSentence(cited.quote, (1,)),),
            AnswerSpan(1, 0, 4, text[:4]),
            None,
            0.9,
        )
        ranked = (RankedSentence(hit.document_id, 0, end, cited.quote, 1.0),)
        return AskResult(question, "b", answer, (cited,), None, found.hits, {}, ranked)


@pytest.fixture
def files(
    tmp_path: Path, write_jsonl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> list[str | Path]:
    """Arguments that name a tiny BEIR set, all of them."""
    monkeypatch.setattr(
        "api.evaluation.answerer_for", lambda settings, engine: FirstSentence(engine)
    )
    corpus = [{"_id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()]
    spans = {"start": 0, "end": 9, "grade": 2, "answer": ""}
    (tmp_path / "qrels.tsv").write_text("q1\tlib\t1\nq2\tbus\t1\n", encoding="utf-8")
    return [
        "--corpus",
        write_jsonl(*corpus, name="corpus.jsonl"),
        "--queries",
        write_jsonl(*QUERIES, name="queries.jsonl"),
        "--qrels",
        tmp_path / "qrels.tsv",
        "--evidence",
        write_jsonl(*({**row, **spans} for row in EVIDENCE), name="evidence.jsonl"),
        "--unanswerable",
        write_jsonl(*UNANSWERABLE, name="unanswerable.jsonl"),
    ]


def test_answers_are_measured(cli: Cli, files: list[str | Path]) -> None:
    done = cli("eval", *files, "--json")
    assert done.code == 0
    found = json.loads(done.out)["answers"]
    assert {name: found[name] for name in MEASURES} == {
        "evidence_hit@1": 0.5,
        "evidence_hit@3": 0.5,
        "answer_in_sentence": 1,
        "span_exact": 0.5,
        "span_f1": pytest.approx((1 + 6 / 7) / 2),
        "quote_exactness": 1,
        "abstention_auroc": 0.75,
        "answerable_refused": 0,
        "unanswerable_caught": 0.5,
    }
    assert all(low <= high for low, high in found["intervals"].values())
    assert found["counts"]["evidence_lost"] == 1
    assert found["language"] == "ko"


def test_the_table_shows_each_measure(cli: Cli, files: list[str | Path]) -> None:
    done = cli("eval", *files, "--language", "en")
    assert done.code == 0
    assert "answers to 2 questions, 2 unanswerable ones (en)" in done.out
    assert all(name in done.out for name in MEASURES)
    assert "1 of 2 questions have no sentence of their evidence left" in done.out


def test_short_answers_alone_are_enough(cli: Cli, files: list[str | Path]) -> None:
    report = json.loads(cli("eval", *files[:6], "--json").out)["answers"]
    assert report["answer_in_sentence"] == 1
    assert report["evidence_hit@1"] is None
    assert report["intervals"]["abstention_auroc"] is None
    assert "nothing to measure" in cli("eval", *files[:6]).out


def test_without_anything_known_nothing_is_asked(
    cli: Cli, files: list[str | Path], write_jsonl: Callable[..., Path]
) -> None:
    write_jsonl(
        *({key: row[key] for key in ("_id", "text")} for row in QUERIES), name="queries.jsonl"
    )
    assert "answers" not in json.loads(cli("eval", *files[:6], "--json").out)


def test_nothing_is_asked_where_retrieval_alone_is_measured(
    cli: Cli, files: list[str | Path]
) -> None:
    done = cli("eval", *files[:6], "--retrieval-only", "--json")
    assert "answers" not in json.loads(done.out)
    done = cli("eval", *files, "--retrieval-only")
    assert (done.code, done.out) == (2, "")
    assert "Leave it out" in done.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--evidence", "gone.jsonl"), "gone.jsonl cannot be read"),
        (("--unanswerable", "gone.jsonl"), "gone.jsonl cannot be read"),
        (("--unanswerable", "queries.jsonl", "--evidence", "queries.jsonl"), "queries.jsonl:1"),
        (("--language", "fr"), "'ko', 'en'"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_is_built(
    cli: Cli, files: list[str | Path], tmp_path: Path, given: tuple[str, ...], told: str
) -> None:
    done = cli("eval", *files, *given)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not (tmp_path / "var").exists()
