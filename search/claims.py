"""
A language model's reply, as it comes -> its sentences and the sentences that each cites.

But: whether a claim is true is not asked here; see `search.claim_checks`.
"""

import re
from enum import StrEnum
from typing import NamedTuple

MAX_CLAIM_CHARS = 400

_CITED = r"\[[0-9]{1,3}(?:[ ]?,[ ]?[0-9]{1,3}){0,5}\]"
_STOP = r"[.!?。…]{1,3}[\"'”’」』)]{0,2}"
_END = re.compile(
    rf"(?P<line>\n)(?=\s*[^\s\[])"
    rf"|(?P<cited>(?:{_STOP}(?:[ ]?{_CITED}){{1,5}}{_STOP}|{_STOP}(?:[ ]?{_CITED}){{1,5}}"
    rf"|(?:[ ]?{_CITED}){{1,5}}{_STOP}))(?=\s*[^\s\[.!?。…\"'”’」』)])"
    rf"|(?P<bare>{_STOP})(?=\s+[^\s\[])"
)
_MAX_END_CHARS = 300
"""No end of a sentence is longer, with its citations."""

_ABBREVIATED = re.compile(
    r"(?:(?<![A-Za-z])[A-Za-z]|(?<![A-Za-z])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|St|No"
    r"|Co|Corp|Inc|Ltd|Jr|Sr|vs|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|[0-9])\Z"
)


class Dropped(StrEnum):
    """Why a sentence of a language model is not shown."""

    UNCITED = "uncited"
    NO_SUCH_SENTENCE = "no_such_sentence"
    TOO_MANY_CITATIONS = "too_many_citations"
    TOO_LONG = "too_long"
    MARKUP = "markup"
    LANGUAGE = "language"
    INSTRUCTION = "instruction"
    QUANTITY = "quantity"
    NAME = "name"
    NEGATION = "negation"
    ORDER = "order"
    SUPPORT = "support"


class Claim(NamedTuple):
    """A sentence without its citations, and the numbers it cites, each once, as they come."""

    text: str
    citations: tuple[int, ...]


class ClaimReader:
    """
    Cut a reply into claims while it comes.

    A claim is given as soon as what follows it shows that it is over, so that no citation
    is torn off: "... 30억 달러다 [1]" may go on with "[2].". A sentence ends at a full stop,
    at citations beside one, and at the end of a line. One that passes twice
    `MAX_CLAIM_CHARS` is given as it is, too long to be kept.
    """

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> list[Claim]:
        """Take a piece of the reply and return the claims that it completes."""
        start = max(0, len(self._rest) - _MAX_END_CHARS)
        self._rest = re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", self._rest + piece))
        claims = []
        while (end := _sentence_end(self._rest, start)) is not None:
            claims += _claims(self._rest[:end])
            self._rest, start = self._rest[end:].lstrip(), 0
        if len(self._rest) > 2 * MAX_CLAIM_CHARS:
            claims += self.close()
        return claims

    def close(self) -> list[Claim]:
        """Return what is left at the end of the reply."""
        rest, self._rest = self._rest, ""
        return _claims(rest)


def read_claims(reply: str) -> list[Claim]:
    """Cut a whole reply."""
    reader = ClaimReader()
    return reader.feed(reply) + reader.close()


def _sentence_end(text: str, start: int) -> int | None:
    for match in _END.finditer(text, start):
        following = text[match.end() :].lstrip(" ")[:1]
        if match["line"]:
            return match.end()
        # "the U.S. [1] army", "approx. five" and "'좋다.' [1]라고" go on.
        if following.isascii() and following.islower():
            continue
        if match["cited"]:
            if "가" <= text[match.end()] <= "힣":
                continue
        elif _ABBREVIATED.search(text[: match.start()]) and _may_abbreviate(text, match):
            continue
        return match.end()
    return None


def _may_abbreviate(text: str, match: re.Match[str]) -> bool:
    """A digit and a full stop go on with a digit, or end a date: 2018. 4. 5."""
    before = text[: match.start()]
    if not before[-1].isdigit():
        return match[0] == "."
    is_date = re.search(r"[0-9]{4}\.[ ]?[0-9]{1,2}\.[ ]?[0-9]{1,2}\Z", before)
    return bool(is_date) or text[match.end() :].lstrip()[:1].isdigit()


def _claims(sentence: str) -> list[Claim]:
    numbers = [
        int(n) for group in re.findall(_CITED, sentence) for n in re.findall("[0-9]+", group)
    ]
    text = re.sub(rf"[ ]*{_CITED}", "", sentence)
    text = " ".join(re.split("[ \t\r\n]+", text)).strip()
    if not text.strip(".!?。… "):
        return []
    return [Claim(text, tuple(dict.fromkeys(numbers)))]
