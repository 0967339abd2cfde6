"""
The planner: question words out, then quantities, aliases, English and Korean words.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from index.analysis import Analyzer, is_bigram, surface_terms
from index.encoder import IdfOf
from index.lexicon import Lexicon
from index.names import NameTable
from search.aliases import AliasTable
from search.english import EnglishPlanner, is_empty
from search.plan import Aliases, Group, Origin, Plan, PlannedTerm, Reading, Token, Words
from search.quantities import quantities
from search.question_words import asks_in_korean, what_is_asked
from search.weights import QueryKind, TermWeights

MAX_KEYWORDS = 4
"""A Korean query of so many words and no question word is taken for keywords."""

TYPO_LEAST = 0.7
MAX_TYPO_NAMES = 3


class Planner:
    """
    Plans questions over one build.

    Args:
        analyzer: The build's.
        lexicon: Translations and synonyms.
        names: The build's names.
        idf_of: The build's weights of terms.
        aliases: Gives the table of the moment.
        weights: See `TermWeights`.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        lexicon: Lexicon,
        names: NameTable,
        idf_of: IdfOf,
        aliases: Callable[[], AliasTable],
        weights: TermWeights,
    ) -> None:
        self._analyzer = analyzer
        self._lexicon = lexicon
        self._names = names
        self._idf_of = idf_of
        self._aliases = aliases
        self._weights = weights
        self._english = EnglishPlanner(lexicon, names, weights)

    def read(self, text: str) -> Reading:
        """Analyse a question; all that the dense leg needs is in it."""
        tokens = self._tokens(text)
        words = [token.term for token in tokens if not is_bigram(token.term)]
        if not words:
            tokens = tokens or [Token(term, 0, 0) for term in self._analyzer.query_terms(text)]
            words = [token.term for token in tokens]
        return Reading(text, tokens, words)

    def plan(self, text: str) -> Plan:
        """Read and plan a question; see `plan_from`."""
        return self.plan_from(self.read(text))

    def plan_from(self, reading: Reading) -> Plan:
        """
        Plan a question that was read.

        A question of question words alone is searched for as it is.
        """
        text, tokens, words = reading
        content = _without_asking(text, tokens)
        only_asks = not content
        if only_asks:
            content = list(tokens)
        aliases = self._alias_terms(text)
        groups, covered, variants = self._quantities(text, content)
        content = [token for token in content if _is_outside(token, covered)]
        latin = [token for token in tokens if _is_latin(token) and _is_outside(token, covered)]
        groups += self._english.groups(text, latin, aliases, keep_empty=only_asks)
        others = [token for token in content if not _is_latin(token)]
        groups += self._korean(text, others, aliases, variants)
        language = language_of(text)
        asked = what_is_asked(text)
        kind = QueryKind.ENGLISH
        if language == "ko":
            is_short = len(text.split()) <= MAX_KEYWORDS and len(content) == len(tokens)
            kind = QueryKind.KOREAN_KEYWORDS if is_short else QueryKind.KOREAN_QUESTION
        return Plan(text, language, kind, asked, groups, words)

    def _tokens(self, text: str) -> list[Token]:
        sentences = self._analyzer.analyze(text)
        tokens = [
            Token(*token) for sentence in sentences for token in zip(*sentence.tokens, strict=True)
        ]
        return sorted(tokens, key=lambda token: (token.start, token.end, token.term))

    def _alias_terms(self, text: str) -> Aliases:
        return {
            Words(match.start, match.end): [
                PlannedTerm(parts, 1.0, Origin.ALIAS)
                for other in match.others
                if (parts := surface_terms(other))
            ]
            for match in self._aliases().find(text)
        }

    def _quantities(
        self, text: str, tokens: Sequence[Token]
    ) -> tuple[list[Group], list[Words], dict[Words, list[PlannedTerm]]]:
        """
        Plan dates, numbers and sums.

        Returns:
            Groups of those in English, which Korean spellings replace; their spans; and
            for those in Korean other spellings of what stands in a span.
        """
        groups: list[Group] = []
        covered: list[Words] = []
        variants: dict[Words, list[PlannedTerm]] = {}
        for start, end, spellings in quantities(text):
            span = Words(start, end)
            source = text[start:end]
            if re.search("[A-Za-z$€£¥₩]", source) and not re.search("[가-힣]", source):
                own = list(dict.fromkeys(self._words(spellings[0])))
                others = [self._words(spelling) for spelling in spellings[1:]]
                covered.append(span)
                for i, term in enumerate(own):
                    terms = [PlannedTerm((term,), 1.0, Origin.TRANSLATION)]
                    if i == 0:
                        terms += _other_parts(others, own, Origin.TRANSLATION)
                    groups.append(Group(source, tuple(terms)))
            else:
                own = [token.term for token in tokens if span.holds(token)]
                others = [self._words(spelling) for spelling in spellings]
                variants[span] = _other_parts(others, own, Origin.SYNONYM)
        return groups, covered, variants

    def _words(self, text: str) -> list[str]:
        return [token.term for token in self._tokens(text) if not is_bigram(token.term)]

    def _korean(
        self,
        text: str,
        tokens: Sequence[Token],
        aliases: Aliases,
        variants: dict[Words, list[PlannedTerm]],
    ) -> Iterator[Group]:
        places: dict[str, list[Token]] = {}
        for token in tokens:
            places.setdefault(token.term, []).append(token)
        idf = dict(zip(places, self._idf_of(places).tolist(), strict=True))
        used: set[Words] = set()
        for term, found in places.items():
            first = found[0]
            if is_bigram(term):
                weight = self._weights.bigram * len(found)
                if weight > 0:
                    yield Group(term, (PlannedTerm((term,), weight, Origin.QUERY),))
                continue
            terms = [PlannedTerm((term,), float(len(found)), Origin.QUERY)]
            for span, others in aliases.items():
                if span == (first.start, first.end):
                    terms += others
                    used.add(span)
            for span, others in variants.items():
                if term[0].isdigit() and span.holds(first) and span not in used:
                    terms += others
                    used.add(span)
            if "/" in term:
                terms += self._synonyms(term, idf[term])
            source = text[first.start : first.end] or term
            yield Group(source, tuple(terms))
        for span, others in aliases.items():
            if span not in used and others and any(span.holds(token) for token in tokens):
                yield Group(text[span.start : span.end], tuple(others))

    def _synonyms(self, term: str, idf: float) -> list[PlannedTerm]:
        """Return terms near in meaning; for a word the corpus lacks, near in spelling too."""
        near = [
            related
            for related in self._lexicon.synonyms(term)
            if related.weight >= self._weights.least_synonym
            and not asks_in_korean(related.parts[0])
        ]
        idfs = self._idf_of([related.parts[0] for related in near]).tolist()
        terms = []
        for related, other_idf in zip(near, idfs, strict=True):
            if other_idf > 0:
                # A rare synonym weighs no more than the word that was asked for.
                least = min(1.0, idf / other_idf) if idf else 1.0
                weight = self._weights.synonym * related.weight * least
                terms.append(PlannedTerm(related.parts, weight, Origin.SYNONYM))
        form, _, tag = term.partition("/")
        if not idf and tag == "N" and len(form) > 1 and re.fullmatch("[가-힣]{2,7}", form):
            [found] = self._names.spelled_like([form], MAX_TYPO_NAMES)
            terms += [
                PlannedTerm(surface_terms(name), self._weights.synonym * cosine, Origin.SYNONYM)
                for name, cosine in found
                if cosine >= TYPO_LEAST
            ]
        return terms


