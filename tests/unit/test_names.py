"""Names of a corpus: which are chosen, and how they are written, read and found."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import names
from index.names import (
    MAX_SYLLABLES,
    NAME_OFFSETS_FILE,
    NAME_TEXT_FILE,
    NAME_VECTORS_FILE,
    NameTable,
    NameWriter,
    choose_names,
)
from index.spelling import SpellingEncoder

DIM, N_BUCKETS = 64, 1024
FILES = [NAME_TEXT_FILE, NAME_OFFSETS_FILE, NAME_VECTORS_FILE]


@pytest.fixture(scope="module")
def spelling() -> SpellingEncoder:
    """Random tables; Latin and Hangul have nothing to do with each other."""
    random = np.random.default_rng(0)
    tables = [random.integers(-127, 128, (N_BUCKETS, DIM)).astype(np.int8) for _ in range(2)]
    ones = np.ones(N_BUCKETS, np.float16)
    return SpellingEncoder(tables[0], ones, tables[1], ones)


Write = Callable[..., NameTable]


@pytest.fixture
def write(tmp_path: Path, spelling: SpellingEncoder) -> Write:
    """Write the names of articles, each a list of texts, and open them."""
    numbers = itertools.count()

    def write_(
        *articles: list[str], nouns: list[str] | None = None, max_names: int = 1000
    ) -> NameTable:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        writer = NameWriter(max_names)
        for texts in articles:
            writer.add(texts)
        writer.save(folder, nouns or [], spelling)
        table = NameTable(folder, spelling)
        table.check()
        return table

    return write_


def all_names(table: NameTable) -> list[str]:
    return sorted(match.name for match in table.spelled_like(["가나"], len(table) or 1)[0])


def invented(n: int) -> list[str]:
    """Different words of three syllables, none of which ends in a particle."""
    syllables = "강감객걱견결곡골국굴균글김논닭덕돌락람목"
    found = ("".join(word) for word in itertools.product(syllables, repeat=3))
    return list(itertools.islice(found, n))


# What is chosen.


def test_a_word_with_a_particle_counts_for_the_word_without() -> None:
    assert choose_names({"홍길동": 1, "홍길동은": 2, "홍길동측": 1, "홍길동까지": 1}, []) == [
        "홍길동"
    ]


def test_a_name_that_ends_like_a_particle_stays_where_it_is_the_commoner() -> None:
    """김정은 stands 5 times with its particles, 김정 only as what may be left of it, and once."""
    assert choose_names({"김정은": 3, "김정은이": 2, "김정과": 1}, []) == ["김정", "김정은"]


def test_a_word_goes_where_what_is_left_stands_elsewhere_too() -> None:
    assert choose_names({"대통령도": 5, "대통령": 1}, []) == ["대통령"]


def test_a_word_stays_beside_what_is_left_where_both_stand_as_often() -> None:
    """Nothing tells whether 도 is a particle, so the corpus is taken to hold both."""
    assert choose_names({"경기도": 3}, []) == ["경기", "경기도"]
    assert choose_names({"한양에서": 1}, []) == ["한양", "한양에서"]


def test_each_particle_that_may_be_cut_is_cut_from_the_whole_word() -> None:
    """홍길동이라고 is 홍길동 + 이라고 or 홍길동이 + 라고 or 홍길동이라 + 고, and none is sure."""
    found = choose_names({"홍길동이라고": 1, "홍길동": 1}, [])
    assert found == ["홍길동", "홍길동이", "홍길동이라"]


def test_what_is_left_has_two_syllables_at_least() -> None:
    assert choose_names({"나는": 9, "이가": 2}, []) == ["나는", "이가"]


def test_names_have_two_to_seven_syllables() -> None:
    longest = "갑" * MAX_SYLLABLES
    words = {"갑": 9, longest: 2, longest + "갑": 1, longest + "은": 1}
    assert choose_names(words, []) == [longest]


def test_nouns_are_names_too_and_count_once() -> None:
    assert choose_names({"홍길동": 1}, ["돌쇠", "쇠", "돌쇠"]) == ["돌쇠", "홍길동"]
    assert choose_names({"돌쇠": 1, "감자": 1}, ["감자"], 1) == ["감자"]


def test_names_are_in_the_order_of_their_bytes() -> None:
    found = choose_names(dict.fromkeys(["힣힣", "각각", "낙낙낙", "낙낙"], 1), [])
    assert found == ["각각", "낙낙", "낙낙낙", "힣힣"]


def test_beyond_the_bound_the_rarest_are_left_out_and_of_equals_the_last() -> None:
    documents = {"라라": 1, "다다": 2, "갑갑": 1, "낙낙": 1, "하하": 3}
    assert choose_names(documents, [], 5) == ["갑갑", "낙낙", "다다", "라라", "하하"]
    assert choose_names(documents, [], 4) == ["갑갑", "낙낙", "다다", "하하"]
    assert choose_names(documents, [], 2) == ["다다", "하하"]
    assert choose_names(documents, [], 0) == []


def test_the_order_of_the_words_does_not_matter() -> None:
    documents = {word: 1 + i % 3 for i, word in enumerate(invented(60))}
    backwards = dict(reversed(documents.items()))
    assert choose_names(documents, [], 20) == choose_names(backwards, [], 20)


def test_no_words_give_no_names() -> None:
    assert choose_names({}, []) == []


# What is written and read.


def test_all_names_come_back(write: Write) -> None:
    table = write(
        ["홍길동은 한양", "돌쇠"], ["돌쇠와 KT 1350", "홍길동"], nouns=["감자/N", "먹/V", "감/N"]
    )
    assert all_names(table) == ["감자", "돌쇠", "한양", "홍길동"]
    assert len(table) == 4


def test_an_article_counts_once_however_often_it_says_a_word(write: Write) -> None:
    table = write(["낙낙 낙낙", "낙낙"], ["갑갑"], ["갑갑"], max_names=1)
    assert all_names(table) == ["갑갑"]


def test_words_are_read_as_the_analyzer_reads_them(write: Write) -> None:
    """Decomposed Hangul is composed, characters that nobody sees are left out."""
    decomposed = "\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc"
    assert all_names(write([decomposed, "돌\u200b쇠"])) == ["돌쇠", "홍길동"]


def test_beyond_the_bound_words_seen_once_are_forgotten(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MAX_RUNS", 3)
    table = write(["갑갑 낙낙"], ["갑갑 닥닥"], ["락락 막막"], ["박박"])
    assert all_names(table) == ["갑갑", "박박"]


def test_a_name_is_nearest_to_itself(write: Write) -> None:
    words = invented(50)
    table = write([" ".join(words)])
    for word, found in zip(words, table.spelled_like(words, 3), strict=True):
        assert len(found) == 3
        assert found[0].name == word
        assert found[0].cosine == pytest.approx(1, abs=0.02)
        assert all(a.cosine >= b.cosine for a, b in itertools.pairwise(found))


def test_cosines_are_those_of_the_spelling_vectors(write: Write, spelling: SpellingEncoder) -> None:
    words = invented(30)
    table = write([" ".join(words)])
    near = spelling.encode_latin(["Haspel"]) @ spelling.encode_hangul(words).T
    [found] = table.sounding_like(["Haspel"], 30)
    assert {match.name for match in found} == set(words)
    cosines = dict(zip(words, near[0].tolist(), strict=True))
    for match in found:
        assert match.cosine == pytest.approx(cosines[match.name], abs=0.02)


def test_equal_names_are_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    same = np.ones((N_BUCKETS, DIM), np.int8)
    scales = np.ones(N_BUCKETS, np.float16)
    constant = SpellingEncoder(same, scales, same, scales)
    writer = NameWriter()
    writer.add(["힣힣 나낙 가각"])
    writer.save(tmp_path, [], constant)
    [found] = NameTable(tmp_path, constant).sounding_like(["Haspel"], 5)
    assert [match.name for match in found] == ["가각", "나낙", "힣힣"]


def test_no_more_names_are_found_than_asked_for_or_there_are(write: Write) -> None:
    table = write(["갑갑 낙낙"])
    for found in (table.sounding_like(["a", "b"], 1), table.spelled_like(["갑갑", "닥닥"], 1)):
        assert [len(matches) for matches in found] == [1, 1]
    assert [len(matches) for matches in table.sounding_like(["a"], 9)] == [2]
    assert table.sounding_like([], 3) == []


@pytest.mark.parametrize("articles", [[], [["KT 5G", "1350"]]])
def test_a_corpus_without_names_finds_none(write: Write, articles: list[list[str]]) -> None:
    table = write(*articles)
    assert len(table) == 0
    assert table.sounding_like(["Haspel", "Moon"], 3) == [[], []]
    assert table.spelled_like(["해스펠"], 3) == [[]]


def test_parts_of_two_tables_are_refused(write: Write, tmp_path: Path) -> None:
    few, many = write(["갑갑"]), write(["갑갑 낙낙"])
    assert (len(few), len(many)) == (1, 2)
    (tmp_path / "1" / NAME_VECTORS_FILE).write_bytes(
        (tmp_path / "0" / NAME_VECTORS_FILE).read_bytes()
    )
    mixed = NameTable(tmp_path / "1", few._spelling)
    with pytest.raises(ValueError, match="names and their vectors are not as many"):
        mixed.check()


# In clusters.


def test_a_table_in_clusters_finds_what_a_flat_one_finds(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So few clusters that all are looked through: not one hit may differ."""
    words = invented(1200)
    asked = [*words[::40], "강강강", "해스펠"]
    flat = write([" ".join(words)], max_names=5000)
    monkeypatch.setattr(names, "FLAT_BELOW", 1000)
    clustered = write([" ".join(words)], max_names=5000)
    assert len(clustered) == len(flat) == len(words)
    assert clustered.spelled_like(asked, 5) == flat.spelled_like(asked, 5)
    assert clustered.sounding_like(["Haspel"], 20) == flat.sounding_like(["Haspel"], 20)


def test_a_table_in_many_clusters_still_finds_each_name(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = invented(4000)
    flat = write([" ".join(words)], max_names=5000)
    monkeypatch.setattr(names, "FLAT_BELOW", 1000)
    clustered = write([" ".join(words)], max_names=5000)
    asked = words[::20]
    for few, all_ in zip(
        clustered.spelled_like(asked, 1), flat.spelled_like(asked, 1), strict=True
    ):
        assert few == all_


def test_the_same_corpus_gives_the_same_bytes(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FLAT_BELOW", 1000)
    for _ in range(2):
        write([" ".join(invented(1500))], max_names=5000)
    for name in FILES:
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
