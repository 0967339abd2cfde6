"""
Words that ask, and English words that only hold a sentence together.

They say what kind of answer is wanted and would match anything, so they are no terms.
"""

import re
from enum import StrEnum

KOREAN_ASKING = frozenset(
    (
        "왜/M 어째서/M 누구/N 누가/N 무엇/N 뭐/N 무어/N 뭣/N 어디/N 언제/N 언제/M 어떻/V"
        " 어떠하/V 어떤/M 무슨/M 어느/M 몇/M 몇/N 얼마/N 얼마나/M 웬/M 이유/N 까닭/N 때문/N"
        " 것/N 거/N 수/N 점/N 경우/N"
    ).split()
)
ENGLISH_EMPTY = frozenset(
    (
        "a an the of in on at to for from by with about into over after before between under"
        " during against as is are was were be been being am do does did done have has had having"
        " will would shall should can could may might must and or but nor if then than that this"
        " these those it its he his him himself she her herself they their them themselves we our"
        " us you your i my me what which who whom whose when where why how there here not no so"
        " such up out off s t d ll re ve m only also just both each any some other own same too"
        " very while because until yet"
    ).split()
)


class Asked(StrEnum):
    """What kind of answer a question wants."""

    WHY = "why"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how many"
    HOW = "how"
    WHAT = "what"
    NOTHING = "nothing"


# Behind a question word may stand a particle, and no other word: 왜곡 asks nothing.
_ASKING = (
    (
        Asked.WHY,
        r"(?<![가-힣])왜(?![가-힣])|어째서|까닭|(?<![가-힣])이유(?!식)|(?:무엇|뭣|뭐) ?때문"
        r"|\bwhy\b|\breasons?\b|\bwhat caused\b",
    ),
    (Asked.WHO, r"누가|누구|(?!(?-i:WHO))\bwho(?:se|m)?\b"),
    (Asked.WHEN, r"(?<![가-힣])언제(?!나)|\bwhen\b|\bwhat (?:day|date|year|month)\b"),
    (Asked.WHERE, r"(?<![가-힣])어디|\bwhere\b"),
    (Asked.HOW_MANY, r"(?<![가-힣])몇|(?<![가-힣])얼마|\bhow (?:many|much|long|old|far|often)\b"),
    (Asked.HOW, r"어떻게|어떤 방식|\bhow\b"),
    (Asked.WHAT, r"무엇|무슨|어떤|어느|(?<![가-힣])[뭐뭘뭣]|\bwhat\b|\bwhich\b"),
)
_PATTERNS = tuple((asked, re.compile(pattern, re.IGNORECASE)) for asked, pattern in _ASKING)


def what_is_asked(text: str) -> Asked:
    """Tell what a question asks for; the first of `Asked` that fits, in that order."""
    return next((asked for asked, pattern in _PATTERNS if pattern.search(text)), Asked.NOTHING)


def asks_in_korean(term: str) -> bool:
    """Tell whether a term ``form/C`` is a question word."""
    return term in KOREAN_ASKING


def is_empty_in_english(word: str) -> bool:
    """Tell whether a word in lower case asks, or holds a sentence together."""
    return word in ENGLISH_EMPTY