def _is_latin(token: Token) -> bool:
    return token.term.isascii() and token.term[0].isalpha()


def _is_outside(token: Token, spans: Iterable[Words]) -> bool:
    return not any(span.holds(token) for span in spans)


def _without_asking(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Leave out question words, empty English words, and the bigrams that touch them."""
    asking = [token for token in tokens if asks_in_korean(token.term)]
    asked = {place for token in asking for place in range(token.start, token.end)}
    return [
        token
        for token in tokens
        if not (is_bigram(token.term) and {token.start, token.end - 1} & asked)
        and not asks_in_korean(token.term)
        and not is_empty(text, token)
    ]


def _other_parts(
    spellings: Iterable[Sequence[str]], own: Iterable[str], origin: Origin
) -> list[PlannedTerm]:
    """Return the terms of other spellings that the first one lacks."""
    known = set(own)
    lacking = (
        tuple(dict.fromkeys(term for term in terms if term not in known)) for terms in spellings
    )
    return [PlannedTerm(parts, 1.0, origin) for parts in dict.fromkeys(lacking) if parts]


def language_of(text: str) -> str:
    """Return ``ko`` or ``en``, by the greater part of the letters."""
    hangul = sum("가" <= character <= "힣" for character in text)
    latin = sum(character.isascii() and character.isalpha() for character in text)
    return "en" if latin > 2 * hangul else "ko"
