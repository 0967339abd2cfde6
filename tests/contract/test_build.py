"""A build is the same for the same corpus, and what fails leaves CURRENT alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index import build as build_module
from index.analysis import Analyzer
from index.build import BuildOptions, BuildResult, Progress, build_index, is_built_with
from index.builds import (
    BUILDS_FOLDER,
    CURRENT_FILE,
    LOCK_FILE,
    PARTIAL_PREFIX,
    build_folder,
    build_lock,
    list_builds,
    read_current,
    switch_current,
)
from index.encoder import EncoderOptions
from index.errors import BuildFailed, BuildLocked, InputError, ModelUnavailable, RecordRejected
from index.lexical import BM25Options
from index.manifest import MANIFEST_FILE
from index.snapshot import check_snapshot, open_snapshot

Build = Callable[..., BuildResult]
Write = Callable[..., Path]

RECORDS = [
    {"id": "b", "title": "해솔시 공장 증설", "text": "전력 심의가 늦어졌다.\n내년에 짓는다."},
    {"id": "a", "title": "노을섬 첫눈", "text": "여객선이 멈췄다. 눈이 쌓였다."},
    {"id": "flash", "title": "속보 여객선 운항 재개"},
]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != MANIFEST_FILE}


def test_the_same_corpus_gives_the_same_bytes(
    tmp_path: Path, write_jsonl: Write, analyzer: Analyzer
) -> None:
    corpus = write_jsonl(*RECORDS)
    folders = []
    for name in ("first", "second"):
        result = build_index([corpus], tmp_path / name, analyzer=analyzer)
        folders.append(build_folder(tmp_path / name, result.manifest.build))
    first, second = map(contents, folders)
    assert first == second
    assert len(first) > 10


def test_a_build_says_what_is_in_it(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build, analyzer: Analyzer
) -> None:
    result = build_corpus(write_jsonl(*RECORDS, {}))
    assert read_current(tmp_path / "index") == result.manifest.build
    counts = result.manifest.counts
    assert (counts["documents"], counts["passages"], counts["sentences"]) == (3, 3, 4)
    assert result.manifest.corpus["rejected"] == result.report.n_rejected == 1
    assert result.manifest.options["bm25"] == {"k1": 1.2, "b": 0.75}
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    check_snapshot(opened)
    assert opened.store.document_ids() == ["b", "a", "flash"]
    opened.close()


def test_a_build_knows_the_options_that_would_give_it_again(
    write_jsonl: Write, build_corpus: Build
) -> None:
    made = build_corpus(write_jsonl(*RECORDS)).manifest
    same = BuildOptions(num_workers=1, keep_builds=1, strict=True)
    assert is_built_with(made, same)
    for other in (
        replace(same, bm25=BM25Options(k1=2)),
        replace(same, target_chars=100),
        replace(same, title_weight=1),
        replace(same, encoder=EncoderOptions("sentence-transformers:x")),
    ):
        assert not is_built_with(made, other)


def test_the_title_counts_as_often_as_it_weighs(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build, analyzer: Analyzer
) -> None:
    corpus = write_jsonl({"id": "a", "title": "여객선", "text": "눈이 쌓였다."})
    in_title, in_text = (len(analyzer.query_terms(part)) for part in ("여객선", "눈이 쌓였다."))
    for weight in (1, 2):
        build_corpus(corpus, options=BuildOptions(title_weight=weight))
        opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
        assert opened.lexical.doc_len.tolist() == [weight * in_title + in_text]
        opened.close()


def test_a_title_may_weigh_nothing(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build, analyzer: Analyzer
) -> None:
    corpus = write_jsonl({"id": "a", "title": "여객선", "text": "눈이 쌓였다."})
    build_corpus(corpus, options=BuildOptions(title_weight=0))
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    assert opened.lexical.doc_len.tolist() == [len(analyzer.query_terms("눈이 쌓였다."))]
    opened.close()


def test_a_long_sentence_without_blanks_can_be_built(
    write_jsonl: Write, build_corpus: Build
) -> None:
    unbroken = "".join(chr(ord("가") + 13 * n) for n in range(800))
    result = build_corpus(write_jsonl({"id": "a", "text": unbroken}))
    assert result.manifest.counts["passages"] >= 2


def test_a_second_builder_is_refused_with_the_pid_of_the_first(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build
) -> None:
    corpus, folder = write_jsonl(*RECORDS), tmp_path / "index"
    folder.mkdir()
    with build_lock(folder), pytest.raises(BuildLocked, match=rf"process {os.getpid()}, for \d+ s"):
        build_corpus(corpus)
    assert build_corpus(corpus).manifest.counts["documents"] == 3


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, index.builds as b\nwith b.build_lock(pathlib.Path('.')): os._exit(9)\n"
    )
    root = Path(build_module.__file__).parent.parent
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert ended.returncode == 9
    assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] != os.getpid()
    with build_lock(tmp_path):
        assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] == os.getpid()


def test_old_builds_are_removed_and_the_served_one_stays(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build
) -> None:
    """Ids sort by time even where several builds of one corpus are made in one second."""
    corpus, folder = write_jsonl(*RECORDS), tmp_path / "index"
    options = BuildOptions(keep_builds=2)
    results = [build_corpus(corpus, options=options) for _ in range(4)]
    ids = [result.manifest.build for result in results]
    assert ids == sorted(set(ids))
    assert list_builds(folder) == ids[2:]
    assert read_current(folder) == ids[-1]
    assert [result.removed for result in results] == [[], [], [ids[0]], [ids[1]]]


def test_a_rollback_points_to_an_older_build(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build
) -> None:
    corpus, folder = write_jsonl(*RECORDS), tmp_path / "index"
    first, second = (build_corpus(corpus).manifest.build for _ in range(2))
    switch_current(folder, first)
    assert read_current(folder) == first
    assert set(list_builds(folder)) == {first, second}


@pytest.fixture
def served(tmp_path: Path, write_jsonl: Write, build_corpus: Build) -> Callable[[], None]:
    """Build once; the call asserts that nothing about what is served has changed."""
    build = build_corpus(write_jsonl(*RECORDS, name="served.jsonl")).manifest.build
    folder = tmp_path / "index"
    before = contents(build_folder(folder, build))

    def assert_untouched() -> None:
        assert read_current(folder) == build
        assert list_builds(folder) == [build]
        assert contents(build_folder(folder, build)) == before
        assert not list((folder / BUILDS_FOLDER).glob(PARTIAL_PREFIX + "*"))

    return assert_untouched


def test_an_empty_corpus_is_refused_unless_allowed(
    tmp_path: Path, served: Callable[[], None], build_corpus: Build, analyzer: Analyzer
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("{}\n")
    message = r"No article was found \(1 records were rejected\); nothing was built.*--allow-empty"
    with pytest.raises(InputError, match=message):
        build_corpus(empty)
    served()
    made = build_corpus(empty, options=BuildOptions(allow_empty=True))
    assert made.manifest.counts["documents"] == 0
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    assert opened.lexical.get_scores(["공장/N"]).shape == (0,)
    opened.close()


def test_a_strict_build_that_meets_a_bad_record_changes_nothing(
    served: Callable[[], None], write_jsonl: Write, build_corpus: Build
) -> None:
    with pytest.raises(RecordRejected, match=r"Rejected news\.jsonl:4: no title and no text"):
        build_corpus(write_jsonl(*RECORDS, {}), options=BuildOptions(strict=True))
    served()


def test_a_missing_path_changes_nothing(
    tmp_path: Path, served: Callable[[], None], build_corpus: Build
) -> None:
    with pytest.raises(InputError, match="No such file or folder"):
        build_corpus(tmp_path / "missing")
    served()


def test_a_model_that_cannot_be_loaded_changes_nothing(
    tmp_path: Path,
    served: Callable[[], None],
    write_jsonl: Write,
    build_corpus: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise ModelUnavailable("The model is not here.")

    monkeypatch.setattr(build_module, "open_encoder", refuse)
    with pytest.raises(ModelUnavailable, match=r"The model is not here\."):
        build_corpus(write_jsonl(*RECORDS))
    served()


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt("stopped")]
)
def test_a_build_that_breaks_off_late_changes_nothing(
    served: Callable[[], None],
    write_jsonl: Write,
    build_corpus: Build,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(build_module, "write_manifest", fail)
    expected = BuildFailed if isinstance(error, OSError) else KeyboardInterrupt
    message = r"^Building in .* No space left on device.* What was served is untouched|^stopped$"
    with pytest.raises(expected, match=message):
        build_corpus(write_jsonl(*RECORDS))
    served()


def test_what_a_killed_build_left_is_removed_by_the_next(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build
) -> None:
    left = tmp_path / "index" / BUILDS_FOLDER / f"{PARTIAL_PREFIX}new"
    left.mkdir(parents=True)
    (left / "postings.spool").write_bytes(b"x")
    (tmp_path / "index" / CURRENT_FILE).unlink(missing_ok=True)
    made = build_corpus(write_jsonl(*RECORDS))
    assert list_builds(tmp_path / "index") == [made.manifest.build]
    assert not left.exists()
    assert "postings.spool" not in made.manifest.files


def test_a_missing_user_dictionary_is_an_input_error(
    tmp_path: Path, write_jsonl: Write, build_corpus: Build
) -> None:
    options = BuildOptions(user_dictionary=tmp_path / "missing.tsv")
    with pytest.raises(InputError, match=r"No user dictionary at .*missing\.tsv"):
        build_corpus(write_jsonl(*RECORDS), options=options)


def test_progress_is_told_by_stage_and_never_goes_back(
    tmp_path: Path, write_jsonl: Write, analyzer: Analyzer
) -> None:
    told: list[Progress] = []
    corpus = write_jsonl(*RECORDS)
    build_index([corpus], tmp_path / "index", analyzer=analyzer, on_progress=told.append)
    assert list(dict.fromkeys(progress.stage for progress in told)) == [
        "analysing",
        "writing postings",
        "encoding",
        "writing and verifying",
    ]
    analysing = [progress for progress in told if progress.stage == "analysing"]
    assert [progress.done for progress in analysing] == sorted(p.done for p in analysing)
    assert analysing[-1].documents == 3
    assert all(progress.done <= (progress.total or 0) for progress in analysing)
