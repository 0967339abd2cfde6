"""How much of a claim cited sentences say, over the sample articles."""

import pytest

from search.answer_candidates import CandidateSentence, candidate_sentences
from search.claim_checks import MIN_SUPPORT
from search.claim_support import ClaimSupport
from search.clock import Clock
from search.engine import SearchEngine

PARTNERS = "두 회사에는 미국 빅테크와"
ALLIANCE = "KT는 마이크로소프트(MS)와"
STRATEGY = "KT도 언어모델"
NO_LINK = "다른 풀이도 있다."


@pytest.fixture(scope="module")
def candidates(engine: SearchEngine) -> list[CandidateSentence]:
    """Sentences of the articles about a contest that two companies lost."""
    found = engine.find("KT는 왜 정부 AI 사업에서 탈락했나?", k=10, clock=Clock())
    return candidate_sentences(engine.snapshot, found.ranked)


@pytest.fixture(scope="module")
def compared(engine: SearchEngine, candidates: list[CandidateSentence]) -> ClaimSupport:
    """Claims against these sentences."""
    return ClaimSupport(engine.snapshot, engine.plan, candidates)


@pytest.fixture(scope="module")
def texts(candidates: list[CandidateSentence]) -> dict[str, str]:
    """The sentences by their beginnings above."""
    beginnings = (PARTNERS, ALLIANCE, STRATEGY, NO_LINK)
    return {
        start: next(each.text for each in candidates if each.text.startswith(start))
        for start in beginnings
    }


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("KT and Microsoft will invest 2.4 trillion won together.", STRATEGY),
        ("KT has an alliance with Microsoft.", ALLIANCE),
        ("Kakao announced a partnership with OpenAI in February.", ALLIANCE),
        ("KT는 마이크로소프트와 협력을 맺었다.", ALLIANCE),
        ("카카오는 오픈AI와의 제휴를 공개했다.", ALLIANCE),
        ("두 회사는 미국 빅테크와 손을 잡았다.", PARTNERS),
    ],
)
def test_what_a_sentence_says_is_held_up_in_both_languages(
    compared: ClaimSupport, texts: dict[str, str], claim: str, cited: str
) -> None:
    assert MIN_SUPPORT < compared.support(claim, [texts[cited]]) <= 1
    assert compared.support(claim, [texts[NO_LINK]]) < MIN_SUPPORT


@pytest.mark.parametrize(
    "claim",
    [
        "The typhoon flooded three villages on Monday.",
        "Farmers planted apples near the river.",
        "버스 기사들이 임금을 놓고 파업했다.",
        "태풍으로 마을 세 곳이 물에 잠겼다.",
    ],
)
def test_what_no_sentence_says_is_not(
    compared: ClaimSupport, texts: dict[str, str], claim: str
) -> None:
    assert compared.support(claim, list(texts.values())) < MIN_SUPPORT


def test_a_stored_sentence_says_itself(
    compared: ClaimSupport, candidates: list[CandidateSentence]
) -> None:
    for each in candidates:
        if len(each.text) > 20:
            assert compared.support(each.text[:500], [each.text]) > 0.95


def test_two_sentences_say_what_each_says(compared: ClaimSupport, texts: dict[str, str]) -> None:
    claim = "KT는 언어모델 믿음을 개발했고 카카오는 오픈AI와 제휴를 공개했다."
    one, two = (compared.support(claim, [texts[start]]) for start in (ALLIANCE, STRATEGY))
    both = compared.support(claim, [texts[ALLIANCE], texts[STRATEGY]])
    assert max(one, two) < both <= 1
    assert compared.support(claim, [texts[STRATEGY], texts[ALLIANCE]]) == both


def test_a_sentence_that_is_no_candidate_says_nothing(
    compared: ClaimSupport, texts: dict[str, str]
) -> None:
    claim = "KT has an alliance with Microsoft."
    other = "KT는 마이크로소프트와 동맹을 맺었다."
    assert compared.support(claim, [other]) == 0
    assert compared.support(claim, []) == 0
    assert compared.support(claim, [texts[ALLIANCE][:-1]]) == 0
    assert compared.support(claim, [other, texts[ALLIANCE]]) == compared.support(
        claim, [texts[ALLIANCE]]
    )
    assert not compared.same_name("Microsoft", [other])
    assert not compared.same_name("Microsoft", [])


@pytest.mark.parametrize("claim", ["...", "?!", "왜?", "is it the"])
def test_a_claim_without_words_is_held_up_by_nothing(
    compared: ClaimSupport, texts: dict[str, str], claim: str
) -> None:
    assert compared.support(claim, [texts[ALLIANCE]]) == 0
    assert not compared.same_name(claim, [texts[ALLIANCE]])


@pytest.mark.parametrize("name", ["Microsoft", "Kakao", "OpenAI", "KT", "MS"])
def test_a_name_is_known_by_its_letters_sound_or_translation(
    compared: ClaimSupport, texts: dict[str, str], name: str
) -> None:
    assert compared.same_name(name, [texts[ALLIANCE]])
    assert compared.same_name(name, [texts[NO_LINK], texts[ALLIANCE]])
    assert not compared.same_name(name, [texts[NO_LINK]])


@pytest.mark.parametrize(
    "name", ["Naver Cloud", "Upstage", "Samsung", "SK Telecom", "Kim Jong Un", "Konan Technology"]
)
def test_another_name_is_not(compared: ClaimSupport, texts: dict[str, str], name: str) -> None:
    assert not compared.same_name(name, [texts[ALLIANCE]])


def test_all_words_of_a_name_are_needed(compared: ClaimSupport, texts: dict[str, str]) -> None:
    assert not compared.same_name("Microsoft Samsung", [texts[ALLIANCE]])
