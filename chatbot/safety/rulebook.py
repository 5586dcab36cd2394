"""The rules of the triage, read from `rules/*.toml` once, at first use."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from chatbot.safety.lexicon import RULES, lexicon
from chatbot.safety.patterns import Index, Rule
from chatbot.safety.reading import Reading

Rulebook = dict[str, tuple[Rule, ...]]


def lines(text: str, shared: dict[str, str]) -> tuple[str, ...]:
    """Return the patterns of a rule, one a line; `<name>` stands for the shared patterns of that name."""
    found: list[str] = []
    for line in text.splitlines():
        pattern = line.strip()
        if pattern.startswith("<"):
            found.extend(lines(shared[pattern.strip("<>")], shared))
        elif pattern and not pattern.startswith("#"):
            found.append(pattern)
    return tuple(found)


def read(paths: list[Path]) -> Rulebook:
    """Read rule files into one rulebook: the rules of each kind (`crisis`, `verdict`, ...), in order."""
    book: dict[str, list[Rule]] = {}
    for path in paths:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        shared: dict[str, str] = data.pop("shared", {})
        for kind, tables in data.items():
            book.setdefault(kind, []).extend(_rule(table, shared) for table in tables)
        for name, text in shared.items():
            book[name] = [Rule(name=name, any=lines(text, shared))]
    return {kind: tuple(rules) for kind, rules in book.items()}


def _rule(table: dict[str, Any], shared: dict[str, str]) -> Rule:
    return Rule(
        name=table["name"],
        any=lines(table["any"], shared),
        also=lines(table.get("also", ""), shared),
        unless=lines(table.get("unless", ""), shared),
        affirmed=table.get("affirmed", False),
        bare=table.get("bare", False),
        slow=table.get("slow", False),
        decides=table.get("decides", False),
        example=table["example"],
    )


@cache
def rulebook() -> Rulebook:
    """Return every rule, read at the first call."""
    return read(sorted(RULES.glob("*.toml")))


@cache
def index() -> Index:
    """Return the index of every rule's patterns, made at the first call."""
    return Index.of((rule for rules in rulebook().values() for rule in rules), lexicon())


def look_up(reading: Reading) -> Rulebook:
    """Return the rulebook, having noted which of its patterns a message may meet."""
    if reading.candidates is None:
        reading.candidates = index().candidates(reading)
    return rulebook()
