"""Quoted sentences are found where they are stored, and files tell what is wrong with them."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.records import Span
from search.gold import (
    Language,
    Quote,
    comparable,
    find_quotes,
    read_answers,
    read_evidence,
    read_unanswerable,
)

Write = Callable[..., Path]

TEXT = "참새마을에 도서관이 생겼다. 책은 만 권이다.\n책은 만 권이다."
ROW: dict[str, Any] = {
    "query_id": "q1",
    "document_id": "a",
    "start": 0,
    "end": 15,
    "quote": "참새마을에 도서관이 생겼다.",
    "grade": 2,
    "answer": "도서관",
}


def found_in(text: str, quote: str, start: int = 0) -> list[str]:
    """What of *text* is taken for the quote of its own article."""
    spans = find_quotes([Quote("a", start, quote)], [], {"a": text}.get)
    return [text[slice(*span)] for span in spans.get("a", [])]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (TEXT, "참새마을에 도서관이 생겼다."),
        (unicodedata.normalize("NFD", TEXT), "참새마을에 도서관이 생겼다."),
        (TEXT, unicodedata.normalize("NFD", "참새마을에 도서관이 생겼다.")),
        (TEXT, "참새마을에\u00a0도서관이 생겼다.\u00a0"),
        (TEXT.replace(" ", "\u00a0 \n"), "참새마을에 도서관이 생겼다."),
        (TEXT.replace("도서관", "도\u200b서\ufeff관"), "참새마을에 도서관이 생겼다."),
        (TEXT, "참새\u200b마을에   도서관이 생겼다."),
    ],
)
def test_a_quote_is_found_in_other_blanks_and_code_points(text: str, quote: str) -> None:
    [stored] = found_in(text, quote)
    assert comparable(stored).text == "참새마을에 도서관이 생겼다."


def test_spans_are_those_of_the_stored_text() -> None:
    text = unicodedata.normalize("NFD", "가 나.") + "\u00a0\u200b다 라."
    spans = find_quotes([Quote("a", 0, "다 라.")], [], {"a": text}.get)
    [span] = spans["a"]
    assert text[span.start : span.end] == "다 라."


@pytest.mark.parametrize(("start", "nearest"), [(0, 16), (21, 16), (22, 26), (999, 26)])
def test_of_several_that_read_the_same_the_nearest_counts(start: int, nearest: int) -> None:
    assert find_quotes([Quote("a", start, "책은 만 권이다.")], [], {"a": TEXT}.get) == {
        "a": [Span(nearest, nearest + 9)]
    }


def test_a_quote_that_cleaning_removed_has_no_span() -> None:
    assert find_quotes([Quote("a", 0, "무단 전재 금지")], ["b"], {"a": TEXT}.get) == {}


def test_the_same_sentence_of_another_relevant_article_counts_wherever_it_stands() -> None:
    texts = {"a": "책은 만 권이다.", "b": TEXT, "c": TEXT}
    spans = find_quotes([Quote("a", 0, "책은 만 권이다.")], ["b"], texts.get)
    assert spans == {"a": [Span(0, 9)], "b": [Span(16, 25), Span(26, 35)]}
    lost = find_quotes([Quote("gone", 0, "책은 만 권이다.")], ["b"], texts.get)
    assert lost == {"b": [Span(16, 25), Span(26, 35)]}


BLANKS = st.text(" \n\u00a0\u3000", min_size=1, max_size=3)
WORDS = st.lists(st.tuples(st.text("가각나a.", min_size=1, max_size=4), BLANKS), min_size=1)


@given(WORDS, st.data(), st.sampled_from(["NFC", "NFD"]))
def test_any_words_are_found_where_they_stand(
    words: list[tuple[str, str]], data: st.DataObject, form: Literal["NFC", "NFD"]
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    stored = [(unicodedata.normalize(form, word), blank) for word, blank in words]
    text = "".join(map("".join, stored))
    start = sum(map(len, map("".join, stored[:first])))
    end = sum(map(len, map("".join, stored[:last]))) - len(stored[last - 1][1])
    quote = " ".join(word for word, _ in words[first:last])
    assert Span(start, end) in comparable(text).find_all(quote)


# Files


def test_sentences_that_answer_alone_are_read(write_jsonl: Write) -> None:
    path = write_jsonl(ROW, {**ROW, "grade": 1}, {**ROW, "query_id": "q9"}, {**ROW, "query_id": 2})
    assert read_evidence(path, {"q1", "2"}) == {
        name: [Quote("a", 0, ROW["quote"])] for name in ("q1", "2")
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"query_id": None}, "query_id is null; give a text"),
        ({"quote": "\u200b "}, "quote is .*; give a text that is not blank"),
        ({"start": "0"}, 'start is "0"; give a whole number'),
        ({"end": True}, "end is true; give a whole number"),
        ({"start": 15}, "start 15 and end 15 are no span"),
        ({"start": -1}, "start -1 and end 15 are no span"),
        ({"grade": 3}, "grade is 3; give 1"),
    ],
)
def test_a_malformed_row_of_evidence_is_told_with_its_line(
    write_jsonl: Write, change: dict[str, Any], told: str
) -> None:
    path = write_jsonl(ROW)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n" + json.dumps({**ROW, **change}) + "\n")
    with pytest.raises(InputError, match=rf"news\.jsonl:3: {told}"):
        read_evidence(path, {"q1"})


def test_a_field_that_is_missing_is_named(write_jsonl: Write) -> None:
    path = write_jsonl({key: value for key, value in ROW.items() if key != "quote"})
    with pytest.raises(InputError, match=r"news\.jsonl:1: there is no quote; give a text"):
        read_evidence(path, {"q1"})


def test_evidence_of_other_queries_is_refused(write_jsonl: Write) -> None:
    with pytest.raises(InputError, match="no sentence of grade 2 for any judged query"):
        read_evidence(write_jsonl(ROW), {"q2"})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{broken\n", r"bad\.jsonl:1 is not JSON: .*\. Give one object a line"),
        (b"\n[1]\n", r"bad\.jsonl:2 is \[1\]; give one JSON object a line"),
        (b"[" * 100_000, r"bad\.jsonl:1 is not JSON"),
        (b'{"_id": "\xff"}', r"bad\.jsonl is not UTF-8 at byte 9\. Convert it"),
        (b"", r"bad\.jsonl holds no question"),
    ],
)
def test_a_file_that_is_no_jsonl_is_told_with_its_line(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_unanswerable(path, Language.KO)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    for read in (
        lambda path: read_evidence(path, {"q1"}),
        lambda path: read_answers(path, {"q1"}),
        lambda path: read_unanswerable(path, Language.KO),
    ):
        with pytest.raises(InputError, match=r"none\.jsonl cannot be read: No such file"):
            read(tmp_path / "none.jsonl")


def test_unanswerable_questions_are_read_in_one_language(write_jsonl: Write) -> None:
    path = write_jsonl({"_id": "n1", "ko": "누가?", "en": "Who?"}, {"_id": 2, "text": "왜?"})
    assert read_unanswerable(path, Language.KO) == {"n1": "누가?", "2": "왜?"}
    assert read_unanswerable(path, Language.EN) == {"n1": "Who?", "2": "왜?"}


def test_an_unanswerable_question_lacks_the_language_or_repeats_an_id(write_jsonl: Write) -> None:
    with pytest.raises(InputError, match=r"news\.jsonl:1: there is no en; give a text"):
        read_unanswerable(write_jsonl({"_id": "n1", "ko": "누가?"}), Language.EN)
    with pytest.raises(InputError, match=r"news\.jsonl:2: _id 'n1' was given before"):
        read_unanswerable(write_jsonl(*[{"_id": "n1", "ko": "누가?"}] * 2), Language.KO)


def test_short_answers_of_judged_queries_are_read(write_jsonl: Write) -> None:
    path = write_jsonl(
        {"_id": "q1", "answers": ["가", "나"]},
        {"_id": 2, "answers": ["다"]},
        {"_id": "q3", "answers": []},
        {"_id": "q4"},
        {"_id": "other", "answers": "not looked at"},
    )
    assert read_answers(path, {"q1", "2", "q3", "q4"}) == {"q1": ["가", "나"], "2": ["다"]}


@pytest.mark.parametrize("given", ["가", {"text": ["가"]}, ["가", 1], ["\u00a0"]])
def test_short_answers_that_are_no_list_of_texts_are_told(write_jsonl: Write, given: Any) -> None:
    path = write_jsonl({"_id": "q1", "answers": given})
    with pytest.raises(InputError, match=r"news\.jsonl:1: answers is .*; give a list of texts"):
        read_answers(path, {"q1"})
