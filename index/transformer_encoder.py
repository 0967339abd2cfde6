"""
Any sentence-transformers model as the encoder; loaded when first needed.

It leads to torch, so `index.encoders` imports it only when such a model is named. A
model may be downloaded when an index is built; a query never opens the network.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoder import SENTENCE_TRANSFORMERS, EncoderInput, EncoderOptions, Vectors, unit_rows
from index.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PASSAGE_PROMPTS = ("document", "passage", "corpus")
"""Names that models give to the prompt of what is searched; the first that is not empty."""


class TransformerEncoder:
    """
    Texts -> the model's embeddings, with its own query and passage prompts.

    Args:
        options: The name behind ``sentence-transformers:`` is a path or a hub name.

    Raises:
        ModelUnavailable: The package or the model cannot be loaded, or has fewer
            dimensions than asked for.
    """

    def __init__(self, options: EncoderOptions) -> None:
        self._options = options
        self._name = options.name.removeprefix(SENTENCE_TRANSFORMERS)
        self._model = self._load()
        if options.max_tokens is not None:
            self._model.max_seq_length = options.max_tokens
        full_dim = int(self._model.get_embedding_dimension() or 0)
        if options.dim is not None and options.dim > full_dim:
            raise ModelUnavailable(
                f"{self._name} has {full_dim} dimensions, not {options.dim}. Ask for fewer."
            )
        self.dim = options.dim or full_dim
        self.fingerprint = f"st-{self._digest()}"
        # Every model has a prompt "document", so that an empty one would hide the others.
        prompts = self._model.prompts
        self._passage_prompt = next((name for name in PASSAGE_PROMPTS if prompts.get(name)), None)
        self._lock = threading.Lock()  # fast tokenizers refuse two threads at once

    def encode_queries(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode queries; see `index.encoder.Encoder`."""
        return self._encode(inputs, self._model.encode_query)

    def encode_passages(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode passages; see `index.encoder.Encoder`."""
        return self._encode(inputs, self._model.encode_document, self._passage_prompt)

    def _encode(
        self, inputs: Sequence[EncoderInput], encode: Any, prompt_name: str | None = None
    ) -> Vectors:
        if not inputs:
            return np.zeros((0, self.dim), np.float32)
        with self._lock:
            vectors = encode(
                [text for text, _ in inputs],
                prompt_name=prompt_name,
                batch_size=self._options.batch_size,
                show_progress_bar=False,
                convert_to_numpy=True,
                truncate_dim=self.dim,
            )
        return unit_rows(np.asarray(vectors, np.float32))

    def _load(self) -> "SentenceTransformer":
        try:
            from huggingface_hub import constants
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            # Else the hub is asked who may be calling, for local files too.
            constants.HF_HUB_DISABLE_TELEMETRY = True
            logging.disable_progress_bar()  # stderr is for our own lines
            return SentenceTransformer(
                self._name,
                device=self._options.device,
                trust_remote_code=self._options.trust_remote_code,
                local_files_only=not self._options.allow_download,
            )
        except Exception as error:  # a foreign loader raises anything from OSError to KeyError
            reason = " ".join(str(error).split())[:200]
            raise ModelUnavailable(
                f"The model {self._name!r} cannot be loaded ({type(error).__name__}: {reason}). "
                "Give a folder that SentenceTransformer.save wrote, fetch it once on a machine "
                "with network, or use GISA_ENCODER=bilingual."
            ) from error

    def _digest(self) -> str:
        """Hash the model's weights and settings, so that the place it lies in is no matter."""
        digest = hashlib.sha256()
        folder = Path(self._name)
        if folder.is_dir():
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix != ".md" and ".cache" not in path.parts:
                    digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
                    with path.open("rb") as stream:
                        digest.update(hashlib.file_digest(stream, "sha256").digest())
        else:
            import torch

            for name, tensor in sorted(self._model.state_dict().items()):
                raw = tensor.cpu().reshape(-1).view(torch.uint8)  # numpy has no bfloat16
                digest.update(name.encode() + b"\0" + raw.numpy().tobytes())
        settings = [self.dim, self._model.max_seq_length, sorted(self._model.prompts.items())]
        digest.update(json.dumps(settings, ensure_ascii=False).encode())
        return digest.hexdigest()[:16]
