"""
Trained tables -> the one file that `index.bilingual_model` maps.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from index.encoder import Vectors
from index.key_table import pack_strings, sorted_keys
from index.training.tables import RelatedTable

LEAST_SCALE = 1e-4  # float16 has none much smaller


def save_model(
    path: Path,
    *,
    keys: Sequence[str],
    vectors: Vectors,
    related: RelatedTable,
    phrases: Mapping[str, Sequence[str]],
    spelling: tuple[Vectors, Vectors],
    metadata: Mapping[str, str],
) -> str:
    """
    Write the file.

    Args:
        path: Where to.
        keys: In the order of a `KeyTable`; the first rows of *vectors*.
        vectors: float32[len(keys) + n_buckets, dim].
        related: Of the keys.
        phrases: Stems -> lines of equivalents.
        spelling: Tables of letters and of jamo.
        metadata: Said beside the tensors.

    Returns:
        The fingerprint: SHA-256 of all tensors by name, in hex.
    """
    phrase_keys = sorted_keys(phrases)
    key_text, key_offsets = pack_strings(keys)
    phrase_text, phrase_offsets = pack_strings(phrase_keys)
    equivalents = pack_strings("\n".join(phrases[key]) for key in phrase_keys)
    tensors: dict[str, npt.NDArray[Any]] = {
        "key_text": key_text,
        "key_offsets": key_offsets,
        **_quantized("vectors", "scales", vectors),
        "related_starts": related.starts,
        "related_keys": related.rows,
        "related_weights": related.weights,
        "phrase_text": phrase_text,
        "phrase_offsets": phrase_offsets,
        "equivalent_text": equivalents[0],
        "equivalent_offsets": equivalents[1],
        **_quantized("letter_vectors", "letter_scales", spelling[0]),
        **_quantized("jamo_vectors", "jamo_scales", spelling[1]),
    }
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensors[name]).tobytes())
    # Processes may have the file mapped: it is replaced, never written into.
    beside = path.with_name(path.name + ".new")
    save_file(tensors, beside, {**metadata, "fingerprint": digest.hexdigest()})
    beside.chmod(0o644)
    beside.replace(path)
    return digest.hexdigest()


def _quantized(vectors: str, scales: str, table: Vectors) -> dict[str, npt.NDArray[Any]]:
    """Return a table as bytes times a scale a row."""
    largest = np.abs(table).max(axis=1)
    scale = np.maximum(largest / 127, LEAST_SCALE).astype(np.float16)
    rounded = np.rint(table / scale.astype(np.float32)[:, None])
    return {vectors: np.clip(rounded, -127, 127).astype(np.int8), scales: scale}
