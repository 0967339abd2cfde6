"""
The default encoder: an idf-weighted mean of Kiwi's own morpheme vectors.

It needs no download and no torch. Words that Kiwi's model does not know, names and
Latin words above all, get vectors hashed from their characters, so that they match
themselves and their spelling variants. But: it knows no English; an English word
matches only the same letters.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from index.encoder import EncoderInput, IdfOf, Vectors, unit_rows
from index.errors import ModelUnavailable

ARTIFACT = Path(__file__).parent / "artifacts" / "kiwi_vectors.safetensors"
N_GRAM_WEIGHT = 0.5


class KiwiEncoder:
    """
    Terms -> the unit mean of their vectors, each weighted by count times idf.

    Args:
        idf_of: Weights of terms. A term that no passage holds has weight 0, but where
            Kiwi knows it, it is taken at the highest weight of the query: that is how
            a question in other words finds its passage.
        path: The artifact: ``vectors`` int8[n, dim], ``scales`` float32[n],
            ``terms`` uint8 (UTF-8, one term a line).

    Raises:
        ModelUnavailable: The artifact is missing or damaged.
    """

    def __init__(self, idf_of: IdfOf, path: Path = ARTIFACT) -> None:
        self._idf_of = idf_of
        try:
            raw = path.read_bytes()
            tensors = safetensors.numpy.load(raw)
            self._vectors: npt.NDArray[np.int8] = tensors["vectors"]
            self._scales: npt.NDArray[np.float32] = tensors["scales"]
            terms = tensors["terms"].tobytes().decode("utf-8").split("\n")
        except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
            raise ModelUnavailable(
                f"The encoder file {path} cannot be read ({error}). Restore it, or make it "
                "again: python scripts/extract_kiwi_vectors.py"
            ) from error
        self._rows = {term: row for row, term in enumerate(terms)}
        self.dim = int(self._vectors.shape[1])
        self.fingerprint = "kiwi-" + hashlib.sha256(raw).hexdigest()[:16]

    def encode_passages(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode passages; see `index.encoder.Encoder`."""
        from scipy.sparse import csr_matrix  # only at build time: it costs 0.1 s to import

        terms: dict[str, int] = {}
        starts, columns = [0], list[int]()
        counts: list[int] = []
        for passage in inputs:
            columns += [terms.setdefault(term, len(terms)) for term in passage.words]
            counts += passage.words.values()
            starts.append(len(columns))
        if not terms:
            return np.zeros((len(inputs), self.dim), np.float32)
        weights = self._idf_of(terms)
        vectors = self.term_vectors(list(terms)) * weights[:, None]
        shape = (len(inputs), len(terms))
        return unit_rows(csr_matrix((counts, columns, starts), shape, dtype=np.float32) @ vectors)

    def encode_queries(self, inputs: Sequence[EncoderInput]) -> Vectors:
        """Encode queries; see `index.encoder.Encoder`."""
        rows = [self._encode_query(query.words) for query in inputs]
        return unit_rows(np.array(rows, np.float32).reshape(len(inputs), self.dim))

    def _encode_query(self, counts: Mapping[str, int]) -> Vectors:
        if not counts:
            return np.zeros(self.dim, np.float32)
        terms = sorted(counts)
        weights = self._idf_of(terms)
        unseen_weight = weights.max() or 1.0
        for i, term in enumerate(terms):
            if weights[i] == 0 and term in self._rows:
                weights[i] = unseen_weight
        weights *= [counts[term] for term in terms]
        return weights @ self.term_vectors(terms)

    def term_vectors(self, terms: Sequence[str]) -> Vectors:
        """Return float32[n, dim], unit rows: Kiwi's vector, or one hashed from the spelling."""
        rows = [self._rows.get(term, -1) for term in terms]
        known = [i for i, row in enumerate(rows) if row >= 0]
        # Numbers are matched by the postings; likeness of spelling says nothing about them.
        unknown = [i for i, row in enumerate(rows) if row < 0 and not terms[i][0].isdigit()]
        vectors = np.zeros((len(terms), self.dim), np.float32)
        chosen = [rows[i] for i in known]
        vectors[known] = self._vectors[chosen] * self._scales[chosen][:, None]
        vectors[unknown] = hashed_vectors([terms[i].partition("/")[0] for i in unknown], self.dim)
        return vectors


def hashed_vectors(words: Sequence[str], dim: int) -> Vectors:
    """
    Return unit vectors that words of like spelling share in part.

    Each is the sum of random signs for the word and, at `N_GRAM_WEIGHT`, for each of its
    character bigrams and trigrams with the word's borders marked (Bojanowski et al.,
    TACL 2017, arXiv:1607.04606, without the training).

    Args:
        words: Not empty strings.
        dim: Length of a vector, a multiple of 8.

    Returns:
        float32[len(words), dim].
    """
    if not words:
        return np.zeros((0, dim), np.float32)
    places: dict[str, int] = {}
    columns: list[int] = []
    starts: list[int] = []
    for word in words:
        marked = f"^{word}$"
        starts.append(len(columns))
        columns.append(places.setdefault("=" + word, len(places)))
        columns += (
            places.setdefault(marked[i : i + n], len(places))
            for n in (2, 3)
            for i in range(len(marked) - n + 1)
        )
    digests = b"".join(hashlib.shake_128(part.encode()).digest(dim // 8) for part in places)
    bits = np.unpackbits(np.frombuffer(digests, np.uint8)).reshape(len(places), dim)
    weights = np.full(len(columns), N_GRAM_WEIGHT, np.float32)
    weights[starts] = 1.0
    signs = (bits[columns].astype(np.float32) * 2 - 1) * weights[:, None]
    return unit_rows(np.add.reduceat(signs, starts, axis=0))
