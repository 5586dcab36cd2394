"""A gunicorn worker whose own refusals (an address too long, a malformed header) are problems too, and that hangs up
on clients that are slow without an end.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from typing import Any

import msgspec
from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from chatbot.server.problems import CONTENT_TYPE, ProblemDetails

_KINDS = {
    "LimitRequestLine": (414, "URI Too Long", "uri-too-long", "The address is too long."),
    "LimitRequestHeaders": (
        431,
        "Request Header Fields Too Large",
        "headers-too-large",
        "The headers are too large.",
    ),
}
_MALFORMED = (400, "Bad Request", "bad-request", "The request is not well-formed HTTP.")

LONGEST = 60.0
"""Seconds that a request may take from its first byte to the last of its answer. A client that sends or reads a byte
now and then would else hold a thread for as long as it likes."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """Serves requests with threads."""

    part = 0
    """The part of the shared measures that it counts in."""

    def init_process(self) -> None:
        """Serve until the worker is told to stop."""
        self._under_way: dict[Any, float] = {}
        threading.Thread(target=self._hang_up, name="hang-up", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Serve the next request of a connection."""
        self._under_way[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._under_way[conn]

    def _hang_up(self) -> None:
        """End the connections whose request takes too long; the thread that waits for one is told at once."""
        while True:
            time.sleep(min(1.0, LONGEST / 4))
            late = time.monotonic() - LONGEST
            for conn, began in list(self._under_way.items()):
                if began < late:
                    with contextlib.suppress(OSError):
                        conn.sock.shutdown(socket.SHUT_RDWR)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Refuse a request that never reached the application."""
        if type(exc).__module__ != "gunicorn.http.errors":
            super().handle_error(req, client, addr, exc)
            return
        status, reason, name, detail = _KINDS.get(type(exc).__name__, _MALFORMED)
        body = msgspec.json.encode(ProblemDetails(f"/problems/{name}", reason, status, detail))
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            util.write_nonblock(client, head.encode() + body)


def quiet(record: logging.LogRecord) -> bool:
    """Leave out of the log that a client went silent in the middle of a request."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
