"""The word groups of the safety triage, read from `words/*.toml` once, at first use."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot.analysis import REMEMBERED

WORDS = Path(__file__).parent / "words"
RULES = Path(__file__).parent / "rules"

# A slip in a short word makes another word ("pills", "bills"), so only longer ones are mended.
SHORTEST_MENDED = 5
LONG_ENOUGH_FOR_TWO_SLIPS = 9
SHORTEST_WITH_SUFFIX = 7
SUFFIX_LENGTHS = range(3, 8)
# A word of a pattern, but no name of a group.
LITERAL = re.compile(r"(?<![@a-z])[a-z]{6,}")


@dataclass(frozen=True)
class Lexicon:
    """Say which groups a word belongs to.

    `templates` holds what is longer than one word: for each group, sequences of words and of
    other groups (`("@own", "@kin")`), all of a fixed length; `_` stands for any word. `by_rarest` holds the same by
    the word or group in each that the fewest hold; `shown_by` names the groups (as `@group`) that may stand where
    that word or group does. No slip is read as one of `unmended`; the model is told of
    no group of `untold`.
    """

    groups: dict[str, tuple[str, ...]]
    templates: dict[str, tuple[tuple[str, ...], ...]]
    suffixes: dict[str, tuple[str, ...]]
    contractions: dict[str, tuple[str, ...]]
    ordinary: frozenset[str]
    template_keys: frozenset[str]
    literals: frozenset[str]
    unmended: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    by_rarest: dict[str, dict[str, list[tuple[str, ...]]]] = field(default_factory=dict)
    shown_by: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _by_form: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _by_edge: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        held = Counter(key for rows in self.templates.values() for row in rows for key in row)
        held["_"] = held.total()
        for name, rows in self.templates.items():
            filed = self.by_rarest.setdefault(name, {})
            for row in rows:
                filed.setdefault(min(reversed(row), key=held.__getitem__), []).append(row)
        shown_by: dict[str, list[str]] = {}
        for name in self.templates:
            for key in self.signs(["@" + name]):
                shown_by.setdefault(key, []).append("@" + name)
        self.shown_by.update((key, tuple(names)) for key, names in shown_by.items())
        for word in (self.groups.keys() - self.unmended) | self.literals:
            if len(word) >= SHORTEST_MENDED:
                for edge in (word[0], *_edges(word)):
                    self._by_edge.setdefault((edge, len(word)), []).append(word)

    def signs(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the words and groups of which one stands wherever any of these words and groups does."""
        found: set[str] = set()
        open_keys = list(keys)
        while open_keys:
            key = open_keys.pop()
            if key not in found:
                found.add(key)
                open_keys.extend(self.by_rarest.get(key[1:], ()) if key[0] == "@" else ())
        return frozenset(found)

    def of(self, word: str) -> tuple[str, ...]:
        """Return the groups of a word, with those its ending shows (`-pril` is a medicine)."""
        found = self.groups.get(word)
        if found is not None:
            return found
        found = self._by_form.get(word)
        if found is None:
            if len(self._by_form) >= REMEMBERED:
                self._by_form.clear()
            found = self._by_form[word] = self._shown(word)
        return found

    def _shown(self, word: str) -> tuple[str, ...]:
        if word[0].isdigit():
            return ("number", "year") if len(word) == 4 and word[:2] in ("19", "20") else ("number",)
        if len(word) >= SHORTEST_WITH_SUFFIX and word not in self.ordinary:
            for length in SUFFIX_LENGTHS:
                by_suffix = self.suffixes.get(word[-length:])
                if by_suffix is not None:
                    return by_suffix
        return ()

    def mend(self, word: str) -> str | None:
        """Return the group word this one is a slip of the finger away from, or None.

        One edit or swap of neighbours (two in words of nine letters or more), the first letter
        right. Words that stand in the lexicon, known ordinary words and short ones stay as they are.
        """
        size = len(word)
        if size < SHORTEST_MENDED or self._stands(word):
            return None
        slips, edges = (2, word[:1]) if size >= LONG_ENOUGH_FOR_TWO_SLIPS else (1, _edges(word))
        lengths = range(size - slips, size + slips + 1)
        near = [other for n in lengths for edge in edges for other in self._by_edge.get((edge, n), ())]
        found = process.extract(
            word, near, scorer=OSA.distance, processor=None, score_cutoff=slips, limit=None
        )
        # A plural is no slip: "toddlers" are people in general, a "toddler" may be in danger.
        right = [(distance, len(other), other) for other, distance, _ in found if other + "s" != word]
        return min(right)[-1] if right else None

    def _stands(self, word: str) -> bool:
        return word in self.groups or word in self.literals or word in self.ordinary or not word.isascii()


