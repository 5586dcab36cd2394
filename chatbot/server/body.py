"""The body of a request: read within bounds, then taken as JSON."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import Response, g, request

from chatbot.server.problems import BAD_REQUEST, NOT_JSON, TOO_LARGE, WRONG_CONTENT_TYPE, Problem

LARGEST = 256 * 1024
"""Bytes of a body that are taken."""
DRAINED = 8 * 1024 * 1024
"""Bytes of a body that are read before an error is answered: a client still sending would miss it."""

_PIECE = 64 * 1024


def read_json() -> Any:
    """Read the request's body as JSON.

    Raises Problem: 413 where it is too large, 415 where it is declared as something else, 400 where it broke
    off, is not UTF-8, not JSON, or holds half of a surrogate pair.
    """
    data = _read()
    if request.mimetype != "application/json":
        raise Problem(WRONG_CONTENT_TYPE, "Send the body as Content-Type: application/json.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(NOT_JSON, f"The body is not UTF-8 (byte {error.start}).") from error
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_whole_number)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Problem(NOT_JSON, "The body holds half of a surrogate pair, which is no character.") from error
    except RecursionError as error:
        raise Problem(NOT_JSON, "The body is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise Problem(NOT_JSON, f"The body is not JSON: {error.msg} (character {error.pos}).") from error
    except ValueError as error:
        raise Problem(NOT_JSON, f"The body is not JSON: {error}.") from error
    return value


def drain(response: Response) -> Response:
    """Read what is left of a body, within a bound, before an error is answered."""
    if response.status_code >= 400 and _announced() and "broken_body" not in g:
        stream = request.stream
        left = DRAINED
        try:
            while left > 0 and (piece := stream.read(min(_PIECE, left))):
                left -= len(piece)
        except Exception:
            left = 0
        if left <= 0:
            response.headers["Connection"] = "close"
    return response


def _announced() -> bool:
    return bool(request.content_length) or "HTTP_TRANSFER_ENCODING" in request.environ


def _read() -> bytes:
    if (request.content_length or 0) > LARGEST:
        _too_large()
    stream = request.stream
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > LARGEST:
                break
            pieces.append(piece)
    except Exception as error:  # what a server raises for a broken body is its own
        g.broken_body = True
        raise Problem(BAD_REQUEST, "The body broke off or its chunks are malformed.") from error
    if size > LARGEST:
        _too_large()
    if size < (request.content_length or 0):
        raise Problem(BAD_REQUEST, "The body broke off.")
    return b"".join(pieces)


def _too_large() -> NoReturn:
    raise Problem(TOO_LARGE, f"The body is larger than {LARGEST // 1024} KiB; send less of the history.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 1_000 else float(digits)
