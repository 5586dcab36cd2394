"""Small talk: a message of which every word is a greeting, thanks, a question to the bot or a filler."""

from __future__ import annotations

from chatbot.safety.reading import Reading

# From the lightest to the weightiest: a message is the weightiest kind it cannot do without.
KINDS = ("greeting", "pleasantry", "thanks", "goodbye", "capability", "identity")
LONGEST = 16


def smalltalk_kind(reading: Reading) -> str | None:
    """Return the kind of small talk the whole message is, or None."""
    if not 0 < len(reading.words) <= LONGEST:
        return None
    steps = [*reading.ends("@filler"), (1, reading.stops)]
    if _covers(reading, steps):
        return None
    for kind in KINDS:
        ends = reading.ends("@" + kind)
        steps += ends
        if ends and _covers(reading, steps):
            return kind
    return None


def _covers(reading: Reading, steps: list[tuple[int, int]]) -> bool:
    reached, before = 1, 0
    while reached != before:
        before = reached
        for length, places in steps:
            reached |= (reached << length) & places
    return bool(reached >> len(reading.words) & 1)
