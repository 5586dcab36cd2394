"""A Document is cut into Passages that read on their own.

A passage is one slice of its document. It never crosses a heading or mixes roles, keeps a list with the
line that introduces it, does not begin with a sentence that refers back where that can be helped, and is at
most 120 words and 1,000 characters where its sentences and list items allow.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import sentencex

from chatbot.documents.model import Block, Document, Role

MOST_WORDS = 120
MOST_CHARACTERS = 1_000
NEVER_WORDS = 150
TARGET_WORDS = 75
"""A passage is closed where it has this many words; what refers back is still taken up to the most."""
_TARGET_LOOSE = 60
"""The same where no heading holds the paragraphs together."""
_LEADING = 45
"""What has at most this many words leads to the list or table that follows it."""
_ITEM_WORDS = 30
"""A longer list item is marked sentence by sentence."""

_BACKWARD = re.compile(
    r"(?:it|its|they|their|them|this|these|those|that|such|he|she|his|her|also|however|but|instead|in addition|"
    r"additionally|furthermore|moreover|therefore|thus|otherwise|as a result|for example|for instance|others?|"
    r"another|both|the (?:former|latter|damage|movement|issue|problem|condition)|in (?:this|that|these|other) "
    r"cases?|because of this|alongside)\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:\*\*|__)?\w[^.:!?\n]{1,60}:(?:\*\*|__)?\s")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage as it is cut. All offsets are code points into the document's text.

    `sentences` are the slices that a highlight can mark: sentences and short list items.
    """

    id: str
    start: int
    end: int
    section: int
    role: Role
    sentences: tuple[tuple[int, int], ...]
    context: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """What must stay together: a paragraph, or a list with its introduction."""

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]
    context: tuple[int, int] | None = None
    closed: bool = False  # nothing may be joined behind it
    alone: bool = False  # nothing may be joined before it
    listed: bool = False  # a list or table, or the first part of one


def cut(document: Document) -> list[Chunk]:
    """Cut a document into passages, in order; every word of every block is in exactly one."""
    chunks: list[Chunk] = []
    for blocks in _runs(document.blocks):
        section, role = blocks[0].section, blocks[0].role
        headed = bool(document.path(section))
        for start, end, sentences, context in _packed(document.text, _units(document.text, blocks), headed):
            chunks.append(Chunk("", start, end, section, role, sentences, context))
    return _named(document, chunks)


def page(document: str, passage: str) -> str:
    """Return the address of a passage on its document's page, relative to the server's root."""
    return f"/documents/{quote(document)}#{passage}"


