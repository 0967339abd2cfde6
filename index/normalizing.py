"""
Stored text -> the text that is analysed, with a map back to stored offsets.

Korean news bodies carry U+00A0, U+2028, zero-width characters and decomposed Hangul.
Stored text keeps them all; terms must not depend on them.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from index.records import Span

INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_VISIBLE = re.compile(INVISIBLE.pattern.replace("[", "[^", 1))
_ONE_TO_ONE = str.maketrans(
    {
        **dict.fromkeys("\t\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000", " "),
        **{chr(code): " " for code in range(0x2000, 0x200B)},
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # fullwidth ASCII
    }
)
_SPECIAL = re.compile("[" + re.escape("".join(map(chr, _ONE_TO_ONE))) + "]")


class Normalized(NamedTuple):
    """
    A normalised text and where each of its characters came from.

    ``origins[i]`` is the stored span of character *i*; None where no offset moved.
    """

    text: str
    origins: Sequence[Span] | None

    def stored(self, start: int, end: int) -> Span:
        """Map a non-empty span of the normalised text to the stored text."""
        if self.origins is None:
            return Span(start, end)
        return Span(self.origins[start].start, self.origins[end - 1].end)


def normalize(text: str) -> Normalized:
    """
    Compose to NFC, turn white space into blanks and fullwidth ASCII into ASCII, drop
    zero-width and control characters. LF stays, as sentences may end there.
    """
    if not INVISIBLE.search(text) and unicodedata.is_normalized("NFC", text):
        return Normalized(_translate(text), None)
    pieces: list[str] = []
    origins: list[Span] = []
    start = 0
    while start < len(text):
        end, last = start + 1, text[start]
        while (next_visible := _skip_invisible(text, end)) < len(text):
            if not _composes(text[next_visible], last):
                break
            end, last = next_visible + 1, text[next_visible]
        piece = unicodedata.normalize("NFC", INVISIBLE.sub("", text[start:end]))
        pieces.append(piece)
        origins += [Span(start, end)] * len(piece)
        start = end
    return Normalized(_translate("".join(pieces)), origins)


def _translate(text: str) -> str:
    # str.translate looks up every character; most texts have none that changes.
    return text.translate(_ONE_TO_ONE) if _SPECIAL.search(text) else text


def _skip_invisible(text: str, start: int) -> int:
    found = _VISIBLE.search(text, start)
    return found.start() if found else len(text)


def _composes(character: str, before: str) -> bool:
    """Tell whether *character* may melt into the one before it under NFC."""
    if unicodedata.category(character).startswith("M"):
        return True
    is_vowel_or_coda = "\u1160" <= character <= "\u11ff"
    return is_vowel_or_coda and ("\u1100" <= before <= "\u11ff" or "가" <= before <= "힣")
