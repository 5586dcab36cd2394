"""What the model sees of a message: hashed n-grams of its words, of their characters and of their classes.

Each feature belongs to one word (the last of its n-gram), so that the score of any stretch of a message is
the difference of two running sums, and reading a message takes linear time.

| features | tell |
| --- | --- |
| words, alone, in pairs and in pairs one or two words apart | what is said |
| 3 to 5 characters of a word with its edges | the same, through slips and endings |
| groups of the lexicon a word is in | what it means |
| its class in runs of one to three, and in pairs a word apart | how it is said: whose body, a decision, a number |
| a word beside a class | "my" before a body part, "should" before a person |
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from chatbot.safety.lexicon import Lexicon, lexicon
from chatbot.safety.reading import mended

BITS = 17
SIZE = 1 << BITS
CHARACTERS = range(3, 6)
# Of a longer word the rest tells nothing that its beginning does not.
LONGEST_WORD = 24
# Sentences that one matter takes at most.
RUN = 5
# A word's class is the first of these groups that it belongs to.
CLASSES = (
    "self", "own", "his", "third", "es_own", "kin", "es_kin", "doctor", "people", "speaker", "male_female",
    "number", "year", "unit", "dosing", "timeunit", "weekday", "age_unit",
    "medicine", "es_medicine", "lab", "es_lab", "test", "treatment", "condition", "es_condition", "symptom",
    "es_symptom", "symptomverb", "body", "es_body", "toxin", "state",
    "may", "negation", "wh", "goodfor", "decide", "es_do", "judged", "die", "suicidal", "es_die", "wish",
    "es_wish", "now", "past", "have", "reading", "fiction", "order", "offtopic", "aux",
    "greeting", "thanks", "goodbye", "pleasantry", "identity", "capability", "itself",
)  # fmt: skip
# Words of grammar are a class each.
GRAMMAR = frozenset(
    """a an the this that these those there it its in on at of for to with without from by about into over after
    before since until while during if or and but so than as because you your yours we us our they them their
    be been being get got gets getting go going any some all most many much more less too very enough just only
    ever usually often normally typically generally general people person someone anyone somebody else one ones
    el la los las un una unos unas de del al en con sin por para que se me te le les lo nos mi mis su sus tu es
    son esta estan hay si no ya muy mas o y pero porque cuando como cual puede pueden""".split()
)

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Features:
    """The features of a message: `indices` of word n are entries `starts[n]` to `starts[n + 1]`."""

    indices: Indices
    starts: Indices


@dataclass(frozen=True)
class _Word:
    kind: str
    indices: tuple[int, ...]


def hashed(text: str) -> int:
    """Return the place of a feature in the table of weights."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) & (SIZE - 1)


def features(words: Sequence[str]) -> Features:
    """Return the features of a message's words, `.` standing between its sentences."""
    indices: list[int] = []
    starts = [0]
    before, two_before, three_before = "^", "^", "^"
    kind_before, kind_two_before = "^", "^"
    for word in words:
        seen = _word(word)
        kind = seen.kind
        indices.extend(seen.indices)
        indices.extend(_pairs(three_before, two_before, before, word))
        indices.extend(_shape(kind_two_before, kind_before, kind))
        indices.extend(_beside(before, kind_before, word, kind))
        starts.append(len(indices))
        if word == ".":
            before, two_before, three_before = "^", "^", "^"
            kind_before, kind_two_before = "^", "^"
        else:
            before, two_before, three_before = word, before, two_before
            kind_before, kind_two_before = kind, kind_before
    return Features(np.array(indices, dtype=np.int32), np.array(starts, dtype=np.int32))


@lru_cache(maxsize=16384)
def _word(word: str) -> _Word:
    if word == ".":
        return _Word(".", ())
    word = word[:LONGEST_WORD]
    right = mended(word)
    names = [f"w {word}"]
    if right is not None:
        names.append(f"w {right}")
    edged = f"<{word}>"
    for size in CHARACTERS:
        names.extend(f"c {edged[at : at + size]}" for at in range(len(edged) - size + 1))
    kind = class_of(right or word, lexicon())
    names.extend(f"g {name}" for name in lexicon().of(right or word))
    return _Word(kind, tuple(hashed(name) for name in names))


def class_of(word: str, words: Lexicon) -> str:
    """Return the class of a word: a group of the lexicon, a word of grammar itself, or `?`."""
    if word in GRAMMAR:
        return word
    groups = words.of(word)
    if groups:
        for name in CLASSES:
            if name in groups:
                return "@" + name
    return "?"


@lru_cache(maxsize=16384)
def _pairs(three_before: str, two_before: str, before: str, word: str) -> tuple[int, ...]:
    word = word[:LONGEST_WORD]
    names = [f"p {before[:LONGEST_WORD]} {word}"]
    if two_before != "^":
        names.append(f"q {two_before[:LONGEST_WORD]} {word}")
    if three_before != "^":
        names.append(f"r {three_before[:LONGEST_WORD]} {word}")
    return tuple(hashed(name) for name in names)


@lru_cache(maxsize=16384)
def _shape(two_before: str, before: str, kind: str) -> tuple[int, ...]:
    names = (f"s {kind}", f"s {before} {kind}", f"s {two_before} {before} {kind}", f"s {two_before} * {kind}")
    return tuple(hashed(name) for name in names)


@lru_cache(maxsize=16384)
def _beside(before: str, kind_before: str, word: str, kind: str) -> tuple[int, ...]:
    names = []
    if kind_before[0] == "@":
        names.append(f"k {kind_before} {word[:LONGEST_WORD]}")
    if kind[0] == "@":
        names.append(f"k {before[:LONGEST_WORD]} {kind}")
    return tuple(hashed(name) for name in names)


def stretches(words: Sequence[str], longest: int) -> list[tuple[int, int]]:
    """Return the parts of a message that may be the message proper, as `(start, end)`.

    Runs of up to `RUN` sentences of at most `longest` words in all, and overlapping pieces of a longer sentence.
    """
    found: list[tuple[int, int]] = []
    recent: list[int] = []
    begun = 0
    for end in [place + 1 for place, word in enumerate(words) if word == "."] + [len(words)]:
        if end == begun:
            continue
        recent = [*recent[1 - RUN :], begun]
        found.extend((start, end) for start in recent if end - start <= longest)
        if end - begun > longest:
            found.extend(
                (at, min(at + longest, end)) for at in range(begun, end - longest // 2, longest // 3)
            )
        begun = end
    return found
