"""``/ask``: what a reply holds, whichever way it is asked for."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ask_examples import EXAMPLE
from api.ask_schemas import AskResponse
from api.live import LiveEngine
from api.settings import Settings
from api.wiring import open_engine
from index.analysis import Analyzer
from index.errors import IndexCorrupt
from search.answer import Answerer
from search.answer_records import AskResult
from search.engine import SearchEngine
from search.records import MAX_K, Filters

QUESTION = "KT와 마이크로소프트는 얼마를 투자하기로 했나?"
CITATION_KEYS = [
    *("n", "document_id", "passage_id", "title", "publisher", "published", "url"),
    *("start", "end", "quote"),
]


@pytest.fixture(scope="module")
def client(sample_index: Path, analyzer: Analyzer) -> Iterator[TestClient]:
    """A client of an app over the sample index."""
    settings = Settings(index_dir=sample_index, reload_seconds=3600)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    with TestClient(create_app(settings, live)) as opened:
        yield opened


@pytest.fixture
def asking(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[AskResult], Any]:
    """Let every question get the given result, and return the reply to one."""

    def ask(result: AskResult, **parameters: Any) -> Any:
        monkeypatch.setattr(Answerer, "ask", lambda *arguments, **options: result)
        response = client.get("/ask", params={"question": QUESTION, **parameters})
        assert response.status_code == 200
        return response.json()

    return ask


def problem(response: Any, status: int, kind: str) -> str:
    """Assert that a response is such a problem (RFC 9457) and return its detail."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert (body["type"], body["status"]) == (f"urn:gisa:problem:{kind}", status)
    return str(body["detail"])


def untimed(body: dict[str, Any]) -> dict[str, Any]:
    """Return a response without its times."""
    return {key: value for key, value in body.items() if key != "timings_ms"}


# The shape, of results made by hand


def test_an_answer_has_exactly_the_promised_keys(asking: Callable[..., Any], asked: Any) -> None:
    body = asking(asked.answered)
    keys = ["question", "build", "answer", "citations", "abstention", "hits", "timings_ms"]
    assert list(body) == keys
    assert body["answer"] == {
        "mode": "extractive",
        "text": "두 회사는 2조4000억원을 함께 투자한다. 협정은 금요일에 맺어졌다.",
        "sentences": [
            {"text": "두 회사는 2조4000억원을 함께 투자한다.", "citations": [1]},
            {"text": "협정은 금요일에 맺어졌다.", "citations": [2]},
        ],
        "answer_span": {"citation": 1, "start": 21, "end": 29, "text": "2조4000억원"},
        "as_of": "2025-07-08",
        "confidence": 0.875,
    }
    assert body["citations"][0] == {
        "n": 1,
        "document_id": "kt-ms-01",
        "passage_id": "kt-ms-01#0",
        "title": "두 회사 협정",
        "publisher": "미리내테크",
        "published": "2025-07-08T09:00:00+09:00",
        "url": "https://x.example/1",
        "start": 15,
        "end": 39,
        "quote": "두 회사는 2조4000억원을 함께 투자한다.",
    }
    assert [list(citation) for citation in body["citations"]] == [CITATION_KEYS, CITATION_KEYS]
    assert body["abstention"] is None
    assert "explain" not in body["hits"][0]


def test_an_abstention_tells_what_is_missing_and_keeps_the_hits(
    asking: Callable[..., Any], asked: Any
) -> None:
    body = asking(asked.abstained)
    assert (body["answer"], body["citations"]) == (None, [])
    assert body["abstention"] == {
        "reason": "missing_entity",
        "missing": ["화성", "목성"],
        "message": "화성은 어디에도 없습니다.",
        "confidence": 0.125,
    }
    assert body["hits"][0]["document_id"] == "kt-ms-01"


def test_a_models_answer_tells_what_was_dropped_and_what_differs(
    asking: Callable[..., Any], asked: Any
) -> None:
    answer = asking(asked.worded)["answer"]
    assert (answer["mode"], answer["dropped"], answer["answer_span"]) == ("llm", 1, None)
    assert answer["sentences"][0]["citations"] == [1, 2]
    assert answer["differences"] == [
        {
            "citations": [1, 2],
            "texts": ["2조4000억원", "2조원"],
            "published": ["2025-07-08", None],
        }
    ]


def test_the_response_model_and_what_is_sent_have_the_same_keys(
    client: TestClient, asking: Callable[..., Any], asked: Any
) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    body = asking(asked.worded)
    assert set(schemas["AskResponse"]["properties"]) == {*body, "explain"}
    assert set(schemas["AnswerBody"]["properties"]) == set(body["answer"])
    assert set(schemas["AnswerCitationBody"]["properties"]) == set(CITATION_KEYS)


def test_the_example_of_the_description_is_a_reply_and_quotes_a_sample(
    engine: SearchEngine,
) -> None:
    assert AskResponse.model_validate(EXAMPLE).to_json() == EXAMPLE
    text = engine.document("kt-ms-01").text
    span, cited = EXAMPLE["answer"]["answer_span"], EXAMPLE["citations"][0]
    assert text[span["start"] : span["end"]] == span["text"]
    assert text[cited["start"] : cited["end"]] == cited["quote"]


# Real questions


