"""
``gisa eval``: BEIR files -> a build of their corpus -> measures of every leg.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.progress import ProgressReport
from api.settings import Settings
from api.wiring import answerer_for, build_options, engine_for, open_options
from index.build import build_index, is_built_with
from index.builds import build_folder, read_current
from index.errors import DocumentNotFound, IndexIncompatible, InputError, NoIndex
from index.manifest import read_manifest
from index.snapshot import Snapshot, open_snapshot
from search.ablation import ABLATIONS, DEFAULT, report_ablation, report_by
from search.engine import HYBRID, SearchEngine
from search.evaluate import Judged, Run, format_run, read_judged, read_run, report, run_queries
from search.evaluate_answers import Known, read_known, report_answers
from search.gold import Language
from search.records import MAX_QUERY_CHARS

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
    ablation: bool = False,
    evidence: Path | None = None,
    unanswerable: Path | None = None,
    language: Language | None = None,
    retrieval_only: bool = False,
) -> dict[str, Any]:
    """
    Measure search over a corpus with known answers, and answers where they are known in full.

    Args:
        settings: For building and searching.
        corpora: Files of the corpus, in order.
        queries: BEIR queries.
        qrels: BEIR judgements.
        index_dir: Where the corpus is built, or was; None for a folder by its content.
        baseline: A TREC run to compare the hybrid with.
        run_out: Where to write the hybrid's run.
        progress: Shows how far it is.
        ablation: Search again without each part, and measure kinds of queries.
        evidence: Sentences that answer the queries.
        unanswerable: Questions that no article answers.
        language: Of the latter; None for that of most queries.
        retrieval_only: Ask nothing, even where short answers are known.

    Returns:
        What ``gisa eval --json`` prints.

    Raises:
        InputError: A file cannot be used, *index_dir* holds another corpus, or what is
            known of answers is given with *retrieval_only*.
    """
    if retrieval_only and (evidence or unanswerable):
        raise InputError(
            "--retrieval-only asks nothing. Leave it out, or --evidence and --unanswerable."
        )
    judged = read_judged(queries, qrels)
    known = read_known(
        judged, queries, evidence=evidence, unanswerable=unanswerable, language=language
    )
    compared = read_run(baseline) if baseline else None
    digest = corpus_digest(corpora)
    snapshot = open_or_build(
        settings, corpora, index_dir or EVAL_FOLDER / digest[:16], digest, progress
    )
    engine = engine_for(settings, snapshot)
    runs = _run(engine, judged, "searching", progress)
    if run_out is not None:
        try:
            run_out.parent.mkdir(parents=True, exist_ok=True)
            run_out.write_text(format_run(runs[HYBRID], "gisa"), encoding="utf-8")
        except OSError as error:
            raise InputError(f"Cannot write {run_out}: {error.strerror}.") from error
    result = report(runs, judged, compared)
    if ablation:
        result |= _report_parts(engine, judged, runs[HYBRID], progress)
    if known.has_any and not retrieval_only:
        result["answers"] = _report_answers(settings, engine, judged, known, progress)
    return result


def _report_answers(
    settings: Settings,
    engine: SearchEngine,
    judged: Judged,
    known: Known,
    progress: ProgressReport,
) -> dict[str, Any]:
    def text_of(document_id: str) -> str | None:
        try:
            return engine.document(document_id).text
        except DocumentNotFound:
            return None

    return report_answers(
        answerer_for(settings, engine).ask,
        judged,
        known,
        text_of,
        lambda done, total: progress.update("asking", done, total, done, "questions"),
    )


def _report_parts(
    engine: SearchEngine, judged: Judged, default: Run, progress: ProgressReport
) -> dict[str, Any]:
    runs = {DEFAULT: default}
    for name, _, change in ABLATIONS:
        changed = engine.with_options(change(engine.options))
        runs[name] = _run(changed, judged, f"searching, {name}", progress)[HYBRID]
    plans = {
        query_id: engine.plan(text[:MAX_QUERY_CHARS]) for query_id, text in judged.queries.items()
    }
    kinds = {query_id: plan.kind.value for query_id, plan in plans.items()}
    asked = {query_id: plan.asked.value for query_id, plan in plans.items()}
    return {
        "ablation": report_ablation(runs, judged),
        "by_kind": report_by(default, judged, kinds),
        "by_asked": report_by(default, judged, asked),
    }


def _run(
    engine: SearchEngine, judged: Judged, stage: str, progress: ProgressReport
) -> dict[str, Run]:
    return run_queries(
        engine,
        judged.queries,
        lambda done, total: progress.update(stage, done, total, done, "queries"),
    )


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
