"""Every address once: what it takes, what it gives, and what can go wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatbot.reply import Reply
from chatbot.server.administration import (
    RebuildList,
    RebuildRequest,
    RollbackRequest,
    RolledBack,
    VersionList,
)
from chatbot.server.chat import ChatRequest
from chatbot.server.documents import DocumentList, DocumentText
from chatbot.server.feedback import FeedbackKept, FeedbackRequest, Unanswered
from chatbot.server.health import Health
from chatbot.server.index_info import IndexInfo, WidgetInfo
from chatbot.server.jobs import RebuildJob
from chatbot.server.openai_wire import ChatCompletion, ChatCompletionRequest, Model, ModelList

_JSON = "application/json"
_HTML = "text/html"

_MODEL = {"name": "model", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_REBUILD = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_DOCUMENT = {
    "name": "document",
    "in": "path",
    "required": True,
    "description": "The document's name: its path in the corpus, `/` plain or as `%2F`.",
    "schema": {"type": "string", "minLength": 1},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address: what it gives where it succeeds, and the problems that it can meet with.

    What is posted can meet with 429 too, what is `secured` with 401.
    """

    path: str
    name: str
    summary: str
    gives: type | str
    statuses: tuple[int, ...] = ()
    method: str = "get"
    takes: type | None = None
    parameters: tuple[Mapping[str, Any], ...] = field(default=())
    openai: bool = False
    success: int = 200
    secured: bool = False
    may_be_empty: bool = False


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
    Operation(
        "/api/index/rebuild",
        "rebuild",
        "Start a rebuild of the index; `Location` is where to follow it",
        RebuildJob,
        (400, 409, 413, 415, 422, 503),
        "post",
        RebuildRequest,
        success=202,
        secured=True,
        may_be_empty=True,
    ),
    Operation("/api/index/rebuilds", "rebuilds", "List the latest rebuilds", RebuildList, secured=True),
    Operation(
        "/api/index/rebuilds/{id}",
        "followRebuild",
        "Say how a rebuild goes",
        RebuildJob,
        (404, 414),
        parameters=(_REBUILD,),
        secured=True,
    ),
    Operation(
        "/api/index/versions",
        "versions",
        "List the versions that can be gone back to",
        VersionList,
        (503,),
        secured=True,
    ),
    Operation(
        "/api/index/rollback",
        "rollback",
        "Go back to a version",
        RolledBack,
        (400, 404, 409, 413, 415, 422, 503),
        "post",
        RollbackRequest,
        secured=True,
        may_be_empty=True,
    ),
    Operation("/admin", "adminPage", "Show the operator's page", _HTML, (304,)),
    Operation(
        "/assets/admin/{name}",
        "adminFile",
        "Load a file of the operator's page",
        "text/javascript",
        (304, 404, 414),
        parameters=(_NAME,),
    ),
    Operation("/metrics", "metrics", "Count what is served, for Prometheus", "text/plain"),
    Operation("/healthz", "alive", "Say that the server is alive", Health),
    Operation("/readyz", "ready", "Say whether an index is open", Health, (503,)),
    Operation("/openapi.json", "description", "Describe all of this", _JSON),
)

FEEDBACK_OPERATIONS = (
    Operation(
        "/api/feedback",
        "feedback",
        "Mark a reply as helpful or not",
        FeedbackKept,
        (400, 404, 413, 415, 422, 503),
        "post",
        FeedbackRequest,
    ),
    Operation(
        "/api/feedback/unanswered",
        "unanswered",
        "List what was not answered or was marked unhelpful",
        Unanswered,
        (404, 503),
        secured=True,
    ),
)
"""What a database is needed for: without one it is 404, with one that is away 503."""

OPENAI_OPERATIONS = (
    Operation(
        "/v1/chat/completions",
        "createChatCompletion",
        "Answer in the OpenAI wire format, as server-sent events where `stream` is true",
        ChatCompletion,
        (400, 413, 415, 422, 503),
        "post",
        ChatCompletionRequest,
        openai=True,
    ),
    Operation("/v1/models", "listModels", "List the one model", ModelList, (503,), openai=True),
    Operation(
        "/v1/models/{model}",
        "retrieveModel",
        "Give the one model",
        Model,
        (404, 503),
        parameters=(_MODEL,),
        openai=True,
    ),
)
"""What stands below `/v1`, where an error is OpenAI's own object."""
