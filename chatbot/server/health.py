"""Whether the server is alive, and whether it can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Response

from chatbot.server.answers import json_answer
from chatbot.server.live import LiveBot


@dataclass(frozen=True, slots=True)
class Health:
    """The server is there."""

    status: Literal["ok"] = "ok"


def blueprint(bots: LiveBot) -> Blueprint:
    """Return `/healthz` and `/readyz`."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return json_answer(Health())

    @routes.get("/readyz")
    def ready() -> Response:
        bots.current()
        return json_answer(Health())

    return routes
