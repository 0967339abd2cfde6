"""Answers in a terminal: numbers, marks, and words that stay words."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from api.render_answer import show_answer
from search.answer_records import (
    Abstention,
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerSpan,
    AskResult,
    Citation,
    Difference,
    Reason,
)

Shown = Callable[[AskResult], str]
STRANGE = st.text(
    st.one_of(
        st.sampled_from("[]/\\\n\t\r\x1b\x07\x9b\u202e\u2066:가ab1“”"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """Show a result as it is where the output is piped."""

    def show(result: AskResult) -> str:
        capsys.readouterr()
        show_answer(result)
        return capsys.readouterr().out

    return show


def test_an_answer_is_laid_out_as_reviewed(shown: Shown, asked: Any) -> None:
    assert shown(asked.answered) == (
        "짧은 답: 2조4000억원 [1]\n"
        "두 회사는 2조4000억원을 함께 투자한다. [1] 협정은 금요일에 맺어졌다. [2]\n"
        "기준 2025-07-08 · 확신도 0.88\n"
        "\n"
        "[1] 두 회사 협정  미리내테크 · 2025-07-08\n"
        "    “두 회사는 2조4000억원을 함께 투자한다.”\n"
        "    kt-ms-01 [15, 39) · https://x.example/1\n"
        "\n"
        "[2] 두 회사 협정\n"
        "    “협정은 금요일에 맺어졌다.”\n"
        "    kt-ms-01 [0, 14)\n"
        "\n"
        "1 hits · build a-build · ms: total 1.5  answer 2.5\n"
    )


def test_an_abstention_names_what_else_is_missing_and_what_comes_nearest(
    shown: Shown, asked: Any
) -> None:
    assert shown(asked.abstained) == (
        "화성은 어디에도 없습니다.\n"
        "어느 기사에도 없는 말: 목성\n"
        "확신도 0.12\n"
        "\n"
        "가장 가까운 기사:\n"
        "1. 두 회사 협정  미리내테크 · 2025-07-08\n"
        "   kt-ms-01 [0, 43) · score 0.5000 · lexical #1 · +2 more passages\n"
        "\n"
        "1 hits · build a-build · ms: total 1.5  answer 2.5\n"
    )


def test_a_models_answer_says_so_and_how_the_articles_differ(shown: Shown, asked: Any) -> None:
    out = shown(asked.worded)
    assert out.startswith(
        "두 회사가 2조4000억원을 낸다. [1][2]\n"
        "Articles differ: 2조4000억원 [1] (2025-07-08) · 2조원 [2] (no date)\n"
        "as of 2025-07-08 · confidence 0.88 · worded by a language model, checked against the "
        "articles · sentences dropped 1\n"
    )
    assert "Short answer" not in out


def test_without_a_hit_nothing_comes_near(shown: Shown, asked: Any) -> None:
    refusal = replace(asked.abstained.abstention, reason=Reason.NO_HITS, missing=())
    out = shown(replace(asked.abstained, hits=[], abstention=refusal))
    assert "가까운" not in out
    assert "없는 말" not in out


def test_in_a_terminal_the_short_answer_stands_out_in_the_quote(
    asked: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def terminal() -> Console:
        return Console(
            file=sys.stdout,
            force_terminal=True,
            color_system="standard",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )

    monkeypatch.setattr("api.render_answer.console", terminal)
    show_answer(asked.answered)
    out = capsys.readouterr().out
    assert "“두 회사는 \x1b[1;32m2조4000억원\x1b[0m을 함께 투자한다.”" in out
    outside = replace(asked.answered.answer, span=AnswerSpan(1, 39, 41, "끝"))
    show_answer(replace(asked.answered, answer=outside))
    assert "“두 회사는 2조4000억원을 함께 투자한다.”" in capsys.readouterr().out


def test_what_was_retrieved_is_neither_markup_nor_control(shown: Shown, asked: Any) -> None:
    cited = replace(
        asked.answered.citations[0],
        title="[bold]제목[/bold] :smile:\n[9] 가짜",
        publisher="[b]신문[/b]",
        url="https://x.example/\x1b]8;;https://evil.example\x07",
        quote="앞 [link=https://x.example]말[/link] \x1b[31m\u202e\n[7] 뒤",
    )
    out = shown(replace(asked.answered, citations=(cited,)))
    assert "[1] [bold]제목[/bold] :smile: [9] 가짜  [b]신문[/b] · 2025-07-08\n" in out
    assert "    “앞 [link=https://x.example]말[/link] \ufffd[31m\ufffd\n    [7] 뒤”\n" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


@st.composite
def results(draw: st.DrawFn) -> AskResult:
    """Answers and abstentions of strange words."""
    word = draw(STRANGE)
    numbers = draw(st.integers(1, 3))
    citations = tuple(
        Citation(n, word, word, draw(STRANGE), word, draw(STRANGE), word, 5, 9, draw(STRANGE))
        for n in range(1, numbers + 1)
    )
    refusal = Abstention(Reason.MISSING_ENTITY, ("이름", draw(STRANGE)), word, 0.1)
    answer = Answer(
        AnswerMode.LLM,
        word,
        tuple(AnswerSentence(draw(STRANGE), (cited.n,)) for cited in citations),
        draw(st.sampled_from([None, AnswerSpan(1, 6, 8, word), AnswerSpan(1, 0, 99, word)])),
        draw(st.none() | STRANGE),
        0.5,
        (Difference((1, numbers), (word, draw(STRANGE)), (None, word)),),
        2,
    )
    if draw(st.booleans()):
        return AskResult(word, "b", answer, citations, None, [], {})
    return AskResult(word, "b", None, (), refusal, [], {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(result=results())
def test_no_word_leaves_its_place(result: AskResult, shown: Shown) -> None:
    lines = shown(result).split("\n")
    numbered = [line for line in lines if line.startswith("[")]
    assert len(numbered) >= len(result.citations)
    controls = [c for line in lines for c in line if c < " " or "\x7f" <= c <= "\x9f"]
    assert not set(controls) - {"\t"}
    quotes = sum(1 + each.quote.count("\n") for each in result.citations)
    if result.abstention is not None:
        refusal = result.abstention
        assert len(lines) == 5 + any(name not in refusal.message for name in refusal.missing)
    if result.answer is not None:
        head = 4 + (result.answer.span is not None)
        assert len(lines) == head + quotes + 3 * len(result.citations) + 2
