"""
What the legs find alone, what each part of search earns, and on which kinds of question.

``gisa eval --ablation`` over each set, as Markdown tables. Needs NEWS_DATA. Builds are kept
under var/eval, so a second run only searches.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.evaluation import evaluate
from api.progress import ProgressReport
from api.settings import load_settings
from search.ablation import SHOWN
from search.evaluate import legs_in_order

SETS = {
    "news2018 ko": ("news2018", "news2018/dev/ko"),
    "news2018 kw": ("news2018", "news2018/dev/kw"),
    "news2018 en": ("news2018", "news2018/dev/en"),
    "autorag-ko": ("autorag-ko", "autorag-ko"),
    "korquad-dev": ("korquad-dev", "korquad-dev"),
}
MEASURES = [f"{name} (95 %)" for name in SHOWN]
CHANGES = [column for name in SHOWN for column in (f"{name} (95 %)", "difference (95 %)", "p")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    options = parser.parse_args()
    data = os.environ.get("NEWS_DATA")
    if data is None:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    settings = load_settings()
    for name in options.sets:
        corpus_folder, query_folder = SETS[name]
        with ProgressReport() as progress:
            report = evaluate(
                settings,
                corpora=[Path(data) / corpus_folder / "corpus.jsonl"],
                queries=Path(data) / query_folder / "queries.jsonl",
                qrels=Path(data) / query_folder / "qrels.tsv",
                index_dir=None,
                baseline=None,
                run_out=None,
                progress=progress,
                ablation=True,
                retrieval_only=True,
            )
        print(f"## {name}, {report['queries']:,} questions\n")
        _print_table(["leg", *MEASURES], _legs(report))
        _print_table(["hybrid", *CHANGES, "what is left out"], _ablations(report))
        _print_table(["by", "questions", *MEASURES], _kinds(report))
    print(
        "p: two-sided, of the difference to the default on the same questions, not corrected for "
        f"the number of tests. {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}."
    )


def _legs(report: Mapping[str, Any]) -> Iterable[list[str]]:
    for leg in legs_in_order(list(report["measures"])):
        yield [leg, *_measures({each: report[each][leg] for each in ("measures", "intervals")})]


def _ablations(report: Mapping[str, Any]) -> Iterable[list[str]]:
    for name, found in report["ablation"].items():
        cells = []
        for measure, value in zip(SHOWN, _measures(found), strict=True):
            cells += [value, *_change(found["against_default"], measure)]
        yield [name, *cells, found["leaves_out"] or ""]


def _kinds(report: Mapping[str, Any]) -> Iterable[list[str]]:
    for title, key in (("kind", "by_kind"), ("asked", "by_asked")):
        for kind, found in report[key].items():
            yield [f"{title}: {kind}", f"{found['queries']:,}", *_measures(found)]


def _measures(found: Mapping[str, Any]) -> list[str]:
    """Return a cell for each measure shown, with its interval."""
    cells = []
    for name in SHOWN:
        low, high = found["intervals"][name]
        cells.append(f"{found['measures'][name]:.3f} ({low:.3f}-{high:.3f})")
    return cells


def _change(against: Mapping[str, Any] | None, measure: str) -> list[str]:
    if against is None:
        return ["", ""]
    change = against[measure]
    interval = f"{change['low']:+.3f} to {change['high']:+.3f}"
    return [f"{change['difference']:+.3f} ({interval})", f"{change['p']:.4f}"]


def _print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")
    print(flush=True)


if __name__ == "__main__":
    main()
