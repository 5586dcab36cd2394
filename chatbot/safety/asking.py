"""The parts of a message that ask something, and whom they and the rest speak of."""

from __future__ import annotations

from collections.abc import Iterable

from chatbot.safety.patterns import Item
from chatbot.safety.reading import Reading

Span = tuple[int, int]
# Where a sentence begins with one of these, it asks, with a question mark or without.
OPENS = Item.of(
    "word",
    "@wh|@aux|que|como|cual|cuales|cuando|donde|quien|cuanto|cuantos|por_que|es|son|hay|puede|pueden|puedo|debo"
    "|debe|sirve",
)
# Within a sentence these ask: "is" and "can" may as well state.
ASKS = Item.of("word", "what|why|how|which|whether|does|should|cual|cuales|por_que")
# So does one of the first of these right before one of the others ("it has gone blue, is it serious"), but not between
# two of them ("as I do it every day").
TURNED = Item.of("word", "@aux")
SUBJECTS = Item.of("word", "i|you|he|she|it|we|they")
OPENED_WITHIN = 2
# Fewer words after a word that asks are no question.
SHORTEST = 3
SELF = Item.of("word", "@self|mine|us|we|@owned|@es_own|yo")
OTHER = Item.of("word", "@third|@theirs|@kin|@es_kin|@casenote")


def asking(reading: Reading) -> tuple[Span, ...]:
    """Return the sentences that ask, as `(start, end)` of their words; of one that also tells, its end."""
    opening = ends(reading, OPENS)
    subjects = ends(reading, SUBJECTS)
    within = ends(reading, ASKS) | (ends(reading, TURNED) & subjects >> 1 & ~(subjects << 1))
    found = []
    begun = 0
    words = reading.words
    for end in [place for place, word in enumerate(words) if word == "."] + [len(words)]:
        if end > begun:
            # Bit n of the places is set where the n-th word, counted from 1, ends what was looked for.
            size = end - begun
            opened = opening >> begun & (2 << min(size, OPENED_WITHIN)) - 2
            last = (within >> begun & (2 << max(0, size - SHORTEST + 1)) - 2).bit_length() - 1
            if opened:
                found.append((begun, end))
            elif last > 0:
                found.append((begun + last - 1, end))
            elif reading.questions >> end & 1:
                found.append((begun, end))
        begun = end + 1
    return tuple(found)


def spoken_of(reading: Reading, asked: Iterable[Span]) -> tuple[str, ...]:
    """Return whether a message asks, and whether it and what it asks speak of the visitor or somebody else."""
    spans = tuple(asked)
    places = 0
    for start, end in spans:
        places |= ((2 << end) - 1) & ~((2 << start) - 1)
    told = ["question"] if spans else []
    for name, choice in (("self", SELF), ("other", OTHER)):
        there = ends(reading, choice)
        if there:
            told.append(name)
        if there & places:
            told.append(f"asks of {name}")
    return tuple(told)


def ends(reading: Reading, choice: Item) -> int:
    """Return where words of a choice end, as bits: bit n is set for the n-th word."""
    found = 0
    for key in choice.present(reading):
        for _, places in reading.ends(key):
            found |= places
    return found
