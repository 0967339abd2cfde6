"""
The HTTP application: `create_app` puts routes, errors, limits and the log together.
"""

import hashlib
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.ask_routes import router as ask_router
from api.live import LiveEngine
from api.problems import bug_problem, problem, problem_of, problem_reply
from api.routes import router
from api.settings import Settings, load_settings
from index.errors import GisaError

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None, live: LiveEngine | None = None) -> FastAPI:
    """
    Create the application.

    Args:
        settings: None to read the environment.
        live: What to serve; None opens it when the application starts.
    """
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.live = live or LiveEngine(settings)
        app.state.live.start()
        log.info("serving", extra={"build": app.state.live.engine.snapshot.manifest.build})
        yield
        app.state.live.stop()
        log.info("stopped")

    app = FastAPI(
        title="gisa",
        summary="Ranked, cited passages of a Korean news archive, and answers from them",
        version="1",
        lifespan=lifespan,
    )
    app.state.query_fields = _query_fields(log_text=settings.log_queries)
    app.include_router(router)
    app.include_router(ask_router)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLog)  # outermost, so that refused bodies are logged too
    app.add_exception_handler(GisaError, _on_gisa_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    return app


class BodyLimit:
    """Refuses request bodies over `MAX_BODY_BYTES`, counted as they come in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        chunks: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            more = message.get("more_body", False)
            if size > MAX_BODY_BYTES:
                detail = f"The body is longer than {MAX_BODY_BYTES:,} bytes. Send less."
                refusal = problem(413, "body-too-large", "Body too large", detail)
                await problem_reply(refusal)(scope, receive, send)
                return
        body = b"".join(chunks)
        is_sent = False

        async def replay() -> Message:
            nonlocal is_sent
            if is_sent:
                return await receive()
            is_sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


class RequestLog:
    """Logs one event a request, and gives each an id that the reply carries too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # a bug: told in the log under the request's id, and nowhere else
            log.exception("unexpected error", extra={"request_id": request_id})
            if status is not None:
                raise  # the reply has begun; only the connection's end can tell now
            await problem_reply(bug_problem())(scope, receive, send_with_id)
        finally:
            fields: dict[str, Any] = scope["state"].get("log_fields", {})
            log.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "total_request_ms": round(1000 * (time.perf_counter() - started), 3),
                    **fields,
                },
            )


def _query_fields(*, log_text: bool) -> Callable[[str], dict[str, Any]]:
    """Return what of a query is logged: its text only if that was asked for."""

    def fields(query: str) -> dict[str, Any]:
        digest = hashlib.sha256(query.encode()).hexdigest()[:12]
        known: dict[str, Any] = {"query_chars": len(query), "query_sha256": digest}
        return {**known, "query": query} if log_text else known

    return fields


async def _on_gisa_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GisaError)  # noqa: S101 (registered for this class only)
    body = problem_of(error)
    if body["status"] >= 500:
        log.error("request failed", extra={"path": request.url.path, "reason": str(error)})
    return problem_reply(body)


async def _on_bad_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (see above)
    found = [
        f"{'.'.join(str(part) for part in item['loc'][1:]) or 'body'}: {item['msg']}"
        for item in error.errors()
    ]
    return problem_reply(problem(422, "invalid-input", "Invalid input", "; ".join(found) + "."))


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (see above)
    kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    detail = f"{request.url.path}: {error.detail}."
    response = problem_reply(problem(error.status_code, kind, str(error.detail), detail))
    response.headers.update(error.headers or {})  # a 405 must say what is allowed
    return response