def _edges(word: str) -> tuple[str, str]:
    """Return two keys, one of which a word shares with any that one slip after the first letter makes of it."""
    return word[:2], word[0] + word[-2:]


def inflected(word: str) -> tuple[str, ...]:
    """Return the forms of an English verb or noun written with a star in the data (`jerk*`)."""
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        stem = word[:-1]
        return (word, stem + "ies", stem + "ied", word + "ing")
    if word.endswith("e"):
        return (word, word + "s", word + "d", word[:-1] + "ing")
    plural = word + "es" if word.endswith(("s", "x", "ch", "sh")) else word + "s"
    return (word, plural, word + "ed", word + "ing")


def entries(text: str) -> list[str]:
    """Return the entries of a group: separated by commas or line ends, `#` lines left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in (part.strip() for part in ",".join(lines).split(",")) if entry]


def literals(paths: list[Path]) -> frozenset[str]:
    """Return the longer words that stand in the patterns of rule files by themselves."""
    return frozenset(
        word
        for path in paths
        for patterns in path.read_text(encoding="utf-8").split("'''")[1::2]
        for word in LITERAL.findall(patterns)
    )


def read(paths: list[Path], rule_paths: list[Path]) -> Lexicon:
    """Read word files into one lexicon; a group named in several files is joined.

    Words that stand in the rules themselves (`rule_paths`) are mended too.
    """
    groups: dict[str, list[str]] = {}
    templates: dict[str, list[tuple[str, ...]]] = {}
    suffixes: dict[str, list[str]] = {}
    contractions: dict[str, tuple[str, ...]] = {}
    ordinary: set[str] = set()
    mended: set[str] = set()
    untold: set[str] = set()
    for path in paths:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for short, full in data.get("contractions", {}).items():
            contractions[short] = tuple(full.split())
        ordinary.update(entries(data.get("ordinary", "")))
        if not data.get("told", True):
            untold.update(data["groups"])
        for name, text in data["groups"].items():
            for entry in entries(text):
                if entry.startswith("-"):
                    suffixes.setdefault(entry[1:], []).append(name)
                elif " " in entry or entry.startswith("@"):
                    templates.setdefault(name, []).append(tuple(entry.split()))
                else:
                    for form in inflected(entry[:-1]) if entry.endswith("*") else (entry,):
                        groups.setdefault(form, []).append(name)
                        if data.get("mended", True):
                            mended.add(form)
    return Lexicon(
        groups={word: tuple(dict.fromkeys(names)) for word, names in groups.items()},
        templates={name: tuple(rows) for name, rows in templates.items()},
        suffixes={ending: tuple(names) for ending, names in suffixes.items()},
        contractions=contractions,
        ordinary=frozenset(ordinary),
        literals=literals(rule_paths),
        unmended=frozenset(groups.keys() - mended),
        template_keys=frozenset("@" + name for name in templates),
        untold=frozenset(untold),
    )


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of every word file, read at the first call."""
    return read(sorted(WORDS.glob("*.toml")), sorted(RULES.glob("*.toml")))
