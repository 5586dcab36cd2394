"""`POST /api/chat`: one turn of a conversation that lives with the client."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, g
from msgspec import Meta

from chatbot.bot import LONGEST_MESSAGE
from chatbot.reply import Reply, Turn
from chatbot.server.answers import json_answer
from chatbot.server.body import read_json
from chatbot.server.live import LiveBot
from chatbot.server.problems import WRONG_FIELDS, FieldError, Problem

LONGEST_CONTENT = 8_000
"""Characters of an earlier message."""
MOST_PASSAGES = 10
_READ_TURNS = 20
_MOST_ERRORS = 20
_ROLES = ("user", "assistant")
_OBJECT = "has to be a JSON object"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """An earlier message; `passages` are the ids of those that an assistant's message quoted."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Meta(max_length=LONGEST_CONTENT)]
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A message, the earlier ones oldest first (the newest 20 are read), and what to answer with."""

    message: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")]
    history: tuple[ChatMessage, ...] = ()
    limit: Annotated[int, Meta(ge=1, le=MOST_PASSAGES)] = 3
    explain: bool = False


def blueprint(bots: LiveBot) -> Blueprint:
    """Return `POST /api/chat`."""
    routes = Blueprint("chat", __name__)

    @routes.post("/api/chat")
    def chat() -> Response:
        asked = checked(read_json())
        history = [Turn(turn.role, turn.content, turn.passages) for turn in asked.history[-_READ_TURNS:]]
        reply = bots.reply(asked.message, history, limit=asked.limit, explain=asked.explain)
        g.reply = reply
        return json_answer(fields_of(reply))

    return routes


def fields_of(reply: Reply) -> dict[str, Any]:
    """Return a reply's fields; `explanation` only where there is one."""
    names = [field.name for field in dataclasses.fields(reply)]
    if reply.explanation is None:
        names.remove("explanation")
    return {name: getattr(reply, name) for name in names}


def checked(body: Any) -> ChatRequest:
    """Take a request's body. Raises Problem that names each wrong field."""
    errors: list[FieldError] = []
    for error in _wrong(body):
        errors.append(error)
        if len(errors) == _MOST_ERRORS:
            break
    if errors:
        one = len(errors) == 1
        named = ", ".join(error.field for error in errors[:3]) + (" …" if len(errors) > 3 else "")
        raise Problem(WRONG_FIELDS, f"{'A field is' if one else 'Fields are'} wrong: {named}.", errors)
    return ChatRequest(
        message=body["message"],
        history=tuple(
            ChatMessage(turn["role"], turn["content"], tuple(turn.get("passages", ())[:MOST_PASSAGES]))
            for turn in body.get("history", ())
        ),
        limit=int(body.get("limit", 3)),
        explain=body.get("explain", False),
    )


def _wrong(body: Any) -> Iterator[FieldError]:
    if not isinstance(body, dict):
        yield FieldError("body", _OBJECT)
        return
    message = body.get("message")
    if not isinstance(message, str):
        yield FieldError("message", "has to be a text" if "message" in body else "is missing")
    elif not message.strip():
        yield FieldError("message", "is empty" if not message else "is only white space")
    elif len(message) > LONGEST_MESSAGE:
        yield FieldError("message", f"is longer than {LONGEST_MESSAGE:,} characters")
    history = body.get("history", [])
    if isinstance(history, list):
        for number, turn in enumerate(history):
            yield from _wrong_turn(f"history[{number}]", turn)
    else:
        yield FieldError("history", "has to be a list of messages")
    limit = body.get("limit", 3)
    if not _whole(limit) or not 1 <= limit <= MOST_PASSAGES:
        yield FieldError("limit", f"has to be a whole number from 1 to {MOST_PASSAGES}")
    if not isinstance(body.get("explain", False), bool):
        yield FieldError("explain", "has to be true or false")


def _wrong_turn(name: str, turn: Any) -> Iterator[FieldError]:
    if not isinstance(turn, dict):
        yield FieldError(name, _OBJECT)
        return
    if turn.get("role") not in _ROLES:
        yield FieldError(f"{name}.role", "has to be user or assistant")
    content = turn.get("content")
    if not isinstance(content, str):
        yield FieldError(f"{name}.content", "has to be a text" if "content" in turn else "is missing")
    elif len(content) > LONGEST_CONTENT:
        yield FieldError(f"{name}.content", f"is longer than {LONGEST_CONTENT:,} characters")
    passages = turn.get("passages", [])
    if not isinstance(passages, list) or not all(isinstance(passage, str) for passage in passages):
        yield FieldError(f"{name}.passages", "has to be a list of passage ids")


def _whole(number: Any) -> bool:
    """JSON has one kind of number: 3.0 is the whole number 3; true is none."""
    return (isinstance(number, int) and not isinstance(number, bool)) or (
        isinstance(number, float) and number.is_integer()
    )
