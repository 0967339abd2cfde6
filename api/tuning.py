"""
``gisa tune``: judged queries -> weights for the encoder and reranker that are served.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from api.evaluation import EVAL_FOLDER, corpus_digest, open_or_build
from api.progress import ProgressReport
from api.settings import Settings
from api.wiring import engine_for, served_by
from index.errors import InputError
from search.engine import SearchEngine
from search.evaluate import Judged, compare, read_judged
from search.fuse import Fusion
from search.records import MAX_QUERY_CHARS
from search.tune import CUTOFF, Fit, JudgedQuery, fit
from search.weights import RERANKER, QueryKind, Weights, format_weights

LEAST_QUERIES = 20
"""A kind of query with fewer keeps the default weights."""
MEASURE = f"nDCG@{CUTOFF}"
SIGNIFICANT = 0.05


def tune(
    settings: Settings,
    *,
    corpora: Sequence[Path],
    queries: Path,
    qrels: Path,
    out: Path,
    index_dir: Path | None,
    progress: ProgressReport,
) -> dict[str, Any]:
    """
    Fit weights to judged queries and write them for ``GISA_WEIGHTS``.

    Args:
        settings: For building and searching; their weights are not read.
        corpora: Files of the corpus, in order.
        queries: BEIR queries.
        qrels: BEIR judgements.
        out: The file to write.
        index_dir: Where the corpus is built, or was; None for a folder by its content.
        progress: Shows how far it is.

    Returns:
        What ``gisa tune --json`` prints.

    Raises:
        InputError: A file cannot be used, no kind of query has enough queries, or ranks
            are fused, which have no weights.
    """
    if settings.fusion is not Fusion.WEIGHTED:
        raise InputError(f"GISA_FUSION={settings.fusion.value} has no weights to fit. Unset it.")
    judged = read_judged(queries, qrels)
    _write(out, None)
    digest = corpus_digest(corpora)
    folder = index_dir or EVAL_FOLDER / digest[:16]
    snapshot = open_or_build(settings, corpora, folder, digest, progress)
    engine = engine_for(settings.model_copy(update={"weights": None}), snapshot)
    kinds = collect(
        engine,
        judged,
        lambda done, total: progress.update("searching", done, total, done, "queries"),
    )
    counts = ", ".join(f"{kind.value} {len(found)}" for kind, found in kinds.items())
    if all(len(found) < LEAST_QUERIES for found in kinds.values()):
        raise InputError(
            f"No kind of query has {LEAST_QUERIES} judged queries ({counts}). Judge more."
        )
    default = Weights()
    fits: dict[QueryKind, Fit] = {}
    for kind, found in kinds.items():
        if len(found) >= LEAST_QUERIES:
            fits[kind] = fit(
                found,
                default.fusion[kind],
                depth=settings.reranker_depth,
                on_progress=lambda tried, kind=kind: progress.update(  # type: ignore[misc]
                    f"fitting {kind.value}", tried, None, tried, "weights"
                ),
            )
    fusion = {**default.fusion, **{kind: found.fitted for kind, found in fits.items()}}
    report = {
        "out": str(out),
        "build": snapshot.manifest.build,
        **asdict(served_by(settings, snapshot)),
        "kinds": {
            kind.value: _describe(len(found), default.fusion[kind], fits.get(kind))
            for kind, found in kinds.items()
        },
    }
    about = {key: value for key, value in report.items() if key != "out"} | {
        "corpus": digest,
        "reranker_depth": settings.reranker_depth,
    }
    _write(out, format_weights(replace(default, fusion=fusion), about))
    return report


def collect(
    engine: SearchEngine,
    judged: Judged,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[QueryKind, list[JudgedQuery]]:
    """
    Search once for every judged query.

    Args:
        engine: What is fitted; its weights are not read.
        judged: A query longer than the engine takes is cut.
        on_progress: Called with queries done and in all.

    Returns:
        By kind of query, those that have candidates or not, in their order.
    """
    ids = engine.snapshot.store.document_ids()
    kinds: dict[QueryKind, list[JudgedQuery]] = {kind: [] for kind in QueryKind}
    for done, (query_id, text) in enumerate(judged.queries.items(), start=1):
        query = text[:MAX_QUERY_CHARS]
        found = engine.candidates(query, CUTOFF)
        grades = judged.qrels[query_id]
        gains = [max(grades.get(ids[row], 0), 0) for row in found.documents.tolist()]
        kinds[found.kind].append(
            JudgedQuery(
                query_id,
                found.scores,
                found.documents,
                np.array(gains, np.float64),
                sorted((float(max(grade, 0)) for grade in grades.values()), reverse=True),
                None if engine.reranker is None else _remembering(engine, query, found.rows),
            )
        )
        on_progress(done, len(judged.queries))
    return kinds


def remarks(report: Mapping[str, Any]) -> list[str]:
    """Return a line for each kind that was not fitted, or not to any good out of fold."""
    lines = []
    for kind, found in report["kinds"].items():
        if found["against_default"] is None:
            lines.append(
                f"{kind}: {found['queries']} queries, fewer than {LEAST_QUERIES}; "
                "the default weights are kept"
            )
            continue
        rivals = {"the default": "against_default", "no reranker": "against_no_reranker"}
        for rival, key in rivals.items():
            change = found[key]
            if change and (change["difference"] <= 0 or change["p"] >= SIGNIFICANT):
                lines.append(
                    f"{kind}: on queries they were not fitted to, the weights do not beat {rival} "
                    f"({MEASURE} {change['difference']:+.4f}, p = {change['p']:.4f})"
                )
    return lines


def _remembering(
    engine: SearchEngine, query: str, rows: npt.NDArray[np.integer]
) -> Callable[[npt.NDArray[np.integer]], npt.NDArray[np.float64]]:
    """Return the reranker over candidates by place; a passage is scored once."""
    known: dict[int, float] = {}

    def scores(places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        new = [place for place in places.tolist() if place not in known]
        if new:
            known.update(zip(new, engine.reranker_scores(query, rows[new]).tolist(), strict=True))
        return np.array([known[place] for place in places.tolist()])

    return scores


def _describe(n_queries: int, default: Mapping[str, float], found: Fit | None) -> dict[str, Any]:
    if found is None:
        return {
            "queries": n_queries,
            "weights": {"default": dict(default), "fitted": None},
            MEASURE: None,
            "against_default": None,
            "against_no_reranker": None,
        }
    before = {"against_default": found.default_values, "against_no_reranker": found.plain_values}
    compared = {
        name: compare({MEASURE: found.out_of_fold}, {MEASURE: values})[MEASURE]
        for name, values in before.items()
    }
    has_reranker = RERANKER in found.fitted
    return {
        "queries": n_queries,
        "weights": {"default": found.default, "fitted": found.fitted},
        MEASURE: {
            "no_reranker": round(float(found.plain_values.mean()), 6) if has_reranker else None,
            "default": round(float(found.default_values.mean()), 6),
            "fitted": round(float(found.fitted_values.mean()), 6),
            "out_of_fold": round(float(found.out_of_fold.mean()), 6),
        },
        "against_default": compared["against_default"],
        "against_no_reranker": compared["against_no_reranker"] if has_reranker else None,
    }


def _write(out: Path, text: str | None) -> None:
    """Write a file; without a text only see to it, before hours of work, that it could be."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            out.write_text(text, encoding="utf-8")
        elif out.is_dir():
            raise IsADirectoryError(0, "it is a folder")
    except OSError as error:
        raise InputError(f"Cannot write {out}: {error.strerror}.") from error
