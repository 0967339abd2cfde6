"""An answer in a language model's words, as far as the articles' sentences hold it up."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from index.errors import LanguageModelFailed
from search.answer_candidates import candidate_sentences
from search.answer_records import Answer, AnswerMode, AnswerSentence
from search.clock import Clock
from search.engine import SearchEngine
from search.judge import Judgement
from search.language_model import Message
from search.quoting import Quoting
from search.reworded import N_SENTENCES, reword
from search.short_answer import ShortAnswer

QUESTION = "KT는 왜 정부 AI 사업에서 탈락했나?"
# The likeliest first, so that these are sentences 1, 2 and 3 of the prompt.
FIRST = ("KT는 마이크로소프트(MS)와", "두 회사에는 미국 빅테크와", "KT도 언어모델")
ALLIED = "KT는 마이크로소프트와 AI·클라우드 협력을 맺었다"
PARTNERS = "두 회사는 미국 빅테크와 손을 잡고 있다"
INVESTS = "KT는 언어모델 ‘믿음’을 직접 개발해 공개했다"


class Saying:
    """A model that says what it was given, however it is asked, and then may break off."""

    def __init__(self, *pieces: str, failure: LanguageModelFailed | None = None) -> None:
        self.pieces = pieces
        self.failure = failure
        self.sent: list[list[Message]] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.sent.append(list(messages))
        yield from self.pieces
        if self.failure is not None:
            raise self.failure


@pytest.fixture(scope="module")
def judgement(engine: SearchEngine) -> Judgement:
    """Sentences of the sample articles, in an order of our own instead of the ranker's."""
    found = engine.find(QUESTION, k=10, clock=Clock())
    sentences = candidate_sentences(engine.snapshot, found.ranked)
    best = [
        next(place for place, each in enumerate(sentences) if each.text.startswith(start))
        for start in FIRST
    ]
    order = best + [place for place in range(len(sentences)) if place not in best]
    scores = np.zeros(len(sentences), np.float32)
    scores[order] = np.arange(len(sentences), 0, -1)
    chances = scores / scores.sum()
    stored = sentences[best[1]].stored
    text = sentences[best[1]].article.document.text
    start = text.index("미국 빅테크", stored.start)
    short = {best[1]: ShortAnswer(start, start + 6, "미국 빅테크", 0.9)}
    vectors = np.eye(len(sentences), dtype=np.float32)
    return Judgement(found.plan, sentences, scores, chances, order, vectors, short, 0.75)


def worded(
    engine: SearchEngine, judgement: Judgement, model: Saying
) -> tuple[list[AnswerSentence], Answer | int, Quoting]:
    quoting = Quoting(engine.snapshot.store)
    *said, last = reword(model, engine, judgement, quoting)
    assert isinstance(last, Answer | int)
    sentences = [each for each in said if isinstance(each, AnswerSentence)]
    assert len(sentences) == len(said)
    return sentences, last, quoting


def test_what_is_held_up_becomes_the_answer(engine: SearchEngine, judgement: Judgement) -> None:
    model = Saying(ALLIED[:8], f"{ALLIED[8:]} [1]. ", f"{PARTNERS} [2].")
    sentences, answer, quoting = worded(engine, judgement, model)
    assert sentences == [AnswerSentence(f"{ALLIED}.", (1,)), AnswerSentence(f"{PARTNERS}.", (2,))]
    assert isinstance(answer, Answer)
    assert answer.mode is AnswerMode.LLM
    assert answer.text == f"{ALLIED}. {PARTNERS}."
    assert (list(answer.sentences), answer.n_dropped) == (sentences, 0)
    assert (answer.confidence, answer.differences) == (0.75, ())
    assert [each.quote[:9] for each in quoting.citations] == [start[:9] for start in FIRST[:2]]
    assert answer.as_of == max(each.published or "" for each in quoting.citations)


def test_sentences_come_before_the_reply_is_over(
    engine: SearchEngine, judgement: Judgement
) -> None:
    model = Saying(f"{ALLIED} [1]. 그", failure=LanguageModelFailed("not asked for so far"))
    parts = reword(model, engine, judgement, Quoting(engine.snapshot.store))
    assert next(parts) == AnswerSentence(f"{ALLIED}.", (1,))


