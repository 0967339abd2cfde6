"""
What Korean portals leave between the lines of an article, removed line by line.

A line goes only when a rule matches all of it; a kept line keeps every character.
But: nothing is rewritten here. Normalising is the analyzer's work.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from index.normalizing import INVISIBLE


class Rule(StrEnum):
    """Why a line was removed; the order is the order in which rules are tried."""

    VIEWING_NOTICE = "viewing_notice"
    PORTAL_DESCRIPTION = "portal_description"
    IMAGE_MARKDOWN = "image_markdown"
    PHOTO_CREDIT = "photo_credit"
    COPYRIGHT = "copyright"
    EMAIL_BYLINE = "email_byline"
    BROADCAST_MARKER = "broadcast_marker"
    LISTING_TIME = "listing_time"
    RELATED_ARTICLES = "related_articles"


class RemovedLine(NamedTuple):
    """A line that was removed: its number in the text from 1, the rule, and the line."""

    number: int
    rule: Rule
    line: str


class Cleaned(NamedTuple):
    """
    A text without its debris.

    ``text`` holds the kept lines, joined by LF; ``publisher`` and ``byline`` are what
    removed copyright and e-mail lines said, or None; ``removed`` is in line order.
    """

    text: str
    publisher: str | None
    byline: str | None
    removed: list[RemovedLine]


_VIEWING = re.compile(
    r"""전체\s?맥락을\s?이해하기\s?위해서는\s?본문\s?보기를\s?권장합니다
      | (?:기사의?\s?)?(?:본문\s?내용은\s?)?이\s?글자\s?크기로\s?변경됩니다
      | (?:본문\s?)?(?:글자|글씨|폰트)\s?크기(?:\s?(?:조절|조정|변경|설정|작게|크게|보통|선택))*
      | (?:본문\s?)?(?:글자|글씨)\s?(?:키우기|줄이기|크게|작게)(?:\s?보기)?
      | 본문\s?(?:보기|듣기|요약봇?|바로가기)(?:\s?(?:닫기|설정))?
      | (?:기사\s?)?(?:음성으로\s?듣기|요약\s?보기|인쇄하기|공유하기|번역\s?설정|스크랩)""",
    re.VERBOSE,
)
_PORTAL = re.compile(
    r"""(?:\(예시\)\s?)?가장\s?빠른\s?뉴스가\s?있고\s?다양한\s?정보.*(?:만나보세요|있습니다)
      | (?:\(예시\)\s?)?(?:다음|네이버|네이트|줌)\s?뉴스는
        \s?국내외\s?주요\s?이슈와\s?실시간\s?속보.*있습니다""",
    re.VERBOSE,
)
_IMAGE = re.compile(r"(?:!\[[^\]]*(?:\[[^\]]*\][^\]]*)*\]\([^)\s]*(?:\s\"[^\"]*\")?\)\s*)+")
_CREDIT_BODY = r"[^.!?\n]{1,40}?"
_PHOTO = re.compile(
    rf"""[\[(<【/▲■※]*\s?(?:자료\s?)?(?:사진|그래픽|이미지|영상|일러스트)(?:\s?(?:제공|출처|자료))?
         \s?[=:ⓒ©/|]\s?{_CREDIT_BODY}[\])>】]*
      | [\[(<【]\s?{_CREDIT_BODY}\s(?:제공|자료사진|캡[처쳐])\s?[\])>】]
      | [\[(<【]\s?(?:자료\s?사진|사진)\s?[\])>】]""",
    re.VERBOSE,
)
_RIGHTS_MARK = re.compile(r"ⓒ|©|\(c\)|copyrights?|저작권자", re.IGNORECASE)
# Alone, (c) is more often the third item of a list, and the words are part of a sentence.
_RIGHTS_START = re.compile(
    r"[<\[(【\s]*(?:ⓒ|©|(?:저작권자|copyrights?)\s?[:|]?\s?(?:ⓒ|©|\(c\)|\d{4}\b))", re.IGNORECASE
)
_RIGHTS_CLAIM = re.compile(
    r"무단\s?(?:전재|복제|배포|사용)|재배포\s?(?:및|금지)|all\s?rights?\s?reserved", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?:다|요|까|죠|자)[.!?]?[\"'”’]?$")
_RIGHTS_NAME = re.compile(
    r"""(?:ⓒ|©|\(c\)|저작권자(?!\s?[ⓒ©(])|copyrights?(?!\s?[ⓒ©(]))\s?
        (?:\d{4}(?:\s?[-~]\s?\d{4})?\.?\s?)?            # a year
        (?:'[^']*'\s?|"[^"]*"\s?|‘[^’]*’\s?|“[^”]*”\s?)?     # a slogan
        (?P<name>[^\s,&.<>()\[\]|:;/ⓒ©][^,&.<>()\[\]|:;/ⓒ©]{0,20}?)
        \s?(?=[,&.<>()\[\]|:;/]|무단|all\s|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_EMAIL = r"(?:(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[\w-]+(?:\.[\w-]+)+|<EMAIL>)"
_JOB = (
    r"(?:기자|특파원|인턴\s?기자|선임\s?기자|전문\s?기자|객원\s?기자|논설위원|앵커|PD|에디터"
    r"|칼럼니스트|평론가|통신원|리포터)"
)
_PERSON = rf"(?:[가-힣]{{2,5}}|[A-Za-z][A-Za-z. ]{{1,30}})(?:\s?{_JOB})?"
_NOT_NAMES = frozenset(
    ("제보", "기사제보", "문의", "문의처", "메일", "이메일", "연락처", "독자투고")
)
_BYLINE = re.compile(
    rf"""[\[(<【▶■/※\s]*(?:[가-힣A-Za-z]{{1,10}}\s?=\s?)?
         (?:(?P<names>{_PERSON}(?:\s?[·,/∙]\s?{_PERSON})*))?\s?
         [/|=:,(\[<]?\s?{_EMAIL}(?:\s?[,/·]\s?{_EMAIL})*\s?[\])>】]*[.]?""",
    re.VERBOSE,
)
_SPEAKER = (
    r"(?:앵커(?:\s?멘트)?|기자(?:\s?멘트)?|리포트|리포터|인터뷰|녹취|자막뉴스|현장음|아나운서"
    r"|내레이션|VCR)"
)
_BROADCASTER = r"(?:MBC|KBS|SBS|YTN|JTBC|EBS|MBN|OBS|CBS|BBS|채널A|TV\s?조선|연합뉴스\s?TV)"
_BROADCAST = re.compile(
    rf"""(?:[\[<【][^\]>】]{{2,12}}[\]>】]\s?)?
         (?:[\[<【◀(]\s?{_SPEAKER}(?:\s[가-힣]{{2,4}})?\s?[\]>】▶)]\s?)+
      | {_BROADCASTER}\s?(?:뉴스\s?)?[가-힣]{{2,4}}\s?(?:입니다|이었습니다|였습니다)[.]?""",
    re.VERBOSE,
)
_MOMENT = (
    r"(?:\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}\s?[.일]?\s?)?"
    r"(?:(?:오전|오후)\s?)?(?:\d{1,2}:\d{2}(?::\d{2})?)?"
)
_LISTING = re.compile(
    rf"(?:[-·•]\s?)?(?:(?:등록일?|입력|수정|최종\s?수정|기사\s?입력|승인)\s?[:|]?\s?(?=\d|오){_MOMENT}\s?[|/]?\s?)+"
)
_BULLET = re.compile(r"[-–·•▶☞◆◇■]\s?\S")
_RELATED_ITEM = re.compile(r"[-–·•]\s.{2,150}\s[-–|]\s(?P<source>[^\s-][^-|]{0,18})")
_RELATED_HEAD = re.compile(
    r"[\[<【▶■◆☞※\s]*(?:관련\s?(?:기사|뉴스)|이\s?시각\s?(?:주요|인기)\s?뉴스|많이\s?본\s?(?:기사|뉴스)"
    r"|함께\s?(?:본|볼\s?만한)\s?(?:기사|뉴스)|(?:핫|인기|추천|주요)\s?(?:기사|뉴스))[\]>】\s]*[:▼]?"
)

_LINE_RULES: dict[Rule, Callable[[str], bool]] = {
    Rule.VIEWING_NOTICE: lambda line: bool(_VIEWING.fullmatch(line.rstrip(" ."))),
    Rule.PORTAL_DESCRIPTION: lambda line: bool(_PORTAL.fullmatch(line.rstrip(" ."))),
    Rule.IMAGE_MARKDOWN: lambda line: bool(_IMAGE.fullmatch(line)),
    Rule.PHOTO_CREDIT: lambda line: bool(_PHOTO.fullmatch(line)),
    Rule.COPYRIGHT: lambda line: _is_copyright(line),
    Rule.EMAIL_BYLINE: lambda line: bool(_BYLINE.fullmatch(line)),
    Rule.BROADCAST_MARKER: lambda line: bool(_BROADCAST.fullmatch(line)),
    Rule.LISTING_TIME: lambda line: bool(_LISTING.fullmatch(line)),
}
_MAX_DEBRIS_CHARS = 400  # no notice is longer; keeps the patterns off whole paragraphs
_PLAIN_SENTENCE = re.compile(r".*[^니]다\.")  # the style of news, and of no notice


def split_lines(text: str) -> list[str]:
    r"""Split at LF and CR LF only; U+2028, form feeds and lone CR stay inside a line."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def clean(text: str) -> Cleaned:
    """
    Remove debris lines until none is left, so cleaning a cleaned text changes nothing.

    Args:
        text: The body of an article; a line ends at LF or CR LF.

    Returns:
        The kept lines, unchanged, in order, joined by LF.
    """
    lines = list(enumerate(split_lines(text), start=1))
    removed: list[RemovedLine] = []
    while found := _find_debris([line for _, line in lines]):
        removed += [RemovedLine(*_swap(lines[i], rule)) for i, rule in found.items()]
        lines = [line for i, line in enumerate(lines) if i not in found]
    removed.sort()
    kept = "\n".join(line for _, line in lines)
    return Cleaned(kept, _publisher(removed), _byline(removed), removed)


def _swap(line: tuple[int, str], rule: Rule) -> tuple[int, Rule, str]:
    return line[0], rule, line[1]


def _find_debris(lines: list[str]) -> dict[int, Rule]:
    shown = [_plain(line) if 0 < len(line) <= _MAX_DEBRIS_CHARS else line for line in lines]
    found: dict[int, Rule] = {}
    for i, line in enumerate(shown):
        if not line or len(line) > _MAX_DEBRIS_CHARS or _PLAIN_SENTENCE.fullmatch(line):
            continue
        for rule, matches in _LINE_RULES.items():
            if matches(line):
                found[i] = rule
                break
    found.update((i, Rule.LISTING_TIME) for i in _dashes_of_listing(shown, found))
    found.update((i, Rule.RELATED_ARTICLES) for i in _related(shown, found))
    return found


def _plain(line: str) -> str:
    """Return the line as rules read it: NFC, single spaces, no invisible characters."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", line)).split())


