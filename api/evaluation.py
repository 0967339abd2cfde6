"""
``gisa eval``: BEIR files -> a build of their corpus -> measures of every leg.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.progress import ProgressReport
from api.settings import Settings
from api.wiring import build_options, engine_for, open_options
from index.build import build_index, is_built_with
from index.builds import build_folder, read_current
from index.errors import IndexIncompatible, InputError, NoIndex
from index.manifest import read_manifest
from index.snapshot import Snapshot, open_snapshot
from search.evaluate import format_run, read_judged, read_run, report, run_queries

EVAL_FOLDER = Path("var/eval")


def evaluate(
    settings: Settings,
    *,
    corpora: Sequence[Path],
    queries: Path,
    qrels: Path,
    index_dir: Path | None,
    baseline: Path | None,
    run_out: Path | None,
    progress: ProgressReport,
) -> dict[str, Any]:
    """
    Measure search over a corpus with known answers.

    Args:
        settings: For building and searching.
        corpora: Files of the corpus, in order.
        queries: BEIR queries.
        qrels: BEIR judgements.
        index_dir: Where the corpus is built, or was; None for a folder by its content.
        baseline: A TREC run to compare the hybrid with.
        run_out: Where to write the hybrid's run.
        progress: Shows how far it is.

    Raises:
        InputError: A file cannot be used, or *index_dir* holds another corpus.
    """
    judged = read_judged(queries, qrels)
    compared = read_run(baseline) if baseline else None
    digest = corpus_digest(corpora)
    snapshot = open_or_build(
        settings, corpora, index_dir or EVAL_FOLDER / digest[:16], digest, progress
    )
    runs = run_queries(
        engine_for(settings, snapshot),
        judged.queries,
        lambda done, total: progress.update("searching", done, total, done, "queries"),
    )
    if run_out is not None:
        try:
            run_out.parent.mkdir(parents=True, exist_ok=True)
            run_out.write_text(format_run(runs["hybrid"], "gisa"), encoding="utf-8")
        except OSError as error:
            raise InputError(f"Cannot write {run_out}: {error.strerror}.") from error
    return report(runs, judged, compared)


def corpus_digest(corpora: Sequence[Path]) -> str:
    """Return a hash of the files' contents, in order."""
    digest = hashlib.sha256()
    for path in corpora:
        try:
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise InputError(f"The corpus {path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def open_or_build(
    settings: Settings,
    corpora: Sequence[Path],
    index_dir: Path,
    digest: str,
    progress: ProgressReport,
) -> Snapshot:
    """Open the build of this corpus; build it where there is none, or an outdated one."""
    wanted = build_options(settings, corpus_digest=digest)
    try:
        manifest = read_manifest(build_folder(index_dir, read_current(index_dir)))
        if manifest.corpus["digest"] != digest:
            raise InputError(
                f"{index_dir} holds another corpus. Give another --index-dir, or none."
            )
        if is_built_with(manifest, wanted):
            return open_snapshot(index_dir, options=open_options(settings))
    except (NoIndex, IndexIncompatible):
        pass  # the first time, or written by an older program: built below
    build_index(corpora, index_dir, wanted, on_progress=progress.build)
    return open_snapshot(index_dir, options=open_options(settings))
