"""
How long did each stage of a query take?
"""

import time


class Clock:
    """Times of the stages of one query, in milliseconds."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._stages: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        """Add the time since the last mark to a stage."""
        now = time.perf_counter()
        self._stages[stage] = self._stages.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def timings(self) -> dict[str, float]:
        """Return milliseconds by stage, and in all as ``total``."""
        total = 1000 * (time.perf_counter() - self._started)
        return {stage: round(ms, 3) for stage, ms in [*self._stages.items(), ("total", total)]}
