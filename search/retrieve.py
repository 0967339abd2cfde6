"""
Query -> what each leg found, over one snapshot.

Rows are places in the arrays of that snapshot; they mean nothing outside of it.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import EncoderInput
from index.snapshot import Snapshot
from index.term_groups import score_groups
from index.top_rows import top_rows
from search.plan import Plan, Reading

Rows = npt.NDArray[np.integer]
Scores = npt.NDArray[np.floating]


class Evidence(NamedTuple):
    """
    What one leg found.

    ``rows`` and ``scores`` are its ranking, best first, ties by passage id;
    ``score_of`` gives the leg's score of any passages, whether they are in it or not;
    ``article_score_of`` that of the articles around them, where the leg has one.
    """

    rows: Rows
    scores: Scores
    score_of: Callable[[Rows], Scores]
    article_score_of: Callable[[Rows], Scores] | None = None


class Retriever(Protocol):
    """One leg."""

    def retrieve(self, query: Plan, depth: int, mask: npt.NDArray[np.bool_] | None) -> Evidence:
        """Return the best *depth* passages among those that *mask* allows (None: all)."""


class LexicalRetriever:
    """
    BM25 over groups of terms.

    Args:
        snapshot: The build.
        lead: How much more the first passage of an article weighs than the others, >= 0.
    """

    def __init__(self, snapshot: Snapshot, lead: float = 0.0) -> None:
        self._lexical = snapshot.lexical
        self._columns = snapshot.columns
        self._lead = lead
        documents = snapshot.columns.document_of
        self._leads = np.flatnonzero(np.diff(documents.astype(np.int64), prepend=-1))

    def retrieve(self, query: Plan, depth: int, mask: npt.NDArray[np.bool_] | None) -> Evidence:
        """See `Retriever`; a passage that holds no term of the query is not returned."""
        columns = self._columns
        groups = [[term.alternative for term in group.terms] for group in query.groups]
        found = score_groups(self._lexical, groups, columns.document_of, columns.n_documents)
        scores = found.passages
        if self._lead:
            scores[self._leads] *= 1 + self._lead
        if mask is not None:
            scores *= mask
        matched = np.flatnonzero(scores > 0)  # several times quicker than of numbers
        rows, best = top_rows(matched, scores[matched], columns.order, depth)
        return Evidence(
            rows,
            best,
            scores.__getitem__,
            lambda wanted: found.articles(columns.document_of[wanted]),
        )


class DenseRetriever:
    """Inner product of embeddings."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._dense = snapshot.dense
        self._encoder = snapshot.encoder
        self._order = snapshot.columns.order

    def retrieve(
        self, query: Plan | Reading, depth: int, mask: npt.NDArray[np.bool_] | None
    ) -> Evidence:
        """See `Retriever`; a query of which the encoder knows nothing finds nothing."""
        [vector] = self._encoder.encode_queries([EncoderInput(query.text, Counter(query.words))])
        rows, scores = self._dense.top(vector, self._order, depth, mask)
        return Evidence(rows, scores, lambda wanted: self._dense.scores(vector, wanted))
