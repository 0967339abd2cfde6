"""
Words of a sentence -> what each may be part of: a person, place, group, date, time, number.

A small network over a word, its two neighbours on either side, and what stands behind it.
Trained on KLUE's named entities by ``scripts/train_answers.py``. Useful for: telling
which words could answer "who". Not useful for: finding all names of a text.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.term_vectors import TermVectors
from search.network import Network, Tensors

Floats = npt.NDArray[np.float32]

TYPES = ("none", "person", "place", "group", "date", "time", "number")
BEGINS, ENDS = len(TYPES), len(TYPES) + 1
N_OUTPUTS = len(TYPES) + 2
NEIGHBOURS = 2
WINDOW = 2 * NEIGHBOURS + 1
VECTOR_SCALE = 4.0

_BEHIND = tuple(
    re.compile(pattern)
    for pattern in (
        r"$",
        r"\s",
        r"[은는이가](?![가-힣])",
        r"[을를](?![가-힣])",
        r"에서|에 ",
        r"의(?![가-힣])",
        r"(?:으로|로)(?![가-힣])",
        r"[와과](?![가-힣])",
        r"[도만](?![가-힣])",
        r"씨|군(?![가-힣])|양(?![가-힣])|님",
        r"[,·]",
        r"\(",
        r"\)",
        "[\"'”’]",
        r"[가-힣]",
        r"\d",
        r"[%％]",
    )
)
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함"
    "변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
N_VALUES = len(_BEHIND) + 14


class Word(NamedTuple):
    """A term and its span in the text."""

    term: str
    start: int
    end: int


class EntityInput(NamedTuple):
    """``vectors`` float32[n, WINDOW, dim] and ``values`` float32[n, WINDOW, N_VALUES]."""

    vectors: Floats
    values: Floats


def entity_input(table: TermVectors, text: str, words: Sequence[Word]) -> EntityInput:
    """Describe each word with its neighbours; nothing stands beyond the ends."""
    terms = [word.term for word in words]
    vectors = table.of_terms(terms)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    units = vectors / np.maximum(lengths, 1e-9)
    known = [float(len(table.rows_of(term)[0]) == 1) for term in terms]
    own = np.array([_surface(text, word) for word in words], np.float32).reshape(len(words), -1)
    values = np.concatenate(
        [own, np.array(known, np.float32)[:, None], np.minimum(lengths, 3)], axis=1
    )
    return EntityInput(_windows(units), _windows(values))


def _windows(rows: npt.NDArray[np.floating]) -> Floats:
    padded = np.pad(rows, ((NEIGHBOURS, NEIGHBOURS), (0, 0))).astype(np.float32)
    return np.stack([padded[i : i + len(rows)] for i in range(WINDOW)], axis=1)


def _surface(text: str, word: Word) -> list[float]:
    written = text[word.start : word.end]
    behind = text[word.end : word.end + 4]
    before = text[word.start - 1] if word.start else ""
    return [
        *(float(bool(pattern.match(behind))) for pattern in _BEHIND),
        float(before.isspace() or not before),
        float(before in "\"'“‘("),
        float(before.isalnum()),
        len(written) / 4,
        float(len(written) == 1),
        float(2 <= len(written) <= 4),
        float(written[0] in _SURNAMES),
        float(written.isdigit()),
        float(bool(re.search("[A-Za-z]", written))),
        float(word.term.endswith("/N")),
        float(word.term.endswith("/V")),
        float("/" not in word.term),
    ]


class EntityTagger:
    """
    The trained network.

    Args:
        tensors: ``entities.*`` of the model file.

    Raises:
        KeyError: A tensor is missing.
        ValueError: Shapes do not fit.
    """

    def __init__(self, tensors: Tensors) -> None:
        self._projections = np.asarray(tensors["entities.projections"], np.float32)
        if len(self._projections) != WINDOW:
            raise ValueError(f"entity projections of shape {self._projections.shape}")
        self._network = Network(tensors, "entities")

    def __call__(self, given: EntityInput) -> Floats:
        """
        Tag words.

        Returns:
            float32[n, N_OUTPUTS]: probabilities of `TYPES`, which add up to 1, of being the
            first word of one, and of being the last.
        """
        if not len(given.vectors):
            return np.zeros((0, N_OUTPUTS), np.float32)
        seen = np.einsum("nwd,wrd->nwr", given.vectors, self._projections) * VECTOR_SCALE
        flat = np.concatenate(
            [seen.reshape(len(seen), -1), given.values.reshape(len(seen), -1)], axis=1
        )
        outputs = self._network.outputs(flat)
        types = np.exp(outputs[:, : len(TYPES)] - outputs[:, : len(TYPES)].max(axis=1)[:, None])
        types /= types.sum(axis=1, keepdims=True)
        ends = 1 / (1 + np.exp(-outputs[:, len(TYPES) :]))
        return np.concatenate([types, ends], axis=1).astype(np.float32)
