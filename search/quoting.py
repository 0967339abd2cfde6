"""
Sentences -> numbered citations, each read again from the store and compared.
"""

from index.errors import IndexCorrupt
from index.records import passage_id
from index.store import Store
from search.answer_candidates import CandidateSentence
from search.answer_records import Citation


class Quoting:
    """Numbers the citations of one answer; a sentence cited twice has one number."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._citations: list[Citation] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All so far, by number."""
        return tuple(self._citations)

    def cite(self, sentence: CandidateSentence) -> int:
        """
        Return the number of a sentence's citation.

        Raises:
            IndexCorrupt: The store does not hold the quote at its span any more.
        """
        document = sentence.article.document
        start, end = sentence.stored.start, sentence.stored.end
        place = (document.id, start, end)
        if place in self._numbers:
            return self._numbers[place]
        stored = self._store.document(document.id)
        quote = stored.text[start:end]
        if not quote or quote != sentence.text:
            raise IndexCorrupt(
                f"The text of {document.id!r} is not what was found at {start}-{end}. "
                "Run: gisa check, then rebuild."
            )
        number = len(self._citations) + 1
        self._citations.append(
            Citation(
                number,
                document.id,
                passage_id(document.id, sentence.passage),
                stored.title,
                stored.publisher,
                stored.published,
                stored.url,
                start,
                end,
                quote,
            )
        )
        self._numbers[place] = number
        return number
