"""Debris of portal pages goes, line by line; sentences of the article stay."""

from pathlib import Path

import pytest

from index.cleaning import Rule, clean, split_lines

FIXTURES = Path(__file__).parent.parent / "fixtures"

DEBRIS = [
    ("전체 맥락을 이해하기 위해서는 본문 보기를 권장합니다.", Rule.VIEWING_NOTICE),
    ("본문 보기", Rule.VIEWING_NOTICE),
    ("이 글자크기로 변경됩니다.", Rule.VIEWING_NOTICE),
    ("글자크기 조절", Rule.VIEWING_NOTICE),
    ("본문 글씨 키우기", Rule.VIEWING_NOTICE),
    ("기사 공유하기", Rule.VIEWING_NOTICE),
    (
        "(예시) 가장 빠른 뉴스가 있고 다양한 정보가 숨쉬는 한들뉴스를 만나보세요.",
        Rule.PORTAL_DESCRIPTION,
    ),
    ("![사진 [자료]](https://img.example.com/a.jpg)", Rule.IMAGE_MARKDOWN),
    ('![가](https://a.example/1.png "제목") ![나](https://a.example/2.png)', Rule.IMAGE_MARKDOWN),
    ("[사진=가온정밀 제공]", Rule.PHOTO_CREDIT),
    ("▲ 사진 출처: 노을섬 주민", Rule.PHOTO_CREDIT),
    ("<그래픽: 나라온>", Rule.PHOTO_CREDIT),
    ("[노을군청 제공]", Rule.PHOTO_CREDIT),
    ("(자료사진)", Rule.PHOTO_CREDIT),
    ("<저작권자 ⓒ '내일을 읽는 뉴스' 한들경제, 무단전재 및 재배포 금지>", Rule.COPYRIGHT),
    ("Copyright © 한들경제 & handeul.example.com, 무단 전재 및 재배포 금지", Rule.COPYRIGHT),
    ("© 2025 한들경제. All Rights Reserved.", Rule.COPYRIGHT),
    ("[저작권자(c) 한들뉴스, 무단 전재-재배포 금지]", Rule.COPYRIGHT),
    ("무단 전재 및 재배포, AI 학습 이용 금지", Rule.COPYRIGHT),
    ("All rights reserved.", Rule.COPYRIGHT),
    ("ⓒ 노을방송", Rule.COPYRIGHT),
    ("마도윤 기자 doyun@news.example.kr", Rule.EMAIL_BYLINE),
    ("[해솔=마도윤 기자 doyun@news.example.kr]", Rule.EMAIL_BYLINE),
    ("doyun@news.example.kr", Rule.EMAIL_BYLINE),
    ("나라온·한누리 기자 <EMAIL>", Rule.EMAIL_BYLINE),
    ("[앵커]", Rule.BROADCAST_MARKER),
    ("◀ 리포트 ▶", Rule.BROADCAST_MARKER),
    ("[노을뉴스] [기자]", Rule.BROADCAST_MARKER),
    ("KBS 뉴스 나라온입니다.", Rule.BROADCAST_MARKER),
    ("등록일 14:01", Rule.LISTING_TIME),
    ("- 등록 2025.12.03 오후 2:01", Rule.LISTING_TIME),
    ("입력 2025.12.03. 오전 9:12 수정 2025.12.03. 오후 1:05", Rule.LISTING_TIME),
    ("[관련기사]", Rule.RELATED_ARTICLES),
    ("많이 본 뉴스", Rule.RELATED_ARTICLES),
]

STAYING = [
    "신문협회는 무단 전재를 금지해야 한다고 밝혔다.",
    "문의는 help@example.kr 로 하면 된다.",
    "(c) 그 밖에 정하는 사항",
    "- 가격이 올랐다 - 정부",
    "-",
    "본문 보기 기능이 사라졌다.",
    "사진 속 인물은 그의 아버지다",
    "사진을 찍던 그는 말했다.",
    "[해솔=한들뉴스] 마도윤 기자 = 해솔시가 18일 밝혔다.",
    "[앵커의 눈] 왜 늦어졌나",
    "앵커는 배를 세우는 쇠갈고리다.",
    "입력 장치를 새로 만들었다",
    "등록일 확인은 시청에서",
    "관련 기사를 쓴 기자는 셋이다",
    "저작권자 단체 회원 40명 참석",
    "Copyright Agreement Signed in Seoul",
    "© 표시를 지운 그림이 팔렸다",
    "저작권자에게 허락을 구했다.",
    "무단 복제 금지 캠페인 연다",
    "◇ 주요 뉴스 편성 논란",
    "가장 빠른 뉴스가 있고 다양한 정보를 준다는 광고가 나갔다.",
    "![닫히지 않은 그림](https://img.example.com/a.jpg",
    "KBS 사장은 마도윤입니다만 곧 바뀐다.",
    "오전 10:00",
]


