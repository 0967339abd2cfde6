"""The endpoints over the sample index."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import MAX_BODY_BYTES, create_app
from api.live import LiveEngine
from api.settings import Settings
from api.wiring import engine_for, open_engine
from index.analysis import Analyzer
from index.errors import IndexCorrupt
from index.snapshot import open_snapshot
from search.engine import SearchEngine

QUERY = "KT는 왜 탈락했나?"


def app_over(index_dir: Path, analyzer: Analyzer) -> TestClient:
    """Return a client of an app that serves *index_dir* and never looks for new builds."""
    settings = Settings(index_dir=index_dir, reload_seconds=3600)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    return TestClient(create_app(settings, live))


@pytest.fixture(scope="module")
def client(sample_index: Path, analyzer: Analyzer) -> Iterator[TestClient]:
    """A client of an app over the sample index."""
    with app_over(sample_index, analyzer) as opened:
        yield opened


def problem(response: Any, status: int, kind: str) -> str:
    """Assert that a response is such a problem (RFC 9457) and return its detail."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert (body["type"], body["status"]) == (f"urn:gisa:problem:{kind}", status)
    return str(body["detail"])


def untimed(body: dict[str, Any]) -> dict[str, Any]:
    """Return a search response without its times."""
    return {key: value for key, value in body.items() if key != "timings_ms"}


# Searching

CASES: list[dict[str, Any]] = [
    {"query": QUERY},
    {"query": QUERY, "k": 3, "passages_per_document": 2, "explain": True},
    {"query": "통신", "k": 100, "filters": {"from": "2025-09-11", "to": "2025-09-13"}},
    {
        "query": "모델",
        "filters": {"publisher": ["한빛경제", "누리통신"], "section": ["AI", "통신"]},
    },
    {"query": "은 는"},
    {"query": "x" * 512, "k": 1},
]


@pytest.mark.parametrize("body", CASES)
def test_get_and_post_answer_the_same(client: TestClient, body: dict[str, Any]) -> None:
    posted = client.post("/search", json=body)
    flat = {**{k: v for k, v in body.items() if k != "filters"}, **body.get("filters", {})}
    got = client.get("/search", params=flat)
    assert posted.status_code == got.status_code == 200
    assert posted.headers["content-type"] == got.headers["content-type"] == "application/json"
    assert untimed(posted.json()) == untimed(got.json())


@pytest.mark.parametrize("explain", [False, True])
def test_the_command_line_prints_the_same_json(
    client: TestClient, cli: Callable[..., Any], sample_index: Path, explain: bool
) -> None:
    arguments = ["--explain"] if explain else []
    printed = json.loads(
        cli("search", QUERY, "-k", "4", "--index-dir", sample_index, "--json", *arguments).out
    )
    served = client.post("/search", json={"query": QUERY, "k": 4, "explain": explain}).json()
    assert untimed(printed) == untimed(served)
    assert set(printed["timings_ms"]) == set(served["timings_ms"])


def test_a_response_has_exactly_the_promised_keys(client: TestClient) -> None:
    body = client.get("/search", params={"query": QUERY, "k": 2}).json()
    assert list(body) == ["query", "build", "hits", "timings_ms"]
    assert list(body["timings_ms"]) == ["analyze", "lexical", "dense", "fuse", "fetch", "total"]
    keys = [
        "rank",
        "document_id",
        "passage_id",
        "score",
        "title",
        "publisher",
        "published",
        "url",
        "start",
        "end",
        "text",
        "highlights",
        "lexical",
        "dense",
        "more_passages",
    ]
    assert [list(hit) for hit in body["hits"]] == [keys, keys]
    assert list(body["hits"][0]["lexical"]) == list(body["hits"][0]["dense"]) == ["rank", "score"]
    explained = client.get("/search", params={"query": QUERY, "k": 1, "explain": True}).json()
    assert list(explained["hits"][0]) == [*keys, "explain"]
    assert set(explained["hits"][0]["explain"]) == {"lexical", "article", "dense", "sentence"}
    assert set(explained["explain"]) == {"language", "asked", "terms", "fusion"}
    assert all(
        set(term) == {"term", "weight", "origin", "from"} for term in explained["explain"]["terms"]
    )


