"""
Which sentence answers: what each part of the ranker earns, and what fails.

Every question of news2018 dev is asked of the whole corpus; then again with one kind of
feature set to its mean, so that it tells nothing. Prints a Markdown table of the share of
questions whose best sentence is evidence, and one of whose best three is; with --failures
also the ids of questions whose best sentence is not. Nothing is refused here. Needs
NEWS_DATA, and the build that `gisa eval` made of the corpus or one that it makes now.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from api.evaluation import EVAL_FOLDER, corpus_digest, open_or_build
from api.progress import ProgressReport
from api.settings import load_settings
from search.answer_model import open_answer_model
from search.engine import SearchEngine
from search.evaluate import read_judged
from search.gold import find_quotes, read_evidence
from search.judge import describe, ranker_input
from search.sentence_features import NAMES
from search.sentence_ranker import RankerInput, SentenceRanker

Floats = npt.NDArray[np.float32]


HEADER = ("ranker", "ko first", "ko in three", "en first", "en in three")


class Asked(NamedTuple):
    """A question's candidates, which of them are evidence, and whose article is relevant."""

    id: str
    given: RankerInput
    right: npt.NDArray[np.bool_]
    relevant: npt.NDArray[np.bool_]
    kind: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--failures", action="store_true", help="list questions that fail")
    options = parser.parse_args()
    if "NEWS_DATA" not in os.environ:
        sys.exit("NEWS_DATA names no folder with the evaluation sets")
    folder = Path(os.environ["NEWS_DATA"]) / "news2018"
    corpus = [folder / "corpus.jsonl"]
    digest = corpus_digest(corpus)
    with ProgressReport() as progress:
        snapshot = open_or_build(
            load_settings(), corpus, EVAL_FOLDER / digest[:16], digest, progress
        )
    engine = SearchEngine(snapshot)
    asked = {name: _ask(engine, folder / "dev" / name) for name in ("ko", "en")}
    ranker = open_answer_model().ranker
    means = np.concatenate([each.given.own for found in asked.values() for each in found]).mean(0)
    print(f"| {' | '.join(HEADER)} |\n{'| --- ' * len(HEADER)}|")
    for name, changed in _changes(means).items():
        shares = [
            f"{share:.3f}" for found in asked.values() for share in _shares(found, ranker, changed)
        ]
        print(f"| {name} | {' | '.join(shares)} |", flush=True)
    if options.failures:
        for name, found in asked.items():
            for each in found:
                best = int(np.argmax(ranker(each.given)))
                if not each.right[best]:
                    place = "right article" if each.relevant[best] else "another article"
                    there = "" if each.right.any() else ", evidence not among the candidates"
                    print(f"{name} {each.id} ({each.kind}): {place}{there}")


def _ask(engine: SearchEngine, folder: Path) -> list[Asked]:
    judged = read_judged(folder / "queries.jsonl", folder / "qrels.tsv")
    evidence = read_evidence(folder / "evidence.jsonl", judged.queries)
    cues = open_answer_model().ranker.cues
    asked = []
    for query_id, text in judged.queries.items():
        found = engine.find_among(text, None)
        described = describe(engine.snapshot, found)
        if described is None or query_id not in evidence:
            continue
        gold = find_quotes(
            evidence[query_id],
            judged.qrels[query_id],
            lambda name: engine.snapshot.store.document(name).text,
        )
        right = np.zeros(len(described.sentences), np.bool_)
        for i, sentence in enumerate(described.sentences):
            start, end = sentence.stored.start, sentence.stored.end
            right[i] = any(
                2 * (min(end, span.end) - max(start, span.start))
                >= min(end - start, span.end - span.start)
                for span in gold.get(sentence.article.document.id, ())
            )
        names = judged.qrels[query_id]
        relevant = np.array([each.article.document.id in names for each in described.sentences])
        given = ranker_input(cues, found.plan, described)
        asked.append(Asked(query_id, given, right, relevant, found.plan.asked.value))
    return asked


def _shares(
    asked: list[Asked], ranker: SentenceRanker, change: Callable[[RankerInput], RankerInput]
) -> tuple[float, float]:
    hits = []
    for each in asked:
        best = each.right[np.argsort(-ranker(change(each.given)), kind="stable")]
        hits.append((best[0], best[:3].any()))
    first, three = np.mean(hits, axis=0)
    return float(first), float(three)


def _changes(means: Floats) -> dict[str, Callable[[RankerInput], RankerInput]]:
    names = [*NAMES, "text", "text_any", "text_sum", "text_gap"]

    def without(*starts: str) -> Callable[[RankerInput], RankerInput]:
        at = [i for i, name in enumerate(names) if f"{name} ".startswith(starts)]

        def change(given: RankerInput) -> RankerInput:
            own = given.own.copy()
            own[:, at] = means[at]
            return given._replace(own=own)

        return change

    return {
        "all": lambda given: given,
        "without learned endings": without("text"),
        "without cues": without("cue", "prev_", "asked_unit"),
        "without neighbours": without("prev", "next", "with_"),
        "without vectors": without("cosine", "own_cosine", "gap_c", "gap_own", "rank_c", "all_c"),
        "without place and length": without("place", "first", "second", "last", "log_", "too_"),
        "without the passage's score": without("rank ", "passage", "article", "title"),
        "without each word's view": lambda given: given._replace(words=given.words[:0]),
    }


if __name__ == "__main__":
    main()
