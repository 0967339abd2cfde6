"""The program as processes: what is imported, killed, locked, served."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from index.analysis import Analyzer
from index.builds import build_folder, build_lock, list_builds, read_current
from index.snapshot import OpenOptions, check_snapshot, open_snapshot

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples" / "news.jsonl"
QUERY = "KT는 왜 탈락했나?"
Gisa = Callable[..., subprocess.CompletedProcess[str]]
Serving = Callable[..., AbstractContextManager[int]]

pytestmark = pytest.mark.slow


def test_a_search_loads_no_package_of_training_serving_or_reading(sample_index: Path) -> None:
    code = (
        "import sys; from api.cli import run; "
        f"code = run(['search', {QUERY!r}, '--index-dir', {str(sample_index)!r}, '--json']); "
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    code_text, *loaded = done.stderr.split()
    assert code_text == "0"
    assert "faiss" in loaded
    heavy = {
        "torch",
        "transformers",
        "sentence_transformers",
        "fastapi",
        "uvicorn",
        "trafilatura",
        "scipy",
        "ir_measures",
        "pytest",
    }
    assert heavy & set(loaded) == set()


def test_a_build_killed_at_any_moment_leaves_what_is_served(
    copied_index: Path, analyzer: Analyzer, gisa: Gisa
) -> None:
    command = [sys.executable, "-m", "api", "build", str(SAMPLES), "--index-dir", str(copied_index)]
    started = time.monotonic()
    assert subprocess.run(command, capture_output=True, timeout=300).returncode == 0
    duration = time.monotonic() - started
    n_killed = 0
    for moment in range(1, 11):
        before = read_current(copied_index)
        building = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(duration * moment / 11)
        building.kill()
        n_killed += building.wait() == -signal.SIGKILL
        assert read_current(copied_index) in {before, list_builds(copied_index)[-1]}
        opened = open_snapshot(copied_index, options=OpenOptions(verify=True), analyzer=analyzer)
        check_snapshot(opened)
        assert opened.manifest.counts["documents"] == 72
        opened.close()
    assert n_killed > 5
    assert gisa("build", SAMPLES, "--index-dir", copied_index).returncode == 0
    left = [path.name for path in (copied_index / "builds").iterdir()]
    assert sorted(left) == list_builds(copied_index)
    assert len(left) == 3
    names = {path.name for path in copied_index.iterdir()}
    assert names == {"CURRENT", "build.lock", "builds"}


def test_a_second_builder_is_refused_with_the_pid_of_the_first(
    copied_index: Path, gisa: Gisa
) -> None:
    before = list_builds(copied_index)
    with build_lock(copied_index):
        done = gisa("build", SAMPLES, "--index-dir", copied_index)
        rolled = gisa("rollback", before[0], "--index-dir", copied_index)
    for refused in (done, rolled):
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"process {os.getpid()}, for " in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert list_builds(copied_index) == before


def test_two_builders_at_once_give_one_build(tmp_path: Path, gisa: Gisa) -> None:
    command = [sys.executable, "-m", "api", "build", str(SAMPLES), "--index-dir", "index"]
    builders = [
        subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [builder.communicate(timeout=300) for builder in builders]
    codes = sorted(builder.returncode for builder in builders)
    if codes == [0, 1]:  # the usual case; a slow machine may run them one after the other
        [told] = [err for (_, err), b in zip(outputs, builders, strict=True) if b.returncode]
        [winner] = [b.pid for b in builders if not b.returncode]
        assert f"process {winner}" in told
    assert codes in ([0, 1], [0, 0])
    assert len(list_builds(tmp_path / "index")) == codes.count(0)


# scripts/rebuild_index.py


def rebuild(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the script for cron."""
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "rebuild_index.py", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_rebuild_script_prints_one_line_of_json(tmp_path: Path) -> None:
    done = rebuild(SAMPLES, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    summary = json.loads(done.stdout)
    assert summary["ok"] is True
    assert summary["counts"]["documents"] == 72
    assert summary["build"] == read_current(tmp_path / "var" / "index")


def test_the_rebuild_script_fails_with_the_reason(
    tmp_path: Path, write_jsonl: Callable[..., Path]
) -> None:
    missing = rebuild("nowhere.jsonl", cwd=tmp_path)
    assert missing.returncode == 2
    told = json.loads(missing.stdout)
    assert (told["ok"], told["error"]) == (False, "InputError")
    assert "nowhere.jsonl" in told["detail"]
    path = write_jsonl({"id": "a", "title": "제목", "text": "글이다."}, {"id": "b"})
    strict = rebuild(path, "--strict", "--index-dir", tmp_path / "index", cwd=tmp_path)
    assert strict.returncode == 1
    assert json.loads(strict.stdout)["error"] == "RecordRejected"
    assert rebuild(cwd=tmp_path).returncode == 2


# gisa serve


def fetch(port: int, path: str) -> Any:
    """Return the JSON at a path of the server."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
        return json.load(response)


def test_a_server_answers_takes_a_new_build_and_ends_cleanly(
    copied_index: Path, serving: Serving, gisa: Gisa, write_jsonl: Callable[..., Path]
) -> None:
    with serving("--index-dir", copied_index, GISA_RELOAD_SECONDS="0.1") as port:
        hits = fetch(port, "/search?query=KT&k=3")["hits"]
        assert len(hits) == 3
        assert fetch(port, "/healthz") == {"status": "alive"}
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(port, "/documents/none")
        path = write_jsonl({"id": "new-1", "title": "새 소식", "text": "참새마을 소식이다."})
        assert gisa("build", path, "--index-dir", copied_index).returncode == 0
        new = read_current(copied_index)
        for _ in range(300):
            if fetch(port, "/readyz")["build"] == new:
                break
            time.sleep(0.1)
        assert fetch(port, "/search?query=KT")["build"] == new


def test_a_taken_port_is_a_failure(serving: Serving, sample_index: Path, gisa: Gisa) -> None:
    with serving("--index-dir", sample_index) as port:
        done = gisa("serve", "--index-dir", sample_index, "--port", str(port))
    assert done.returncode == 1
    assert "address already in use" in done.stderr


@pytest.mark.parametrize("name", ["documents.sqlite", "terms.bin", "CURRENT"])
def test_a_damaged_file_is_exit_3_of_a_search(copied_index: Path, gisa: Gisa, name: str) -> None:
    path = copied_index / name
    if name != "CURRENT":
        path = build_folder(copied_index, read_current(copied_index)) / name
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    done = gisa("search", QUERY, "--index-dir", copied_index)
    assert (done.returncode, done.stdout) == (3, "")
    assert name in done.stderr
    assert done.stderr.count("\n") == 1
