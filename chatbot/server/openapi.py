"""`GET /openapi.json`: what every address takes and gives, made from the dataclasses that travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from chatbot.reply import Reply
from chatbot.server import problems
from chatbot.server.answers import json_answer
from chatbot.server.chat import ChatRequest
from chatbot.server.documents import DocumentList, DocumentText
from chatbot.server.health import Health
from chatbot.server.index_info import IndexInfo, WidgetInfo

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_HTML = "text/html"

_PROBLEMS = {
    400: "The body is not UTF-8, not JSON or broke off.",
    404: "There is nothing of that name.",
    413: "The body is larger than 256 KiB.",
    414: "The address is too long.",
    415: "The body is not declared as application/json.",
    422: "Fields are wrong; `errors` names each.",
    503: "No index is open.",
}
_DOCUMENT = {
    "name": "document",
    "in": "path",
    "required": True,
    "description": "The document's name: its path in the corpus, `/` plain or as `%2F`.",
    "schema": {"type": "string", "minLength": 1},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address: what 200 gives, and the other statuses that it can give."""

    path: str
    name: str
    summary: str
    gives: type | str
    statuses: tuple[int, ...] = ()
    method: str = "get"
    takes: type | None = None
    parameters: tuple[Mapping[str, Any], ...] = field(default=())


OPERATIONS = (
    Operation(
        "/api/chat",
        "chat",
        "Answer one message by quoting the documents",
        Reply,
        (400, 413, 415, 422, 503),
        "post",
        ChatRequest,
    ),
    Operation("/api/documents", "documents", "List what is indexed", DocumentList, (503,)),
    Operation(
        "/api/documents/{document}",
        "document",
        "Give a document's text and metadata",
        DocumentText,
        (404, 414, 503),
        parameters=(_DOCUMENT,),
    ),
    Operation(
        "/documents/{document}",
        "documentPage",
        "Show a document; a passage's id is its place on the page",
        _HTML,
        (304, 404, 414, 503),
        parameters=(_DOCUMENT,),
    ),
    Operation("/api/index", "index", "Say which version of the index is served", IndexInfo, (503,)),
    Operation("/api/widget", "widgetInfo", "Say what the widget shows", WidgetInfo, (503,)),
    Operation("/", "chatPage", "Show the chat page", _HTML, (304,)),
    Operation("/embed", "embedPage", "Show a page that embeds the widget", _HTML, (304,)),
    Operation("/widget.js", "widget", "Load the widget", "text/javascript", (304,)),
    Operation("/assets/pages.css", "styles", "Load the styles of the pages", "text/css", (304,)),
    Operation("/assets/icon.svg", "icon", "Load the icon of the pages", "image/svg+xml", (304,)),
    Operation("/favicon.ico", "favicon", "Load the icon of the pages", "image/svg+xml", (304,)),
    Operation("/healthz", "alive", "Say that the server is alive", Health),
    Operation("/readyz", "ready", "Say whether an index is open", Health, (503,)),
    Operation("/openapi.json", "description", "Describe all of this", _JSON),
)


def blueprint() -> Blueprint:
    """Return `GET /openapi.json`."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def described() -> Response:
        return json_answer(description(request.script_root or "/"))

    return routes


def description(root: str = "/") -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of a server whose addresses begin with `root`."""
    schemas = _schemas(OPERATIONS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
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
        "components": {"schemas": schemas},
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
    wanted = sorted((*types, problems.ProblemDetails, problems.WrongFields), key=lambda kind: kind.__name__)
    return msgspec.json.schema_components(wanted, ref_template=_REF)[1]


def _described(operation: Operation) -> dict[str, Any]:
    responses = {"200": _content("It is given.", operation.gives)}
    for status in operation.statuses:
        if status == 304:
            responses["304"] = {"description": "What the client has already is still so."}
        else:
            kind = problems.WrongFields if status == 422 else problems.ProblemDetails
            responses[str(status)] = _content(_PROBLEMS[status], kind, problems.CONTENT_TYPE)
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": responses,
    }
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.takes:
        described["requestBody"] = {"required": True, "content": {_JSON: {"schema": _ref(operation.takes)}}}
    return described


def _content(what: str, gives: type | str, media: str = _JSON) -> dict[str, Any]:
    if isinstance(gives, str):
        schema = {"type": "object"} if gives == _JSON else {"type": "string"}
        return {"description": what, "content": {gives: {"schema": schema}}}
    return {"description": what, "content": {media: {"schema": _ref(gives)}}}


def _ref(kind: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
