"""Text becomes terms: case, accents and inflections are folded, words that say nothing are left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

SETTINGS = {"tokens": "words, numbers and hyphenated compounds", "stems": "snowball english", "version": 1}
"""What an index must have been made with to be searched by this code."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’ʼ`][^\W_]+)*(?:[-‐‑][^\W_]+(?:['’ʼ`][^\W_]+)*)*")
_WORD = re.compile(r"[^\W_]+")  # folding can turn one character into several words
_HYPHEN = re.compile("[-‐‑]")
_APOSTROPHE = re.compile("['’ʼ`]")
_ASCII = re.compile(r"[\x00-\x7f]*\Z")
_LONGEST = 64

STOP_WORDS = frozenset(
    """a about above after again against all am an and any anyway anyways anyone anything anywhere are arent
    aren't as at be because been before being below between both but by can cannot cant can't could couldnt
    couldn't did didnt didn't do does doesnt doesn't doing dont don't down during each either else ever every
    few for from further get gets getting give given go goes going got had hadnt hadn't has hasnt hasn't have
    havent haven't having he hed he'd her here heres here's hers herself hes he's hi him himself his how hows
    how's however i id i'd if ill i'll im i'm in into is isnt isn't it itd it'd its it's itself ive i've just
    let lets let's like made make many may me might mine more most much must mustnt mustn't my myself neither
    no nor not now of off often on once one ones only or other others ought our ours ourselves out over own
    per please put quite rather really said same several say says shall shant she shed she'd shes she's
    should shouldnt shouldn't so some somebody someone something somewhere such tell than that thats that's
    the their theirs them themselves then there theres there's these they theyd they'd theyll they'll theyre
    they're theyve they've thing things this those though through thus to too under until up upon us very was
    wasnt wasn't we wed we'd well were we're werent weren't weve we've what whatever whats what's when
    whenever whens when's where wheres where's whether which while who whoever whom whos who's whose why whys
    why's will with within without wont won't would wouldnt wouldn't yes yet you youd you'd youll you'll your
    youre you're yours yourself yourselves youve you've""".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written: `start` and `end` are code points into its text, `word` is folded."""

    start: int
    end: int
    word: str


def fold(text: str) -> str:
    """Fold case, width and accents, as words are compared."""
    if _ASCII.match(text):
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def tokens(text: str) -> Iterator[Token]:
    """Yield the words, numbers and hyphenated compounds of a text."""
    for match in _TOKEN.finditer(text):
        word = fold(match[0])
        if word:
            yield Token(match.start(), match.end(), word)


def parts(word: str) -> tuple[str, ...]:
    """Return what a folded token is made of: a compound is its parts and then the parts joined."""
    if word.isascii() and word.isalnum():
        return (word[:_LONGEST],)
    if word[:1].isdigit() and "," in word and not _HYPHEN.search(word):
        return (word.replace(",", "")[:_LONGEST],)
    pieces = [piece[:_LONGEST] for written in _HYPHEN.split(word) for piece in _WORD.findall(_bare(written))]
    if len(pieces) > 1:
        return (*pieces, "".join(pieces)[:_LONGEST])
    return tuple(pieces)


def _bare(word: str) -> str:
    """Drop a possessive ending and the apostrophes."""
    pieces = _APOSTROPHE.split(word)
    if len(pieces) > 1 and pieces[-1] == "s":
        pieces.pop()
    return "".join(pieces)


STEMS = {
    "medication": "medication",
    "medications": "medication",
    "medicated": "medication",
    "medical": "medical",
    "medically": "medical",
    "medicine": "medicine",
    "medicines": "medicine",
    "several": "several",
    "importance": "important",
    "important": "important",
    "importantly": "important",
    "generic": "generic",
    "organic": "organic",
    "organization": "organization",
    "organizations": "organization",
    "testes": "testes",
    "hardly": "hardly",
    "lately": "lately",
    "nearly": "nearly",
    "patience": "patience",
    "training": "training",
}
"""Words that the Snowball algorithm would join with others of another meaning."""


REMEMBERED = 8_192
"""Words of which a process remembers what it found: enough for what visitors write, and few for gibberish."""


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """Return the stem of a folded word (the Snowball algorithm for English, less some of its joins)."""
    if not word.isalpha() or len(word) < 3:
        return word
    return STEMS.get(word) or str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=REMEMBERED)
def terms_of(word: str) -> tuple[str, ...]:
    """Return the terms of one folded token: none for a word that says nothing."""
    if word in STOP_WORDS:
        return ()
    return tuple(stem(part) for part in parts(word) if part not in STOP_WORDS)


def terms(text: str) -> list[str]:
    """Return the terms of a text in order."""
    return [term for token in tokens(text) for term in terms_of(token.word)]
