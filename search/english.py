"""
English words of a question -> phrases, names and words that Korean articles hold.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.analysis import surface_terms
from index.lexicon import MAX_PHRASE_WORDS, Lexicon, Related
from index.names import NameMatch, NameTable
from search.plan import Aliases, Group, Origin, PlannedTerm, Token
from search.question_words import is_empty_in_english
from search.weights import TermWeights

MAX_NAME_WORDS = 4
NAMES_A_WORD = 6
JOINED_LEAST = 0.7
HYPHENED_LEAST = 0.5
WORD_BONUS = 0.12
"""A name of more words is taken before one of fewer at so much less likeness a word."""

_BETWEEN_WORDS = re.compile(r"[\s\-'’.]*")


class _NameFound(NamedTuple):
    """Words ``[start, end)`` that are spoken like names of the corpus, nearest first."""

    start: int
    end: int
    names: list[NameMatch]

    @property
    def likeness(self) -> float:
        return self.names[0].cosine


class EnglishPlanner:
    """
    Plans the words of Latin letters; a Korean question may hold some too.

    Args:
        lexicon: Translations.
        names: The build's names.
        weights: See `TermWeights`.
    """

    def __init__(self, lexicon: Lexicon, names: NameTable, weights: TermWeights) -> None:
        self._lexicon = lexicon
        self._names = names
        self._weights = weights

    def groups(
        self,
        text: str,
        words: Sequence[Token],
        aliases: Aliases,
        *,
        keep_empty: bool = False,
    ) -> list[Group]:
        """
        Plan words in the order of the text.

        Args:
            text: The question.
            words: Its words of Latin letters; empty ones count within phrases only.
            aliases: Other names of what stands in a span of the text.
            keep_empty: Plan empty words too; there is nothing else in the question.
        """
        phrases = dict(self._phrases(text, words))
        in_phrase = {i for start, (end, _) in phrases.items() for i in range(start, end)}
        names = {found.start: found for found in self._find_names(text, words, in_phrase)}
        groups = []
        i = 0
        empty = [not keep_empty and is_empty(text, word) for word in words]
        while i < len(words):
            if empty[i] and i not in phrases and i not in names:
                i += 1
                continue
            if i in phrases:
                end, related = phrases[i]
                weight = self._weights.phrase
                terms = [_translation(each, weight) for each in related]
            elif i in names:
                end = names[i].end
                terms = [
                    PlannedTerm((word.term,), 1.0, Origin.QUERY)
                    for word, is_none in zip(words[i:end], empty[i:end], strict=True)
                    if not is_none
                ]
                known = self._lexicon.translations(words[i].term) if end == i + 1 else []
                terms += [_translation(each, self._weights.translation) for each in known]
                terms += self._name_terms(names[i].names, is_known=bool(known))
            else:
                end = i + 1
                terms = [PlannedTerm((words[i].term,), 1.0, Origin.QUERY)]
                terms += [
                    _translation(each, self._weights.translation)
                    for each in self._lexicon.translations(words[i].term)
                ]
            start_char, end_char = words[i].start, words[end - 1].end
            for (start, _), others in aliases.items():
                if start_char <= start < end_char:
                    terms += others
            groups.append(Group(text[start_char:end_char], tuple(terms)))
            i = end
        return groups

    def _phrases(
        self, text: str, words: Sequence[Token]
    ) -> Iterator[tuple[int, tuple[int, list[Related]]]]:
        """Yield the longest phrases known: place of the first word, end, equivalents."""
        taken: set[int] = set()
        empty = [is_empty(text, word) for word in words]
        adjacent = [_are_adjacent(text, pair) for pair in itertools.pairwise(words)]
        begins = [
            i
            for i, (first, second) in enumerate(itertools.pairwise(words))
            if self._lexicon.may_begin_phrase(first.term, second.term)
        ]
        for size in range(MAX_PHRASE_WORDS, 1, -1):
            for start in begins:
                places = range(start, start + size)
                if places.stop > len(words) or not taken.isdisjoint(places):
                    continue
                if all(empty[start : start + size]) or not all(adjacent[start : places[-1]]):
                    continue
                related = self._lexicon.phrase([words[i].term for i in places])
                if related:
                    taken.update(places)
                    yield start, (places.stop, related)

    def _find_names(
        self, text: str, words: Sequence[Token], in_phrase: set[int]
    ) -> Iterator[_NameFound]:
        """Choose names, the likeliest first, that share no word."""
        spoken = list(self._spoken(text, words, in_phrase))
        matches = self._names.sounding_like([name for *_, name in spoken], NAMES_A_WORD)
        found: dict[tuple[int, int], list[NameMatch]] = {}
        for (start, end, _), near in zip(spoken, matches, strict=True):
            found.setdefault((start, end), []).extend(near)
        candidates = [
            _NameFound(start, end, sorted(near, key=lambda match: -match.cosine)[:NAMES_A_WORD])
            for (start, end), near in found.items()
            if near
        ]
        candidates.sort(key=lambda name: -name.likeness - WORD_BONUS * (name.end - name.start))
        taken: set[int] = set()
        for name in candidates:
            least = self._weights.least_name
            if name.end - name.start > 1:
                is_hyphened = "-" in text[words[name.start].end : words[name.end - 1].start]
                least = HYPHENED_LEAST if is_hyphened else JOINED_LEAST
            if name.likeness >= least and taken.isdisjoint(range(name.start, name.end)):
                taken.update(range(name.start, name.end))
                yield name

    def _spoken(
        self, text: str, words: Sequence[Token], in_phrase: set[int]
    ) -> Iterator[tuple[int, int, str]]:
        """
        Yield what may be a name: place of the first word, end, letters.

        Words with a capital, or behind a hyphen, are tried alone and joined, as they
        stand and with the last first: "Jae-in Moon" is 문재인. So is a word in lower case
        that no dictionary holds.
        """
        unknown = [not self._lexicon.knows_english(word.term) for word in words]
        may_be = [False] * len(words)
        for i, word in enumerate(words):
            is_capital = text[word.start].isupper()
            is_hyphened = i > 0 and text[words[i - 1].end : word.start] == "-" and may_be[i - 1]
            is_known_empty = is_empty(text, word) and not is_hyphened
            may_be[i] = (
                i not in in_phrase
                and not is_known_empty
                and (is_capital or is_hyphened or unknown[i])
            )
        for start in range(len(words)):
            for end in range(start + 1, min(start + MAX_NAME_WORDS, len(words)) + 1):
                if not may_be[end - 1] or not _are_adjacent(text, words[start:end]):
                    break
                parts = [word.term for word in words[start:end]]
                if len(parts) == 1:
                    yield start, end, parts[0]
                else:
                    yield start, end, "".join(parts)
                    yield start, end, "".join([parts[-1], *parts[:-1]])

    def _name_terms(self, names: Sequence[NameMatch], *, is_known: bool) -> Iterator[PlannedTerm]:
        least = self._weights.least_name
        most = self._weights.name * (self._weights.known_name if is_known else 1.0)
        for name, cosine in names:
            if cosine > least:
                weight = most * ((min(cosine, 1.0) - least) / (1 - least)) ** 0.5
                yield PlannedTerm(surface_terms(name), weight, Origin.TRANSLITERATION)


def is_empty(text: str, word: Token) -> bool:
    """Tell whether a word only asks or holds a sentence together; US, IT and WHO do not."""
    written = text[word.start : word.end]
    is_abbreviation = len(written) > 1 and written.isupper() and not text.isupper()
    return is_empty_in_english(word.term) and not is_abbreviation


def _are_adjacent(text: str, words: Sequence[Token]) -> bool:
    return all(
        _BETWEEN_WORDS.fullmatch(text, before.end, after.start)
        for before, after in itertools.pairwise(words)
    )


def _translation(related: Related, weight: float) -> PlannedTerm:
    return PlannedTerm(related.parts, weight * related.weight, Origin.TRANSLATION)
