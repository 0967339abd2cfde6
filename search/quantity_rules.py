"""
Numbers, sums, counts, ranks and fractions of a question, as rules for `search.quantities`.

But: dates are in `search.calendar_words`, and what stands here finds places and calls
`search.numerals` and `search.units` to write them.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from search.calendar_words import AFTER_DIGITS, AFTER_WORD, BEFORE_DIGITS, Rule
from search.numerals import (
    NATIVE_DAYS,
    NATIVE_NUMERALS,
    ONES,
    ORDINALS,
    PARTS,
    SCALE_MARKS,
    TENS,
    read_digits,
    read_english,
    read_korean,
    write_native,
    write_number,
)
from search.units import (
    COUNTED_FORMS,
    RANKED_FORMS,
    SAME_FORMS,
    SIGNS,
    UNIT_FORMS,
    write_counted,
)

_PHRASES = {
    "half": ("절반",),
    "half a million": ("50만",),
    "half a billion": ("5억",),
    "half an hour": ("30분",),
    "half a year": ("반년", "6개월"),
    "half-year": ("반년", "6개월"),
    "twice": ("두 차례", "두 번", "2차례", "2번"),
    "a dozen": ("12",),
    "dozens of": ("수십",),
    "hundreds of": ("수백",),
    "thousands of": ("수천",),
    "tens of thousands of": ("수만",),
    "hundreds of thousands of": ("수십만",),
    "millions of": ("수백만",),
    "tens of millions of": ("수천만",),
    "billions of": ("수십억",),
}
_SCORED = {"win", "wins", "victory", "defeat", "loss", "lead", "points", "goals"}
_NOT_READ = {"번", "주", "일", "일간", "주간", "도", "g", "L", "시"}
"""Korean forms that stand for too many other things behind digits: 5번가, 삼성전자 2주, 5g."""


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for words, the longest first; short ones keep their case."""
    patterns = []
    for word in sorted(words, key=len, reverse=True):
        pattern = re.escape(word).replace("_", "[ -]")
        patterns.append(f"(?i:{pattern})" if len(word) > 3 else pattern)
    return "|".join(patterns)


_DIGITS = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}|[1-9][0-9]{0,15}|0)(?:\.[0-9]{1,6})?(?![0-9])"
_NUMBER_WORD = "(?i:" + "|".join([*ONES, *TENS]) + ")"
_SCALE_WORD = "(?i:hundred|thousand|million|billion|trillion|bn|tn|trn)"
_PLAIN_DIGITS = r"[0-9]{1,16}(?:,[0-9]{3}){0,5}(?:\.[0-9]{1,4})?"
_NOT_A_WORD = "(?:(?![가-힣])|(?=[이가을를은는의에도만씩간으로과와까부나밖]))"
"""A particle may follow a Korean counter, but not the rest of a word: 배우, 세대, 명령."""

_HANGUL_FORMS = _any_of(form for form in SAME_FORMS if form[-1] >= "가" and form[0] != "~")
_OTHER_FORMS = _any_of(form for form in SAME_FORMS if form[-1] < "가" or form[-1] > "힣")
_COUNTERS = _any_of(form[1:] for form in SAME_FORMS if form[0] == "~" and form != "~일")


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and digits[:2] in ("19", "20")


def _english(match: re.Match[str]) -> Iterable[str]:
    digits, words = match["digits"], match["words"]
    value = read_digits(digits, match["scales"]) if digits else read_english(words)
    if value is None:
        return []
    unit, counted = (
        match[name] and re.sub("[ -]", "_", match[name]) for name in ("unit", "counted")
    )
    if unit and unit.lower() in ("decade", "decades"):
        return write_counted(value * 10, ["년"])
    # "In 2018 people voted", and "the two won" is the verb.
    if (unit or counted) and not match["scales"] and _is_year(digits or ""):
        return []
    if unit == "won" and value < 100:
        return []
    if unit or counted:
        table, name = (UNIT_FORMS, unit) if unit else (COUNTED_FORMS, counted)
        is_score = name in _SCORED or (match["low"] and read_digits(match["low"], "") >= value)
        if match["low"] and is_score:
            return []
        low = f"{match['low']}~" if match["low"] else ""
        return write_counted(value, table.get(name) or table[name.lower()], low=low)
    if match["low"] or (digits and not match["scales"]):
        return []
    if value > 12:
        return write_number(value, plain=False)
    is_adjective = match["noun"] and (words.islower() or match["noun"].islower())
    return [str(value), *write_native(value, "")] if is_adjective and value > 1 else []


