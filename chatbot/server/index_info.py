"""What is open (`GET /api/index`), and what the widget shows beside a conversation (`GET /api/widget`)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from itertools import islice

from flask import Blueprint, Response
from msgspec import UNSET, UnsetType

from chatbot.bot import Chatbot
from chatbot.index.reader import Index
from chatbot.question.links import link_of
from chatbot.server.answers import json_answer
from chatbot.server.live import LiveBot, per_version
from chatbot.settings import HelpLine, Settings

_STARTERS = 4
_TRIED = 24
_LOOKED_AT = 200
_LONGEST_STARTER = 90


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The version that is served; `built_at` is ISO 8601 in UTC."""

    version: str
    built_at: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to turn to."""

    name: str
    phone: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    hours: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class FeedbackInfo:
    """Whether feedback is kept, and for how many days."""

    kept: bool
    days: int | None


@dataclass(frozen=True, slots=True)
class WidgetInfo:
    """What the widget shows; `starters` are questions that the documents answer."""

    heading: str
    starters: tuple[str, ...]
    emergency_numbers: tuple[Person, ...]
    crisis_lines: tuple[Person, ...]
    contact: tuple[Person, ...]
    feedback: FeedbackInfo


def blueprint(bots: LiveBot, settings: Settings) -> Blueprint:
    """Return `GET /api/index` and `GET /api/widget`."""
    routes = Blueprint("index_info", __name__)

    @routes.get("/api/index")
    def index() -> Response:
        manifest = bots.current().index.manifest
        return json_answer(IndexInfo(manifest.version, manifest.built_at, manifest.counts))

    @routes.get("/api/widget")
    def widget() -> Response:
        return json_answer(
            WidgetInfo(
                settings.heading,
                starters(bots.current()),
                _people(settings.emergency_numbers),
                _people(settings.crisis_lines),
                _people(settings.contact),
                _feedback(settings),
            )
        )

    return routes


@per_version
def starters(bot: Chatbot) -> tuple[str, ...]:
    """Return up to 4 headings that can be asked as they stand and are answered by what stands under them.

    Questions come before other headings, different documents before more of one, then the surest answers.
    """
    found: list[tuple[int, float, str]] = []
    for heading, rank in islice(_candidates(bot.index).items(), _TRIED):
        if link_of(heading, bot.understood(heading), bot.index) != "alone":
            continue
        reply = bot.reply(heading)
        if reply.kind == "answer" and heading in reply.passages[0].citation.section:
            found.append((rank, -(reply.confidence or 0), heading))
    return tuple(heading for _, _, heading in sorted(found)[:_STARTERS])


def _candidates(index: Index) -> dict[str, int]:
    """Return headings, the likeliest starters first, each with a rank that it shares with those as likely."""
    shown = []
    for number in range(min(index.document_count(), _LOOKED_AT)):
        document = index.document(number)
        texts = [text for _, text, _ in document.headings if text != document.title]
        shown.append([text for text in texts if len(text) <= _LONGEST_STARTER])
    ranked: dict[str, int] = {}
    for headings in shown:
        for place, text in enumerate([text for text in headings if _asks(text)]):
            ranked.setdefault(text, 0 if place == 0 else 2)
    for headings in shown:
        for place, text in enumerate(headings):
            ranked.setdefault(text, 1 if place == 0 else 3)
    return dict(sorted(ranked.items(), key=lambda pair: pair[1]))


def _asks(heading: str) -> bool:
    return unicodedata.normalize("NFKC", heading).rstrip().endswith(("?", "؟"))


def _feedback(settings: Settings) -> FeedbackInfo:
    kept = settings.database_url is not None
    return FeedbackInfo(kept=kept, days=settings.retention_days if kept else None)


def _people(lines: tuple[HelpLine, ...]) -> tuple[Person, ...]:
    names = [field.name for field in fields(HelpLine)]
    return tuple(
        Person(**{name: text for name in names if (text := getattr(line, name)) is not None})
        for line in lines
    )
