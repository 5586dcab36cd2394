"""A gunicorn worker whose own refusals (an address too long, a malformed header) are problems too."""

from __future__ import annotations

import contextlib
import logging
import socket
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


class Worker(ThreadWorker):  # type: ignore[misc]
    """Serves requests with threads."""

    part = 0
    """The part of the shared measures that it counts in."""

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
