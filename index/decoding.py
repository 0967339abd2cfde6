"""
Bytes of a news file -> lines of text: gzip, byte order marks, UTF-8 or CP949.

The encoding is decided once a file from its first bytes, not line by line: CP949
decodes many broken UTF-8 lines into nonsense without an error. EUC-KR is a subset
of CP949 and is read as it.
"""

import codecs
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

SNIFF_BYTES = 1 << 20
UTF8 = "utf-8"
CP949 = "cp949"


class Line(NamedTuple):
    """One line of a file: its number from 1, and its text without the line end, or why not."""

    number: int
    text: str | None
    error: str | None = None


def open_bytes(path: Path) -> BinaryIO:
    """Open *path* for reading, through gzip where its first bytes say so."""
    with path.open("rb") as probe:
        is_gzip = probe.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb") if is_gzip else path.open("rb"))


def detect_encoding(path: Path) -> str:
    """
    Decide whether a file is UTF-8 or CP949.

    The first `SNIFF_BYTES` bytes vote by lines that are valid in one encoding only,
    so a single damaged line does not turn a whole UTF-8 file into CP949.

    Returns:
        ``"utf-8"`` or ``"cp949"``.

    Raises:
        ValueError: The file is UTF-16 or UTF-32.
    """
    with open_bytes(path) as stream:
        head = stream.read(SNIFF_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("the file is UTF-16 or UTF-32; save it as UTF-8")
    votes = {UTF8: 0, CP949: 0}
    lines = head.split(b"\n")
    if len(head) == SNIFF_BYTES and len(lines) > 1:
        lines.pop()  # may be cut inside a character
    is_cut = len(head) == SNIFF_BYTES and len(lines) == 1
    for line in lines:
        if line.isascii():
            continue
        as_utf8 = _decodes(line, UTF8, is_cut=is_cut)
        votes[UTF8] += as_utf8
        votes[CP949] += not as_utf8 and _decodes(line, CP949, is_cut=is_cut)
    return CP949 if votes[CP949] > votes[UTF8] else UTF8


def read_lines(path: Path, encoding: str, *, max_bytes: int) -> Iterator[Line]:
    r"""
    Yield the lines of a file; a line ends at LF or CR LF, never at U+2028 or the like.

    Args:
        path: The file, gzip or not.
        encoding: From `detect_encoding`.
        max_bytes: A longer line is not held in memory: it comes as an error.

    Yields:
        Lines in file order. A line that does not decode, or is too long, has ``text``
        None and an ``error``; the lines after it still come.
    """
    with open_bytes(path) as stream:
        number = 0
        while raw := stream.readline(max_bytes + 2):
            number += 1
            text = raw.removesuffix(b"\n").removesuffix(b"\r")
            if len(text) > max_bytes:
                while not raw.endswith(b"\n") and (raw := stream.readline(1 << 16)):
                    pass
                yield Line(number, None, f"the line is longer than {max_bytes:,} bytes")
                continue
            if number == 1:
                text = text.removeprefix(codecs.BOM_UTF8)
            try:
                yield Line(number, text.decode(encoding))
            except UnicodeDecodeError as error:
                yield Line(number, None, f"undecodable bytes at byte {error.start} ({encoding})")


def read_text(path: Path, encoding: str, *, max_bytes: int) -> str:
    """
    Read a whole one-article file, line ends as they are.

    Raises:
        ValueError: The file is longer than *max_bytes* or does not decode.
    """
    with open_bytes(path) as stream:
        raw = stream.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise ValueError(f"the file is longer than {max_bytes:,} bytes")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(f"undecodable bytes on line {line} ({encoding})") from error


def utf8_chunks(path: Path, encoding: str, *, chunk_bytes: int = 1 << 16) -> Iterator[bytes]:
    """
    Yield a file as UTF-8 in pieces of at most one line, for push parsers.

    Raises:
        UnicodeDecodeError: At the first byte that does not decode.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    with open_bytes(path) as stream:
        if stream.read(3) != codecs.BOM_UTF8:
            stream.seek(0, io.SEEK_SET)
        while raw := stream.readline(chunk_bytes):
            yield decoder.decode(raw).encode(UTF8)
        decoder.decode(b"", final=True)


def _decodes(raw: bytes, encoding: str, *, is_cut: bool) -> bool:
    """Tell whether *raw* is valid; a cut line may end inside a character."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(raw, final=not is_cut)
    except UnicodeDecodeError:
        return False
    return True