def _money(match: re.Match[str]) -> Iterable[str]:
    return write_counted(read_digits(match["digits"], match["scales"]), [SIGNS[match["sign"]]])


def _korean(match: re.Match[str]) -> Iterable[str]:
    mixed, digits, unit = match["mixed"], match["digits"], match["hangul"] or match["other"]
    value = read_korean(mixed or digits)
    is_name = not mixed and unit in ("년", "번")
    is_year = _is_year(digits or "")
    if value is None or is_name or (is_year and (not unit or match["blank"])):
        return []
    if not unit:
        return write_number(value)
    # Elizabeth is 엘리자베스 2세, and that is not her age.
    is_alone = unit in _NOT_READ or (unit == "세" and value < 17)
    forms = dict.fromkeys([unit, *([] if is_alone else SAME_FORMS[unit])])
    if not match["more"]:
        return write_counted(value, forms)
    return [
        f"{number}여{blank}{form}"
        for form in forms
        if form[0] != "~"
        for number in write_number(value, plain=False)
        for blank in ("", " ")
    ]


def _native_counted(match: re.Match[str]) -> Iterable[str]:
    numeral, counter = match["numeral"], match["counter"]
    if numeral == "첫":
        return ["1번째"] if counter == "번째" else []
    number = NATIVE_NUMERALS[numeral]
    # 한번, 한배 and 한시 are words of their own.
    if number == 1 and counter in ("번", "번째", "배", "시", "개"):
        return []
    return write_counted(Decimal(number), SAME_FORMS[f"~{counter}"])


def _native_days(match: re.Match[str]) -> list[str]:
    number = NATIVE_DAYS[match[0]]
    return [f"{number}일", f"{number}일간"]


def _ordinal(match: re.Match[str]) -> Iterable[str]:
    digits, tens, word, noun = (match[name] for name in ("digits", "tens", "word", "noun"))
    value = int(digits) if digits else ORDINALS[word.lower()] + TENS.get((tens or "").lower(), 0)
    if tens and ORDINALS[word.lower()] > 9:
        return []
    if noun:
        return write_counted(Decimal(value), RANKED_FORMS[noun.lower()])
    if match["office"]:
        return [f"{value}대"]
    if match["event"]:
        return [f"{value}차", f"제{value}차"]
    # Third Reich, 7th Fleet
    if match["next"] and match["next"][0].isupper() and not (word and word.islower()):
        return []
    if value == 1:
        return ["첫", "첫 번째"] if match["determiner"] is not None else []
    return write_counted(Decimal(value), ["번째", "~번째", "위", "회", "차"])


def _fraction(match: re.Match[str]) -> list[str]:
    top, bottom = match["top"].lower(), match["bottom"].lower()
    upper = int(top) if top.isdigit() else ONES.get(top, 1)
    lower = int(bottom) if bottom.isdigit() else PARTS[bottom]
    if upper >= lower or (match["s"] is not None and (upper > 1) != bool(match["s"])):
        return []
    return [f"{lower}분의 {upper}", f"{upper}/{lower}", f"{lower}분의{upper}"]


def _in_their_thirties(match: re.Match[str]) -> list[str]:
    part = {"early": "초반", "mid": "중반", "late": "후반"}.get((match["part"] or "").lower())
    return [*([f"{match['age']}대 {part}"] if part else []), f"{match['age']}대"]


