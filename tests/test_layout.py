"""The top-level names ``api``, ``search`` and ``index`` are ours alone and shadow nothing."""

import subprocess
import sys
import tokenize
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "search", "index")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
MAX_SCRIPT_LINES = 60


@pytest.mark.parametrize("name", PACKAGES)
def test_only_gisa_owns_a_package(name: str) -> None:
    assert set(packages_distributions()[name]) == {"gisa"}


def test_packages_resolve_into_this_checkout_from_anywhere() -> None:
    code = f"import {', '.join(PACKAGES)}; print(api.__file__, search.__file__, index.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(ROOT / name / "__init__.py") for name in PACKAGES]


def test_tests_and_scripts_are_not_importable() -> None:
    code = "import importlib.util as u; print(u.find_spec('scripts'), u.find_spec('conftest'))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None", "None"]


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_shadows_the_standard_library_or_a_package(path: Path) -> None:
    if path.name not in ("__init__.py", "__main__.py"):
        assert path.stem not in sys.stdlib_module_names
        assert path.stem not in PACKAGES


def test_test_files_have_names_of_their_own_and_no_packages() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("*.py")]
    assert len(names) == len(set(names))
    assert "__init__.py" not in names


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.name))
def test_scripts_are_short(path: Path) -> None:
    with path.open("rb") as stream:
        lines = {
            token.start[0]
            for token in tokenize.tokenize(stream.readline)
            if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
        }
    assert 0 < len(lines) <= MAX_SCRIPT_LINES


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.name))
def test_scripts_leave_the_module_path_alone(path: Path) -> None:
    assert "sys.path" not in path.read_text(encoding="utf-8")
