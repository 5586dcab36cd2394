"""What visitors think of the replies: `POST /api/feedback`, and what was not answered, for the operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from flask import Blueprint, Response, g
from msgspec import Meta

from chatbot.server.answers import json_answer
from chatbot.server.bearer import protected
from chatbot.server.body import read_json
from chatbot.server.openai_wire import ID_PREFIX
from chatbot.server.problems import NOT_FOUND, WRONG_FIELDS, FieldError, Problem
from chatbot.settings import Settings

if TYPE_CHECKING:
    from chatbot.server.keeper import Keeper

LONGEST_COMMENT = 2_000
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_NOT_KEPT = "Feedback is not kept here: no database is configured."


@dataclass(frozen=True, slots=True)
class FeedbackRequest:
    """A visitor's mark of a reply, by the reply's id; a later mark replaces an earlier one."""

    reply: Annotated[str, Meta(pattern=f"^{_ID.pattern}$")]
    helpful: bool
    comment: Annotated[str, Meta(max_length=LONGEST_COMMENT)] | None = None


@dataclass(frozen=True, slots=True)
class FeedbackKept:
    """The mark is kept."""

    kept: bool = True


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that was not answered, or not well: how often, and when last (ISO 8601 in UTC)."""

    question: str
    asked: int
    unhelpful: int
    latest: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The questions of the last `days`, what was asked most often first; `lost`: replies that could not be kept."""

    questions: tuple[UnansweredQuestion, ...]
    days: int
    lost: int


def open_keeper(settings: Settings) -> Keeper | None:
    """Return what keeps feedback, None where no database is configured.

    Raises SettingError or MissingExtra where a database is configured that cannot be used at all.
    """
    if settings.database_url is None:
        return None
    from chatbot.feedback import Store
    from chatbot.server.keeper import Keeper

    keeper = Keeper(Store(settings.database_url, settings.retention_days))
    keeper.start()
    return keeper


def blueprint(settings: Settings, keeper: Keeper | None) -> Blueprint:
    """Return the addresses of feedback. A view that answers sets `g.reply`, which is kept from here."""
    routes = Blueprint("feedback", __name__)

    @routes.post("/api/feedback")
    def mark() -> Response:
        body = read_json()
        if keeper is None:
            raise Problem(NOT_FOUND, _NOT_KEPT)
        made = checked(body)
        reply = made.reply.removeprefix(ID_PREFIX)
        if not keeper.ask(lambda store: store.mark(reply, made.helpful, made.comment)):
            raise Problem(NOT_FOUND, "No reply of this id is kept; it may be too long ago.")
        return json_answer(FeedbackKept())

    @routes.get("/api/feedback/unanswered")
    @protected(settings)
    def unanswered() -> Response:
        if keeper is None:
            raise Problem(NOT_FOUND, _NOT_KEPT)
        gaps = keeper.ask(lambda store: store.unanswered())
        questions = (
            UnansweredQuestion(
                gap.question,
                gap.asked,
                gap.unhelpful,
                gap.latest.isoformat(timespec="seconds") + "Z",
                gap.comments,
            )
            for gap in gaps
        )
        return json_answer(Unanswered(tuple(questions), settings.retention_days, keeper.lost))

    if keeper is not None:
        routes.before_app_request(keeper.awake)

        @routes.after_app_request
        def keep(response: Response) -> Response:
            if "reply" in g:
                keeper.keep(g.reply)
            return response

    return routes


def checked(body: Any) -> FeedbackRequest:
    """Take a request's body. Raises Problem that names each wrong field."""
    errors = tuple(_wrong(body))
    if errors:
        named = ", ".join(error.field for error in errors)
        raise Problem(
            WRONG_FIELDS, f"{'A field is' if len(errors) == 1 else 'Fields are'} wrong: {named}.", errors
        )
    return FeedbackRequest(body["reply"], body["helpful"], (body.get("comment") or "").strip() or None)


def _wrong(body: Any) -> Iterator[FieldError]:
    if not isinstance(body, dict):
        yield FieldError("body", "has to be a JSON object")
        return
    reply = body.get("reply")
    if not isinstance(reply, str):
        yield FieldError("reply", "has to be a reply's id" if "reply" in body else "is missing")
    elif not _ID.fullmatch(reply):
        yield FieldError("reply", "has to be a reply's id: 1 to 64 letters, digits and hyphens")
    if not isinstance(body.get("helpful"), bool):
        yield FieldError("helpful", "has to be true or false" if "helpful" in body else "is missing")
    comment = body.get("comment")
    if not isinstance(comment, str | None):
        yield FieldError("comment", "has to be a text")
    elif comment and len(comment) > LONGEST_COMMENT:
        yield FieldError("comment", f"is longer than {LONGEST_COMMENT:,} characters")
