"""A citation quotes what stands at its span, whatever stands there."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import Analyzer
from index.errors import IndexCorrupt
from index.passages import pack_sentences
from index.records import Document, Span
from index.store import Store, StoredSentence, StoreWriter
from search.answer_candidates import CandidateArticle, CandidateSentence
from search.quoting import Quoting

NO_TOKENS = np.zeros((3, 0), np.int32)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NEWS = st.lists(
    st.sampled_from(
        [
            "다리가 열렸다.",
            "3.5% 올랐다.",
            "👩\u200d🌾가 왔다!",
            unicodedata.normalize("NFD", "둑이다."),
            "\x00",
            "\ufeff",
            "e\u0301",
            "“왜?”",
            "\u2028",
            "𝟛명이다.",
        ]
    ),
    max_size=8,
).flatmap(lambda parts: st.sampled_from([" ", "\n", "", "\r\n"]).map(lambda gap: gap.join(parts)))


def written(folder: Path, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Store:
    writer = StoreWriter(folder)
    for n, (text, spans) in enumerate(zip(texts, sentences, strict=True)):
        writer.add(
            Document(f"id-{n}", f"title {n}", text),
            pack_sentences(text, spans, target_chars=40) or [Span(0, 0)],
            [StoredSentence(*span, NO_TOKENS) for span in spans],
        )
    writer.close()
    return Store(folder)


def candidates(store: Store) -> list[CandidateSentence]:
    """Return all sentences of a store as they would be found."""
    found = []
    for row, name in enumerate(store.document_ids()):
        article = CandidateArticle(row, row, store.document(name), 1.0)
        stored = store.sentences(row)
        found += [
            CandidateSentence(article, n, len(stored), 0, 1.0, each)
            for n, each in enumerate(stored)
        ]
    return found


def check_quotes(store: Store, texts: Sequence[str], n_sentences: int) -> None:
    quoting = Quoting(store)
    sentences = candidates(store)
    assert len(sentences) == n_sentences
    assert [quoting.cite(each) for each in sentences] == list(range(1, n_sentences + 1))
    for sentence, citation in zip(sentences, quoting.citations, strict=True):
        text = texts[int(citation.document_id.removeprefix("id-"))]
        assert citation.quote == text[citation.start : citation.end] == sentence.text != ""
        assert citation.passage_id == f"{citation.document_id}#0"


@settings(max_examples=60)
@given(st.lists(ANY_TEXT, min_size=1, max_size=3), st.data())
def test_a_quote_is_what_stands_at_its_span(texts: list[str], data: st.DataObject) -> None:
    sentences = []
    for text in texts:
        places = data.draw(st.sets(st.integers(0, len(text)), max_size=6))
        cuts = sorted(places)
        sentences.append([Span(*cut) for cut in pairwise(cuts)])
    with TemporaryDirectory() as folder:
        store = written(Path(folder), texts, sentences)
        check_quotes(store, texts, sum(map(len, sentences)))
        store.close()


@settings(max_examples=25)
@given(st.lists(NEWS, min_size=1, max_size=3))
def test_sentences_as_the_analyzer_cuts_them_are_quoted(
    analyzer: Analyzer, texts: list[str]
) -> None:
    sentences = [
        [Span(each.start, each.end) for each in found] for found in analyzer.analyze_many(texts)
    ]
    with TemporaryDirectory() as folder:
        store = written(Path(folder), texts, sentences)
        check_quotes(store, texts, sum(map(len, sentences)))
        store.close()


@settings(max_examples=40)
@given(ANY_TEXT.filter(bool), ANY_TEXT, st.data())
def test_another_text_is_never_quoted(text: str, other: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "before"), Path(folder, "after")
        before.mkdir()
        after.mkdir()
        first = written(before, [text], [[Span(start, end)]])
        second = written(after, [other], [[]])
        [sentence] = candidates(first)
        quoting = Quoting(second)
        if other[start:end] == text[start:end]:
            assert quoting.cite(sentence) == 1
            assert quoting.citations[0].quote == other[start:end]
        else:
            with pytest.raises(IndexCorrupt, match="is not what was found"):
                quoting.cite(sentence)
        first.close()
        second.close()
