"""
Progress of long work on stderr: a bar in a terminal, a line now and then elsewhere.
"""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from index.build import Progress

SECONDS_BETWEEN_LINES = 10.0


class ProgressReport:
    """Shows stages with their rate and the time left; a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._is_quiet = quiet
        self._is_terminal = sys.stderr.isatty()
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet or not self._is_terminal,
        )
        self._task: TaskID | None = None
        self._stage = ""
        self._stage_started = 0.0
        self._last_line = 0.0

    def __enter__(self) -> "ProgressReport":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def build(self, done: Progress) -> None:
        """Tell how far a build is; fits ``on_progress`` of `index.build.build_index`."""
        self.update(done.stage, done.done, done.total, done.documents, "articles")

    def update(self, stage: str, done: int, total: int | None, items: int, unit: str) -> None:
        """
        Tell how far the work is.

        Args:
            stage: What is being done.
            done: Of *total*, in any unit; grows within a stage.
            total: None where it is not known.
            items: What the rate counts.
            unit: Its name, as in "articles".
        """
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._stage_started, self._last_line = stage, now, now
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(stage, total=total, rate="")
        elapsed = now - self._stage_started
        rate = f"{items / elapsed:,.0f} {unit}/s" if items and elapsed > 0.5 else ""
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total, rate=rate)
        if (
            not self._is_quiet
            and not self._is_terminal
            and now - self._last_line >= SECONDS_BETWEEN_LINES
        ):
            self._last_line = now
            sys.stderr.write(_line(stage, done, total, rate, elapsed))


def _line(stage: str, done: int, total: int | None, rate: str, elapsed: float) -> str:
    parts = [stage]
    if total and done:
        left = elapsed * (total - done) / done
        parts += [f"{100 * done / total:.0f} %", f"{left:.0f} s left"]
    return " · ".join([*parts, rate] if rate else parts) + "\n"
