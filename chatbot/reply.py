"""What travels: the turns of a conversation, the passages that are cited, and a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["answer", "refusal", "emergency", "crisis", "no_answer", "clarify", "smalltalk"]
Format = Literal["text", "markdown"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation; `passages` are the ids that an assistant's message quoted."""

    role: str
    content: str
    passages: tuple[str, ...] = ()

    @classmethod
    def of(cls, turn: Turn | Mapping[str, Any]) -> Turn:
        """Take a turn, or a mapping with `role`, `content` and optionally `passages`."""
        if isinstance(turn, Turn):
            return turn
        return cls(str(turn["role"]), str(turn["content"]), tuple(turn.get("passages") or ()))


@dataclass(frozen=True, slots=True)
class Context:
    """The line a cut passage needs to be understood (a list's introduction); a slice of its document."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place of a quote: `start` and `end` are code points into the document's text."""

    document: str
    title: str
    section: tuple[str, ...]
    publisher: str | None
    author: str | None
    url: str | None
    reviewed: str | None
    page: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A cited slice of a document. `highlights` are `(start, end)` in code points of `text`."""

    id: str
    text: str
    format: Format
    highlights: tuple[tuple[int, int], ...]
    context: Context | None
    score: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was read as another."""

    typed: str
    read: str


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """Which version of the index answered; `built_at` is ISO 8601 in UTC."""

    version: str
    built_at: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: the fields of `POST /api/chat`."""

    id: str
    kind: Kind
    text: str
    passages: tuple[Passage, ...]
    confidence: float | None
    question: str
    corrections: tuple[Correction, ...]
    suggestions: tuple[str, ...]
    index: IndexVersion
    explanation: Mapping[str, Any] | None = field(default=None, compare=False)


def turns(history: Sequence[Turn | Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Take a history in either form; the newest 20 turns count."""
    return tuple(Turn.of(turn) for turn in history[-20:])