QUANTITY_RULES = tuple(
    Rule(re.compile(pattern), write)
    for pattern, write in (
        (
            rf"(?<![A-Za-z$])(?P<sign>US\$|[$₩￦€£¥])[ ]?(?P<digits>{_DIGITS}){AFTER_DIGITS}"
            rf"(?P<scales>(?:[ -]?(?:(?i:{_SCALE_WORD}|mn|[kmb])){AFTER_WORD})?)(?![A-Za-z])",
            _money,
        ),
        (
            rf"(?:{BEFORE_DIGITS}(?:(?P<low>{_DIGITS})(?:[ ]?[-–~][ ]?|[ ]to[ ]))?"
            rf"(?P<digits>{_DIGITS}){AFTER_DIGITS}"
            rf"(?P<scales>(?:[ -]?{_SCALE_WORD}{AFTER_WORD}){{0,2}})"
            rf"|(?<![A-Za-z])(?P<words>(?:{_NUMBER_WORD}|(?i:an?)(?=[ ]{_SCALE_WORD}))"
            rf"{AFTER_WORD}(?:[ -](?:and[ ])?(?:{_NUMBER_WORD}|{_SCALE_WORD}){AFTER_WORD})"
            r"{0,11}))"
            rf"(?:[ -]?(?P<unit>{_any_of([*UNIT_FORMS, 'decade', 'decades'])}){AFTER_WORD}"
            rf"|(?=[ -](?P<counted>{_any_of(COUNTED_FORMS)}){AFTER_WORD})"
            rf"|(?=[ ](?P<noun>[A-Za-z]{{2,30}}))|{AFTER_WORD})",
            _english,
        ),
        (
            rf"{BEFORE_DIGITS}(?<!제)(?:(?P<mixed>{_PLAIN_DIGITS}(?:[{SCALE_MARKS}]"
            rf"(?:[ ](?=[0-9]{{4}}(?![0-9])|[0-9]{{1,4}}[억만천백]))?(?:{_PLAIN_DIGITS})?)"
            rf"{{1,12}})(?!(?<=조)[각사항건선합]|(?<=만)큼|(?<=천)[막사])"
            rf"|(?P<digits>{_DIGITS})"
            rf"(?![ ]?(?:[월호동]|년대|시(?!간)|일(?!간))|[ -]?{_SCALE_WORD}))"
            rf"{AFTER_DIGITS}(?:(?P<more>여)?(?P<blank>[ ])?(?:(?P<hangul>{_HANGUL_FORMS})"
            rf"{_NOT_A_WORD}|(?P<other>{_OTHER_FORMS}){AFTER_WORD})|{AFTER_WORD}(?![ ]?년))",
            _korean,
        ),
        (
            rf"(?<![가-힣])(?P<numeral>{'|'.join([*NATIVE_NUMERALS, '첫'])})[ ]?"
            rf"(?P<counter>{_COUNTERS}){_NOT_A_WORD}",
            _native_counted,
        ),
        (rf"(?<![가-힣])(?:이틀|사흘|나흘|닷새|엿새|열흘){_NOT_A_WORD}", _native_days),
        (
            rf"(?<!\bper )(?<!\bsplit )(?<!\b[Oo]ne )(?<!\bat )"
            rf"(?P<determiner>(?<=\b[Tt]he ))?"
            rf"(?:{BEFORE_DIGITS}(?P<digits>[1-9][0-9]{{0,3}})(?:st|nd|rd|th)"
            rf"|(?<![A-Za-z])(?<![0-9][ -])(?:(?P<tens>(?i:{'|'.join(TENS)}))[ -])?"
            rf"(?P<word>(?i:{'|'.join(ORDINALS)}))){AFTER_WORD}"
            r"(?![ -](?i:part(?:y|ies)|world(?! war)|hand|thoughts?|lady|name|of all)"
            r"(?![A-Za-z]))"
            rf"(?:[ -](?P<noun>{_any_of(RANKED_FORMS)}){AFTER_WORD}"
            r"|(?=[ ](?P<office>(?i:president|prime minister|national assembly)))"
            r"|(?=[ ](?P<event>(?i:industrial revolution|world war)))"
            r"|(?=[ ](?P<next>[A-Za-z]))|)",
            _ordinal,
        ),
        (
            rf"(?<![A-Za-z0-9])"
            rf"(?P<top>(?i:{'|'.join(ONES)}|an?(?=[ ][a-z]{{5,7}}[ ]of\b))|[1-9])[ -]"
            rf"(?P<bottom>(?i:{'|'.join(PARTS)}))(?P<s>s?){AFTER_WORD}",
            _fraction,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<top>[1-9])/(?P<bottom>10|[2-9]){AFTER_DIGITS}{AFTER_WORD}"
            r"(?P<s>(?!))?(?!분기)",
            _fraction,
        ),
        (
            rf"{BEFORE_DIGITS}(?P<bottom>10|[2-9])분의[ ]?(?P<top>[1-9])(?![0-9])(?P<s>(?!))?",
            _fraction,
        ),
        (
            r"\b(?i:his|her|their)[ ](?:(?P<part>(?i:early|mid|late))[ -])?"
            rf"(?P<age>[1-9]0)s{AFTER_WORD}",
            _in_their_thirties,
        ),
        (
            rf"(?<![A-Za-z])[Nn]o\.[ ]?(?P<number>[1-9][0-9]{{0,2}}){AFTER_DIGITS}{AFTER_WORD}",
            lambda match: [f"{match['number']}위", f"{match['number']}호"],
        ),
        (
            rf"(?<![A-Za-z-])(?:{_any_of(_PHRASES)})(?!-?[A-Za-z0-9])",
            lambda match: _PHRASES[match[0].lower()],
        ),
    )
)
"""Where two rules find spans of one length, the earlier one counts, and a date before these."""
