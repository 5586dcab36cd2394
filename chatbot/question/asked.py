"""What kind of thing is asked: a cause, a treatment, a number, who says so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from chatbot import analysis
from chatbot.question.shapes import bits

_WILD_MOST = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing asked: what asks for it, what its answers say, and how they look.

    `cues` and `words` are sequences of stems; "*" in a cue stands for one to three words. `shapes` are bits of
    `chatbot.question.shapes`, `roles` the roles beside the body that answer it.
    """

    name: str
    cues: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, ...], ...]
    shapes: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind recognised, and the places of the tokens that asked for it."""

    kind: Kind
    places: frozenset[int]


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """Return every kind, as `data/asked.toml` lists them."""
    text = resources.files("chatbot.question").joinpath("data/asked.toml").read_text("utf-8")
    return tuple(
        Kind(
            name,
            tuple(_stems(cue) for cue in table["cues"]),
            tuple(words for word in table["words"] if (words := tuple(analysis.terms(word)))),
            bits(tuple(table["shapes"])),
            tuple(table.get("roles", ())),
        )
        for name, table in tomllib.loads(text).items()
    )


def _stems(text: str) -> tuple[str, ...]:
    found = []
    for piece in text.split():
        found += ["*"] if piece == "*" else stems([token.word for token in analysis.tokens(piece)])
    return tuple(found)


def stems(words: list[str]) -> list[str]:
    """Return the stem of each folded word, stop words included."""
    return [analysis.stem(piece) for word in words for piece in analysis.parts(word)[:1]]


@lru_cache(maxsize=1)
def _by_first() -> dict[str, list[tuple[tuple[str, ...], Kind]]]:
    table: dict[str, list[tuple[tuple[str, ...], Kind]]] = {}
    for kind in kinds():
        for cue in kind.cues:
            table.setdefault(cue[0], []).append((cue, kind))
    return table


def recognise(words: list[str]) -> tuple[Asked, ...]:
    """Return the kinds of thing that folded words ask for, the longest cue of each first."""
    line = stems(words)
    found: dict[str, Asked] = {}
    lengths: dict[str, int] = {}
    for start, word in enumerate(line):
        for cue, kind in _by_first().get(word, ()):
            places = _match(line, start, cue)
            if places and len(cue) > lengths.get(kind.name, 0):
                found[kind.name] = Asked(kind, places)
                lengths[kind.name] = len(cue)
    return tuple(sorted(found.values(), key=lambda asked: -lengths[asked.kind.name]))


def _match(line: list[str], start: int, cue: tuple[str, ...]) -> frozenset[int]:
    """Return the places of a cue's words from `start` on, or none."""
    at, places = start, []
    for number, word in enumerate(cue):
        if word == "*":
            following = cue[number + 1]
            for gap in range(1, _WILD_MOST + 1):
                if at + gap < len(line) and line[at + gap] == following:
                    at += gap
                    break
            else:
                return frozenset()
            continue
        if at >= len(line) or line[at] != word:
            return frozenset()
        places.append(at)
        at += 1
    return frozenset(places)
