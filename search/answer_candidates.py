"""
Ranked passages -> the sentences that could answer: those of the best articles.

Useful for: which sentences are looked at. Not useful for: which of them is right; that is
`search.sentence_ranker`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.records import Document
from index.snapshot import Snapshot
from index.store import StoredSentence
from search.ranking import Ranked

N_ARTICLES = 3
"""Five found no more answers on news2018 and cost more."""

MAX_SENTENCES = 60
"""Of one article: those around its best passage."""


class CandidateArticle(NamedTuple):
    """An article, its row, and the fused score of its best passage; ``rank`` from 0."""

    rank: int
    row: int
    document: Document
    score: float


class CandidateSentence(NamedTuple):
    """
    A sentence of a candidate article.

    Args:
        article: Where it stands.
        n: Its place among the article's sentences, from 0.
        n_sentences: Of the article.
        passage: Number of the passage that holds it, from 0; the better found, where two do.
        score: Fused score of that passage, 0 where it was not found.
        stored: Its span and tokens.
    """

    article: CandidateArticle
    n: int
    n_sentences: int
    passage: int
    score: float
    stored: StoredSentence

    @property
    def text(self) -> str:
        """What its span cuts from the article."""
        return self.article.document.text[self.stored.start : self.stored.end]


def candidate_sentences(
    snapshot: Snapshot, ranked: Ranked, n_articles: int = N_ARTICLES
) -> list[CandidateSentence]:
    """
    Take the sentences of the best articles.

    Args:
        snapshot: The build.
        ranked: Its passages, best first.
        n_articles: The most articles, >= 1.

    Returns:
        Article by article, in reading order; at most `MAX_SENTENCES` of each.
    """
    columns = snapshot.columns
    documents = columns.document_of[ranked.rows]
    rows, firsts = np.unique(documents, return_index=True)
    best = np.argsort(firsts)[:n_articles]
    passages = ranked.rows[firsts[best]].tolist()
    stored = snapshot.store.passages(passages)
    found: list[CandidateSentence] = []
    for rank, (row, first) in enumerate(
        zip(rows[best].tolist(), firsts[best].tolist(), strict=True)
    ):
        article = CandidateArticle(rank, row, stored[rank].document, float(ranked.scores[first]))
        inside = np.flatnonzero(documents == row)
        scores = dict(
            zip(ranked.rows[inside].tolist(), ranked.scores[inside].tolist(), strict=True)
        )
        found += _of_article(snapshot, article, stored[rank].passage.start, scores)
    return found


def _of_article(
    snapshot: Snapshot, article: CandidateArticle, best_start: int, scores: dict[int, float]
) -> list[CandidateSentence]:
    sentences = snapshot.store.sentences(article.row)
    first = _window_start([sentence.start for sentence in sentences], best_start)
    documents = snapshot.columns.document_of
    spans = snapshot.store.passage_spans(
        int(np.searchsorted(documents, article.row)),
        int(np.searchsorted(documents, article.row, side="right")),
    )
    found = []
    for n in range(first, min(first + MAX_SENTENCES, len(sentences))):
        middle = (sentences[n].start + sentences[n].end) // 2
        holding = [row for row, start, end in spans if start <= middle < end]
        row = max(holding, key=lambda row: scores.get(row, 0.0)) if holding else spans[0][0]
        number, score = row - spans[0][0], scores.get(row, 0.0)
        found.append(CandidateSentence(article, n, len(sentences), number, score, sentences[n]))
    return found


def _window_start(starts: Sequence[int], best_start: int) -> int:
    if len(starts) <= MAX_SENTENCES:
        return 0
    middle = int(np.searchsorted(np.array(starts), best_start))
    return min(max(middle - MAX_SENTENCES // 3, 0), len(starts) - MAX_SENTENCES)
