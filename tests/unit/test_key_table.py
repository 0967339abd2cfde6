"""Strings are found in packed arrays, whether these lie in memory or on disk."""

import random
from pathlib import Path

import numpy as np
import pytest

from index.key_table import SIGN_DISTANCE, KeyTable, pack_strings, sorted_keys

KEYS = ["", "a", "ab", "abc", "b/E", "é", "가/N", "가나/N", "나/V", "힣", "𝒳"]


def table_of(keys: list[str]) -> KeyTable:
    return KeyTable(*pack_strings(sorted_keys(keys)))


def test_every_string_is_in_the_row_of_its_place_in_sorted_order() -> None:
    table = table_of(KEYS[::-1])
    assert len(table) == len(KEYS)
    assert [table.row(key) for key in sorted_keys(KEYS)] == list(range(len(KEYS)))
    assert [table.key(row) for row in range(len(table))] == sorted_keys(KEYS)


@pytest.mark.parametrize(
    "absent", ["\0", "A", "aa", "abcd", "b", "b/E/", "가", "가/", "가/N ", "힣힣", "𝒴"]
)
def test_a_string_that_is_missing_has_no_row(absent: str) -> None:
    assert table_of(KEYS).row(absent) is None
    assert table_of(KEYS).row(absent) is None  # asked again, as an answer may be remembered


def test_a_string_that_is_no_unicode_has_no_row() -> None:
    assert table_of(KEYS).row("\ud800") is None


def test_an_empty_table_has_no_rows_and_finds_nothing() -> None:
    text, offsets = pack_strings([])
    assert text.dtype == np.uint8
    assert text.shape == (0,)
    assert offsets.dtype == np.uint32
    assert offsets.tolist() == [0]
    table = KeyTable(text, offsets)
    assert len(table) == 0
    assert table.row("") is None
    assert table.row("a") is None


def test_strings_are_packed_in_the_order_given() -> None:
    text, offsets = pack_strings(["나", "", "ab"])
    assert text.tobytes().decode() == "나ab"
    assert offsets.tolist() == [0, 3, 3, 5]


def test_keys_of_a_mapping_are_sorted_like_those_of_a_list() -> None:
    assert sorted_keys(dict.fromkeys(KEYS)) == sorted_keys(KEYS)
    assert sorted_keys(["나", "z", "é", "a"]) == ["a", "z", "é", "나"]


def test_a_prefix_is_the_beginning_of_some_string() -> None:
    known = sorted_keys({f"{first}{second}" for first in "acx나" for second in range(200)})
    assert len(known) > 3 * SIGN_DISTANCE
    table = table_of(known)
    for key in known:
        assert all(table.is_prefix(key[:size]) for size in range(len(key) + 1))
        assert not table.is_prefix(key + "/")
    assert not any(map(table.is_prefix, ["0", "b", "y", "힣", "a200", "\ud800"]))
    assert not table_of([]).is_prefix("")


def test_arrays_on_disk_are_as_good(tmp_path: Path) -> None:
    packed, starts = pack_strings(sorted_keys(KEYS))
    np.save(tmp_path / "text", packed)
    np.save(tmp_path / "offsets", starts)
    text = np.load(tmp_path / "text.npy", mmap_mode="r")
    table = KeyTable(text, np.load(tmp_path / "offsets.npy", mmap_mode="r"))
    assert [table.row(key) for key in sorted_keys(KEYS)] == list(range(len(KEYS)))
    assert table.row("없다") is None


def test_a_random_table_answers_like_a_dictionary() -> None:
    choose = random.Random(0)
    words = ["".join(choose.choices("ab가나/", k=choose.randint(1, 5))) for _ in range(4000)]
    known = sorted_keys(set(words[:2000]))
    rows = {key: row for row, key in enumerate(known)}
    table = table_of(known)
    assert [table.row(word) for word in words] == [rows.get(word) for word in words]
