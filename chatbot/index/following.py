"""What speaks for a passage as the answer to a follow-up.

What it says of what was typed now, of what was said before and of the subject, the most telling words of that, each by
itself; and where it stands beside what was read last.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from chatbot.index.reader import Index
from chatbot.index.reading import HEADED, OWN, SENTENCES, TITLE, Reading
from chatbot.index.weights import Float32
from chatbot.question.query import Query

PLACES = ("read_last", "read_on", "same_section", "near_section", "same_document")
_SAID = (
    "typed_said",  # the share of what was typed that a sentence of it says, related words counting
    "typed_anywhere",  # that it or its headings say
    "before_said",  # the share of what was said before that a sentence of it says, related words counting
    "before_anywhere",  # that it, its headings or its title say
    "subject_anywhere",  # the share of the subject that it or its headings say
    "subject_titled",  # that it, its headings or its title say
    "subject_heading",  # that its own heading says
    "subject_first",  # that its first sentence says
    "subject_typed",  # that a sentence says, times the share of what was typed
    "subject_near",  # that it or its headings say, related words counting
)
FOLLOWING_FEATURES = (
    *_SAID,
    *PLACES,  # the passage read last; the next of its section; another of it; one beside it; another of the document
    *(
        f"{place}, {said}"
        for said in ("typed_said", "typed_anywhere", "subject_anywhere")
        for place in PLACES
    ),
)
_TELLING = 0.75
"""The share of what the most telling word counts from which on a word is of the subject."""
Numbers = npt.NDArray[np.int64]


def following(index: Index, query: Query, passages: Numbers, counts: Float32, reading: Reading) -> Float32:
    """Return FOLLOWING_FEATURES of some passages, of shape (features, passages); zeros where the query stands alone.

    `counts` (G) is what each group of the query counts.
    """
    if query.after is None or not len(counts):
        return np.zeros((len(FOLLOWING_FEATURES), len(passages)), np.float32)
    before = np.asarray([group.of_history for group in query.groups], bool)
    asked = np.asarray([group.asked for group in query.groups], bool)
    if not any(group.needed and not group.of_history for group in query.groups):
        # "How common is it?" says nothing but what kind of thing is asked.
        asked |= np.asarray([group.asks for group in query.groups], bool)
    typed = _shares(np.where(before | asked, np.float32(0.0), counts))
    earlier = np.where(before, counts, np.float32(0.0))
    said_before = _shares(earlier)
    subject = _shares(((earlier >= _TELLING * earlier.max()) & (earlier > 0)).astype(np.float32))

    def most(values: Float32) -> Float32:  # of sentences, for each passage
        return cast(Float32, np.maximum.reduceat(values, reading.first, axis=-1))

    said, near = reading.said, reading.near
    near_anywhere = np.maximum(most(near[SENTENCES]), near[HEADED])
    typed_each, subject_each = typed @ near[SENTENCES], subject @ said[SENTENCES]
    anywhere = np.maximum(most(said[SENTENCES]), said[HEADED])
    typed_said, typed_anywhere = most(typed_each), typed @ near_anywhere
    subject_anywhere = subject @ anywhere
    places = _places(index, query.after, passages)
    return np.vstack(
        [
            typed_said,
            typed_anywhere,
            most(said_before @ near[SENTENCES]),
            said_before @ np.maximum(near_anywhere, near[TITLE]),
            subject_anywhere,
            subject @ np.maximum(anywhere, said[TITLE]),
            subject @ said[OWN],
            subject_each[reading.first],
            most(typed_each * subject_each),
            subject @ near_anywhere,
            places,
            places * typed_said,
            places * typed_anywhere,
            places * subject_anywhere,
        ]
    ).astype(np.float32)


def _shares(counts: Float32) -> Float32:
    total = float(counts.sum())
    return counts / np.float32(total) if total else counts


def _places(index: Index, after: int, passages: Numbers) -> Float32:
    """Return which of `PLACES` each passage has (PLACES, passages), none where nothing was read."""
    found = np.zeros((len(PLACES), len(passages)), np.float32)
    if after < 0:
        return found
    last, read_on, same, near, document = range(len(PLACES))
    section = index.section(after)
    for place in np.flatnonzero(index.passage_documents[passages] == index.passage_documents[after]).tolist():
        number = int(passages[place])
        if number == after:
            found[last, place] = 1.0
            continue
        found[document, place] = 1.0
        own = index.section(number)
        if own == section:
            found[read_on if number == after + 1 else same, place] = 1.0
        elif own[: len(section)] == section or own == section[:-1] or abs(number - after) == 1:
            found[near, place] = 1.0
    return found
