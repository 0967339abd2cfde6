"""How a question writes quantities, and what articles have in their place."""

import pytest

from search.quantities import MAX_VARIANTS, Quantity, quantities

# One quantity a line: question | the span | its first variants, most usual first.
DATES = """
News of April 2018            | April 2018              | 2018년 4월
april 2018 summit             | april 2018              | 2018년 4월
April 5, 2018                 | April 5, 2018           | 2018년 4월 5일; 4월 5일; 2018.4.5
April 5th 2018                | April 5th 2018          | 2018년 4월 5일; 4월 5일
5 April 2018                  | 5 April 2018            | 2018년 4월 5일; 4월 5일
on the 5th of May, 2018       | 5th of May, 2018        | 2018년 5월 5일; 5월 5일
Apr. 5                        | Apr. 5                  | 4월 5일
sept 9                        | sept 9                  | 9월 9일
March 1                       | March 1                 | 3월 1일
June 12-13, 2018              | June 12-13, 2018        | 2018년 6월 12~13일; 6월 12~13일
What happened in December?    | December                | 12월
What did he do in May?        | May                     | 5월
by mid-March                  | March                   | 3월
2018-04-05                    | 2018-04-05              | 2018년 4월 5일; 4월 5일; 2018.4.5
2018.4.5                      | 2018.4.5                | 2018년 4월 5일; 4월 5일
2018/4/5에                     | 2018/4/5                | 2018년 4월 5일
2018. 4. 5.                   | 2018. 4. 5              | 2018년 4월 5일
20180405                      | 20180405                | 2018년 4월 5일
2018-04                       | 2018-04                 | 2018년 4월
2018년 4월 5일 남북                | 2018년 4월 5일             | 4월 5일; 2018.4.5
2018년4월                       | 2018년4월                 | 2018년 4월
elections in 2018             | 2018                    | 2018년
since 1998                    | 1998                    | 1998년
war of 1592                   | 1592                    | 1592년
the 1988 Olympics             | 1988                    | 1988년
from 2016 to 2018             | 2016 to 2018            | 2016~2018년; 2016년부터 2018년까지
the 1990s                     | 1990s                   | 1990년대; 90년대
the '90s                      | '90s                    | 90년대; 1990년대
80년대 노동운동                     | 80년대                    | 1980년대
21st century                  | 21st century            | 21세기
the nineteenth century        | nineteenth century      | 19세기
Q3 2018                       | Q3 2018                 | 2018년 3분기; 3분기
2018 3Q                       | 2018 3Q                 | 2018년 3분기; 3분기
third quarter                 | third quarter           | 3분기
the fourth quarter of 2018    | fourth quarter of 2018  | 2018년 4분기; 4분기
1분기                           | 1분기                     | 1/4분기
first half                    | first half              | 상반기; 전반
second half of 2018           | second half of 2018     | 2018년 하반기; 하반기
on Monday                     | Monday                  | 월요일
Sundays                       | Sundays                 | 일요일
on the 24th                   | 24th                    | 24일
at 3 p.m.                     | 3 p.m.                  | 오후 3시
11:30pm                       | 11:30pm                 | 오후 11시 30분; 밤 11시 30분
4 AM                          | 4 AM                    | 오전 4시; 새벽 4시
12 a.m.                       | 12 a.m.                 | 0시; 밤 12시; 자정
12 p.m.                       | 12 p.m.                 | 낮 12시; 오후 12시; 정오
at 15:30                      | 15:30                   | 오후 3시 30분
15시 30분                       | 15시 30분                 | 오후 3시 30분
three o'clock                 | three o'clock           | 3시; 세 시
"""
NUMBERS = """
1,350                         | 1,350                   | 1350; 1천350
1350                          | 1350                    | 1천350; 1,350
1천350                         | 1천350                   | 1350; 1,350
10,000                        | 10,000                  | 1만; 10000
35,000                        | 35,000                  | 3만5000; 3만5천; 35000
3만5천                          | 3만5천                    | 3만5000; 35,000; 35000
3만 5천                         | 3만 5천                   | 3만5000; 3만5천; 35,000; 35000
1조2천억                         | 1조2천억                   | 1조2000억; 1.2조
1조 2000억                      | 1조 2000억                | 1조2000억; 1조2천억
1.5조                          | 1.5조                    | 1조5000억; 1조5천억
2천5백만                         | 2천5백만                   | 2500만; 2천500만
3 billion                     | 3 billion               | 30억
1.5 million                   | 1.5 million             | 150만
30bn                          | 30bn                    | 300억
a million                     | a million               | 100만
half a million                | half a million          | 50만
seven hundred                 | seven hundred           | 700
seven hundred and fifty thousand | seven hundred and fifty thousand | 75만
twenty-five                   | twenty-five             | 25
five banks                    | five                    | 5개; 5곳
two Korean leaders            | two                     | 2; 두
hundreds of                   | hundreds of             | 수백
half of them                  | half                    | 절반
one third                     | one third               | 3분의 1; 1/3
two-thirds                    | two-thirds              | 3분의 2; 2/3
a quarter of households       | a quarter               | 4분의 1
1/3                           | 1/3                     | 3분의 1
3분의 1                         | 3분의 1                   | 1/3
20 percent                    | 20 percent              | 20%; 20퍼센트
20%                           | 20%                     | 20퍼센트
2.5 per cent                  | 2.5 per cent            | 2.5%; 2.5퍼센트
5-10 percent                  | 5-10 percent            | 5~10%; 5~10퍼센트
20퍼센트                         | 20퍼센트                   | 20%
3 percentage points           | 3 percentage points     | 3%포인트; 3%p
3%p                           | 3%p                     | 3%포인트; 3%P
"""
SUMS = """
3 billion dollars             | 3 billion dollars       | 30억 달러; 30억달러
$3 billion                    | $3 billion              | 30억 달러; 30억달러
US$3bn                        | US$3bn                  | 30억 달러; 30억달러
$35,000                       | $35,000                 | 3만5000달러
2 trillion won                | 2 trillion won          | 2조원; 2조 원
₩2tn                          | ₩2tn                    | 2조원; 2조 원
500,000 won                   | 500,000 won             | 50만원; 50만 원
one hundred million euros     | one hundred million euros | 1억 유로; 1억유로
€5m                           | €5m                     | 500만 유로
10 billion yen                | 10 billion yen          | 100억 엔; 100억엔
50 million yuan               | 50 million yuan         | 5000만 위안; 5000만위안; 5천만 위안
£20                           | £20                     | 20파운드
50만원                          | 50만원                    | 50만 원; 500,000원
500,000원                      | 500,000원                | 50만원; 50만 원
30억 달러                        | 30억 달러                  | 30억달러
"""
COUNTS = """
five people                   | five people             | 5명; 다섯 명
five soldiers                 | five                    | 5명; 다섯 명
3.5 million people            | 3.5 million people      | 350만명; 350만 명
10 to 20 people               | 10 to 20 people         | 10~20명
7천700명                        | 7천700명                  | 7700명
7700명                         | 7700명                   | 7천700명
3000여명                        | 3000여명                  | 3000여 명; 3천여명
다섯 명이                         | 다섯 명                    | 5명
three-year plan               | three-year              | 3년
two years                     | two years               | 2년
two decades                   | two decades             | 20년
10 days                       | 10 days                 | 10일; 열흘
사흘 만에                         | 사흘                      | 3일; 3일간
6 months                      | 6 months                | 6개월; 여섯 달
두 달                           | 두 달                     | 2개월; 2달
2 weeks                       | 2 weeks                 | 2주; 2주일
3 hours                       | 3 hours                 | 3시간; 세 시간
30 minutes                    | 30 minutes              | 30분
10 seconds                    | 10 seconds              | 10초
five times                    | five times              | 5차례; 5배; 5번
twice                         | twice                   | 두 차례; 두 번
세 번                           | 세 번                     | 3차례; 3번
18 years old                  | 18 years old            | 18세; 18살
18-year-old                   | 18-year-old             | 18세; 18살
18세                           | 18세                     | 18살
in his early 30s              | his early 30s           | 30대 초반; 30대
5 kilometers                  | 5 kilometers            | 5㎞; 5km; 5킬로미터
5km                           | 5km                     | 5㎞; 5킬로미터
100 meters                    | 100 meters              | 100m; 100미터
20 degrees                    | 20 degrees              | 20도
10 tons                       | 10 tons                 | 10톤; 10t
5 countries                   | 5 countries             | 5개국
third place                   | third place             | 3위
ninth                         | ninth                   | 9번째; 아홉 번째; 9위; 9회
9th                           | 9th                     | 9번째; 아홉 번째; 9위; 9회
the first woman               | first                   | 첫; 첫 번째
second round                  | second round            | 2라운드; 2차
24th floor                    | 24th floor              | 24층
20th anniversary              | 20th anniversary        | 20주년
19th president                | 19th                    | 19대
Fourth Industrial Revolution  | Fourth                  | 4차; 제4차
third inter-Korean summit     | third                   | 3번째; 세 번째; 3위; 3회; 3차
세 번째                          | 세 번째                    | 3번째
"""
CASES = [
    [column.strip() for column in line.split("|")]
    for table in (DATES, NUMBERS, SUMS, COUNTS)
    for line in table.strip().splitlines()
]


