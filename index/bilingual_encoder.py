"""
The default encoder: Korean and English words, names and spellings in one space.

A text is the unit sum of its words' trained vectors, each by the square root of its
count; a vector's length is what its word weighs. It needs no download and no torch.
"""

from collections.abc import Sequence

import numpy as np

from index.bilingual_model import BilingualModel
from index.encoder import EncoderInput, Vectors, unit_rows


class BilingualEncoder:
    """See the module. The model is read-only, so the encoder is safe to share."""

    def __init__(self, model: BilingualModel) -> None:
        self._vectors = model.vectors
        self.dim = model.vectors.dim
        self.fingerprint = f"bilingual-{model.fingerprint[:16]}"

    def encode_passages(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode passages; see `index.encoder.Encoder`."""
        from scipy.sparse import csr_matrix  # only at build time: it costs 0.1 s to import

        terms: dict[str, int] = {}
        starts, columns, counts = [0], list[int](), list[int]()
        for text in inputs:
            columns += [terms.setdefault(term, len(terms)) for term in text.words]
            counts += text.words.values()
            starts.append(len(columns))
        if not terms:
            return np.zeros((len(inputs), self.dim), np.float32)
        weights = np.sqrt(np.array(counts, np.float32))
        shape = (len(inputs), len(terms))
        return unit_rows(
            csr_matrix((weights, columns, starts), shape) @ self._vectors.of_terms(list(terms))
        )

    def encode_queries(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode queries; see `index.encoder.Encoder`."""
        rows = np.zeros((len(inputs), self.dim), np.float32)
        for row, text in zip(rows, inputs, strict=True):
            if text.words:
                terms = sorted(text.words)
                counts = np.array([text.words[term] for term in terms], np.float32)
                row += np.sqrt(counts) @ self._vectors.of_terms(terms)
        return unit_rows(rows)
