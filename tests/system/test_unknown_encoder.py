"""An encoder that cannot be had is one line with the way out, and nothing is built."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("encoder", "code", "way_out"),
    [
        ("bilingal", 2, "Use bilingual, or sentence-transformers:<name or path>."),
        pytest.param(
            "sentence-transformers:/nowhere/model",
            1,
            "or use GISA_ENCODER=bilingual.",
            marks=[pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")],
        ),
    ],
)
def test_an_encoder_that_cannot_be_had_is_told_with_the_way_out(
    cli: Cli,
    write_jsonl: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    encoder: str,
    code: int,
    way_out: str,
) -> None:
    monkeypatch.setenv("GISA_ENCODER", encoder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    done = cli("build", write_jsonl({"id": "a", "title": "제목", "text": "글이다."}))
    assert (done.code, done.out) == (code, "")
    last_line = done.err.rstrip("\n").split("\n")[-1]
    assert encoder.removeprefix("sentence-transformers:") in last_line
    assert last_line.endswith(way_out)
    assert not Path("var/index/CURRENT").exists()
