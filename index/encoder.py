"""
The encoder protocol: what `index.encoders` opens and everything else relies on.

An encoder maps texts to unit vectors. Each text comes with the words the analyzer
found in it, so that an encoder over words needs no second analysis; an encoder that
reads raw text leaves them alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

BILINGUAL = "bilingual"
SENTENCE_TRANSFORMERS = "sentence-transformers:"

Vectors: TypeAlias = npt.NDArray[np.float32]
IdfOf: TypeAlias = Callable[[Iterable[str]], npt.NDArray[np.float32]]
"""Terms -> float32[n], their idf in the build; 0 for a term that no passage holds."""


class EncoderInput(NamedTuple):
    """A text as it is read, and its terms that are words (no bigrams) with their counts."""

    text: str
    words: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """
    Which encoder, and how it runs.

    Args:
        name: ``bilingual``, or ``sentence-transformers:<name or path>``.
        dim: Keep only the first dimensions of a sentence-transformers model; None for all.
        max_tokens: Cut inputs of a sentence-transformers model; None for its own limit.
        batch_size: Texts a step of a sentence-transformers model, >= 1.
        device: Where torch runs; None lets it choose.
        trust_remote_code: Let a model run code that it brings along.
        allow_download: Whether a model may be fetched; true at build time only.
    """

    name: str = BILINGUAL
    dim: int | None = None
    max_tokens: int | None = None
    batch_size: int = 32
    device: str | None = None
    trust_remote_code: bool = False
    allow_download: bool = False


class Encoder(Protocol):
    """Texts to vectors; the same object kind at build and at query time."""

    @property
    def fingerprint(self) -> str:
        """Differs whenever the same text could get another vector."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_queries(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Return float32[n, dim], C order, unit rows; a zero row where nothing is known."""

    def encode_passages(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Return float32[n, dim], C order, unit rows; a zero row where nothing is known."""


def unit_rows(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return float32 rows of length 1 in C order; rows of zeros stay zeros."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.where(norms > 0, norms, 1), np.float32)
