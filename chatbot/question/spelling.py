"""Misspelt words are read as the nearest word of the documents; a known word is never touched."""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot import analysis
from chatbot.index.reader import Index
from chatbot.question.vectors import word_vectors

SHORTEST = 4
"""Letters; a shorter word is left as it is."""
MOST_WORDS = 12
"""How many unknown words of one message are looked up: the work of a message is bounded."""
_LONGEST = 30


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Return English words and names, so that a right word which the documents lack is left alone."""
    return _word_list("known-words.txt.gz")


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the commonest English words: one that the documents lack may only be another way to say it."""
    return _word_list("common-words.txt.gz")


def _word_list(name: str) -> frozenset[str]:
    data = resources.files("chatbot.question").joinpath(f"data/{name}").read_bytes()
    return frozenset(gzip.decompress(data).decode("ascii").split())


@lru_cache(maxsize=1)
def short_forms() -> dict[str, str]:
    """Return the short forms of chats and text messages, and what each stands for."""
    text = resources.files("chatbot.question").joinpath("data/short-forms.txt").read_text("utf-8")
    lines = (line.split("=") for line in text.splitlines() if line and not line.startswith("#"))
    return {
        short: full.strip()
        for shorts, full in ((one.split(), other) for one, other in lines)
        for short in shorts
    }


@dataclass(frozen=True, slots=True)
class Shelf:
    """The words of one length, sorted, and which letters each has, as bits."""

    words: npt.NDArray[np.object_]
    letters: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by length: `counts` says how often the documents have a word (0: only the word lists do)."""

    counts: dict[str, int]
    indexed: dict[int, Shelf]  # the index's own words, and those that may stand for them
    others: dict[int, Shelf]

    @classmethod
    def of(cls, index: Index) -> Vocabulary:
        """Gather the words of an index and the known words."""
        own = dict(zip(index.words[:], index.word_counts.tolist(), strict=True))
        others = known_words() - own.keys()
        return cls(dict.fromkeys(others, 0) | own, _shelves(own), _shelves(others))

    def knows(self, word: str) -> bool:
        """Say whether a folded word is spelt right, as far as the lists go."""
        return word in self.counts

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """Return the words at most so many letters away, each with its distance; the index's own one more."""
        return [*_near(word, self.indexed, most + 1), *_near(word, self.others, most)]


def _shelves(words: Iterable[str]) -> dict[int, Shelf]:
    by_length: dict[int, list[str]] = {}
    for word in sorted(words):
        by_length.setdefault(len(word), []).append(word)
    return {
        length: Shelf(np.asarray(listed, object), _letters(listed)) for length, listed in by_length.items()
    }


def _near(word: str, shelves: dict[int, Shelf], most: int) -> Iterator[tuple[str, int]]:
    """Yield the words at most so many letters away, each with its distance.

    One edit changes at most two of the letters that a word has, and a letter more or less changes one: words
    with too many other letters are passed over before any distance is computed.
    """
    own = _letters([word])[0]
    for length in range(max(2, len(word) - most), len(word) + most + 1):
        shelf = shelves.get(length)
        if shelf is None:
            continue
        longer = abs(length - len(word))
        differing = np.bitwise_count(shelf.letters ^ own)
        places = np.flatnonzero(differing <= longer + 2 * (most - longer))
        matches = process.extract(
            word,
            shelf.words[places].tolist(),
            scorer=OSA.distance,
            processor=None,
            score_cutoff=most,
            limit=None,
        )
        yield from ((match, int(distance)) for match, distance, _ in matches)


def _letters(words: list[str]) -> npt.NDArray[np.uint32]:
    """Return which letters each word has, as bits; letters beyond a to z share the last six bits."""
    bits = np.zeros(len(words), np.uint32)
    if not words:
        return bits
    size = max(len(word) for word in words)
    points = np.array(words, dtype=f"<U{size}").view(np.uint32).reshape(len(words), size)
    for column in points.T:
        place = np.where((column >= 97) & (column <= 122), column - 97, 26 + column % 6)
        bits |= np.where(column > 0, np.uint32(1) << place.astype(np.uint32), 0).astype(np.uint32)
    return bits


