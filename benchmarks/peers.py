"""
Quality of what one would use instead, over the very articles that gisa indexes.

Every peer ranks whole articles, title and text, with the defaults of its library where
nothing else is said below; gisa ranks passages and is judged by the article as ever.
Nothing is tuned here. Prints a Markdown table; needs NEWS_DATA.

A build counts from read articles to the first query, loading of Kiwi included where it is
used, and gisa's reads and cleans the articles, too; it is written where ``gisa eval``
looks for it. The peers stay in memory. A query counts from its text to the ids of 100
articles: for gisa that is ranking without snippets.
"""

import argparse
import os
import platform
import random
import re
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeAlias

import bm25s
import numpy as np
import numpy.typing as npt
import rank_bm25

from api.evaluation import EVAL_FOLDER, corpus_digest
from api.progress import ProgressReport
from api.settings import Settings, load_settings
from api.wiring import build_options, engine_for, open_options
from index.analysis import Analyzer, Sentence, is_bigram
from index.build import build_index
from index.corpus import CorpusReport, read_corpus
from index.snapshot import open_snapshot
from search.engine import HYBRID, SearchEngine
from search.evaluate import (
    CUTOFF,
    N_RESAMPLES,
    Judged,
    Run,
    compare,
    intervals,
    means,
    measure,
    read_judged,
    run_queries,
)

SETS = {
    "news2018 ko": ("news2018", "news2018/dev/ko"),
    "news2018 kw": ("news2018", "news2018/dev/kw"),
    "news2018 en": ("news2018", "news2018/dev/en"),
    "autorag-ko": ("autorag-ko", "autorag-ko"),
    "korquad-dev": ("korquad-dev", "korquad-dev"),
}
GISA = "**gisa**"
RANK_BM25 = "rank-bm25 (Okapi), words between blanks"
TRIGRAM = 3
SEED = 0
HEADER = """\
| set | program | questions | nDCG@10 (95 %) | Success@1 | p | build s | query ms |
| --- | --- | --- | --- | --- | --- | --- | --- |"""

Rank: TypeAlias = Callable[[str], list[int]]
"""Text of a query -> rows of at most `CUTOFF` articles that match, best first."""


class Built(NamedTuple):
    """Something that ranks, and the seconds that its build took."""

    rank: Rank
    seconds: float


class Ranked(NamedTuple):
    """The ranking of each query, and the milliseconds of the median one."""

    run: Run
    median_ms: float


def rank_bm25_of_words(texts: Sequence[str]) -> Rank:
    """Build rank-bm25 as its README does."""
    model = rank_bm25.BM25Okapi([text.split() for text in texts])
    return lambda query: _best(model.get_scores(query.split()))


def bm25s_of_bigrams(texts: Sequence[str]) -> Rank:
    return _bm25s(map(_character_bigrams, texts), _character_bigrams)


def bm25s_of_morphemes(texts: Sequence[str], *, num_workers: int) -> Rank:
    """Build bm25s over what Kiwi takes for content, analysed as gisa does, without bigrams."""
    analyzer = Analyzer(num_workers=num_workers)

    def words(sentences: list[Sentence]) -> list[str]:
        return [
            term for sentence in sentences for term in sentence.tokens.terms if not is_bigram(term)
        ]

    analysed = map(words, analyzer.analyze_many(texts))
    return _bm25s(analysed, lambda query: words(analyzer.analyze(query)))


def sqlite_trigrams(texts: Sequence[str]) -> Rank:
    """
    Build FTS5 with its trigram tokenizer; a query is an OR of its words as phrases.

    Marks are no part of a word here, and a word of one or two characters finds nothing.
    """
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE articles USING fts5(text, tokenize = 'trigram')")
    table.executemany("INSERT INTO articles (rowid, text) VALUES (?, ?)", enumerate(texts))

    def rank(query: str) -> list[int]:
        words = [f'"{word}"' for word in re.findall(r"\w+", query) if len(word) >= TRIGRAM]
        if not words:
            return []
        found = table.execute(
            "SELECT rowid FROM articles WHERE articles MATCH ? "
            "ORDER BY bm25(articles), rowid LIMIT ?",
            (" OR ".join(words), CUTOFF),
        )
        return [row for (row,) in found]

    return rank


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument(
        "--queries",
        type=int,
        metavar="N",
        help="ask rank-bm25, which is slow, N random questions of a set that has more",
    )
    options = parser.parse_args()
    data = os.environ.get("NEWS_DATA")
    if data is None:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    if options.queries is not None and options.queries < 1:
        parser.error("--queries takes a number above 0")
    settings = load_settings()
    chosen = [name for name in SETS if name in options.sets]
    print(HEADER)
    for corpus_folder in dict.fromkeys(SETS[name][0] for name in chosen):
        corpus = Path(data) / corpus_folder / "corpus.jsonl"
        documents = list(read_corpus([corpus], CorpusReport()))
        ids = [document.id for document in documents]
        peers = _build_peers([f"{d.title}\n{d.text}" for d in documents], settings)
        engine, seconds = _build_gisa(corpus, settings)
        for name in chosen:
            if SETS[name][0] != corpus_folder:
                continue
            folder = Path(data) / SETS[name][1]
            judged = read_judged(folder / "queries.jsonl", folder / "qrels.tsv")
            label = f"{name}, {len(ids):,} articles"
            ours = _run_gisa(engine, judged.queries)
            for peer, built in peers.items():
                asked = _sample(judged, options.queries) if peer == RANK_BM25 else judged
                ranked = _run_peer(built.rank, ids, asked.queries)
                n_questions = f"{len(asked.queries):,}"
                if len(asked.queries) < len(judged.queries):
                    n_questions += f" sampled of {len(judged.queries):,}"
                cells = [label, peer, n_questions, *_quality(ranked.run, asked, ours.run)]
                _print_row([*cells, f"{built.seconds:.1f}", f"{ranked.median_ms:.1f}"])
            cells = [label, GISA, f"{len(judged.queries):,}", *_quality(ours.run, judged, None)]
            _print_row([*cells, f"{seconds:.1f}", f"{ours.median_ms:.1f}"])
    print(f"\n{_conditions()}")