@pytest.mark.parametrize(("line", "rule"), DEBRIS)
def test_a_line_of_debris_is_removed_under_its_rule(line: str, rule: Rule) -> None:
    cleaned = clean(f"첫 문장이다.\n{line}\n끝 문장이다.")
    assert cleaned.text == "첫 문장이다.\n끝 문장이다."
    assert [(removed.number, removed.rule, removed.line) for removed in cleaned.removed] == [
        (2, rule, line)
    ]


@pytest.mark.parametrize("line", STAYING)
def test_a_line_that_only_looks_like_debris_stays(line: str) -> None:
    text = f"첫 문장이다.\n{line}\n끝 문장이다."
    assert clean(text).text == text
    assert clean(line).text == line


@pytest.mark.parametrize(
    ("page", "publisher", "byline", "rules"),
    [
        (
            "page_portal",
            "한들경제",
            "마도윤",
            {
                Rule.VIEWING_NOTICE: 4,
                Rule.PORTAL_DESCRIPTION: 1,
                Rule.IMAGE_MARKDOWN: 1,
                Rule.PHOTO_CREDIT: 1,
                Rule.COPYRIGHT: 2,
                Rule.EMAIL_BYLINE: 1,
                Rule.RELATED_ARTICLES: 6,
            },
        ),
        (
            "page_broadcast",
            "노을방송",
            "나라온, 한누리",
            {
                Rule.BROADCAST_MARKER: 3,
                Rule.PHOTO_CREDIT: 3,
                Rule.EMAIL_BYLINE: 1,
                Rule.COPYRIGHT: 2,
                Rule.RELATED_ARTICLES: 3,
                Rule.LISTING_TIME: 6,
            },
        ),
    ],
)
def test_a_page_loses_its_debris_and_no_sentence(
    page: str, publisher: str, byline: str, rules: dict[Rule, int]
) -> None:
    cleaned = clean((FIXTURES / f"{page}.txt").read_text(encoding="utf-8"))
    kept = (FIXTURES / f"{page}.kept.txt").read_text(encoding="utf-8")
    assert cleaned.text.rstrip("\n").split("\n") == kept.rstrip("\n").split("\n")
    assert (cleaned.publisher, cleaned.byline) == (publisher, byline)
    found = [removed.rule for removed in cleaned.removed]
    assert {rule: found.count(rule) for rule in found} == rules


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("<저작권자 ⓒ '내일을 읽는 뉴스' 한들경제, 무단전재 및 재배포 금지>", "한들경제"),
        ("저작권자 © 한들경제, 무단 전재 및 재배포 금지", "한들경제"),
        ("Copyright ⓒ 2025 한들경제. All rights reserved.", "한들경제"),
        ("© 2019-2025 한들 경제. All Rights Reserved.", "한들 경제"),
        ("<ⓒ한들경제(www.example.com), 무단전재 배포금지>", "한들경제"),
        ("[저작권자(c) 한들뉴스, 무단 전재-재배포 금지]", "한들뉴스"),
        ("무단전재 및 재배포 금지", None),
        ("All rights reserved.", None),
    ],
)
def test_the_publisher_is_the_name_behind_the_last_rights_mark(
    line: str, publisher: str | None
) -> None:
    assert clean(f"문장이다.\n{line}").publisher == publisher


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("마도윤 기자 doyun@news.example.kr", "마도윤"),
        ("(해솔=마도윤 기자 doyun@news.example.kr)", "마도윤"),
        ("마도윤 기자(doyun@news.example.kr)", "마도윤"),
        ("마도윤기자doyun@news.example.kr", "마도윤"),
        ("해솔=마도윤 특파원 doyun@news.example.kr", "마도윤"),
        ("나라온·한누리 기자 a@example.kr, b@example.kr", "나라온, 한누리"),
        ("John Doe john@example.com", "John Doe"),
        ("doyun@news.example.kr", None),
        ("제보 help@example.kr", None),
    ],
)
def test_the_byline_is_the_names_beside_an_address(line: str, byline: str | None) -> None:
    cleaned = clean(f"문장이다.\n{line}")
    assert cleaned.text == "문장이다."
    assert cleaned.byline == byline


