"""Names that mean the same are read, found in queries, extended and exchanged."""

import codecs
import gzip
import logging
import os
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import InputError
from search import alias_source, aliases
from search.alias_source import AliasSource
from search.aliases import SHIPPED_ALIASES, AliasMatch, AliasTable

TABLE = AliasTable(
    (
        ("KT", "케이티"),
        ("KT&G", "케이티앤지"),
        ("5G", "5세대 이동통신"),
        ("금감원", "금융감독원"),
        ("삼성", "三星"),
        ("삼성전자", "삼전"),
        ("SK온", "SK On"),
        ("북한", "北"),
        ("한미", "韓美"),
        ("미국", "美"),
        ("카카오 엔터프라이즈", "Kakao Enterprise"),
        ("국민의힘", "국민의 힘", "국힘"),
    )
)


def found(text: str, table: AliasTable = TABLE) -> list[str]:
    return [text[match.start : match.end] for match in table.find(text)]


def write(path: Path, text: str, mtime_s: int = 1) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (mtime_s, mtime_s))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.tsv"


# --- find


def test_a_match_tells_its_span_its_spelling_and_the_other_names() -> None:
    assert TABLE.find("새 국힘 대표") == [AliasMatch(2, 4, "국힘", ("국민의힘",))]
    assert TABLE.find("kt") == [AliasMatch(0, 2, "KT", ("케이티",))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kt와 Ｋｔ", ["kt", "Ｋｔ"]),
        ("SKT KTX KT1 1KT", []),
        ("(KT)의 KT위즈", ["KT", "KT"]),
        ("KT&G 주가", ["KT&G"]),
        ("KT&X", ["KT"]),
        ("15G 5GB 5G는", ["5G"]),
    ],
)
def test_a_latin_name_touches_no_other_letter_or_digit(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("삼성 삼성은 삼성에서는 삼성입니다", ["삼성"] * 4),
        ("삼성역 삼성동에서 삼성생명", []),
        ("신삼성 주삼성은", []),
        ("'삼성' 前삼성 2삼성,삼성", ["삼성"] * 4),
        ("금감원장 금감원의 대금감원", ["금감원", "금감원"]),
        ("SK온라인 SK온은", ["SK온"]),
        ("북한산에서 북한이", ["북한"]),
    ],
)
def test_a_hangul_name_begins_a_word_and_a_short_one_ends_it(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("美, 北미사일", ["美", "北"]),
        ("韓美 회담", ["韓美"]),
        ("北美 對北 美中", []),
        ("美", ["美"]),
    ],
)
def test_one_hanja_touches_no_other(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_the_longest_name_counts_and_a_shorter_one_where_it_does_not_fit() -> None:
    assert found("삼성전자가 삼성과") == ["삼성전자", "삼성"]
    assert found("카카오 엔터", AliasTable((("카카오", "A1"), ("카카오 엔터 B", "B2")))) == [
        "카카오"
    ]


@pytest.mark.parametrize(
    "text", ["카카오엔터프라이즈", "카카오  엔터프라이즈", "카카오\n엔터프라이즈"]
)
def test_a_blank_inside_a_name_stands_for_any_number_of_them(text: str) -> None:
    assert found(text + "는") == [text]


def test_blanks_stand_only_where_a_spelling_has_them() -> None:
    assert found("국민의 힘이 국민의힘") == ["국민의 힘", "국민의힘"]
    assert found("금감 원, 카카 오엔터프라이즈, K T") == []


def test_spans_point_into_the_text_as_given() -> None:
    text = unicodedata.normalize("NFD", "새 금감원") + "\u200b장"
    (match,) = TABLE.find(text)
    assert unicodedata.normalize("NFC", text[match.start : match.end]) == "금감원"
    assert match.member == "금감원"


def test_characters_that_fold_to_several_do_not_shift_spans() -> None:
    assert found("ßßİ KT") == ["KT"]
    assert found("STRAßE", AliasTable((("Straße", "거리"),))) == ["STRAßE"]


def test_names_of_several_groups_have_the_others_of_all_in_file_order() -> None:
    table = AliasTable((("IC", "나들목"), ("집적회로", "IC", "나들목"), ("ic", "I C", "칩")))
    assert table.find("ic")[0] == (0, 2, "IC", ("나들목", "집적회로", "칩"))
    assert table.find("칩")[0].others == ("IC",)


# --- read


@pytest.mark.parametrize(
    "raw",
    [
        "# names\n\n KT\t케이티 \r\n  # more\n\t\n가나\t다라".encode(),
        codecs.BOM_UTF8 + "KT\t케이티\n가나\t다라\n".encode(),
        "KT\t케이티\n가나\t다라\n".encode("cp949"),
        gzip.compress("KT\t케이티\n가나\t다라\n".encode()),
        unicodedata.normalize("NFD", "KT\t케이티\n가나\t다라\n").encode(),
    ],
)
def test_groups_are_lines_of_a_text_file_in_any_usual_encoding(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    assert AliasTable.read(path).groups == (("KT", "케이티"), ("가나", "다라"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("홀로", r"line 2: only one name \(홀로\)"),
        ("KT\tkt\tK T", r"line 2: only one name \(KT\)"),
        ("KT\t\t케이티", "line 2: name 2 is empty"),
        ("KT\t케이티\t\u200b ", "line 2: name 3 is empty"),
        ("KT\t" + "가" * 65, r"line 2: a name of 65 characters, more than 64 \(가{20}\.\.\.\)"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_file(
    path: Path, line: str, problem: str
) -> None:
    write(path, f"가나\t다라\n{line}\n마바\t사아\n")
    with pytest.raises(InputError, match=rf"names\.tsv cannot be used: {problem}. Write a group"):
        AliasTable.read(path)


def test_the_first_five_problems_are_told_at_once(path: Path) -> None:
    write(path, "가\n" * 7)
    with pytest.raises(InputError, match=r"line 1: .*; line 5: [^;]*; and 2 more\. Write"):
        AliasTable.read(path)


def test_a_name_of_64_characters_is_read(path: Path) -> None:
    assert len(AliasTable.read(write(path, "KT\t" + "가" * 64)).groups) == 1


def test_a_file_of_too_many_lines_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aliases, "MAX_LINES", 2)
    assert AliasTable.read(write(path, "가\t나\n" * 2)).groups == (("가", "나"),) * 2
    with pytest.raises(InputError, match="line 3: more than 2 lines"):
        AliasTable.read(write(path, "가\t나\n" * 4))


def test_damaged_bytes_are_named_by_line(path: Path) -> None:
    path.write_bytes("가나\t다라\n".encode() + b"\xff\xfe\t\xff\n")
    with pytest.raises(InputError, match="line 2: undecodable bytes"):
        AliasTable.read(path)


def test_a_file_that_cannot_be_read_is_an_input_error(path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"names\.tsv cannot be read: No such file"):
        AliasTable.read(path)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        AliasTable.read(tmp_path)
    path.write_bytes("가나\t다라\n".encode("utf-16"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        AliasTable.read(path)
    path.write_bytes(gzip.compress("가나\t다라\n".encode())[:-9])
    with pytest.raises(InputError, match=r"names\.tsv cannot be read"):
        AliasTable.read(path)


# --- merged


def test_another_table_extends_the_groups_that_share_a_name() -> None:
    ours = AliasTable((("KT", "케이티"), ("LG", "엘지")))
    theirs = AliasTable((("가나", "다라"), ("한국통신", "kt")))
    merged = ours.merged(theirs)
    assert merged.groups == (("KT", "케이티", "한국통신", "kt"), ("LG", "엘지"), ("가나", "다라"))
    assert merged.find("한국통신")[0].others == ("KT", "케이티")
    assert ours.groups == (("KT", "케이티"), ("LG", "엘지"))


def test_a_group_that_shares_names_with_two_joins_them() -> None:
    ours = AliasTable((("A1", "가나"), ("B1", "다라"), ("C1", "마바")))
    merged = ours.merged(AliasTable((("다라", "가나"),)))
    assert merged.groups == (("A1", "가나", "B1", "다라"), ("C1", "마바"))


def test_an_abbreviation_of_two_things_does_not_join_them() -> None:
    theirs = AliasTable((("IC", "나들목"), ("IC", "집적회로")))
    merged = AliasTable((("KT", "케이티"),)).merged(theirs)
    assert merged.find("나들목")[0].others == ("IC",)
    assert merged.find("IC")[0].others == ("나들목", "집적회로")


# --- the source


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return write(tmp_path / "shipped.tsv", "KT\t케이티\n")


def test_without_a_user_file_the_shipped_table_is_served(shipped: Path, clock: Clock) -> None:
    source = AliasSource(shipped, clock=clock)
    shipped.unlink()
    clock.now_s += 10
    assert source.table().groups == (("KT", "케이티"),)


def test_a_changed_file_is_read_after_a_second(shipped: Path, path: Path, clock: Clock) -> None:
    source = AliasSource(shipped, write(path, "KT\t한국통신\n"), clock=clock)
    first = source.table()
    assert first.groups == (("KT", "케이티", "한국통신"),)
    write(path, "KT\t코리아\n", mtime_s=2)
    clock.now_s += 0.9
    assert source.table() is first
    clock.now_s += 0.2
    assert source.table().groups == (("KT", "케이티", "코리아"),)
    assert first.groups == (("KT", "케이티", "한국통신"),)


def test_an_unchanged_file_is_not_read_again(shipped: Path, path: Path, clock: Clock) -> None:
    source = AliasSource(shipped, write(path, "KT\t한국통신\n"), clock=clock)
    first = source.table()
    clock.now_s += 5
    assert source.table() is first


def test_a_file_is_looked_at_once_a_second(
    shipped: Path, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = AliasSource(shipped, write(path, "KT\t한국통신\n"), clock=clock)
    looks: list[Path] = []
    monkeypatch.setattr(alias_source, "_state", looks.append)
    for _ in range(25):
        clock.now_s += 0.125
        source.table()
    assert len(looks) == 3


def test_a_broken_or_missing_file_keeps_the_last_good_table(
    shipped: Path, path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    source = AliasSource(shipped, write(path, "KT\t한국통신\n"), clock=clock)
    good = source.table()
    changes: list[tuple[Callable[[], object], str]] = [
        (lambda: write(path, "홀로\n", mtime_s=3), "line 1: only one name"),
        (path.unlink, "No such file"),
    ]
    for change, reason in changes:
        caplog.clear()
        change()
        for _ in range(3):
            clock.now_s += 2
            assert source.table() is good
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.name == "search.alias_source"
        assert record.getMessage() == "alias file refused, the last good one stays"
        assert reason in record.__dict__["reason"]
    caplog.clear()
    write(path, "KT\t코리아\n", mtime_s=4)
    clock.now_s += 2
    assert source.table().groups == (("KT", "케이티", "코리아"),)
    assert caplog.records == []


def test_a_file_that_is_broken_from_the_start_on_is_an_error(shipped: Path, path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        AliasSource(shipped, path)
    with pytest.raises(InputError, match="only one name"):
        AliasSource(shipped, write(path, "홀로\n"))


def test_one_of_many_threads_reads_a_change(
    shipped: Path, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = AliasSource(shipped, write(path, "KT\t한국통신\n"), clock=clock)
    good = source.table()
    reads: list[Path] = []
    read = AliasTable.read

    def counted(of: Path) -> AliasTable:
        reads.append(of)
        return read(of)

    monkeypatch.setattr(AliasTable, "read", counted)
    write(path, "KT\t코리아\n", mtime_s=2)
    clock.now_s += 2
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _: source.table(), range(200)))
    assert reads == [path]
    assert {table.groups for table in tables} <= {good.groups, (("KT", "케이티", "코리아"),)}
    assert source.table().groups == (("KT", "케이티", "코리아"),)


# --- the shipped file


@pytest.fixture(scope="module")
def shipped_table() -> AliasTable:
    return AliasTable.read(SHIPPED_ALIASES)


def test_the_shipped_file_has_each_name_once(shipped_table: AliasTable) -> None:
    assert len(shipped_table.groups) >= 300
    spellings = Counter(name for group in shipped_table.groups for name in group)
    assert [name for name, n in spellings.items() if n > 1] == []
    keys = Counter(
        key
        for group in shipped_table.groups
        for key in {name.casefold().replace(" ", "") for name in group}
    )
    assert [key for key, n in keys.items() if n > 1] == []


def test_each_shipped_name_finds_all_others_of_its_group(shipped_table: AliasTable) -> None:
    for group in shipped_table.groups:
        keys = {name.casefold().replace(" ", "") for name in group}
        for name in group:
            (match,) = shipped_table.find(name)
            assert (match.start, match.end) == (0, len(name))
            assert len(match.others) == len(keys) - 1


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("과기부의 예산", {"과학기술정보통신부", "과기정통부"}),
        ("AI 반도체", {"인공지능"}),
        ("인공지능을", {"AI"}),
        ("北, 미사일 발사", {"북한"}),
        ("민노총 파업", {"민주노총", "전국민주노동조합총연맹"}),
        ("두산중공업", {"두산에너빌리티"}),
        ("UN 총회", {"유엔총회"}),
        ("국민의 힘", {"미래통합당"}),
    ],
)
def test_usual_queries_find_their_other_names(
    shipped_table: AliasTable, text: str, others: set[str]
) -> None:
    assert others <= set(shipped_table.find(text)[0].others)


@pytest.mark.parametrize(
    ("text", "name", "other"),
    [
        ("글로벌 금융위기", "금융위기", "금융위원회"),
        ("통일교육 지침", "통일교육", "가정연합"),
        ("하이브리드 차량", "하이브리드", "HYBE"),
        ("유엔사무총장", "유엔사무총장", "유엔군사령부"),
        ("서울시립대 등록금", "서울시립대", "서울특별시"),
        ("FT아일랜드 공연", "FT아일랜드", "파이낸셜타임스"),
    ],
)
def test_words_that_begin_like_a_name_are_not_taken_for_it(
    shipped_table: AliasTable, text: str, name: str, other: str
) -> None:
    (match,) = shipped_table.find(text)
    assert text[match.start : match.end] == name
    assert other not in match.others
