"""Questions with the answers expected of them, as files hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatbot.errors import QuestionFileError
from chatbot.index.reader import Index

EXPECTED = {
    "answer": frozenset({"answer"}),
    "no_answer": frozenset({"no_answer", "clarify", "refusal"}),
    "refusal": frozenset({"refusal", "emergency", "crisis"}),
    "smalltalk": frozenset({"smalltalk"}),
    "emergency": frozenset({"emergency"}),
    "crisis": frozenset({"crisis"}),
    "clarify": frozenset({"clarify", "no_answer"}),
}
"""The kinds of reply that are right, by the kind that is expected."""

_BULLET = re.compile(r"^(?:[•‣◦▪·*+-]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands: a span of a document."""

    document: str
    span: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question or turn: what is expected of it. `group` is its style, or how it hangs on what came before."""

    text: str
    expected: str
    gold: tuple[Gold, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Item:
    """A single question (one turn) or a dialogue."""

    id: str
    turns: tuple[Asked, ...]
    dialogue: bool


def strange_documents(items: Iterable[Item], index: Index) -> list[str]:
    """Return the documents that questions name as those of their answers and that an index has not, sorted."""
    named = {gold.document for item in items for turn in item.turns for gold in turn.gold}
    return sorted(name for name in named if index.names.find(name) is None)


def read_questions(path: Path) -> list[Item]:
    """Read a file of questions: JSON lines, each a question or a dialogue.

    {"id", "question", "style", "gold": [{"document", "span"}]} or, with "kind" in place of "gold", a question
    that is expected to get another kind of reply; {"id", "turns": [{"user", "link", "gold" or "kind"}]}.
    Raises QuestionFileError naming the line that is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionFileError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise QuestionFileError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    items: list[Item] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QuestionFileError(f"{where}: not JSON ({error})") from error
        if not isinstance(entry, dict):
            raise QuestionFileError(f"{where}: an object is wanted")
        name = str(entry.get("id", f"line {number}"))
        if name in seen:
            raise QuestionFileError(f"{where}: the id “{name}” stands twice")
        seen.add(name)
        dialogue = "turns" in entry
        turns = entry["turns"] if dialogue else [entry]
        if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
            raise QuestionFileError(f"{where}: “turns” must be a list of objects")
        key, group = ("user", "link") if dialogue else ("question", "style")
        items.append(Item(name, tuple(_asked(turn, key, group, where) for turn in turns), dialogue))
    if not items:
        raise QuestionFileError(f"{path}: it holds no question")
    return items


def read_files(paths: Iterable[Path]) -> list[Item]:
    """Read files of questions; an id that an earlier file has is told from it by its file's name.

    Raises QuestionFileError as `read_questions` does, and where a file is named twice.
    """
    items: list[Item] = []
    seen: set[str] = set()
    named: set[Path] = set()
    for path in paths:
        if path.resolve() in named:
            raise QuestionFileError(f"{path}: the file is named twice")
        named.add(path.resolve())
        read = read_questions(path)
        items += [replace(item, id=f"{path}: {item.id}") if item.id in seen else item for item in read]
        seen |= {item.id for item in read}
    return items


def _asked(entry: Mapping[str, Any], key: str, group: str, where: str) -> Asked:
    text = entry.get(key)
    if not isinstance(text, str) or not text.strip():
        raise QuestionFileError(f"{where}: a text “{key}” is wanted")
    expected = entry.get("kind", "answer")
    if not isinstance(expected, str) or expected not in EXPECTED:
        raise QuestionFileError(f"{where}: “{expected}” is none of {', '.join(EXPECTED)}")
    places = entry.get("gold") or []
    gold = []
    for place in places if isinstance(places, list) else [places]:
        if not isinstance(place, dict) or not all(
            isinstance(place.get(k), str) and plain_words(place[k]) for k in ("document", "span")
        ):
            raise QuestionFileError(f"{where}: a gold has a text “document” and a text “span”")
        gold.append(Gold(place["document"], plain_words(place["span"])))
    if expected == "answer" and not gold:
        raise QuestionFileError(f"{where}: an answer needs “gold”; another expected reply needs “kind”")
    return Asked(text, expected, tuple(gold), str(entry.get(group, "-")))


def plain_words(text: str) -> str:
    """Return a text with its white space collapsed and the bullets at the start of its lines removed."""
    lines = (_BULLET.sub("", line.strip()) for line in text.splitlines())
    return " ".join(" ".join(lines).replace("•", " ").split())
