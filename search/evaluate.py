"""
Questions with known answers -> measures of each leg, with confidence intervals.

Files are in the BEIR layout (Thakur et al., NeurIPS 2021, arXiv:2104.08663), runs in
TREC's. The result judged is the article, at the rank of its best passage.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import ir_measures
import numpy as np
import numpy.typing as npt

from index.errors import InputError
from search.engine import SearchEngine
from search.records import MAX_QUERY_CHARS

MEASURES = ("nDCG@10", "Success@1", "Success@10", "Success@100", "RR@10")
CUTOFF = 100
N_RESAMPLES = 2_000
SEED = 0

Run: TypeAlias = dict[str, list[str]]
"""Document ids by query id, best first."""
Qrels: TypeAlias = dict[str, dict[str, int]]
"""Relevance by query id and document id."""
Values: TypeAlias = dict[str, npt.NDArray[np.float64]]
"""Measure -> float64[n_queries], in query order."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries by id, those that have a judgement, and the judgements."""

    queries: dict[str, str]
    qrels: Qrels


def read_judged(queries: Path, qrels: Path) -> Judged:
    """
    Read a BEIR query file and its qrels.

    Raises:
        InputError: A file is missing or malformed, or no query has a relevant document.
    """
    texts: dict[str, str] = {}
    judgements: Qrels = {}
    place = f"{queries}"
    try:
        for number, line in enumerate(queries.read_text(encoding="utf-8-sig").split("\n"), 1):
            place = f"{queries}:{number}"
            if line.strip():
                record = json.loads(line)
                texts[str(record["_id"])] = str(record["text"])
        place = f"{qrels}"
        with qrels.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.reader(stream, delimiter="\t"), 1):
                place = f"{qrels}:{number}"
                if row and not (number == 1 and row[-1].strip() == "score"):
                    query_id, document_id, relevance = row
                    judgements.setdefault(query_id, {})[document_id] = int(relevance)
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{place} is not as BEIR has it: {error!r}.") from error
    judged = {query_id: text for query_id, text in texts.items() if judgements.get(query_id)}
    if not judged:
        raise InputError(f"No query of {queries} is judged in {qrels}. Do they belong together?")
    return Judged(judged, {query_id: judgements[query_id] for query_id in judged})


def run_queries(
    engine: SearchEngine,
    queries: Mapping[str, str],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Run]:
    """
    Rank articles for every query.

    Args:
        engine: What is measured.
        queries: By id; one longer than the engine takes is cut.
        on_progress: Called with queries done and in all.

    Returns:
        A run of depth `CUTOFF` for each leg and for the hybrid.
    """
    ids = engine.snapshot.store.document_ids()
    runs: dict[str, Run] = {}
    for done, (query_id, text) in enumerate(queries.items(), start=1):
        for leg, rows in engine.rank_documents(text[:MAX_QUERY_CHARS], CUTOFF).items():
            runs.setdefault(leg, {})[query_id] = [ids[row] for row in rows]
        on_progress(done, len(queries))
    return runs


def measure(run: Run, judged: Judged) -> Values:
    """Measure a run; a query without a ranking counts 0."""
    scored = {
        query_id: {document_id: -rank for rank, document_id in enumerate(ranking)}
        for query_id, ranking in run.items()
        if ranking
    }
    positions = {query_id: place for place, query_id in enumerate(judged.queries)}
    values = {name: np.zeros(len(positions)) for name in MEASURES}
    parsed = [ir_measures.parse_measure(name) for name in MEASURES]
    for metric in ir_measures.iter_calc(parsed, judged.qrels, scored):
        values[str(metric.measure)][positions[metric.query_id]] = metric.value
    return values


def means(values: Values) -> dict[str, float]:
    """Return the mean of each measure."""
    return {name: round(float(array.mean()), 6) for name, array in values.items()}


def intervals(values: Values) -> dict[str, list[float]]:
    """Return the 95 % bootstrap interval of each mean (percentiles over `N_RESAMPLES`)."""
    picks = _resamples(len(next(iter(values.values()))))
    return {
        name: [round(float(x), 6) for x in np.percentile(array[picks].mean(axis=1), [2.5, 97.5])]
        for name, array in values.items()
    }


def compare(values: Values, baseline: Values) -> dict[str, dict[str, float]]:
    """
    Compare a run with a baseline over the same queries.

    Returns:
        For each measure the mean difference, its 95 % paired bootstrap interval, and the
        two-sided p of a paired randomisation test (Smucker, Allan and Carterette, CIKM
        2007, doi:10.1145/1321440.1321528).
    """
    random = np.random.default_rng(SEED)
    compared = {}
    for name, array in values.items():
        difference = array - baseline[name]
        picks = _resamples(len(difference))
        low, high = np.percentile(difference[picks].mean(axis=1), [2.5, 97.5])
        signs = random.choice([-1.0, 1.0], (N_RESAMPLES, len(difference)))
        by_chance = np.abs((signs * difference).mean(axis=1))
        at_least = (by_chance >= abs(difference.mean()) - 1e-12).sum()
        compared[name] = {
            "difference": round(float(difference.mean()), 6),
            "low": round(float(low), 6),
            "high": round(float(high), 6),
            "p": round((int(at_least) + 1) / (N_RESAMPLES + 1), 6),
        }
    return compared


def read_run(path: Path) -> Run:
    """
    Read a TREC run file, by score and then in file order.

    Raises:
        InputError: It cannot be read or is malformed.
    """
    scored: dict[str, list[tuple[float, str]]] = {}
    place = f"{path}"
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            place = f"{path}:{number}"
            if line.strip():
                query_id, _, document_id, _, score, _ = line.split()
                scored.setdefault(query_id, []).append((float(score), document_id))
    except OSError as error:
        raise InputError(f"The run {place} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{place} is not as TREC has it: {error}.") from error
    return {
        query_id: [name for _, name in sorted(found, key=lambda pair: -pair[0])]
        for query_id, found in scored.items()
    }


def format_run(run: Run, tag: str) -> str:
    """Write a run in TREC's format; white space in an id, which TREC lacks, becomes ``_``."""
    return "".join(
        f"{query_id} Q0 {_trec_id(document_id)} {rank} {1 / rank:.6f} {tag}\n"
        for query_id, ranking in run.items()
        for rank, document_id in enumerate(ranking, start=1)
    )


def report(runs: Mapping[str, Run], judged: Judged, baseline: Run | None = None) -> dict[str, Any]:
    """Return what ``gisa eval --json`` prints: measures and intervals of each leg."""
    values = {leg: measure(run, judged) for leg, run in runs.items()}
    result: dict[str, Any] = {
        "queries": len(judged.queries),
        "measures": {leg: means(found) for leg, found in values.items()},
        "intervals": {leg: intervals(found) for leg, found in values.items()},
    }
    if baseline is not None:
        qrels = {
            query_id: {_trec_id(document_id): grade for document_id, grade in found.items()}
            for query_id, found in judged.qrels.items()
        }
        before = measure(baseline, Judged(judged.queries, qrels))
        result["baseline"] = {
            "measures": means(before),
            "hybrid_against_baseline": compare(values["hybrid"], before),
        }
    return result


def _trec_id(document_id: str) -> str:
    return "_".join(document_id.split())


def _resamples(n: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, n, (min(N_RESAMPLES, 4_000_000 // n + 1), n))


def legs_in_order(names: Sequence[str]) -> list[str]:
    """Order legs for a table: the single legs first, the hybrid last."""
    return sorted(names, key=lambda name: (name == "hybrid", name != "lexical", name))
