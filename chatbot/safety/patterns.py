"""Patterns over word groups, and rules made of them.

A pattern is a line such as `can|could @person !..2@reading ..4 @medicine`:

| item | is |
| --- | --- |
| `stop`, `stop|quit`, `@person`, `@person|mine` | one of these words or groups comes next |
| `?very` | may come next |
| `how_to` | these words come next, as one choice among others |
| `..4` | up to four words of the same sentence may stand between |
| `!should`, `!..2@reading` | is not next; does not begin within the next two words either |
| `^`, `$` | the beginning, the end of a sentence |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from chatbot.safety.lexicon import Lexicon
from chatbot.safety.reading import Reading


@dataclass(frozen=True)
class Item:
    """One step of a pattern: `kind` is `word`, `maybe`, `gap`, `not`, `start` or `end`."""

    kind: str
    keys: tuple[str, ...] = ()
    reach: int = 0
    single: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, kind: str, choice: str, reach: int = 0) -> Item:
        """Return a step that looks for a choice such as `stop|quit|@person|how_to`."""
        keys = tuple(choice.split("|"))
        phrases = {key: frozenset(key.split("_")) - {"$"} for key in keys if _phrase(key)}
        return cls(kind, keys, reach, frozenset(keys) - phrases.keys(), tuple(phrases.items()))

    def present(self, reading: Reading) -> Iterable[str]:
        """Return the keys that the message may hold."""
        possible = reading.possible
        if not self.phrases:
            return self.single & possible
        return [*(self.single & possible), *(phrase for phrase, words in self.phrases if words <= possible)]


@dataclass(frozen=True)
class Rule:
    """A named reason for a label.

    It holds where one of `any` is found, every one of `also` is found somewhere in the message,
    and none of `unless` is. `affirmed` leaves out what stands shortly after a negation. `bare`
    rules of danger need nobody named; what a `slow` one tells of is still dangerous a day later.
    One that `decides` needs no second opinion, unless danger is likely. `example` is a message
    that meets the rule.
    """

    name: str
    any: tuple[str, ...]
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    affirmed: bool = False
    bare: bool = False
    slow: bool = False
    decides: bool = False
    example: str = ""

    @cached_property
    def patterns(self) -> frozenset[str]:
        """Return the patterns of `any` as a set."""
        return frozenset(self.any)


@dataclass(frozen=True)
class Pattern:
    """A pattern's items in order, and choices of which a message must hold one each to meet it."""

    items: tuple[Item, ...]
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Index:
    """Which of many patterns a message may meet: those of which it holds the choice that messages seldom hold.

    `by_key` has the patterns that need one of a choice of words and groups, by each of them; the others are `always`
    worth a look.
    """

    by_key: dict[str, tuple[str, ...]]
    always: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[Rule], lexicon: Lexicon) -> Index:
        """Return the index of the rules' patterns."""
        by_key: dict[str, list[str]] = {}
        always = set()
        rules = tuple(rules)
        messages = [Reading(rule.example, lexicon).singles.keys() for rule in rules]

        def often(need: frozenset[str]) -> tuple[int, int]:
            return sum(not need.isdisjoint(words) for words in messages), len(need)

        for pattern in dict.fromkeys(pattern for rule in rules for pattern in rule.any):
            needs = [lexicon.signs(need) for need in compiled(pattern).needs]
            needs = [need for need in needs if "_" not in need]
            for key in min(needs, key=often, default=()):
                by_key.setdefault(key, []).append(pattern)
            if not needs:
                always.add(pattern)
        return cls({key: tuple(patterns) for key, patterns in by_key.items()}, frozenset(always))

    def candidates(self, reading: Reading) -> set[str]:
        """Return the patterns that a message may meet."""
        return set(self.always).union(
            *(self.by_key[key] for key in self.by_key.keys() & reading.singles.keys())
        )


@cache
def compiled(pattern: str) -> Pattern:
    """Read a pattern; raise ValueError for one that is written wrongly."""
    items = tuple(_item(part) for part in pattern.split())
    for item in items:
        if item.kind in ("word", "maybe", "not") and not all(item.keys):
            raise ValueError(f"The pattern {pattern!r} holds an empty choice.")
    needs = (item.single for item in items if item.kind == "word" and not item.phrases)
    # The choice of fewest words is the one a message most likely lacks.
    return Pattern(items, tuple(sorted(needs, key=len)))


def _phrase(key: str) -> bool:
    return key == "$" or ("_" in key and not key.startswith("@"))


