"""Passages re-join to the document; sentences and tokens lie where they say."""

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import Analyzer, is_bigram
from index.normalizing import INVISIBLE, normalize
from index.passages import cut_evenly, pack_sentences
from index.records import Span

GAPS = st.sampled_from([" ", "\n", "\n\n", ""])
SENTENCES = st.lists(st.tuples(st.text("가 나", max_size=40), GAPS), max_size=12)


def lay_out(drawn: list[tuple[str, str]]) -> tuple[str, list[Span]]:
    """Join sentences with gaps and return the text with the span of each."""
    text = ""
    spans: list[Span] = []
    for sentence, gap in drawn:
        marked = f"문{sentence}다."
        spans.append(Span(len(text), len(text) + len(marked)))
        text += marked + gap
    return text, spans


@given(SENTENCES, st.integers(3, 60))
def test_passages_cover_every_sentence_and_keep_to_the_target(
    drawn: list[tuple[str, str]], target: int
) -> None:
    text, sentences = lay_out(drawn)
    passages = pack_sentences(text, sentences, target_chars=target)
    covered = {place for start, end in passages for place in range(start, end)}
    assert all(place in covered for start, end in sentences for place in range(start, end))
    assert all(0 < end - start <= target for start, end in passages)
    assert passages == sorted(passages)


@given(SENTENCES, st.integers(3, 60))
def test_no_sentence_that_fits_is_cut(drawn: list[tuple[str, str]], target: int) -> None:
    text, sentences = lay_out(drawn)
    passages = pack_sentences(text, sentences, target_chars=target)
    for sentence in sentences:
        if sentence.end - sentence.start <= target:
            assert any(p.start <= sentence.start and sentence.end <= p.end for p in passages)


@given(SENTENCES, st.integers(3, 60))
def test_neighbours_share_one_sentence_at_most_and_exactly_one_where_it_fits(
    drawn: list[tuple[str, str]], target: int
) -> None:
    text, sentences = lay_out(drawn)
    passages = pack_sentences(text, sentences, target_chars=target)
    assert len(set(passages)) == len(passages)
    for before, after in itertools.pairwise(passages):
        shared = [s for s in sentences if after.start <= s.start and s.end <= before.end]
        assert len(shared) <= 1
        inside = [s for s in sentences if before.start <= s.start and s.end <= before.end]
        following = [s for s in sentences if s.start >= before.end]
        if len(inside) > 1 and following and following[0].end - inside[-1].start <= target:
            assert shared == [inside[-1]]
            assert after.end >= following[0].end


@given(st.text("가나 ", min_size=1, max_size=200), st.integers(1, 30))
def test_pieces_of_a_long_sentence_join_to_it(text: str, target: int) -> None:
    pieces = cut_evenly(text, Span(0, len(text)), target)
    assert [*(piece.start for piece in pieces), len(text)] == [0, *(piece.end for piece in pieces)]
    assert all(0 < end - start <= target for start, end in pieces)


def test_a_long_sentence_is_cut_at_blanks_into_even_pieces() -> None:
    text = " ".join(["가나다라"] * 25)
    pieces = pack_sentences(text, [Span(0, len(text))], target_chars=50)
    assert [text[start:end][:5] for start, end in pieces] == ["가나다라 "] * len(pieces)
    assert len(pieces) == 3


@pytest.mark.parametrize("target", [1, 400])
def test_no_sentence_gives_no_passage(target: int) -> None:
    assert pack_sentences("", [], target_chars=target) == []


WORDS = [
    "해솔시가",
    "공장을",
    "미뤘다.",
    "카카오·KT는",
    "5G",
    "1,350원",
    "2018.5.14",
    "3.5%",
    "Beyoncé",
    "했다.\n◇",
    "\u200b",
    "가\u200b나",
    "\ufeff",
    "ＡＢ",
    "漢字",
    "\u2028",
    "\u00a0",
    "👩\u200d🌾",
    "왜 빠졌나요?",
    '"갑니다."',
    unicodedata.normalize("NFD", "전력 심의가 늦어졌다."),
    unicodedata.normalize("NFD", "했을까?"),
]
ARTICLE = st.lists(st.sampled_from(WORDS), max_size=25).flatmap(
    lambda words: st.sampled_from([" ", "\n", "", "\r\n"]).map(lambda gap: gap.join(words))
)


@settings(max_examples=40)
@given(ARTICLE)
def test_sentences_ascend_and_cover_all_but_blanks(analyzer: Analyzer, text: str) -> None:
    sentences = analyzer.analyze(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sentences))
    assert all(0 <= s.start < s.end <= len(text) for s in sentences)
    covered = {place for s in sentences for place in range(s.start, s.end)}
    for place, character in enumerate(text):
        assert place in covered or not INVISIBLE.sub("", character).strip()


@settings(max_examples=40)
@given(ARTICLE)
def test_every_token_lies_in_its_sentence_and_spells_its_term(
    analyzer: Analyzer, text: str
) -> None:
    for sentence in analyzer.analyze(text):
        for term, start, end in zip(*sentence.tokens, strict=True):
            assert sentence.start <= start < end <= sentence.end
            if is_bigram(term):
                assert normalize(text[start:end]).text == term
            elif "/" not in term and term.isascii():
                shown = normalize(text[start:end]).text.lower().replace(",", "").replace("é", "e")
                assert shown == term


@settings(max_examples=15)
@given(st.lists(ARTICLE, max_size=4))
def test_many_texts_give_what_each_gives_alone(analyzer: Analyzer, texts: list[str]) -> None:
    assert list(analyzer.analyze_many(texts)) == [analyzer.analyze(text) for text in texts]


def test_a_text_of_many_blocks_loses_no_sentence(analyzer: Analyzer) -> None:
    text = "해솔시가 공장을 미뤘다. " * 600
    sentences = analyzer.analyze(text)
    assert len(text) > 8_000
    words = [word for s in sentences for word in text[s.start : s.end].split()]
    assert words == text.split()
    starts = [
        start for s in sentences for t, start in zip(*s.tokens[:2], strict=True) if t == "해솔"
    ]
    assert starts == [i for i in range(len(text)) if text.startswith("해솔", i)]


def test_terms_do_not_depend_on_the_unicode_form(analyzer: Analyzer) -> None:
    text = "카카오가 5G 요금을 1,350원 내렸다."
    decomposed = unicodedata.normalize("NFD", text).replace(" ", "\u00a0")
    assert analyzer.query_terms(decomposed) == analyzer.query_terms(text)
    assert {"카카", "5g", "1350", "요금/N"} <= set(analyzer.query_terms(text))