def test_the_first_publisher_wins_and_a_byline_names_nobody_twice() -> None:
    cleaned = clean("ⓒ 한들경제\nⓒ 노을방송\n나라온 기자 a@b.kr\n나라온 b@b.kr\n한누리 c@b.kr")
    assert (cleaned.publisher, cleaned.byline) == ("한들경제", "나라온, 한누리")


def test_a_dash_goes_only_beside_a_registration_time() -> None:
    assert clean("첫째다.\n-\n둘째다.\n-\n등록일 14:01").text == "첫째다.\n-\n둘째다."


def test_a_bulleted_list_goes_only_behind_a_head_of_related_articles() -> None:
    listed = "• 감귤 값 내렸다\n• 등대 축제 열린다"
    assert clean(f"물가를 보면\n{listed}").text == f"물가를 보면\n{listed}"
    assert clean(f"물가를 보면\n관련기사\n{listed}").text == "물가를 보면"


def test_a_run_of_titles_goes_at_the_end_where_one_publisher_repeats() -> None:
    run = "- 감귤 값 내렸다 - 한들경제\n- 등대 축제 열린다 - 한들경제"
    assert clean(f"끝 문장이다.\n{run}").text == "끝 문장이다."
    assert clean(f"{run}\n끝 문장이다.").text == f"{run}\n끝 문장이다."


def test_two_dashed_lines_with_different_ends_are_no_run() -> None:
    text = "의견을 모았다.\n- 가격이 올랐다 - 정부\n- 가격이 내렸다 - 업계"
    assert clean(text).text == text


def test_rules_see_through_decomposed_hangul_and_invisible_characters() -> None:
    decomposed = "\u1107\u1169\u11ab\u1106\u116e\u11ab 보\u200b기"  # 본문 보기
    assert clean(f"문장이다.\n\ufeff\u00a0{decomposed}").text == "문장이다."


def test_a_long_paragraph_is_never_debris() -> None:
    long = "[사진=" + "가" * 30 + "]"
    assert clean(long).text == ""
    notice = "가장 빠른 뉴스가 있고 다양한 정보" + "가" * 400 + "있습니다"
    assert clean(notice).text == notice


def test_lines_end_at_lf_and_cr_lf_only() -> None:
    assert split_lines("a\r\nb\nc\u2028d\x0ce\rf") == ["a", "b", "c\u2028d\x0ce\rf"]
    assert clean("첫째다.\r\n본문 보기\r\n둘째다.").text == "첫째다.\n둘째다."


@pytest.fixture
def seeds(news_data: Path) -> dict[str, str]:
    """The two real pages, by file name; their text stays outside the repository."""
    found = {
        path.name: path.read_text(encoding="utf-8") for path in (news_data / "seeds").iterdir()
    }
    return {name: found[name] for name in sorted(found) if name.endswith(".txt")}


def test_the_first_real_page_gives_its_publisher_and_byline(seeds: dict[str, str]) -> None:
    first, second = (clean(text) for text in seeds.values())
    assert (first.publisher, first.byline) == ("머니S", "양진원")
    assert (second.publisher, second.byline) == (None, None)


def test_the_real_pages_lose_each_kind_of_debris(seeds: dict[str, str]) -> None:
    first, second = ([removed.rule for removed in clean(text).removed] for text in seeds.values())
    assert {rule: first.count(rule) for rule in first} == {
        Rule.VIEWING_NOTICE: 2,
        Rule.PORTAL_DESCRIPTION: 1,
        Rule.EMAIL_BYLINE: 1,
        Rule.COPYRIGHT: 2,
        Rule.RELATED_ARTICLES: 10,
    }
    assert {rule: second.count(rule) for rule in second} == {
        Rule.IMAGE_MARKDOWN: 1,
        Rule.LISTING_TIME: 8,
    }


@pytest.mark.parametrize(
    "debris",
    ["본문 보기", "글자크기", "다음뉴스", "ⓒ", "©", "무단", "@", "![", "등록일", " - 머니S"],
)
def test_the_real_pages_keep_no_line_with_debris(seeds: dict[str, str], debris: str) -> None:
    assert any(debris in text for text in seeds.values())
    assert not any(debris in clean(text).text for text in seeds.values())


def test_the_real_pages_keep_every_line_of_the_article(seeds: dict[str, str]) -> None:
    for text in seeds.values():
        title, *lines = text.split("\n")
        plain = [line for line in lines if line.endswith("다.") and "니다." not in line]
        headings = [line for line in lines if line.startswith("◇")]
        assert len(plain) >= 10
        kept = clean(text).text.split("\n")
        assert kept[0] == title
        assert [line for line in lines if line in {*plain, *headings}] == kept[1:]
