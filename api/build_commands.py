"""
The commands that look after builds: ``gisa check``, ``builds``, ``rollback`` and ``info``.
"""

from typing import Annotated, Any

import typer

from api.options import IndexDir, Json, print_json, settings_for
from api.render import show_fields
from api.schemas import InfoResponse
from api.settings import Settings
from api.wiring import open_build
from index.builds import (
    build_folder,
    build_lock,
    list_builds,
    read_current,
    switch_current,
)
from index.errors import IndexUnavailable, InputError
from index.manifest import read_manifest


def check(
    index_dir: IndexDir = None,
    build_id: Annotated[
        str | None, typer.Option("--build", help="A build; default CURRENT.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify every byte and structure of a build. 색인을 검사합니다."""
    settings = settings_for(index_dir)
    if build_id is not None:
        _known_build(settings, build_id)
    manifest = open_build(settings, build_id=build_id, verify=True).manifest
    if as_json:
        print_json({"build": manifest.build, "sound": True, "counts": manifest.counts})
    else:
        show_fields({"sound": manifest.build, **manifest.counts})


def builds(index_dir: IndexDir = None, as_json: Json = False) -> None:
    """List the builds, oldest first. 빌드 목록을 봅니다."""
    settings = settings_for(index_dir)
    try:
        current = read_current(settings.index_dir)
    except IndexUnavailable:
        current = None
        if not list_builds(settings.index_dir):
            raise
    rows = [_describe_build(settings, name, current) for name in list_builds(settings.index_dir)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        mark = "*" if row["current"] else " "
        known = f"{row['documents']:,} articles" if row["error"] is None else row["error"]
        typer.echo(f"{mark} {row['build']}  {known}")


def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="Build to serve. [default: the one before CURRENT]")
    ] = None,
    index_dir: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Serve an older build again, after verifying it. 이전 빌드로 되돌립니다."""
    settings = settings_for(index_dir)
    chosen = _build_before_current(settings) if build_id is None else build_id
    _known_build(settings, chosen)
    with build_lock(settings.index_dir):
        open_build(settings, build_id=chosen, verify=True)
        switch_current(settings.index_dir, chosen)
    if as_json:
        print_json({"build": chosen})
    else:
        typer.echo(f"Serving {chosen}.")


def info(index_dir: IndexDir = None, as_json: Json = False) -> None:
    """Describe the build that is served. 색인 정보를 봅니다."""
    settings = settings_for(index_dir)
    snapshot = open_build(settings)
    columns = snapshot.columns
    body = InfoResponse.from_manifest(snapshot.manifest, columns.publishers, columns.sections)
    fields = {**body.model_dump(mode="json"), "corpus": snapshot.manifest.corpus}
    if as_json:
        print_json(fields)
    else:
        show_fields(fields)


def _describe_build(settings: Settings, name: str, current: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"build": name, "current": name == current, "error": None}
    try:
        manifest = read_manifest(build_folder(settings.index_dir, name))
    except IndexUnavailable as error:
        return {**row, "created": None, "documents": None, "error": str(error)}
    return {**row, "created": manifest.created, "documents": manifest.counts["documents"]}


def _known_build(settings: Settings, build_id: str) -> None:
    known = list_builds(settings.index_dir)
    if build_id not in known:
        raise InputError(
            f"No build {build_id!r} in {settings.index_dir}. "
            f"There is: {', '.join(known) or 'none'}."
        )


def _build_before_current(settings: Settings) -> str:
    """Return the newest build older than CURRENT, or the newest if CURRENT is damaged."""
    known = list_builds(settings.index_dir)
    try:
        current = read_current(settings.index_dir)
    except IndexUnavailable:
        if not known:
            raise
        return known[-1]
    older = [name for name in known if name < current]
    if not older:
        raise InputError(f"No build is older than {current}. See: gisa builds")
    return older[-1]
