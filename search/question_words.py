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
        r"|\bwhy\b|\breasons?\b|\bhow come\b|\bwhat (?:caused|was the cause|is the cause)\b",
    ),
    (Asked.WHO, r"누가|누구(?!나)|(?!(?-i:WHO))\bwho(?:se|m)?\b"),
    (Asked.WHEN, r"(?<![가-힣])언제(?!나)|\bwhen\b|\bwhat (?:day|date|year|month)\b"),
    (Asked.WHERE, r"(?<![가-힣])어디(?!서나|까지나|에나)|\bwhere\b"),
    (
        Asked.HOW_MANY,
        r"(?<![가-힣])몇(?!몇)|(?<![가-힣])얼마"
        r"|\bhow (?:many|much|long|old|far|often|tall|high|big|large|fast)\b",
    ),
    (Asked.HOW, r"어떻게|어떤 방식|\bhow\b"),
    (Asked.WHAT, r"무엇|무슨|어떤|어느|(?<![가-힣])[뭐뭘뭣]|\bwhat\b|\bwhich\b"),
)
# Korean questions often end with what they ask for: "...을 이끈 사람은?", "...의 규모는 얼마?".
_HEADS = (
    (
        Asked.WHY,
        "배경|원인|사유|근거|계기|동기|명분|취지|목적|의도|요인|빌미|속내|걸림돌|사정|사연|내막"
        "|비결"
        "|속뜻|속마음|연유|원리",
    ),
    (
        Asked.WHEN,
        "(?<![가-힣])(?:날|해|때|시각)|날짜|시점|시기|연도|년도|일시|기한|시한|개막일|생일"
        "|발매일|출시일",
    ),
    (
        Asked.WHO,
        "사람|인물|주인공|(?<![가-힣])왕|선수|감독|대표|후보|작가|배우|가수|교수|투수|타자|장관"
        "|의원|대통령|총리"
        "|회장|사장|황제|장군|학자|화가|작곡가|부인|아내|남편|아들|딸|아버지|어머니|범인|저자"
        "|(?<= )이|이들",
    ),
    (
        Asked.WHERE,
        "(?<![가-힣])곳|장소|지역|나라|국가|도시|위치|행선지|무대|지점|개최지|고향|출생지|마을",
    ),
    (
        Asked.HOW_MANY,
        "규모|금액|비율|비중|(?<![가-힣])(?:수|값|거리)|(?:득표|가구|건|인원|회원|이용자|사용자"
        "|가입자|관객)수"
        "|수치|인원|나이|가격|액수|점유율|득표율|지지율|면적|높이|길이|기간|횟수"
        "|순위|점수|확률|온도|무게|속도|연봉|상금|몸값|예산|매출|비용|승률|인구|경쟁률",
    ),
)
_HEAD_ENDS = (
    r"(?:(?:은|는|이|가|을|를|으로|로)(?: ?(?:무엇|뭐|뭔|누구|얼마|어떻게|어디|어느|몇|언제)\S*"
    r"(?: ?(?:되|보|밝|알|꼽|드|하)\S*){0,2})?\s*[?？.]*| ?[?？])\s*$"
)
_MORE = (
    (
        Asked.WHY,
        r"어쩌다|(?:무엇|뭣|뭘)[을를]? (?:문제|이유|근거)"
        r"|\bwhat (?:led|prompted|made|makes|drove|explain\w*|lay behind|brought|set off|forced)\b",
    ),
    *((asked, rf"(?:{heads}){_HEAD_ENDS}") for asked, heads in _HEADS),
)
_PATTERNS = tuple(
    (asked, re.compile(pattern, re.IGNORECASE))
    for asked, pattern in (_ASKING[0], *_MORE[:2], *_ASKING[1:5], *_MORE[2:], *_ASKING[5:])
)


def what_is_asked(text: str) -> Asked:
    """
    Tell what a question asks for.

    Reasons first, then question words in the order of `Asked`, then the noun with which a
    Korean question ends, then "how" and "what".
    """
    return next((asked for asked, pattern in _PATTERNS if pattern.search(text)), Asked.NOTHING)


def asks_in_korean(term: str) -> bool:
    """Tell whether a term ``form/C`` is a question word."""
    return term in KOREAN_ASKING


def is_empty_in_english(word: str) -> bool:
    """Tell whether a word in lower case asks, or holds a sentence together."""
    return word in ENGLISH_EMPTY
