"""
Text -> terms with spans, by sentence; the same object at build and at query time.

Terms are of three kinds, told apart by their spelling:

- morphemes of Kiwi that carry content, ``form/C`` with a coarse tag: ``탈락/N``;
- bigrams inside runs of Hangul, ``~카카``: they find names and compounds that the
  morphological analysis splits one way here and another way there;
- runs of letters and digits of other scripts, lower case: ``kt``, ``5g``, ``1350``.
  They are taken from the text by a regular expression, as Kiwi cuts "5G" in two.
"""

import hashlib
import json
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import kiwipiepy
import kiwipiepy_model

from index.errors import InputError
from index.normalizing import Normalized, normalize
from index.records import Span

CODE_VERSION = 1
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

_HANGUL = re.compile("[가-힣]{2,}")
_RUN = re.compile(
    r"\d+(?:[.,]\d+)+(?![^\W_ᄀ-ᇿㄱ-ㆎ가-힣㐀-䶿一-鿿豈-﫿])|[^\W_ᄀ-ᇿㄱ-ㆎ가-힣㐀-䶿一-鿿豈-﫿]+"
)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")

Token: TypeAlias = tuple[str, int, int]
"""A term with its span in the stored text: ``(term, start, end)``."""


class Sentence(NamedTuple):
    """A sentence: its span in the stored text and its tokens, in no fixed order."""

    start: int
    end: int
    tokens: list[Token]


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
        return next(self.analyze_many([text]))

    def analyze_many(self, texts: Iterable[str]) -> Iterator[list[Sentence]]:
        """Analyse texts in order, one pass of Kiwi each, on all workers."""
        waiting: deque[tuple[Normalized, list[Span]]] = deque()

        def blocks() -> Iterator[str]:
            for text in texts:
                normalized = normalize(text)
                spans = _blocks(normalized.text)
                waiting.append((normalized, spans))
                yield from (normalized.text[start:end] for start, end in spans)

        analysed: Iterator[list[kiwipiepy.Token]] = self._kiwi.tokenize(blocks())
        for first in analysed:
            normalized, spans = waiting.popleft()
            sentences: list[Sentence] = []
            for i, block in enumerate(spans):
                tokens = first if i == 0 else next(analysed)
                sentences += _sentences(normalized, block, tokens)
            yield sentences

    def analyze_query(self, text: str) -> list[Token]:
        """
        Return the tokens of a query.

        What a word is taken for depends on what stands around it, and a short query
        has little: where no term is left, each word of Hangul is taken for a noun.
        """
        tokens = [token for sentence in self.analyze(text) for token in sentence.tokens]
        if not tokens:
            normalized = normalize(text)
            tokens = [
                (f"{match[0]}/N", *normalized.stored(*match.span()))
                for match in re.finditer("[가-힣]+", normalized.text)
            ]
        return tokens


def describe_analyzer(user_dictionary: Path | None) -> dict[str, Any]:
    """Name all that decides what terms a text gives, without loading Kiwi."""
    digest = None
    if user_dictionary is not None:
        try:
            digest = hashlib.sha256(user_dictionary.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"No user dictionary at {user_dictionary}: {error.strerror}") from error
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
    return term.startswith("~")


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
    normalized: Normalized, block: Span, morphemes: list[kiwipiepy.Token]
) -> Iterator[Sentence]:
    """Cut a block where Kiwi begins a new sentence and collect the terms of each."""
    text = normalized.text
    offset = block.start
    starts = [offset]
    found: list[list[Token]] = [[]]
    last = 0
    for morpheme in morphemes:
        position = morpheme.sent_position
        if position != last:
            last = position
            starts.append(_line_start(text, starts[-1], offset + morpheme.start))
            found.append([])
        if coarse := COARSE_TAGS.get(morpheme.tag):
            start = offset + morpheme.start
            found[-1].append((f"{morpheme.form}/{coarse}", start, start + morpheme.len))
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else block.end
        tokens = found[i]
        piece = text[start:end]
        end -= len(piece) - len(piece.rstrip())
        start += len(piece) - len(piece.lstrip())
        if start >= end:
            continue
        _add_bigrams(tokens, text, start, end)
        _add_runs(tokens, text, start, end)
        if normalized.origins is None:
            yield Sentence(start, end, tokens)
        else:
            stored = [(term, *normalized.stored(a, max(b, a + 1))) for term, a, b in tokens]
            yield Sentence(*normalized.stored(start, end), stored)


def _line_start(text: str, sentence_start: int, start: int) -> int:
    """Move a sentence start back over marks like "◇" that open its line."""
    line = text.rfind("\n", sentence_start, start) + 1
    if line > sentence_start and not any(c.isalnum() for c in text[line:start]):
        return line
    return start


def _add_bigrams(tokens: list[Token], text: str, start: int, end: int) -> None:
    for match in _HANGUL.finditer(text, start, end):
        first, last = match.span()
        tokens += [("~" + text[i : i + 2], i, i + 2) for i in range(first, last - 1)]


def _add_runs(tokens: list[Token], text: str, start: int, end: int) -> None:
    for match in _RUN.finditer(text, start, end):
        run = match[0]
        if "." not in run and "," not in run:
            tokens.append((_fold(run[:MAX_RUN_CHARS]), *match.span()))
        elif _NUMBER.fullmatch(run):
            tokens.append((run.replace(",", ""), *match.span()))
        else:  # a date like 2018.5.14, or a list
            first = match.start()
            tokens += [
                (part[0], first + part.start(), first + part.end())
                for part in re.finditer(r"\d+", run)
            ]


def _fold(run: str) -> str:
    """Lower the case and drop accents: Beyoncé and beyonce are one term."""
    if run.isascii():
        return run.lower()
    bare = (c for c in unicodedata.normalize("NFKD", run) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(bare)).casefold()