def test_the_response_model_and_what_is_sent_have_the_same_keys(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    body = client.get("/search", params={"query": QUERY, "explain": True}).json()
    assert set(schemas["SearchResponse"]["properties"]) == set(body)
    assert set(schemas["HitBody"]["properties"]) == set(body["hits"][0])


def test_white_space_around_a_query_is_no_part_of_it(client: TestClient) -> None:
    padded = client.get("/search", params={"query": f" {QUERY}\n"}).json()
    assert untimed(padded) == untimed(client.get("/search", params={"query": QUERY}).json())


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"k": 1}, "query"),
        ({"query": ""}, "query"),
        ({"query": "   "}, "query is empty"),
        ({"query": "가" * 513}, "query"),
        ({"query": QUERY, "k": 0}, "k"),
        ({"query": QUERY, "k": 101}, "k"),
        ({"query": QUERY, "k": "many"}, "k"),
        ({"query": QUERY, "passages_per_document": 0}, "passages_per_document"),
        ({"query": QUERY, "passages_per_document": 21}, "passages_per_document"),
        ({"query": QUERY, "from": "2025-9-1"}, "from"),
        ({"query": QUERY, "from": "2025-02-30"}, "Bad date filter"),
        ({"query": QUERY, "to": "yesterday"}, "to"),
        ({"query": QUERY, "from": "2025-02-01", "to": "2025-01-01"}, "is after"),
        ({"query": QUERY, "publisher": ["p"] * 51}, "publisher"),
        ({"query": QUERY, "section": ["s"] * 51}, "section"),
        ({"query": QUERY, "publisher": [""]}, "publisher"),
        ({"query": QUERY, "section": ["s" * 201]}, "section"),
    ],
)
def test_what_is_out_of_range_is_named_in_a_problem(
    client: TestClient, parameters: dict[str, Any], named: str
) -> None:
    assert named in problem(client.get("/search", params=parameters), 422, "invalid-input")
    filters = {k: v for k, v in parameters.items() if k in {"from", "to", "publisher", "section"}}
    body = {k: v for k, v in parameters.items() if k not in filters}
    if filters:
        body["filters"] = filters
    assert named in problem(client.post("/search", json=body), 422, "invalid-input")


@pytest.mark.parametrize(
    "body",
    [
        {"query": QUERY, "limit": 3},
        {"query": QUERY, "filters": {"since": "2025-01-01"}},
        {"query": QUERY, "filters": {"publisher": "한빛경제"}},
        {"query": ["KT"]},
        [QUERY],
    ],
)
def test_an_unknown_or_ill_typed_field_is_refused(client: TestClient, body: object) -> None:
    problem(client.post("/search", json=body), 422, "invalid-input")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"query=KT", b'{"query": "\xff"}', b'{"query": "\\ud800"}']
)
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    sent = client.post("/search", content=body, headers={"content-type": "application/json"})
    assert sent.status_code in (400, 422)
    assert sent.headers["content-type"] == "application/problem+json"


def test_a_body_over_64_kib_is_refused_and_one_of_64_is_read(client: TestClient) -> None:
    body = json.dumps({"query": QUERY}).encode()
    headers = {"content-type": "application/json"}
    full = client.post("/search", content=body.ljust(MAX_BODY_BYTES), headers=headers)
    assert full.status_code == 200
    over = client.post("/search", content=body.ljust(MAX_BODY_BYTES + 1), headers=headers)
    assert "65,536 bytes" in problem(over, 413, "body-too-large")
    assert over.headers["x-request-id"]


def test_a_body_in_pieces_is_counted_as_it_comes(client: TestClient) -> None:
    pieces = (b" " * 10_000 for _ in range(10))
    problem(client.post("/search", content=pieces), 413, "body-too-large")


def test_twenty_requests_at_once_are_all_answered_right(client: TestClient) -> None:
    queries = [f"{word} {n}" for word in ("KT", "통신 장애", "태풍", "버스 파업") for n in range(5)]
    expected = [untimed(client.get("/search", params={"query": q}).json()) for q in queries]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda q: client.get("/search", params={"query": q}), queries))
    assert [untimed(answer.json()) for answer in answers] == expected
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(queries)


# Articles


def test_an_article_is_read_whole(client: TestClient, engine: SearchEngine) -> None:
    body = client.get("/documents/ai-foundation-04").json()
    document = engine.document("ai-foundation-04")
    assert body["text"] == document.text
    assert body["sha256"] == document.sha256
    assert body["citation"] is None
    assert set(body) == {
        "id",
        "title",
        "text",
        "publisher",
        "published",
        "byline",
        "url",
        "section",
        "sha256",
        "citation",
    }


def test_the_citation_of_a_hit_is_its_text(client: TestClient) -> None:
    hit = client.get("/search", params={"query": QUERY, "k": 1}).json()["hits"][0]
    span = {"start": hit["start"], "end": hit["end"]}
    body = client.get(f"/documents/{hit['document_id']}", params=span).json()
    assert body["citation"] == {**span, "quote": hit["text"]}


def test_half_a_span_reaches_to_the_edge_of_the_text(client: TestClient) -> None:
    text = client.get("/documents/hbm-01").json()["text"]
    head = client.get("/documents/hbm-01", params={"end": 5}).json()["citation"]
    tail = client.get("/documents/hbm-01", params={"start": 5}).json()["citation"]
    assert head == {"start": 0, "end": 5, "quote": text[:5]}
    assert tail == {"start": 5, "end": len(text), "quote": text[5:]}


@pytest.mark.parametrize("span", [{"start": 5, "end": 4}, {"end": 100_000}, {"start": -1}])
def test_a_span_outside_the_text_is_refused(client: TestClient, span: dict[str, int]) -> None:
    problem(client.get("/documents/hbm-01", params=span), 422, "invalid-input")


