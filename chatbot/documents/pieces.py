"""Lines of plain text become pieces: paragraphs, list items and lines that may be headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from chatbot.documents.lines import Line
from chatbot.documents.roles import line_role

HEADING_MOST = 90
_WRAP_WIDTHS = range(45, 111)
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,})$")
MARKED = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;,…][\"”’)\]]*$")
CLAUSE_END = re.compile(r"[.!:;,…][\"”’)\]]*$")
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\b(?:page|p[áa]gina) \d|[ \t]{2,}\d{1,3}$|\| ?\d{1,3}$|^\d{1,3}[ \t]{2,}", re.IGNORECASE
)
_PAGES, _LETTERS = 3, 8
FIGURES = re.compile(r"\b\d{1,2}[.:]\d\d\b|\b\d{1,2} ?[ap]\.?m\b|[£$€] ?\d", re.IGNORECASE)
"""An hour or a price stands in a row of a table, or in text."""
BLANK_LINE = re.compile(r"\n[ \t]*\r?\n|\r[ \t]*\r")


class Piece:
    """Lines that belong together: a heading candidate, a paragraph or a list item."""

    __slots__ = ("bullet", "capitals", "document", "end", "head", "indent", "level", "running", "start")

    def __init__(self, line: Line, text: str, level: int = 0) -> None:
        self.start, self.end, self.indent = line.start, line.end, line.indent
        self.document = text
        self.bullet = line.bullet
        self.level = level  # above 0: marked as a heading
        self.capitals = level > 0 and not MARKED.match(line.text)
        self.head = False
        self.running = False  # the head or foot of a printed page

    @property
    def text(self) -> str:
        return self.document[self.start : self.end]

    @property
    def short(self) -> bool:
        """Whether it is one line, and not too long for a heading."""
        return self.end - self.start <= HEADING_MOST and _one_line(self.text)

    def extend(self, line: Line) -> None:
        self.end = line.end


def wrap_width(lines: list[Line]) -> int | None:
    """Return the width that the lines are broken at, or None where a line is a paragraph."""
    lengths = sorted(len(line.text) for line in lines if not line.blank)
    if len(lengths) < 4:
        return None
    width = lengths[int(0.95 * (len(lengths) - 1))]
    followed = sum(1 for one, two in pairwise(lines) if len(one.text) > 0.6 * width and not two.blank)
    return width if width in _WRAP_WIDTHS and followed >= 0.25 * len(lengths) else None


def pieces_of(lines: list[Line], text: str, width: int | None) -> list[Piece]:
    """Return the pieces of some lines, which are broken at `width`, or are paragraphs where that is None."""
    pieces: list[Piece] = []
    listed = _listed(lines) if width is None else frozenset()
    running = _running(lines)
    open_piece = False
    for number, line in enumerate(lines):
        if line.blank:
            open_piece = False
            continue
        below = lines[number + 1] if number + 1 < len(lines) else None
        if number in running:
            pieces.append(Piece(line, text))
            pieces[-1].running = True
            open_piece = False
            continue
        if set(line.text) == {"_"}:
            open_piece = False
            continue
        if _UNDERLINE.match(line.text):
            if open_piece and pieces and not pieces[-1].bullet and pieces[-1].short:
                pieces[-1].level = 1 if line.text.startswith("=") else 2
                pieces[-1].capitals = False
                open_piece = False
                continue
            if set(line.text) <= set("=-~"):
                open_piece = False
                continue
        marked = MARKED.match(line.text)
        if marked:
            pieces.append(Piece(line, text, len(marked[1])))
            open_piece = False
        elif number in listed:
            pieces.append(Piece(line, text))
            pieces[-1].bullet = True
            open_piece = False
        elif open_piece and _continues(pieces[-1], line, lines[number - 1], width):
            pieces[-1].extend(line)
        else:
            pieces.append(Piece(line, text, _capital_level(line, below)))
            open_piece = len(line.text) > HEADING_MOST or line_role(line.text) != "navigation"
    return pieces


def _running(lines: list[Line]) -> set[int]:
    """Return the places of the heads and feet of printed pages: what stands there again, but for the page's number."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if len(line.text) <= HEADING_MOST and _PAGE_NUMBER.search(line.text):
            places.setdefault(_DIGITS.sub("0", " ".join(line.text.split())), []).append(number)
    return {
        number
        for text, found in places.items()
        if len(found) >= _PAGES and sum(map(str.isalpha, text)) >= _LETTERS and " " in text
        if len({lines[number].text for number in found}) == len(found)
        for number in found
    }


def _listed(lines: list[Line]) -> frozenset[int]:
    """Return the places of lines that list things without marks: several that end no sentence.

    They begin small below a line that begins with a capital, or stand by themselves below one that ends in a colon.
    (A link on a line of its own is no list: the sentence that it stands in ends.)
    """
    found: set[int] = set()
    at = 0
    above: Line | None = None
    while at < len(lines):
        begin = at
        led = above is not None and above.text.endswith(":")
        while at < len(lines) and not lines[at].blank and _may_be_listed(lines[at], led):
            at += 1
        run = lines[begin:at]
        apart = at == len(lines) or lines[at].blank
        headed = (
            above is not None and len(above.text) <= HEADING_MOST and not _SENTENCE_END.search(above.text)
        )
        few = sum(len(line.text.split()) for line in run) < 2 * len(run)
        ends = any(_SENTENCE_END.search(line.text) for line in run)
        small = all(line.text[0].islower() for line in run)
        if len(run) > 1 and not ends and not few and ((led and (apart or small)) or (headed and small)):
            found.update(range(begin, at))
        at = max(at, begin + 1)
        above = next((line for line in reversed(lines[max(0, at - 3) : at]) if not line.blank), above)
    return frozenset(found)


def _may_be_listed(line: Line, led: bool) -> bool:
    """Say whether a line may be one of a list without marks: it is short, and small unless a colon leads to it."""
    return (led or line.text[0].islower()) and len(line.text) <= HEADING_MOST and not line.bullet


def _continues(piece: Piece, line: Line, before: Line, width: int | None) -> bool:
    """Say whether a line goes on with the piece of the line right above it."""
    if line.bullet:
        return False
    if piece.level and not piece.bullet:
        return False
    if width is None:
        return line.text[0].islower() and not _SENTENCE_END.search(before.text)
    full = len(before.text) >= 0.6 * width
    return full or (line.text[0].islower() and not CLAUSE_END.search(before.text)) or piece.bullet


def _capital_level(line: Line, below: Line | None) -> int:
    """A short line in capitals is marked as a heading, unless more capitals follow on the next line."""
    letters = [letter for letter in line.text if letter.isalpha()]
    capitals = len(letters) >= 4 and all(letter.isupper() for letter in letters)
    if not capitals or line.bullet or len(line.text) > HEADING_MOST:
        return 0
    return 0 if below and not below.blank and below.text.isupper() else 2


def _one_line(text: str) -> bool:
    return "\n" not in text and "\r" not in text


def blank_before(pieces: Sequence[Piece], place: int) -> bool:
    """Say whether a blank line stands between a piece and the one before."""
    piece = pieces[place]
    return bool(BLANK_LINE.search(piece.document, pieces[place - 1].end, piece.start + 1))
