"""A server takes new builds, refuses damaged ones, and fails no request meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.live import LiveEngine
from api.settings import Settings
from api.wiring import open_engine
from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.builds import build_folder, list_builds, read_current, switch_current
from index.errors import IndexCorrupt, NoIndex

NEW = {"id": "new-1", "title": "참새마을 새 소식", "text": "참새마을에 새 도서관이 문을 열었다."}


class Server(NamedTuple):
    """A client, what it is served from, and how to make a new build."""

    client: TestClient
    live: LiveEngine
    index_dir: Path
    rebuild: Callable[[], str]

    def serving(self) -> str:
        """Return the build that answers."""
        response = self.client.get("/search", params={"query": "참새마을 KT"})
        assert response.status_code == 200
        return str(response.json()["build"])


def serve(
    index_dir: Path, analyzer: Analyzer, write_jsonl: Callable[..., Path], reload_seconds: float
) -> Server:
    settings = Settings(index_dir=index_dir, reload_seconds=reload_seconds)
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))

    def rebuild() -> str:
        path = write_jsonl(NEW)
        return build_index([path], index_dir, BuildOptions(), analyzer=analyzer).manifest.build

    return Server(TestClient(create_app(settings, live)), live, index_dir, rebuild)


@pytest.fixture
def still(
    copied_index: Path, analyzer: Analyzer, write_jsonl: Callable[..., Path]
) -> Iterator[Server]:
    """A server that looks for new builds only when told to."""
    server = serve(copied_index, analyzer, write_jsonl, 3600)
    with server.client:
        yield server


@pytest.fixture
def watching(
    copied_index: Path, analyzer: Analyzer, write_jsonl: Callable[..., Path]
) -> Iterator[Server]:
    """A server that looks for new builds all the time."""
    server = serve(copied_index, analyzer, write_jsonl, 0.05)
    with server.client:
        yield server


def damage(folder: Path, name: str) -> None:
    """Change one byte in the middle of a file."""
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    (folder / name).write_bytes(raw)


def test_a_new_build_is_taken_while_requests_go_on(watching: Server) -> None:
    statuses: list[int] = []
    builds: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            response = watching.client.get("/search", params={"query": "참새마을 KT"})
            statuses.append(response.status_code)
            builds.append(response.json().get("build"))

    before = watching.serving()
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        new = watching.rebuild()
        waited = 0
        while watching.serving() != new and waited < 600:
            time.sleep(0.05)
            waited += 1
        after = len(builds)
        while len(builds) < after + 3:
            time.sleep(0.01)
    finally:
        done.set()
        asking.join()
    assert set(statuses) == {200}
    assert list(dict.fromkeys(builds)) == [before, new]
    hits = watching.client.get("/search", params={"query": "참새마을"}).json()["hits"]
    assert [hit["document_id"] for hit in hits] == ["new-1"]


def test_nothing_new_is_nothing_taken(still: Server) -> None:
    engine = still.live.engine
    assert still.live.refresh() is False
    assert still.live.engine is engine


@pytest.mark.parametrize("name", ["manifest.json", "documents.sqlite", "CURRENT"])
def test_a_damaged_build_is_refused_and_the_old_one_serves_on(still: Server, name: str) -> None:
    before = still.serving()
    new = still.rebuild()
    if name == "CURRENT":
        (still.index_dir / name).write_text("nonsense\n", encoding="ascii")
    else:
        damage(build_folder(still.index_dir, new), name)
    assert still.live.refresh() is False
    assert still.live.refresh() is False
    assert still.serving() == before
    ready = still.client.get("/readyz")
    assert ready.status_code == 200
    body = ready.json()
    assert (body["status"], body["build"]) == ("ready-old-build", before)
    assert body["refused"]["build"] == (new if name != "CURRENT" else "CURRENT")
    assert name in body["refused"]["reason"]


def test_a_refusal_is_logged_once(still: Server, caplog: pytest.LogCaptureFixture) -> None:
    damage(build_folder(still.index_dir, still.rebuild()), "manifest.json")
    for _ in range(3):
        still.live.refresh()
    assert [record.message for record in caplog.records].count("build refused") == 1


def test_a_rollback_is_taken_and_ends_a_refusal(still: Server) -> None:
    before = still.serving()
    damage(build_folder(still.index_dir, still.rebuild()), "manifest.json")
    still.live.refresh()
    assert still.live.refused is not None
    switch_current(still.index_dir, before)
    assert still.live.refresh() is False
    assert still.client.get("/readyz").json() == {
        "status": "ready",
        "build": before,
        "refused": None,
    }


def test_a_rollback_from_a_sound_build_is_taken(still: Server) -> None:
    before = still.serving()
    new = still.rebuild()
    assert still.live.refresh() is True
    assert still.serving() == new
    switch_current(still.index_dir, before)
    assert still.live.refresh() is True
    assert still.serving() == before
    assert list_builds(still.index_dir) == sorted([before, new])


def test_a_search_under_way_finishes_on_the_build_it_began_with(still: Server) -> None:
    engine = still.live.engine
    still.rebuild()
    assert still.live.refresh() is True
    assert engine.search("KT는 왜 탈락했나?", k=1).hits[0].document_id == "ai-foundation-04"


def test_the_watcher_outlives_an_unexpected_error(
    copied_index: Path,
    analyzer: Analyzer,
    write_jsonl: Callable[..., Path],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve(copied_index, analyzer, write_jsonl, 0.05)
    failed = threading.Event()
    read = read_current

    def breaks_once(index_dir: Path) -> str:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("the disk hiccuped")
        return read(index_dir)

    monkeypatch.setattr("api.live.read_current", breaks_once)
    with server.client:
        assert failed.wait(30)
        new = server.rebuild()
        for _ in range(600):
            if server.serving() == new:
                break
            time.sleep(0.05)
        assert server.serving() == new
    assert "looking for a new build failed" in [record.message for record in caplog.records]


def test_stopping_ends_the_watcher(watching: Server) -> None:
    assert "gisa-reload" in [thread.name for thread in threading.enumerate()]
    watching.live.stop()
    assert "gisa-reload" not in [thread.name for thread in threading.enumerate()]


def test_there_must_be_something_to_serve_from_the_start(
    tmp_path: Path, copied_index: Path
) -> None:
    with pytest.raises(NoIndex, match="No index at"):
        LiveEngine(Settings(index_dir=tmp_path / "none"))
    damage(build_folder(copied_index, read_current(copied_index)), "documents.sqlite")
    with pytest.raises(IndexCorrupt, match=r"documents\.sqlite was altered"):
        LiveEngine(Settings(index_dir=copied_index))


def test_a_reranker_is_opened_once_for_all_builds(
    still: Server, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    class Opened:
        def __init__(self, options: object) -> None:
            opened.append(options)

    monkeypatch.setattr("api.wiring.CrossEncoderReranker", Opened)
    settings = Settings(index_dir=still.index_dir, reranker="some/model")
    live = LiveEngine(settings, opener=partial(open_engine, analyzer=analyzer))
    first = live.engine.reranker
    new = still.rebuild()
    assert live.refresh()
    assert live.engine.snapshot.manifest.build == new
    assert live.engine.reranker is first
    assert len(opened) == 1
