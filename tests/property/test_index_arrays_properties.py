"""Columns, term table and top rows equal the plain Python that they replace."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.columns import Columns, ColumnWriter
from index.dates import parse_day, seoul_day
from index.records import Document, passage_id
from index.term_table import TermTable, TermTableWriter
from index.top_rows import top_rows

TERM = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@given(st.lists(TERM, max_size=30), TERM)
def test_a_saved_term_table_is_the_one_that_was_written(terms: list[str], other: str) -> None:
    writer = TermTableWriter()
    ids = writer.ids(terms)
    distinct = list(dict.fromkeys(terms))
    assert writer.terms() == distinct
    assert [distinct[i] for i in ids] == terms
    with tempfile.TemporaryDirectory() as folder:
        writer.save(Path(folder))
        table = TermTable(Path(folder))
        assert len(table) == len(writer) == len(distinct)
        assert [table.term(i) for i in range(len(table))] == distinct
        assert [table.id(term) for term in terms] == ids
        assert table.id(other) == (distinct.index(other) if other in distinct else None)


def test_a_term_that_no_file_can_hold_is_unknown(tmp_path: Path) -> None:
    writer = TermTableWriter()
    writer.ids(["가"])
    writer.save(tmp_path)
    assert TermTable(tmp_path).id("\ud800") is None


@given(
    st.lists(st.sampled_from([0.0, 0.5, 0.5, 1.0, 2.5]), max_size=15), st.integers(0, 20), st.data()
)
def test_top_rows_equal_a_full_sort(scores: list[float], depth: int, data: st.DataObject) -> None:
    n_passages = len(scores) + 3
    rows = data.draw(st.permutations(range(n_passages)))[: len(scores)]
    order = data.draw(st.permutations(range(n_passages)))
    found, values = top_rows(
        np.array(rows, np.int64), np.array(scores), np.array(order, np.uint32), depth
    )
    by_row = dict(zip(rows, scores, strict=True))
    expected = sorted(by_row, key=lambda row: (-by_row[row], order[row]))[:depth]
    assert found.tolist() == expected
    assert values.tolist() == [by_row[row] for row in expected]


NAMES = ["한들경제", "노을방송", "KT Times", None]
DAYS = ["2025-08-04", "2025-08-05", "2025-08-06"]
DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from([*(f"{day}T09:00:00+09:00" for day in DAYS), None]),
        st.integers(1, 3),
    ),
    max_size=8,
)
ASKED = st.lists(
    st.sampled_from(["한들경제", "노을방송", " kt times", "KT TIMES", "없는신문"]), max_size=2
)


@given(
    DOCUMENTS,
    st.none() | st.sampled_from(DAYS),
    st.none() | st.sampled_from(DAYS),
    ASKED,
    ASKED,
)
def test_the_filter_of_columns_equals_a_plain_filter(
    drawn: list[tuple[str | None, str | None, str | None, int]],
    first: str | None,
    last: str | None,
    publishers: list[str],
    sections: list[str],
) -> None:
    writer = ColumnWriter()
    passages: list[Document] = []
    for i, (publisher, section, published, n_passages) in enumerate(drawn):
        document = Document(f"d{i * 7 % 10}-{i}", "t", "x", publisher, published, section=section)
        writer.add(document, n_passages)
        passages += [document] * n_passages
    with tempfile.TemporaryDirectory() as folder:
        writer.save(Path(folder))
        columns = Columns(Path(folder))
    columns.check(len(drawn), len(passages))
    keep = columns.passages_where(
        from_day=parse_day(first) if first else None,
        to_day=parse_day(last) if last else None,
        publishers=publishers,
        sections=sections,
    )

    def is_among(name: str | None, wanted: list[str]) -> bool:
        folded = {other.strip().casefold() for other in wanted}
        return not wanted or (name is not None and name.casefold() in folded)

    def is_between(document: Document) -> bool:
        if first is None and last is None:
            return True
        if document.published is None:
            return False
        day = seoul_day(document.published)
        return parse_day(first or "0001-01-01") <= day <= parse_day(last or "9999-12-31")

    expected = [
        is_between(document)
        and is_among(document.publisher, publishers)
        and is_among(document.section, sections)
        for document in passages
    ]
    if keep is None:
        assert (first, last, publishers, sections) == (None, None, [], [])
    else:
        assert keep.tolist() == expected


@given(DOCUMENTS)
def test_the_order_of_rows_is_that_of_passage_ids(
    drawn: list[tuple[str | None, str | None, str | None, int]],
) -> None:
    writer = ColumnWriter()
    ids: list[str] = []
    for i, (_, _, _, n_passages) in enumerate(drawn):
        document = Document(f"d{i * 7 % 10}-{i}", "t", "x")
        writer.add(document, n_passages * 6)
        ids += [passage_id(document.id, n) for n in range(n_passages * 6)]
    with tempfile.TemporaryDirectory() as folder:
        writer.save(Path(folder))
        columns = Columns(Path(folder))
    assert [ids[row] for row in np.argsort(columns.order)] == sorted(ids)
    assert columns.n_documents == len(drawn)


def test_a_name_is_asked_for_regardless_of_its_unicode_form(tmp_path: Path) -> None:
    writer = ColumnWriter()
    writer.add(Document("a", "t", "x", publisher="가온"), 1)
    writer.save(tmp_path)
    keep = Columns(tmp_path).passages_where(publishers=["\u1100\u1161\u110b\u1169\u11ab"])
    assert keep is not None
    assert keep.tolist() == [True]


@pytest.mark.parametrize(("n_documents", "n_passages"), [(1, 1), (0, 2), (1, 3)])
def test_columns_of_another_length_do_not_pass_the_check(
    tmp_path: Path, n_documents: int, n_passages: int
) -> None:
    writer = ColumnWriter()
    writer.add(Document("a", "t", "x"), 2)
    writer.save(tmp_path)
    with pytest.raises(ValueError, match="columns of another length than the corpus"):
        Columns(tmp_path).check(n_documents, n_passages)
