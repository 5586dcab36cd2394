"""`/v1`: the chatbot behind the OpenAI wire format, so that existing chat clients work unchanged."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, request

from chatbot.bot import LONGEST_MESSAGE
from chatbot.citing import source_line
from chatbot.reply import Reply, Turn
from chatbot.server.answers import encode, json_answer
from chatbot.server.body import read_json
from chatbot.server.chat import LONGEST_CONTENT
from chatbot.server.live import LiveBot
from chatbot.server.openai_wire import (
    ID_PREFIX,
    MODEL,
    Annotation,
    AssistantMessage,
    ChatCompletion,
    ChatCompletionChunk,
    Choice,
    ChunkChoice,
    Delta,
    ErrorFields,
    Model,
    ModelList,
    OpenAIError,
    UrlCitation,
    Usage,
)
from chatbot.server.problems import CONTENT_TYPE, NOT_FOUND, WRONG_FIELDS, FieldError, Problem
from chatbot.settings import Settings

_ROLES = ("user", "assistant")
_READ_TURNS = 20
_MOST_ERRORS = 20
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PIECE = re.compile(r"\s*\S+\s*")


def blueprint(bots: LiveBot, settings: Settings) -> Blueprint:
    """Return `POST /v1/chat/completions` and `GET /v1/models`; under `/v1` every error is OpenAI's."""
    routes = Blueprint("openai_api", __name__, url_prefix="/v1")
    routes.after_app_request(_as_openai_error)

    @routes.post("/chat/completions")
    def completions() -> Response:
        body = _checked(read_json())
        message, history = conversation(body["messages"])
        reply = bots.reply(message, history)
        g.reply = reply
        content, annotations = cited(reply, settings.public_url or _own_address())
        usage = _usage((*(turn.content for turn in history), message), content)
        if not body.get("stream"):
            return json_answer(_whole(reply, content, annotations, usage))
        counted = (body.get("stream_options") or {}).get("include_usage") is True
        response = Response(
            _streamed(reply, content, annotations, usage if counted else None),
            content_type="text/event-stream; charset=utf-8",
        )
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @routes.get("/models")
    def models() -> Response:
        return json_answer(ModelList((_model(bots),)))

    @routes.get("/models/<model>")
    def model(model: str) -> Response:
        if model != MODEL:
            raise Problem(NOT_FOUND, f"There is no model “{model}”; there is “{MODEL}”.")
        return json_answer(_model(bots))

    return routes


def conversation(messages: list[dict[str, Any]]) -> tuple[str, list[Turn]]:
    """Take the last message by the user as the question and what was said before it as the history.

    Instructions, tools and what is no text are left out, and an earlier message is cut where it is very long.
    Raises Problem where there is no question or it is too long.
    """
    said = [
        (number, message["role"], _text(message.get("content")))
        for number, message in enumerate(messages)
        if message["role"] in _ROLES
    ]
    while said and said[-1][1] != "user":
        said.pop()
    if not said:
        raise _wrong_fields([FieldError("messages", "holds no message of the role user")])
    number, _, question = said.pop()
    place = f"messages[{number}].content"
    if not question.strip():
        raise _wrong_fields([FieldError(place, "holds no text")])
    if len(question) > LONGEST_MESSAGE:
        raise _wrong_fields([FieldError(place, f"is longer than {LONGEST_MESSAGE:,} characters")])
    earlier = [Turn(role, text[:LONGEST_CONTENT]) for _, role, text in said if text.strip()]
    return question, earlier[-_READ_TURNS:]


def cited(reply: Reply, root: str) -> tuple[str, tuple[Annotation, ...]]:
    """Return a reply's text with the absolute address of each citation in it, and where the citations stand."""
    text = reply.text
    annotations: list[Annotation] = []
    place = 0
    for passage in reply.passages:
        line = source_line(passage.citation)
        found = text.find(f"— {line}", place)
        if found < 0:
            continue
        start = found + 2
        end = start + len(line)
        url = root.rstrip("/") + passage.citation.page
        text = f"{text[:end]}\n{url}{text[end:]}"
        place = end + 1 + len(url)
        annotations.append(Annotation(UrlCitation(url, passage.citation.title, start, place)))
    if reply.kind == "clarify":
        missing = [choice for choice in reply.suggestions if choice not in text]
        text = "\n".join((text, *(f"• {choice}" for choice in missing)))
    return text, tuple(annotations)