def slug(text: str) -> str:
    """Return a short name of lower-case ASCII letters, digits and hyphens that begins with a letter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if name and len(name) + len(word) > 40:
            break
        name = f"{name}-{word}" if name else word
    name = name[:60]
    return name if name and name[0].isalpha() else f"p-{name}" if name else "passage"


def _runs(blocks: tuple[Block, ...]) -> Iterator[list[Block]]:
    run: list[Block] = []
    for block in blocks:
        if run and (block.section, block.role) != (run[0].section, run[0].role):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _units(text: str, blocks: list[Block]) -> Iterator[_Unit]:
    """Join a list to its introduction; cut what is too long."""
    number = 0
    while number < len(blocks):
        block = blocks[number]
        items = number + 1 if block.kind != "item" else number
        after = items
        while after < len(blocks) and blocks[after].kind == "item":
            after += 1
        if block.kind == "item" or (after > items and _introduces(text, block)):
            yield from _list_units(text, block if items > number else None, blocks[items:after])
            number = after
            continue
        followed = number + 1 < len(blocks) and _LABELLED.match(text, blocks[number + 1].start)
        dangling = _introduces(text, block) and not followed
        for piece in _split(text, block.start, block.end):
            yield _Unit(*piece, closed=dangling)
        number += 1


def _introduces(text: str, block: Block) -> bool:
    return block.kind == "header" or text[block.start : block.end].rstrip().endswith((":", "：", "…", "..."))


def _list_units(text: str, intro: Block | None, items: list[Block]) -> Iterator[_Unit]:
    """Cut a long list between items; each part but the first carries the introduction as context.

    An item stays with the items nested in it; where they are too long together, they are cut as a list whose
    introduction is that item.
    """
    lead = _lead(text, intro) if intro else None
    pieces = list(_item_pieces(text, items, lead))
    start = intro.start if intro else pieces[0].start
    if intro and not _fits(text, intro.start, pieces[0].end):
        for begin, stop, marks in _split(text, intro.start, intro.end):
            yield _Unit(begin, stop, marks, closed=True)
        start = pieces[0].start
    with_intro = intro is not None and start == intro.start
    sentences = _sentences(text, intro.start, intro.end) if intro and with_intro else ()
    context = None if with_intro else lead
    whole = _fits(text, start, pieces[-1].end)
    limit = MOST_WORDS if whole else TARGET_WORDS
    end = start
    fresh = True
    for piece in pieces:
        cut_here = _words(text, start, piece.end) > limit or not _fits(text, start, piece.end)
        if not fresh and (cut_here or piece.alone):
            yield _Unit(start, end, sentences, context, closed=True, alone=context is not None)
            start, sentences, context = piece.start, (), piece.context
        end, fresh = piece.end, False
        sentences += piece.sentences
    first = start == (intro.start if intro else pieces[0].start)
    yield _Unit(
        start, end, sentences, context, closed=not whole, alone=context is not None, listed=first and whole
    )


def _item_pieces(text: str, items: list[Block], lead: tuple[int, int] | None) -> Iterator[_Unit]:
    """Yield what of a list must stay together, with the context it needs where the list is cut before it.

    `alone` says that it cannot join what is before it.
    """
    base = min(item.depth for item in items)
    number = 0
    while number < len(items):
        after = number + 1
        while after < len(items) and items[after].depth > base:
            after += 1
        group = items[number:after]
        sentences = tuple(mark for item in group for mark in _item_sentences(text, item.start, item.end))
        if _fits(text, group[0].start, group[-1].end):
            yield _Unit(group[0].start, group[-1].end, sentences, lead)
        elif len(group) > 1 and group[0].depth == base:
            parts = list(_list_units(text, group[0], group[1:]))
            for place, part in enumerate(parts):
                context = part.context if place else lead
                yield _Unit(part.start, part.end, part.sentences, context, alone=place > 0)
        else:
            for item in group:
                for piece in _split(text, item.start, item.end):
                    yield _Unit(*piece, lead)
        number = after


def _lead(text: str, intro: Block) -> tuple[int, int]:
    """Return the sentence of an introduction that introduces: its last, or the end of that where it is long."""
    whole = intro.kind == "header"
    start, end = (intro.start, intro.end) if whole else _sentences(text, intro.start, intro.end)[-1]
    return list(_split(text, start, end))[-1][:2]


def _packed(
    text: str, units: Iterator[_Unit], headed: bool
) -> Iterator[tuple[int, int, tuple[tuple[int, int], ...], tuple[int, int] | None]]:
    """Join units in order while they stay short enough."""
    target = TARGET_WORDS if headed else _TARGET_LOOSE
    held: _Unit | None = None
    for unit in units:
        if held is None:
            held = unit
            continue
        words = _words(text, held.start, unit.end)
        leads = unit.listed and _words(text, held.start, held.end) <= _LEADING
        needs = (
            leads
            or bool(_BACKWARD.match(text[unit.start : unit.end]))
            or _colon(text, unit)
            or _colon(text, held)
        )
        room = words <= (MOST_WORDS if needs else target)
        if not held.closed and not unit.alone and room and _fits(text, held.start, unit.end):
            held = _Unit(held.start, unit.end, held.sentences + unit.sentences, held.context, unit.closed)
        else:
            yield held.start, held.end, held.sentences, held.context
            held = unit
    if held:
        yield held.start, held.end, held.sentences, held.context


def _colon(text: str, unit: _Unit) -> bool:
    return text[unit.start : unit.end].rstrip().endswith(":")


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def _fits(text: str, start: int, end: int) -> bool:
    return end - start <= MOST_CHARACTERS and _words(text, start, end) <= MOST_WORDS


_Piece = tuple[int, int, tuple[tuple[int, int], ...]]
"""A slice and the sentences in it."""


def _split(text: str, start: int, end: int) -> Iterator[_Piece]:
    """Cut a slice that is too long between sentences, else between words, else anywhere."""
    sentences = _sentences(text, start, end)
    if _fits(text, start, end):
        yield start, end, sentences
        return
    held: list[tuple[int, int]] = []
    for sentence in sentences:
        if held and not _fits(text, held[0][0], sentence[1]):
            yield from _hard_split(text, held)
            held = []
        held.append(sentence)
    yield from _hard_split(text, held)


def _hard_split(text: str, sentences: list[tuple[int, int]]) -> Iterator[_Piece]:
    """Cut one sentence that is too long; several that are not too long together stay."""
    start, end = sentences[0][0], sentences[-1][1]
    if _words(text, start, end) <= NEVER_WORDS and end - start <= MOST_CHARACTERS:
        yield start, end, tuple(sentences)
        return
    for begin, stop in _word_slices(text, start, end):
        yield begin, stop, ((begin, stop),)


def _word_slices(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin, stop, count = start, start, 0
    for word in _WORD.finditer(text, start, end):
        if count and (count == MOST_WORDS or word.end() - begin > MOST_CHARACTERS):
            yield begin, stop
            begin, count = word.start(), 0
        elif not count:
            begin = word.start()
        while word.end() - begin > MOST_CHARACTERS:
            yield begin, begin + MOST_CHARACTERS
            begin += MOST_CHARACTERS
        stop, count = word.end(), count + 1
    if count and stop > begin:
        yield begin, stop


def _sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the sentences of a slice, blanks at their ends left out."""
    found = []
    for part in sentencex.get_sentence_boundaries("en", text[start:end]):
        first, last = start + part["start_index"], start + part["end_index"]
        inner = text[first:last]
        first += len(inner) - len(inner.lstrip())
        last -= len(inner) - len(inner.rstrip())
        if first < last:
            found.append((first, last))
    return tuple(found) or ((start, end),)


def _item_sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    return ((start, end),) if _words(text, start, end) <= _ITEM_WORDS else _sentences(text, start, end)


def _named(document: Document, chunks: list[Chunk]) -> list[Chunk]:
    """Give each passage an id made from its content and place: the same while they are."""
    named = []
    counts: dict[str, int] = {}
    for chunk in chunks:
        path = document.path(chunk.section)
        text = document.text[chunk.start : chunk.end]
        key = "\x1f".join((document.name, *path, text))
        number = counts[key] = counts.get(key, 0) + 1
        digest = hashlib.sha256(f"{key}\x1f{number}".encode()).hexdigest()
        name = f"{slug(path[-1] if path else document.title)}-{digest[:8]}"
        named.append(
            Chunk(name, chunk.start, chunk.end, chunk.section, chunk.role, chunk.sentences, chunk.context)
        )
    return named
