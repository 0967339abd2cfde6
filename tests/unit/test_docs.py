"""Documentation says what the program does: commands, settings, links."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from api.cli import app
from api.settings import load_settings, setting_names, settings_table
from index import errors

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def read(path: str) -> str:
    """Return a page of this repository."""
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert len(COMMANDS[name].help) > 20
    assert f"gisa {name}" in read("README.md")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_has_help(name: str) -> None:
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_settings_are_documented_as_the_program_prints_them() -> None:
    assert settings_table() in read("docs/settings.md")


def test_every_setting_has_a_row_of_its_own() -> None:
    rows = settings_table().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == setting_names()
    assert all(len(row.rsplit("|", 2)[1]) > 10 for row in rows)
    assert load_settings().index_dir == Path("var/index")


def test_no_undocumented_setting_is_named_in_a_page() -> None:
    for page in PAGES:
        named = set(re.findall(r"\bGISA_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
        assert named <= set(setting_names()), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for match in LINK.finditer(text):
        target = unquote((match[1] or match[2]).partition("#")[0])
        if target and "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_there_is_a_glossary() -> None:
    assert (ROOT / "docs" / "glossary.md").is_file()


def test_the_error_tree_is_said_to_be_mapped_where_it_is() -> None:
    assert "api.errors" in str(errors.__doc__)
