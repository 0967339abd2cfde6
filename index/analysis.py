"""
Text -> terms with spans, by sentence; the same object at build and at query time.

Terms are of three kinds, told apart by their spelling:

- morphemes of Kiwi that carry content, ``form/C`` with a coarse tag: ``탈락/N``;
- bigrams inside runs of Hangul, ``카카``: they find names and compounds that the
  morphological analysis splits one way here and another way there;
- runs of letters and digits of other scripts, lower case: ``kt``, ``5g``, ``1350``.
  They are taken from the text by a regular expression, as Kiwi cuts "5G" in two.
"""

import hashlib
import json
import re
import unicodedata
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import kiwipiepy
import kiwipiepy_model
import numpy as np

from index.errors import InputError
from index.normalizing import Normalized, normalize
from index.records import Span

CODE_VERSION = 2
"""Raise this whenever the same text would give other terms or sentences."""

BLOCK_CHARS = 4_000
"""Kiwi's time grows faster than its input on odd texts, so it gets no more than this at once."""

MAX_RUN_CHARS = 64

COARSE_TAGS = {
    **dict.fromkeys(("NNG", "NNP", "NNB", "NR", "NP"), "N"),
    **dict.fromkeys(("VV", "VV-I", "VV-R", "VA", "VA-I", "VA-R"), "V"),
    **dict.fromkeys(("MM", "MAG"), "M"),
    **dict.fromkeys(("XPN", "XSN"), "X"),
    **dict.fromkeys(("XR",), "R"),
    **dict.fromkeys(("SH",), "H"),
}

_RUN = re.compile(
    r"\d+(?:[.,]\d+)+(?![^\W_ᄀ-ᇿㄱ-ㆎ가-힣㐀-䶿一-鿿豈-﫿])|[^\W_ᄀ-ᇿㄱ-ㆎ가-힣㐀-䶿一-鿿豈-﫿]+"
)
_LONE_SYLLABLE = re.compile("(?<![가-힣])[가-힣](?![가-힣])")
_HANJA = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")


class Tokens(NamedTuple):
    """
    Terms beside their spans, in no fixed order.

    Three lists, not a list of triples: a corpus has more tokens than anything else, and
    a million small tuples cost more than the analysis of what they hold.
    """

    terms: list[str]
    starts: list[int]
    ends: list[int]


class Sentence(NamedTuple):
    """A sentence: its span and its tokens, with offsets into the stored text."""

    start: int
    end: int
    tokens: Tokens


class Analyzer:
    """
    Kiwi with the options that an index was or will be built with.

    Args:
        user_dictionary: A file in Kiwi's format (``form<TAB>tag<TAB>score`` a line).
        num_workers: Threads of `analyze_many`; 0 for one a core.

    Raises:
        InputError: The user dictionary cannot be read.
    """

    def __init__(self, user_dictionary: Path | None = None, *, num_workers: int = 0) -> None:
        self._kiwi = kiwipiepy.Kiwi(num_workers=num_workers or None)
        if user_dictionary is not None:
            try:
                self._kiwi.load_user_dictionary(str(user_dictionary))
            except (OSError, ValueError, RuntimeError) as error:
                reason = " ".join(str(error).split())
                raise InputError(
                    f"The user dictionary {user_dictionary} cannot be read: {reason}. "
                    "Give lines of form<TAB>tag<TAB>score."
                ) from error
        self.description = describe_analyzer(user_dictionary)
        self.fingerprint = fingerprint(self.description)

    def analyze(self, text: str) -> list[Sentence]:
        """Return the sentences of *text* in order; together they hold all but blanks."""
        normalized = normalize(text)
        blocks = _blocks(normalized.text)
        # Block by block on this thread: handing one query to the workers takes longer.
        tokens = (self._kiwi.tokenize(normalized.text[start:end]) for start, end in blocks)
        return _sentences(normalized, blocks, tokens)

    def analyze_many(self, texts: Iterable[str]) -> Iterator[list[Sentence]]:
        """Analyse texts in order, one pass of Kiwi each, on all workers."""
        waiting: deque[tuple[Normalized, list[Span]]] = deque()

        def blocks() -> Iterator[str]:
            for text in texts:
                normalized = normalize(text)
                spans = _blocks(normalized.text)
                waiting.append((normalized, spans))
                yield from (normalized.text[start:end] for start, end in spans)

        analysed: Iterator[list[kiwipiepy.Token]] = iter(self._kiwi.tokenize(blocks()))
        for first in analysed:
            normalized, spans = waiting.popleft()
            tokens = chain([first], islice(analysed, len(spans) - 1))
            yield _sentences(normalized, spans, tokens)

    def query_terms(self, text: str) -> list[str]:
        """
        Return the terms of a query, as often as they stand in it.

        What a word is taken for depends on what stands around it, and a short query
        has little: where no term is left, each word of Hangul is taken for a noun.
        """
        terms = [term for sentence in self.analyze(text) for term in sentence.tokens.terms]
        return terms or [f"{word}/N" for word in re.findall("[가-힣]+", normalize(text).text)]


