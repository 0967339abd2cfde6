"""
The alias table of now: the shipped one, extended by a user's file that may change meanwhile.

But: what a file may hold and how names are found is in `search.aliases`.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from index.errors import InputError
from search.aliases import SHIPPED_ALIASES, AliasTable

CHECK_SECONDS = 1.0

log = logging.getLogger(__name__)


class AliasSource:
    """
    The shipped table, extended by a user's file that may change while it is served.

    Args:
        shipped: The file that comes with the program; read once.
        user: The user's own, or None; looked at no more than once in `CHECK_SECONDS`.
        clock: Seconds that never go back; replaced in tests.

    Raises:
        InputError: One of the files cannot be used from the start on.
    """

    def __init__(
        self,
        shipped: Path = SHIPPED_ALIASES,
        user: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shipped = AliasTable.read(shipped)
        self._user = user
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = None if user is None else _state(user)  # before it is read
        self._table = self._shipped if user is None else self._extended(user)
        self._next_look_s = clock() + CHECK_SECONDS

    def table(self) -> AliasTable:
        """
        Return the table of now; safe to call from many threads.

        A changed file that cannot be used, or is gone, is told once and the last good
        table stays. While one thread reads, the others get the table from before.
        """
        user = self._user
        if user is None or self._clock() < self._next_look_s:
            return self._table
        if self._lock.acquire(blocking=False):
            try:
                if self._clock() >= self._next_look_s:
                    self._next_look_s = self._clock() + CHECK_SECONDS
                    self._look(user)
            finally:
                self._lock.release()
        return self._table

    def _look(self, user: Path) -> None:
        state = _state(user)
        if state == self._seen:
            return
        self._seen = state
        try:
            self._table = self._extended(user)
        except InputError as error:
            log.warning("alias file refused, the last good one stays", extra={"reason": str(error)})

    def _extended(self, user: Path) -> AliasTable:
        return self._shipped.merged(AliasTable.read(user))


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return what differs when a file was written or replaced; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # the latter for a path with a NUL
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
