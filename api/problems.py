"""
Errors -> problem documents (RFC 9457), as replies of their own or within a stream.
"""

from typing import Any

from fastapi.responses import JSONResponse

from api.errors import PROBLEM_PREFIX, outcome_of
from index.errors import GisaError


def problem(status: int, kind: str, title: str, detail: str) -> dict[str, Any]:
    """Return a problem document; *kind* is the stable end of its type."""
    return {"type": PROBLEM_PREFIX + kind, "title": title, "status": status, "detail": detail}


def problem_of(error: GisaError) -> dict[str, Any]:
    """Return what the table of outcomes makes of an error."""
    outcome = outcome_of(error)
    return problem(outcome.status, outcome.problem, outcome.title, str(error))


def bug_problem() -> dict[str, Any]:
    """Return what is told of a bug: nothing of the inside, but where to look."""
    detail = "The server failed; its log has the cause under the reply's x-request-id."
    return problem(500, "internal", "Internal error", detail)


def problem_reply(body: dict[str, Any]) -> JSONResponse:
    """Return a problem as a reply of its own."""
    return JSONResponse(body, status_code=body["status"], media_type="application/problem+json")
