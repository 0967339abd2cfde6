"""
Is what a language model says said by the sentences that it cites?

Form first, then what can be compared by letters: citations, numbers and dates, names, denials.
The rest is left to a scorer. Each check can only drop a claim, and in doubt it does: the
answer is then made of the articles' own sentences.

But: a claim may pass and mislead, by a word exchanged that is no name, or by what it leaves out.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from index.normalizing import normalize
from search.claim_names import SameName, missing_names
from search.claim_order import has_other_order
from search.claim_quantities import missing_quantities
from search.claims import MAX_CLAIM_CHARS, Claim, Dropped

MIN_SUPPORT = 0.5
MAX_CITATIONS = 3
"""Sentences of one claim; the more are cited, the more can be put together that none says."""

Support: TypeAlias = Callable[[str, Sequence[str]], float]
"""A claim and the sentences it cites -> how surely they say it, 0 to 1."""

_MARKUP = re.compile(
    r"[<>\[\]{}`|\\*_#^]|~~|&#?[0-9A-Za-z]{2,8};|\A\s*[-+=]|\A\s*[0-9]{1,2}[.)]\s"
    r"|(?i:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.|\b(?:javascript|data|mailto|vbscript|file)\s*:\S)"
    r"|(?i:\b[a-z0-9-]+\.(?:com|net|org|io|kr|jp|cn|ru|info|biz|app|dev|ai|me|co|xyz)\b)"
    r"|[\w.+-]@[\w-]"
)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TO_A_MODEL = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above)\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\byou are now\b|\bas an ai\b"
    r"|(?:지시|명령|규칙|프롬프트|지침).{0,12}(?:무시|잊|따르지)|시스템 ?프롬프트"
    r"|(?:라고|으로|만) ?(?:답|대답|응답|출력)(?:하라|하시오|해라|하세요|해 ?줘)"
)
_KOREAN_DENIAL = re.compile(
    r"(?P<before>[가-힣]{0,4}) ?(?P<denial>않|못|없|아니|아닌|아닐|아님)"
    r"|(?<![가-힣])(?P<ahead>안) (?=[가-힣])|(?P<word>부인|부정|거부|무산|취소|철회|불발|실패)"
)
_ENGLISH_DENIAL = re.compile(
    r"(?i)\b(?:not|no|never|none|unable|nor|neither|without|cannot|den(?:y|ies|ied|ying)|refus(?:e[sd]?|ing)"
    r"|fail(?:s|ed|ing)?|cancel(?:s|l?ed|l?ing)?|reject(?:s|ed|ing)?|withdr[ae]w\w*|scrap(?:s|ped))\b"
    r"|n['’]t\b"
)
_RELATIVE = tuple(
    re.compile(rf"(?<![가-힣])(?:{korean})|(?i:\b(?:{english})\b)")
    for korean, english in (
        ("작년|지난해|전년", "last year|previous year|year earlier"),
        ("올해|금년", "this year"),
        ("내년|이듬해", "next year|following year"),
        ("어제|전날", "yesterday|previous day|day before"),
        ("오늘|이날", "today|same day|that day"),
        ("내일|다음 ?날|이튿날", "tomorrow|next day|following day"),
        ("지난 ?달|전월", "last month|previous month"),
        ("이달|이번 ?달", "this month"),
        ("다음 ?달|내달", "next month|following month"),
        ("지난 ?주", "last week|previous week"),
        ("이번 ?주", "this week"),
        ("다음 ?주", "next week|following week"),
        ("오전|아침|새벽", "morning"),
        ("오후|저녁", "afternoon|evening"),
        ("상반기", "first half"),
        ("하반기", "second half"),
        *((f"{day}요일", "(?!)") for day in "월화수목금토일"),
    )
)


def why_dropped(
    claim: Claim,
    sentences: Mapping[int, str],
    *,
    is_korean: bool,
    support: Support,
    same_name: SameName,
) -> Dropped | None:
    """
    Check one claim.

    Args:
        claim: As read from the reply.
        sentences: All that were shown to the model, by number, as stored.
        is_korean: Whether the question is Korean; the claim must be in its language.
        support: Asked last, and only of claims that pass everything else.
        same_name: See `search.claim_names`.

    Returns:
        The first reason against it; None where it is held up.
    """
    if not claim.citations:
        return Dropped.UNCITED
    if len(claim.text) > MAX_CLAIM_CHARS:
        return Dropped.TOO_LONG
    if not set(claim.citations) <= set(sentences):
        return Dropped.NO_SUCH_SENTENCE
    if len(claim.citations) > MAX_CITATIONS:
        return Dropped.TOO_MANY_CITATIONS
    if _has_markup(claim.text):
        return Dropped.MARKUP
    if not _is_in_language(claim.text, is_korean=is_korean):
        return Dropped.LANGUAGE
    cited = [sentences[number] for number in claim.citations]
    if any(_TO_A_MODEL.search(text) for text in (claim.text, *cited)):
        return Dropped.INSTRUCTION
    if missing_quantities(claim.text, cited) or _has_other_time(claim.text, cited):
        return Dropped.QUANTITY
    if missing_names(claim.text, cited, same_name):
        return Dropped.NAME
    if _has_other_polarity(claim.text, cited):
        return Dropped.NEGATION
    if has_other_order(claim.text, cited):
        return Dropped.ORDER
    score = support(claim.text, cited)
    return None if math.isfinite(score) and score >= MIN_SUPPORT else Dropped.SUPPORT


def _has_markup(text: str) -> bool:
    is_unseen = any(unicodedata.category(character) in _UNSEEN for character in text)
    # Fullwidth brackets are brackets to some readers.
    return is_unseen or bool(_MARKUP.search(normalize(text).text))


def _is_in_language(text: str, *, is_korean: bool) -> bool:
    """A claim is a sentence, at least two words of Korean or three of English."""
    n_hangul = len(re.findall("[가-힣]", text))
    n_latin = len(re.findall("[A-Za-z]", text))
    if is_korean:
        return n_hangul >= 4 and len(text.split()) >= 2
    return n_latin > n_hangul and len(text.split()) >= 3


def _has_other_time(claim: str, cited: Sequence[str]) -> bool:
    return any(
        times.search(claim) and not any(times.search(text) for text in cited) for times in _RELATIVE
    )


def _has_other_polarity(claim: str, cited: Sequence[str]) -> bool:
    """
    Compare denials.

    A denial in the claim needs one in a cited sentence, in a Korean claim of the same word
    (찬성하지 않 is not 반대하지 않). One in any cited sentence needs one in the claim.
    """
    said = _denials(claim)
    held = [_denials(text) for text in cited]
    if not said:
        return any(held)
    all_held = set().union(*held)
    if re.search("[가-힣]", claim) and all(re.search("[가-힣]", text) for text in cited):
        return not said <= all_held
    return not all_held


def _denials(text: str) -> set[str]:
    text = normalize(text).text
    found = set()
    for match in _KOREAN_DENIAL.finditer(text):
        denial = match["denial"]
        if denial:
            before = re.sub("[이가은는도을를]\\Z", "", match["before"])
            found.add(before + ("아니" if denial[0] == "아" else denial))
        else:
            found.add(match["ahead"] or match["word"])
    return found | {"not" for _ in _ENGLISH_DENIAL.finditer(text)}
