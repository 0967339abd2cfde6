"""
The sets that are learned from -> pairs of texts that mean the same, by kind.

Nothing that quality is measured on is read, but for the sentence retrieval test of
LASER, whose sentences are dropped from the pairs.
"""

import json
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from index.normalizing import normalize

GLOSSARY = Path(__file__).parent / "glossary"
SENTENCES = Path(__file__).parent / "sentences"
PARAPHRASES = Path(__file__).parent / "paraphrases"

OURS, NEWS, CAPTIONS = "ours", "park-news-ko-en", "stsb-ko-en"
SENTENCE_SETS = (OURS, NEWS, "jhe-ko-en", "tatoeba-manythings-ko-en")

MIN_SIMILARITY = 4.0
"""Of KorSTS and KLUE-STS, 0-5: from here on two sentences are taken as one meaning."""


class Pair(NamedTuple):
    """Two texts of one meaning; where one is English, it is the first."""

    left: str
    right: str


def read_examples(data: Path) -> dict[str, list[Pair]]:
    """
    Read all training sets.

    Args:
        data: The folder of the sets, laid out as docs/training.md says.

    Returns:
        Pairs by kind, in the order of the files: ``parallel``, ``captions``, ``dictionary``,
        ``glossary``, ``transliteration``, ``paraphrase``, ``asked``, ``synonym``,
        ``association``, ``lead``,
        ``question``.
    """
    return {
        "parallel": [pair for name in SENTENCE_SETS for pair in _parallel(data, name)],
        "captions": list(_parallel(data, CAPTIONS)),
        "dictionary": [
            Pair(row["en"], row["ko"])
            for row in read_rows(data / "dictionary/enwiktionary-en-ko/dict.jsonl")
        ],
        "glossary": glossary(),
        "transliteration": [
            Pair(row["en"], row["ko"])
            for row in read_rows(data / "dictionary/nikl-transliteration/nikl.jsonl")
        ],
        "paraphrase": list(_paraphrases(data / "pairs")),
        "asked": _tabbed(PARAPHRASES),
        "synonym": [Pair(a, b) for group in synonym_groups() for a, b in combinations(group, 2)],
        "association": associations(),
        "lead": [
            Pair(row["title"], row["body"])
            for path in sorted((data / "news-other").glob("*/news.jsonl"))
            for row in read_rows(path)
            if row["title"] and row["body"]
        ],
        "question": list(_welfare(data / "welfare-rag")),
    }


def glossary() -> list[Pair]:
    """Return the entries of our own glossary, one pair an equivalent."""
    paths = sorted(
        path
        for path in GLOSSARY.glob("*.tsv")
        if not path.name.startswith(("synonyms", "associations"))
    )
    return [
        Pair(english, korean.strip())
        for path in paths
        for english, equivalents in _tabbed_file(path)
        for korean in equivalents.split("|")
    ]


def associations() -> list[Pair]:
    """Return words of questions with words by which articles say the same."""
    return [
        Pair(word, other.strip())
        for path in sorted(GLOSSARY.glob("associations*.tsv"))
        for word, others in _tabbed_file(path)
        for other in others.split("|")
    ]


def synonym_groups() -> list[list[str]]:
    """Return the groups of our own Korean thesaurus."""
    return [
        [member.strip() for member in line.split("\t") if member.strip()]
        for path in sorted(GLOSSARY.glob("synonyms*.tsv"))
        for line in _lines(path)
    ]


def _parallel(data: Path, name: str) -> Iterator[Pair]:
    """Yield the pairs of one set, or our own, but for those of the retrieval test."""
    tested = {
        _bare(row[language])
        for row in read_rows(data / "parallel/tatoeba-laser-ko-en/pairs.jsonl")
        for language in ("ko", "en")
    }
    if name == OURS:
        pairs = _tabbed(SENTENCES)
    else:
        rows = read_rows(data / "parallel" / name / "pairs.jsonl")
        pairs = [Pair(row["en"], row["ko"]) for row in rows]
    for pair in pairs:
        is_tested = tested & {_bare(pair.left), _bare(pair.right)}
        if not is_tested and (name != NEWS or _is_aligned(*pair)):
            yield pair


def _is_aligned(english: str, korean: str) -> bool:
    """Tell whether two sentences of news may be translations: lengths and numbers agree."""
    if not 0.25 < len(korean) / len(english) < 0.9:
        return False
    left, right = (set(re.findall(r"\d+", text)) for text in (english, korean))
    return not left or not right or bool(left & right)


def _paraphrases(folder: Path) -> Iterator[Pair]:
    groups: dict[tuple[Any, ...], list[str]] = {}
    for row in read_rows(folder / "parakqc/sentences.jsonl"):
        key = (row["group"], row["topic"], row["act"])
        groups.setdefault(key, []).append(row["text"].strip())
    for texts in groups.values():
        yield from (Pair(a, b) for a, b in pairwise(texts))
    for path in sorted([*folder.glob("korsts/*.jsonl"), *folder.glob("klue-sts-dev/*.jsonl")]):
        for row in read_rows(path):
            if row["score"] >= MIN_SIMILARITY and row["s1"] != row["s2"]:
                yield Pair(row["s1"], row["s2"])
    for path in sorted([*folder.glob("xnli-ko/*.jsonl"), *folder.glob("klue-nli-dev/*.jsonl")]):
        for row in read_rows(path):
            if row["label"] == "entailment":
                yield Pair(row["hypothesis"], row["premise"])


def _welfare(folder: Path) -> Iterator[Pair]:
    texts = {row["_id"]: row["text"] for row in read_rows(folder / "corpus.jsonl")}
    for split in ("train", "test"):
        queries = {row["_id"]: row["text"] for row in read_rows(folder / f"queries.{split}.jsonl")}
        for line in _lines(folder / f"qrels.{split}.tsv")[1:]:
            query, text, _ = line.split("\t")
            yield Pair(queries[query], texts[text][:600])


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _tabbed(folder: Path) -> list[Pair]:
    return [pair for path in sorted(folder.glob("*.tsv")) for pair in _tabbed_file(path)]


def _tabbed_file(path: Path) -> list[Pair]:
    return [Pair(*line.split("\t")) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _bare(text: str) -> str:
    """Letters and digits alone, to find the same sentence under another punctuation."""
    return re.sub(r"\W", "", normalize(text).text).casefold()
