"""
Trained tensors -> the one file that `search.answer_model` opens.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from search import abstention, answer_spans, sentence_features


def save_answer_model(
    path: Path, tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]
) -> str:
    """
    Write the file; numbers become float16, means and deviations float32.

    Returns:
        The fingerprint: SHA-256 of all tensors by name, in hex.
    """
    kept = {
        name: np.ascontiguousarray(
            tensor, np.float32 if name.endswith((".mean", ".deviation")) else np.float16
        )
        for name, tensor in sorted(tensors.items())
    }
    digest = hashlib.sha256()
    for name, tensor in kept.items():
        digest.update(name.encode())
        digest.update(tensor.tobytes())
    described = {
        "sentence_features": " ".join(sentence_features.NAMES),
        "span_features": " ".join(answer_spans.NAMES),
        "abstention_features": " ".join(abstention.NAMES),
        "fingerprint": digest.hexdigest(),
    }
    # Processes may have the file mapped: it is replaced, never written into.
    beside = path.with_name(path.name + ".new")
    save_file(kept, beside, {**metadata, **described})
    beside.chmod(0o644)
    beside.replace(path)
    return digest.hexdigest()
