"""Which of several things "the second one", "the former" or "the other" is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from chatbot import analysis
from chatbot.documents.lines import BULLETS

ORDINALS = {
    "former": 0,
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "latter": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "last": -1,
}
_MEANT = re.compile(
    r"\b(?:the|that|this|your) (?:very )?(former|latter|first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)\b"
    r"(?! (?:time|episode|attack|day|week|month|year|step|dose|aid|visit|sign|few|place|line))",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:the|that) other(?: (?:one|kind|type|form|sort|version|variety))?\s*(?:$|[?.!,;:])", re.IGNORECASE
)
_JOINED = re.compile(r"\b(?:and|or|with|versus|vs\.?|than|from|&)\b|,", re.IGNORECASE)
_COMPARING = re.compile(
    r"\b(?:vs|versus|or|than|compared (?:to|with)|(?:differences?|compare|choose|choice|choosing) between)\b",
    re.IGNORECASE,
)
_ROW = re.compile(r"\s*\|[^|\n]*\|")
_LABEL = re.compile(r"\W*(?:\d+[.)]\s*)?(?:\*\*|__)?([^:.\n]{2,60}?)(?:\*\*|__)?:(?:\*\*|__)?\s*\S")
_CREDIT = re.compile(r"\W*(?:photo|image|picture|credit|source|illustration)", re.IGNORECASE)
_BULLET = re.compile(rf"\s*(?:[{BULLETS}]|\d{{1,3}}[.)])\s")
_BOLD = re.compile(r"\W*(?:\d+[.)]\s*)?(?:\*\*|__)(.{2,60}?)(?:\*\*|__)")
_NAME = r"[\w'’-]+(?: [\w'’-]+){0,3}"
_LISTED = re.compile(rf"({_NAME})((?:, {_NAME})*),? (?:and|or) ({_NAME})")
_LED = re.compile(
    r".*\b(?:are|is|include|includes|including|such as|like|called|them|namely|either|both|between|of)\b ",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"(?:An?|The|One|Another) ([\w-]+) ([\w-]+)")
_NAMED = re.compile(
    r"[•*\s]*((?:[\w'’-]+ ){1,3})([\w-]+) (?:is|are|was|were|can|may|has|have|affects?|involves?|occurs?|causes?|"
    r"appears?|makes?|means?|come|comes|starts?|begins?|looks?)\b"
)
_OPENING_WORDS = 5


def ordinal_of(message: str) -> int | None:
    """Return which one a message means, from 0, -1 for the last; None where it means none."""
    found = _MEANT.search(message)
    return None if found is None else ORDINALS[found[1].lower()]


def means_other(message: str) -> bool:
    """Say whether a message means the other of two things."""
    return bool(_OTHER.search(message))


def compares(question: str) -> bool:
    """Say whether a question sets things beside each other ("A or B", "the difference between A and B")."""
    return bool(_COMPARING.search(question))


def named_in_question(question: str, place: int) -> list[str]:
    """Return the telling words of the n-th thing that a question joins ("palatal and essential"), or none."""
    parts = [_telling(part) for part in _JOINED.split(question)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not -len(parts) <= place < len(parts):
        return []
    chosen = parts[place]
    if place == 0 or (place == 1 and len(parts) > 2):
        return chosen[-2:]
    return chosen[:2]


def items(sentences: Sequence[str]) -> list[list[str]]:
    """Return the telling words that name each thing that a passage lists, in order; fewer than two: none.

    Things are listed as items or labelled paragraphs, as rows of a table, else in one sentence ("A, B and C"), else
    by sentences that begin alike ("A road tyre …", "A racing tyre …").
    """
    if len(marked := marked_items(sentences)) > 1:
        return marked
    longest = max((_enumerated(text) for text in sentences), key=len, default=[])
    if len(longest) > 2:
        return longest
    alike = _alike(sentences)
    return alike if len(alike) > 1 else longest if len(longest) > 1 else []


def is_list(sentences: Sequence[str]) -> bool:
    """Say whether a passage lists things by marks, or by sentences that begin alike."""
    return len(marked_items(sentences)) > 1 or len(_alike(sentences)) > 1


def marked_items(sentences: Sequence[str]) -> list[list[str]]:
    """Return the telling words that name each item, labelled paragraph or row of a table, in order."""
    listed = [
        text for text in sentences if (_BULLET.match(text) or _LABEL.match(text)) and not _CREDIT.match(text)
    ]
    rows = _rows(sentences) if len(listed) < 2 else []
    return rows if len(rows) > 1 else [_opening(text) for text in listed]


def _rows(sentences: Sequence[str]) -> list[list[str]]:
    """Return the telling words of the first cell of each row of a table, but for its head."""
    lines = [line for text in sentences for line in text.splitlines() if _ROW.match(line)]
    columns = Counter(line.count("|") for line in lines).most_common(1)
    rows = [line for place, line in enumerate(lines) if place and line.count("|") == columns[0][0]]
    return [words for row in rows if (words := _telling(row.split("|")[1])[:_OPENING_WORDS])]


def chosen(named: Sequence[list[str]], place: int) -> list[str]:
    """Return the words of the n-th of some things, or none."""
    return named[place] if named and -len(named) <= place < len(named) else []


def _opening(text: str) -> list[str]:
    label = _LABEL.match(text) or _BOLD.match(text)
    return _telling(label[1] if label else text)[:_OPENING_WORDS]


def _enumerated(sentence: str) -> list[list[str]]:
    best: list[list[str]] = []
    for found in _LISTED.finditer(sentence):
        first = _telling(_LED.sub("", found[1]))[-2:]
        between = [_telling(part) for part in found[2].split(",") if part.strip()]
        if not found[2] and not _LED.match(found[1]):
            continue
        parts = [part for part in (first, *between, _telling(found[3])[:2]) if part]
        best = parts if len(parts) > len(best) else best
    return best


def _alike(sentences: Sequence[str]) -> list[list[str]]:
    begun = [
        (_telling(found[1]), found[2].lower())
        for text in sentences
        if (found := _BEGUN.match(text) or _NAMED.match(text))
    ]
    for _, head in begun:
        kinds = dict.fromkeys(tuple(kind) for kind, other in begun if other == head and kind)
        if len(kinds) > 1 and analysis.terms_of(head):
            return [[*kind, head] for kind in kinds]
    return []


def _telling(text: str) -> list[str]:
    return [token.word for token in analysis.tokens(text) if analysis.terms_of(token.word)]