def describe_analyzer(user_dictionary: Path | None) -> dict[str, Any]:
    """Name all that decides what terms a text gives, without loading Kiwi."""
    digest = None
    if user_dictionary is not None:
        try:
            digest = hashlib.sha256(user_dictionary.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(
                f"No user dictionary at {user_dictionary}: {error.strerror}"
            ) from error
    return {
        "kiwipiepy": kiwipiepy.__version__,
        "kiwipiepy_model": kiwipiepy_model.__version__,
        "tags": COARSE_TAGS,
        "user_dictionary_sha256": digest,
        "unicode": unicodedata.unidata_version,
        "code_version": CODE_VERSION,
    }


def fingerprint(description: dict[str, Any]) -> str:
    """Return 16 hex digits that differ when the description does."""
    canonical = json.dumps(description, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def is_bigram(term: str) -> bool:
    """Tell whether a term is a pair of syllables rather than a word."""
    return "가" <= term[0] <= "힣" and "/" not in term


def surface_terms(text: str) -> tuple[str, ...]:
    """
    Return the terms that a spelling gives wherever it stands, without asking Kiwi.

    What Kiwi makes of a name depends on what stands around it; the bigrams of its
    syllables, its letters and its digits do not. A syllable alone is taken for a noun,
    a run of Hanja for one word.
    """
    normalized = normalize(text).text
    tokens = Tokens([], [], [])
    _add_bigrams(tokens, normalized, _bigram_starts(normalized))
    _add_runs(tokens, normalized, 0, len(normalized))
    terms = [*tokens.terms]
    terms += [f"{found}/N" for found in _LONE_SYLLABLE.findall(normalized)]
    terms += [f"{found}/H" for found in _HANJA.findall(normalized)]
    return tuple(dict.fromkeys(terms))


def _blocks(text: str) -> list[Span]:
    """Cut a text into spans of at most `BLOCK_CHARS`, at a line end or blank if there is one."""
    spans = []
    start = 0
    while len(text) - start > BLOCK_CHARS:
        window_end = start + BLOCK_CHARS
        end = max(text.rfind("\n", start, window_end), 0)
        if end <= start + BLOCK_CHARS // 2:
            end = text.rfind(" ", start, window_end)
        end = end + 1 if end > start else window_end
        spans.append(Span(start, end))
        start = end
    return [*spans, Span(start, len(text))]


def _sentences(
    normalized: Normalized,
    blocks: Sequence[Span],
    tokens: Iterable[list[kiwipiepy.Token]],
) -> list[Sentence]:
    """Return the sentences of a text whose blocks Kiwi has analysed."""
    bigram_starts = _bigram_starts(normalized.text)
    return [
        sentence
        for block, morphemes in zip(blocks, tokens, strict=True)
        for sentence in _block_sentences(normalized, block, morphemes, bigram_starts)
    ]


def _block_sentences(
    normalized: Normalized,
    block: Span,
    morphemes: list[kiwipiepy.Token],
    bigram_starts: list[int],
) -> Iterator[Sentence]:
    """Cut a block where Kiwi begins a new sentence and collect the terms of each."""
    text, offset = normalized.text, block.start
    first_chars = [offset]
    tokens = [Tokens([], [], [])]
    terms, starts, ends = tokens[-1]
    last_position = 0
    for morpheme in morphemes:
        if morpheme.sent_position != last_position:
            last_position = morpheme.sent_position
            first_chars.append(_line_start(text, first_chars[-1], offset + morpheme.start))
            tokens.append(Tokens([], [], []))
            terms, starts, ends = tokens[-1]
        if coarse := COARSE_TAGS.get(morpheme.tag):
            terms.append(f"{morpheme.form}/{coarse}")
            starts.append(offset + morpheme.start)
            ends.append(offset + morpheme.end)
    for i, start in enumerate(first_chars):
        end = first_chars[i + 1] if i + 1 < len(first_chars) else block.end
        piece = text[start:end]
        end -= len(piece) - len(piece.rstrip())
        start += len(piece) - len(piece.lstrip())
        if start < end:
            first, last = bisect_left(bigram_starts, start), bisect_left(bigram_starts, end - 1)
            _add_bigrams(tokens[i], text, bigram_starts[first:last])
            _add_runs(tokens[i], text, start, end)
            yield _in_stored_text(normalized, start, end, tokens[i])


def _in_stored_text(normalized: Normalized, start: int, end: int, tokens: Tokens) -> Sentence:
    if normalized.origins is None:
        return Sentence(start, end, tokens)
    # A contracted ending can be a morpheme of no length; it keeps the character it is in.
    spans = [normalized.stored(a, max(b, a + 1)) for a, b in zip(*tokens[1:], strict=True)]
    moved = Tokens(tokens.terms, [span.start for span in spans], [span.end for span in spans])
    return Sentence(*normalized.stored(start, end), moved)


def _line_start(text: str, sentence_start: int, start: int) -> int:
    """Move a sentence start back over marks like "◇" that open its line."""
    line = text.rfind("\n", sentence_start, start) + 1
    if line > sentence_start and not any(c.isalnum() for c in text[line:start]):
        return line
    return start


def _bigram_starts(text: str) -> list[int]:
    """Return the offsets at which two syllables of Hangul stand side by side, ascending."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    is_hangul = (codes >= ord("가")) & (codes <= ord("힣"))
    starts: list[int] = np.flatnonzero(is_hangul[:-1] & is_hangul[1:]).tolist()
    return starts


def _add_bigrams(tokens: Tokens, text: str, starts: list[int]) -> None:
    tokens.terms.extend([text[i : i + 2] for i in starts])
    tokens.starts.extend(starts)
    tokens.ends.extend([i + 2 for i in starts])


def _add_runs(tokens: Tokens, text: str, start: int, end: int) -> None:
    for match in _RUN.finditer(text, start, end):
        run, (first, last) = match[0], match.span()
        if "." not in run and "," not in run:
            found = [(_fold(run[:MAX_RUN_CHARS]), first, last)]
        elif _NUMBER.fullmatch(run):
            found = [(run.replace(",", ""), first, last)]
        else:  # a date like 2018.5.14, or a list
            parts = re.finditer(r"\d+", run)
            found = [(part[0], first + part.start(), first + part.end()) for part in parts]
        for term, term_start, term_end in found:
            tokens.terms.append(term)
            tokens.starts.append(term_start)
            tokens.ends.append(term_end)


def _fold(run: str) -> str:
    """Lower the case and drop accents: Beyoncé and beyonce are one term."""
    if run.isascii():
        return run.lower()
    bare = (c for c in unicodedata.normalize("NFKD", run) if not unicodedata.combining(c))
    # A run of marks alone, such as a lone U+FF9E, stays as it is: no term is empty.
    return unicodedata.normalize("NFC", "".join(bare)).casefold() or run
