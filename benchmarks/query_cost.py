"""
What planning a question and looking for the closest sentence cost, in a larger corpus.

Two searches of the same build take turns: BM25 of the question's own terms with the dense
leg, weighted, ten passages fetched; and search as it is by default. Prints Markdown tables;
needs NEWS_DATA. The bound that is held: at most 5 ms more at the median.

There are not enough free articles, so those there are come again under other ids, with
their sentences in another order, words exchanged, and words made up, as a larger corpus
has more names. That says nothing about quality. The build is kept under var/bench.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from api.evaluation import corpus_digest, open_or_build
from api.progress import ProgressReport
from api.settings import load_settings
from index.analysis import is_bigram
from index.bilingual_model import ARTIFACT
from index.builds import build_folder
from index.corpus import CorpusReport, read_corpus
from index.encoder import EncoderInput
from index.passages import pack_sentences
from index.records import Document, Span
from index.snapshot import Snapshot, open_snapshot
from index.store import StoredPassage
from index.top_rows import top_rows
from search.answer import Answerer
from search.engine import EngineOptions, SearchEngine
from search.evaluate import read_judged
from search.fuse import Fusion
from search.ranking import fuse
from search.retrieve import Evidence
from search.weights import DENSE, LEXICAL

BENCH_FOLDER = Path("var/bench")
CORPORA = ("news2018", "news-other", "korquad-dev", "autorag-ko")
KINDS = ("ko", "en", "kw")
BOUND_MS = 5.0
ANSWER_BOUND_MS = 30.0
K = 10
SEED = 0
CORPUS_VERSION = 1
"""Raise this whenever the same articles would give another corpus."""

EXCHANGED_SHARE = 0.1
MADE_UP_SHARE = 0.05
"""Of the words of an article that comes again."""

PARTS = {
    "texts, sentences and their terms": ("documents.sqlite",),
    "postings": ("posting_*.npy", "passage_lengths.npy"),
    "vectors": ("vectors.faiss", "vector_rows.npy"),
    "terms": ("term*",),
    "names": ("names.faiss", "name_*.npy"),
    "columns": ("passage_*.npy", "document_*.npy", "names.json"),
}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
STAGES = ("analyze", "lexical", "dense", "fuse", "fetch")
HEADER = ("kind", "questions", "plain ms, median (p95)", "gisa ms, median (p95)", "difference")
ANSWER_HEADER = (
    "kind",
    "questions",
    "search ms, median (p95)",
    "ask ms, median (p95)",
    "difference",
)

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n+")
_WORD = re.compile("[가-힣]{2,10}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=100_000, help="about so many")
    parser.add_argument("--queries", type=int, default=100, help="of each kind")
    parser.add_argument("--index-dir", type=Path, help="measure this index instead")
    options = parser.parse_args()
    if "NEWS_DATA" not in os.environ:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    data = Path(os.environ["NEWS_DATA"])
    if options.index_dir is None:
        index_dir = _build(data, options.passages)
        # Numpy and FAISS read the number of threads once, so another process measures.
        again = [sys.executable, __file__, "--index-dir", str(index_dir)]
        again += ["--queries", str(options.queries)]
        sys.exit(subprocess.run(again, env={**os.environ, **ONE_THREAD}).returncode)
    _measure(options.index_dir, data, options.queries)


def _build(data: Path, n_passages: int) -> Path:
    sources = sorted(path for name in CORPORA for path in _articles_in(data / name))
    made_of = f"{corpus_digest(sources)} {CORPUS_VERSION} {SEED} {n_passages}"
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    folder = BENCH_FOLDER / f"{n_passages}-{digest[:8]}"
    corpus = folder / "corpus.jsonl"
    if not corpus.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = corpus.with_suffix(".part")
        with part.open("w", encoding="utf-8") as stream:
            for document in _grown(_read(sources), n_passages):
                stream.write(json.dumps(_record(document), ensure_ascii=False) + "\n")
        part.rename(corpus)
    settings = load_settings()
    with ProgressReport() as progress:
        open_or_build(settings, [corpus], folder / "index", digest, progress).close()
    return folder / "index"


def _articles_in(folder: Path) -> list[Path]:
    corpus = folder / "corpus.jsonl"
    return [corpus] if corpus.exists() else list(folder.rglob("news.jsonl"))


def _read(sources: Sequence[Path]) -> list[Document]:
    """Read each file alone, as ids of different ones may be equal."""
    return [found for source in sources for found in read_corpus([source], CorpusReport())]


def _grown(documents: Sequence[Document], n_passages: int) -> Iterator[Document]:
    """Yield the articles, and then again and again with other words, up to *n_passages*."""
    words = [word for document in documents for word in _WORD.findall(document.text)]
    chance = random.Random(SEED)  # noqa: S311 (no secret)
    done = 0
    for round_number in count():
        for number, document in enumerate(documents):
            if done >= n_passages:
                return
            title, text = document.title, document.text
            if round_number:
                title, text = (_changed(each, words, chance) for each in (title, text))
            done += _count_passages(text)
            yield replace(document, id=f"{number}~{round_number}", title=title, text=text)


def _changed(text: str, words: Sequence[str], chance: random.Random) -> str:
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if sentence]
    chance.shuffle(sentences)

    def exchange(found: re.Match[str]) -> str:
        draw = chance.random()
        if draw < EXCHANGED_SHARE:
            return chance.choice(words)
        if draw < EXCHANGED_SHARE + MADE_UP_SHARE:
            first, last = chance.choice(words), chance.choice(words)
            return first[: -(-len(first) // 2)] + last[len(last) // 2 :]
        return found[0]

    return _WORD.sub(exchange, " ".join(sentences))


def _count_passages(text: str) -> int:
    """Return about as many as a build makes, which knows sentences better."""
    ends = [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    spans = [Span(start, end) for start, end in zip([0, *ends], ends, strict=False) if start < end]
    return len(pack_sentences(text, spans)) or 1


def _record(document: Document) -> dict[str, str | None]:
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "date": document.published,
        "publisher": document.publisher,
        "section": document.section,
    }


def _measure(index_dir: Path, data: Path, n_queries: int) -> None:
    snapshot = open_snapshot(index_dir)
    engine = SearchEngine(snapshot)
    memory = [f"{_resident()} after opening"]
    header = (*HEADER, *STAGES)
    print(f"| {' | '.join(header)} |\n{'| --- ' * len(header)}|")
    for kind in KINDS:
        asked, others = _questions(data, kind, n_queries)
        _time(engine, others or asked)  # to warm up, best with what is not asked below
        plain, ours, timings = _time(engine, asked)
        difference = float(np.median(ours) - np.median(plain))
        verdict = "" if difference <= BOUND_MS else f" (above {BOUND_MS:g})"
        cells = [kind, str(len(asked)), _shown(plain), _shown(ours), f"{difference:+.1f}{verdict}"]
        cells += [f"{np.median([each[stage] for each in timings]):.1f}" for stage in STAGES]
        print(f"| {' | '.join(cells)} |", flush=True)
    memory.append(f"{_resident()} after all searches")
    _measure_answers(engine, data, n_queries)
    memory.append(f"{_resident()} after all answers")
    _print_sizes(build_folder(index_dir, snapshot.manifest.build))
    _print_conditions(snapshot, memory)


def _time(
    engine: SearchEngine, texts: Sequence[str]
) -> tuple[list[float], list[float], list[dict[str, float]]]:
    """Return milliseconds of both searches, which take turns in being first, and of the stages."""
    plain: list[float] = []
    ours: list[float] = []
    timings: list[dict[str, float]] = []
    for i, text in enumerate(texts):
        for is_plain in (True, False) if i % 2 else (False, True):
            started = time.perf_counter()
            if is_plain:
                plain_search(engine.snapshot, text)
                plain.append(1000 * (time.perf_counter() - started))
            else:
                result = engine.search(text, k=K)
                ours.append(1000 * (time.perf_counter() - started))
                timings.append(dict(result.timings_ms))
    return plain, ours, timings


def _measure_answers(engine: SearchEngine, data: Path, n_queries: int) -> None:
    answerer = Answerer(engine)
    print(f"\n| {' | '.join(ANSWER_HEADER)} |\n{'| --- ' * len(ANSWER_HEADER)}|")
    for kind in ("ko", "en"):
        asked, others = _questions(data, kind, n_queries)
        searched: list[float] = []
        answered: list[float] = []
        for warm, texts in ((False, others or asked), (True, asked)):
            for i, text in enumerate(texts):
                for times, call in (
                    ((searched, engine.search), (answered, answerer.ask))
                    if i % 2
                    else ((answered, answerer.ask), (searched, engine.search))
                ):
                    started = time.perf_counter()
                    call(text, k=K)
                    if warm:
                        times.append(1000 * (time.perf_counter() - started))
        difference = float(np.median(answered) - np.median(searched))
        verdict = "" if difference <= ANSWER_BOUND_MS else f" (above {ANSWER_BOUND_MS:g})"
        cells = [kind, str(len(asked)), _shown(searched), _shown(answered)]
        print(f"| {' | '.join([*cells, f'{difference:+.1f}{verdict}'])} |", flush=True)


def _questions(data: Path, kind: str, n_queries: int) -> tuple[list[str], list[str]]:
    """Return the questions to time, and others to warm up with."""
    folder = data / "news2018/dev" / kind
    texts = list(read_judged(folder / "queries.jsonl", folder / "qrels.tsv").queries.values())
    random.Random(SEED).shuffle(texts)  # noqa: S311 (no secret)
    return texts[:n_queries], texts[n_queries : 2 * n_queries]


def plain_search(snapshot: Snapshot, text: str) -> list[StoredPassage]:
    """Search for the question's own terms and its vector, each half of the score."""
    order, depth = snapshot.columns.order, EngineOptions().depth
    terms = snapshot.analyzer.query_terms(text)
    scores = snapshot.lexical.weighted_scores(Counter(terms))
    matched = np.flatnonzero(scores)
    lexical = Evidence(*top_rows(matched, scores[matched], order, depth), scores.__getitem__)
    words = Counter(term for term in terms if not is_bigram(term))
    [vector] = snapshot.encoder.encode_queries([EncoderInput(text, words)])
    near = snapshot.dense.top(vector, order, depth)
    dense = Evidence(*near, lambda wanted: snapshot.dense.scores(vector, wanted))
    weights = {LEXICAL: 0.5, DENSE: 0.5}
    fused = fuse(lexical, dense, order, fusion=Fusion.WEIGHTED, weights=weights)
    return snapshot.store.passages(fused.rows[:K].tolist())


