"""
Dates of a question -> the way Korean newspapers write them, as rules for `search.quantities`.

But: words that count from today, "last year" or "어제", are not read, nor dates like
4/5/2018, whose month depends on the writer's country.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Rule(NamedTuple):
    """What to look for, and how to write it; no variant means that it was not one after all."""

    pattern: re.Pattern[str]
    write: Callable[[re.Match[str]], Iterable[str]]


BEFORE_DIGITS = r"(?<![0-9A-Za-z_$₩€£¥])(?<![0-9][.,:/·-])(?<![A-Za-z]-)"
AFTER_DIGITS = r"(?![0-9])(?![.,:/·-][0-9])"
AFTER_WORD = r"(?![0-9A-Za-z])"

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_WEEKDAYS = {
    "sunday": "일요일",
    "monday": "월요일",
    "tuesday": "화요일",
    "wednesday": "수요일",
    "thursday": "목요일",
    "friday": "금요일",
    "saturday": "토요일",
}
_QUARTERS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}

_MONTH = (
    r"(?<![A-Za-z])(?P<month>(?i:january|february|march|april|may|june|july|august|september"
    r"|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec))(?![A-Za-z])\.?"
)
_YEAR = r"(?P<year>(?:1[0-9]|20)[0-9]{2})(?![0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_NTH = r"(?i:st|nd|rd|th)"
# "In April 5 people" and "April 5,000" hold no fifth of April.
_NO_UNIT = (
    r"(?![0-9]|[-./:][0-9]|,[0-9]{3}(?![0-9])|-[A-Za-z]|[ ]?%|[ ](?i:people|persons?|years?|months?"
    r"|weeks?|days?|hours?|times?|percent|per|hundred|thousand|million|billion|trillion|won"
    r"|dollars?|a\.?m\b|p\.?m\b))"
)


def _after(words: str, first_char: str) -> str:
    """
    Return a pattern for the places behind one of some words.

    The character that must follow is asked for first: most places are dismissed by it.
    """
    return (
        f"(?=[{first_char}])(?:"
        + "|".join(rf"(?<=\b(?i:{word})[ -])" for word in words.split())
        + ")"
    )


def _date(
    year: str | None, month: int, day: str | None = None, last: str | None = None
) -> list[str]:
    """Write a date; a full one also without its year, as articles of that year have it."""
    prefix = f"{year}년 " if year else ""
    if day is None:
        return [f"{prefix}{month}월"]
    days = f"{int(day)}~{int(last)}일" if last else f"{int(day)}일"
    written = [f"{prefix}{month}월 {days}", f"{month}월 {days}"]
    return [*written, f"{year}.{month}.{int(day)}"] if year and not last else written


def _english_date(match: re.Match[str]) -> list[str]:
    parts = match.groupdict()
    name, year = match["month"], parts.get("year")
    if name in ("may", "march", "mar") and not year:
        return []
    month = _MONTHS.index(name[:3].lower()) // 3 + 1
    return _date(year, month, parts.get("day"), parts.get("last"))


def _numeric_date(match: re.Match[str]) -> list[str]:
    parts = match.groupdict()
    return _date(parts["year"], int(match["month"]), parts.get("day"))


def _year_range(match: re.Match[str]) -> list[str]:
    first, last = match["year"], match["last"]
    return [f"{first}~{last}년", f"{first}년부터 {last}년까지"] if first < last else []


def _in_year(match: re.Match[str], *written: str) -> list[str]:
    year = match["year"] or match["year_before"]
    return [f"{year}년 {written[0]}", written[0]] if year else list(written)


def _quarter(match: re.Match[str]) -> list[str]:
    number = match["digit"] or match["digit_before"] or _QUARTERS[match["word"].lower()]
    # A quarter of a match is meant as often as one of a year, if it is written out.
    return _in_year(match, f"{number}분기", *([f"{number}쿼터"] if match["word"] else []))


def _half(match: re.Match[str]) -> list[str]:
    is_first = match["half"].lower() in ("first", "1st")
    return _in_year(match, *(("상반기", "전반") if is_first else ("하반기", "후반")))


def _short_decade(match: re.Match[str]) -> list[str]:
    decade = match["decade"]
    return [f"{decade}년대", f"19{decade}년대"]


def _decade(match: re.Match[str]) -> list[str]:
    decade = match["decade"]
    short = [f"{decade[2:]}년대"] if "1950" <= decade <= "1990" else []
    return [f"{decade}년대", *short]


def _clock(match: re.Match[str]) -> list[str]:
    """Write a time of day from hours of twelve with a.m. or p.m., or from 13 hours on."""
    parts = match.groupdict()
    hour, half = int(match["hour"]), (parts.get("half") or "").lower()
    minutes = f" {int(match['minute'])}분" if int(match["minute"] or 0) else ""
    if not half and hour <= 12:
        return [f"{hour}시{minutes}"]
    hour_of_day = hour if not half else hour % 12 + (12 if half == "p" else 0)
    twelve = (hour_of_day - 1) % 12 + 1
    if hour_of_day == 0:
        names = ["0시", "밤 12시", *([] if minutes else ["자정"])]
    elif hour_of_day == 12:
        names = ["낮 12시", "오후 12시", *([] if minutes else ["정오"])]
    elif hour_of_day < 12:
        names = [f"오전 {twelve}시", *([f"새벽 {twelve}시"] if twelve <= 5 else [])]
    else:
        names = [f"오후 {twelve}시", *([f"밤 {twelve}시"] if twelve >= 8 else [])]
    return [name + minutes for name in names]


_IN_YEAR = rf"(?:,?[ ](?:(?i:of|in)[ ])?{_YEAR})?"
_YEAR_BEFORE = rf"(?:{BEFORE_DIGITS}(?P<year_before>(?:1[0-9]|20)[0-9]{{2}})(?:년)?[ ]?)?"

DATE_RULES = tuple(
    Rule(re.compile(pattern), write)
    for pattern, write in (
        # April 5, 2018; Apr. 5-7
        (
            rf"{_MONTH}[ ](?:the[ ])?(?P<day>{_DAY}){_NTH}?"
            rf"(?:(?:[ ]?[-–~][ ]?|[ ]to[ ])(?P<last>{_DAY}){_NTH}?)?"
            rf"(?:,?[ ]{_YEAR}(?![ ](?i:people|won)\b)|{_NO_UNIT})",
            _english_date,
        ),
        # the 5th of April 2018
        (
            rf"{BEFORE_DIGITS}(?P<day>{_DAY}){_NTH}?[ ](?:of[ ])?{_MONTH}(?:,?[ ]{_YEAR})?",
            _english_date,
        ),
        (rf"{_MONTH},?[ ](?:of[ ])?{_YEAR}", _english_date),
        (
            r"(?<![A-Za-z])(?P<month>January|February|April|June|July|August|September|October"
            rf"|November|December){AFTER_WORD}",
            _english_date,
        ),
        (
            _after("in last next this since early late mid of by until till from during", "M")
            + rf"(?P<month>May|March){AFTER_WORD}",
            _english_date,
        ),
        # 2018-04-05, 2018. 4. 5., 20180405, 2018-04
        (
            rf"{BEFORE_DIGITS}(?P<year>(?:19|20)[0-9]{{2}})(?P<mark>[-./][ ]?)"
            rf"(?P<month>1[0-2]|0?[1-9])(?P=mark)(?P<day>{_DAY}){AFTER_DIGITS}",
            _numeric_date,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<year>(?:19|20)[0-9]{{2}})(?P<month>1[0-2]|0[1-9])"
            rf"(?P<day>3[01]|[12][0-9]|0[1-9]){AFTER_DIGITS}",
            _numeric_date,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<year>(?:19|20)[0-9]{{2}})[-.](?P<month>1[0-2]|0[1-9])"
            rf"{AFTER_DIGITS}(?![ ]?(?:(?i:season)|시즌))",
            _numeric_date,
        ),
        (
            rf"{BEFORE_DIGITS}(?:{_YEAR}년[ ]?)?(?P<month>1[0-2]|0?[1-9])월[ ]?"
            rf"(?P<day>{_DAY})일",
            _numeric_date,
        ),
        (rf"{BEFORE_DIGITS}{_YEAR}년[ ]?(?P<month>1[0-2]|0?[1-9])월", _numeric_date),
        (
            rf"{BEFORE_DIGITS}(?P<year>(?:19|20)[0-9]{{2}})(?:[-–~]|[ ](?:to|and|through)[ ])"
            rf"(?P<last>(?:19|20)[0-9]{{2}}){AFTER_DIGITS}{AFTER_WORD}(?!년)",
            _year_range,
        ),
        (
            _after("in of by since until till from during before after late early mid the", "12")
            + rf"(?P<year>(?:19|20)[0-9]{{2}}){AFTER_DIGITS}(?![0-9A-Za-z%년])",
            lambda match: [f"{match['year']}년"],
        ),
        # Before 1900 a noun behind it makes it a number: of 1200 soldiers
        (
            _after("in of by since until till from during before after", "12")
            + rf"(?P<year>1[0-8][0-9]{{2}}){AFTER_DIGITS}(?![0-9A-Za-z%년가-힣]|[ ][a-z])",
            lambda match: [f"{match['year']}년"],
        ),
        (rf"{BEFORE_DIGITS}(?P<decade>(?:1[0-9]|20)[0-9]0)(?:'?s(?![A-Za-z])|년대)", _decade),
        (r"(?:(?<=\bthe[ ])'?|(?<![0-9A-Za-z])')(?P<decade>[5-9]0)'?s(?![A-Za-z])", _short_decade),
        (rf"{BEFORE_DIGITS}(?P<decade>[5-9]0)년대", _short_decade),
        (
            rf"{_YEAR_BEFORE}(?<![0-9A-Za-z])(?:[Qq](?P<digit>[1-4])|(?P<digit_before>[1-4])[Qq]"
            rf"|(?P<word>(?i:first|second|third|fourth|1st|2nd|3rd|4th))[ -](?i:quarter))"
            rf"{AFTER_WORD}{_IN_YEAR}",
            _quarter,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<quarter>[1-4])(?:/4)?분기",
            lambda match: [f"{match['quarter']}분기", f"{match['quarter']}/4분기"],
        ),
        (
            rf"{_YEAR_BEFORE}(?<![0-9A-Za-z])(?:(?P<half>(?i:first|second|latter|1st|2nd))[ -]half)"
            rf"{AFTER_WORD}{_IN_YEAR}",
            _half,
        ),
        (
            r"(?<!Black )(?<!Good )(?<!Cyber )(?<!Bloody )(?<!Ash )(?<![A-Za-z])"
            rf"(?P<day>(?i:{'|'.join(_WEEKDAYS)}))s?{AFTER_WORD}",
            lambda match: [_WEEKDAYS[match["day"].lower()]],
        ),
        (
            rf"(?<=\b[Oo]n the )(?P<day>{_DAY})(?:st|nd|rd|th)(?![A-Za-z0-9-]|[ ][A-Za-z])",
            lambda match: [f"{match['day']}일"],
        ),
        (
            rf"{BEFORE_DIGITS}(?P<hour>1[0-2]|0?[1-9])(?::(?P<minute>[0-5][0-9]))?[ ]?"
            r"(?P<half>[AaPp])(?:\.[Mm]\.?|[Mm])(?![A-Za-z0-9])",
            _clock,
        ),
        (
            rf"(?<=\b[Aa]t )(?P<hour>2[0-3]|1[0-9]|0?[0-9]):(?P<minute>[0-5][0-9]){AFTER_DIGITS}"
            rf"{AFTER_WORD}(?![ ]?[AaPp]\.?[Mm])",
            _clock,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<hour>1[3-9]|2[0-3])시(?![간즌도군민장])"
            r"(?:[ ]?(?P<minute>[0-5]?[0-9])분)?",
            _clock,
        ),
        (r"(?<![A-Za-z])noon(?![A-Za-z])", lambda match: ["정오", "낮 12시"]),
        (r"(?<![A-Za-z])midnight(?![A-Za-z])", lambda match: ["자정", "0시", "밤 12시"]),
    )
)
"""Where two rules find spans of one length, the earlier one counts."""
