"""
The engine and the answerer that a server serves, exchanged when a new build appears.

A thread looks at CURRENT. A new build is verified in full and opened beside the old
one, then taken in one assignment: requests under way finish on the old engine. A
damaged build is refused and told, and the old one serves on.
"""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from api.settings import Settings
from api.wiring import answerer_for, open_engine
from index.builds import read_current
from index.errors import GisaError
from search.answer import Answerer
from search.engine import SearchEngine

log = logging.getLogger(__name__)


class Refused(NamedTuple):
    """A build that was not taken, and why."""

    build: str
    reason: str


class LiveEngine:
    """
    Holds the engine that answers now, and the answerer over it.

    Args:
        settings: Where the index is, and how often to look.
        opener: Opens a verified engine for a build; replaced in tests of failures.
        answerer_of: Makes an answerer over that engine.

    Raises:
        IndexUnavailable, ModelUnavailable: There is nothing to serve from the start on.
    """

    def __init__(
        self,
        settings: Settings,
        opener: Callable[..., SearchEngine] = open_engine,
        answerer_of: Callable[[Settings, SearchEngine], Answerer] = answerer_for,
    ) -> None:
        self._settings = settings
        self._opener = opener
        self._answerer_of = answerer_of
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.refused: Refused | None = None
        self.engine = opener(settings, verify=True)
        self.answerer = answerer_of(settings, self.engine)

    def start(self) -> None:
        """Begin to look for new builds."""
        self._thread = threading.Thread(target=self._watch, name="gisa-reload", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; returns when the thread has ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def refresh(self) -> bool:
        """Take the build that CURRENT names if it is another and sound; True if taken."""
        serving = self.engine.snapshot.manifest.build
        current = "CURRENT"
        try:
            current = read_current(self._settings.index_dir)
            if current == serving:
                self.refused = None
                return False
            if self.refused is not None and self.refused.build == current:
                return False
            engine = self._opener(
                self._settings,
                build_id=current,
                verify=True,
                analyzer=self.engine.snapshot.analyzer,
                reranker=self.engine.reranker,
            )
            answerer = self._answerer_of(self._settings, engine)
        except GisaError as error:
            self._refuse(current, str(error))
            return False
        # The old snapshot is closed by the last request that holds it, not here. A request
        # takes one of the two, once, so that it never sees two builds.
        self.engine = engine
        self.answerer = answerer
        self.refused = None
        log.info("build taken", extra={"build": current, "previous": serving})
        return True

    def _refuse(self, build: str, reason: str) -> None:
        if self.refused != Refused(build, reason):
            self.refused = Refused(build, reason)
            log.error("build refused", extra={"build": build, "reason": reason})

    def _watch(self) -> None:
        while not self._stop.wait(self._settings.reload_seconds):
            try:
                self.refresh()
            except Exception:  # the watcher must outlive whatever one build does to it
                log.exception("looking for a new build failed")