def _own_address() -> str:
    """Return the address that the server was asked at; its own where the client named none that can be one."""
    if request.host:
        return request.url_root
    name, port = request.environ["SERVER_NAME"], request.environ["SERVER_PORT"]
    return f"{request.scheme}://{name}:{port}{request.script_root}"


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    texts = [part.get("text") for part in content or () if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


# ---------------------------------------------------------------------- what is given


def _whole(reply: Reply, content: str, annotations: tuple[Annotation, ...], usage: Usage) -> ChatCompletion:
    choice = Choice(AssistantMessage(content, annotations))
    return ChatCompletion(_id(reply), int(time.time()), reply.index.version, (choice,), usage)


def _streamed(
    reply: Reply, content: str, annotations: tuple[Annotation, ...], usage: Usage | None
) -> Iterator[bytes]:
    """Yield server-sent events: the message word by word, its annotations, its end, the usage if asked for."""
    common = _id(reply), int(time.time()), reply.index.version
    choices = [ChunkChoice(Delta(role="assistant", content=""))]
    choices += [ChunkChoice(Delta(content=piece)) for piece in _PIECE.findall(content)]
    if annotations:
        choices.append(ChunkChoice(Delta(annotations=annotations)))
    choices.append(ChunkChoice(Delta(), "stop"))
    for choice in choices:
        chunk = ChatCompletionChunk(*common, (choice,))
        yield _event(chunk if usage is None else ChatCompletionChunk(*common, (choice,), None))
    if usage is not None:
        yield _event(ChatCompletionChunk(*common, (), usage))
    yield b"data: [DONE]\n\n"


def _event(chunk: ChatCompletionChunk) -> bytes:
    return b"data: " + encode(chunk) + b"\n\n"


def _id(reply: Reply) -> str:
    return f"{ID_PREFIX}{reply.id}"


def _usage(read: tuple[str, ...], written: str) -> Usage:
    prompt = sum(len(_TOKEN.findall(text)) for text in read)
    completion = len(_TOKEN.findall(written))
    return Usage(prompt, completion, prompt + completion)


def _model(bots: LiveBot) -> Model:
    built_at = bots.current().index.manifest.built_at
    return Model(int(datetime.fromisoformat(built_at).timestamp()))


# ---------------------------------------------------------------------- what is wrong


def _checked(body: Any) -> dict[str, Any]:
    errors = list(_wrong(body))
    if errors:
        raise _wrong_fields(errors[:_MOST_ERRORS])
    checked: dict[str, Any] = body
    return checked


def _wrong(body: Any) -> Iterator[FieldError]:
    if not isinstance(body, dict):
        yield FieldError("body", "has to be a JSON object")
        return
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        yield FieldError("messages", "has to be a list of messages" if "messages" in body else "is missing")
        messages = ()
    for number, message in enumerate(messages):
        name = f"messages[{number}]"
        if not isinstance(message, dict):
            yield FieldError(name, "has to be a JSON object")
            continue
        if not isinstance(message.get("role"), str):
            yield FieldError(f"{name}.role", "has to be a text" if "role" in message else "is missing")
        if not isinstance(message.get("content"), str | list | None):
            yield FieldError(f"{name}.content", "has to be a text or a list of parts")
    if not isinstance(body.get("stream"), bool | None):
        yield FieldError("stream", "has to be true or false")
    options = body.get("stream_options")
    if not isinstance(options, dict | None):
        yield FieldError("stream_options", "has to be a JSON object")
    elif options and not isinstance(options.get("include_usage"), bool | None):
        yield FieldError("stream_options.include_usage", "has to be true or false")


def _wrong_fields(errors: list[FieldError]) -> Problem:
    return Problem(WRONG_FIELDS, "; ".join(f"{error.field} {error.detail}" for error in errors) + ".", errors)


def _as_openai_error(response: Response) -> Response:
    """Turn a problem into OpenAI's error object where the address is below `/v1`."""
    below = request.path == "/v1" or request.path.startswith("/v1/")
    if not below or response.mimetype != CONTENT_TYPE:
        return response
    problem = json.loads(response.get_data())
    status = response.status_code
    kind: Any = "invalid_request_error" if status < 500 else "server_error"
    if status == 429:
        kind = "rate_limit_error"
    fields = [error["field"] for error in problem.get("errors", ())]
    code = str(problem["type"]).rpartition("/")[2].replace("-", "_")
    error = ErrorFields(problem["detail"], kind, fields[0] if fields else None, code)
    response.set_data(encode(OpenAIError(error)))
    response.content_type = "application/json"
    return response