def _is_copyright(line: str) -> bool:
    """Tell a rights notice from a sentence about rights: it has a mark or claim and no verb end."""
    if len(line) > 200:
        return False
    claims = bool(_RIGHTS_CLAIM.search(line))
    marked = _RIGHTS_MARK.search(line)
    if marked and claims:
        return not _SENTENCE_END.search(line.rstrip(">)]】 "))
    if marked := _RIGHTS_START.match(line):
        return len(line) <= 60 and not _SENTENCE_END.search(line)
    return claims and bool(
        re.fullmatch(
            r"[<\[(【\s]*(?:무단\s?\S{2}|재배포|및|[,·/-]|\s|AI\s?학습(?:\s?이용|\s?및\s?활용)?|활용)+\s?금지[>\])】.\s]*"
            r"|[<\[(【\s]*all\s?rights?\s?reserved[>\])】.\s]*",
            line,
            re.IGNORECASE,
        )
    )


def _dashes_of_listing(lines: list[str], found: dict[int, Rule]) -> Iterator[int]:
    """Yield the lone dashes that belong to a list of registration times."""
    for i, line in enumerate(lines):
        if line == "-" and any(
            found.get(neighbour) is Rule.LISTING_TIME for neighbour in (i - 1, i + 1)
        ):
            yield i


