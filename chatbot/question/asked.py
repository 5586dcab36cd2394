"""What kind of thing is asked: a cause, a treatment, a number, who says so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from chatbot import analysis
from chatbot.question.shapes import bits

_WILD_MOST = 3
_DEFINED_MOST = 4
"""Telling words of a question that asks what something is; a longer one asks for more."""
_APOSTROPHE = re.compile("['’ʼ`]")
_HYPHEN = re.compile("[-‐‑]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing asked: what asks for it, what its answers say, and how they look.

    `cues` and `words` are sequences of stems; "*" in a cue stands for one to three words. `shapes` are bits of
    `chatbot.question.shapes`, `roles` the roles beside the body that answer it. `spent` says that its cues tell
    nothing of the subject; `bonus` is how much more a sentence of its shapes answers, against other kinds'. A kind
    yields to some others: where one of these is asked too, its cues are of the subject.
    """

    name: str
    cues: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, ...], ...]
    shapes: int
    roles: tuple[str, ...]
    spent: bool
    bonus: float
    yields: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


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
            bool(table.get("spent", False)),
            float(table.get("bonus", 1.0)),
            tuple(table.get("yields", ())),
            tuple(table.get("beside", ())),
        )
        for name, table in tomllib.loads(text).items()
    )


def cue_words() -> set[str]:
    """Return every word of the cues as written."""
    text = resources.files("chatbot.question").joinpath("data/asked.toml").read_text("utf-8")
    cues = [cue for table in tomllib.loads(text).values() for cue in table["cues"]]
    return {
        word
        for cue in cues
        for token in analysis.tokens(cue)
        for word in flat([token.word])
        if word.isalpha()
    }


def _stems(text: str) -> tuple[str, ...]:
    found = []
    for piece in text.split():
        found += ["*"] if piece == "*" else stems([token.word for token in analysis.tokens(piece)])
    return tuple(found)


def flat(words: Sequence[str]) -> list[str]:
    """Return folded words without apostrophes, a compound as its parts."""
    return [piece for word in words for piece in _HYPHEN.split(_APOSTROPHE.sub("", word)) if piece]


def stems(words: Sequence[str]) -> list[str]:
    """Return the stem of each folded word, those of compounds one by one; stop words stay as they are."""
    return [stem for word in words for stem in stems_of(word)]


@lru_cache(maxsize=analysis.REMEMBERED)
def stems_of(word: str) -> tuple[str, ...]:
    """Return the stem of a folded word; of a compound, those of its parts."""
    return tuple(part if part in analysis.STOP_WORDS else analysis.stem(part) for part in flat([word]))


@lru_cache(maxsize=1)
def _by_beginning() -> dict[tuple[str, ...], list[tuple[tuple[str, ...], Kind]]]:
    """Return the cues by their first two stems, or by the first where it is the only one or "*" follows."""
    table: dict[tuple[str, ...], list[tuple[tuple[str, ...], Kind]]] = {}
    for kind in kinds():
        for cue in kind.cues:
            beginning = cue[:1] if cue[1:2] == ("*",) else cue[:2]
            table.setdefault(beginning, []).append((cue, kind))
    return table


def recognise(words: Sequence[str]) -> tuple[Asked, ...]:
    """Return the kinds of thing that folded words ask for, that with the longest cue first.

    A cue inside a longer one of another kind asks for nothing of its own ("genetic" in "genetic changes"). Of a kind
    whose cues say nothing of the subject every cue belongs to the asking, of another the longest alone.
    """
    line: list[str] = []
    owner: list[int] = []
    for number, word in enumerate(words):
        pieces = stems_of(word)
        line += pieces
        owner += [number] * len(pieces)
    found: dict[str, Asked] = {}
    lengths: dict[str, int] = {}
    cues = _by_beginning()
    for start in range(len(line)):
        one, two = tuple(line[start : start + 1]), tuple(line[start : start + 2])
        for cue, kind in (*cues.get(one, ()), *(cues.get(two, ()) if len(two) > 1 else ())):
            places = _match(line, start, cue)
            if not places:
                continue
            at = frozenset(owner[place] for place in places)
            before = found.get(kind.name)
            if before is not None and kind.spent:  # "the letters … stand for": none of them is the subject
                found[kind.name] = Asked(kind, before.places | at)
            elif before is None or len(cue) > lengths[kind.name]:
                found[kind.name] = Asked(kind, at)
            lengths[kind.name] = max(len(cue), lengths.get(kind.name, 0))
    asking = [asked for asked in found.values() if found.keys().isdisjoint(asked.kind.yields)]
    whole = [asked for asked in asking if not any(asked.places < other.places for other in asking)]
    return tuple(sorted(whole, key=lambda asked: -lengths[asked.kind.name]))


def kinds_of(text: str) -> int:
    """Return the kinds of thing that a text, a heading for one, asks for or is about, as bits."""
    words = [token.word for token in analysis.tokens(text)]
    return kind_bits(only_definition(recognise(words), words))


def kind_bits(asked: Iterable[Asked]) -> int:
    """Return kinds as bits: a kind's place in `kinds()` is its bit."""
    names = [kind.name for kind in kinds()]
    return sum(1 << names.index(found.kind.name) for found in asked)


def named_bits(*named: str) -> int:
    """Return kinds by their names as bits."""
    return sum(1 << place for place, kind in enumerate(kinds()) if kind.name in named)


@lru_cache(maxsize=256)
def answered_below(asked: int) -> int:
    """Return, for kinds as bits, those whose headings may stand over an answer: themselves and what is beside them."""
    every = kinds()
    beside = {
        name for place, kind in enumerate(every) if asked >> place & 1 for name in (kind.name, *kind.beside)
    }
    return sum(1 << place for place, kind in enumerate(every) if kind.name in beside or "*" in beside)


def only_definition(
    asked: tuple[Asked, ...], words: Sequence[str], named: frozenset[int] = frozenset()
) -> tuple[Asked, ...]:
    """Drop the definition where something more is asked: "what is the cause of …" asks for a cause.

    `named` are the places of words that name a subject as its title does, however long: they ask for nothing.
    """
    outside = tuple(found for found in asked if not found.places <= named)
    asked = outside or asked
    others = tuple(found for found in asked if found.kind.name != "definition")
    telling = {word for place, word in enumerate(words) if place not in named and analysis.terms_of(word)}
    return others if (others and len(others) < len(asked)) or len(telling) > _DEFINED_MOST else asked


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
