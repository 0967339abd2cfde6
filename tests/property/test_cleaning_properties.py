"""What holds for cleaning, whatever lines a page is made of."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import clean, split_lines

LINES = [
    "본문 보기",
    "이 글자크기로 변경됩니다.",
    "[사진=가온정밀 제공]",
    "![그림](https://img.example.com/a.jpg)",
    "마도윤 기자 doyun@news.example.kr",
    "ⓒ 한들경제, 무단전재 금지",
    "[앵커]",
    "등록일 14:01",
    "-",
    "[관련기사]",
    "• 감귤 값 내렸다",
    "- 감귤 값 내렸다 - 한들경제",
    "- 등대 축제 열린다 - 한들경제",
    "- 가격이 올랐다 - 정부",
    "해솔시가 18일 밝혔다.",
    "문의는 help@example.kr 로 하면 된다.",
    "(c) 그 밖에 정하는 사항",
    "",
    " ",
    "\u3000",
]
WRAPPED = st.sampled_from(["{}", " {}", "{}\u00a0", "\u200b{}", "{}\u2028{}", "{}\x0c", "\ufeff{}"])
LINE = st.one_of(
    st.builds(lambda line, wrap: wrap.format(line, line), st.sampled_from(LINES), WRAPPED),
    st.builds(lambda line: unicodedata.normalize("NFD", line), st.sampled_from(LINES)),
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12),
)
TEXT = st.builds(
    lambda lines, end: end.join(lines), st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n"])
)


@given(TEXT)
def test_cleaning_a_cleaned_text_changes_nothing(text: str) -> None:
    once = clean(text).text
    again = clean(once)
    assert again.text == once
    assert again.removed == []


@given(TEXT)
def test_kept_and_removed_lines_together_are_the_text(text: str) -> None:
    lines = split_lines(text)
    cleaned = clean(text)
    gone = {removed.number for removed in cleaned.removed}
    assert len(gone) == len(cleaned.removed)
    assert all(lines[removed.number - 1] == removed.line for removed in cleaned.removed)
    kept = [line for number, line in enumerate(lines, start=1) if number not in gone]
    assert cleaned.text == "\n".join(kept)


@given(TEXT)
def test_removed_lines_come_in_line_order_and_are_never_blank(text: str) -> None:
    removed = clean(text).removed
    assert [line.number for line in removed] == sorted(line.number for line in removed)
    assert all(line.line.strip() for line in removed)


@given(TEXT)
def test_decomposing_a_page_removes_the_same_lines(text: str) -> None:
    composed = clean(unicodedata.normalize("NFC", text))
    decomposed = clean(unicodedata.normalize("NFD", text))
    numbers = [(line.number, line.rule) for line in composed.removed]
    assert [(line.number, line.rule) for line in decomposed.removed] == numbers
    assert (decomposed.publisher, decomposed.byline) == (composed.publisher, composed.byline)
