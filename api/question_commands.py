"""
The commands that take a question: ``gisa search`` and ``gisa ask``.
"""

from typing import Annotated

import typer

from api.ask_schemas import AskResponse
from api.options import (
    From,
    HowMany,
    IndexDir,
    Json,
    Publishers,
    Sections,
    To,
    print_json,
    settings_for,
)
from api.render import show_result
from api.render_answer import show_answer
from api.schemas import SearchResponse
from api.wiring import answerer_for, open_engine
from search.records import Filters


def search(
    query: Annotated[str, typer.Argument(help="A question or words, Korean or English.")],
    index_dir: IndexDir = None,
    k: HowMany = 10,
    passages_per_document: Annotated[
        int, typer.Option(help="At most this many passages of one article, 1-20.")
    ] = 1,
    from_: From = None,
    to: To = None,
    publisher: Publishers = None,
    section: Sections = None,
    explain: Annotated[
        bool, typer.Option(help="Show what each term weighs and each part gave.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the passages that match a question best. 기사를 검색합니다."""
    filters = Filters(from_, to, tuple(publisher or ()), tuple(section or ()))
    engine = open_engine(settings_for(index_dir))
    result = engine.search(
        query,
        k=k,
        passages_per_document=passages_per_document,
        filters=filters,
        explain=explain,
    )
    if as_json:
        print_json(SearchResponse.from_result(result).to_json())
    else:
        show_result(result)


def ask(
    question: Annotated[str, typer.Argument(help="A question, Korean or English.")],
    index_dir: IndexDir = None,
    k: HowMany = 10,
    from_: From = None,
    to: To = None,
    publisher: Publishers = None,
    section: Sections = None,
    explain: Annotated[
        bool, typer.Option(help="Show how the question was understood and the answer chosen.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Answer a question in cited sentences, or say why not. 기사로 질문에 답합니다."""
    filters = Filters(from_, to, tuple(publisher or ()), tuple(section or ()))
    settings = settings_for(index_dir)
    answerer = answerer_for(settings, open_engine(settings))
    result = answerer.ask(question, k=k, filters=filters, explain=explain)
    if as_json:
        print_json(AskResponse.from_result(result).to_json())
    else:
        show_answer(result)
