"""
Names that mean the same: which of them stand in a query, and how else are they written?

Not a dictionary of synonyms, and nothing is rewritten here: a match says where a name is
and which other names its groups hold. A file has one group a line, names parted by tabs;
a line that begins with ``#`` is a comment.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from index.decoding import detect_encoding, read_lines
from index.errors import InputError
from index.normalizing import normalize

SHIPPED_ALIASES = Path(__file__).parent / "artifacts" / "aliases.tsv"
MAX_NAME_CHARS = 64
MAX_LINES = 100_000
MAX_LINE_BYTES = 1 << 16
MAX_PROBLEMS_TOLD = 5
FREE_SYLLABLES = 3
"""A name of fewer syllables is found only where its word ends or a particle follows."""

_LATIN = "0-9a-zß-öø-ɏ"  # after folding, so no capitals
_HANGUL = "가-힣"
_HANJA = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PARTICLES = (
    "은 는 이 가 을 를 의 에 와 과 도 로 으로 만 나 이나 랑 이랑 하고 며 이며 이고 에게"
    " 께 께서 한테 에서 에서는 에서도 에서의 에게서 에는 에도 에만 에게는 에게도 로는 로도"
    " 로의 로서 로써 으로는 으로도 으로의 으로서 으로써 로부터 으로부터 부터 까지 까지도"
    " 까지는 처럼 보다 보다는 만은 만이 만의 만도 와의 과의 와는 과는 와도 과도 라고 이라고"
    " 라는 이라는 라며 이라며 라면 이라면 란 이란 라도 이라도 마저 조차 밖에 뿐 대로 같은"
    " 같이 인 인가 인데 임 이다 입니다 이었다 였다 이냐 냐 이지만 지만 이자 이야 이요"
    " 이여 등 등은 등의 등이 등을 등에 등과 들 들은 들이 들의 들을 들과 들도 측 측은 측이"
    " 측의 측에 측과 씨 씨는 씨가 씨의 씨를 님 님은 님이 님의"
)
_RUN = re.compile(rf"[{_LATIN}]+|[{_HANGUL}]+|\S")
_SYLLABLE = re.compile(f"[{_HANGUL}]")
_ENDS_IN_LATIN = re.compile(f"[{_LATIN}]$")
_ENDS_IN_HANGUL = re.compile(f"[{_HANGUL}]$")
_IS_ONE_HANJA = re.compile(f"[{_HANJA}]$")

# What must hold behind a name; each is matched at its end.
_ANYTHING = re.compile("")
_NO_LATIN = re.compile(f"(?![{_LATIN}])")
_NO_HANJA_AROUND = re.compile(f"(?<![{_HANJA}][{_HANJA}])(?![{_HANJA}])")
_PARTICLE_AT_MOST = re.compile(rf"(?:{'|'.join(_PARTICLES.split())})?(?![{_HANGUL}])")


class AliasMatch(NamedTuple):
    """
    A name in a text.

    Args:
        start, end: Its span in the text as it was given, in code points.
        member: The name as its table spells it.
        others: The other names of all groups that hold it, in file order.
    """

    start: int
    end: int
    member: str
    others: tuple[str, ...]


class _Name(NamedTuple):
    """A name by its letters: first spelling, places of blanks, what may follow, group numbers."""

    spelling: str
    breaks: frozenset[int]
    behind: re.Pattern[str]
    groups: tuple[int, ...]


@dataclass(frozen=True)
class AliasTable:
    """
    Groups of names, immutable and ready to be found in queries.

    Names are equal that differ in case or blanks only; the first spelling counts, and
    blanks may stand where any spelling has them.

    Args:
        groups: Names as `read` gives them: NFC, single blanks inside.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    _keys: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)
    _names: dict[str, _Name] = field(init=False, repr=False, compare=False)
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = tuple(tuple(dict.fromkeys(map(_key, group))) for group in self.groups)
        spellings: dict[str, list[str]] = {}
        numbers: dict[str, list[int]] = {}
        for number, group in enumerate(self.groups):
            for spelling in group:
                spellings.setdefault(_key(spelling), []).append(spelling)
            for key in keys[number]:
                numbers.setdefault(key, []).append(number)
        lengths: dict[str, set[int]] = {}
        for key in spellings:
            lengths.setdefault(key[:2], set()).add(len(key))
        for pair, of_pair in lengths.items():
            if pair[0] in spellings:
                of_pair.add(1)
        object.__setattr__(self, "_keys", keys)
        object.__setattr__(
            self,
            "_names",
            {
                key: _Name(spelled[0], _breaks(spelled), _behind(key), tuple(numbers[key]))
                for key, spelled in spellings.items()
            },
        )
        object.__setattr__(
            self, "_lengths", {pair: tuple(sorted(n)[::-1]) for pair, n in lengths.items()}
        )

    @classmethod
    def read(cls, path: Path) -> "AliasTable":
        """
        Read a file of groups, UTF-8 or CP949.

        Raises:
            InputError: The file cannot be read, or lines of it cannot be used; the
                first `MAX_PROBLEMS_TOLD` of them are named at once.
        """
        groups: list[tuple[str, ...]] = []
        problems: list[str] = []
        try:
            encoding = detect_encoding(path)
            for line in read_lines(path, encoding, max_bytes=MAX_LINE_BYTES):
                if line.number > MAX_LINES:
                    problems.append(f"line {line.number}: more than {MAX_LINES:,} lines")
                    break
                if line.text is None:
                    problems.append(f"line {line.number}: {line.error}")
                elif line.text.strip() and not line.text.lstrip().startswith("#"):
                    names = tuple(map(_spelling, line.text.split("\t")))
                    problems += [f"line {line.number}: {found}" for found in _problems(names)]
                    groups.append(tuple(dict.fromkeys(names)))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"The alias file {path} cannot be read: {reason}. "
                "Give a UTF-8 text file with one group of names a line."
            ) from error
        if problems:
            told = "; ".join(problems[:MAX_PROBLEMS_TOLD])
            n_more = len(problems) - MAX_PROBLEMS_TOLD
            raise InputError(
                f"The alias file {path} cannot be used: {told}"
                + (f"; and {n_more:,} more. " if n_more > 0 else ". ")
                + "Write a group of two or more names a line, parted by single tabs."
            )
        return cls(tuple(groups))

    def merged(self, other: "AliasTable") -> "AliasTable":
        """
        Extend the groups of this table by those of another that share a name with them.

        Two groups of one table are joined only where a group of the other shares a name
        with both: an abbreviation of two things keeps them apart.

        Returns:
            This table's groups first, their own names first; then what is left of *other*.
        """
        groups = self.groups + other.groups
        leaders = list(range(len(groups)))

        def leader(number: int) -> int:
            while leaders[number] != number:
                leaders[number] = leaders[leaders[number]]
                number = leaders[number]
            return number

        for number, keys in enumerate(other._keys, len(self.groups)):
            for own in {n for key in keys if key in self._names for n in self._names[key].groups}:
                low, high = sorted((leader(number), leader(own)))
                leaders[high] = low
        joined: dict[int, dict[str, None]] = {}
        for number, group in enumerate(groups):
            joined.setdefault(leader(number), {}).update(dict.fromkeys(group))
        return AliasTable(tuple(map(tuple, joined.values())))

    def find(self, text: str) -> list[AliasMatch]:
        """
        Find the names in a query, from left to right the longest at each place.

        Case and blanks inside a name do not count. A name begins where a run of Latin
        letters and digits, or one of Hangul, begins. One that ends in a Latin letter or
        digit is followed by no other; one of fewer than `FREE_SYLLABLES` syllables that
        ends in Hangul, only by a particle; one Hanja touches no other.

        Returns:
            Matches in the order of the text, none of which overlap.
        """
        normalized = normalize(text)
        folded = _fold(normalized.text)
        places = [i for i, character in enumerate(folded) if not character.isspace()]
        letters = "".join(folded.split())
        starts = {found.start() for found in _RUN.finditer(folded)}
        names, lengths = self._names, self._lengths
        matches: list[AliasMatch] = []
        end = 0
        for i, start in enumerate(places):
            if start < end or start not in starts:
                continue
            for length in lengths.get(letters[i : i + 2]) or lengths.get(letters[i], ()):
                key = letters[i : i + length]  # shorter at the text's end, and found as that
                if (name := names.get(key)) is None:
                    continue
                of_letters = places[i : i + len(key)]
                stop = of_letters[-1] + 1
                if not name.behind.match(folded, stop) or not _fits(name.breaks, of_letters):
                    continue
                span = normalized.stored(start, stop)
                # One stored character may stand behind two normalised ones.
                if matches and span.start < matches[-1].end:
                    continue
                matches.append(AliasMatch(*span, name.spelling, self._others(key, name)))
                end = stop
                break
        return matches

    def _others(self, key: str, name: _Name) -> tuple[str, ...]:
        keys = self._keys[name.groups[0]]
        if len(name.groups) > 1:
            keys = tuple(dict.fromkeys(chain(*(self._keys[number] for number in name.groups))))
        return tuple([self._names[other].spelling for other in keys if other != key])


