"""
What the bound on names costs in quality, and how names grow with a corpus.

Builds news2018 with all of its names and with the commonest part of them only, and asks
the English questions, which need names most. Then builds parts of the corpus, to see how
many names a passage brings. Prints Markdown tables; needs NEWS_DATA.
"""

import argparse
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.names import MAX_NAMES, NAME_OFFSETS_FILE, NAME_TEXT_FILE, NAME_VECTORS_FILE
from index.snapshot import open_snapshot
from search.engine import HYBRID, SearchEngine
from search.evaluate import Values, compare, intervals, means, measure, read_judged, run_queries

SHARES = tuple(Fraction(1, n) for n in (1, 2, 4, 8))
PARTS = tuple(Fraction(1, n) for n in (8, 4, 2))
UNBOUNDED = 1 << 40
LARGE = 1_000_000
SEED = 0


class Built(NamedTuple):
    """A build's counts, the bytes of its names, and the measures of its English questions."""

    n_passages: int
    n_names: int
    n_bytes: int
    values: Values


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shares",
        nargs="+",
        type=Fraction,
        metavar="SHARE",
        default=SHARES,
        help="of the names to keep, as 1/4; all are kept in any case",
    )
    options = parser.parse_args()
    if not all(0 < share <= 1 for share in options.shares):
        parser.error("--shares takes numbers above 0 and up to 1")
    if "NEWS_DATA" not in os.environ:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    data = Path(os.environ["NEWS_DATA"]) / "news2018"
    analyzer = Analyzer()
    corpus = data / "corpus.jsonl"
    whole = _build(corpus, analyzer, UNBOUNDED, data / "dev/en")
    _print_bounds(corpus, analyzer, whole, sorted({*options.shares} - {1}, reverse=True), data)
    _print_growth([*_parts(corpus, analyzer), whole])
    print(
        f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{time.strftime('%Y-%m-%d')}. By default a build keeps {MAX_NAMES:,} names."
    )


def _build(corpus: Path, analyzer: Analyzer, max_names: int, judged_in: Path | None) -> Built:
    with tempfile.TemporaryDirectory() as folder:
        options = BuildOptions(max_names=max_names)
        build_index([corpus], Path(folder), options, analyzer=analyzer)
        snapshot = open_snapshot(Path(folder), analyzer=analyzer)
        values: Values = {}
        if judged_in is not None:
            judged = read_judged(judged_in / "queries.jsonl", judged_in / "qrels.tsv")
            runs = run_queries(SearchEngine(snapshot), judged.queries)
            values = measure(runs[HYBRID], judged)
        files = snapshot.manifest.files
        names_files = (NAME_VECTORS_FILE, NAME_TEXT_FILE, NAME_OFFSETS_FILE)
        n_bytes = sum(files[name].size for name in names_files)
        built = Built(snapshot.manifest.counts["passages"], len(snapshot.names), n_bytes, values)
        snapshot.close()
        return built


def _print_bounds(
    corpus: Path, analyzer: Analyzer, whole: Built, shares: Sequence[Fraction], data: Path
) -> None:
    print("| share kept | names | MB | nDCG@10 (95 %) | difference (95 %) | p | Success@1 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for share in (Fraction(1), *shares):
        built, change, p = whole, "", ""
        if share < 1:
            built = _build(corpus, analyzer, round(whole.n_names * share), data / "dev/en")
            found = compare(built.values, whole.values)["nDCG@10"]
            change = f"{found['difference']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"
            p = f"{found['p']:.4f}"
        mean = means(built.values)
        low, high = intervals(built.values)["nDCG@10"]
        print(
            f"| {share} | {built.n_names:,} | {built.n_bytes / 1e6:.2f} | "
            f"{mean['nDCG@10']:.3f} ({low:.3f}-{high:.3f}) | {change} | {p} | "
            f"{mean['Success@1']:.3f} |",
            flush=True,
        )


def _parts(corpus: Path, analyzer: Analyzer) -> Iterator[Built]:
    """Yield builds of parts of a corpus, each of which holds those before it."""
    records = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(SEED).shuffle(records)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as folder:
        for share in PARTS:
            part = Path(folder) / f"{share.denominator}.jsonl"
            part.write_text("".join(records[: round(len(records) * share)]), encoding="utf-8")
            yield _build(part, analyzer, UNBOUNDED, None)


def _print_growth(parts: Sequence[Built]) -> None:
    """Print names by passages, and what a power law (Heaps) through them says of a million."""
    print("\n| passages | names | names a passage | bytes a name |\n| --- | --- | --- | --- |")
    for part in parts:
        a_passage, a_name = part.n_names / part.n_passages, part.n_bytes / part.n_names
        print(f"| {part.n_passages:,} | {part.n_names:,} | {a_passage:.2f} | {a_name:.0f} |")
    passages = np.log([part.n_passages for part in parts])
    exponent, scale = np.polyfit(passages, np.log([part.n_names for part in parts]), 1)
    at_large = float(np.exp(scale) * LARGE**exponent)
    print(
        f"| {LARGE:,} (extrapolated) | {at_large:,.0f} | {at_large / LARGE:.2f} | |\n\n"
        f"names = {np.exp(scale):.1f} * passages ** {exponent:.3f}"
    )


if __name__ == "__main__":
    main()