def test_citations_are_numbered_as_they_are_named(
    engine: SearchEngine, judgement: Judgement
) -> None:
    reply = f"{INVESTS} [3]. {ALLIED} [1]. KT는 언어모델 ‘믿음’을 공개했다 [3]."
    sentences, answer, quoting = worded(engine, judgement, Saying(reply))
    assert [each.citations for each in sentences] == [(1,), (2,), (1,)]
    assert [each.n for each in quoting.citations] == [1, 2]
    assert quoting.citations[0].quote.startswith(FIRST[2])
    assert isinstance(answer, Answer)
    assert answer.span is None


def test_the_short_answer_is_that_of_the_first_sentence_cited(
    engine: SearchEngine, judgement: Judgement
) -> None:
    _, answer, quoting = worded(engine, judgement, Saying(f"{PARTNERS} [2]. {ALLIED} [1]."))
    assert isinstance(answer, Answer)
    assert answer.span is not None
    assert (answer.span.citation, answer.span.text) == (1, "미국 빅테크")
    document = engine.document(quoting.citations[0].document_id)
    assert document.text[answer.span.start : answer.span.end] == "미국 빅테크"


def test_what_is_not_held_up_is_dropped_and_counted(
    engine: SearchEngine, judgement: Judgement
) -> None:
    reply = (
        f"KT는 마이크로소프트에 9조원을 냈다 [1]. {ALLIED}. {PARTNERS} [2]. "
        "버스 기사들이 파업했다 [1]. 두 회사는 일본 빅테크와 손을 잡고 있다 [2]."
    )
    sentences, answer, quoting = worded(engine, judgement, Saying(reply))
    assert sentences == [AnswerSentence(f"{PARTNERS}.", (1,))]
    assert isinstance(answer, Answer)
    assert answer.n_dropped == 4
    assert [each.quote[:6] for each in quoting.citations] == [FIRST[1][:6]]


@pytest.mark.parametrize(
    ("reply", "n_dropped"),
    [
        ("NONE", 0),
        ("", 0),
        ("KT는 마이크로소프트에 9조원을 냈다 [1].", 1),
        (f"{ALLIED}. {PARTNERS}.", 2),
        (f"{ALLIED} [99].", 1),
        ("KT has an alliance with Microsoft [1].", 1),
    ],
    ids=["none", "empty", "number", "uncited", "unknown", "language"],
)
def test_where_nothing_is_left_only_the_count_is(
    engine: SearchEngine, judgement: Judgement, reply: str, n_dropped: int
) -> None:
    sentences, last, quoting = worded(engine, judgement, Saying(reply))
    assert (sentences, last) == ([], n_dropped)
    assert quoting.citations == ()


def test_an_english_question_is_answered_from_korean_sentences(
    engine: SearchEngine, judgement: Judgement
) -> None:
    asked = judgement._replace(plan=engine.plan("Why was KT excluded from the AI project?"))
    reply = "KT has an alliance with Microsoft [1]. KT has an alliance with Samsung [1]."
    sentences, answer, quoting = worded(engine, asked, Saying(reply))
    assert sentences == [AnswerSentence("KT has an alliance with Microsoft.", (1,))]
    assert isinstance(answer, Answer)
    assert answer.n_dropped == 1
    assert quoting.citations[0].quote.startswith(FIRST[0])


def test_only_the_likeliest_sentences_are_sent_best_first(
    engine: SearchEngine, judgement: Judgement
) -> None:
    model = Saying("NONE")
    worded(engine, judgement, model)
    [[_, message]] = model.sent
    lines = re.findall(r"^\[(\d+)\] (.{6})", message["content"], re.MULTILINE)
    sent = [judgement.sentences[place].text[:6] for place in judgement.order[:N_SENTENCES]]
    assert len(judgement.order) > N_SENTENCES
    assert [int(number) for number, _ in lines] == list(range(1, N_SENTENCES + 1))
    assert [text for _, text in lines[:3]] == sent[:3]
    assert QUESTION in message["content"]


def test_what_came_before_a_failure_stands_and_is_logged(
    engine: SearchEngine, judgement: Judgement, caplog: pytest.LogCaptureFixture
) -> None:
    failure = LanguageModelFailed("the server hung up")
    sentences, answer, _ = worded(
        engine, judgement, Saying(f"{ALLIED} [1]. {PARTNERS}", failure=failure)
    )
    assert [each.text for each in sentences] == [f"{ALLIED}."]
    assert isinstance(answer, Answer)
    assert caplog.messages == ["language model: the server hung up"]
    caplog.clear()
    assert worded(engine, judgement, Saying(failure=failure))[:2] == ([], 0)
    assert caplog.messages == ["language model: the server hung up"]
