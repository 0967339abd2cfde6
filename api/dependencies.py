"""
What endpoints are given: the engine or the answerer of this moment, and filters.
"""

from typing import Annotated, Any

from fastapi import Depends, Query, Request

from api.live import LiveEngine
from api.schemas import Day, FiltersBody, Names, Problem
from search.answer import Answerer
from search.engine import SearchEngine

PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "A parameter is out of range"},
    503: {"model": Problem, "description": "There is no usable index"},
}


async def live(request: Request) -> LiveEngine:
    """Return the holder of the engine; it lives as long as the app."""
    holder: LiveEngine = request.app.state.live
    return holder


async def answerer(holder: Annotated[LiveEngine, Depends(live)]) -> Answerer:
    """Return the answerer of this moment, which keeps its build however long it is read."""
    return holder.answerer


async def filters(
    from_: Annotated[Day | None, Query(alias="from")] = None,
    to: Day | None = None,
    publisher: Annotated[Names, Query()] = [],  # noqa: B006 (FastAPI copies it)
    section: Annotated[Names, Query()] = [],  # noqa: B006
) -> FiltersBody:
    """Return the filters of a query string."""
    return FiltersBody.model_validate(
        {"from": from_, "to": to, "publisher": publisher, "section": section}
    )


async def engine(holder: Annotated[LiveEngine, Depends(live)]) -> SearchEngine:
    """Return the engine of this moment; one request uses one build throughout."""
    return holder.engine


LiveParameter = Annotated[LiveEngine, Depends(live)]
AnswererParameter = Annotated[Answerer, Depends(answerer)]
EngineParameter = Annotated[SearchEngine, Depends(engine)]
FiltersParameter = Annotated[FiltersBody, Depends(filters)]
