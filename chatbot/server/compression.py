"""Responses travel compressed where it pays and the client takes it."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

LEAST = 1_000
"""Bytes below which a packet is not saved."""
_LEVEL = 5
_TYPES = {
    "application/json",
    "application/problem+json",
    "application/openmetrics-text",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/plain",
}


def compress(response: Response) -> Response:
    """Compress a response, and say that another client may get it otherwise."""
    if response.mimetype not in _TYPES or response.is_streamed:
        return response
    headers = response.headers
    vary = headers.get("Vary", "")
    if "accept-encoding" not in vary.lower():
        headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if "Content-Encoding" in headers or not _accepted(request.headers.get("Accept-Encoding", "")):
        return response
    data = response.get_data()
    if len(data) < LEAST:
        return response
    response.set_data(gzip.compress(data, _LEVEL, mtime=0))
    headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=64)
def _accepted(header: str) -> bool:
    return bool(parse_accept_header(header, Accept)["gzip"] > 0)
