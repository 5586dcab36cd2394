"""Each request is counted, and logged where that is asked for: never who asked, nor what."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from chatbot.reply import Reply
from chatbot.server.measures import ELSEWHERE, Measures

_log = logging.getLogger("chatbot.server.requests")


class Observation:
    """Counts requests, their time and the kinds of replies: a view that answers sets `g.reply`."""

    def __init__(self) -> None:
        self.measures = Measures()

    def begin(self) -> None:
        """Note when a request began."""
        g.began = time.perf_counter()

    def end(self, response: Response) -> Response:
        """Count a request that is answered."""
        seconds = time.perf_counter() - g.began
        rule = request.url_rule
        method = "GET" if request.method == "HEAD" else request.method
        route = (method, rule.rule) if rule else ELSEWHERE
        reply: Reply | None = g.get("reply")
        kind = reply.kind if reply else None
        self.measures.count(route, response.status_code, seconds, kind)
        if _log.isEnabledFor(logging.INFO):
            told = {
                "method": request.method if rule else "other",
                "route": route[1],
                "status": response.status_code,
                "ms": round(seconds * 1_000, 1),
                "bytes": response.content_length,
                "kind": kind,
            }
            _log.info("request", extra=told)
        return response

    def know_routes(self, app: Flask, workers: int) -> None:
        """Prepare to count all routes of an app; while workers take turns there are more of them for a while."""
        routes = [(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()]
        self.measures.prepare((route for route in routes if route[0] != "HEAD"), 2 * workers + 2)
