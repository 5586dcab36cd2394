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
from itertools import chain

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
Numbers = npt.NDArray[np.uint32]
PLACE = np.uint32(SIZE - 1)
# Where a word has no feature of a kind.
NONE = SIZE
FIRST, SECOND, THIRD = np.uint32(0xCC9E2D51), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
HALF, SHIFT = np.uint32(16), np.uint32(13)


@dataclass(frozen=True)
class Features:
    """The features of a message's words, each a place in a table of `SIZE` weights.

    Those of word n by itself are entries `starts[n]` to `starts[n + 1]` of `alone`. Column n of `beside` has those of
    the word beside what stands before it, `NONE` for one that it has not.
    """

    alone: Indices
    starts: Indices
    beside: Indices

    def all(self) -> Indices:
        """Return every feature of the message."""
        return np.concatenate((self.alone, self.beside[self.beside != NONE]))


class _Word:
    """A word by itself: the places of its features, and the numbers that its pairs are hashed of.

    The numbers are those of the word, its class, the same where the class is a group, its coarse cluster, and its
    cluster or else its class; 0 is none.
    """

    __slots__ = ("numbers", "places")

    def __init__(self, word: str) -> None:
        ends = word == "."
        word = word[:LONGEST_WORD]
        right = None if ends else mended(word)
        clusters = None if ends or word[0].isdigit() else clusters_of(right or word)
        kind = "." if ends else class_of(right or word, lexicon())
        own = hashed(f"s {kind}")
        meant = 0 if clusters is None else hashed(f"v {clusters[0]}")
        self.places = array("I", [own])
        if not ends:
            self.places.extend(_of_word(word, right, clusters))
        self.numbers = (hashed(word), own, own if kind[0] == "@" else 0, meant, meant or own)


def hashed(text: str) -> int:
    """Return the hash of a text: of 32 bits, of which the last `BITS` are the place of a feature."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _begun(text: str) -> int:
    return zlib.crc32(text.encode())


# The hash of a text goes on from that of its beginning.
W, G, V, U, C = (_begun(f"{name} ") for name in ("w", "g", "v", "u", "c"))

WORD, KIND, GROUP, MEANT, MEANT_OR_KIND = range(5)
# Of a word and one before it: which number of the earlier is beside which of the later, how far apart, and whether the
# beginning of a sentence stands in place of an earlier word.
PAIRS = (
    (WORD, WORD, 1, True),
    (WORD, WORD, 2, False),
    (WORD, WORD, 3, False),
    (WORD, GROUP, 1, True),
    (GROUP, WORD, 1, False),
    (WORD, MEANT, 1, True),
    (WORD, MEANT, 2, False),
    (MEANT_OR_KIND, MEANT, 1, False),
    (KIND, KIND, 2, True),
    (KIND, KIND, 1, True),
)
LATER = [after for _, after, _, _ in PAIRS]
FARTHEST = max(apart for _, _, apart, _ in PAIRS)
BEGINNING = hashed("^")
# Each kind of pair is hashed in a way of its own; the last are classes in runs of three.
SALTS = np.array([[hashed(f"pair {number}")] for number in range(len(PAIRS) + 1)], np.uint32)


def features(words: Sequence[str]) -> Features:
    """Return the features of a message's words, `.` standing between its sentences."""
    new = read_alone(words) if len(words) > MOST_READ else frozenset()
    read = [_word("?" if word in new else word) for word in words]
    places = array("I")
    starts = [0]
    for word, seen in zip(words, read, strict=True):
        places.extend(seen.places)
        if word in new:  # beside what all such words have in common, the word itself
            places.append(zlib.crc32(word[:LONGEST_WORD].encode("utf-8", "surrogatepass"), W))
        starts.append(len(places))
    numbers = np.fromiter(chain.from_iterable(seen.numbers for seen in read), np.uint32, 5 * len(read))
    return Features(
        (np.frombuffer(places, np.uint32) & PLACE).astype(np.int32),
        np.array(starts, np.int32),
        _beside(numbers.reshape(-1, 5).T, _since([word == "." for word in words])),
    )


def _since(ends: Sequence[bool]) -> Indices:
    """Return how many words stand between each and the beginning of its sentence."""
    found = np.arange(len(ends), dtype=np.int32)
    begins = found * np.array([True, *ends][:-1], bool)
    return found - np.maximum.accumulate(begins)


def _beside(numbers: Numbers, since: Indices) -> Indices:
    """Return the features of each word beside those before it, of shape (pairs + 1, words)."""
    count = len(since)
    shifted = np.zeros((len(numbers), FARTHEST + count), np.uint32)
    shifted[:, FARTHEST:] = numbers
    first = [since < apart for apart in range(FARTHEST + 1)]
    earlier = np.empty((len(PAIRS), count), np.uint32)
    for row, (before, _, apart, begins) in zip(earlier, PAIRS, strict=True):
        row[:] = shifted[before, FARTHEST - apart : FARTHEST - apart + count]
        row[first[apart]] = BEGINNING if begins else 0
    later = numbers[LATER]
    found = np.empty((len(PAIRS) + 1, count), np.uint32)
    found[:-1] = _mixed(earlier, later, SALTS[:-1])
    run = np.zeros(count, np.uint32)
    run[1:] = found[-2, :-1]
    run[first[1]] = BEGINNING
    found[-1] = _mixed(run, numbers[KIND], SALTS[-1])
    places = (found & PLACE).astype(np.int32)
    places[:-1][(earlier == 0) | (later == 0)] = NONE
    return places


def _mixed(one: Numbers, other: Numbers, salt: Numbers) -> Numbers:
    """Return a hash of pairs of hashes; the multipliers and shifts are those of MurmurHash3 (Appleby, 2011)."""
    found = one * FIRST + other
    found ^= found >> HALF
    found *= SECOND
    found ^= salt
    found ^= found >> SHIFT
    found *= THIRD
    found ^= found >> HALF
    return found


def read_alone(words: Sequence[str], most: int = MOST_READ) -> frozenset[str]:
    """Return the words that come after the first so many of those that the lexicon lacks."""
    known = lexicon().groups
    new = [word for word in dict.fromkeys(words) if word not in known]
    return frozenset(new[most:])


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
