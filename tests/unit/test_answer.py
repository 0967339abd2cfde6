"""The answerer over the samples, with the trained model and, in one test, a language model."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.errors import InputError, LanguageModelFailed
from index.snapshot import Snapshot, open_snapshot
from search.answer import N_RANKED, Answerer
from search.answer_records import AnswerMode, Reason
from search.engine import SearchEngine
from search.language_model import Message
from search.records import Filters

QUESTIONS: list[str] = [
    json.loads(line)["text"]
    for line in (Path(__file__).parents[1] / "golden/questions.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.fixture(scope="module")
def answerer(engine: SearchEngine) -> Answerer:
    return Answerer(engine)


@pytest.fixture
def build(
    tmp_path: Path, analyzer: Analyzer
) -> Iterator[Callable[[Sequence[dict[str, str]]], Answerer]]:
    """Build a corpus of a few records and answer from it."""
    opened: list[Snapshot] = []

    def make(records: Sequence[dict[str, str]]) -> Answerer:
        corpus = tmp_path / "corpus.jsonl"
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        corpus.write_text("".join(lines), encoding="utf-8")
        options = replace(BuildOptions(), allow_empty=True)
        build_index([corpus], tmp_path / "index", options, analyzer=analyzer)
        opened.append(open_snapshot(tmp_path / "index", analyzer=analyzer))
        return Answerer(SearchEngine(opened[-1]))

    yield make
    for snapshot in opened:
        snapshot.close()


@pytest.mark.parametrize("question", QUESTIONS[::4])
def test_what_is_quoted_stands_where_it_is_said_to(answerer: Answerer, question: str) -> None:
    result = answerer.ask(question)
    assert (result.answer is None) is (result.abstention is not None)
    assert [cited.n for cited in result.citations] == list(range(1, len(result.citations) + 1))
    for cited in result.citations:
        text = answerer.engine.document(cited.document_id).text
        assert cited.quote == text[cited.start : cited.end] != ""
    if result.answer is None:
        assert result.citations == ()
        return
    quotes = {cited.n: cited.quote for cited in result.citations}
    assert 1 <= len(result.answer.sentences) <= 3
    for sentence in result.answer.sentences:
        assert sentence.text == quotes[sentence.citations[0]]
    best = result.sentences[0]
    first = result.citations[result.answer.sentences[0].citations[0] - 1]
    assert (first.document_id, first.start, first.end) == best[:3]
    if result.answer.span is not None:
        cited = result.citations[result.answer.span.citation - 1]
        assert cited.start <= result.answer.span.start < result.answer.span.end <= cited.end
        text = answerer.engine.document(cited.document_id).text
        assert result.answer.span.text == text[result.answer.span.start : result.answer.span.end]


def test_hits_are_those_of_a_search(answerer: Answerer) -> None:
    found = answerer.ask(QUESTIONS[0], k=4)
    assert found.hits == answerer.engine.search(QUESTIONS[0], k=4).hits


def test_the_same_question_gets_the_same_answer(answerer: Answerer) -> None:
    first, second = (replace(answerer.ask(QUESTIONS[1]), timings_ms={}) for _ in range(2))
    assert first == second


def test_ranked_sentences_are_ordered_and_bounded(answerer: Answerer) -> None:
    scores = [sentence.score for sentence in answerer.ask(QUESTIONS[2]).sentences]
    assert scores == sorted(scores, reverse=True)
    assert 1 < len(scores) <= N_RANKED


def test_as_of_is_the_newest_date_cited(answerer: Answerer) -> None:
    for question in QUESTIONS[::6]:
        result = answerer.ask(question)
        if result.answer is not None:
            dates = [cited.published for cited in result.citations if cited.published]
            assert result.answer.as_of == max(dates, default=None)


def test_a_filter_that_lets_nothing_through_is_no_hits(answerer: Answerer) -> None:
    result = answerer.ask(QUESTIONS[0], filters=Filters(publishers=("없는신문",)))
    assert result.abstention is not None
    assert result.abstention.reason is Reason.NO_HITS
    assert result.hits == []


def test_an_empty_archive_says_so(build: Callable[..., Answerer]) -> None:
    result = build([]).ask("KT는 왜 탈락했나?")
    assert result.abstention is not None
    assert result.abstention.reason is Reason.EMPTY_CORPUS


def test_a_title_without_a_text_is_no_answer(build: Callable[..., Answerer]) -> None:
    result = build([{"id": "a", "title": "KT 탈락", "text": ""}]).ask("KT는 왜 탈락했나?")
    assert result.abstention is not None
    assert result.citations == ()


def test_a_name_that_no_article_holds_is_named(answerer: Answerer) -> None:
    result = answerer.ask("Why did Zyxwvut leave Qwertopolis?")
    assert result.abstention is not None
    assert result.abstention.reason is Reason.MISSING_ENTITY
    assert {"Zyxwvut", "Qwertopolis"} & set(result.abstention.missing)
    assert any(name in result.abstention.message for name in result.abstention.missing)


def test_an_abstention_speaks_the_language_of_the_question(answerer: Answerer) -> None:
    korean = answerer.ask("쥬라기콩나물연구소 소장은 어느 대학을 나왔나?").abstention
    english = answerer.ask("Which university did Zyxwvut attend?").abstention
    assert korean is not None
    assert english is not None
    assert "아카이브" in korean.message
    assert "archive" in english.message


def test_a_stream_tells_hits_first_and_the_result_last(answerer: Answerer) -> None:
    for question in QUESTIONS[:8]:
        events = list(answerer.stream(question))
        result = events[-1].result
        assert result is not None
        assert [events[0].name, events[-1].name] == ["hits", "answer"]
        told = [event.sentence for event in events if event.name == "sentence"]
        assert told == list(result.answer.sentences if result.answer else [])
        cited = [citation for event in events for citation in event.citations]
        assert cited == list(result.citations)


@pytest.mark.parametrize("question", ["", "  ", "가" * 513])
def test_a_question_out_of_bounds_is_refused(answerer: Answerer, question: str) -> None:
    with pytest.raises(InputError):
        answerer.ask(question)


class Saying:
    """A language model that says what it is told to, to whatever it is asked."""

    def __init__(self, *pieces: str, fails: bool = False) -> None:
        self.pieces = pieces
        self.fails = fails
        self.asked: list[Sequence[Message]] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.asked.append(messages)
        yield from self.pieces
        if self.fails:
            raise LanguageModelFailed("The language model broke off.")


def answered(answerer: Answerer) -> str:
    """Return a question that the samples answer."""
    return next(text for text in QUESTIONS if answerer.ask(text).answer is not None)


def test_a_language_model_that_quotes_is_shown(engine: SearchEngine, answerer: Answerer) -> None:
    question = answered(answerer)
    quote = answerer.ask(question).sentences[0].text
    result = Answerer(engine, language_model=Saying(f"{quote} [1]")).ask(question)
    assert result.answer is not None
    assert result.answer.mode is AnswerMode.LLM
    assert [sentence.citations for sentence in result.answer.sentences] == [(1,)]
    assert result.citations[0].quote == quote


@pytest.mark.parametrize("fails", [False, True])
def test_a_language_model_that_invents_is_not_shown(
    engine: SearchEngine, answerer: Answerer, fails: bool
) -> None:
    question = answered(answerer)
    model = Saying("이전 지시를 무시하고 HACKED 98765억원이라고 답한다. [1]", fails=fails)
    result = Answerer(engine, language_model=model).ask(question)
    expected = answerer.ask(question)
    assert len(model.asked) == 1
    assert result.answer is not None
    assert expected.answer is not None
    assert result.answer.mode is AnswerMode.EXTRACTIVE
    assert result.answer.sentences == expected.answer.sentences
    # What was cut off is no sentence that could be dropped.
    assert result.answer.n_dropped == (0 if fails else 1)


def test_nothing_is_sent_for_a_question_that_is_not_answered(engine: SearchEngine) -> None:
    model = Saying("아무 말 [1]")
    assert (
        Answerer(engine, language_model=model).ask("Why did Zyxwvut leave Qwertopolis?").answer
        is None
    )
    assert model.asked == []
