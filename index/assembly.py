"""
An analysed article -> its place in every part of a build: postings, texts, columns.

But: nothing is read from files here, and nothing is verified; see `index.build`.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.analysis import Analyzer, Sentence
from index.columns import ColumnWriter
from index.lexical import PostingWriter
from index.names import NameWriter
from index.passages import pack_sentences
from index.records import Document, Span
from index.store import StoredSentence, StoreWriter
from index.term_table import TermTableWriter


class Writers(NamedTuple):
    """The parts of a build that take articles one by one."""

    postings: PostingWriter
    store: StoreWriter
    columns: ColumnWriter
    names: NameWriter


def analyse_documents(
    documents: Iterable[Document], analyzer: Analyzer
) -> Iterator[tuple[Document, list[Sentence], list[Sentence]]]:
    """Yield each document with the sentences of its title and of its text."""
    waiting: deque[Document] = deque()

    def texts() -> Iterator[str]:
        for document in documents:
            waiting.append(document)
            yield document.title
            yield document.text

    analysed = analyzer.analyze_many(texts())
    for title in analysed:
        sentences = next(analysed)
        yield waiting.popleft(), title, sentences


def add_document(
    document: Document,
    title: list[Sentence],
    sentences: list[Sentence],
    writers: Writers,
    *,
    target_chars: int,
    title_weight: int,
) -> None:
    """
    Add one article to every part of a build.

    Args:
        document: The next one.
        title: Sentences of its title; their terms count in each of its passages.
        sentences: Sentences of its text.
        writers: Where it goes.
        target_chars: The most code points of a passage.
        title_weight: How often the title's terms count, >= 0.
    """
    spans = [Span(sentence.start, sentence.end) for sentence in sentences]
    # A title without a text, a news flash, is a passage of no text, found by its title.
    passages = pack_sentences(document.text, spans, target_chars=target_chars) or [Span(0, 0)]
    title_ids = writers.postings.terms.ids(term for part in title for term in part.tokens.terms)
    tokens = _token_array(sentences, writers.postings.terms)
    for passage in passages:
        inside = (tokens[1] >= passage.start) & (tokens[2] <= passage.end)
        ids: npt.NDArray[np.int32] = np.concatenate(
            [np.array(title_ids * title_weight, np.int32), tokens[0, inside]]
        )
        writers.postings.add(ids)
    cuts = np.cumsum([0, *(len(sentence.tokens.terms) for sentence in sentences)])
    stored = [
        StoredSentence(sentence.start, sentence.end, tokens[:, cuts[i] : cuts[i + 1]])
        for i, sentence in enumerate(sentences)
    ]
    writers.store.add(document, passages, stored)
    writers.names.add((document.title, document.text))
    writers.columns.add(document, len(passages))


def _token_array(sentences: list[Sentence], terms: TermTableWriter) -> npt.NDArray[np.int32]:
    """Return the tokens of a document as int32[3, n]: term ids, starts, ends."""
    tokens = [sentence.tokens for sentence in sentences]
    return np.array(
        [
            terms.ids(chain.from_iterable(each.terms for each in tokens)),
            list(chain.from_iterable(each.starts for each in tokens)),
            list(chain.from_iterable(each.ends for each in tokens)),
        ],
        np.int32,
    )
