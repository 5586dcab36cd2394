"""Errors as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chatbot.errors import ChatbotError

_log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field that is wrong, such as `history[2].content` (`body`: the whole), and why."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """An error: `type` is a stable address of its kind, `title` the kind's name, `detail` what is wrong."""

    type: str
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class WrongFields:
    """Fields that are wrong; `errors` names each."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; `name` is the last part of its type."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        return f"/problems/{self.name}"


BAD_REQUEST = Kind("bad-request", 400, "Not a good request")
NOT_JSON = Kind("not-json", 400, "Not JSON")
NOT_FOUND = Kind("not-found", 404, "Not found")
WRONG_METHOD = Kind("wrong-method", 405, "Wrong method")
TOO_LARGE = Kind("too-large", 413, "Too large")
WRONG_CONTENT_TYPE = Kind("wrong-content-type", 415, "Wrong content type")
WRONG_FIELDS = Kind("wrong-fields", 422, "Wrong fields")
INTERNAL = Kind("internal", 500, "Something went wrong")

_BY_STATUS = {kind.status: kind for kind in (BAD_REQUEST, NOT_FOUND, WRONG_METHOD, TOO_LARGE)}
_TOLD = {
    "Locked": "A rebuild or a rollback is running; try again when it is done.",
    "NoIndex": "There is no index to answer from yet; try again once one is published.",
    "DamagedIndex": "The index cannot be opened; it has to be rebuilt or rolled back.",
}
_UNEXPECTED = "The server could not do this; it has been written to its log."


@dataclass(eq=False)
class Problem(ChatbotError):
    """A request that cannot be met; raised by the views."""

    kind: Kind
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def register(app: Flask) -> None:
    """Answer every error of an app as a problem."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(ChatbotError, _own_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def problem_response(problem: Problem) -> Response:
    """Return a problem as a response."""
    kind = problem.kind
    stated = kind.type, kind.title, kind.status, problem.detail
    body = WrongFields(*stated, tuple(problem.errors)) if problem.errors else ProblemDetails(*stated)
    response = Response(msgspec.json.encode(body), kind.status, content_type=CONTENT_TYPE)
    response.headers.extend(problem.headers)
    return response


def _own_error(error: ChatbotError) -> Response:
    """Answer an error of the package; what a server's own failure says names files and stays inside."""
    name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in type(error).__name__)
    kind = Kind(name.lstrip("-"), error.status, error.title)
    detail = _TOLD.get(type(error).__name__)
    if detail is None and error.status < 500:
        detail = str(error)
    if detail is None:
        _log.error("%s %s failed: %s", request.method, request.url_rule, error)
    return problem_response(Problem(kind, detail or _UNEXPECTED))


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return current_app.make_response(error.get_response())
    headers: dict[str, str] = {}
    if error.code == 404:
        detail = "There is nothing at this address."
    elif isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        detail = f"This address takes {headers['Allow']}."
    else:
        detail = error.description or error.name
    kind = _BY_STATUS.get(error.code) or Kind(error.name.lower().replace(" ", "-"), error.code, error.name)
    return problem_response(Problem(kind, detail, headers=headers))


def _unexpected(error: Exception) -> Response:
    """Answer what nobody expected. A message may quote the question, so only the place is logged."""
    place = "".join(traceback.format_tb(error.__traceback__))
    name = type(error).__name__
    _log.error("%s %s failed with %s", request.method, request.url_rule, name, extra={"place": place})
    return problem_response(Problem(INTERNAL, _UNEXPECTED))
