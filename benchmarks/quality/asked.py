"""The questions of a comparison: those with gold spans, and those whose gold is a whole document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import QuestionFileError
from chatbot.evaluation import Gold, plain_words
from chatbot.evaluation.judging import spans_held

DEPTH = 10
"""A right passage or document further down counts as none."""
PASSAGES = 60
"""How many passages are asked for where documents are ranked by their best passage."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that an engine found: its document and its text."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where its answer stands: spans, or whole documents."""

    text: str
    style: str
    spans: tuple[Gold, ...]
    documents: frozenset[str]

    @property
    def depth(self) -> int:
        """Return how many passages are wanted."""
        return DEPTH if self.spans else PASSAGES

    def rank(self, found: Iterable[Found]) -> int:
        """Return the place of the first that is right, from 1; 0 where none of the first ten is."""
        if self.spans:
            held = (bool(spans_held(one.document, one.text, self.spans)) for one in found)
        else:
            held = (name in self.documents for name in dict.fromkeys(one.document for one in found))
        return next((n for n, right in enumerate(held, 1) if right and n <= DEPTH), 0)


def read(paths: Sequence[Path], documents: frozenset[str]) -> tuple[list[Question], int]:
    """Read files of questions, and how many are left out: dialogues, and what expects no answer.

    Raises QuestionFileError naming the line that is wrong, or names a document that is not there.
    """
    questions: list[Question] = []
    left_out = 0
    for path in paths:
        try:
            lines = path.read_text("utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionFileError(f"{path}: cannot be read as UTF-8 text ({error})") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                question = _question(line, f"{path}, line {number}", documents)
                left_out += question is None
                questions += [question] if question else []
    if not questions:
        raise QuestionFileError(f"{', '.join(map(str, paths))}: no question that expects an answer")
    return questions, left_out


def _question(line: str, where: str, documents: frozenset[str]) -> Question | None:
    try:
        entry: Any = json.loads(line)
        if "turns" in entry or "kind" in entry:
            return None
        text, style = str(entry["question"]), str(entry.get("style", "-"))
        gold = entry["gold"] if isinstance(entry["gold"], list) else [entry["gold"]]
        names = frozenset(str(place["document"]) for place in gold)
        spans = tuple(
            Gold(place["document"], plain_words(place["span"])) for place in gold if "span" in place
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionFileError(f"{where}: a “question” and its “gold” are wanted ({error})") from error
    if not names or (spans and len(spans) < len(gold)):
        raise QuestionFileError(f"{where}: either each gold has a “span”, or none has")
    if unknown := sorted(names - documents):
        raise QuestionFileError(f"{where}: the corpus has no document {unknown[0]}")
    return Question(text, style, spans, names)
