"""Which of several things "the second one" or "the former" is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot import analysis

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
    r"\b(?:the|that|this|your) (former|latter|first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)\b"
    r"(?! (?:time|episode|attack|day|week|month|year|step|dose|aid|visit|sign|few|place|line))",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\b(?:and|or|with|versus|vs\.?|than|from|&)\b|,", re.IGNORECASE)
_LABEL = re.compile(r"\W*(?:\d+[.)]\s*)?(?:\*\*|__)?([^:.\n]{2,60}?)(?:\*\*|__)?:(?:\*\*|__)?\s*\S")
_BULLET = re.compile(r"\s*(?:[•‣◦▪·●*+–—-]|\d{1,3}[.)])\s")
_OPENING_WORDS = 5


def ordinal_of(message: str) -> int | None:
    """Return which one a message means, from 0, -1 for the last; None where it means none."""
    found = _MEANT.search(message)
    return None if found is None else ORDINALS[found[1].lower()]


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


def named_in_passage(sentences: Sequence[str], place: int) -> list[str]:
    """Return the telling words that begin the n-th list item or labelled paragraph of a passage, or none."""
    items = [text for text in sentences if _BULLET.match(text) or _LABEL.match(text)]
    if len(items) < 2 or not -len(items) <= place < len(items):
        return []
    label = _LABEL.match(items[place])
    return _telling(label[1] if label else items[place])[:_OPENING_WORDS]


def _telling(text: str) -> list[str]:
    return [token.word for token in analysis.tokens(text) if analysis.terms_of(token.word)]
