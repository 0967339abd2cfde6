"""
What a question gets, as server-sent events: ``hits``, a ``sentence`` for each one as soon as
it stands, and ``answer`` with everything; or ``error`` where something fails on the way.

But: what fails before the hits are there is no event, it is a reply of its own.
"""

import json
import logging
from collections.abc import Callable, Generator, Iterator
from typing import Any

import anyio
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.ask_schemas import AnswerCitationBody, AnswerSentenceBody, AskResponse, leave_out
from api.problems import bug_problem, problem_of
from api.schemas import HitBody
from index.errors import GisaError
from search.answer import AskEvent
from search.answer_records import AskResult

log = logging.getLogger(__name__)

EVENT_STREAM = "text/event-stream"
ERROR = "error"


class EventStream(StreamingResponse):
    """
    A stream of events, read on worker threads; it stops with the connection.

    A client that is gone is noticed while an event is waited for; that one is finished, no
    other is begun, and the iterator is closed.

    Args:
        events: From `Answerer.stream`; the first is read here, and what it raises is raised.
        on_result: Is told the result before the last event is sent.
        request_id: For the log, where a bug ends the stream.
    """

    def __init__(
        self,
        events: Iterator[AskEvent],
        on_result: Callable[[AskResult], None],
        request_id: str | None = None,
    ) -> None:
        self._frames = _frames(next(events), events, on_result, request_id)
        super().__init__(
            self._frames,
            media_type=EVENT_STREAM,
            headers={"cache-control": "no-cache", "vary": "accept", "x-accel-buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._frames.close)


def frame(name: str, body: dict[str, Any]) -> str:
    """Return an event; JSON has no line ends of its own, so that its data is one line."""
    data = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n"


def wants_events(accept: str) -> bool:
    """Tell whether an Accept header names an event stream and does not like JSON as well."""
    liked = {"application/json": 0.0, EVENT_STREAM: 0.0}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        if kind in liked:
            liked[kind] = max(liked[kind], _quality(quality))
    return liked[EVENT_STREAM] > liked["application/json"]


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _frames(
    first: AskEvent,
    events: Iterator[AskEvent],
    on_result: Callable[[AskResult], None],
    request_id: str | None,
) -> Generator[bytes, None, None]:
    try:
        yield frame(first.name, _body(first)).encode()
        for event in events:
            if event.result is not None:
                on_result(event.result)
            yield frame(event.name, _body(event)).encode()
    except GisaError as error:
        body = problem_of(error)
        if body["status"] >= 500:
            log.error("request failed", extra={"request_id": request_id, "reason": str(error)})
        yield frame(ERROR, body).encode()
    except Exception:  # a bug: told in the log, and to the reader as an event without its text
        log.exception("unexpected error", extra={"request_id": request_id})
        yield frame(ERROR, bug_problem()).encode()
    finally:
        if (close := getattr(events, "close", None)) is not None:
            close()


def _body(event: AskEvent) -> dict[str, Any]:
    if event.result is not None:
        return AskResponse.from_result(event.result).to_json()
    if event.sentence is not None:
        cited = [AnswerCitationBody.from_citation(each) for each in event.citations]
        return {
            "sentence": AnswerSentenceBody.from_sentence(event.sentence).model_dump(mode="json"),
            "citations": [each.model_dump(mode="json") for each in cited],
        }
    hits = [HitBody.from_hit(hit).model_dump(mode="json") for hit in event.hits or []]
    for hit in hits:
        leave_out(hit, "explain")
    return {"hits": hits}