def _build_peers(texts: Sequence[str], settings: Settings) -> dict[str, Built]:
    return {
        RANK_BM25: _timed(lambda: rank_bm25_of_words(texts)),
        "bm25s (Lucene), character bigrams": _timed(lambda: bm25s_of_bigrams(texts)),
        "bm25s (Lucene), Kiwi morphemes": _timed(
            lambda: bm25s_of_morphemes(texts, num_workers=settings.num_workers)
        ),
        "SQLite FTS5, trigrams": _timed(lambda: sqlite_trigrams(texts)),
    }


def _timed(build: Callable[[], Rank]) -> Built:
    started = time.perf_counter()
    rank = build()
    return Built(rank, time.perf_counter() - started)


def _build_gisa(corpus: Path, settings: Settings) -> tuple[SearchEngine, float]:
    """Build anew, as a build that is there already has no time to tell."""
    digest = corpus_digest([corpus])
    index_dir = EVAL_FOLDER / digest[:16]
    started = time.perf_counter()
    with ProgressReport(quiet=True) as progress:
        result = build_index(
            [corpus],
            index_dir,
            build_options(settings, corpus_digest=digest),
            on_progress=progress.build,
        )
    seconds = time.perf_counter() - started
    build = result.manifest.build
    snapshot = open_snapshot(index_dir, build=build, options=open_options(settings))
    return engine_for(settings, snapshot), seconds


def _run_gisa(engine: SearchEngine, queries: Mapping[str, str]) -> Ranked:
    clock = [time.perf_counter()]
    runs = run_queries(engine, queries, lambda done, total: clock.append(time.perf_counter()))
    return Ranked(runs[HYBRID], 1000 * float(np.median(np.diff(clock))))


def _run_peer(rank: Rank, ids: Sequence[str], queries: Mapping[str, str]) -> Ranked:
    run: Run = {}
    seconds = []
    for query_id, text in queries.items():
        started = time.perf_counter()
        run[query_id] = [ids[row] for row in rank(text)]
        seconds.append(time.perf_counter() - started)
    return Ranked(run, 1000 * statistics.median(seconds))


def _quality(run: Run, judged: Judged, gisa: Run | None) -> list[str]:
    """Return the cells nDCG@10 with its interval, Success@1, and p against gisa's run."""
    values = measure(run, judged)
    found = means(values)
    ndcg = {"nDCG@10": values["nDCG@10"]}
    low, high = intervals(ndcg)["nDCG@10"]
    p = ""
    if gisa is not None:
        baseline = measure({query_id: gisa[query_id] for query_id in judged.queries}, judged)
        p = f"{compare(ndcg, baseline)['nDCG@10']['p']:.4f}"
    return [f"{found['nDCG@10']:.3f} ({low:.3f}-{high:.3f})", f"{found['Success@1']:.3f}", p]


def _sample(judged: Judged, count: int | None) -> Judged:
    if count is None or count >= len(judged.queries):
        return judged
    ids = random.Random(SEED).sample(list(judged.queries), count)  # noqa: S311 (no secret)
    return Judged(
        {query_id: judged.queries[query_id] for query_id in ids},
        {query_id: judged.qrels[query_id] for query_id in ids},
    )


def _bm25s(texts_terms: Iterable[list[str]], terms_of: Callable[[str], list[str]]) -> Rank:
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index(list(texts_terms), show_progress=False)

    def rank(query: str) -> list[int]:
        terms = terms_of(query)
        return _best(model.get_scores(terms)) if terms else []

    return rank


def _character_bigrams(text: str) -> list[str]:
    """Return the bigrams of each word between blanks; a word of one character is its own."""
    return [word[i : i + 2] for word in text.lower().split() for i in range(max(len(word) - 1, 1))]


def _best(scores: npt.NDArray[np.floating]) -> list[int]:
    """Return the rows of the best scores above 0; equal ones in the order of the corpus."""
    order = np.argsort(-scores, kind="stable")[:CUTOFF]
    rows: list[int] = order[scores[order] > 0].tolist()
    return rows


def _print_row(cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def _conditions() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("rank-bm25", "bm25s", "kiwipiepy"))
    return (
        f"p: two-sided, of nDCG@10 against gisa on the same questions, not corrected for the "
        f"number of tests; {1 / (N_RESAMPLES + 1):.4f} is the least that can show. "
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{libraries}, SQLite {sqlite3.sqlite_version}."
    )


if __name__ == "__main__":
    main()