class Speller:
    """Corrects the words of messages against one index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._vocabulary: Vocabulary | None = None
        self._seen: dict[str, str | None] = {}

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that a message is read with, gathered when first needed."""
        if self._vocabulary is None:
            self._vocabulary = Vocabulary.of(self._index)
        return self._vocabulary

    def spelt_out(self, word: str) -> str | None:
        """Return what a short form of chats and text messages stands for, or None."""
        return short_forms().get(word)

    def known(self, word: str) -> bool:
        """Say whether a folded word needs no correction."""
        return (
            len(word) < SHORTEST
            or not word.isalpha()
            or word in analysis.STOP_WORDS
            or (self._vocabulary is None and self._index.words.find(word) is not None)
            or self._index.term(analysis.stem(word)) is not None
            or self.vocabulary.knows(word)
            or _real(word)
        )

    def correct(self, word: str) -> str | None:
        """Return what an unknown folded word is read as, two words where a blank is missing, or None."""
        if word not in self._seen:
            if len(self._seen) > 10_000:
                self._seen.clear()
            self._seen[word] = self._nearest(word) if len(word) <= _LONGEST else None
        return self._seen[word]

    def may_be_titled(self, word: str) -> bool:
        """Say whether a folded word is one that the documents lack, and so may be a slip of a title's word."""
        if len(word) < SHORTEST or not word.isalpha() or word in analysis.STOP_WORDS:
            return False
        term = self._index.term(analysis.stem(word))
        return term is None or not len(self._index.postings(term)[0])

    def in_title(self, word: str, beside: str) -> str | None:
        """Return what a known word that the documents lack is read as beside a word of a title, or None.

        "Lime disease" is a slip where a title says "Lyme disease"; a common word is one only where it sounds the same.
        """
        neighbours = self._title_neighbours(beside)
        if not neighbours:
            return None
        common = word in common_words()
        near = [
            (distance, -self.vocabulary.counts[candidate], candidate)
            for candidate, distance in self.vocabulary.near(word, 1)
            if self._index.term(analysis.stem(candidate)) in neighbours
            and (_same_sound(candidate, word) or (distance == 1 and not common))
        ]
        return min(near)[2] if near else None

    def _title_neighbours(self, word: str) -> set[int]:
        """Return the numbers of the terms that stand beside a word in titles."""
        index = self._index
        term = index.term(analysis.stem(word))
        if term is None or not index.titled(term):
            return set()
        places = np.flatnonzero(index.title_terms == term)
        left, right = places - 1, places + 1
        left = left[~np.isin(places, index.title_terms_at)]
        right = right[~np.isin(right, index.title_terms_at)]
        return set(index.title_terms[np.concatenate([left, right])].tolist())

    def _nearest(self, word: str) -> str | None:
        most = allowed(len(word))
        sound = sounds(word)
        best: tuple[float, str] | None = None
        for candidate, distance in self.vocabulary.near(word, most):
            same_sound = sounds(candidate) == sound
            if distance > most and not (same_sound and len(word) > 4):
                continue
            cost = self._cost(word, candidate, distance, same_sound)
            if best is None or (cost, candidate) < best:
                best = cost, candidate
        split = self._split(word)
        if split and (best is None or best[0] > 0.7):
            return split
        return best[1] if best else split

    def _cost(self, word: str, candidate: str, distance: int, same_sound: bool) -> float:
        count = self.vocabulary.counts[candidate]
        term = self._index.term(analysis.stem(candidate))
        indexed = candidate in analysis.STOP_WORDS or term is not None
        cost = float(distance)
        cost -= 0.4 if term is not None and self._index.titled(term) else 0.0
        cost -= 0.6 if same_sound else 0.0
        cost -= (1.0 if indexed else 0.0) + 0.05 * math.log1p(count)
        cost -= 0.3 if sorted(candidate) == sorted(word) else 0.0
        cost += 0.5 if candidate[0] != word[0] else 0.0
        cost += 0.2 if sorted(set(candidate)) != sorted(set(word)) else 0.0
        return cost

    def _split(self, word: str) -> str | None:
        """Return two words that were written as one, both of which the documents have."""
        for place in range(3, len(word) - 2):
            left, right = word[:place], word[place:]
            if all(self._index.words.find(half) is not None for half in (left, right)):
                return f"{left} {right}"
        return None


def _real(word: str) -> bool:
    """Say whether the word vectors have a word. Its stem may leave out one letter; a longer ending may be a slip."""
    stem = analysis.stem(word)
    return len(word) - len(stem) <= 1 and word_vectors().find(stem) is not None


def _same_sound(word: str, other: str) -> bool:
    """Say whether two words sound the same, y as i."""
    return sounds(word.replace("y", "i")) == sounds(other.replace("y", "i"))


def allowed(length: int) -> int:
    """Return how many letters of a word may be wrong, by its length."""
    return 1 if length < 6 else 2 if length < 10 else 3


_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^[pkgwm](?=[ns])|^w(?=r)|(?<=^r)h", ""),
        (r"ph", "f"),
        (r"gh(?=t|$)", ""),
        (r"[sc]?ch(?=[^aeiouy]|$)|ck|q", "k"),
        (r"x", "ks"),
        (r"sc(?=[eiy])|c(?=[eiy])|z|[ts]i(?=[oa])", "s"),
        (r"c", "k"),
        (r"dg(?=e)|g(?=[eiy])", "j"),
        (r"[^a-z]", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=analysis.REMEMBERED)
def sounds(word: str) -> str:
    """Return a word's consonants as they sound; its vowels count only at the beginning."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    if not word:
        return ""
    return word[0] + re.sub(r"[aeiouyhw]", "", word[1:])
