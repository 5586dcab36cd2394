"""The bearer token of administration."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request

from chatbot.server.problems import Kind, Problem
from chatbot.settings import Settings

UNAUTHORIZED = Kind("unauthorized", 401, "Not authorized")

_OFF = "Administration is switched off; an operator has to set CHATBOT_ADMIN_TOKEN."
_MISSING = "Send the administrator's token as Authorization: Bearer TOKEN."
_WRONG = "This is not the administrator's token."

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def protected(settings: Settings) -> Callable[[Callable[_Given, _Answer]], Callable[_Given, _Answer]]:
    """Return a decorator that lets a view be used with the administrator's token only."""

    def decorate(view: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
        @wraps(view)
        def guarded(*given: _Given.args, **named: _Given.kwargs) -> _Answer:
            require_token(settings)
            return view(*given, **named)

        return guarded

    return decorate


def require_token(settings: Settings) -> None:
    """Raise Problem (401) unless the request bears the administrator's token."""
    scheme, _, given = request.headers.get("Authorization", "").strip().partition(" ")
    given = given.strip()
    if settings.admin_token is None:
        detail = _OFF
    elif scheme.lower() != "bearer" or not given:
        detail = _MISSING
    elif hmac.compare_digest(given.encode("latin-1", "replace"), settings.admin_token.encode()):
        return
    else:
        detail = _WRONG
    raise Problem(UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="administration"'})
