"""Messages as people really type them: with slips of the finger, and with chat around them."""

from __future__ import annotations

import random
from collections.abc import Sequence

# The letters next to each other on a keyboard.
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEAR = {
    letter: "".join(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    for row in ROWS
    for at, letter in enumerate(row)
}
SHORTEST_SLIPPED = 4


def slipped(text: str, chance: random.Random, share: float = 0.15) -> str:
    """Return the text with a slip in about this share of its longer words, but in one at least.

    A slip swaps two neighbours, leaves a letter out, doubles one or hits the key beside it.
    """
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= SHORTEST_SLIPPED and word.isalpha()]
    if not long:
        return text
    for at in chance.sample(long, max(1, round(share * len(long)))):
        words[at] = _slip(words[at], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    swap = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    beside = chance.choice(NEAR.get(word[at].lower(), word[at]) or word[at])
    return chance.choice(
        (
            swap,
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + beside + word[at + 1 :],
        )
    )


def padded(text: str, chat: Sequence[str], chance: random.Random, before: int, after: int) -> str:
    """Return the text with at least so many words of chat before and after it, in whole sentences."""
    return " ".join((*_sentences(chat, chance, before), text, *_sentences(chat, chance, after)))


def _sentences(chat: Sequence[str], chance: random.Random, words: int) -> list[str]:
    found: list[str] = []
    count = 0
    while count < words:
        found.append(chance.choice(chat))
        count += len(found[-1].split())
    return found