@pytest.mark.parametrize(
    "body",
    [
        {"question": QUESTION},
        {"question": QUESTION, "k": 3, "explain": True},
        {"question": "통신", "k": 100, "filters": {"from": "2025-09-11", "to": "2025-09-13"}},
        {"question": "모델", "filters": {"publisher": ["한빛경제"], "section": ["AI", "통신"]}},
        {"question": "은 는"},
        {"question": "x" * 512, "k": 1},
        {"question": "How much will KT and Microsoft invest?"},
    ],
)
def test_get_and_post_answer_the_same(client: TestClient, body: dict[str, Any]) -> None:
    posted = client.post("/ask", json=body)
    flat = {**{k: v for k, v in body.items() if k != "filters"}, **body.get("filters", {})}
    got = client.get("/ask", params=flat)
    assert posted.status_code == got.status_code == 200
    assert posted.headers["content-type"] == got.headers["content-type"] == "application/json"
    assert posted.headers["vary"] == got.headers["vary"] == "accept"
    assert untimed(posted.json()) == untimed(got.json())
    assert (got.json()["answer"] is None) != (got.json()["abstention"] is None)
    assert len(got.json()["hits"]) <= body.get("k", 10)


def test_what_is_quoted_stands_in_the_article(client: TestClient, engine: SearchEngine) -> None:
    body = client.get("/ask", params={"question": QUESTION}).json()
    by_number = {citation["n"]: citation for citation in body["citations"]}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    for citation in by_number.values():
        text = engine.document(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert body["answer"]["mode"] == "extractive"
    for sentence in body["answer"]["sentences"]:
        assert sentence["text"] == by_number[sentence["citations"][0]]["quote"]


def test_hits_are_those_of_a_search(client: TestClient) -> None:
    found = client.get("/search", params={"query": QUESTION, "k": 4}).json()
    assert client.get("/ask", params={"question": QUESTION, "k": 4}).json()["hits"] == found["hits"]


def test_filters_reach_the_answerer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Filters] = []

    def ask(answerer: Answerer, question: str, *, filters: Filters, **options: Any) -> None:
        taken.append(filters)
        raise IndexCorrupt("Enough is known.")

    monkeypatch.setattr(Answerer, "ask", ask)
    client.get("/ask", params={"question": "KT", "from": "2025-01-01", "section": ["a", "b"]})
    client.post("/ask", json={"question": "KT", "filters": {"to": "2025-01-02"}})
    assert taken == [
        Filters("2025-01-01", None, (), ("a", "b")),
        Filters(None, "2025-01-02"),
    ]


@pytest.mark.parametrize("explain", [False, True])
def test_the_command_line_prints_the_same_json(
    client: TestClient, cli: Callable[..., Any], sample_index: Path, explain: bool
) -> None:
    arguments = ["--explain"] if explain else []
    printed = json.loads(
        cli("ask", QUESTION, "-k", "4", "--index-dir", sample_index, "--json", *arguments).out
    )
    served = client.post("/ask", json={"question": QUESTION, "k": 4, "explain": explain}).json()
    assert untimed(printed) == untimed(served)
    assert ("explain" in served) == explain


# What is refused


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"k": 1}, "question"),
        ({"question": ""}, "question"),
        ({"question": "   "}, "empty"),
        ({"question": "가" * 513}, "question"),
        ({"question": QUESTION, "k": 0}, "k"),
        ({"question": QUESTION, "k": MAX_K + 1}, "k"),
        ({"question": QUESTION, "explain": "perhaps"}, "explain"),
        ({"question": QUESTION, "from": "2025-02-30"}, "Bad date filter"),
        ({"question": QUESTION, "from": "2025-02-01", "to": "2025-01-01"}, "is after"),
        ({"question": QUESTION, "publisher": ["p"] * 51}, "publisher"),
        ({"question": QUESTION, "section": ["s" * 201]}, "section"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_what_is_out_of_range_is_named_in_a_problem(
    client: TestClient, parameters: dict[str, Any], named: str, accept: str
) -> None:
    headers = {"accept": accept}
    got = client.get("/ask", params=parameters, headers=headers)
    assert named in problem(got, 422, "invalid-input")
    filters = {k: v for k, v in parameters.items() if k in {"from", "to", "publisher", "section"}}
    body = {k: v for k, v in parameters.items() if k not in filters}
    if filters:
        body["filters"] = filters
    posted = client.post("/ask", json=body, headers=headers)
    assert named in problem(posted, 422, "invalid-input")


@pytest.mark.parametrize(
    "body",
    [
        {"question": QUESTION, "limit": 3},
        {"question": QUESTION, "query": "KT"},
        {"question": QUESTION, "filters": {"publisher": "한빛경제"}},
        {"question": ["KT"]},
        {"question": "\ud800"},
        [QUESTION],
    ],
)
def test_an_unknown_or_ill_typed_field_is_refused(client: TestClient, body: object) -> None:
    sent = client.post(
        "/ask", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    problem(sent, 422, "invalid-input")


def test_a_method_that_is_none_is_refused(client: TestClient) -> None:
    problem(client.put("/ask", json={"question": QUESTION}), 405, "method-not-allowed")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (IndexCorrupt("documents.sqlite is damaged."), 503, "index-corrupt"),
        (RuntimeError("secret of /srv/private"), 500, "internal"),
    ],
)
def test_failures_are_problems_that_tell_nothing_of_the_inside(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    kind: str,
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(Answerer, "ask", fails)
    assert "secret" not in problem(client.get("/ask", params={"question": "KT"}), status, kind)


def test_the_text_of_a_question_is_not_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "api"):
        client.get("/ask", params={"question": QUESTION})
    [record] = [record for record in caplog.records if record.message == "request"]
    fields = record.__dict__
    assert "query" not in fields
    assert fields["query_chars"] == len(QUESTION)
    assert {"total_ms", "answer_ms", "build", "hits"} <= set(fields)
    assert fields.get("answer") == "extractive" or fields["abstention"]
