"""Which other sites may call the API from a browser: those that an operator named, and never with credentials."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

_METHODS = {
    "/api/chat": "POST",
    "/api/feedback": "POST",
    "/api/widget": "GET",
    "/api/index": "GET",
    "/api/documents": "GET",
    "/v1/chat/completions": "POST",
    "/v1/models": "GET",
}
_BELOW = {"/api/documents/": "GET", "/v1/models/": "GET"}
_DAY = "86400"


class Cors:
    """Answers preflights and adds what a browser wants to see."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    def preflight(self) -> Response | None:
        """Answer a browser that asks whether it may call; None where this is something else."""
        if request.method != "OPTIONS" or not self._origins or not self._allowed():
            return None
        method = _method(request.path)
        if method is None or "Access-Control-Request-Method" not in request.headers:
            return None
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = method
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = _DAY
        return response

    def add(self, response: Response) -> Response:
        """Let a site that was named read the response."""
        if self._origins and _method(request.path):
            if "*" in self._origins:
                response.headers["Access-Control-Allow-Origin"] = "*"
            else:
                response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Origin")))
                if self._allowed():
                    response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response

    def _allowed(self) -> bool:
        return "*" in self._origins or request.headers.get("Origin") in self._origins


def _method(path: str) -> str | None:
    """Return the method of what other sites may call; administration is not among it."""
    return _METHODS.get(path) or next((_BELOW[start] for start in _BELOW if path.startswith(start)), None)