def _spelling(raw: str) -> str:
    return " ".join(normalize(raw).text.split())


def _key(spelling: str) -> str:
    return "".join(_fold(spelling).split())


def _fold(text: str) -> str:
    """Fold case and keep the length: a character that folds to several stays."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(f if len(f := character.casefold()) == 1 else character for character in text)


def _problems(names: tuple[str, ...]) -> Iterable[str]:
    """Say what is wrong with a line."""
    if "" in names:
        yield f"name {names.index('') + 1} is empty"
    for name in names:
        if len(name) > MAX_NAME_CHARS:
            yield f"a name of {len(name)} characters, more than {MAX_NAME_CHARS} ({name[:20]}...)"
    if len(set(map(_key, filter(None, names)))) < 2 and "" not in names:
        yield f"only one name ({names[0][:20]})"


def _breaks(spellings: list[str]) -> frozenset[int]:
    """Count the letters before each blank of a name's spellings."""
    return frozenset(
        len(spelling[:i].replace(" ", ""))
        for spelling in spellings
        for i, character in enumerate(spelling)
        if character == " "
    )


def _fits(breaks: frozenset[int], places: list[int]) -> bool:
    """Tell whether letters at *places* have blanks between them at *breaks* only."""
    if places[-1] - places[0] == len(places) - 1:
        return True
    return all(places[i] - places[i - 1] == 1 or i in breaks for i in range(1, len(places)))


def _behind(key: str) -> re.Pattern[str]:
    """Choose what must hold behind a name."""
    if _ENDS_IN_LATIN.search(key):
        return _NO_LATIN
    if _IS_ONE_HANJA.match(key):
        return _NO_HANJA_AROUND
    if _ENDS_IN_HANGUL.search(key) and len(_SYLLABLE.findall(key)) < FREE_SYLLABLES:
        return _PARTICLE_AT_MOST
    return _ANYTHING
