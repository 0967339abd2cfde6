"""
What a sentence shows on its surface: a cause, a number, a date, a quotation, a name.

Regular expressions over the stored text; they say what a sentence could answer, not
whether it does.
"""

import re

import numpy as np
import numpy.typing as npt

_H = "(?<![가-힣])"
CUES: dict[str, re.Pattern[str]] = {
    # Endings and nouns of cause: "-기 때문", "-아/어서", "-(으)므로", "에 따라", "탓", "위해".
    "because": re.compile(
        r"때문|탓(?:에|이|으로|이다|이라)|이유(?:는|로|다|였|가)|원인|까닭|[으이기]므로|하므로"
        r"|인한|인해|말미암|비롯"
    ),
    "so_that": re.compile(
        r"위해|위한|위하여|고자 |도록|려는|려고|차원|취지|목적|의도|풀이|해석|판단|고려|감안"
    ),
    "therefore": re.compile(
        r"[아어여해려라]서[ ,]|따라 |따른 |따라서|덕분|힘입어|영향|여파|계기|배경|바탕|결과로"
        r"|데다|면서 "
    ),
    "fear": re.compile(
        r"우려|불안|반발|부담|차질|부족|논란|어려[워움운]|필요[가성]|지적|비판|문제"
    ),
    "contrast": re.compile(r"지만|그러나|하지만|반면|달리|불구|오히려|대신"),
    "negation": re.compile(
        r"않[았는고을은다으아]|못[했하한할해]|없[다었는이을어고]|아니[라다었]|(?<![가-힣])안 "
    ),
    "quote": re.compile("[\"“”'‘’]"),
    "said": re.compile(
        r"(?:라고|다고|라며|다며|며|고) ?(?:말|밝|설명|전|강조|덧붙|주장|지적|반박|해명|당부|답)"
        r"|설명이다|관계자는"
    ),
    "number": re.compile(
        r"\d|" + _H + r"[두세네한열] ?(?:명|개|번|가지|곳|달|배)"
        r"|[십백천만억] ?(?:명|원|개)(?![단칙])"
    ),
    "money": re.compile(r"[\d조억만천백] ?(?:원|달러|유로|엔|위안|파운드)(?![칙장])"),
    "percent": re.compile(r"\d ?(?:%|퍼센트|％|포인트|배)"),
    "people": re.compile(r"(?:\d|[만천백십]) ?여? ?명(?!단)"),
    "date": re.compile(
        r"\d[일월시년]|\d{4}[.-]\d|올해|지난해|작년|내년|내달|다음 ?달|이달|지난달"
        r"|오늘|어제|내일|오전|오후|상반기|하반기|분기"
    ),
    "duration": re.compile(r"\d ?여? ?(?:년|개월|주|일|시간|분|초)(?:간|여간| 동안|째| 만|여)"),
    "place": re.compile(
        r"에서[ ,는의]|[가-힣](?:시|도|군|구|동|읍|면|리|역|관|센터|공항|항|청사|병원|호텔"
        r"|대학교?|회의실|경기장)[에 의]"
    ),
    "title": re.compile(
        r"[가-힣] ?(?:대통령|총리|장관|의원|대표|위원장|교수|감독|회장|사장"
        r"|연구원|시장|지사|팀장|본부장|변호사|검사|판사|원장|총장|부장|실장|국장|소장|이사|작가"
        r"|배우|선수|기자|씨)"
    ),
    "list": re.compile(r"[가-힣][,·] ?[가-힣]{2,12}[,·]|(?<=[가-힣]{2}) 등[ 이을의]"),
    "definition": re.compile(r"[은는] [^.]{4,}(?:이다|다)\.?$|란 |라는 |이라는 |뜻|의미"),
    "manner": re.compile(r"통해|방식|방법|으로써|활용|이용해|이용한|적용|도입|거쳐|식으로"),
    "byline": re.compile(r"기자 ?=|@|무단|저작권|ⓒ|사진[=제]|\[.{1,14}\]$|▶|☞"),
    "question": re.compile(r"[까나요]\?|\?"),
    "back": re.compile(
        r"^(?:이에|이는|이를|이와|이번|이로|그는|그가|그의|이 |그러나|하지만|또 |또한|이어 |아울러"
        r"|특히|한편)"
    ),
}
NAMES = tuple(CUES)


def cues(text: str) -> npt.NDArray[np.float32]:
    """Return float32[len(NAMES)], 1 where a sentence shows a cue."""
    return np.fromiter((bool(cue.search(text)) for cue in CUES.values()), np.float32, len(CUES))