def _item(part: str) -> Item:
    if part == "^":
        return Item("start")
    if part == "$":
        return Item("end")
    if part.startswith(".."):
        return Item("gap", reach=int(part[2:]))
    if part.startswith("?"):
        return Item.of("maybe", part[1:])
    if part.startswith("!.."):
        digits = len(part) - len(part[3:].lstrip("0123456789")) - 3
        return Item.of("not", part[3 + digits :], int(part[3 : 3 + digits]))
    if part.startswith("!"):
        return Item.of("not", part[1:])
    return Item.of("word", part)


def match(reading: Reading, pattern: str, affirmed: bool = False) -> str | None:
    """Return the words that meet a pattern, or None."""
    found = compiled(pattern)
    for need in found.needs:
        if reading.possible.isdisjoint(need):
            return None
    state = reading.everywhere
    if affirmed:
        state &= ~_negated(reading)
    states = []
    for item in found.items:
        if item.kind == "word":  # most items are; `_next` without a call
            moved = 0
            for key in item.present(reading):
                for length, places in reading.ends(key):
                    moved |= (state << length) & places
            state = moved
        else:
            state = _step(reading, item, state)
        if not state:
            return None
        states.append(state)
    return _words(reading, found.items, states)


def first(reading: Reading, rules: Iterable[Rule]) -> tuple[Rule, str] | None:
    """Return the first rule that holds and the words that met it, or None."""
    for rule in likely(reading, rules):
        words = holds(reading, rule)
        if words is not None:
            return rule, words
    return None


def likely(reading: Reading, rules: Iterable[Rule]) -> Iterable[Rule]:
    """Return the rules of which a message may meet a pattern."""
    candidates = reading.candidates
    if candidates is None:
        return rules
    return [rule for rule in rules if not candidates.isdisjoint(rule.patterns)]


def holds(reading: Reading, rule: Rule) -> str | None:
    """Return the words that met the rule, or None where it does not hold."""
    candidates = reading.candidates
    for pattern in rule.any:
        if candidates is not None and pattern not in candidates:
            continue
        words = match(reading, pattern, rule.affirmed)
        if words is None:
            continue
        more = [match(reading, other) for other in rule.also]
        if None in more or any(match(reading, other) is not None for other in rule.unless):
            return None
        return " + ".join([words, *(found for found in more if found)])
    return None


def _step(reading: Reading, item: Item, state: int) -> int:
    if item.kind == "maybe":
        return state | _next(reading, item.present(reading), state)
    if item.kind == "gap":
        return _reached(reading, state, item.reach)
    if item.kind == "not":
        return state & ~_ahead(reading, item.present(reading), item.reach)
    if item.kind == "start":
        return state & reading.starts
    return state & reading.finishes


def _next(reading: Reading, keys: Iterable[str], state: int) -> int:
    moved = 0
    for key in keys:
        for length, places in reading.ends(key):
            moved |= (state << length) & places
    return moved


def _negated(reading: Reading) -> int:
    """Return the places up to three words after a negation, as far as "and" or "but"."""
    state = _places(reading, ("@negation",))
    until = reading.everywhere & ~reading.stops & ~_places(reading, ("and", "but"))
    for _ in range(3):
        state |= (state << 1) & until
    return state


def _places(reading: Reading, keys: Iterable[str]) -> int:
    return _next(reading, keys, reading.everywhere)


def _reached(reading: Reading, state: int, reach: int) -> int:
    open_places = reading.everywhere & ~reading.stops
    for _ in range(reach):
        state |= (state << 1) & open_places
    return state


def _ahead(reading: Reading, keys: Iterable[str], reach: int) -> int:
    before = 0
    for key in keys:
        for length, places in reading.ends(key):
            before |= places >> length
    for _ in range(reach):
        before |= (before & ~reading.stops) >> 1
    return before


def _words(reading: Reading, items: tuple[Item, ...], states: list[int]) -> str:
    """Walk back from the first place where the pattern ends to where it began."""
    end = (states[-1] & -states[-1]).bit_length() - 1
    begin = end
    for index in range(len(items) - 1, -1, -1):
        if items[index].kind != "word":
            continue
        here = states[index] & ((2 << begin) - 1)
        if not here:
            # The longest reading of the step after reached back too far; these words tell enough.
            break
        place = here.bit_length() - 1
        lengths = [
            length for key in items[index].keys for length, places in reading.ends(key) if places >> place & 1
        ]
        begin = place - max(lengths, default=1)
    return " ".join(reading.words[max(begin, 0) : end])
