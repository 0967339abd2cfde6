"""
Options and arguments that several commands share, the settings they give, and ``--json``.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.settings import Settings, load_settings

IndexDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the index. [default: GISA_INDEX_DIR, or var/index]"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on stdout.")]
HowMany = Annotated[int, typer.Option("-k", help="How many hits, 1-100.")]
From = Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD, inclusive.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD, inclusive.")]
Publishers = Annotated[
    list[str] | None,
    typer.Option("--publisher", help="Only this publisher; may be given again."),
]
Sections = Annotated[
    list[str] | None, typer.Option("--section", help="Only this section; may be given again.")
]


def settings_for(index_dir: Path | None) -> Settings:
    """Return the settings, with the folder of the index that was given, if one was."""
    settings = load_settings()
    return settings if index_dir is None else settings.model_copy(update={"index_dir": index_dir})


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
