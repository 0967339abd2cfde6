"""``/ask`` as server-sent events: order, framing, failures on the way, readers that leave."""

import asyncio
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.ask_events import frame, wants_events
from api.live import LiveEngine
from api.settings import Settings
from api.wiring import open_engine
from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.errors import IndexCorrupt
from search.answer import Answerer, AskEvent
from search.answer_records import AskResult

QUESTION = "KT와 마이크로소프트는 얼마를 투자하기로 했나?"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
def app(sample_index: Path, analyzer: Analyzer) -> FastAPI:
    """An app over the sample index."""
    settings = Settings(index_dir=sample_index, reload_seconds=3600)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    return create_app(settings, live)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of that app."""
    with TestClient(app) as opened:
        yield opened


def parsed(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream as the standard reads them, and nothing beside them."""
    assert re.fullmatch(r"(event: [a-z]+\ndata: [^\r\n]+\n\n)+", text)
    events = (block.split("\n") for block in text.removesuffix("\n\n").split("\n\n"))
    return [(name[7:], json.loads(data[6:])) for name, data in events]


def events_of(result: AskResult) -> Iterator[AskEvent]:
    """Yield what an answerer yields for such a result."""
    yield AskEvent("hits", result.hits, None, (), None)
    for sentence in result.answer.sentences if result.answer else ():
        cited = tuple(each for each in result.citations if each.n in sentence.citations)
        yield AskEvent("sentence", None, sentence, cited, None)
    yield AskEvent("answer", None, None, result.citations, result)


def let_stream(monkeypatch: pytest.MonkeyPatch, events: Iterator[AskEvent]) -> None:
    """Let the next question be answered by these events."""
    monkeypatch.setattr(Answerer, "stream", lambda *arguments, **options: events)


# Order and framing


def test_events_come_in_order_and_the_last_is_the_whole_answer(
    client: TestClient, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_stream(monkeypatch, events_of(asked.answered))
    response = client.get("/ask", params={"question": QUESTION}, headers=EVENTS)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["vary"] == "accept"
    assert response.headers["x-request-id"]
    (hits, found), (one, first), (two, second), (last, whole) = parsed(response.text)
    assert (hits, one, two, last) == ("hits", "sentence", "sentence", "answer")
    assert found == {"hits": whole["hits"]}
    assert [first["sentence"], second["sentence"]] == whole["answer"]["sentences"]
    assert first["citations"] + second["citations"] == whole["citations"]


def test_an_abstention_is_an_answer_event_without_sentences(
    client: TestClient, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_stream(monkeypatch, events_of(asked.abstained))
    events = parsed(client.post("/ask", json={"question": "화성"}, headers=EVENTS).text)
    assert [name for name, _ in events] == ["hits", "answer"]
    assert events[-1][1]["abstention"]["missing"] == ["화성", "목성"]


@pytest.mark.parametrize("question", [QUESTION, "은 는", "How much will KT invest?"])
def test_a_stream_ends_with_what_json_would_have_said(client: TestClient, question: str) -> None:
    posted = client.post("/ask", json={"question": question}, headers=EVENTS)
    got = client.get("/ask", params={"question": question}, headers=EVENTS)
    plain = client.get("/ask", params={"question": question}).json()
    for response in (posted, got):
        events = parsed(response.text)
        names = [name for name, _ in events]
        assert (names[0], names[-1]) == ("hits", "answer")
        assert set(names[1:-1]) <= {"sentence"}
        whole = events[-1][1]
        assert {**whole, "timings_ms": 0} == {**plain, "timings_ms": 0}
        said = [body["sentence"] for name, body in events if name == "sentence"]
        assert said == (whole["answer"]["sentences"] if whole["answer"] else [])


@given(st.text())
def test_data_is_one_line_whatever_it_holds(text: str) -> None:
    assert parsed(frame("hits", {text: text})) == [("hits", {text: text})]


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("text/event-stream, */*;q=0.1", True),
        ("application/json;q=0.5, text/event-stream;q=0.9", True),
        ("application/json, text/event-stream", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=often", False),
        ("text/event-stream;q=nan", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
        (";,;=,q", False),
    ],
)
def test_events_are_sent_to_who_prefers_them(accept: str, streams: bool) -> None:
    assert wants_events(accept) is streams


@given(st.text())
def test_any_accept_header_is_read(accept: str) -> None:
    assert wants_events(accept) in (False, True)


# Failures


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (IndexCorrupt("documents.sqlite is damaged."), 503, "index-corrupt"),
        (RuntimeError("secret of /srv/private"), 500, "internal"),
    ],
)
def test_a_failure_on_the_way_is_an_error_event_and_the_last(
    client: TestClient,
    asked: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    kind: str,
) -> None:
    def fails() -> Iterator[AskEvent]:
        yield next(events_of(asked.answered))
        raise error

    let_stream(monkeypatch, fails())
    response = client.get("/ask", params={"question": QUESTION}, headers=EVENTS)
    assert response.status_code == 200
    (first, _), (last, body) = parsed(response.text)
    assert (first, last) == ("hits", "error")
    assert set(body) == {"type", "title", "status", "detail"}
    assert (body["type"], body["status"]) == (f"urn:gisa:problem:{kind}", status)
    assert "secret" not in response.text
    [record] = [each for each in caplog.records if each.levelname == "ERROR"]
    assert record.__dict__["request_id"] == response.headers["x-request-id"]


