"""
Does every number, sum and date of a claim stand in the sentences that it cites?

In any notation that `search.quantities` knows: "3 billion dollars" is 30억 달러, 7천700명 is
7,700명, five banks are 은행 5곳. A claim may say less ("4월 5일" of "2018년 4월 5일"), never more.

But: nothing is calculated. "4일" is not 4 August because the article is of August, and a sum
in won is not one in dollars.
"""

import re
from collections.abc import Iterator, Sequence

from index.normalizing import normalize
from search.numerals import NATIVE_NUMERALS, ONES, SCALE_MARKS, TENS, read_korean
from search.quantities import Quantity, quantities

_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,6})?|[0-9]{1,16}(?:\.[0-9]{1,6})?"
_BLANK = "(?:[ ](?=[0-9]{4}(?![0-9])|[0-9]{1,4}[억만천백]))"
_NUMBER = re.compile(
    rf"(?:{_DIGITS})(?:[{SCALE_MARKS}]{_BLANK}?(?:{_DIGITS})?)*"
    r"(?!(?<=조)[각사항건선합]|(?<=만)큼|(?<=천)[막사])|(?:" + _DIGITS + ")"
)
_NATIVE = "|".join(word for word in NATIVE_NUMERALS if word not in ("한", "열"))
_FIRST = ("첫", "처음", "최초", "1", "초대", "제1")
_GOES_ON = {
    "시": "간",
    "분": "기의",
    "주": "년",
    "개": "월국",
    "세": "대기",
    "차": "례",
    "년": "대째차",
    "%": "포p",
    "달": "러",
    "위": "안",
    "월": "드",
    "도": "시",
}
"""A unit and what would make it another one: 3시간 is not 3시."""

_PARTICLES = "이가을를은는의에도만와과로나"
_TOKEN = re.compile(
    r"[A-Za-z]+-?[0-9]+(?:\.[0-9]+)?[0-9A-Za-z-]*|(?<![0-9.,])[0-9]+(?:\.[0-9]+)?[A-Za-z][0-9A-Za-z-]*"
)
"""Names and unknown units: PM2.5, F-35, 5G, 7.9V."""

_WORDS = "|".join(word for word in [*ONES, *TENS] if word != "one")
_ENGLISH_WORD = re.compile(rf"(?i)(?<![A-Za-z])(?:{_WORDS})(?![A-Za-z])")
_SCALE = re.compile(
    r"(?i)(?<![A-Za-z])(?:dozens?|hundreds?|thousands?|(?:m|b|tr)illions?)(?![A-Za-z])"
)
_MONTHS = "January February March April May June July August September October November December"
_MONTH = re.compile(rf"(?<![A-Za-z])(?:{_MONTHS.replace(' ', '|')})(?![A-Za-z])")
_KOREAN_WORD = re.compile(
    r"수(?:십|백|천)(?:만|억|조)?|수(?:만|억|조)|몇(?:십|백|천|만)|절반|과반"
    r"|[일이삼사오육칠팔구]?[십백천][일이삼사오육칠팔구십백천만억조]*"
    r"(?=[ ]?(?:명|원|달러|개|곳|건|년|퍼센트|%))"
)
_NATIVE_WORD = re.compile(rf"(?<![가-힣])(?P<native>{_NATIVE})[ ](?=[가-힣])")


