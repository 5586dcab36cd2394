"""What a document itself says two names of: an abbreviation with its long form, a title with its other name.

Long forms are found as by A. S. Schwartz and M. A. Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions
in Biomedical Text", Pacific Symposium on Biocomputing 8 (2003): the letters of what stands in brackets are looked for
backwards in the words before them, or in the brackets after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatbot import analysis
from chatbot.documents.model import Document

_SHORTEST, _LONGEST = 2, 10
_MOST_WORDS = 3
"""Words of a title's other name."""
_READ = 2_000_000
_SHORT = r"[A-Za-z][\w-]{1,9}"
_AFTER_LONG = re.compile(rf"\(({_SHORT})\)")
_BEFORE_LONG = re.compile(rf"\b({_SHORT}) \(([a-zA-Z][^()\n]{{4,80}})\)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_CLAUSES = re.compile(r"[,;:.!?]")
_IN_TITLE = re.compile(r"([^()]{3,60}) \(([^()]{3,40})\)")
_JOINS = re.compile(
    r"[,;:/&]|\b(?:and|or|in|of|for|with|from|to|the|a|an|at|on|by|not|no|see|part|page)\b", re.IGNORECASE
)


def two_names(document: Document) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that mean the same in a document, the shorter first, each once."""
    found: dict[tuple[str, str], None] = {}
    for pair in (*_abbreviated(document.text[:_READ]), *_of_title(document.title)):
        found.setdefault(pair)
    yield from found


def _abbreviated(text: str) -> Iterator[tuple[str, str]]:
    for match in _AFTER_LONG.finditer(text):
        short = match[1]
        if _is_short(short):
            words = list(_WORD.finditer(text, max(0, match.start() - 120), match.start()))
            most = min(len(short) + 5, 2 * len(short))
            before = text[words[-most:][0].start() : match.start()] if words else ""
            long = _long_form(short, before.rpartition("\n\n")[2])
            if long:
                yield short, long
    for match in _BEFORE_LONG.finditer(text):
        long = _long_form(match[1], match[2]) if _is_short(match[1]) else ""
        if long and len(long) == len(match[2].strip()):
            yield match[1], long


def _is_short(name: str) -> bool:
    """Say whether a name looks like an abbreviation: some capital letter beside or after its first."""
    letters = [letter for letter in name if letter.isalpha()]
    return _SHORTEST <= len(name) <= _LONGEST and sum(letter.isupper() for letter in letters) >= min(
        2, len(letters)
    )


def _long_form(short: str, before: str) -> str:
    """Return the shortest end of a text that has an abbreviation's letters in order, the first at a word's start."""
    place = len(before)
    letters = [letter.lower() for letter in short if letter.isalnum()]
    for number in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and not (
            before[place].lower() == letters[number]
            and (number > 0 or place == 0 or not before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
    long = " ".join(before[place:].split())
    words = _WORD.findall(long)
    if (
        len(long) <= len(short)
        or _CLAUSES.search(long)
        or short in words
        or len(words) > min(len(short) + 5, 2 * len(short))
    ):
        return ""
    return long


def _of_title(title: str) -> Iterator[tuple[str, str]]:
    match = _IN_TITLE.fullmatch(analysis.subject_of(title))
    if match is None:
        return
    name, other = match[1].strip(), match[2].strip()
    plain = all(not _JOINS.search(part) and len(part.split()) <= _MOST_WORDS for part in (name, other))
    if plain and not any(letter.isdigit() for letter in other):
        yield (name, other) if len(name) <= len(other) else (other, name)