@pytest.mark.parametrize(("question", "written", "variants"), CASES)
def test_a_quantity_is_written_as_in_articles(question: str, written: str, variants: str) -> None:
    [quantity] = quantities(question)
    expected = variants.split("; ")
    assert question[quantity.start : quantity.end] == written
    assert list(quantity.variants[: len(expected)]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "",
        "May the force be with you",
        "they march and may leave",
        "it may 5 or not",
        "Theresa May",
        "Black Friday",
        "2018",
        "2018 평창",
        "1592년",
        "2018년",
        "02-1234-5678",
        "01012345678",
        "007",
        "1.2.3.4",
        "192.168.0.1",
        "5G",
        "COVID-19",
        "코로나19",
        "F-35000",
        "K9",
        "A380",
        "HK$500",
        "엘리자베스 2세",
        "루이 14세",
        "뉴욕 5번가",
        "제3조",
        "3조각",
        "2만큼",
        "2018.13.45",
        "4/5/2018",
        "두 배우",
        "세 번역",
        "한번 더",
        "5배우",
        "3세대",
        "The two won",
        "Korea won",
        "a 2-0 win",
        "a 2-3 defeat",
        "one of them",
        "One Direction",
        "Twelve Angry Men",
        "twenty eighteen",
        "one second",
        "per second",
        "second-hand",
        "First Lady",
        "at first",
        "third party",
        "the Third Reich",
        "the 7th Fleet",
        "half-brother",
        "halftime",
        "24/7",
        "once",
        "someone",
        "weighted",
        "99999999999999999999",
        "99999 trillion",
    ],
)
def test_what_only_looks_like_a_quantity_is_left_alone(question: str) -> None:
    assert quantities(question) == []


