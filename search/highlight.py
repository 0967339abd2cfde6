"""
What to mark in a passage, from the term spans that the build stored.

But: nothing is analysed here; a passage of 400 characters would cost 8 ms.
"""

from collections.abc import Collection, Sequence

import numpy as np

from index.records import Span
from index.store import StoredSentence

MIN_BIGRAM_RUN_CHARS = 3
"""A single shared bigram is chance more often than a word."""


def highlight_spans(
    sentences: Sequence[StoredSentence],
    passage: Span,
    word_ids: Collection[int],
    bigram_ids: Collection[int],
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
    words = _found(sentences, passage, word_ids)
    runs = [
        span
        for span in merge_spans(_found(sentences, passage, bigram_ids))
        if span.end - span.start >= MIN_BIGRAM_RUN_CHARS
    ]
    return merge_spans([*words, *runs])


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Join spans that overlap or touch; the result is ascending."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _found(
    sentences: Sequence[StoredSentence], passage: Span, term_ids: Collection[int]
) -> list[Span]:
    wanted = np.array(list(term_ids), np.int32)
    spans = []
    for sentence in sentences:
        ids, starts, ends = sentence.tokens
        inside = np.isin(ids, wanted) & (starts >= passage.start) & (ends <= passage.end)
        spans += [
            Span(start - passage.start, end - passage.start)
            for start, end in zip(starts[inside].tolist(), ends[inside].tolist(), strict=True)
            if start < end
        ]
    return spans
