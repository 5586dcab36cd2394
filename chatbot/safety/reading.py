"""A message read once: its words, and for each group of words the places where it stands.

Places are kept as the bits of an integer: bit 0 is the point before the first word, bit n the
n-th word. Looking for one group near another is then a shift and an `and` for the whole message
at once, so that no rule can take more than linear time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from chatbot.analysis import REMEMBERED
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
# So many words of a message at most are looked at for a slip.
LOOKED_AT = 60
# Between a small letter and one of these words with a capital, a full stop was most likely forgotten.
BEGINNINGS = frozenset(
    """the a an we my our your his her their it they there this that these those she he you somebody someone nobody
    everyone everybody yesterday today last next on in at after before when if so and but because since what why how is
    are do does can could should will would please hello hi thanks half snow had have has some one two
    el la los las un una unos mi mis tu su sus se nos en hace ayer hoy este esta estos estas eso no hay al por con
    cuando que como cual es son puede pero porque ella ellos nosotros todos todo ya ahora""".split()
)
# A tag of a web page, if it holds a "="; one pass, since it ends before the next "<".
TAG = re.compile(r"<[A-Za-z][A-Za-z0-9]*\s[^<>]*>")
CAPITAL = re.compile(r"(?<=[^\W\d_A-Z]) +(?=[A-ZÁÉÍÓÚÑ][^\W\d_A-Z]*\b)")
SPANISH_VERB = re.compile(r".{2,}(?:é|í|ó|amos|emos|imos|aron|ieron)")
# Shorter messages are no more than one sentence or two.
LONG_TEXT = 200


def folded(text: str) -> str:
    """Return the text in lower case, without accents and invisible characters, quotes straight."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.translate(QUOTES)).lower()
    return "".join(c for c in text if c.isascii() or unicodedata.category(c) not in ("Mn", "Cf"))


def words_of(text: str, contractions: dict[str, tuple[str, ...]]) -> tuple[list[str], int]:
    """Return the words of a message, contractions written out, `.` between its sentences, and where it has `?`.

    The latter as bits: bit n is set where a question mark ends the sentence of the n-th word.
    """
    words: list[str] = []
    questions = 0
    for found in TOKEN.findall(folded(text)):
        if found[0] in STOPS:
            if words and words[-1] != "." and not (found == "." and _abbreviates(words[-1])):
                if "?" in found:
                    questions |= 1 << len(words)
                words.append(".")
        elif found in contractions:
            words.extend(contractions[found])
        elif "'" in found:
            words.extend(_opened(found))
        else:
            words.append(found)
    return words, questions


def without_tags(text: str) -> str:
    """Return a text without the tags of web pages that have attributes: what they hold is no word of anybody's."""
    if "<" not in text:
        return text
    return TAG.sub(lambda tag: " " if "=" in tag[0] else tag[0], text)


def with_stops(text: str) -> str:
    """Return a long text with the full stops that were forgotten between its sentences."""
    pieces = CAPITAL.split(text)
    if len(text) < LONG_TEXT or len(pieces) == 1:
        return text
    found = pieces[:1]
    for piece in pieces[1:]:
        word = piece.split(" ", 1)[0].rstrip(".,!?;:").lower()
        begins = word in BEGINNINGS or SPANISH_VERB.fullmatch(word) is not None
        found.append((". " if begins else " ") + piece)
    return "".join(found)


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
        self._of(*words_of(with_stops(without_tags(text)), self.lexicon.contractions))

    def part(self, places: Sequence[int]) -> Reading:
        """Return the words at some places as a message of their own."""
        questions = sum(1 << at for at, place in enumerate(places) if self.questions >> place & 1)
        return self._new([self.words[place] for place in places], questions)

    def reworded(self, words: Sequence[str]) -> Reading:
        """Return the message with other words, one for each."""
        return self._new(list(words), self.questions)

    def _new(self, words: list[str], questions: int) -> Reading:
        found = Reading.__new__(Reading)
        found.lexicon = self.lexicon
        found._of(words, questions)
        return found

    def _of(self, words: list[str], questions: int) -> None:
        self.words = words
        self.questions = questions
        self.everywhere = (2 << len(self.words)) - 1
        # Patterns of the rulebook that may be met here, once `rulebook.index` has told them.
        self.candidates: set[str] | None = None
        self.singles: dict[str, int] = {}
        self._ends: dict[str, tuple[tuple[int, int], ...]] = {}
        self._read()
        # What may be found here at all: lets most patterns be passed over without a step.
        shown_by = self.lexicon.shown_by
        self.possible = {"_", *self.singles}
        self.possible.update(*(shown_by[key] for key in shown_by.keys() & self.possible))
        self.stops = self.singles.get(".", 0)
        self.starts = self.stops | 1
        self.finishes = (self.stops >> 1) | (1 << len(self.words))

    def _read(self) -> None:
        singles = self.singles
        bit = 1
        for word in self.words:
            bit <<= 1
            singles[word] = singles.get(word, 0) | bit
        looked_at = 0
        for word, places in list(singles.items()):
            groups = self.lexicon.of(word)
            if not groups and len(word) > 4 and looked_at < LOOKED_AT:
                looked_at += 1
                right = _mended(self.lexicon, word)
                if right is not None:
                    singles[right] = singles.get(right, 0) | places
                    groups = self.lexicon.of(right)
            for group in groups:
                name = "@" + group
                singles[name] = singles.get(name, 0) | places

    def ends(self, key: str) -> tuple[tuple[int, int], ...]:
        """Return `(length, places)` pairs: where `word` or `@group` ends, for each length in words."""
        found = self._ends.get(key)
        if found is None:
            if key not in self.possible and ("_" not in key or key[0] == "@") and key != "$":
                return ()
            found = self._ends[key] = self._found(key)
        return found

    def _found(self, key: str) -> tuple[tuple[int, int], ...]:
        if key == "_":
            return ((1, self.everywhere & ~1 & ~self.stops),)
        if key == "$":
            return ((0, self.finishes),)
        if "_" in key and key[0] != "@":
            return tuple(self._template(key.split("_")))
        by_length = {1: self.singles[key]} if key in self.singles else {}
        filed = self.lexicon.by_rarest.get(key[1:]) if key[0] == "@" else None
        if filed is not None:
            possible = self.possible
            for rarest in filed.keys() & possible:
                for template in filed[rarest]:
                    if possible.issuperset(template):
                        for length, places in self._template(template):
                            by_length[length] = by_length.get(length, 0) | places
        return tuple(by_length.items())

    def _template(self, template: Sequence[str]) -> Sequence[tuple[int, int]]:
        states: Sequence[tuple[int, int]] = self.ends(template[0])
        for key in template[1:]:
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


@lru_cache(maxsize=REMEMBERED)
def mended(word: str) -> str | None:
    """Return the word of the lexicon that an unknown longer word is a slip away from, or None."""
    if len(word) <= 4 or lexicon().of(word):
        return None
    return lexicon().mend(word)


def _mended(words: Lexicon, word: str) -> str | None:
    return mended(word) if words is lexicon() else words.mend(word)
