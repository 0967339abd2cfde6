"""
The bundled encoder as a module of sentence-transformers, for use outside of gisa.

``SentenceTransformer("index/artifacts", trust_remote_code=True)`` and
``SentenceTransformer(modules=[BilingualModule.load("index/artifacts")])`` give the same
vectors as `index.bilingual_encoder`. The runtime never imports this file: it leads to
torch.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from index.analysis import Analyzer, is_bigram
from index.bilingual_model import ARTIFACT, open_model


class BilingualModule(InputModule):  # type: ignore[misc]  # sentence-transformers is not followed
    """
    Text -> unit vector.

    Args:
        path: The artifact.
    """

    def __init__(self, path: Path = ARTIFACT) -> None:
        super().__init__()
        self._path = path
        self._analyzer = Analyzer(num_workers=1)
        self._vectors = open_model(path).vectors
        table = torch.from_numpy(self._vectors.of_rows(np.arange(self._vectors.n_rows)))
        self.embedding = torch.nn.EmbeddingBag.from_pretrained(table, mode="sum")

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """Return the rows of the table, their weights, and where each text begins."""
        rows: list[int] = []
        weights: list[float] = []
        offsets: list[int] = []
        for text in inputs:
            offsets.append(len(rows))
            sentences = self._analyzer.analyze((prompt or "") + text)
            terms = (term for sentence in sentences for term in sentence.tokens.terms)
            for term, count in Counter(term for term in terms if not is_bigram(term)).items():
                found, weight = self._vectors.rows_of(term)
                rows += found
                weights += [weight * count**0.5] * len(found)
        return {
            "input_ids": torch.tensor(rows, dtype=torch.long),
            "weights": torch.tensor(weights, dtype=torch.float32),
            "offsets": torch.tensor(offsets, dtype=torch.long),
        }

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Add ``sentence_embedding``, float32[n, dim], unit rows."""
        summed = self.embedding(features["input_ids"], features["offsets"], features["weights"])
        features["sentence_embedding"] = torch.nn.functional.normalize(summed, dim=1)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return self._vectors.dim

    @property
    def max_seq_length(self) -> None:
        """There is no limit."""
        return

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the artifact into a folder."""
        shutil.copy(self._path, Path(output_path) / ARTIFACT.name)

    @classmethod
    def load(
        cls, model_name_or_path: str | Path, subfolder: str = "", **_: Any
    ) -> "BilingualModule":
        """Open the artifact in a folder."""
        return cls(Path(model_name_or_path) / subfolder / ARTIFACT.name)
