"""Several questions in one message: "What is it? And how long does it last?"."""

from __future__ import annotations

import re

MOST = 3
"""A message with more questions is read as one."""
_QUESTION = re.compile(r"[^?¿]*\?")


def questions_of(message: str) -> list[str]:
    """Return the questions of a message, each to its question mark, where there are a few; else the message alone."""
    found = [question.strip() for question in _QUESTION.findall(message)]
    asked = [question for question in found if any(letter.isalpha() for letter in question)]
    return asked if 1 < len(asked) <= MOST else [message]
