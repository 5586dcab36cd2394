"""What the chatbot says in its own words: `replies/<language>.toml`, filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

from chatbot.settings import HelpLine, Settings

LANGUAGES = ("en", "es")


@lru_cache(maxsize=8)
def words(language: str) -> dict[str, dict[str, str]]:
    """Return the sentences of a language, English where there is no file for it."""
    name = language if language in LANGUAGES else "en"
    text = resources.files("chatbot").joinpath(f"replies/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def help_lines(lines: Iterable[HelpLine]) -> str:
    """Return people to turn to, one a line."""
    return "\n".join(
        "• " + " · ".join(part for part in (line.name, line.phone, line.url, line.hours) if part)
        for line in lines
    )


def listed(title: str, items: Iterable[str]) -> str:
    """Return a title and items, one a line."""
    return "\n".join([title, *(f"• {item}" for item in items)])


def small_talk(kind: str, language: str, subjects: Iterable[str], settings: Settings) -> str:
    """Return what is said to small talk; `subjects` are what the documents are about."""
    said = words(language)["smalltalk"]
    named = "\n".join(f"• {subject}" for subject in subjects)
    if kind == "capability" and named:
        return f"{said[kind]}\n\n{said['about']}\n{named}"
    if kind == "privacy" and settings.database_url:
        return said["privacy_kept"].format(days=settings.retention_days)
    lines = help_lines(settings.contact)
    if kind in {"human", "worry"} and lines:
        return f"{said[kind]}\n\n{said['contact']}\n{lines}"
    return said[kind]


def danger(kind: str, lines: Iterable[HelpLine], language: str) -> str:
    """Return what is said in an emergency or a crisis: first the advice, then whom to call."""
    said = words(language)[kind]
    listed = help_lines(lines)
    intro = said.get("numbers") or said.get("lines", "")
    return f"{said['text']}\n\n{intro}\n{listed}" if listed else f"{said['text']}\n\n{said['worldwide']}"


def other_language(asked_in: str, written_in: Iterable[str]) -> str:
    """Return what is said to a question in a language that the documents are not in, in that language or English."""
    said = words(asked_in)
    names = [said["languages"].get(name, name) for name in written_in]
    return said["no_answer"]["other_language"].format(languages=", ".join(names))
