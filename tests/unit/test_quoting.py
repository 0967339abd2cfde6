"""Citations: numbered once, and read again from the store before they are shown."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.builds import build_folder, read_current
from index.errors import DocumentNotFound, IndexCorrupt
from index.snapshot import Snapshot
from index.store import STORE_FILE, Store
from search.answer_candidates import CandidateSentence, candidate_sentences
from search.answer_records import Citation
from search.clock import Clock
from search.engine import SearchEngine
from search.quoting import Quoting


@pytest.fixture(scope="module")
def found(engine: SearchEngine) -> list[CandidateSentence]:
    """Sentences of the sample articles."""
    ranked = engine.find("한울텔레콤 통신 장애의 원인은", k=10, clock=Clock()).ranked
    return candidate_sentences(engine.snapshot, ranked)


@pytest.fixture
def copied_store(copied_index: Path) -> Path:
    """The file of the articles in a copy of the sample index."""
    return build_folder(copied_index, read_current(copied_index)) / STORE_FILE


def test_numbers_start_at_one_and_follow_each_other(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    quoting = Quoting(snapshot.store)
    for number, sentence in enumerate(reversed(found), start=1):
        assert quoting.cite(sentence) == number
    told = [(citation.n, citation.quote) for citation in quoting.citations]
    assert told == list(enumerate((sentence.text for sentence in reversed(found)), start=1))


def test_a_sentence_cited_twice_has_one_number(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    quoting = Quoting(snapshot.store)
    first, second = found[:2]
    assert [quoting.cite(each) for each in (second, first, second, first)] == [1, 2, 1, 2]
    # The same sentence may come with another passage or score.
    assert quoting.cite(second._replace(passage=7, score=0.0)) == 1
    assert len(quoting.citations) == 2


def test_at_first_nothing_is_cited(snapshot: Snapshot) -> None:
    assert Quoting(snapshot.store).citations == ()


def test_each_answer_is_numbered_for_itself(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    assert [Quoting(snapshot.store).cite(each) for each in found[:3]] == [1, 1, 1]


def test_a_citation_tells_where_it_stands(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    quoting = Quoting(snapshot.store)
    for sentence in found:
        quoting.cite(sentence)
    for citation in quoting.citations:
        stored = snapshot.store.document(citation.document_id)
        assert citation.quote == stored.text[citation.start : citation.end] != ""
        about = (citation.title, citation.publisher, citation.published, citation.url)
        assert about == (stored.title, stored.publisher, stored.published, stored.url)


def test_a_passage_id_names_the_passage_that_holds_the_quote(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    quoting = Quoting(snapshot.store)
    assert len({each.passage for each in found}) > 1
    for sentence in found:
        number = quoting.cite(sentence)
        citation = quoting.citations[number - 1]
        rows = np.flatnonzero(snapshot.columns.document_of == sentence.article.row)
        by_id = {each.passage.id: each.passage for each in snapshot.store.passages(rows.tolist())}
        passage = by_id[citation.passage_id]
        assert passage.start <= citation.start < citation.end <= passage.end


def test_a_text_that_was_altered_in_the_file_is_refused(
    copied_store: Path, found: list[CandidateSentence]
) -> None:
    sentence = found[0]
    with closing(sqlite3.connect(copied_store)) as connection, connection:
        connection.execute(
            "UPDATE documents SET text = '나' || substr(text, 2) WHERE id = ?",
            (sentence.article.document.id,),
        )
    quoting = Quoting(Store(copied_store.parent))
    with pytest.raises(IndexCorrupt, match=f"{sentence.article.document.id!r} differs"):
        quoting.cite(sentence)
    assert quoting.citations == ()


@pytest.mark.parametrize("change", ["나머지를 다시 썼다. {}", "짧다.", "{}"])
def test_a_build_that_holds_another_text_is_refused(
    change: str,
    found: list[CandidateSentence],
    write_jsonl: Callable[..., Path],
    build_corpus: Callable[..., object],
    tmp_path: Path,
) -> None:
    """A whole build, with right checksums, of which the article says something else."""
    sentence = found[1]
    document = sentence.article.document
    text = change.format(document.text)
    build_corpus(write_jsonl({"id": document.id, "title": document.title, "text": text}))
    index = tmp_path / "index"
    quoting = Quoting(Store(build_folder(index, read_current(index))))
    if text == document.text:
        assert quoting.cite(sentence) == 1
        return
    with pytest.raises(IndexCorrupt, match=rf"{sentence.stored.start}-{sentence.stored.end}.*gisa"):
        quoting.cite(sentence)
    assert quoting.citations == ()


def test_an_empty_span_is_no_quote(snapshot: Snapshot, found: list[CandidateSentence]) -> None:
    start = found[0].stored.start
    nothing = found[0]._replace(stored=found[0].stored._replace(end=start))
    assert nothing.text == ""
    with pytest.raises(IndexCorrupt, match="is not what was found"):
        Quoting(snapshot.store).cite(nothing)


def test_an_article_that_is_not_there_is_named(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    gone = found[0].article.document
    article = found[0].article._replace(document=type(gone)("없음-1", gone.title, gone.text))
    with pytest.raises(DocumentNotFound, match="없음-1"):
        Quoting(snapshot.store).cite(found[0]._replace(article=article))


def test_citations_given_out_do_not_change(
    snapshot: Snapshot, found: list[CandidateSentence]
) -> None:
    quoting = Quoting(snapshot.store)
    quoting.cite(found[0])
    before: tuple[Citation, ...] = quoting.citations
    quoting.cite(found[1])
    assert len(before) == 1
    assert quoting.citations[:1] == before
