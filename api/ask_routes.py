"""
``/ask``: parse, ask, convert; in one piece of JSON, or as events while the answer is made.

Like all that searches, these are plain functions, which FastAPI runs on worker threads.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.ask_events import EVENT_STREAM, EventStream, wants_events
from api.ask_examples import EVENTS_EXAMPLE, EXAMPLE
from api.ask_schemas import AskBody, AskResponse
from api.dependencies import PROBLEMS, AnswererParameter, FiltersParameter
from api.schemas import HowMany, QueryText
from search.answer import Answerer
from search.answer_records import AskResult

REPLIES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What is known, or why there is no answer; events where they are accepted",
        "content": {
            "application/json": {"example": EXAMPLE},
            EVENT_STREAM: {"schema": {"type": "string"}, "example": EVENTS_EXAMPLE},
        },
    }
}
router = APIRouter(responses=PROBLEMS)


@router.get("/ask", response_model=AskResponse, responses=REPLIES, summary="Ask")
def get_ask(
    answerer: AnswererParameter,
    request: Request,
    filters: FiltersParameter,
    question: Annotated[QueryText, Query(examples=["KT는 왜 탈락했나?"])],
    k: HowMany = 10,
    explain: bool = False,
) -> Response:
    """
    Answer a question in sentences of articles, each with citations, or say why not.

    With ``Accept: text/event-stream`` the events are ``hits``, ``sentence`` for each sentence
    with the citations that it is the first to name, and ``answer`` with all of it; ``error``
    has a problem as its data.
    """
    body = AskBody(question=question, k=k, explain=explain, filters=filters)
    return _ask(answerer, request, body)


@router.post("/ask", response_model=AskResponse, responses=REPLIES, summary="Ask")
def post_ask(answerer: AnswererParameter, request: Request, body: AskBody) -> Response:
    """
    Answer a question in sentences of articles, each with citations, or say why not.

    Events as with GET.
    """
    return _ask(answerer, request, body)


def _ask(answerer: Answerer, request: Request, body: AskBody) -> Response:
    filters = body.filters.to_filters()

    def note(result: AskResult) -> None:
        request.state.log_fields = {**asked, **_log_fields(result)}

    asked = request.app.state.query_fields(body.question)
    request.state.log_fields = asked
    if wants_events(",".join(request.headers.getlist("accept"))):
        events = answerer.stream(body.question, k=body.k, filters=filters, explain=body.explain)
        return EventStream(events, note, request.state.request_id)
    result = answerer.ask(body.question, k=body.k, filters=filters, explain=body.explain)
    note(result)
    return JSONResponse(AskResponse.from_result(result).to_json(), headers={"vary": "accept"})


def _log_fields(result: AskResult) -> dict[str, object]:
    """Return what is logged of a result: no word of it."""
    fields: dict[str, object] = {f"{name}_ms": ms for name, ms in result.timings_ms.items()}
    fields |= {"build": result.build, "hits": len(result.hits)}
    if result.abstention is not None:
        return {**fields, "abstention": result.abstention.reason.value}
    return {**fields, "answer": result.answer.mode.value if result.answer else None}
