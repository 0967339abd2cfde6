"""
Units and counters: English words -> their Korean forms, and numbers written with them.

But: amounts are not converted, 3 miles stay 3마일, and units are not found in a text here.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, zip_longest

from search.numerals import SCALE_MARKS, write_native, write_number

# Units: English words with "_" for a blank or hyphen, and their Korean forms. "~" asks for the
# native numeral, 다섯 명; "|" parts forms that do not mean the same.

_UNITS = (
    ("people persons", "명 ~명"),
    ("years_old year_olds", "세 살 ~살"),
    ("years", "년"),
    ("months", "개월 ~달 달"),
    ("weeks", "주 주일 주간"),
    ("days", "일 ~일 일간"),
    ("hours", "시간 ~시간"),
    ("minutes mins", "분"),
    ("seconds secs", "초"),
    ("o'clock", "시 ~시"),
    ("centuries", "세기"),
    ("times", "차례 번 ~번 ~차례 | 배 ~배"),
    ("percentage_points percent_points %_points pp %p", "%포인트 %p %P 퍼센트포인트"),
    ("percent per_cent pct %", "% 퍼센트"),
    ("kilometers kilometres km", "㎞ km 킬로미터"),
    ("meters metres m", "m 미터"),
    ("centimeters centimetres cm", "㎝ cm 센티미터"),
    ("millimeters millimetres mm", "㎜ mm 밀리미터"),
    ("square_meters square_metres", "㎡ 제곱미터"),
    ("square_kilometers square_kilometres", "㎢ 제곱킬로미터"),
    ("kilograms kilos kg", "㎏ kg 킬로그램"),
    ("grams", "g 그램"),
    ("tons tonnes", "톤 t"),
    ("liters litres", "ℓ 리터 L"),
    ("hectares ha", "㏊ 헥타르 ha"),
    ("megawatts MW", "㎿ MW 메가와트"),
    ("gigawatts GW", "GW 기가와트"),
    ("degrees_celsius °C ℃", "도 ℃"),
    ("degrees", "도"),
    ("miles", "마일"),
    ("feet", "피트"),
    ("inches", "인치"),
    ("barrels", "배럴"),
    ("countries nations", "개국"),
    ("floors stories storeys", "층"),
    ("points", "점 | 포인트"),
    ("goals", "골"),
    ("wins victories", "승"),
    ("losses defeats", "패"),
    ("matches games", "경기"),
    ("seats", "석"),
    ("votes", "표"),
    ("cases", "건"),
    ("places", "곳 ~곳"),
    ("won KRW", "원"),
    ("dollars US_dollars USD", "달러"),
    ("euros EUR", "유로"),
    ("yen JPY", "엔"),
    ("yuan renminbi RMB CNY", "위안"),
    ("pounds GBP", "파운드"),
    ("cents", "센트"),
)
_COUNTED = (
    (
        "soldiers troops students workers employees victims patients men women children members"
        " lawmakers candidates players passengers suspects officials doctors nurses teachers"
        " refugees defectors tourists survivors residents citizens sailors killed dead injured",
        "명 ~명",
    ),
    ("companies firms banks universities cities", "개 ~개 | 곳 ~곳"),
    ("households homes", "가구"),
    ("cars vehicles buses trucks trains planes aircraft jets tanks", "대"),
    ("ships boats vessels", "척"),
    ("books", "권"),
    ("animals dogs cats pigs cows chickens", "마리 ~마리"),
)
_KOREAN_ONLY = ("개 ~개", "가지 ~가지", "번째 ~번째")
_RANKED = (
    ("place", "위"),
    ("round", "라운드 | 차 | 회전"),
    ("century centuries", "세기"),
    ("anniversary", "주년"),
    ("grade graders", "학년"),
    ("floor", "층"),
    ("inning edition", "회"),
    ("generation", "세대"),
    ("day", "일째"),
    ("week", "주차 주째"),
    ("year", "년째 | 년차"),
)
SIGNS = {"$": "달러", "US$": "달러", "₩": "원", "￦": "원", "€": "유로", "£": "파운드", "¥": "엔"}
"""Signs before a sum and the Korean unit behind it."""

_SPACED = {"달러", "유로", "엔", "위안", "파운드"}
_NO_SINGULAR = {"times", "seconds"}


def _groups(spec: str) -> list[list[str]]:
    return [group.split() for group in spec.split("|")]


def _forms(spec: str) -> list[str]:
    """Take the first form of each group, then the second ones."""
    return [form for forms in zip_longest(*_groups(spec)) for form in forms if form]


def _words(names: str) -> Iterator[str]:
    for name in names.split():
        yield name
        if name.endswith("s") and len(name) > 3 and name not in _NO_SINGULAR:
            yield name[:-3] + "y" if name.endswith("ies") else name[:-1]
        # matches -> match, inches -> inch
        if name.endswith("ches"):
            yield name[:-2]


def _form_table(units: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    return {word: _forms(spec) for names, spec in units for word in _words(names)}


def _same_forms() -> dict[str, list[str]]:
    same: dict[str, list[str]] = {}
    for spec in (*_KOREAN_ONLY, *(spec for _, spec in chain(_UNITS, _COUNTED))):
        for group in _groups(spec):
            for form in group:
                same.setdefault(form, group)
    return same


UNIT_FORMS = _form_table(_UNITS)
"""English unit -> its Korean forms, most usual first; "_" and "~" as in the tables."""

COUNTED_FORMS = _form_table(_COUNTED)
"""English word for what is counted -> the forms of its Korean counter."""

RANKED_FORMS = _form_table(_RANKED)
"""English noun behind an ordinal -> the forms that stand behind its Korean number."""

SAME_FORMS = _same_forms()
"""Korean form -> the forms that mean the same, itself among them."""


def write_counted(
    value: Decimal | None, forms: Iterable[str], *, low: str = "", plain: bool = False
) -> Iterator[str]:
    """Write a number with each form of its unit, attached and, where both are usual, apart."""
    writings = write_number(value, plain=plain)
    for form in forms:
        if form.startswith("~"):
            yield from write_native(value, form[1:]) if value is not None and not low else ()
            continue
        for number in writings:
            attached, apart = f"{low}{number}{form}", f"{low}{number} {form}"
            if form in _SPACED:
                yield from (apart, attached) if number[-1] in SCALE_MARKS else (attached, apart)
            else:
                yield attached
                if number[-1] in SCALE_MARKS and form[0] >= "가":
                    yield apart
