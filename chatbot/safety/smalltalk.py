"""Small talk: a message of which every word is a greeting, thanks, a question to the bot or a filler."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot.analysis import REMEMBERED
from chatbot.safety.clusters import clusters_of
from chatbot.safety.lexicon import lexicon
from chatbot.safety.reading import Reading

# From the lightest to the weightiest: a message is the weightiest kind it cannot do without.
KINDS = ("greeting", "acknowledgement", "pleasantry", "thanks", "goodbye", "capability", "identity")
LONGEST = 16
# A slip in a shorter word may have been any word.
SHORTEST_RESPELT = 4


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


def opening(reading: Reading) -> int:
    """Return how many words of small talk a message begins with, and the `.` after them."""
    steps = [*reading.ends("@filler"), (1, reading.stops)]
    for kind in KINDS:
        steps += reading.ends("@" + kind)
    return _reached(steps).bit_length() - 1


def respelt(reading: Reading) -> Reading:
    """Return a short message that is made of words of small talk alone, once their slips are put right, so spelt."""
    if len(reading.words) > LONGEST:
        return reading
    known = _vocabulary()
    words = []
    for word in reading.words:
        right = word if word in known else _right(word)
        if right is None:
            return reading
        words.append(right)
    return reading if words == reading.words else reading.reworded(words)


@lru_cache(maxsize=REMEMBERED)
def _right(word: str) -> str | None:
    """Return the word of small talk that one no list knows is a slip away from, or None."""
    if len(word) < SHORTEST_RESPELT or not word.isascii() or not word.isalpha():
        return None
    if (
        word in _vocabulary()
        or lexicon().of(word)
        or word in lexicon().ordinary
        or clusters_of(word) is not None
    ):
        return None
    near = sorted(
        other
        for other in _vocabulary()
        if other[0] == word[0] and abs(len(other) - len(word)) <= 1 and len(other) >= SHORTEST_RESPELT - 1
    )
    found = process.extractOne(word, near, scorer=OSA.distance, processor=None, score_cutoff=1)
    return None if found is None else str(found[0])


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words that small talk is made of."""
    words = lexicon()
    names = (*KINDS, "filler")
    single = {word for word, groups in words.groups.items() if not set(names).isdisjoint(groups)}
    within = {word for name in names for row in words.templates.get(name, ()) for word in row}
    return frozenset(word for word in single | within if word.isalpha()) | {"."}


def _covers(reading: Reading, steps: list[tuple[int, int]]) -> bool:
    return bool(_reached(steps) >> len(reading.words) & 1)


def _reached(steps: list[tuple[int, int]]) -> int:
    """Return the places, as bits, that such steps lead to from the beginning."""
    reached, before = 1, 0
    while reached != before:
        before = reached
        for length, places in steps:
            reached |= (reached << length) & places
    return reached
