"""Names are found in any text, apart from each other, and groups work in all directions."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from index.errors import InputError
from search.aliases import SHIPPED_ALIASES, AliasTable

pytestmark = pytest.mark.slow  # thousands of examples, or a program a test

SHIPPED = AliasTable.read(SHIPPED_ALIASES)
NAMES = [name for group in SHIPPED.groups for name in group]
PIECES = st.sampled_from(
    [
        *"가나다은는KTab1韓北 \n\t",
        "\u1100",
        "\u1161\u11a8",
        "\u200b",
        "e\u0301",
        "ß",
        "İ",
        "\u0958",
        "Ａ",
    ]
)
NOISE = PIECES | st.characters()
TEXT = st.lists(st.sampled_from(NAMES) | NOISE, max_size=12).map("".join)
NAME = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).map(
    "".join
)
FILE = st.lists(st.lists(NAME, min_size=2, max_size=4).map("\t".join), max_size=6).map("\n".join)


def read(text: str) -> AliasTable:
    """Read a file of that text; what is refused is no example."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.tsv"
        path.write_bytes(text.encode())
        try:
            return AliasTable.read(path)
        except InputError:
            reject()


def key(name: str) -> str:
    return "".join(
        folded if len(folded := character.casefold()) == 1 else character
        for character in name
        if not character.isspace()
    )


def check_matches(table: AliasTable, text: str) -> None:
    matches = table.find(text)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert all(a.end <= b.start for a, b in itertools.pairwise(matches))
    assert all(match.others and match.member not in match.others for match in matches)


def check_groups(table: AliasTable) -> None:
    for group in table.groups:
        for name in group:
            (match,) = table.find(name)
            assert (match.start, match.end) == (0, len(name))
            assert key(match.member) == key(name)
            others = {key(other) for other in match.others}
            assert others >= {key(other) for other in group} - {key(name)}
            assert key(name) not in others


@given(TEXT)
def test_matches_of_the_shipped_names_lie_apart_in_any_text(text: str) -> None:
    check_matches(SHIPPED, text)


@given(FILE, TEXT)
def test_matches_of_any_names_lie_apart_in_any_text(file: str, text: str) -> None:
    names = file.replace("\t", " ").replace("\n", "")
    check_matches(read(file), text + names)


@given(FILE)
def test_each_name_of_any_group_finds_all_others(file: str) -> None:
    check_groups(read(file))


@given(FILE, FILE)
def test_each_name_of_merged_groups_finds_all_others(ours: str, theirs: str) -> None:
    a, b = read(ours), read(theirs)
    merged = a.merged(b)
    check_groups(merged)
    kept = [set(group) for group in merged.groups]
    assert all(any(set(group) <= names for names in kept) for group in a.groups + b.groups)
    assert {name for names in kept for name in names} == {
        n for t in (a, b) for g in t.groups for n in g
    }


@given(FILE, TEXT)
def test_merging_with_nothing_changes_nothing(file: str, text: str) -> None:
    table = read(file)
    assert table.merged(AliasTable()) == table
    assert AliasTable().merged(table).find(text) == table.find(text)
