"""Every command of the README runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"


def shell_lines(text: str) -> list[str]:
    """Return the commands in the ``sh`` blocks of a page, continued lines joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


LINES = shell_lines(README.read_text(encoding="utf-8"))


def test_the_readme_shows_the_first_steps() -> None:
    starts = {" ".join(line.split()[:2]) for line in LINES}
    assert {"gisa build", "gisa search", "gisa ask", "gisa serve"} <= starts


@pytest.mark.slow
def test_each_command_of_the_readme_exits_with_zero(
    tmp_path: Path, serving: Callable[..., AbstractContextManager[int]]
) -> None:
    for name in ("samples", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran: list[str] = []
    server: list[str] = []
    for line in LINES:
        if "$NEWS_DATA" in line and not os.environ.get("NEWS_DATA"):
            continue
        if line.startswith("gisa serve"):
            server = shlex.split(line.rstrip("& "))[2:]
        elif line.startswith(("gisa ", "python scripts/")):
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=tmp_path,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert done.stdout, line
            ran.append(line)
    assert len(ran) > 3
    requests = [line for line in LINES if line.startswith("curl ")]
    if server and requests and shutil.which("curl"):
        with serving(*_without_port(server), cwd=tmp_path) as port:
            for line in requests:
                here = re.sub(r"(127\.0\.0\.1|localhost):8000", f"127.0.0.1:{port}", line)
                assert here != line
                done = subprocess.run(
                    ["bash", "-c", here.replace("curl ", "curl --fail ", 1)],
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                assert done.returncode == 0, f"{here}\n{done.stderr}{done.stdout}"
                assert done.stdout, line


def _without_port(arguments: list[str]) -> list[str]:
    if "--port" not in arguments:
        return arguments
    place = arguments.index("--port")
    return arguments[:place] + arguments[place + 2 :]
