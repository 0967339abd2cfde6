"""
Numbers <-> how English questions and Korean newspapers write them.

But: where in a text a number stands is not found here, and what it counts is in `search.units`.
"""

import re
from decimal import Decimal


def _numbered(words: str, start: int = 1) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), start)}


ONES = _numbered(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
"""English words for 1 to 19."""

TENS = {
    word: 10 * number
    for word, number in _numbered(
        "twenty thirty forty fifty sixty seventy eighty ninety", 2
    ).items()
}
"""English words for 20, 30 ... 90."""

ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
"""English words for the 1st to the 20th."""

PARTS = {word: number for word, number in ORDINALS.items() if 3 <= number <= 10} | {"quarter": 4}
"""English words for the lower number of a fraction, in the singular."""

_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES |= {"trillion": 10**12, "trn": 10**12, "tn": 10**12, "bn": 10**9, "mn": 10**6}
_SCALES |= {"k": 10**3, "m": 10**6, "b": 10**9}
_KOREAN_SCALES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
SCALE_MARKS = "".join(_KOREAN_SCALES)
"""The characters that a Korean number may hold or end in beside its digits."""

NATIVE_NUMERALS = _numbered("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두") | {"스무": 20}
"""Korean numerals as they stand before a counter."""

NATIVE_DAYS = _numbered("하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘")
"""Korean words for 1 to 10 days."""

_NATIVE_OF = {number: word for word, number in NATIVE_NUMERALS.items()}
_NATIVE_DAYS_OF = {number: word for word, number in NATIVE_DAYS.items()}
_TOO_LARGE = 10**16


def write_number(value: Decimal | None, *, plain: bool = True) -> list[str]:
    """
    Write a number as newspapers do: 3만5000, 3만5천, 35,000, 35000.

    Args:
        value: At least 0; None for what was no number.
        plain: Also write a hundred million and more in digits alone.
    """
    if value is None or value >= _TOO_LARGE:
        return []
    if value != int(value):
        return [f"{value.normalize():f}"]
    number = int(value)
    digits = thousands = ""
    for scale, mark in ((10**12, "조"), (10**8, "억"), (10**4, "만"), (1, "")):
        if group := number // scale % 10_000:
            digits += f"{group}{mark}"
            thousand, rest = divmod(group, 1000)
            thousands += f"{thousand}천{rest or ''}{mark}" if thousand else f"{group}{mark}"
    if number < 10_000:
        return [str(number), thousands, f"{number:,}"] if number >= 1000 else [str(number)]
    scale, mark = (10**12, "조") if number >= 10**12 else (10**8, "억")
    rounded = (
        [f"{Decimal(number) / scale}{mark}"]
        if number >= scale and not number % (scale // 10)
        else []
    )
    in_digits = [f"{number:,}", str(number)] if plain or number < 10**8 else []
    return [digits, thousands, *rounded, *in_digits]


def read_english(words: str) -> Decimal | None:
    """Read "seven hundred and five" or " billion" behind 1; None for "twenty eighteen"."""
    total, current, last_scale = 0, 0, _TOO_LARGE
    for word in re.findall("[a-z]+", words.lower()):
        if word in ("a", "an"):
            current = 1
        elif number := ONES.get(word):
            if current % 100 and (current % 10 or current % 100 < 20 or number > 9):
                return None
            current += number
        elif number := TENS.get(word):
            if current % 100:
                return None
            current += number
        elif word == "hundred":
            if not 0 < current < 100:
                return None
            current *= 100
        elif scale := _SCALES.get(word):
            if not current or scale >= last_scale:
                return None
            total, current, last_scale = total + current * scale, 0, scale
    return Decimal(total + current)


def read_digits(digits: str, scales: str) -> Decimal:
    """Read "1,350.5" and the English scales behind it, "million" or none."""
    value = Decimal(digits.replace(",", ""))
    for word in re.findall("[a-z]+", scales.lower()):
        value *= _SCALES[word]
    return value


def read_korean(written: str) -> Decimal | None:
    """Read 1조2천억, 3만5000 or 1.5조; None where the scales do not descend."""
    total, group, number = Decimal(0), Decimal(0), None
    last_large, last_small = _TOO_LARGE, 10_000
    for part in re.findall(r"[0-9.,]+|[조억만천백십]", written):
        if part not in _KOREAN_SCALES:
            number = Decimal(part.replace(",", ""))
            if number >= last_small and (group or number >= last_large):
                return None
            continue
        scale = _KOREAN_SCALES[part]
        if scale < 10_000:
            if scale >= last_small or (number or 1) >= 10:
                return None
            group, number, last_small = (
                group + (1 if number is None else number) * scale,
                None,
                scale,
            )
        else:
            if scale >= last_large:
                return None
            total += (group + (number or 0)) * scale
            group, number, last_large, last_small = Decimal(0), None, scale, 10_000
    rest = group + (number or 0)
    return total + rest if rest < last_large else None


def write_native(number: Decimal, counter: str) -> list[str]:
    """Write 다섯 명, 첫 번째, 사흘; nothing where only digits are usual."""
    if number != int(number):
        return []
    if counter == "일":
        return [_NATIVE_DAYS_OF[int(number)]] if number in _NATIVE_DAYS_OF else []
    if counter == "번째" and number == 1:
        return ["첫 번째"]
    return [f"{_NATIVE_OF[int(number)]} {counter}".rstrip()] if number in _NATIVE_OF else []
