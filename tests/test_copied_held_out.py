"""How held-out pages are read from copied text: titles, headings, and under which heading text stands."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from parsing import plain

from chatbot.documents import Document

PAGES = sorted((Path(__file__).parent / "data" / "copied").glob("*.tsv"))


@cache
def measured() -> Counter[str]:
    """Count over all pages what is right: titles, headings, texts under their own heading; and what there is."""
    counts: Counter[str] = Counter()
    for path in PAGES:
        lines = [line.split("\t", 1) for line in path.read_text("utf-8").split("\n")]
        marked = [(mark, rest[0] if rest else "") for mark, *rest in lines]
        document = plain("\n".join(text for _, text in marked))
        at = 0
        own = -1  # where the heading begins that the text stands under
        below_title = True  # whether that heading is the title
        for mark, text in marked:
            begin, end = at, at + len(text)
            at = end + 1
            if not text.strip():
                continue
            counts[mark] += 1
            heading = _heading_at(document, begin, end)
            if mark == "T":
                counts["titles right"] += document.title.split() == text.split()
            elif mark == "H":
                counts["headings found"] += heading >= 0
            if mark in "TH":
                own, below_title = begin, mark == "T"
            elif mark == "B":
                counts["texts right"] += _stands_under(document, begin, end, own, below_title)
    return counts


def _heading_at(document: Document, begin: int, end: int) -> int:
    found = (h.start for h in document.headings if h.start < end and begin < h.end)
    return next(found, -1)


def _stands_under(document: Document, begin: int, end: int, own: int, below_title: bool) -> bool:
    """Say whether text is a block under its own heading; below the title that is the title or none."""
    for block in document.blocks:
        if block.start < end and begin < block.end:
            if block.section < 0:
                return below_title
            heading = document.headings[block.section]
            return heading.start <= own < heading.end
    return False


def test_titles_are_found_below_what_a_site_puts_above_them() -> None:
    counts = measured()
    assert counts["T"] == len(PAGES) == 8
    assert counts["titles right"] >= 6


def test_headings_are_found() -> None:
    counts = measured()
    assert counts["headings found"] >= 0.8 * counts["H"]


def test_text_stands_under_its_own_heading() -> None:
    counts = measured()
    assert counts["texts right"] >= 0.7 * counts["B"]