def _related(lines: list[str], found: dict[int, Rule]) -> set[int]:
    """Find heads like 관련기사 with their list, and "- title - publisher" runs at the end."""
    related: set[int] = set()
    for i, line in enumerate(lines):
        if not _RELATED_HEAD.fullmatch(line):
            continue
        related.add(i)
        for j in range(i + 1, len(lines)):
            if not _BULLET.match(lines[j]):
                break
            related.add(j)
    run: list[int] = []
    for i in range(len(lines) - 1, -1, -1):
        if not lines[i] or i in found or i in related:
            continue
        if not _RELATED_ITEM.fullmatch(lines[i]):
            break
        run.append(i)
    sources = {
        match["source"] for i in run if (match := _RELATED_ITEM.fullmatch(lines[i])) is not None
    }
    if len(run) >= 2 and len(sources) <= max(1, len(run) // 2):
        related.update(run)
    return related


def _publisher(removed: list[RemovedLine]) -> str | None:
    for _, rule, line in removed:
        if rule is Rule.COPYRIGHT and (match := _RIGHTS_NAME.search(_plain(line))):
            return match["name"].strip(" '\"‘’“”") or None
    return None


def _byline(removed: list[RemovedLine]) -> str | None:
    names: list[str] = []
    for _, rule, line in removed:
        if rule is Rule.EMAIL_BYLINE and (match := _BYLINE.fullmatch(_plain(line))):
            for name in re.split(r"\s?[·,/∙]\s?", match["names"] or ""):
                bare = re.sub(rf"\s?{_JOB}$", "", name).strip()
                if bare and bare not in names and bare not in _NOT_NAMES:
                    names.append(bare)
    return ", ".join(names) or None
