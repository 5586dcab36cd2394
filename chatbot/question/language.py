"""The language that a text is written in, told by its small words or its script."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from chatbot.analysis import fold

OTHER = "other"
"""A language written in another script than Latin."""
FEWEST = 2
"""Small words of a language that a text has to hold."""
FOREIGN = 0.5
"""Share of letters of another script that makes a text one of another script."""


def language_of(text: str) -> str | None:
    """Return the language of a text (`en`, `es`, ...), `OTHER` for another script, or None where it does not show."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return None
    if sum(not _latin(letter) for letter in letters) > FOREIGN * len(letters):
        return OTHER
    words = "".join(c if c.isalpha() else " " for c in fold(text)).split()
    held = {name: sum(word in small for word in words) for name, small in small_words().items()}
    (best, count), (_, second) = sorted(held.items(), key=lambda entry: -entry[1])[:2]
    return best if count >= FEWEST and count > second else None


def _latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


@cache
def small_words() -> Mapping[str, frozenset[str]]:
    """Return the small words of each language, read at the first call."""
    text = resources.files("chatbot.question").joinpath("data", "languages.toml").read_text("utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}
