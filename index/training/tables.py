"""
What may stand for a word: the tables of `index.lexicon`, from vectors, alignments and lists.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors, unit_rows
from index.lexicon import MAX_PHRASE_WORDS, PART_SEPARATOR, WEIGHT_SCALE
from index.term_vectors import ENGLISH, NUMBER, stem
from index.training.examples import Pair
from index.training.vocabulary import Vocabulary

MAX_TRANSLATIONS = 14
MAX_SYNONYMS = 16
MAX_PARTS = 4
MAX_EQUIVALENTS = 8
LEAST_COSINE_ENGLISH = 0.45
LEAST_COSINE_KOREAN = 0.4
LEAST_STRENGTH = 0.08
LISTED_SYNONYM = 0.8
LISTED_TRANSLATION = {"dictionary": 0.7, "glossary": 0.85}
LISTED_ASSOCIATION = 0.65
LISTED_PHRASE = {"dictionary": 0.8, "glossary": 1.0}
MANY_TERMS = 0.7
COMMON = 0.02
"""A morpheme in more than this share of sentences stands for nothing in particular."""

_BLOCK = 2_000


class RelatedTable(NamedTuple):
    """See `index.lexicon.Lexicon`."""

    starts: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint8]


def related_table(
    vocabulary: Vocabulary,
    vectors: Vectors,
    examples: Mapping[str, Sequence[Pair]],
) -> RelatedTable:
    """
    Find for each key the Korean keys that may stand for it.

    Args:
        vocabulary: The keys.
        vectors: float32[n_rows, dim], trained.
        examples: Pairs by kind; what the glossaries list is taken as it is.
    """
    n_keys = len(vocabulary.keys)
    is_english = np.array([key.endswith(ENGLISH) for key in vocabulary.keys])
    is_number = np.array([key.endswith(NUMBER) for key in vocabulary.keys])
    targets = np.flatnonzero(~is_english & ~is_number & (vocabulary.shares < COMMON))
    units = unit_rows(vectors[:n_keys])
    found: list[dict[int, float]] = [{} for _ in range(n_keys)]
    for start in range(0, n_keys, _BLOCK):
        cosines = units[start : start + _BLOCK] @ units[targets].T
        near = np.argpartition(-cosines, MAX_TRANSLATIONS, axis=1)[:, : MAX_TRANSLATIONS + 1]
        for i, places in enumerate(near):
            row = start + i
            least = LEAST_COSINE_ENGLISH if is_english[row] else LEAST_COSINE_KOREAN
            values = cosines[i, places].tolist()
            for target, cosine in zip(targets[places].tolist(), values, strict=True):
                if target != row and cosine >= least:
                    found[row][target] = cosine
    _add_alignments(found, vocabulary)
    for kind, weight in LISTED_TRANSLATION.items():
        for left, right in _single_terms(vocabulary, examples[kind]):
            found[left][right] = max(found[left].get(right, 0.0), weight)
    for left, right in _single_terms(vocabulary, examples["synonym"]):
        found[left][right] = max(found[left].get(right, 0.0), LISTED_SYNONYM)
        found[right][left] = max(found[right].get(left, 0.0), LISTED_SYNONYM)
    for left, right in _single_terms(vocabulary, examples["association"]):
        found[left][right] = max(found[left].get(right, 0.0), LISTED_ASSOCIATION)
    starts, rows, weights = [0], list[int](), list[int]()
    for row, related in enumerate(found):
        most = MAX_TRANSLATIONS if is_english[row] else MAX_SYNONYMS
        best = sorted(related.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        rows += [target for target, _ in best]
        weights += [round(min(weight, 1.0) * WEIGHT_SCALE) for _, weight in best]
        starts.append(len(rows))
    return RelatedTable(
        np.array(starts, np.uint32), np.array(rows, np.uint32), np.array(weights, np.uint8)
    )


def _add_alignments(found: Sequence[dict[int, float]], vocabulary: Vocabulary) -> None:
    english, korean, strength = vocabulary.alignments
    sure = (strength >= LEAST_STRENGTH) & (vocabulary.shares[korean] < COMMON)
    rows = zip(english[sure].tolist(), korean[sure].tolist(), strict=True)
    for (row, target), value in zip(rows, np.sqrt(strength[sure]).tolist(), strict=True):
        found[row][target] = max(found[row].get(target, 0.0), value)


def _single_terms(vocabulary: Vocabulary, pairs: Iterable[Pair]) -> Iterator[tuple[int, int]]:
    """Yield the rows of pairs that are one term each."""
    for pair in pairs:
        left, right = (vocabulary.texts.keys(text) for text in pair)
        if len(set(left)) == len(set(right)) == 1 and left[0] != right[0]:
            a, b = vocabulary.rows.get(left[0]), vocabulary.rows.get(right[0])
            if a is not None and b is not None and not right[0].endswith((ENGLISH, NUMBER)):
                yield a, b


def phrase_lines(
    vocabulary: Vocabulary, examples: Mapping[str, Sequence[Pair]]
) -> dict[str, list[str]]:
    """
    Return the equivalents of English phrases, and of words that are several terms in Korean.

    Returns:
        Stems parted by blanks -> lines ``weight|term|term``, the surest first.
    """
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for kind, weight in LISTED_PHRASE.items():
        for english, korean in examples[kind]:
            words = re.findall("[a-z0-9]+", english.lower())
            if len(words) > 1 and words[0] in ("a", "an", "the", "to"):
                words = words[1:]
            parts = _korean_terms(vocabulary, korean)
            if not 1 <= len(words) <= MAX_PHRASE_WORDS or not 1 <= len(parts) <= MAX_PARTS:
                continue
            if len(words) == 1 and len(parts) == 1:
                continue  # the table of related words has it
            key = " ".join(map(stem, words))
            sure = weight if len(words) > 1 else weight * MANY_TERMS
            found[key][parts] = max(found[key].get(parts, 0.0), sure)
    return {
        key: [
            PART_SEPARATOR.join([f"{weight:.2f}", *parts])
            for parts, weight in sorted(lists.items(), key=lambda item: (-item[1], item[0]))
        ][:MAX_EQUIVALENTS]
        for key, lists in found.items()
    }


def _korean_terms(vocabulary: Vocabulary, text: str) -> tuple[str, ...]:
    keys = vocabulary.texts.keys(text)
    return tuple(dict.fromkeys(_indexed(key) for key in keys if not key.endswith(ENGLISH)))


def _indexed(key: str) -> str:
    """Return the term of the postings that a key stands for."""
    return key.removesuffix(NUMBER)