def missing_quantities(claim: str, sentences: Sequence[str]) -> list[str]:
    """
    Return the numbers and dates of a claim that no sentence holds, as they stand in it.

    Args:
        claim: A sentence, English or Korean, of a few hundred characters.
        sentences: The cited ones, as stored.
    """
    claim = normalize(claim).text
    stored = [normalize(sentence).text for sentence in sentences]
    written = [
        variant for text in stored for found in quantities(text) for variant in found.variants
    ]
    haystack = "\n".join(map(canonical, [*stored, *written]))
    found = quantities(claim)
    missing = [
        claim[quantity.start : quantity.end]
        for quantity in found
        if not any(_stands(key, haystack) for key in _keys(claim, quantity))
    ]
    rest = list(claim)
    for quantity in found:
        rest[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
    return missing + list(_missing_of_rest("".join(rest), "\n".join(stored), haystack))


def _keys(claim: str, quantity: Quantity) -> Iterator[str]:
    """Yield the notations of a quantity; of a date with a year none without it."""
    written = [claim[quantity.start : quantity.end], *quantity.variants]
    years = [
        year for text in written for year in re.findall("(?:1[0-9]|20)[0-9]{2}(?=[년.])", text)
    ]
    for text in written:
        if all(year in text for year in years):
            yield text
    lowered = claim[quantity.start : quantity.end].lower()
    if lowered in ("first", "1st", "the first"):
        yield from _FIRST
    if lowered == "twice":
        yield from ("2배", "두 배", "2차례")


def _missing_of_rest(rest: str, stored: str, haystack: str) -> Iterator[str]:
    folded = stored.casefold()
    for match in _TOKEN.finditer(rest):
        if not _stands_apart(match[0].casefold(), folded):
            yield match[0]
    rest = _TOKEN.sub(" ", rest)
    for match in _NUMBER.finditer(rest):
        if not _stands(match[0] + _unit(rest[match.end() : match.end() + 2]), haystack):
            yield match[0]
    for match in _ENGLISH_WORD.finditer(rest):
        number = ONES.get(match[0].lower()) or TENS[match[0].lower()]
        natives = [word for word, value in NATIVE_NUMERALS.items() if value == number]
        is_native = any(re.search(rf"(?<![가-힣]){word}[ ]", stored) for word in natives)
        if not is_native and not _stands(str(number), haystack):
            yield match[0]
    for match in _NATIVE_WORD.finditer(rest):
        number = NATIVE_NUMERALS[match["native"]]
        if match[0] not in stored and not _stands(str(number), haystack):
            yield match["native"]
    for match in _MONTH.finditer(rest):
        number = 1 + _MONTHS.split().index(match[0])
        if not _stands(f"{number}월", haystack):
            yield match[0]
    for pattern in (_SCALE, _KOREAN_WORD):
        for match in pattern.finditer(rest):
            if match[0].casefold() not in folded:
                yield match[0]


def _unit(following: str) -> str:
    """Return what tells a number's unit from others; nothing where a particle follows."""
    first, second = following[:1], following[1:]
    if first != "%" and (not "가" <= first <= "힣" or first in _PARTICLES):
        return ""
    return first + (second if second and second in _GOES_ON.get(first, "") else "")


def canonical(text: str) -> str:
    """Write all numbers in plain digits, without blanks before their units."""
    text = re.sub(r"(?<=[0-9])[ ]?[-–—~∼〜][ ]?(?=[0-9])", "~", text)
    text = _NUMBER.sub(_plain, text.casefold())
    text = re.sub(r"(?<=[0-9])여(?=[ ]?[가-힣])", "", text)
    text = re.sub(r"(?<=[0-9]) +(?=[^\s0-9])", "", text)
    return re.sub(r"(?<=[년월시]) +(?=[0-9])", "", text)


def _plain(match: re.Match[str]) -> str:
    value = read_korean(match[0].replace(" ", ""))
    return match[0].replace(",", "") if value is None else f"{value.normalize():f}"


def _stands(written: str, haystack: str) -> bool:
    key = canonical(written)
    goes_on = _GOES_ON.get(key[-1:], "")
    return bool(
        re.search(
            rf"(?<![0-9])(?<![0-9][.,]){re.escape(key)}"
            + (r"(?![0-9]|[.,][0-9])" if key[-1:].isdigit() else "")
            + (f"(?![{goes_on}])" if goes_on else ""),
            haystack,
        )
    )


def _stands_apart(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])", text))