def _shown(times_ms: Sequence[float]) -> str:
    median, p95 = np.percentile(times_ms, [50, 95])
    return f"{median:.1f} ({p95:.1f})"


def _print_sizes(folder: Path) -> None:
    """Print the sizes of a build's files by part; a file counts for the first that names it."""
    sizes = dict.fromkeys([*PARTS, "others"], 0)
    for path in folder.iterdir():
        parts = (name for name, patterns in PARTS.items() if any(map(path.match, patterns)))
        sizes[next(parts, "others")] += path.stat().st_size
    print("\n| part of the build | MB |\n| --- | --- |")
    for name, n_bytes in [*sizes.items(), ("in all", sum(sizes.values()))]:
        print(f"| {name} | {n_bytes / 1e6:.1f} |")
    print(f"| (the model file, shipped) | {ARTIFACT.stat().st_size / 1e6:.1f} |")


def _print_conditions(snapshot: Snapshot, memory: Sequence[str]) -> None:
    counts = ", ".join(f"{n:,} {name}" for name, n in snapshot.manifest.counts.items())
    print(
        f"\n{counts}, {len(snapshot.names):,} names. Resident memory: {', '.join(memory)}. "
        f"{_processor()}, {os.cpu_count()} cores, one thread, Python "
        f"{platform.python_version()}, commit {_commit()}, {time.strftime('%Y-%m-%d')}."
    )


def _resident() -> str:
    """Return the resident memory of this process, as Linux tells it, and what of it is files."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    kilobytes = {line[0]: int(line[1]) for line in lines if line[-1] == "kB"}
    return (
        f"{kilobytes['VmRSS:'] / 1000:,.0f} MB ({kilobytes['RssFile:'] / 1000:,.0f} of it mapped)"
    )


def _processor() -> str:
    names = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return names[0] if names else platform.machine()


def _commit() -> str:
    git = shutil.which("git") or "git"
    command = [git, "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