def test_a_failure_before_the_hits_is_a_reply_of_its_own(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> Iterator[AskEvent]:
        raise IndexCorrupt("documents.sqlite is damaged.")
        yield

    let_stream(monkeypatch, fails())
    response = client.get("/ask", params={"question": QUESTION}, headers=EVENTS)
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


# Readers that leave, and builds that come


def leave_after(app: FastAPI, n_events: int) -> list[bytes]:
    """Ask for events and close the connection when *n_events* are there; return what came."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/ask",
        "query_string": b"question=KT",
        "headers": [(b"accept", b"text/event-stream")],
        "state": {},
    }
    came: list[bytes] = []

    async def talk() -> None:
        is_left = asyncio.Event()
        is_asked = False

        async def receive() -> dict[str, Any]:
            nonlocal is_asked
            if not is_asked:
                is_asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await is_left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                came.append(message["body"])
            if len(came) == n_events:
                is_left.set()
                await asyncio.sleep(0)

        await app(scope, receive, send)

    asyncio.run(talk())
    return came


def test_a_reader_who_leaves_stops_the_work(
    app: FastAPI, client: TestClient, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    closed: list[bool] = []

    def endless() -> Iterator[AskEvent]:
        first, sentence, *_ = events_of(asked.answered)
        try:
            yield first
            while True:
                made.append(1)
                yield sentence
        finally:
            closed.append(True)

    let_stream(monkeypatch, endless())
    came = leave_after(app, 3)
    assert closed == [True]
    assert 3 <= len(came) <= len(made) + 1 <= 10


def test_a_stream_goes_on_with_the_build_it_began_with(
    copied_index: Path, analyzer: Analyzer, write_jsonl: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(index_dir=copied_index, reload_seconds=3600)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    before = live.engine.snapshot.manifest.build
    stream = Answerer.stream

    def exchanged_on_the_way(answerer: Answerer, *arguments: Any, **options: Any) -> Any:
        events = stream(answerer, *arguments, **options)
        yield next(events)
        assert live.refresh()
        yield from events

    article = {"id": "new-1", "title": "새 소식", "text": "참새마을에 도서관이 열렸다."}
    path = write_jsonl(article)
    new = build_index([path], copied_index, BuildOptions(), analyzer=analyzer).manifest.build
    with TestClient(create_app(settings, live)) as client:
        with monkeypatch.context() as patched:
            patched.setattr(Answerer, "stream", exchanged_on_the_way)
            response = client.get("/ask", params={"question": QUESTION}, headers=EVENTS)
        events = parsed(response.text)
        assert [name for name, _ in events][-1] == "answer"
        assert events[-1][1]["build"] == before
        assert events[-1][1]["hits"] == events[0][1]["hits"]
        assert client.get("/ask", params={"question": "도서관"}).json()["build"] == new
