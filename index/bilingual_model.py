"""
The bundled model: one file of trained tables, mapped once and shared by its users.
"""

import functools
from pathlib import Path
from typing import NamedTuple

from index.errors import ModelUnavailable
from index.key_table import KeyTable
from index.lexicon import Lexicon, StringLists
from index.mapped_tensors import map_tensors
from index.spelling import SpellingEncoder
from index.term_vectors import TermVectors

ARTIFACT = Path(__file__).parent / "artifacts" / "bilingual.safetensors"


class BilingualModel(NamedTuple):
    """The parts of the file; ``fingerprint`` differs whenever a value in it does."""

    vectors: TermVectors
    lexicon: Lexicon
    spelling: SpellingEncoder
    fingerprint: str


@functools.cache
def open_model(path: Path = ARTIFACT) -> BilingualModel:
    """
    Map the file; its parts are read-only and safe to share between threads.

    Raises:
        ModelUnavailable: It is missing or damaged.
    """
    try:
        tensors, metadata = map_tensors(path)
        keys = KeyTable(tensors["key_text"], tensors["key_offsets"])
        related = (
            tensors["related_starts"],
            tensors["related_keys"],
            tensors["related_weights"],
        )
        phrases = StringLists(
            KeyTable(tensors["phrase_text"], tensors["phrase_offsets"]),
            tensors["equivalent_text"],
            tensors["equivalent_offsets"],
        )
        return BilingualModel(
            TermVectors(keys, tensors["vectors"], tensors["scales"]),
            Lexicon(keys, *related, phrases),
            SpellingEncoder(
                tensors["letter_vectors"],
                tensors["letter_scales"],
                tensors["jamo_vectors"],
                tensors["jamo_scales"],
            ),
            metadata["fingerprint"],
        )
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailable(
            f"The model file {path} cannot be read ({error}). Restore it, or train it again: "
            "python scripts/train_encoder.py DATA"
        ) from error
