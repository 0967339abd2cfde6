"""
What to mark in a passage, from the term spans that the build stored.

But: nothing is analysed here; a passage of 400 characters would cost 8 ms.
"""

from collections.abc import Sequence, Set

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
    words: list[Span] = []
    bigrams: list[Span] = []
    wanted = word_ids | bigram_ids
    for sentence in sentences:
        # So few numbers are compared quicker one by one than by numpy's functions.
        for term_id, start, end in zip(*sentence.tokens.tolist(), strict=True):
            if term_id in wanted and passage.start <= start < end <= passage.end:
                span = Span(start - passage.start, end - passage.start)
                (words if term_id in word_ids else bigrams).append(span)
    runs = [span for span in merge_spans(bigrams) if span.end - span.start >= MIN_BIGRAM_RUN_CHARS]
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
