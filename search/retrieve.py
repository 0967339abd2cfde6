"""
Query -> what each leg found, over one snapshot.

Rows are places in the arrays of that snapshot; they mean nothing outside of it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.analysis import is_bigram
from index.encoder import EncoderInput
from index.snapshot import Snapshot
from index.top_rows import top_rows

Rows = npt.NDArray[np.integer]
Scores = npt.NDArray[np.floating]


class AnalysedQuery(NamedTuple):
    """A query as asked, and the weight of each of its terms; of a word, its count."""

    text: str
    terms: Mapping[str, float]


class Evidence(NamedTuple):
    """
    What one leg found.

    ``rows`` and ``scores`` are its ranking, best first, ties by passage id;
    ``score_of`` gives the leg's score of any passages, whether they are in it or not.
    """

    rows: Rows
    scores: Scores
    score_of: Callable[[Rows], Scores]


class Retriever(Protocol):
    """One leg."""

    def retrieve(
        self, query: AnalysedQuery, depth: int, mask: npt.NDArray[np.bool_] | None
    ) -> Evidence:
        """Return the best *depth* passages among those that *mask* allows (None: all)."""


class LexicalRetriever:
    """BM25 over terms."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._lexical = snapshot.lexical
        self._order = snapshot.columns.order

    def retrieve(
        self, query: AnalysedQuery, depth: int, mask: npt.NDArray[np.bool_] | None
    ) -> Evidence:
        """See `Retriever`; a passage that holds no term of the query is not returned."""
        scores = self._lexical.weighted_scores(query.terms)
        if mask is not None:
            scores *= mask
        matched = np.flatnonzero(scores)
        rows, best = top_rows(matched, scores[matched], self._order, depth)
        return Evidence(rows, best, scores.__getitem__)


class DenseRetriever:
    """Inner product of embeddings."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._dense = snapshot.dense
        self._encoder = snapshot.encoder
        self._order = snapshot.columns.order

    def retrieve(
        self, query: AnalysedQuery, depth: int, mask: npt.NDArray[np.bool_] | None
    ) -> Evidence:
        """See `Retriever`; a query of which the encoder knows nothing finds nothing."""
        words = {term: int(n) for term, n in query.terms.items() if not is_bigram(term)}
        [vector] = self._encoder.encode_queries([EncoderInput(query.text, words)])
        rows, scores = self._dense.top(vector, self._order, depth, mask)
        return Evidence(rows, scores, lambda wanted: self._dense.scores(vector, wanted))
