"""
Warm searches in the engine and over HTTP, and the lexical leg beside rank-bm25 and bm25s.

The peers get the very terms that our index holds, so that only the scoring differs.
"""

import argparse
import http.client
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import bm25s
import numpy as np
import rank_bm25

from index.analysis import Analyzer
from index.build import build_index
from index.corpus import CorpusReport, read_corpus
from index.snapshot import open_snapshot
from search.engine import SearchEngine

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
DEPTH = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    data = os.environ.get("NEWS_DATA")
    corpus = Path(data) / "news2018/corpus.jsonl" if data else ROOT / "samples/news.jsonl"
    queries = _queries(Path(data) if data else None, corpus, options.queries)
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as folder:
        build_index([corpus], Path(folder), analyzer=analyzer)
        snapshot = open_snapshot(Path(folder), analyzer=analyzer)
        engine = SearchEngine(snapshot)
        result = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
            f"{platform.python_version()}",
            **snapshot.manifest.counts,
            "queries": len(queries),
            "engine_ms": _times(engine.search, queries),
            "http_ms": _http_times(Path(folder), queries),
            **_lexical_peers(engine, queries),
        }
    print(json.dumps(result))


def _queries(data: Path | None, corpus: Path, count: int) -> list[str]:
    if data is not None:
        lines = (data / "news2018/dev/ko/queries.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line)["text"] for line in lines]
    else:
        found = [document.title for document in read_corpus([corpus], CorpusReport())]
    random.Random(0).shuffle(found)  # noqa: S311 (an order, not a secret)
    return found[:count]


def _times(work: Callable[[T], object], queries: Sequence[T]) -> dict[str, float]:
    for query in queries[:20]:
        work(query)
    seconds = []
    for query in queries:
        started = time.perf_counter()
        work(query)
        seconds.append(time.perf_counter() - started)
    p50, p90, p99 = np.percentile(seconds, [50, 90, 99]) * 1000
    return {"p50": round(p50, 2), "p90": round(p90, 2), "p99": round(p99, 2)}


def _http_times(index_dir: Path, queries: Sequence[str]) -> dict[str, float]:
    """Time requests of one client that keeps its connection."""
    port = 8799
    place = ["--index-dir", str(index_dir), "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", *place], stderr=subprocess.DEVNULL
    )
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(path: str) -> None:
        connection.request("GET", path)
        connection.getresponse().read()

    try:
        for _ in range(300):
            try:
                get("/readyz")
                break
            except OSError:
                connection.close()
                time.sleep(0.1)
        for _ in range(2):  # the first round warms caches of the system, too
            times = _times(lambda query: get(f"/search?query={quote(query)}"), queries)
        return times
    finally:
        server.terminate()
        server.wait()


def _lexical_peers(engine: SearchEngine, queries: Sequence[str]) -> dict[str, object]:
    """Time the top passages of analysed queries by three programs over the same terms."""
    snapshot = engine.snapshot
    passages = _passage_terms(engine)
    model = rank_bm25.BM25Plus(passages, k1=1.2, b=0.75, delta=0)
    peer = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    peer.index(passages, show_progress=False)
    analysed = [snapshot.analyzer.query_terms(query) for query in queries]
    depth = min(DEPTH, len(passages))

    def ours(terms: list[str]) -> object:
        scores = snapshot.lexical.get_scores(terms)
        return np.argpartition(scores, -depth)[-depth:]

    times = {
        "gisa": _times(ours, analysed),
        "rank_bm25": _times(model.get_scores, analysed),
        "bm25s": _times(
            lambda terms: peer.retrieve([terms], k=depth, show_progress=False),
            analysed,
        ),
    }
    ratios = {
        name: round(times[name]["p50"] / times["gisa"]["p50"], 1) for name in ("rank_bm25", "bm25s")
    }
    first = analysed[0]
    largest_difference = float(np.abs(model.get_scores(first) - ours_scores(engine, first)).max())
    return {
        "lexical_ms": times,
        "times_slower_than_gisa_p50": ratios,
        "largest_difference_of_scores": largest_difference,
        "statistics": {"median_terms": statistics.median(map(len, analysed))},
    }


def ours_scores(
    engine: SearchEngine, terms: list[str]
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return engine.snapshot.lexical.get_scores(terms)


def _passage_terms(engine: SearchEngine) -> list[list[str]]:
    """Return the indexed terms of every passage, from the stored tokens and the title."""
    snapshot = engine.snapshot
    weight = snapshot.manifest.options["title_weight"]
    found = []
    for row in range(snapshot.manifest.counts["passages"]):
        [(passage, document)] = snapshot.store.passages([row])
        terms = snapshot.analyzer.query_terms(document.title) * weight if document.title else []
        document_row = int(snapshot.columns.document_of[row])
        for _, _, (ids, starts, ends) in snapshot.store.sentences(document_row):
            inside = (starts >= passage.start) & (ends <= passage.end)
            terms += [snapshot.lexical.terms.term(int(i)) for i in ids[inside]]
        found.append(terms)
    return found


if __name__ == "__main__":
    main()
