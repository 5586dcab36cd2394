"""The headers of every response."""

from __future__ import annotations

from flask import Response

_EVERYWHERE = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
            "require-trusted-types-for 'script'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


_ADDED = tuple((name, value, name.lower()) for name, value in _EVERYWHERE.items())


def add_headers(response: Response) -> Response:
    """Add what a response does not say itself: by default nothing is stored, framed or run from elsewhere."""
    headers = response.headers
    said = {name.lower() for name, _ in headers}
    for name, value, lower in _ADDED:
        if lower not in said:
            headers.add(name, value)
    return response
