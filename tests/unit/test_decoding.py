"""Bytes become lines of text under one encoding a file."""

import codecs
import gzip
from pathlib import Path

import pytest

from index import decoding
from index.decoding import detect_encoding, read_lines, read_text, utf8_chunks

KOREAN = "해솔시 제2공장 증설\n전력 심의가 늦어졌다.\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (KOREAN.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + KOREAN.encode("utf-8"), "utf-8"),
        (KOREAN.encode("cp949"), "cp949"),
        (KOREAN.encode("euc-kr"), "cp949"),
        ("똠방각하 펲시콜라".encode("cp949"), "cp949"),
        (b"plain ascii\n", "utf-8"),
        (b"", "utf-8"),
        (b"\xff\xfb\xfc\n" + KOREAN.encode("utf-8"), "utf-8"),
        (b"\xff\xfb\xfc\n" + KOREAN.encode("cp949"), "cp949"),
    ],
)
def test_the_encoding_is_decided_by_the_lines_that_only_one_can_read(
    tmp_path: Path, raw: bytes, encoding: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    assert detect_encoding(path) == encoding


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_refused_with_the_way_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(KOREAN.encode(encoding))
    with pytest.raises(ValueError, match="UTF-16 or UTF-32; save it as UTF-8"):
        detect_encoding(path)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_sniffed_part_cut_inside_a_character_does_not_change_the_encoding(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("해솔" * 100).encode(encoding))
    for n_bytes in range(100, 108):
        monkeypatch.setattr(decoding, "SNIFF_BYTES", n_bytes)
        assert detect_encoding(path) == encoding


def test_gzip_is_recognised_by_its_bytes_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(gzip.compress(KOREAN.encode("cp949")))
    assert detect_encoding(path) == "cp949"
    assert read_text(path, "cp949", max_bytes=1_000) == KOREAN


def test_lines_end_at_lf_and_cr_lf_and_lose_the_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF8 + "가\r\n나\u2028다\x0c라\n\n마".encode())
    lines = list(read_lines(path, "utf-8", max_bytes=100))
    assert [(line.number, line.text) for line in lines] == [
        (1, "가"),
        (2, "나\u2028다\x0c라"),
        (3, ""),
        (4, "마"),
    ]


def test_an_undecodable_line_is_an_error_between_good_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("가\n".encode() + b"a\xff\n" + "나\n".encode())
    first, broken, last = read_lines(path, "utf-8", max_bytes=100)
    assert (first.text, last.text, last.number) == ("가", "나", 3)
    assert broken.text is None
    assert broken.error == "undecodable bytes at byte 1 (utf-8)"


@pytest.mark.parametrize("n_more", [1, 2, 3, 100, 70_000])
def test_a_line_over_the_bound_is_an_error_and_the_next_comes_whole(
    tmp_path: Path, n_more: int
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 10 + b"\n" + b"y" * (10 + n_more) + b"\nnext\n")
    longest, long, last = read_lines(path, "utf-8", max_bytes=10)
    assert longest.text == "x" * 10
    assert (long.text, long.error) == (None, "the line is longer than 10 bytes")
    assert (last.number, last.text) == (3, "next")


def test_a_whole_file_over_the_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 11)
    with pytest.raises(ValueError, match="longer than 10 bytes"):
        read_text(path, "utf-8", max_bytes=10)
    assert read_text(path, "utf-8", max_bytes=11) == "x" * 11


def test_a_whole_file_that_does_not_decode_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\nb\n\xff\n")
    with pytest.raises(ValueError, match=r"undecodable bytes on line 3 \(utf-8\)"):
        read_text(path, "utf-8", max_bytes=10)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_chunks_cut_anywhere_join_to_the_text_in_utf8(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(KOREAN.encode(encoding))
    for chunk_bytes in range(1, 9):
        chunks = utf8_chunks(path, encoding, chunk_bytes=chunk_bytes)
        assert b"".join(chunks).decode("utf-8") == KOREAN


def test_chunks_that_end_inside_a_character_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes("가".encode()[:-1])
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        list(utf8_chunks(path, "utf-8"))
