"""A plain-text file becomes headings and blocks, though nothing in it says what is a heading."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from chatbot import analysis
from chatbot.documents.lines import BULLET, Line, split_lines
from chatbot.documents.lost_headings import release_swallowed
from chatbot.documents.model import Block, BlockKind, Heading
from chatbot.documents.roles import is_sources_heading, line_role

_HEADING_MOST = 90
_HEADING_WORDS = 14
_ABBREVIATION = 5
"""A heading in capitals of at most so many characters ("TL;DR") is most likely an abbreviation."""
_WRAP_WIDTHS = range(45, 111)
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,})$")
_MARKED = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4}|\d{1,2}(?=\.))\.?[ \t]+(?=[A-Z])")
_ORDERED = re.compile(r"(\d{1,2})[.)][ \t]+(?=\S)")
_ROW = re.compile(r"\S[ \t]+\|[ \t]+\S|\S[ ]?\.{4,}[ ]?\S|[^\s–—-](?:[ ]{3,}|[ ]*\t[ \t]*)[^\s–—-]")
"""Bars, dots or wide gaps, other than around a dash, part columns."""
_MARK = re.compile(r"(?:#+|[\d.]+\)?)[ \t]+")
"""What may stand before a heading, with any space after it."""
_ROWLIKE = re.compile(r"\d|\S: \S|[ \t]{2,}|\S \(")
"""Lines of a list without marks mostly have a figure, a colon, a column or something in brackets."""
_SURELY_ROW = re.compile(r"\S: \S|\d(?:[:.]\d\d)? ?[ap]\.?m\b|\d:\d\d|[£$€] ?\d", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n|\r[ \t]*\r")
_SENTENCE_END = re.compile(r"[.!?:;,…][\"”’)\]]*$")
_CLAUSE_END = re.compile(r"[.!:;,…][\"”’)\]]*$")


_TITLE_WITHIN = 7
"""A title stands among so many lines, below the name of the site and its crumbs."""
_TOP_OF_SITE = re.compile(r"skip to\b|you are here\b|home ?[|·•]", re.IGNORECASE)
"""Lines that a site puts between its own name and a page's title."""
_BACK = re.compile(r"(?:back|return) to\b", re.IGNORECASE)
_SPOKEN_OF = 4
"""A document has a word of its title at least so often, and so many times as often as those of a site's name."""


class _Piece:
    """Lines that belong together: a heading candidate, a paragraph or a list item."""

    __slots__ = ("bullet", "capitals", "document", "end", "head", "indent", "level", "start")

    def __init__(self, line: Line, text: str, level: int = 0) -> None:
        self.start, self.end, self.indent = line.start, line.end, line.indent
        self.document = text
        self.bullet = line.bullet
        self.level = level  # above 0: marked as a heading
        self.capitals = level > 0 and not _MARKED.match(line.text)
        self.head = False

    @property
    def text(self) -> str:
        return self.document[self.start : self.end]

    @property
    def short(self) -> bool:
        """Whether it is one line, and not too long for a heading."""
        return self.end - self.start <= _HEADING_MOST and _one_line(self.text)

    def extend(self, line: Line) -> None:
        self.end = line.end


