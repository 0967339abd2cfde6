"""
What spans of a sentence look like: what kind of thing, and what stands before and behind.
"""

import functools
import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from index.records import Span
from search.plan import Plan
from search.question_words import Asked
from search.sentence_features import asked_quantity

Floats = npt.NDArray[np.float32]

_TYPES = {
    "digits": r"\d",
    "date": r"\d+ ?(?:년|월|일)|\d{4}",
    "whole_date": r"^(?:\d{4}년)? ?(?:\d+월)? ?(?:\d+일)?$",
    "year": r"^\d{4}년?$",
    "day": r"\d일$",
    "time": r"\d시|\d분|오전|오후",
    "people": r"\d[\d,.만천백여 ]*명$|[두세네다섯여일곱덟아홉열]+ ?명$",
    "money": r"(?:원|달러|유로|엔|위안|파운드)$",
    "percent": r"(?:%|퍼센트|포인트)$",
    "duration": r"\d ?(?:년|개월|달|주|일|시간|분|초)(?:간)?$",
    "count": r"\d ?(?:개|회|번|차례|곳|대|건|점|위|골|층|호|차|세|살|척|종|권|장|석|승|패|배|km"
    r"|m|kg|㎞|㎡|톤)$",
    "bare_number": r"^[\d,.]+$",
    "hangul": r"^[가-힣 ]+$",
    "latin": r"[A-Za-z]",
    "person_length": r"^[가-힣]{2,4}$",
    "place_end": r"(?:시|도|군|구|동|읍|면|리|역|국|주|현|성|섬|산|강|항|시장|공항|센터|대학교"
    r"|대학|학교|병원|지역|도시)$",
    "group_end": r"(?:부|당|청|처|원|회|사|단|팀|군|대|은행|그룹|위원회|협회|연합|조합|재단"
    r"|연구소|법원|검찰|경찰|기업|전자)$",
    "person_end": r"(?:대통령|총리|장관|의원|대표|위원장|교수|감독|회장|사장|시장|지사|왕|황제"
    r"|장군|박사|선수|씨|판사|검사)$",
    "reason_end": r"(?:때문|위해|이유|문제|우려|부족|감소|증가|상승|하락|논란|혐의|영향|실패"
    r"|부담|악화|반대|갈등|차이|압박|사고)$",
    "quoted": "^[\"“‘'《〈<「『]",
    "comma": "[,·]",
}
_TYPE_PATTERNS = {name: re.compile(pattern) for name, pattern in _TYPES.items()}
_AFTER = {
    "end": r"$",
    "blank": r"\s",
    "subject": r"[은는이가](?![가-힣])|께서",
    "object": r"[을를](?![가-힣])",
    "place": r"에(?:서)?(?![가-힣])|에서",
    "of": r"의(?![가-힣])",
    "to": r"(?:으로|로)(?![가-힣])|에게|한테",
    "and": r"[와과](?![가-힣])|이?나(?![가-힣])",
    "too": r"[도만](?![가-힣])",
    "from": r"부터|까지|에 |에는",
    "is": r"이?(?:다|었다|였다|며|고|란|라는|라고|라며|라)(?![가-힣])|입니다|이다",
    "quote": "[\"”’'》〉>」』]",
    "bracket": r"[()\[\]]",
    "comma": r"[,·]",
    "more": r"[가-힣A-Za-z0-9]",
    "cause": r" ?때문| ?위해| ?탓|[으]?로 인해|에 따[라른]",
    "percent": r"[%％]",
    "name_title": r" [가-힣]{0,6}(?:대통령|총리|장관|의원|대표|위원장|교수|감독|회장|사장|씨)",
}
_AFTER_PATTERNS = {name: re.compile(pattern) for name, pattern in _AFTER.items()}
_BEFORE = {
    "start": r"^$",
    "blank": r"\s$",
    "quote": "[\"“‘'《〈<「『]$",
    "bracket": r"[(\[]$",
    "comma": r"[,·]\s*$",
    "of": r"의\s$",
    "topic": r"[은는이가]\s$",
    "place": r"(?:에|에서)\s$",
    "and": r"[와과]\s$",
    "ending": r"(?:한|인|된|은|던|는|할|적)\s$",
}
_BEFORE_PATTERNS = {name: re.compile(pattern) for name, pattern in _BEFORE.items()}
NAMES = (
    *(f"type_{name}" for name in _TYPES),
    *(f"after_{name}" for name in _AFTER),
    *(f"before_{name}" for name in _BEFORE),
    *(f"asks_{asked.name.lower()}" for asked in Asked),
    *"asked_unit has_unit english n_words n_blanks n_chars cut_front cut_back place".split(),
)


def surface(text: str, sentence: Span, places: npt.NDArray[np.int64], plan: Plan) -> Floats:
    """
    Describe spans by their letters.

    Args:
        text: Of the article.
        sentence: Its span there.
        places: int64[n, 4]: first word, last word, start and end of each span.
        plan: Of the question.

    Returns:
        float32[n, len(NAMES)].
    """
    first, last = sentence
    unit = asked_quantity(plan)
    pattern = re.compile(unit, re.IGNORECASE) if unit else None
    asked = [float(plan.asked is each) for each in Asked]
    before: dict[int, list[float]] = {}
    behind: dict[int, list[float]] = {}
    rows = []
    for i, j, start, end in places.tolist():
        written = text[start:end]
        if start not in before:
            before[start] = _found(_BEFORE_PATTERNS, text[max(first, start - 6) : start])
        if end not in behind:
            following = text[end : min(end + 8, last)]
            behind[end] = [float(bool(each.match(following))) for each in _AFTER_PATTERNS.values()]
        rows.append(
            [
                *_types(written),
                *behind[end],
                *before[start],
                *asked,
                float(bool(pattern and pattern.search(written))),
                float(pattern is not None),
                float(plan.language == "en"),
                (j - i + 1) / 4,
                written.count(" ") / 2,
                (end - start) / 10,
                float(start > first and text[start - 1].isalnum()),
                float(end < last and text[end].isalnum()),
                (start - first) / max(last - first, 1),
            ]
        )
    return np.array(rows, np.float32)


# Most spans hold no digit, and many share their last letters: what can be known from these
# is not searched for again.
_OF_DIGITS = frozenset("digits date whole_date year day duration count bare_number".split())
_OF_ENDS = frozenset("money percent place_end group_end person_end reason_end".split())
_TAIL = 4


def _types(written: str) -> list[float]:
    has_digit = bool(_TYPE_PATTERNS["digits"].search(written))
    ends = _ends(written[-_TAIL:])
    return [
        ends[name]
        if name in _OF_ENDS
        else float((has_digit or name not in _OF_DIGITS) and bool(pattern.search(written)))
        for name, pattern in _TYPE_PATTERNS.items()
    ]


@functools.lru_cache(maxsize=1 << 14)
def _ends(tail: str) -> dict[str, float]:
    return {name: float(bool(_TYPE_PATTERNS[name].search(tail))) for name in _OF_ENDS}


def _found(patterns: Mapping[str, re.Pattern[str]], text: str) -> list[float]:
    return [float(bool(pattern.search(text))) for pattern in patterns.values()]
