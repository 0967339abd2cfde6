"""
Does every name of a claim stand in the sentences that it cites?

Korean has no capitals, so every Hangul word of a claim has to stand there that is neither a
predicate nor one of a list of words that mean nothing in particular: a model that was told to keep
to the wording can do so. Words are compared without their particles. Names in Latin letters have
to stand there as they are, or `SameName` has to know them by another spelling.

But: words of an English claim that have no capital are not names, and are left to the ranker.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from index.normalizing import normalize
from search.question_words import ENGLISH_EMPTY

SameName: TypeAlias = Callable[[str, Sequence[str]], bool]
"""Whether sentences hold a name in Latin letters, by its Hangul spelling or a translation."""

_HANGUL = re.compile(r"[가-힣]+")
_LATIN = re.compile(r"(?<![0-9A-Za-zÀ-ɏ])[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9&'’.-]*")
_OTHER = re.compile(r"[^\W\d_A-Za-zÀ-ɏ가-힣]+")
_MAX_PHRASE_WORDS = 5
_MAX_ENDINGS = 3

_ENDINGS = tuple(
    sorted(
        (
            "은 는 이 가 을 를 의 에 와 과 로 으로 도 만 나 이나 들 께서 에서 에게 까지 부터"
            " 처럼 보다 마다 마저 조차 만큼 으로서 으로써 로서 로써 으로부터 로부터 에서는 에게는"
            " 으로는 로는 에도 에는 에서도 까지는 부터는 이라고 라고 이라며 라며 이라는 라는 이란"
            " 란 이며 이고 이자 이다 다 였다 이었다 인 입니다 이라 라 측 씨 이지만 지만 이었던"
            " 였던 중 적 간 여"
        ).split(),
        key=len,
        reverse=True,
    )
)
_VERBAL = re.compile(r"(?<=[가-힣]{2})(?:하|했|한|할|해|함|되|됐|된|될|돼|됨|시키|시켰)[가-힣]*\Z")
_PREDICATE = re.compile(
    r"(?:[가-힣]*(?:[았었였했됐갔왔렸켰쳤졌냈겠섰뒀줬봤났랐았웠렀꼈뤘췄썼있없않같][가-힣]{0,4}"
    r"|[하되][가-힣]{1,3}|(?<=[가-힣]{2})[한할해된될돼함됨]|한다|된다|는다|린다|진다|인다|온다|간다"
    r"|이다|니다|[하되이][며고]|면서|려고|도록|으려|려는|위해|위한|대한|대해|통해|통한|따른|따라"
    r"|따르면|의해|인해|관한|관해|향해|라고|다고|다며|다는|이라고|라며))\Z"
)
_PREDICATE_AT_END = re.compile(r"[가-힣]+[다요음함됨임]\Z")
_PLAIN = frozenset(
    (
        "것 수 등 때 이유 때문 이후 이전 당시 현재 최근 앞서 이번 지난 다만 그러나 하지만 그리고"
        " 또한 또 이에 이를 이는 이와 그는 그가 그의 그녀 이들 해당 가운데 사이 동안 정도 약 모두"
        " 각각 함께 다른 여러 전체 일부 대부분 내용 결과 사실 경우 계획 예정 입장 설명 발표 관련"
        " 대상 기준 이상 이하 미만 초과 총 매우 가장 더 이미 아직 다시 모든 새 새로운 같은 따른"
        " 이런 그런 어떤 무엇 누구 어디 왜 즉 역시 특히 한편 따라서 그래서 그래 까닭 점 곳 뒤 후"
        " 전 중 내 및"
    ).split()
)
_NO_NAMES = ENGLISH_EMPTY | frozenset(
    (
        "according although however meanwhile since after despite another many most several few"
        " first second third last next every people officials police prosecutors government"
        " company companies mr mrs ms dr president minister prime chairman ceo professor january"
        " february march april may june july august september october november december monday"
        " tuesday wednesday thursday friday saturday sunday one two three four five six seven"
        " eight nine ten"
    ).split()
)


def missing_names(claim: str, sentences: Sequence[str], same_name: SameName) -> list[str]:
    """
    Return the names of a claim that its sentences do not hold, as they stand in it.

    Args:
        claim: A sentence, English or Korean.
        sentences: The cited ones, as stored.
        same_name: Asked only of names in Latin letters that do not stand there as they are: of
            a run of words with capitals at once, and if that is none, of each.
    """
    claim = normalize(claim).text
    stored = "\n".join(normalize(sentence).text for sentence in sentences)
    return [
        *_missing_hangul(claim, stored),
        *_missing_latin(claim, stored, lambda name: same_name(name, sentences)),
        *(match[0] for match in _OTHER.finditer(claim) if match[0] not in stored),
    ]


def _missing_hangul(claim: str, stored: str) -> Iterator[str]:
    held, text = _held(stored), "".join(stored.split())
    runs = list(_HANGUL.finditer(claim))
    for place, run in enumerate(runs):
        is_unit = run.start() > 0 and claim[run.start() - 1].isdigit()
        if is_unit or len(run[0]) < 2 or _says_nothing(run[0]):
            continue
        is_last = not _HANGUL.search(claim, run.end())
        if is_last and _PREDICATE_AT_END.search(run[0]):
            continue
        before = runs[place - 1][0] if place else ""
        after = runs[place + 1][0] if place + 1 < len(runs) else ""
        joined = {before + run[0]} if before else set()
        joined |= {run[0] + stem for stem in stems(after)} if after else set()
        if not _is_held(stems(run[0]), held, text) and not (_stems_of(joined) & held):
            yield run[0]


def _is_held(found: set[str], held: set[str], text: str) -> bool:
    """Short words have to be words there, as 박정 is no part of 박정희; long ones may be parts."""
    return bool(found & held) or any(len(stem) >= 3 and stem in text for stem in found)


def _held(stored: str) -> set[str]:
    """Return the words of sentences without particles, alone and joined with the next."""
    runs = _HANGUL.findall(stored)
    joined = (first + second for first, second in pairwise(runs))
    verbal = {_VERBAL.sub("", run) for run in runs}
    return _stems_of(runs) | _stems_of(joined) | verbal


def _stems_of(runs: Iterable[str]) -> set[str]:
    return {stem for run in runs for stem in stems(run)}


def stems(run: str) -> set[str]:
    """Return a word and what is left without one to three endings, of two syllables or more."""
    found, newest = {run}, {run}
    for _ in range(_MAX_ENDINGS):
        newest = {
            stem.removesuffix(ending)
            for stem in newest
            for ending in _ENDINGS
            if stem.endswith(ending) and len(stem) - len(ending) >= 2
        }
        found |= newest
    return found


def _says_nothing(run: str) -> bool:
    if _PREDICATE.search(run) or run in _PLAIN:
        return True
    return any(run.endswith(ending) and run.removesuffix(ending) in _PLAIN for ending in _ENDINGS)


def _missing_latin(claim: str, stored: str, is_held: Callable[[str], bool]) -> Iterator[str]:
    for phrase in _phrases(claim, is_korean=bool(_HANGUL.search(claim))):
        unknown = [word for word in phrase if not _stands(word, stored)]
        if unknown and not (len(phrase) > 1 and is_held(" ".join(phrase))):
            yield from (word for word in unknown if not is_held(word))


def _phrases(claim: str, *, is_korean: bool) -> Iterator[list[str]]:
    """Yield runs of words with capitals; in a Korean claim all words in Latin letters."""
    phrase: list[str] = []
    end = 0
    for match in _LATIN.finditer(claim):
        word = re.sub(r"['’]s?\Z|[.'’-]+\Z", "", match[0])
        is_name = (is_korean or word != word.lower()) and word.lower() not in _NO_NAMES
        if phrase and (not is_name or claim[end : match.start()] != " "):
            yield phrase
            phrase = []
        if is_name:
            phrase.append(word)
            if len(phrase) == _MAX_PHRASE_WORDS:
                yield phrase
                phrase = []
        end = match.start() + len(word)
    if phrase:
        yield phrase


def _stands(word: str, stored: str) -> bool:
    pattern = rf"(?i)(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
    return bool(re.search(pattern, stored))
