"""
What to mark in a passage, from the term spans that the build stored.

But: nothing is analysed here; a passage of 400 characters would cost 8 ms.
"""

from collections.abc import Sequence, Set

import numpy as np

from index.records import Span
from index.store import StoredSentence

MIN_BIGRAM_RUN_CHARS = 3
"""A single shared bigram is chance more often than a word."""


def highlight_spans(
    sentences: Sequence[StoredSentence],
    passage: Span,
    word_ids: Set[int],
    bigram_ids: Set[int],
) -> list[Span]:
    """
    Find what of a query stands in a passage.

    Args:
        sentences: Those that touch the passage.
        passage: Its span in the article.
        word_ids: Term ids of the query's words.
        bigram_ids: Term ids of the query's bigrams; only runs of them are marked.

    Returns:
        Spans of the passage's own text, ascending, apart from each other.
    """
    wanted = np.array(sorted(word_ids | bigram_ids), np.int32)
    if not sentences or not len(wanted):
        return []
    tokens = np.concatenate([sentence.tokens for sentence in sentences], axis=1)
    # Several times quicker here than numpy's set functions, or than one id after the other.
    nearest = wanted.take(wanted.searchsorted(tokens[0]), mode="clip")
    words: list[tuple[int, int]] = []
    bigrams: list[tuple[int, int]] = []
    for term_id, start, end in tokens[:, nearest == tokens[0]].T.tolist():
        if passage.start <= start < end <= passage.end:
            (words if term_id in word_ids else bigrams).append((start, end))
    runs = [span for span in merge_spans(bigrams) if span.end - span.start >= MIN_BIGRAM_RUN_CHARS]
    first = passage.start
    return [Span(start - first, end - first) for start, end in merge_spans([*words, *runs])]


def merge_spans(spans: Sequence[tuple[int, int]]) -> list[Span]:
    """Join spans that overlap or touch; the result is ascending."""
    merged: list[Span] = []
    first = last = -1
    for start, end in sorted(spans):
        if start <= last:
            last = max(last, end)
            continue
        if last >= 0:
            merged.append(Span(first, last))
        first, last = start, end
    if last >= 0:
        merged.append(Span(first, last))
    return merged
