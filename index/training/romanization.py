"""
Korean names -> the ways in which they are written in Latin letters.

Revised Romanisation and the spellings that people use for themselves and newspapers
for them: Lee, Yi and Rhee; Park and Pak; oo and u; hyun, hyeon and hyon.
"""

import random

SURNAMES = {
    "김": "kim gim",
    "이": "lee yi rhee lee ri",
    "박": "park pak bak",
    "최": "choi choe",
    "정": "jung chung jeong cheong",
    "강": "kang gang",
    "조": "cho jo",
    "윤": "yoon yun youn",
    "장": "jang chang",
    "임": "lim im rim",
    "한": "han",
    "오": "oh o",
    "서": "seo suh so",
    "신": "shin sin",
    "권": "kwon gwon kweon",
    "황": "hwang",
    "안": "ahn an",
    "송": "song",
    "류": "ryu yoo",
    "유": "yoo yu ryu you",
    "전": "jeon jun chun chon",
    "홍": "hong",
    "고": "ko koh go",
    "문": "moon mun",
    "양": "yang",
    "손": "son sohn",
    "배": "bae pae",
    "백": "baek paik paek",
    "허": "heo huh hur",
    "남": "nam",
    "심": "shim sim",
    "노": "noh roh no",
    "하": "ha",
    "곽": "kwak gwak",
    "성": "sung seong",
    "차": "cha",
    "주": "joo ju chu",
    "우": "woo u",
    "구": "koo gu ku",
    "나": "na ra",
    "민": "min",
    "진": "jin chin",
    "지": "ji jee chi",
    "엄": "um eom uhm",
    "채": "chae",
    "원": "won",
    "천": "chun cheon",
    "방": "bang pang",
    "공": "kong gong",
    "현": "hyun hyeon",
    "함": "ham",
    "변": "byun byeon",
    "염": "yeom yum",
    "여": "yeo yuh",
    "추": "choo chu",
    "도": "do",
    "소": "so",
    "석": "seok suk",
    "선": "sun seon",
    "설": "seol sul",
    "마": "ma",
    "길": "gil kil",
    "연": "yeon yun",
    "위": "wi",
    "표": "pyo",
    "명": "myung myeong",
    "기": "ki gi",
    "반": "ban pan",
    "왕": "wang",
    "금": "keum geum",
    "옥": "ok",
    "육": "yook yuk",
    "인": "in",
    "맹": "maeng",
    "제": "je",
    "모": "mo",
    "탁": "tak",
    "국": "kook guk",
    "어": "eo",
    "은": "eun",
    "편": "pyeon",
    "용": "yong",
    "리": "ri lee",
    "량": "ryang",
    "남궁": "namgung namkoong",
    "선우": "sunwoo",
    "황보": "hwangbo",
    "제갈": "jegal",
}
ONSETS = [
    "g k",
    "kk gg",
    "n",
    "d t",
    "tt",
    "r l",
    "m",
    "b p",
    "pp",
    "s",
    "ss",
    "",
    "j ch",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
VOWELS = [
    "a ah",
    "ae ai",
    "ya",
    "yae",
    "eo u o uh",
    "e",
    "yeo you yu yo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe we",
    "yo",
    "u oo",
    "wo weo",
    "we",
    "wi",
    "yu yoo",
    "eu u",
    "ui ee eui",
    "i ee",
]
CODAS = [
    "",
    "k g",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t d",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p b",
    "p",
    "t s",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
GIVEN = list(
    "민서지수현준영진우성재호경희미정은선혜연주원태상동훈철용석규식기덕남순자숙옥춘길병봉"
    "승윤하나라유찬건혁범국종창광근명문헌균열관구대도두래만무배백범복부삼섭세소송숭시신안애"
    "양언여예오완왕요욱웅월은의이익인일임장전제조중차채천충치택평필학한해행향형홍화환황회효후흠흥"
)


def romanize_syllable(syllable: str, choose: random.Random, spread: float) -> str:
    """Return one spelling of a syllable; *spread* is the chance of an unusual one a part."""
    index = ord(syllable) - ord("가")
    parts = (ONSETS[index // 588], VOWELS[index % 588 // 28], CODAS[index % 28])
    return "".join(_one(part, choose, spread) for part in parts)


def romanize_name(name: str, choose: random.Random) -> str:
    """Return one spelling of a person's name, family name first, written together."""
    size = 2 if name[:2] in SURNAMES and len(name) > 3 else 1
    family, given = name[:size], name[size:]
    spellings = SURNAMES.get(family)
    first = (
        choose.choice(spellings.split())
        if spellings
        else "".join(romanize_syllable(c, choose, 0.3) for c in family)
    )
    return first + "".join(romanize_syllable(c, choose, 0.3) for c in given)


def romanize_word(word: str, choose: random.Random) -> str:
    """Return one spelling of a place or thing, near Revised Romanisation."""
    return "".join(romanize_syllable(c, choose, 0.15) for c in word)


def invent_name(choose: random.Random) -> str:
    """Return a name of three syllables such as people have."""
    family = choose.choice([name for name in SURNAMES if len(name) == 1])
    return family + choose.choice(GIVEN) + choose.choice(GIVEN)


def _one(part: str, choose: random.Random, spread: float) -> str:
    options = part.split() or [""]
    return choose.choice(options) if choose.random() < spread else options[0]
