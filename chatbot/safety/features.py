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
| its clusters of words near in meaning, alone and after a word, a cluster or one before that | words no example has |
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from chatbot.analysis import REMEMBERED
from chatbot.safety.clusters import clusters_of
from chatbot.safety.lexicon import Lexicon, lexicon
from chatbot.safety.reading import mended

BITS = 17
SIZE = 1 << BITS
CHARACTERS = range(3, 6)
# Of a longer word the rest tells nothing that its beginning does not.
LONGEST_WORD = 24
# Of so many different words that the lexicon lacks, those that come later are read as words alone: no message of
# ordinary words has as many.
MOST_READ = 100
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


class _Word:
    """What a word is by itself, and the hashes that its pairs with a later word begin with.

    `kind` is its class and `meant` the name of its coarse cluster, or None.
    """

    __slots__ = ("indices", "kind", "kind_raw", "meant", "raw", "starts")

    def __init__(self, word: str) -> None:
        ends = word == "."
        word = word[:LONGEST_WORD]
        right = None if ends else mended(word)
        clusters = None if ends or word[0].isdigit() else clusters_of(right or word)
        self.kind = "." if ends else class_of(right or word, lexicon())
        self.meant = None if clusters is None else str(clusters[0]).encode()
        self.raw = word.encode("utf-8", "surrogatepass")
        self.kind_raw = self.kind.encode()
        crc = zlib.crc32
        self.indices = array("I", [crc(self.kind_raw, S)])
        if not ends:
            self.indices.extend(_of_word(word, right, clusters))
        # In the order in which they are used below.
        after = self.raw + b" "
        kind_after = self.kind_raw + b" "
        self.starts = (
            crc(after, P), crc(after, Q), crc(after, R), crc(after, VW), crc(after, VX), crc(after, K),
            crc(kind_after, K), crc((self.meant or self.kind_raw) + b" ", VV), crc(kind_after, S),
            crc(kind_after + b"* ", S),
        )  # fmt: skip


def _begun(text: str) -> int:
    return zlib.crc32(text.encode())


# The hash of a text goes on from that of its beginning.
P, Q, R, K, S, VW, VX, VV = (_begun(f"{name} ") for name in ("p", "q", "r", "k", "s", "vw", "vx", "vv"))
W, G, V, U, C = (_begun(f"{name} ") for name in ("w", "g", "v", "u", "c"))


def hashed(text: str) -> int:
    """Return the hash of a feature; its last `BITS` bits are its place in the table of weights."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def features(words: Sequence[str]) -> Features:
    """Return the features of a message's words, `.` standing between its sentences."""
    indices = array("I")
    starts = array("i", [0])
    add = indices.append
    crc = zlib.crc32
    before = two_before = three_before = None
    run, run_of_two, run_apart = START_S
    alone = read_alone(words) if len(words) > MOST_READ else frozenset()
    for word in words:
        if word in alone:  # beside what all such words have in common, the word itself
            seen = _word("?")
            add(crc(word[:LONGEST_WORD].encode("utf-8", "surrogatepass"), W))
        else:
            seen = _word(word)
        raw, kind_raw, meant = seen.raw, seen.kind_raw, seen.meant
        of_group = seen.kind[0] == "@"
        indices += seen.indices
        add(crc(kind_raw, run))
        add(crc(kind_raw, run_of_two))
        add(crc(kind_raw, run_apart))
        if before is None:
            add(crc(raw, START_P))
            if of_group:
                add(crc(kind_raw, START_K))
            if meant is not None:
                add(crc(meant, START_VW))
        else:
            begun = before.starts
            add(crc(raw, begun[0]))
            if before.kind[0] == "@":
                add(crc(raw, begun[6]))
            if of_group:
                add(crc(kind_raw, begun[5]))
            if meant is not None:
                add(crc(meant, begun[3]))
                add(crc(meant, begun[7]))
        if two_before is not None:
            add(crc(raw, two_before.starts[1]))
            if meant is not None:
                add(crc(meant, two_before.starts[4]))
        if three_before is not None:
            add(crc(raw, three_before.starts[2]))
        starts.append(len(indices))
        if word == ".":
            before = two_before = three_before = None
            run, run_of_two, run_apart = START_S
        else:
            run_apart = START_S[2] if before is None else before.starts[9]
            run, run_of_two = seen.starts[8], crc(kind_raw + b" ", run)
            before, two_before, three_before = seen, before, two_before
    places = np.frombuffer(indices, dtype=np.int32) & np.int32(SIZE - 1)
    return Features(places, np.frombuffer(starts, dtype=np.int32))


def read_alone(words: Sequence[str], most: int = MOST_READ) -> frozenset[str]:
    """Return the words that come after the first so many of those that the lexicon lacks."""
    known = lexicon().groups
    new = [word for word in dict.fromkeys(words) if word not in known]
    return frozenset(new[most:])


START_P, START_K, START_VW = (_begun(f"{name} ^ ") for name in ("p", "k", "vw"))
# Of runs of two classes, of three, and of a pair with one between.
START_S = (_begun("s ^ "), _begun("s ^ ^ "), _begun("s ^ * "))


@lru_cache(maxsize=REMEMBERED)
def _word(word: str) -> _Word:
    return _Word(word)


def _of_word(word: str, right: str | None, clusters: tuple[int, int] | None) -> list[int]:
    crc = zlib.crc32
    found = [crc(word.encode("utf-8", "surrogatepass"), W)]
    if right is not None:
        found.append(crc(right.encode(), W))
    found += [crc(name.encode(), G) for name in lexicon().of(right or word)]
    if clusters is not None:
        found += [crc(b"%d" % clusters[0], V), crc(b"%d" % clusters[1], U)]
    edged = f"<{word}>"
    size = len(edged)
    # Words of other scripts no example has.
    if word.isascii():
        raw = edged.encode()
        found += [crc(raw[at : at + n], C) for n in CHARACTERS for at in range(size - n + 1)]
    return found


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
        found.extend([(start, end) for start in recent if end - start <= longest])
        if end - begun > longest:
            found.extend(
                (at, min(at + longest, end)) for at in range(begun, end - longest // 2, longest // 3)
            )
        begun = end
    return found
