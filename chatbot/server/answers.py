"""How an answer leaves: as JSON that nobody stores, or as a file that is sent again only when it changed."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from flask import Response, request

_ENCODER = msgspec.json.Encoder(enc_hook=lambda number: number.item())
"""NumPy's numbers, which an explanation may hold, become Python's."""


def encode(value: Any) -> bytes:
    """Return a value as JSON."""
    return _ENCODER.encode(value)


def json_answer(value: Any, status: int = 200) -> Response:
    """Answer with a value, or with JSON that is encoded already."""
    data = value if isinstance(value, bytes) else encode(value)
    return Response(data, status, content_type="application/json")


def etag_of(data: bytes) -> str:
    """Return an entity tag for some content."""
    return hashlib.sha256(data).hexdigest()[:32]


def file_answer(data: bytes, content_type: str, *, etag: str | None = None, seconds: int = 0) -> Response:
    """Answer with a file that is fresh for `seconds`; 304 where the client has it already."""
    etag = etag or etag_of(data)
    unchanged = request.if_none_match.contains_weak(etag)
    response = Response(b"" if unchanged else data, 304 if unchanged else 200, content_type=content_type)
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    return response
