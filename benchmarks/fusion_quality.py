"""
What each part of the ranking earns: nDCG@10 and Success@1 with one part changed at a time.

Needs NEWS_DATA. Builds are kept under var/eval, so a second run only searches.
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from api.evaluation import EVAL_FOLDER, corpus_digest, open_or_build
from api.progress import ProgressReport
from api.settings import load_settings
from search.engine import ARTICLE, DENSE, HYBRID, LEXICAL, EngineOptions, SearchEngine
from search.evaluate import intervals, means, measure, read_judged, run_queries
from search.fuse import Fusion

SETS = {
    "news2018 ko": ("news2018", "news2018/dev/ko"),
    "news2018 kw": ("news2018", "news2018/dev/kw"),
    "news2018 en": ("news2018", "news2018/dev/en"),
    "autorag-ko": ("autorag-ko", "autorag-ko"),
    "korquad-dev": ("korquad-dev", "korquad-dev"),
}
DEFAULT = EngineOptions()
VARIANTS = {
    "default": DEFAULT,
    "without the article's part": replace(DEFAULT, weights={LEXICAL: 0.85, DENSE: 0.15}),
    "without the dense leg": replace(DEFAULT, weights={LEXICAL: 0.59, ARTICLE: 0.41}),
    "bigrams weigh as much as words": replace(DEFAULT, bigram_weight=1.0),
    "reciprocal rank fusion": replace(DEFAULT, fusion=Fusion.RRF),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    options = parser.parse_args()
    data = os.environ.get("NEWS_DATA")
    if data is None:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    settings = load_settings()
    table: dict[str, dict[str, dict[str, object]]] = {}
    for name in options.sets:
        corpus_folder, query_folder = SETS[name]
        corpora = [Path(data) / corpus_folder / "corpus.jsonl"]
        folder = Path(data) / query_folder
        judged = read_judged(folder / "queries.jsonl", folder / "qrels.tsv")
        digest = corpus_digest(corpora)
        with ProgressReport(quiet=True) as progress:
            snapshot = open_or_build(settings, corpora, EVAL_FOLDER / digest[:16], digest, progress)
        for variant, engine_options in VARIANTS.items():
            runs = run_queries(SearchEngine(snapshot, engine_options), judged.queries)
            legs = [LEXICAL, DENSE, HYBRID] if variant == "default" else [HYBRID]
            for leg in legs:
                values = measure(runs[leg], judged)
                found = means(values)
                row = variant if leg == HYBRID else f"{leg} leg alone"
                table.setdefault(row, {})[name] = {
                    "nDCG@10": round(found["nDCG@10"], 4),
                    "interval": [round(x, 3) for x in intervals(values)["nDCG@10"]],
                    "Success@1": round(found["Success@1"], 4),
                }
    print(json.dumps(table))


if __name__ == "__main__":
    main()
