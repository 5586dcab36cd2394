"""A message read once: its words, and for each group of words the places where it stands.

Places are kept as the bits of an integer: bit 0 is the point before the first word, bit n the
n-th word. Looking for one group near another is then a shift and an `and` for the whole message
at once, so that no rule can take more than linear time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from chatbot.safety.lexicon import Lexicon, lexicon

# No alternative can match what another has begun, and none nests a repetition: one pass.
TOKEN = re.compile(r"\d+(?:[.,:]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?|[.!?:;\n…¿¡]+|'[^\W\d_]+")
STOPS = frozenset(".!?:;\n…¿¡")
QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "＇": "'"})
# What "'s" after these words means is "is"; after others it may be a possession.
IS_AFTER = frozenset(
    ("what", "who", "it", "he", "she", "that", "there", "how", "where", "when", "why", "here", "everything")
)
ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
MENDED_AT_MOST = 48


def folded(text: str) -> str:
    """Return the text in lower case, without accents and invisible characters, quotes straight."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.translate(QUOTES)).lower()
    return "".join(c for c in text if c.isascii() or unicodedata.category(c) not in ("Mn", "Cf"))


def words_of(text: str, contractions: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the words of a message, contractions written out, `.` between its sentences."""
    words: list[str] = []
    for found in TOKEN.findall(folded(text)):
        if found[0] in STOPS:
            if words and words[-1] != "." and not (found == "." and _abbreviates(words[-1])):
                words.append(".")
        elif found in contractions:
            words.extend(contractions[found])
        elif "'" in found:
            words.extend(_opened(found))
        else:
            words.append(found)
    return words


def _abbreviates(word: str) -> bool:
    """Say whether a full stop after this word ends an abbreviation ("p.m.") rather than a sentence."""
    return len(word) == 1 and word.isalpha() and word != "i"


def _opened(word: str) -> list[str]:
    head, _, tail = word.partition("'")
    if head.endswith("n") and tail == "t":
        return [word for word in (head[:-1], "not") if word]
    if tail == "s":
        return [head, "is" if head in IS_AFTER else "'s"] if head else ["'s"]
    ending = ENDINGS.get("'" + tail)
    return [word for word in (head, ending or tail) if word]


class Reading:
    """The words of a message and where each group of words ends, as bits by length."""

    def __init__(self, text: str, words: Lexicon | None = None) -> None:
        self.lexicon = words or lexicon()
        self.words = words_of(text, self.lexicon.contractions)
        self.everywhere = (2 << len(self.words)) - 1
        self._singles: dict[str, int] = {}
        self._ends: dict[str, tuple[tuple[int, int], ...]] = {}
        self._read()
        # What may be found here at all: lets most patterns be passed over without a step.
        self.possible = self.lexicon.within_reach(self._singles)
        self.stops = self._singles.get(".", 0)
        self.starts = self.stops | 1
        self.finishes = (self.stops >> 1) | (1 << len(self.words))

    def _read(self) -> None:
        singles = self._singles
        bit = 1
        for word in self.words:
            bit <<= 1
            singles[word] = singles.get(word, 0) | bit
        mended = 0
        for word, places in list(singles.items()):
            groups = self.lexicon.of(word)
            if not groups and mended < MENDED_AT_MOST:
                right = _mended(self.lexicon, word) if len(word) > 4 else None
                if right is not None:
                    mended += 1
                    singles[right] = singles.get(right, 0) | places
                    groups = self.lexicon.of(right)
            for group in groups:
                name = "@" + group
                singles[name] = singles.get(name, 0) | places

    def ends(self, key: str) -> tuple[tuple[int, int], ...]:
        """Return `(length, places)` pairs: where `word` or `@group` ends, for each length in words."""
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = self._found(key)
        return found

    def _found(self, key: str) -> tuple[tuple[int, int], ...]:
        if key == "_":
            return ((1, self.everywhere & ~1 & ~self.stops),)
        if key == "$":
            return ((0, self.finishes),)
        if "_" in key and key[0] != "@":
            return tuple(self._template(tuple(key.split("_"))))
        by_length: dict[int, int] = {}
        single = self._singles.get(key, 0)
        if single:
            by_length[1] = single
        if key[0] == "@":
            possible = self.possible
            for template in self.lexicon.templates.get(key[1:], ()):
                if template[0] not in possible or template[-1] not in possible:
                    continue
                for length, places in self._template(template):
                    by_length[length] = by_length.get(length, 0) | places
        return tuple(by_length.items())

    def _template(self, template: tuple[str, ...]) -> list[tuple[int, int]]:
        states = [(0, self.everywhere)]
        for key in template:
            ends = self.ends(key)
            states = [
                (length + more, moved)
                for length, state in states
                for more, places in ends
                if (moved := (state << more) & places)
            ]
            if not states:
                break
        return states


@lru_cache(maxsize=16384)
def mended(word: str) -> str | None:
    """Return the word of the lexicon that an unknown longer word is a slip away from, or None."""
    if len(word) <= 4 or lexicon().of(word):
        return None
    return lexicon().mend(word)


def _mended(words: Lexicon, word: str) -> str | None:
    return mended(word) if words is lexicon() else words.mend(word)
