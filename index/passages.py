"""
Sentences -> passages of about 400 characters that overlap by one sentence.

But: passages are spans of the stored text; nothing is copied or rewritten here.
"""

from collections.abc import Sequence

from index.records import Span

TARGET_CHARS = 400


def pack_sentences(
    text: str, sentences: Sequence[Span], *, target_chars: int = TARGET_CHARS
) -> list[Span]:
    """
    Pack the sentences of one document into passages.

    Each passage holds as many whole sentences as fit into *target_chars* and begins
    with the last sentence of the passage before it, where the next one still fits
    behind it. A sentence that alone is longer is cut at blanks into even pieces.

    Args:
        text: The document's text.
        sentences: Spans in order, without overlap, that cover all but blanks.
        target_chars: The most code points of a passage, >= 1.

    Returns:
        Spans in order of their starts; together they cover every sentence.
    """
    passages: list[Span] = []
    first = 0
    while first < len(sentences):
        start, end = sentences[first]
        if end - start > target_chars:
            passages += cut_evenly(text, sentences[first], target_chars)
            first += 1
            continue
        behind = first + 1
        while behind < len(sentences) and sentences[behind].end - start <= target_chars:
            behind += 1
        passages.append(Span(start, sentences[behind - 1].end))
        if behind == len(sentences):
            break
        fits_again = sentences[behind].end - sentences[behind - 1].start <= target_chars
        first = behind - 1 if fits_again and behind - 1 > first else behind
    return passages


def cut_evenly(text: str, span: Span, target_chars: int) -> list[Span]:
    """Cut a long sentence into the fewest pieces of even length, at blanks where it has any."""
    n_pieces = -(-(span.end - span.start) // target_chars)
    pieces: list[Span] = []
    start = span.start
    for remaining in range(n_pieces, 0, -1):
        end = span.end
        if remaining > 1:
            ideal = start + -(-(span.end - start) // remaining)
            blank = text.rfind(" ", start + 1, ideal)
            end = blank + 1 if blank > start + (ideal - start) // 2 else ideal
        if end - start > target_chars:  # earlier cuts at blanks left too much for the rest
            return [*pieces, *cut_evenly(text, Span(start, span.end), target_chars)]
        pieces.append(Span(start, end))
        start = end
    return pieces
