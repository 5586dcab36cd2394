"""What kind of statement a sentence is, seen when the index is built and matched with what is asked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

_MOST = 600
"""Characters of a sentence that are looked at: a statement of a kind shows it early."""


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of each shape, as `data/shapes.toml` lists them; a shape's place is its bit."""
    text = resources.files("chatbot.question").joinpath("data/shapes.toml").read_text("utf-8")
    compiled = {}
    for name, table in tomllib.loads(text).items():
        listed = "|".join(table.get("words", ()))
        parts = [rf"\b(?:{listed})\b"] if listed else []
        flags = re.RegexFlag(0) if table.get("case") else re.IGNORECASE
        compiled[name] = re.compile("|".join([*parts, *table.get("patterns", ())]), flags)
    return compiled


def shapes(sentence: str) -> int:
    """Return the shapes of a sentence as bits; of one that leads to a list of titles, those of its lead."""
    text = " ".join(sentence[:_MOST].split())
    if patterns()["pointer"].search(text):
        text = text.partition(":")[0]
    return sum(1 << bit for bit, pattern in enumerate(patterns().values()) if pattern.search(text))


def bits(names: Iterable[str]) -> int:
    """Return the bits of shapes by name. Raises ValueError for a name that is none."""
    places = list(patterns())
    return sum(1 << places.index(name) for name in set(names))
