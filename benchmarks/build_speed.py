"""A whole build beside Kiwi's plain tokenisation of the same texts; loading is excluded."""

import argparse
import json
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import kiwipiepy

from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.corpus import CorpusReport, read_corpus

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    data = os.environ.get("NEWS_DATA")
    corpus = Path(data) / "news2018/corpus.jsonl" if data else ROOT / "samples/news.jsonl"
    texts = [document.text for document in read_corpus([corpus], CorpusReport())]
    kiwi = kiwipiepy.Kiwi(num_workers=2)
    analyzer = Analyzer(num_workers=2)
    kiwi.tokenize("가")
    analyzer.analyze("가")
    alone, whole = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            alone.append(_seconds(lambda: list(kiwi.tokenize(texts))))
            index_dir = Path(folder) / str(number)
            whole.append(
                _seconds(
                    lambda: build_index(
                        [corpus],
                        index_dir,  # noqa: B023 (called in this round)
                        BuildOptions(num_workers=2),
                        analyzer=analyzer,
                    )
                )
            )
    ratios = [build / kiwi_alone for build, kiwi_alone in zip(whole, alone, strict=True)]
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
        "articles": len(texts),
        "characters": sum(map(len, texts)),
        "kiwi_seconds": [round(value, 2) for value in alone],
        "build_seconds": [round(value, 2) for value in whole],
        "median_ratio": round(statistics.median(ratios), 3),
        "ratio_of_medians": round(statistics.median(whole) / statistics.median(alone), 3),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(result))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