def parse_plain(text: str, body: int) -> tuple[list[Heading], list[Block]]:
    """Return the headings and blocks of the plain text from offset `body` on, in order."""
    if text.startswith("\ufeff") and body == 0:
        body = 1
    lines = split_lines(text, body)
    pieces = _pieces(lines, text, _wrap_width(lines))
    _free_numbered(pieces)
    title = _choose_headings(pieces)
    headings: list[Heading] = []
    blocks: list[Block] = []
    deeper = _has_parts([piece for piece in pieces[title + 1 :] if piece.head and piece.level])
    for number, piece in enumerate(pieces):
        if piece.head:
            level = piece.level or (1 if number == title else 3 if deeper else 2)
            start = piece.start + _mark_length(piece.text)
            headings.append(Heading(level, text[start : piece.end].strip(), start, piece.end))
        else:
            kind: BlockKind = "item" if piece.bullet else "paragraph"
            blocks.append(Block(kind, piece.start, piece.end, len(headings) - 1, depth=piece.indent // 4))
    return headings, release_swallowed(text, headings, blocks)


def _has_parts(marked: list[_Piece]) -> bool:
    """Say whether headings that are marked divide a document into parts, under which the other headings stand.

    One heading in capitals does not, nor do abbreviations.
    """
    capitals = sum(len(piece.text) > _ABBREVIATION for piece in marked if piece.capitals)
    return capitals > 1 or any(not piece.capitals for piece in marked)


def _mark_length(text: str) -> int:
    marked = _MARKED.match(text)
    return marked.end() if marked else 0


def _wrap_width(lines: list[Line]) -> int | None:
    """Return the width that the lines are broken at, or None where a line is a paragraph."""
    lengths = sorted(len(line.text) for line in lines if not line.blank)
    if len(lengths) < 4:
        return None
    width = lengths[int(0.95 * (len(lengths) - 1))]
    followed = sum(1 for one, two in pairwise(lines) if len(one.text) > 0.6 * width and not two.blank)
    return width if width in _WRAP_WIDTHS and followed >= 0.25 * len(lengths) else None


def _pieces(lines: list[Line], text: str, width: int | None) -> list[_Piece]:
    pieces: list[_Piece] = []
    open_piece = False
    for number, line in enumerate(lines):
        if line.blank:
            open_piece = False
            continue
        below = lines[number + 1] if number + 1 < len(lines) else None
        if _UNDERLINE.match(line.text):
            if open_piece and pieces and not pieces[-1].bullet and pieces[-1].short:
                pieces[-1].level = 1 if line.text.startswith("=") else 2
                pieces[-1].capitals = False
                open_piece = False
                continue
            if set(line.text) <= set("=-~"):
                open_piece = False
                continue
        marked = _MARKED.match(line.text)
        if marked:
            pieces.append(_Piece(line, text, len(marked[1])))
            open_piece = False
        elif open_piece and _continues(pieces[-1], line, lines[number - 1], width):
            pieces[-1].extend(line)
        else:
            pieces.append(_Piece(line, text, _capital_level(line, below)))
            open_piece = True
    return pieces


def _continues(piece: _Piece, line: Line, before: Line, width: int | None) -> bool:
    """Say whether a line goes on with the piece of the line right above it."""
    if line.bullet:
        return False
    if piece.level and not piece.bullet:
        return False
    if width is None:
        return line.text[0].islower() and not _SENTENCE_END.search(before.text)
    full = len(before.text) >= 0.6 * width
    return full or (line.text[0].islower() and not _CLAUSE_END.search(before.text)) or piece.bullet


def _capital_level(line: Line, below: Line | None) -> int:
    """A short line in capitals is marked as a heading, unless more capitals follow on the next line."""
    letters = [letter for letter in line.text if letter.isalpha()]
    capitals = len(letters) >= 4 and all(letter.isupper() for letter in letters)
    if not capitals or line.bullet or len(line.text) > _HEADING_MOST:
        return 0
    return 0 if below and not below.blank and below.text.isupper() else 2


def _free_numbered(pieces: list[_Piece]) -> None:
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
        parts = _parts_a_text(pieces, place)
        if not parts or number != before + 1:
            end_chain()
        if parts and (chain or number == 1):
            chain.append(place)
    end_chain()


def _parts_a_text(pieces: list[_Piece], place: int) -> bool:
    """Say whether a numbered line stands between blank lines, above something that is not numbered."""
    piece = pieces[place]
    if place + 1 == len(pieces) or not piece.short or _CLAUSE_END.search(piece.text):
        return False
    below = pieces[place + 1]
    if _ORDERED.match(below.text) or not _BLANK_LINE.search(piece.document, piece.end, below.start + 1):
        return False
    return place == 0 or _blank_before(pieces, place)


def _candidate(piece: _Piece) -> bool:
    if piece.level:
        return True
    mark = _MARK.match(piece.text)
    if piece.bullet or not piece.short or _ROW.search(piece.text, mark.end() if mark else 0):
        return False
    words = piece.text
    return (
        words.count(" ") < _HEADING_WORDS
        and (words[0].isupper() or words[0].isdigit() or words[0] in '"“‘¿')
        and not _CLAUSE_END.search(words)
        and any(letter.isalpha() for letter in words)
        and line_role(words) == "body"
    )


def _one_line(text: str) -> bool:
    return "\n" not in text and "\r" not in text


def _choose_headings(pieces: list[_Piece]) -> int:
    """A candidate is a heading where something stands under it; three in a row are a list, not headings.

    The last of a row is one where it says again what stood before it: the row is a table of contents.
    Returns the place of the piece that is the title, if it is a heading.
    """
    candidates = [_candidate(piece) for piece in pieces]
    over_rows = _leave_rows_out(pieces, candidates)
    number = 0
    while number < len(pieces):
        if not candidates[number]:
            number += 1
            continue
        run = number
        while run < len(pieces) and candidates[run]:
            run += 1
        first = max(number, run - (3 if number == 0 else 2))
        for place in range(number, run):
            piece = pieces[place]
            last = place == run - 1
            piece.head = run < len(pieces) and (place >= first or piece.level > 0)
            sure = bool(piece.level) or place in over_rows
            top = place < _TITLE_WITHIN and all(map(_above_title, pieces[:place]))
            if piece.head and last and not sure and not _stands_over(piece, pieces[run], top):
                piece.head = False
            numbered = _NUMBERED.match(piece.text)
            if piece.head and numbered and not piece.level:
                piece.level = min(6, 2 + numbered[1].count("."))
        if run - number > 2 and number > 0:
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
    title = _title_place(pieces)
    for piece in pieces[:title]:
        piece.head = False
    _keep_levels(pieces, title)
    return title


def _leave_rows_out(pieces: list[_Piece], candidates: list[bool]) -> set[int]:
    """Take from the candidates the lines of lists without marks: short lines between two blank ones.

    Returns the places of the lines that stand over such a list and are no part of it ("Opening hours").
    """
    over: set[int] = set()
    begin = 0
    for end in range(1, len(pieces) + 1):
        if end < len(pieces) and not _blank_before(pieces, end):
            continue
        group = pieces[begin:end]
        first, rows = group[0], group[1:]
        if begin and rows and all(_short_line(piece) for piece in group):
            alike = sum(bool(_ROWLIKE.search(row.text)) for row in rows)
            sure = all(_is_row(row) for row in rows) if len(rows) == 1 else 3 * alike >= 2 * len(rows)
            if sure or len(rows) > 1:
                candidates[begin + 1 : end] = [piece.level > 0 for piece in rows]
                headed = candidates[begin] and sure and not _is_row(first)
                candidates[begin] = headed or first.level > 0
                over |= {begin} if headed else set()
        begin = end
    return over


def _short_line(piece: _Piece) -> bool:
    return piece.short and not piece.bullet and not _CLAUSE_END.search(piece.text)


def _is_row(piece: _Piece) -> bool:
    return bool(_ROW.search(piece.text) or _SURELY_ROW.search(piece.text))


def _blank_before(pieces: list[_Piece], place: int) -> bool:
    """Say whether a blank line stands between a piece and the one before."""
    piece = pieces[place]
    return bool(_BLANK_LINE.search(piece.document, pieces[place - 1].end, piece.start + 1))


def _title_place(pieces: list[_Piece]) -> int:
    """Return the place of the title: the first heading, or the second where the first is the name of a site.

    A document speaks of what its title names, and hardly of the site that it stands on.
    """
    top = enumerate(pieces[:_TITLE_WITHIN])
    heads = [place for place, piece in top if piece.head and not _BACK.match(piece.text)]
    if heads and heads[0] and all(_above_title(piece) for piece in pieces[: heads[0]]):
        return heads[0]
    if len(heads) < 2 or heads[0] or _MARKED.match(pieces[0].text):
        return 0
    second = heads[1]
    between = [piece.text for piece in pieces[1:second]]
    if any(line_role(text) == "body" for text in between):
        return 0
    if any(_TOP_OF_SITE.match(text) for text in between):
        crumb = re.split(r"[>»›:|]", between[-1])[-1].strip().casefold()
        return 0 if crumb == pieces[0].text.casefold() else second
    counts = Counter(analysis.terms(" ".join(piece.text for piece in pieces[second + 1 :])))
    site, named = (
        max((counts[term] for term in analysis.terms(pieces[place].text)), default=0) for place in (0, second)
    )
    return second if named >= max(_SPOKEN_OF, site * _SPOKEN_OF) else 0


def _above_title(piece: _Piece) -> bool:
    """Say whether a line at the top of a page is the site's and not the page's."""
    text = piece.text
    return line_role(text) == "navigation" or (piece.short and bool(_ROW.search(text) or _BACK.match(text)))


def _stands_over(piece: _Piece, below: _Piece, first: bool) -> bool:
    """Say whether a line can be the heading of the next; the first of a document also of a site's crumbs."""
    if below.bullet or len(below.text) > len(piece.text) or BULLET.match(below.text):
        return True
    role = line_role(below.text)
    return role == "byline" or (first and role == "navigation")


def _keep_levels(pieces: list[_Piece], title: int) -> None:
    """The first line of a document, where it is a heading, is its title: level 1."""
    if pieces and pieces[title].head and pieces[title].level == 2:
        pieces[title].level = 1
