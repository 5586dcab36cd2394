"""Say whether a quote would read as the answer to a personal question."""

from __future__ import annotations

from chatbot.safety.patterns import first
from chatbot.safety.reading import Reading
from chatbot.safety.rulebook import look_up


def reads_as_verdict(text: str) -> bool:
    """Say whether a passage tells its reader what to do or what is safe ("you can stop", "it is harmless to")."""
    reading = Reading(text)
    return first(reading, look_up(reading)["quoted_verdict"]) is not None
