"""Sections whose headings were lost: a section must not swallow what follows it.

In a scraped page some headings are missing. Where a row of short sections ends in one that is far longer
than its siblings, what follows its own subject is set free: from the first paragraph on that neither
speaks of the heading's own words nor refers back nor leads to a list, blocks stand under no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from chatbot.documents.model import Block, Heading
from chatbot.documents.roles import is_sources_heading

_WORD = re.compile(r"\w+")
_BACKWARD = re.compile(
    r"(?:it|its|they|their|them|this|these|those|that|such|he|she|here|also|however|but|instead|in addition|"
    r"additionally|other|others|another|some|both|most|for example|in this|because of this|as a result)\b",
    re.IGNORECASE,
)
_SIBLINGS = 2
_LONGER = 2
_STEM = 6
_SENTENCE_WORDS = 6


def release_swallowed(text: str, headings: list[Heading], blocks: list[Block]) -> list[Block]:
    """Return the blocks, those that a too long section swallowed moved out of it."""
    out = list(blocks)
    sizes = [0] * len(headings)
    for before, block in zip([None, *blocks], blocks, strict=False):
        listed = before is not None and block.kind == before.kind == "item"
        if block.section >= 0 and not listed:
            sizes[block.section] += 1
    common = _common_words(headings)
    for number, siblings, longest in _rows_before(headings, sizes):
        heading = headings[number]
        if siblings < _SIBLINGS or sizes[number] <= _LONGER * longest + 1 or is_sources_heading(heading.text):
            continue
        members = [place for place, block in enumerate(blocks) if block.section == number]
        own = {_stem(word) for word in _WORD.findall(heading.text)} - common
        cut = _first_foreign(text, blocks, members, own)
        for place in members[cut:]:
            out[place] = replace(out[place], section=-1)
    return out


def _rows_before(headings: list[Heading], sizes: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield each section with the number and the largest size of those of its level right before it."""
    level = count = longest = 0
    for number, heading in enumerate(headings):
        if heading.level != level:
            level, count, longest = heading.level, 0, 0
        yield number, count, longest
        count, longest = count + 1, max(longest, sizes[number])


def _common_words(headings: list[Heading]) -> set[str]:
    """Return the stems that stand in many headings: the document's subject tells no section apart."""
    counts: dict[str, int] = {}
    for heading in headings:
        for stem in {_stem(word) for word in _WORD.findall(heading.text)}:
            counts[stem] = counts.get(stem, 0) + 1
    return {stem for stem, count in counts.items() if count > max(2, 0.3 * len(headings)) or len(stem) < 3}


def _stem(word: str) -> str:
    return word.lower()[:_STEM]


def _first_foreign(text: str, blocks: list[Block], members: list[int], own: set[str]) -> int:
    """Return how many of a section's blocks speak of its own subject."""
    for count, place in enumerate(members):
        if count == 0:
            continue
        words = text[blocks[place].start : blocks[place].end]
        lines = words.count(" ") < _SENTENCE_WORDS or words[-1:] not in ".!?"  # a row, a line of an address
        if lines or blocks[place].kind == "item" or words.endswith(":") or _BACKWARD.match(words):
            continue
        if not own & {_stem(word) for word in _WORD.findall(words)}:
            return count
    return len(members)
