"""
A moment at which a connection is shut, whatever it is doing.

Time limits of a socket hold for one read each: a server that sends a byte now and then
never meets them. This one holds for the whole reply, its headers and a TLS handshake.

But: looking up a host name takes as long as the system's resolver lets it.
"""

import contextlib
import socket
import threading
import time
from typing import Any


class ReplyDeadline:
    """
    Shut the watched connection *seconds* after entering; a context manager, used once.

    Args:
        seconds: > 0.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    @property
    def has_passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._ends

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Watch the connection that httpcore says it made; its ``trace`` extension."""
        if event == "connection.connect_tcp.complete":
            # A handle of our own: TLS takes the first one away from its socket object.
            opened = info["return_value"].get_extra_info("socket").dup()
            with self._lock:
                self._socket = opened
            if self.has_passed:
                self._shut()

    def __enter__(self) -> "ReplyDeadline":
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _shut(self) -> None:
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):  # the other side was quicker
                    self._socket.shutdown(socket.SHUT_RDWR)
