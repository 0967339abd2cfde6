"""
Question and sentences -> what a language model says of them, as far as it is held up.

But: nothing is retrieved here, and where nothing is kept the caller has the extractive answer.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.errors import LanguageModelFailed
from search.claim_checks import Support, why_dropped
from search.claim_names import SameName
from search.claims import Claim, ClaimReader, Dropped
from search.language_model import LanguageModel
from search.prompt import NOTHING, NumberedSentence, language_of, write_prompt

MAX_KEPT = 3
MAX_READ = 12
MAX_REPLY_CHARS = 8_000
MAX_CITED_CHARS = 2_000
"""What is checked of a sentence: more than is sent of it, as a denial may stand behind that."""
_THINKS, _THOUGHT = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What is left of a reply.

    Args:
        kept: Claims that every check let pass, in the order of the reply, at most `MAX_KEPT`.
        n_dropped: How many did not pass.
        reasons: Why, with counts; they add up to *n_dropped*.
        failure: Why the reply broke off, in one line for a log; None where it did not. What
            is kept was whole before.
    """

    kept: tuple[Claim, ...]
    n_dropped: int
    reasons: Mapping[Dropped, int]
    failure: str | None = None


def answer_with(
    model: LanguageModel,
    question: str,
    numbered_sentences: Sequence[NumberedSentence],
    support: Support,
    same_name: SameName,
) -> Checked:
    """Ask the model and check its whole reply; see `stream_claims`."""
    claims = stream_claims(model, question, numbered_sentences, support, same_name)
    while True:
        try:
            next(claims)
        except StopIteration as end:
            checked: Checked = end.value
            return checked


def stream_claims(
    model: LanguageModel,
    question: str,
    numbered_sentences: Sequence[NumberedSentence],
    support: Support,
    same_name: SameName,
) -> Generator[Claim, None, Checked]:
    """
    Ask the model, and yield each claim once it is complete and has passed every check.

    The stream is closed when enough is kept, when more than `MAX_READ` sentences or
    `MAX_REPLY_CHARS` characters came, or when the generator is closed.

    Args:
        model: Is sent nothing where there are no sentences.
        question: As asked.
        numbered_sentences: What it may cite, best first; see `search.prompt.write_prompt`.
        support: See `search.claim_checks.Support`.
        same_name: See `search.claim_names.SameName`.

    Returns:
        All that was yielded, and the counts of what was not.
    """
    kept: list[Claim] = []
    reasons: Counter[Dropped] = Counter()
    failure = None
    prompt = write_prompt(question, numbered_sentences)
    sentences = {sentence.number: sentence.text[:MAX_CITED_CHARS] for sentence in prompt.shown}
    is_korean = language_of(question) == "Korean"
    claims = _claims(model.stream(prompt.messages) if sentences else iter(()))
    try:
        for claim in claims:
            reason = why_dropped(
                claim, sentences, is_korean=is_korean, support=support, same_name=same_name
            )
            if reason is not None:
                reasons[reason] += 1
            elif claim not in kept:
                kept.append(claim)
                yield claim
            if len(kept) == MAX_KEPT or len(kept) + reasons.total() >= MAX_READ:
                break
    except LanguageModelFailed as error:
        failure = str(error)
    finally:
        claims.close()
    return Checked(tuple(kept), reasons.total(), dict(reasons), failure)


def _claims(pieces: Iterator[str]) -> Generator[Claim, None, None]:
    """Read claims up to a bound; the model's word for no answer is none."""
    reader, n_chars = ClaimReader(), 0
    try:
        for piece in _without_thoughts(pieces):
            for claim in reader.feed(piece[: MAX_REPLY_CHARS - n_chars]):
                yield claim
            n_chars += len(piece)
            if n_chars >= MAX_REPLY_CHARS:
                break
        for claim in reader.close():
            if claim.citations or claim.text.strip(" .") != NOTHING:
                yield claim
    finally:
        # Else the connection stays open until the iterator is collected.
        if (close := getattr(pieces, "close", None)) is not None:
            close()


def _without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """Leave out what some models write first, between tags, before they answer."""
    start = ""
    for piece in pieces:
        start += piece
        head = start.lstrip()
        if not _THINKS.startswith(head[: len(_THINKS)]):
            yield start
            break
        if len(head) < len(_THINKS):
            continue
        if _THOUGHT in head:
            yield head.partition(_THOUGHT)[2]
            break
        start = _THINKS + head[len(_THINKS) :][-len(_THOUGHT) :]
    else:
        return
    yield from pieces
