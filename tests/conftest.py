"""Fixtures that several kinds of tests share; Kiwi and the sample index are made once."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from api.cli import run
from index.analysis import Analyzer
from index.build import BuildOptions, BuildResult, build_index
from index.records import Span
from index.snapshot import Snapshot, open_snapshot
from search.alias_source import AliasSource
from search.answer_records import (
    Abstention,
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerSpan,
    AskResult,
    Citation,
    Difference,
    Reason,
)
from search.engine import SearchEngine
from search.planner import Planner
from search.records import Hit, LegScore
from search.weights import TermWeights

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "news.jsonl"

settings.register_profile(
    "gisa", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gisa")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see no GISA_* variable, no .env, and never write into the checkout."""
    for name in list(os.environ):
        if name.startswith("GISA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """The analyzer with its default options; loading Kiwi takes seconds."""
    return Analyzer(num_workers=1)


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer) -> Path:
    """An index of the sample corpus; copy it before you change it."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    build_index([SAMPLES], folder, BuildOptions(), analyzer=analyzer)
    return folder


@pytest.fixture(scope="session")
def snapshot(sample_index: Path, analyzer: Analyzer) -> Iterator[Snapshot]:
    """The sample index, opened."""
    opened = open_snapshot(sample_index, analyzer=analyzer)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def engine(snapshot: Snapshot) -> SearchEngine:
    """An engine over the sample index."""
    return SearchEngine(snapshot)


@pytest.fixture(scope="session")
def planner(snapshot: Snapshot) -> Planner:
    """A planner of questions to the sample index, made as the engine makes its own."""
    return Planner(
        snapshot.analyzer,
        snapshot.model.lexicon,
        snapshot.names,
        snapshot.lexical.idf_of,
        AliasSource().table,
        TermWeights(),
    )


@pytest.fixture
def copied_index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample index that a test may damage."""
    return Path(shutil.copytree(sample_index, tmp_path / "copied"))


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Write records to a JSONL file and return its path."""

    def write(*records: dict[str, Any], name: str = "news.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        path.write_text("".join(lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def build_corpus(tmp_path: Path, analyzer: Analyzer) -> Callable[..., BuildResult]:
    """Build an index of *paths* under ``tmp_path / "index"`` with the shared analyzer."""

    def build(*paths: Path, options: BuildOptions | None = None) -> BuildResult:
        return build_index(list(paths), tmp_path / "index", options, analyzer=analyzer)

    return build


@pytest.fixture
def gisa(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own, in ``tmp_path``."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, **environment},
            timeout=120,
        )

    return run


@pytest.fixture
def warm_kiwi(monkeypatch: pytest.MonkeyPatch, analyzer: Analyzer) -> None:
    """Whatever is built or opened in this process uses the shared analyzer."""

    def shared(user_dictionary: Path | None = None, *, num_workers: int = 0) -> Analyzer:
        if user_dictionary is None:
            return analyzer
        return Analyzer(user_dictionary, num_workers=num_workers)

    monkeypatch.setattr("index.snapshot.Analyzer", shared)
    monkeypatch.setattr("index.build.Analyzer", shared)


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., AbstractContextManager[int]]:
    """Run ``gisa serve`` on a free port; SIGTERM must end it within the test's patience."""

    @contextmanager
    def run_server(
        *arguments: str | Path, cwd: Path | None = None, **environment: str
    ) -> Iterator[int]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        log = tmp_path / f"serve-{port}.log"
        command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
        with log.open("w", encoding="utf-8") as stream:
            server = subprocess.Popen(
                [*command, *map(str, arguments)],
                stderr=stream,
                cwd=cwd or tmp_path,
                env={**os.environ, **environment},
            )
        try:
            for _ in range(600):
                if server.poll() is not None or _answers(port):
                    break
                time.sleep(0.1)
            assert server.poll() is None, log.read_text(encoding="utf-8")
            yield port
        finally:
            server.terminate()
            code = server.wait(60)
        # Uvicorn stops in order and then lets the signal have its usual effect.
        assert code in (0, -signal.SIGTERM), log.read_text(encoding="utf-8")
        assert '"message": "stopped"' in log.read_text(encoding="utf-8")

    return run_server


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Finished(NamedTuple):
    """What a run of the command line left: its exit code and both outputs."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(warm_kiwi: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., Finished]:
    """Run the command line in this process, without loading Kiwi again."""

    def run_here(*arguments: str | Path) -> Finished:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Finished(code, *capsys.readouterr())

    return run_here


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a reviewed file; ``make golden`` rewrites the file instead."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "golden" / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{name} changed; see make golden"

    return compare


class Asked(NamedTuple):
    """What three questions got; every span is one of `ASKED_TEXT`."""

    answered: AskResult
    abstained: AskResult
    worded: AskResult


ASKED_TEXT = "협정은 금요일에 맺어졌다. 두 회사는 2조4000억원을 함께 투자한다. 끝.\n"


@pytest.fixture(scope="session")
def asked() -> Asked:
    """An extractive answer, an abstention, and an answer in a model's words, made by hand."""

    def cited(n: int, start: int, end: int, published: str | None) -> Citation:
        url = f"https://x.example/{n}" if n == 1 else None
        name = "미리내테크" if n == 1 else None
        known = ("kt-ms-01", "kt-ms-01#0", "두 회사 협정", name, published, url)
        return Citation(n, *known, start, end, ASKED_TEXT[start:end])

    hit = Hit(
        *(1, "kt-ms-01", "kt-ms-01#0", 0.5, "두 회사 협정", "미리내테크", "2025-07-08", None),
        *(0, len(ASKED_TEXT), ASKED_TEXT, [Span(17, 19)], LegScore(1, 9.5), None, 2),
    )
    citations = (cited(1, 15, 39, "2025-07-08T09:00:00+09:00"), cited(2, 0, 14, None))
    sentences = tuple(AnswerSentence(each.quote, (each.n,)) for each in citations)
    answer = Answer(
        AnswerMode.EXTRACTIVE,
        " ".join(sentence.text for sentence in sentences),
        sentences,
        AnswerSpan(1, 21, 29, ASKED_TEXT[21:29]),
        "2025-07-08",
        0.875,
    )
    worded = replace(
        answer,
        mode=AnswerMode.LLM,
        text="두 회사가 2조4000억원을 낸다.",
        sentences=(AnswerSentence("두 회사가 2조4000억원을 낸다.", (1, 2)),),
        span=None,
        differences=(Difference((1, 2), ("2조4000억원", "2조원"), ("2025-07-08", None)),),
        n_dropped=1,
    )
    refusal = Abstention(
        Reason.MISSING_ENTITY, ("화성", "목성"), "화성은 어디에도 없습니다.", 0.125
    )
    times = {"total": 1.5, "answer": 2.5}
    answered = AskResult("얼마를 투자하나?", "a-build", answer, citations, None, [hit], times)
    return Asked(
        answered,
        replace(answered, answer=None, citations=(), abstention=refusal),
        replace(answered, question="How much?", answer=worded),
    )


@pytest.fixture(scope="session")
def news_data() -> Path:
    """The evaluation sets, which are not part of the repository."""
    folder = os.environ.get("NEWS_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("NEWS_DATA names no folder with the evaluation sets")
    return Path(folder).resolve()
