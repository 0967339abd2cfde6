"""
The endpoints: parse, call the engine, convert. They are plain functions, which FastAPI
runs on worker threads, so that the event loop never waits for a search.
"""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.dependencies import PROBLEMS, EngineParameter, FiltersParameter, LiveParameter
from api.schemas import (
    CitationBody,
    DocumentResponse,
    HowMany,
    InfoResponse,
    PerDocument,
    Problem,
    QueryText,
    ReadyResponse,
    RefusedBuild,
    SearchBody,
    SearchResponse,
)
from index.errors import InputError
from search.engine import SearchEngine

log = logging.getLogger(__name__)
router = APIRouter(responses=PROBLEMS)


@router.get("/search", response_model=SearchResponse, summary="Search")
def get_search(
    engine: EngineParameter,
    request: Request,
    filters: FiltersParameter,
    query: Annotated[QueryText, Query(examples=["KT는 왜 탈락했나?"])],
    k: HowMany = 10,
    passages_per_document: PerDocument = 1,
    explain: bool = False,
) -> Response:
    """Find the passages that match best; days are inclusive, publisher and section repeatable."""
    body = SearchBody(
        query=query,
        k=k,
        passages_per_document=passages_per_document,
        explain=explain,
        filters=filters,
    )
    return _search(engine, request, body)


@router.post("/search", response_model=SearchResponse, summary="Search")
def post_search(engine: EngineParameter, request: Request, body: SearchBody) -> Response:
    """Find the passages that match best."""
    return _search(engine, request, body)


@router.get(
    "/documents/{document_id:path}",
    response_model=DocumentResponse,
    responses={404: {"model": Problem, "description": "No article with this id"}},
    summary="Read an article",
)
def get_document(
    engine: EngineParameter,
    document_id: str,
    start: Annotated[int | None, Query(ge=0)] = None,
    end: Annotated[int | None, Query(ge=0)] = None,
) -> DocumentResponse:
    """Return an article; with start and end, the citation that stands there."""
    document = engine.document(document_id)
    if start is None and end is None:
        return DocumentResponse.from_document(document)
    first, last = start or 0, len(document.text) if end is None else end
    if not first <= last <= len(document.text):
        raise InputError(
            f"[{first}, {last}) is no span of this text. Give 0 <= start <= end <= "
            f"{len(document.text)}."
        )
    citation = CitationBody(start=first, end=last, quote=document.text[first:last])
    return DocumentResponse.from_document(document, citation)


@router.get("/healthz", summary="Is the process alive?")
def get_health() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "alive"}


@router.get("/readyz", response_model=ReadyResponse, summary="Are searches answered?")
def get_ready(holder: LiveParameter) -> ReadyResponse:
    """Tell which build is served, and which was refused and why."""
    refused = holder.refused
    return ReadyResponse(
        status="ready" if refused is None else "ready-old-build",
        build=holder.engine.snapshot.manifest.build,
        refused=None
        if refused is None
        else RefusedBuild(build=refused.build, reason=refused.reason),
    )


@router.get("/info", response_model=InfoResponse, summary="What is served?")
def get_info(engine: EngineParameter) -> InfoResponse:
    """Describe the build that is served."""
    columns = engine.snapshot.columns
    return InfoResponse.from_manifest(
        engine.snapshot.manifest, columns.publishers, columns.sections
    )


def _search(engine: SearchEngine, request: Request, body: SearchBody) -> Response:
    result = engine.search(
        body.query,
        k=body.k,
        passages_per_document=body.passages_per_document,
        filters=body.filters.to_filters(),
        explain=body.explain,
    )
    timings: dict[str, Any] = {f"{name}_ms": ms for name, ms in result.timings_ms.items()}
    request.state.log_fields = {
        **request.app.state.query_fields(body.query),
        **timings,
        "build": result.build,
        "hits": len(result.hits),
    }
    return JSONResponse(SearchResponse.from_result(result).to_json())
