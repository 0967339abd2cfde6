"""The command line, in this process where it can be."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.cli import app
from api.render import safe
from index.builds import build_folder, list_builds, read_current

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
QUERY = "KT는 왜 탈락했나?"
Cli = Callable[..., Any]
Gisa = Callable[..., subprocess.CompletedProcess[str]]


def only_json(text: str) -> Any:
    """Return the one JSON value that a text is, on one line."""
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return json.loads(text)


def one_line(text: str) -> str:
    """Return an error message, which is one line that says who speaks."""
    assert text.startswith("gisa: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text


@pytest.fixture
def two_builds(copied_index: Path, cli: Cli, write_jsonl: Callable[..., Path]) -> tuple[str, str]:
    """Ids of two builds in ``copied_index``, the older first; the newer is served."""
    older = read_current(copied_index)
    path = write_jsonl({"id": "new-1", "title": "새 소식", "text": "참새마을에 도서관이 열렸다."})
    assert cli("build", path, "--index-dir", copied_index).code == 0
    return older, read_current(copied_index)


def damage(index_dir: Path, name: str) -> None:
    """Change one byte in the middle of a file of the served build."""
    path = build_folder(index_dir, read_current(index_dir)) / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)


# Help and usage


def test_the_commands_are_those_documented() -> None:
    expected = ["ask", "build", "builds", "check", "eval", "info"]
    expected += ["rollback", "search", "serve", "tune"]
    assert expected == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli: Cli, command: str) -> None:
    done = cli(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"gisa {command}" in done.out
    assert "--index-dir" in done.out


def test_help_lists_every_command(cli: Cli) -> None:
    done = cli("--help")
    assert done.code == 0
    assert all(command in done.out for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["search"],
        ["search", QUERY, "--no-such-option"],
        ["search", QUERY, "-k", "many"],
        ["ask"],
        ["serve", "--port", "70000"],
        ["build"],
        ["eval"],
    ],
)
def test_wrong_usage_exits_with_2(cli: Cli, arguments: list[str]) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["", "-k", "1"], "The query is empty"),
        (["가" * 513], "513 characters"),
        ([QUERY, "-k", "0"], "k is 0"),
        ([QUERY, "-k", "101"], "k is 101"),
        ([QUERY, "--passages-per-document", "21"], "passages_per_document is 21"),
        ([QUERY, "--from", "2025-02-30"], "Bad date filter"),
        ([QUERY, "--from", "2025-02-01", "--to", "2025-01-01"], "swap them"),
        (["KT \udcff"], "not valid Unicode"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    cli: Cli, sample_index: Path, options: list[str], told: str
) -> None:
    done = cli("search", "--index-dir", sample_index, *options)
    assert (done.code, done.out) == (2, "")
    assert told in one_line(done.err)


@pytest.mark.parametrize(
    "command", ["search", "ask", "check", "builds", "rollback", "info", "serve"]
)
def test_without_an_index_commands_exit_with_3_and_tell_the_way_out(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    arguments = [QUERY] if command in ("search", "ask") else []
    done = cli(command, *arguments, "--index-dir", tmp_path / "none")
    assert (done.code, done.out) == (3, "")
    assert "none. Build one: gisa build PATH" in one_line(done.err)


@pytest.mark.parametrize("name", ["manifest.json", "posting_rows.npy", "vectors.faiss"])
def test_a_damaged_file_is_named_and_exits_with_3(cli: Cli, copied_index: Path, name: str) -> None:
    damage(copied_index, name)
    done = cli("search", QUERY, "--index-dir", copied_index)
    assert (done.code, done.out) == (3, "")
    assert name in one_line(done.err)


# Settings


def test_an_unknown_setting_is_named_with_the_nearest_one(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISA_INDEX_DRI", "x")
    done = cli("info")
    assert done.code == 2
    assert "GISA_INDEX_DRI is unknown (did you mean GISA_INDEX_DIR?)" in one_line(done.err)


def test_all_bad_settings_are_told_at_once(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GISA_PORT", "70000")
    monkeypatch.setenv("GISA_FUSION", "average")
    monkeypatch.setenv("GISA_QQQQQQ", "1")
    done = cli("info")
    assert done.code == 2
    message = one_line(done.err)
    assert all(f"GISA_{name}" in message for name in ("PORT='70000'", "FUSION", "QQQQQQ"))


def test_an_unknown_setting_in_the_env_file_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GISA_INDX_DIR=x\n", encoding="utf-8")
    done = cli("info")
    assert done.code == 2
    assert "GISA_INDX_DIR" in one_line(done.err)


def test_settings_come_from_the_environment_and_from_the_env_file(
    cli: Cli, sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("GISA_INDEX_DIR=nowhere\nGISA_FUSION=rrf\n", encoding="utf-8")
    assert cli("info").code == 3
    monkeypatch.setenv("GISA_INDEX_DIR", str(sample_index))
    found = only_json(cli("search", QUERY, "--explain", "--json").out)
    assert found["explain"]["fusion"] == {"method": "rrf", "kind": "ko", "weights": {}}


# Searching


def test_filters_and_counts_are_taken(cli: Cli, sample_index: Path) -> None:
    options = ["--from", "2025-08-01", "--to", "2025-09-30", "--section", "ai"]
    options += ["--section", "통신", "--publisher", "한빛경제", "--publisher", "새벽일보"]
    done = cli("search", "KT 통신", "--index-dir", sample_index, "--json", *options)
    assert (done.code, done.err) == (0, "")
    found = {hit["document_id"] for hit in only_json(done.out)["hits"]}
    assert found == {"ai-foundation-04", "outage-03", "outage-04"}
    options = ["-k", "3", "--passages-per-document", "2"]
    hits = only_json(cli("search", QUERY, "--index-dir", sample_index, "--json", *options).out)
    assert len(hits["hits"]) == 3


def test_nothing_found_is_no_failure(cli: Cli, sample_index: Path) -> None:
    done = cli("search", "😀", "--index-dir", sample_index)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Nothing was found.")
    assert only_json(cli("search", "😀", "--index-dir", sample_index, "--json").out)["hits"] == []


def test_explained_text_shows_terms_and_shares(cli: Cli, sample_index: Path) -> None:
    out = cli("search", QUERY, "--index-dir", sample_index, "-k", "1", "--explain").out
    assert "language: ko  asked: why" in out
    assert "terms:\n" in out
    assert "fusion: weighted for ko  lexical " in out


def test_explained_text_tells_where_a_term_comes_from(cli: Cli, sample_index: Path) -> None:
    out = cli("search", "AI services", "--index-dir", sample_index, "-k", "1", "--explain").out
    assert "인공지능" in out
    assert " alias" in out
    assert " translation" in out


def test_piped_output_has_no_escape_codes(cli: Cli, sample_index: Path) -> None:
    for command in (["search", QUERY], ["info"], ["builds"], ["check"]):
        done = cli(*command, "--index-dir", sample_index)
        assert done.code == 0
        assert "\x1b" not in done.out + done.err


def test_a_colour_terminal_in_the_environment_changes_no_json(
    cli: Cli, sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = cli("search", QUERY, "--index-dir", sample_index, "--json")
    assert "\x1b" not in done.out
    only_json(done.out)


def test_what_was_retrieved_is_neither_markup_nor_control(
    cli: Cli, tmp_path: Path, write_jsonl: Callable[..., Path]
) -> None:
    path = write_jsonl(
        {
            "id": "[red]id[/red]",
            "title": "[bold]제목[/bold] :smile: 소식",
            "text": "도서관 [link=https://x.example]소식[/link] [/] "
            "\x1b[31m빨강 \u202e뒤집기\u202c 끝.",
            "publisher": "[b]신문[/b]",
            "url": "https://x.example/[i]",
        }
    )
    assert cli("build", path, "--index-dir", tmp_path / "index").code == 0
    out = cli("search", "도서관 소식", "--index-dir", tmp_path / "index", "--explain").out
    for literal in (
        "[bold]제목[/bold] :smile: 소식",
        "[link=https://x.example]소식[/link] [/]",
        "[red]id[/red]",
        "[b]신문[/b]",
        "https://x.example/[i]",
    ):
        assert literal in out
    assert not {"\x1b", "\u202e", "\u202c"} & set(out)


def test_control_characters_in_what_is_shown_become_a_mark() -> None:
    assert (
        safe("a\x1b[31m\x07\u202eb\u2066\x9b\n\tc") == "a\ufffd[31m\ufffd\ufffdb\ufffd\ufffd\n\tc"
    )


def test_the_text_output_is_the_reviewed_one(
    cli: Cli, sample_index: Path, golden: Callable[[str, str], None]
) -> None:
    parts = []
    for options in (
        [QUERY, "-k", "3"],
        [QUERY, "-k", "2", "--explain"],
        ["why was KT excluded?", "-k", "2"],
        ["전국 통신장애 휴대전화 접속 끊겨", "-k", "1"],
        ["초미세먼지", "--section", "날씨", "-k", "1"],
        ["😀"],
    ):
        done = cli("search", *options, "--index-dir", sample_index)
        assert done.code == 0
        out = re.sub(r"· ms: .*", "· ms: ...", done.out)
        parts.append(f"$ gisa search {' '.join(options)}\n{out}\n")
    golden("search.txt", "".join(parts).replace(read_current(sample_index), "<build>"))


# Building


def test_a_build_reports_what_it_made_and_rejected(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"id": "a", "title": "제목", "text": "참새마을에 도서관이 열렸다."}\n'
        '{"id": "a", "title": "제목", "text": "참새마을에 도서관이 열렸다."}\n'
        '{"id": "b", "title": "날짜", "text": "본문이다.", "published": "언젠가 [b]"}\n'
        "{broken\n",
        encoding="utf-8",
    )
    done = cli("build", path, "--index-dir", tmp_path / "index")
    assert done.code == 0
    assert "1 articles, 1 passages" in done.out
    assert "1 duplicates" in done.out
    assert "Rejected 2 records:" in done.out
    assert "  mixed.jsonl:3: " in done.out
    assert "  mixed.jsonl:4: " in done.out
    summary = only_json(cli("build", path, "--index-dir", tmp_path / "other", "--json").out)
    assert summary["corpus"]["rejected"] == 2
    assert [rejection["line"] for rejection in summary["corpus"]["rejections"]] == [3, 4]
    assert summary["counts"]["documents"] == 1
    assert summary["build"] == read_current(tmp_path / "other")


def test_strict_fails_at_the_first_rejected_record(
    cli: Cli, tmp_path: Path, write_jsonl: Callable[..., Path]
) -> None:
    good = {"id": "a", "title": "제목", "text": "참새마을에 도서관이 열렸다."}
    path = write_jsonl(good, {"id": "b"}, {"id": "c"})
    done = cli("build", path, "--index-dir", tmp_path / "index", "--strict")
    assert (done.code, done.out) == (1, "")
    assert "news.jsonl:2" in one_line(done.err)
    assert list_builds(tmp_path / "index") == []


def test_an_empty_corpus_is_refused_unless_allowed(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    refused = cli("build", tmp_path / "news", "--index-dir", tmp_path / "index")
    assert refused.code == 2
    assert "--allow-empty" in one_line(refused.err)
    allowed = cli("build", tmp_path / "news", "--index-dir", tmp_path / "index", "--allow-empty")
    assert allowed.code == 0
    found = only_json(cli("search", "KT", "--index-dir", tmp_path / "index", "--json").out)
    assert found["hits"] == []


def test_a_missing_path_is_told(cli: Cli, tmp_path: Path) -> None:
    done = cli("build", tmp_path / "nothing.jsonl", "--index-dir", tmp_path / "index")
    assert done.code == 2
    assert "nothing.jsonl" in one_line(done.err)


def test_removed_lines_are_listed_on_request(
    cli: Cli, tmp_path: Path, write_jsonl: Callable[..., Path]
) -> None:
    line = "무단 전재 및 재배포 금지"
    text = f"참새마을에 도서관이 열렸다.\n주민들은 반겼다.\n{line}"
    path = write_jsonl({"id": "a", "title": "제목", "text": text})
    listed = cli("build", path, "--index-dir", tmp_path / "index", "--removed-lines", "--json")
    [removed] = only_json(listed.out)["removed_lines"]
    assert (removed["document_id"], removed["text"]) == ("a", line)
    shown = cli("build", path, "--index-dir", tmp_path / "index", "--removed-lines")
    assert line in shown.out
    unlisted = cli("build", path, "--index-dir", tmp_path / "index", "--json")
    assert "removed_lines" not in only_json(unlisted.out)


# Builds


def test_builds_are_listed_with_the_served_one_marked(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    older, newer = two_builds
    rows = only_json(cli("builds", "--index-dir", copied_index, "--json").out)
    assert [(row["build"], row["current"], row["documents"]) for row in rows] == [
        (older, False, 72),
        (newer, True, 1),
    ]
    text = cli("builds", "--index-dir", copied_index).out
    assert text == f"  {older}  72 articles\n* {newer}  1 articles\n"


def test_a_damaged_build_is_listed_as_such(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    damage(copied_index, "manifest.json")
    done = cli("builds", "--index-dir", copied_index, "--json")
    assert done.code == 0
    sound, damaged = only_json(done.out)
    assert sound["error"] is None
    assert "manifest.json" in damaged["error"]


def test_rollback_serves_the_build_before(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    older, newer = two_builds
    assert only_json(cli("rollback", "--index-dir", copied_index, "--json").out) == {"build": older}
    assert read_current(copied_index) == older
    again = cli("rollback", "--index-dir", copied_index)
    assert again.code == 2
    assert f"No build is older than {older}" in one_line(again.err)
    forward = cli("rollback", newer, "--index-dir", copied_index)
    assert (forward.code, forward.out) == (0, f"Serving {newer}.\n")
    assert read_current(copied_index) == newer


def test_rollback_to_what_is_no_build_is_refused(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    for name in ("20200101T000000000000Z-00000000", "../../etc", ""):
        done = cli("rollback", name, "--index-dir", copied_index)
        assert done.code == 2
        assert all(build in one_line(done.err) for build in two_builds)
    assert read_current(copied_index) == two_builds[1]


def test_rollback_to_a_damaged_build_is_refused(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    older, newer = two_builds
    path = build_folder(copied_index, older) / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")
    done = cli("rollback", "--index-dir", copied_index)
    assert done.code == 3
    assert "vectors.faiss" in one_line(done.err)
    assert read_current(copied_index) == newer


def test_rollback_mends_a_damaged_pointer(
    cli: Cli, copied_index: Path, two_builds: tuple[str, str]
) -> None:
    (copied_index / "CURRENT").write_text("nonsense", encoding="ascii")
    broken = cli("search", QUERY, "--index-dir", copied_index)
    assert broken.code == 3
    assert "gisa rollback" in one_line(broken.err)
    assert cli("rollback", "--index-dir", copied_index).code == 0
    assert read_current(copied_index) == two_builds[1]


def test_check_reads_every_byte(cli: Cli, copied_index: Path, two_builds: tuple[str, str]) -> None:
    older, newer = two_builds
    sound = only_json(cli("check", "--index-dir", copied_index, "--json").out)
    assert (sound["build"], sound["sound"], sound["counts"]["documents"]) == (newer, True, 1)
    assert f"sound: {newer}" in cli("check", "--index-dir", copied_index).out
    path = build_folder(copied_index, older) / "documents.sqlite"
    status = path.stat()
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    done = cli("check", "--build", older, "--index-dir", copied_index)
    assert (done.code, done.out) == (3, "")
    assert "documents.sqlite" in one_line(done.err)
    unknown = cli("check", "--build", "nope", "--index-dir", copied_index)
    assert unknown.code == 2
    assert "No build 'nope'" in one_line(unknown.err)


def test_old_builds_make_room(
    cli: Cli,
    copied_index: Path,
    two_builds: tuple[str, str],
    write_jsonl: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GISA_KEEP_BUILDS", "1")
    path = write_jsonl({"id": "n", "title": "셋째", "text": "세 번째 소식이다."})
    summary = only_json(cli("build", path, "--index-dir", copied_index, "--json").out)
    assert summary["removed_builds"] == list(two_builds)
    assert list_builds(copied_index) == [summary["build"]]


def test_info_describes_the_served_build(cli: Cli, sample_index: Path) -> None:
    fields = only_json(cli("info", "--index-dir", sample_index, "--json").out)
    assert fields["build"] == read_current(sample_index)
    assert fields["counts"]["documents"] == fields["corpus"]["documents"] == 72
    assert len(fields["publishers"]) == 8
    assert len(fields["sections"]) == 11
    text = cli("info", "--index-dir", sample_index).out
    assert f"build: {fields['build']}\n" in text
    assert "  documents: 72\n" in text


# In a process of its own


@pytest.mark.slow
def test_a_process_prints_one_json_value_and_nothing_else(gisa: Gisa, sample_index: Path) -> None:
    done = gisa("search", QUERY, "--json", GISA_INDEX_DIR=str(sample_index))
    assert (done.returncode, done.stderr) == (0, "")
    assert only_json(done.stdout)["hits"][0]["document_id"] == "ai-foundation-04"


@pytest.mark.slow
def test_a_process_exits_with_the_code_and_one_line(gisa: Gisa, tmp_path: Path) -> None:
    done = gisa("search", QUERY, "--index-dir", tmp_path / "none")
    assert (done.returncode, done.stdout) == (3, "")
    one_line(done.stderr)
    assert gisa("search").returncode == 2
    assert gisa("info", GISA_PROT="1").returncode == 2


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_closed_pipe_is_quiet(sample_index: Path, tmp_path: Path) -> None:
    search = f"{sys.executable} -m api search KT --index-dir {sample_index} -k 50"
    command = f"{search} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert (done.stdout, done.stderr) == ("0\n", "")