@pytest.mark.parametrize("name", ["none", "a/b/c", "%20", "..%2f..%2fetc", "없음"])
def test_an_unknown_article_is_not_found(client: TestClient, name: str) -> None:
    problem(client.get(f"/documents/{name}"), 404, "document-not-found")


@pytest.fixture
def odd_client(
    write_jsonl: Callable[..., Path],
    build_corpus: Callable[..., object],
    tmp_path: Path,
    analyzer: Analyzer,
) -> Iterator[TestClient]:
    """A client over articles with odd ids and with HTML as text."""
    article = {
        "id": "press/2025/08?x=1#y &",
        "title": "태그 <script>alert(1)</script> 소식",
        "text": '기사 본문에 a < b && c > d 라는 식과 "따옴표"가 있다.',
    }
    build_corpus(write_jsonl(article))
    with app_over(tmp_path / "index", analyzer) as opened:
        yield opened


def test_an_id_with_a_slash_is_read(odd_client: TestClient) -> None:
    [hit] = odd_client.get("/search", params={"query": "태그 소식"}).json()["hits"]
    assert hit["document_id"] == "press/2025/08?x=1#y &"
    body = odd_client.get("/documents/press/2025/08%3Fx=1%23y%20&?start=0&end=2").json()
    assert body["id"] == hit["document_id"]
    assert body["citation"]["quote"] == "기사"


def test_html_in_an_article_stays_text_in_json(odd_client: TestClient) -> None:
    response = odd_client.get("/search", params={"query": "태그 소식"})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    [hit] = response.json()["hits"]
    assert "a < b && c > d" in hit["text"]


# The rest


def test_the_process_tells_that_it_lives_and_is_ready(client: TestClient) -> None:
    build = client.get("/search", params={"query": "KT"}).json()["build"]
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "build": build, "refused": None}


def test_info_describes_the_build(client: TestClient, engine: SearchEngine) -> None:
    body = client.get("/info").json()
    manifest = engine.snapshot.manifest
    assert (body["build"], body["counts"]) == (manifest.build, manifest.counts)
    assert body["counts"]["documents"] == 72
    assert body["encoder"]["name"] == "bilingual"
    assert "한빛경제" in body["publishers"]
    assert body["sections"] == sorted(body["sections"])
    assert "AI" in body["sections"]


def test_an_unknown_path_and_a_wrong_method_are_problems(client: TestClient) -> None:
    assert "/nowhere" in problem(client.get("/nowhere"), 404, "not-found")
    wrong = client.delete("/search")
    problem(wrong, 405, "method-not-allowed")
    assert wrong.headers["allow"]


def test_a_bug_is_a_problem_that_tells_nothing_of_the_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("secret of /srv/private")

    monkeypatch.setattr(SearchEngine, "search", broken)
    response = client.get("/search", params={"query": "KT"})
    detail = problem(response, 500, "internal")
    assert "secret" not in response.text
    assert detail == "The server failed; its log has the cause under the reply's x-request-id."
    assert response.headers["x-request-id"]


def test_damage_found_while_searching_is_unavailability(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*arguments: object, **options: object) -> None:
        raise IndexCorrupt("documents.sqlite is damaged.")

    monkeypatch.setattr(SearchEngine, "search", damaged)
    response = client.get("/search", params={"query": "KT"})
    assert problem(response, 503, "index-corrupt") == "documents.sqlite is damaged."


@pytest.mark.parametrize("log_queries", [False, True])
def test_the_text_of_a_query_is_logged_only_if_asked_for(
    sample_index: Path, analyzer: Analyzer, caplog: pytest.LogCaptureFixture, log_queries: bool
) -> None:
    settings = Settings(index_dir=sample_index, reload_seconds=3600, log_queries=log_queries)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    with caplog.at_level("INFO", "api"), TestClient(create_app(settings, live)) as opened:
        answer = opened.get("/search", params={"query": QUERY})
    [record] = [record for record in caplog.records if record.message == "request"]
    fields = record.__dict__
    assert fields.get("query") == (QUERY if log_queries else None)
    assert fields["query_chars"] == len(QUERY)
    assert len(fields["query_sha256"]) == 12
    assert (fields["status"], fields["path"]) == (200, "/search")
    assert fields["request_id"] == answer.headers["x-request-id"]
    assert {"analyze_ms", "lexical_ms", "dense_ms", "fuse_ms", "fetch_ms"} <= set(fields)


def test_the_openapi_description_is_the_reviewed_one(
    client: TestClient, golden: Callable[[str, str], None]
) -> None:
    described = client.get("/openapi.json").json()
    golden("openapi.json", json.dumps(described, ensure_ascii=False, indent=1) + "\n")


def test_every_endpoint_has_a_summary_and_a_description(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert len(operations) == 8
    assert all(operation["summary"] and operation["description"] for operation in operations)


def test_an_engine_over_an_opened_build_serves_too(sample_index: Path, analyzer: Analyzer) -> None:
    settings = Settings(index_dir=sample_index)
    opened = open_snapshot(sample_index, analyzer=analyzer)
    assert engine_for(settings, opened).search(QUERY, k=1).hits
    opened.close()
