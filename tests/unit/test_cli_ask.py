"""``gisa ask``: what reaches the answerer, what is printed, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main

from api.cli import app
from index.errors import IndexCorrupt, InputError
from search.answer_records import AskResult
from search.records import Filters

Cli = Callable[..., Any]
QUESTION = "얼마를 투자하나?"


class Call(NamedTuple):
    """How an answerer was asked."""

    question: str
    k: int
    filters: Filters | None
    explain: bool


class Canned:
    """Answers with the value that it holds, or raises it, and remembers how it was asked."""

    def __init__(self, outcome: AskResult | Exception) -> None:
        self.outcome = outcome
        self.calls: list[Call] = []

    def ask(
        self, question: str, *, k: int = 10, filters: Filters | None = None, explain: bool = False
    ) -> AskResult:
        """Answer."""
        self.calls.append(Call(question, k, filters, explain))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[AskResult | Exception], Canned]:
    """Let the command ask an answerer with one outcome, over no index."""

    def prepare(outcome: AskResult | Exception) -> Canned:
        canned = Canned(outcome)
        monkeypatch.setattr("api.question_commands.open_engine", lambda settings: None)
        monkeypatch.setattr("api.question_commands.answerer_for", lambda settings, engine: canned)
        return canned

    return prepare


def test_options_reach_the_answerer(cli: Cli, answering: Callable[..., Canned], asked: Any) -> None:
    canned = answering(asked.answered)
    options = ["-k", "3", "--from", "2025-01-01", "--to", "2025-12-31", "--explain"]
    options += ["--publisher", "가람신문", "--section", "AI", "--section", "통신"]
    assert cli("ask", QUESTION, *options).code == 0
    assert cli("ask", QUESTION).code == 0
    filters = Filters("2025-01-01", "2025-12-31", ("가람신문",), ("AI", "통신"))
    assert canned.calls == [Call(QUESTION, 3, filters, True), Call(QUESTION, 10, Filters(), False)]


def test_an_answer_is_shown_with_numbered_sources(
    cli: Cli, answering: Callable[..., Canned], asked: Any
) -> None:
    answering(asked.answered)
    done = cli("ask", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert "2조4000억원을 함께 투자한다. [1]" in done.out
    assert "\n[1] 두 회사 협정  미리내테크 · 2025-07-08\n" in done.out


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_abstention_is_no_failure(
    cli: Cli, answering: Callable[..., Canned], asked: Any, options: list[str]
) -> None:
    answering(asked.abstained)
    done = cli("ask", QUESTION, *options)
    assert (done.code, done.err) == (0, "")
    assert "화성은 어디에도 없습니다." in done.out


def test_json_is_one_value_on_one_line(
    cli: Cli, answering: Callable[..., Canned], asked: Any
) -> None:
    answering(asked.answered)
    done = cli("ask", QUESTION, "--json")
    assert done.out.count("\n") == 1
    body = json.loads(done.out)
    assert list(body)[:3] == ["question", "build", "answer"]
    assert body["answer"]["answer_span"]["text"] == "2조4000억원"


@pytest.mark.parametrize("options", [[], ["--json"], ["--explain"]])
def test_piped_output_has_no_escape_codes(
    cli: Cli, answering: Callable[..., Canned], asked: Any, options: list[str]
) -> None:
    for result in asked:
        answering(result)
        assert "\x1b" not in cli("ask", QUESTION, *options).out


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("k is 0. Give 1 to 100."), 2), (IndexCorrupt("vectors.faiss is damaged."), 3)],
)
def test_an_error_is_one_line_and_its_exit_code(
    cli: Cli, answering: Callable[..., Canned], error: Exception, code: int
) -> None:
    answering(error)
    done = cli("ask", QUESTION)
    assert (done.code, done.out, done.err) == (code, "", f"gisa: {error}\n")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "2025-02-30"], "Bad date filter"),
        (["--from", "2025-02-01", "--to", "2025-01-01"], "swap them"),
    ],
)
def test_bad_filters_are_told_before_anything_is_opened(
    cli: Cli, options: list[str], told: str
) -> None:
    done = cli("ask", QUESTION, *options)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


@pytest.mark.parametrize("arguments", [[], [QUESTION, "-k", "many"], [QUESTION, "--mode", "llm"]])
def test_wrong_usage_exits_with_2(cli: Cli, arguments: list[str]) -> None:
    assert cli("ask", *arguments).code == 2


def test_without_an_index_it_exits_with_3(cli: Cli, tmp_path: Path) -> None:
    done = cli("ask", QUESTION, "--index-dir", tmp_path / "none")
    assert (done.code, done.out) == (3, "")
    assert "Build one: gisa build PATH" in done.err


def test_questions_take_the_filters_of_searches_with_the_same_help() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    ask, search = (
        {each.name: getattr(each, "help", None) for each in commands[name].params}
        for name in ("ask", "search")
    )
    shared = {"index_dir", "k", "from_", "to", "publisher", "section", "as_json"}
    assert {name: ask[name] for name in shared} == {name: search[name] for name in shared}
    assert set(ask) == shared | {"question", "explain"}