def test_the_longest_reading_wins_and_the_rest_is_read_around_it() -> None:
    question = "Did 5 people give $3 billion in April 2018 for 1조2천억원?"
    found = quantities(question)
    assert [question[start:end] for start, end, _ in found] == [
        "5 people",
        "$3 billion",
        "April 2018",
        "1조2천억원",
    ]


def test_a_number_of_people_behind_a_month_is_no_day() -> None:
    question = "In April 5 people died"
    assert [question[start:end] for start, end, _ in quantities(question)] == ["April", "5 people"]


def test_a_third_term_is_no_fraction() -> None:
    [quantity] = quantities("a third term")
    assert quantity.variants[:2] == ("3번째", "세 번째")


def test_people_behind_a_year_are_not_counted_by_it() -> None:
    assert quantities("In 2018 people voted") == [Quantity(3, 7, ("2018년",))]
    assert quantities("2,018 people")[0].variants[0] == "2018명"


def test_a_year_before_the_verb_won_is_a_year() -> None:
    assert quantities("who in 2018 won the cup") == [Quantity(7, 11, ("2018년",))]


def test_spans_count_in_the_text_as_it_was_given() -> None:
    question = "\u200b가\u1100\u1161\u00a0２０％"
    [quantity] = quantities(question)
    assert question[quantity.start : quantity.end] == "２０％"
    assert quantity.variants == ("20퍼센트",)


def test_variants_are_few_and_differ_from_each_other() -> None:
    [quantity] = quantities("12,345,000 dollars")
    assert len(quantity.variants) == len(set(quantity.variants)) <= MAX_VARIANTS
