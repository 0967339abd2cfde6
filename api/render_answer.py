"""
Answers for people in a terminal: sentences with numbers, then what those numbers stand for.

Like all that is retrieved, an article's words are data: `api.render.safe` shows control
characters as a mark, nothing is read as markup, and what has a line to itself stays there.
"""

from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from api.render import console, hit_citation, hit_heading, safe, show_explanation
from search.answer_records import (
    Abstention,
    Answer,
    AnswerMode,
    AnswerSpan,
    AskResult,
    Citation,
    Difference,
)
from search.prompt import language_of

MAX_NEAREST = 3
INDENT = "    "
SHORT_STYLE = "bold green"


class Words(NamedTuple):
    """What the program itself says, in one language."""

    short_answer: str
    differs: str
    as_of: str
    no_date: str
    confidence: str
    by_model: str
    dropped: str
    missing: str
    nearest: str
    no_title: str


WORDS = {
    "Korean": Words(
        "짧은 답",
        "기사마다 다름",
        "기준",
        "날짜 없음",
        "확신도",
        "언어 모델이 쓰고 기사와 맞춰 봄",
        "뺀 문장",
        "어느 기사에도 없는 말",
        "가장 가까운 기사:",
        "(제목 없음)",
    ),
    "English": Words(
        "Short answer",
        "Articles differ",
        "as of",
        "no date",
        "confidence",
        "worded by a language model, checked against the articles",
        "sentences dropped",
        "In no article",
        "The articles that come nearest:",
        "(no title)",
    ),
}


def show_answer(result: AskResult) -> None:
    """Print what a question got, in the question's language."""
    out = console()
    words = WORDS[language_of(result.question)]
    if result.answer is not None:
        _show_answer(out, words, result.answer, result.citations)
    if result.abstention is not None:
        _show_abstention(out, words, result.abstention, result)
    if result.explain:
        show_explanation(out, result.explain)
    timings = "  ".join(f"{name} {ms:.1f}" for name, ms in result.timings_ms.items())
    out.print(Text(f"{len(result.hits)} hits · build {result.build} · ms: {timings}", style="dim"))


def _show_answer(
    out: Console, words: Words, answer: Answer, citations: tuple[Citation, ...]
) -> None:
    span = answer.span
    if span is not None:
        short = Text(f"{words.short_answer}: ")
        short.append(_line(span.text), style=SHORT_STYLE).append(_marks((span.citation,)))
        out.print(short)
    said = [
        Text(_line(sentence.text)).append(_marks(sentence.citations), style="cyan")
        for sentence in answer.sentences
    ]
    out.print(Text(" ").join(said))
    for difference in answer.differences:
        out.print(_difference(words, difference))
    out.print(_standing(words, answer))
    out.print()
    for citation in citations:
        out.print(_heading(words, citation))
        out.print(_quote(citation, span))
        out.print(_place(citation))
        out.print()


def _show_abstention(out: Console, words: Words, abstention: Abstention, result: AskResult) -> None:
    out.print(Text(_line(abstention.message), style="yellow"))
    untold = [name for name in abstention.missing if name not in abstention.message]
    if untold:
        out.print(Text(f"{words.missing}: {', '.join(map(_line, untold))}"))
    out.print(Text(f"{words.confidence} {abstention.confidence:.2f}", style="dim"))
    out.print()
    if result.hits:
        out.print(Text(words.nearest))
    for hit in result.hits[:MAX_NEAREST]:
        out.print(hit_heading(hit))
        out.print(hit_citation(hit))
        out.print()


def _difference(words: Words, difference: Difference) -> Text:
    told = zip(difference.citations, difference.texts, difference.published, strict=True)
    sides = [
        f"{_line(text)}{_marks((n,))} ({_day(published) or words.no_date})"
        for n, text, published in told
    ]
    return Text(f"{words.differs}: {' · '.join(sides)}", style="yellow")


def _standing(words: Words, answer: Answer) -> Text:
    """Return how old, how sure and whose the words are, in one line."""
    parts = [f"{words.as_of} {_day(answer.as_of)}"] if answer.as_of else []
    parts.append(f"{words.confidence} {answer.confidence:.2f}")
    if answer.mode is AnswerMode.LLM:
        parts.append(words.by_model)
        parts += [f"{words.dropped} {answer.n_dropped}"] if answer.n_dropped else []
    return Text(" · ".join(parts), style="dim")


def _heading(words: Words, citation: Citation) -> Text:
    heading = Text(f"[{citation.n}] ", style="cyan")
    heading.append(_line(citation.title) or words.no_title, style="bold")
    known = [part for part in (citation.publisher, _day(citation.published)) if part]
    return heading.append(_line("  " + " · ".join(known)) if known else "", style="dim")


def _quote(citation: Citation, span: AnswerSpan | None) -> Text:
    """Return the quoted words between quotation marks, the short answer among them marked."""
    quote = Text(safe(citation.quote))
    if span is not None and span.citation == citation.n:
        start, end = span.start - citation.start, span.end - citation.start
        if 0 <= start < end <= len(citation.quote):
            quote.stylize(SHORT_STYLE, start, end)
    lines = Text("“").append_text(quote).append("”").split("\n")
    return Text("\n").join(Text(INDENT).append_text(line) for line in lines)


def _place(citation: Citation) -> Text:
    parts = [f"{citation.document_id} [{citation.start}, {citation.end})"]
    parts += [citation.url] if citation.url else []
    return Text(INDENT + _line(" · ".join(parts)), style="dim")


def _marks(numbers: tuple[int, ...]) -> str:
    return " " + "".join(f"[{n}]" for n in numbers)


def _day(published: str | None) -> str:
    return _line(published or "")[:10]


def _line(text: str) -> str:
    """Make text that is shown within a line safe, and keep it there."""
    return safe(text.replace("\n", " ").replace("\t", " "))
