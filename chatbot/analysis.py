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
    """a about above after again against ah all am an and any anyone anything anyway anyways anywhere are
    aren't arent as asap at aww be because been before being below between both bro bruh btw but by can
    cannot can't cant could couldn't couldnt dammit damn darn did didn't didnt do does doesn't doesnt doing
    don't dont down dude during each either else ever every few ffs for from further fyi get gets getting
    give given go goes going gosh got had hadn't hadnt haha hahaha has hasn't hasnt have haven't havent
    having he heck he'd hed hehe hell her here here's heres hers herself he's hes hey hi him himself his
    hiya hm hmm how however how's hows huh i i'd id idc idk if i'll ill i'm im imho imo in into is isn't
    isnt it it'd itd it's its itself i've ive jeez just let let's lets like lmao lol made make many may
    me might mine more most much must mustn't mustnt my myself nah neither no nope nor not now of off often
    oh ok okay omg on once one ones only oops or other others ought our ours ourselves out over own per phew
    please pls plz put quite rather really rofl said same say says several shall shant she she'd shed she's
    shes should shouldn't shouldnt so some somebody someone something somewhere such tbh tell than that
    that's thats the their theirs them themselves then there there's theres these they they'd theyd they'll
    theyll they're theyre they've theyve thing things this those though through thus thx to too ugh uh um
    under until up upon us very was wasn't wasnt we we'd wed well we're were weren't werent we've weve what
    whatever what's whats when whenever when's whens where where's wheres whether which while who whoa
    whoever whom who's whos whose why why's whys will with within without won't wont would wouldn't wouldnt
    wow wtf wth yay yeah yep yes yet yikes yo you you'd youd you'll youll your you're youre yours
    yourself yourselves you've youve""".split()
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


_ASIDE = re.compile(r": | [-–—|] ")
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


def subject_of(title: str) -> str:
    """Return what a title names: what stands before its colon or dash, no longer in capitals where all of it is."""
    name = _ASIDE.split(title, maxsplit=1)[0].strip() or title
    return name.capitalize() if name.isupper() and " " in title else name
