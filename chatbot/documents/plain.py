"""A plain-text file becomes headings and blocks, though nothing in it says what is a heading."""

from __future__ import annotations

import re

from chatbot.documents.frame import beside_title, foot_place, title_place
from chatbot.documents.lines import BULLET, split_lines
from chatbot.documents.lost_headings import release_swallowed
from chatbot.documents.model import Block, BlockKind, Heading, Role
from chatbot.documents.pieces import (
    BLANK_LINE,
    CLAUSE_END,
    FIGURES,
    MARKED,
    Piece,
    blank_before,
    pieces_of,
    wrap_width,
)
from chatbot.documents.roles import REACHES, is_sources_heading, line_role

_HEADING_WORDS = 14
_ABBREVIATION = 5
"""A heading in capitals of at most so many characters ("TL;DR") is most likely an abbreviation."""
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4}|\d{1,2}(?=\.))\.?[ \t]+(?=[A-Z])")
_ORDERED = re.compile(r"(\d{1,2})[.)][ \t]+(?=\S)")
_ROW = re.compile(r"\S[ \t]+\|[ \t]+\S|\S[ ]?\.{4,}[ ]?\S|[^\s–—-](?:[ ]{3,}|[ ]*\t[ \t]*)[^\s–—-]")
"""Bars, dots or wide gaps, other than around a dash, part columns."""
_MARK = re.compile(r"(?:#+|[\d.]+\)?)[ \t]+")
"""What may stand before a heading, with any space after it."""
_ROWLIKE = re.compile(r"\d|\S: \S|[ \t]{2,}|\S \(")
"""Lines of a list without marks mostly have a figure, a colon, a column or something in brackets."""
_ENDS_ROW = re.compile(r"\S [ ]*(?:closed|shut|free|full|none)$", re.IGNORECASE)
_SURELY_ROW = re.compile(
    r"\S: \S|\d(?:[:.]\d\d)? ?[ap]\.?m\b|\d:\d\d|[£$€] ?\d|\d{4,5} \d{3}|\S@\S", re.IGNORECASE
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NAME = re.compile(r"[^\W\d_]{3,}")
_FEW = 2
_PARAGRAPH = 60
"""So many characters that end a sentence are a paragraph."""


def parse_plain(text: str, body: int) -> tuple[list[Heading], list[Block]]:
    """Return the headings and blocks of the plain text from offset `body` on, in order."""
    if text.startswith("\ufeff") and body == 0:
        body = 1
    lines = split_lines(text, body)
    pieces = pieces_of(lines, text, wrap_width(lines))
    _free_numbered(pieces)
    title = _choose_headings(pieces)
    headings: list[Heading] = []
    blocks: list[Block] = []
    deeper = _has_parts([piece for piece in pieces[title + 1 :] if piece.head and piece.level])
    foot = foot_place(pieces, title)
    for number, piece in enumerate(pieces):
        above = number < title and not REACHES.search(piece.text)
        framed = above or number >= foot or piece.running
        if piece.head and not framed:
            level = piece.level or (1 if number == title else 3 if deeper else 2)
            start = piece.start + _mark_length(piece.text)
            headings.append(Heading(level, text[start : piece.end].strip(), start, piece.end))
        else:
            kind: BlockKind = "item" if piece.bullet else "paragraph"
            role: Role = "navigation" if framed else "body"
            section = len(headings) - 1 if number < foot else -1
            blocks.append(Block(kind, piece.start, piece.end, section, role, piece.indent // 4))
    return headings, release_swallowed(text, headings, blocks)


def _has_parts(marked: list[Piece]) -> bool:
    """Say whether headings that are marked divide a document into parts, under which the other headings stand.

    One heading in capitals does not, nor do abbreviations.
    """
    capitals = sum(len(piece.text) > _ABBREVIATION for piece in marked if piece.capitals)
    return capitals > 1 or any(not piece.capitals for piece in marked)


def _mark_length(text: str) -> int:
    marked = MARKED.match(text)
    return marked.end() if marked else 0


def _free_numbered(pieces: list[Piece]) -> None:
    """Numbered lines that stand alone, with text of their own between them, are headings and no list items."""
    chain: list[int] = []
    last = 0

    def end_chain() -> None:
        if len(chain) > 1 and any(not pieces[place + 1].bullet for place in chain):
            for place in chain:
                pieces[place].bullet = False
        chain.clear()

    for place, piece in enumerate(pieces):
        found = _ORDERED.match(piece.text) if piece.bullet else None
        if found is None:
            continue
        number, before = int(found[1]), last
        last = number
        parts = _parts_a_text(pieces, place, bool(chain) and number == before + 1)
        if not parts or number != before + 1:
            end_chain()
        if parts and (chain or number == 1):
            chain.append(place)
    end_chain()


def _parts_a_text(pieces: list[Piece], place: int, goes_on: bool) -> bool:
    """Say whether a numbered line stands below a blank line and over text that is not numbered.

    The first stands between blank lines or over a paragraph; one that `goes_on` may stand over anything.
    """
    piece = pieces[place]
    if place + 1 == len(pieces) or not piece.short or CLAUSE_END.search(piece.text):
        return False
    below = pieces[place + 1]
    apart = BLANK_LINE.search(piece.document, piece.end, below.start + 1) is not None
    over = (
        not below.bullet
        and len(below.text) > max(_PARAGRAPH, len(piece.text))
        and CLAUSE_END.search(below.text)
    )
    if _ORDERED.match(below.text) or not (apart or over or goes_on):
        return False
    return place == 0 or blank_before(pieces, place)


def _candidate(piece: Piece) -> bool:
    if piece.running or piece.level:
        return not piece.running
    mark = _MARK.match(piece.text)
    if piece.bullet or not piece.short or _ROW.search(piece.text, mark.end() if mark else 0):
        return False
    if FIGURES.search(piece.text) and not piece.text.endswith("?"):
        return False
    words = piece.text
    return (
        words.count(" ") < _HEADING_WORDS
        and (words[0].isupper() or words[0].isdigit() or words[0] in '"“‘¿')
        and not CLAUSE_END.search(words)
        and any(letter.isalpha() for letter in words)
        and line_role(words) == "body"
    )


def _choose_headings(pieces: list[Piece]) -> int:
    """A candidate is a heading where something stands under it; three in a row are a list, not headings.

    The last of a row is one where it says again what stood before it: the row is a table of contents.
    Returns the place of the piece that is the title, if it is a heading.
    """
    candidates = [_candidate(piece) for piece in pieces]
    title = title_place(pieces, candidates)
    candidates[:title] = [piece.level > 0 and at == 0 for at, piece in enumerate(pieces[:title])]
    if title + 1 < len(pieces) and beside_title(pieces[title + 1]):
        candidates[title + 1] = pieces[title + 1].level > 0
    over_rows = _leave_rows_out(pieces, candidates)
    number = title
    while number < len(pieces):
        if not candidates[number]:
            number += 1
            continue
        run = number
        while run < len(pieces) and candidates[run]:
            run += 1
        first = max(number, run - (3 if number == title else 2))
        for place in range(number, run):
            piece = pieces[place]
            last = place == run - 1
            piece.head = run < len(pieces) and (place >= first or piece.level > 0)
            sure = bool(piece.level) or place in over_rows
            if piece.head and last and not sure and not _stands_over(piece, pieces[run], place == title):
                piece.head = False
            numbered = _NUMBERED.match(piece.text)
            if piece.head and numbered and not piece.level:
                piece.level = min(6, 2 + numbered[1].count("."))
        if run - number > 2 and number > title:
            for place in range(number, run):
                text = pieces[place].text
                sure = pieces[place].level > 0 or (
                    place == run - 1
                    and (
                        is_sources_heading(text) or any(text == pieces[n].text for n in range(number, place))
                    )
                )
                pieces[place].head = sure and run < len(pieces)
        number = run
    _undo_second_lines(pieces, title)
    for piece in pieces[:title]:
        piece.head = False
    if title:
        pieces[title].head = True
    _keep_levels(pieces, title)
    return title


def _undo_second_lines(pieces: list[Piece], title: int) -> None:
    """Of two headings right below each other, the first is one alone where the text goes on about it ("Ann Lee")."""
    for at in range(title + 1, len(pieces) - 2):
        first, second, below = pieces[at : at + 3]
        both = first.head and second.head and not (first.level or second.level or below.head)
        if not both or blank_before(pieces, at + 1) or blank_before(pieces, at + 2):
            continue
        words = set(_NAME.findall(below.text.casefold()))
        named = set(_NAME.findall(first.text.casefold())) & words
        if named and not words & set(_LONG_WORD.findall(second.text.casefold())):
            second.head = False


def _leave_rows_out(pieces: list[Piece], candidates: list[bool]) -> set[int]:
    """Take from the candidates the lines of lists without marks: short lines between two blank ones.

    Returns the places of the lines that stand over such a list and are no part of it ("Opening hours").
    """
    over: set[int] = set()
    begin = 0
    for end in range(1, len(pieces) + 1):
        if end < len(pieces) and not blank_before(pieces, end):
            continue
        group = pieces[begin:end]
        _leave_alike_out(group, candidates, begin)
        first, rows = group[0], group[1:]
        if begin and rows and all(_short_line(piece) for piece in group):
            alike = sum(bool(_ROWLIKE.search(row.text)) or _is_row(row) for row in rows)
            sure = all(_is_row(row) for row in rows) if len(rows) == 1 else 3 * alike >= 2 * len(rows)
            if sure or len(rows) > 1:
                candidates[begin + 1 : end] = [piece.level > 0 for piece in rows]
                headed = candidates[begin] and sure and not _is_row(first)
                candidates[begin] = headed or first.level > 0
                over |= {begin} if headed else set()
        begin = end
    return over


def _leave_alike_out(group: list[Piece], candidates: list[bool], begin: int) -> None:
    """Take from the candidates the lines of a group that are rows right below each other, and what ends like one."""
    rows = [piece.short and _may_be_row(piece) for piece in group]
    for at, piece in enumerate(group):
        beside = (at > 0 and rows[at - 1]) or (at + 1 < len(group) and rows[at + 1])
        row = rows[at] or _ENDS_ROW.search(piece.text) is not None
        if row and beside and not piece.level and not piece.text.endswith("?"):
            candidates[begin + at] = False


def _short_line(piece: Piece) -> bool:
    return piece.short and not piece.bullet and not CLAUSE_END.search(piece.text)


def _may_be_row(piece: Piece) -> bool:
    """Say whether a line may be a row: it has a figure or a column, but for the number of a heading."""
    mark = _MARK.match(piece.text)
    return _is_row(piece) or _ROWLIKE.search(piece.text, mark.end() if mark else 0) is not None


def _is_row(piece: Piece) -> bool:
    mark = _MARK.match(piece.text)
    start = mark.end() if mark else 0
    return bool(_ROW.search(piece.text, start) or _SURELY_ROW.search(piece.text, start))


def _stands_over(piece: Piece, below: Piece, first: bool) -> bool:
    """Say whether a line can be the heading of the next; the first of a document also of a site's crumbs."""
    if below.bullet or len(below.text) > len(piece.text) or BULLET.match(below.text):
        return True
    text = below.text
    if _may_be_row(below) or (CLAUSE_END.search(text) and text.count(" ") >= _FEW):
        return True
    role = line_role(below.text)
    return role == "byline" or (first and role == "navigation")


def _keep_levels(pieces: list[Piece], title: int) -> None:
    """The first line of a document, where it is a heading, is its title: level 1."""
    if pieces and pieces[title].head and pieces[title].level == 2:
        pieces[title].level = 1
