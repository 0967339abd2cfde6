"""Write the questions of KorQuAD that are held out, and those to train on, article by article."""

import argparse
import json
import sys
from pathlib import Path

from index.errors import InputError
from search.training.korquad import format_queries, split


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of corpus.jsonl, queries.jsonl, qrels.tsv")
    parser.add_argument("--out", type=Path, required=True, help="write the held-out queries here")
    parser.add_argument("--train", type=Path, help="write the queries to train on here")
    options = parser.parse_args()
    try:
        halves = split(options.data)
        options.out.write_text(format_queries(halves.held_out), encoding="utf-8")
        if options.train is not None:
            options.train.write_text(format_queries(halves.train), encoding="utf-8")
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Cannot write {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    print(json.dumps({"held_out": len(halves.held_out), "train": len(halves.train)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
