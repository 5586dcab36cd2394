"""`GET /openapi.json`: what every address takes and gives, made from the dataclasses that travel."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from chatbot.server import problems
from chatbot.server.answers import encode, json_answer
from chatbot.server.openai_wire import ChatCompletion, OpenAIError
from chatbot.server.operations import FEEDBACK_OPERATIONS, OPENAI_OPERATIONS, OPERATIONS, Operation

_REF = "#/components/schemas/{name}"
_JSON = "application/json"

_PROBLEMS = {
    400: "The body is not UTF-8, not JSON or broke off.",
    401: "The administrator's token is missing or wrong.",
    404: "There is nothing of that name.",
    409: "A rebuild or a rollback runs already.",
    413: "The body is larger than 256 KiB.",
    414: "The address is too long.",
    415: "The body is not declared as application/json.",
    422: "Fields are wrong; `errors` names each.",
    429: "This client has asked too much; `Retry-After` says for how many seconds to wait.",
    503: "No index is open, or the database is away.",
}


def blueprint() -> Blueprint:
    """Return `GET /openapi.json`."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def described() -> Response:
        return json_answer(_encoded(request.script_root or "/"))

    return routes


@lru_cache(maxsize=8)
def _encoded(root: str) -> bytes:
    return encode(description(root))


def description(root: str = "/") -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of a server whose addresses begin with `root`."""
    operations = (*OPERATIONS, *FEEDBACK_OPERATIONS, *OPENAI_OPERATIONS)
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FAQ chatbot",
            "version": _version(),
            "description": "Answers questions only by quoting documents, with a citation to the exact place.",
        },
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _version() -> str:
    try:
        return metadata.version("chatbot")
    except metadata.PackageNotFoundError:
        return "0"


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    types = {
        kind
        for operation in operations
        for kind in (operation.gives, operation.takes)
        if isinstance(kind, type)
    }
    errors = (problems.ProblemDetails, problems.WrongFields, OpenAIError)
    wanted = sorted((*types, *errors), key=lambda kind: kind.__name__)
    return msgspec.json.schema_components(wanted, ref_template=_REF)[1]


def _described(operation: Operation) -> dict[str, Any]:
    responses = {str(operation.success): _content("It is given.", operation.gives)}
    asked = (401,) * operation.secured + (429,) * (operation.method == "post")
    for status in sorted({*operation.statuses, *asked}):
        if status == 304:
            responses["304"] = {"description": "What the client has already is still so."}
        elif operation.openai:
            responses[str(status)] = _content(_PROBLEMS[status], OpenAIError)
        else:
            kind = problems.WrongFields if status == 422 else problems.ProblemDetails
            responses[str(status)] = _content(_PROBLEMS[status], kind, problems.CONTENT_TYPE)
    if operation.gives is ChatCompletion:
        responses["200"]["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": responses,
    }
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.takes:
        required = not operation.may_be_empty
        described["requestBody"] = {
            "required": required,
            "content": {_JSON: {"schema": _ref(operation.takes)}},
        }
    if operation.secured:
        described["security"] = [{"token": []}]
    return described


def _content(what: str, gives: type | str, media: str = _JSON) -> dict[str, Any]:
    if isinstance(gives, str):
        schema = {"type": "object"} if gives == _JSON else {"type": "string"}
        return {"description": what, "content": {gives: {"schema": schema}}}
    return {"description": what, "content": {media: {"schema": _ref(gives)}}}


def _ref(kind: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
