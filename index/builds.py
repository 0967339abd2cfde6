"""
The folder of builds: names, the CURRENT pointer, the lock, old builds.

``<index-dir>/builds/<id>/`` holds one immutable build each, ``<index-dir>/CURRENT`` the
id that is served. The pointer is replaced in one step, so a reader sees the old build
or the new one and nothing between.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from index.errors import BuildLocked, IndexCorrupt, NoIndex

BUILDS_FOLDER = "builds"
CURRENT_FILE = "CURRENT"
LOCK_FILE = "build.lock"
PARTIAL_PREFIX = ".partial-"

_BUILD_ID = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}")


def build_folder(index_dir: Path, build: str) -> Path:
    """Return the folder of a build, whether it exists or not."""
    return index_dir / BUILDS_FOLDER / build


def list_builds(index_dir: Path) -> list[str]:
    """Return the ids of finished builds, oldest first."""
    folder = index_dir / BUILDS_FOLDER
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if _BUILD_ID.fullmatch(path.name))


def read_current(index_dir: Path) -> str:
    """
    Return the id of the build that is served.

    Raises:
        NoIndex: Nothing was built there.
        IndexCorrupt: The pointer is damaged or points to a build that is gone.
    """
    path = index_dir / CURRENT_FILE
    try:
        build = path.read_text(encoding="ascii").removesuffix("\n")
    except FileNotFoundError as error:
        raise NoIndex(f"No index at {index_dir}. Build one: gisa build PATH") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(f"{path} cannot be read. Run: gisa rollback BUILD") from error
    if not _BUILD_ID.fullmatch(build) or not build_folder(index_dir, build).is_dir():
        raise IndexCorrupt(
            f"{path} names no build ({build[:60]!r}). See gisa builds, then: gisa rollback BUILD"
        )
    return build


def switch_current(index_dir: Path, build: str) -> None:
    """Point CURRENT to *build*, atomically and on disk when this returns."""
    temporary = index_dir / f".{CURRENT_FILE}.{os.getpid()}"
    temporary.write_text(build + "\n", encoding="ascii")
    sync(temporary)
    temporary.replace(index_dir / CURRENT_FILE)
    sync(index_dir)


def prune_builds(index_dir: Path, keep: int) -> list[str]:
    """
    Remove the oldest builds; the served one stays. A reader that has one open keeps it.

    Args:
        index_dir: The index directory, locked by the caller.
        keep: How many builds to leave, >= 1.

    Returns:
        The ids removed.
    """
    current = read_current(index_dir)
    others = [build for build in list_builds(index_dir) if build != current]
    removed = others[: max(0, len(others) - (keep - 1))]
    for build in removed:
        folder = build_folder(index_dir, build)
        hidden = folder.with_name(PARTIAL_PREFIX + build)
        folder.rename(hidden)  # so that no list ever shows a build half removed
        shutil.rmtree(hidden)
    return removed


def remove_partial_builds(index_dir: Path) -> None:
    """Remove what killed builds left; the caller holds the lock, so nobody writes there."""
    for path in (index_dir / BUILDS_FOLDER).glob(PARTIAL_PREFIX + "*"):
        shutil.rmtree(path)
    for path in index_dir.glob(f".{CURRENT_FILE}.*"):
        path.unlink()


@contextlib.contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """
    Hold the lock of an index directory; the system drops it if the process dies.

    Raises:
        BuildLocked: Another process holds it; its pid and age are told.
    """
    path = index_dir / LOCK_FILE
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildLocked(_holder(path)) from error
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "since": time.time()}))
        lock.flush()
        yield


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="ascii"))
        who = f"process {holder['pid']}, for {time.time() - holder['since']:.0f} s"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return f"Another build of {path.parent} is running ({who}). Wait for it, or end it."


def sync(path: Path) -> None:
    """Bring a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
