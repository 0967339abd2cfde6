"""
KorQuAD's questions in two halves that share no article: one to train on, one held out.

Several paragraphs come from one article, so the halves are told apart by its title.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import InputError
from search.evaluate import read_judged
from search.gold import json_lines

_HELD_OUT = "01234567"


class Halves(NamedTuple):
    """Query records as they were read, in their order."""

    held_out: list[Mapping[str, Any]]
    train: list[Mapping[str, Any]]


def is_held_out(title: str) -> bool:
    """Tell whether questions about an article must not be trained on, by its title's SHA-256."""
    return hashlib.sha256(title.encode("utf-8")).hexdigest()[0] in _HELD_OUT


def split(folder: Path) -> Halves:
    """
    Split the judged queries of a BEIR folder by the titles of their paragraphs.

    Args:
        folder: With corpus.jsonl, queries.jsonl and qrels.tsv. A query with paragraphs on
            both sides is held out; one without a relevant paragraph is left out.

    Raises:
        InputError: A file is missing or malformed, or a judged paragraph is not there.
    """
    queries, qrels, corpus = (
        folder / name for name in ("queries.jsonl", "qrels.tsv", "corpus.jsonl")
    )
    judged = read_judged(queries, qrels)
    titles: dict[str, str] = {}
    for place, record in json_lines(corpus):
        if not isinstance(record.get("title"), str) or "_id" not in record:
            raise InputError(f"{place} has no _id or no title. Give KorQuAD with its titles.")
        titles[str(record["_id"])] = record["title"]
    halves = Halves([], [])
    for _, record in json_lines(queries):
        relevant = [
            name for name, grade in judged.qrels.get(str(record["_id"]), {}).items() if grade > 0
        ]
        if lost := [name for name in relevant if name not in titles]:
            raise InputError(f"{lost[0]!r} of {qrels} is not in {corpus}. Do they belong together?")
        if relevant:
            is_kept = any(is_held_out(titles[name]) for name in relevant)
            (halves.held_out if is_kept else halves.train).append(record)
    return halves


def format_queries(records: list[Mapping[str, Any]]) -> str:
    """Write query records as JSONL."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
