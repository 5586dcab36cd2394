"""Lines by offset, split where editors split them (`str.splitlines` splits at more)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")
BULLETS = r"•‣◦▪▸·●○■□►▶➢➤❖✓✔\uf000-\uf0ff–—*+-"
"""The marks of list items, as a range of a regular expression; Word has some of private use."""
BULLET = re.compile(rf"[ \t]*(?:[{BULLETS}]|o(?=\t|  )|\(?\d{{1,3}}[.)]|[a-z][.)])[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end; `start` and `end` are code points into the text, blanks stripped."""

    start: int
    end: int
    indent: int
    text: str

    @property
    def blank(self) -> bool:
        return self.start == self.end

    @property
    def bullet(self) -> bool:
        return BULLET.match(self.text) is not None


def split_lines(text: str, start: int = 0) -> list[Line]:
    """Split a text into lines from `start` on; blanks at both ends of a line are not part of it."""
    lines = []
    at = start
    while at <= len(text):
        found = _LINE_END.search(text, at)
        end = found.start() if found else len(text)
        raw = text[at:end]
        body = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        begin = at + indent if body else at
        lines.append(Line(begin, begin + len(body), indent, body))
        if not found:
            break
        at = found.end()
    return lines
