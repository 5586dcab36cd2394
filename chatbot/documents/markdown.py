"""A Markdown file becomes headings and blocks; every line of it belongs to one."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbot.documents.lines import Line, split_lines
from chatbot.documents.model import Block, BlockKind, Heading, Role

_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")  # only lines are asked for
_RULE = re.compile(r"^[-_*=\s|:>]*$")
_QUOTED = re.compile(r"(?:>[ \t]*)*")
_ASKED = re.compile(r"(\*\*|__|\*|_)(?=\S)([^*_\n]{3,120}\?)\1(?:[ \t]+|$)")
"""A question set off at the beginning of a paragraph."""
_BELOW = 0
"""The level of a heading that is one below that before it."""


def parse_markdown(text: str, body: int) -> tuple[list[Heading], list[Block]]:
    """Return the headings and blocks of the Markdown from offset `body` on, in order."""
    if text.startswith("\ufeff") and body == 0:
        body = 1
    lines = split_lines(text, body)
    source = text[body:].replace("\0", " ")
    walk = _Walk(lines, text)
    walk.tokens(_PARSER.parse(source))
    walk.leftovers()
    return walk.finish()


class _Walk:
    """Goes over the parser's tokens and notes which lines are what."""

    def __init__(self, lines: list[Line], text: str) -> None:
        self.lines = lines
        self.text = text
        self.taken = [False] * len(lines)
        self.found: list[tuple[int, Heading | Block]] = []

    def tokens(self, tokens: list[Token]) -> None:
        depth = 0
        for token in tokens:
            if token.type == "list_item_open":
                depth += 1
                self.item(token, depth)
            elif token.type == "list_item_close":
                depth -= 1
            elif not token.map:
                continue
            elif token.type == "heading_open":
                self.heading(token)
            elif token.type == "thead_open":
                self.block(token.map[0], token.map[1], "header", 0)
            elif token.type == "tr_open":
                self.block(token.map[0], token.map[1], "item", 0)
            elif token.type in {"paragraph_open", "fence", "code_block"}:
                self.block(token.map[0], token.map[1], "item" if depth else "paragraph", max(0, depth - 1))
            elif token.type == "html_block":
                comment = self.lines[token.map[0]].text.startswith("<!--")
                self.block(token.map[0], token.map[1], "paragraph", 0, "comment" if comment else "body")

    def item(self, token: Token, depth: int) -> None:
        """Take an item's first paragraph; what else stands in it is taken as the walk comes to it."""
        first, last = token.map or (0, 0)
        end = first + 1
        while end < last and not self.lines[end].blank and not self.lines[end].bullet:
            end += 1
        self.block(first, end, "item", depth - 1)

    def heading(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        if self.taken[first]:
            return
        line = self.lines[first]
        quoted = _QUOTED.match(line.text)
        line_start = line.start + (quoted.end() if quoted else 0)
        raw = self.text[line_start : line.end]
        if token.markup in {"=", "-"}:
            start, end = line_start, self.lines[max(first, last - 2)].end
        else:
            opening = re.match(r"#{1,6}[ \t]*", raw)
            closing = re.search(r"(?:^|[ \t]+)#+$", raw)
            start = line_start + (opening.end() if opening else 0)
            end = line_start + (closing.start() if closing and closing.start() > 0 else len(raw))
        for number in range(first, last):
            self.taken[number] = True
        text = self.text[start:end].strip()
        if text:
            self.found.append((start, Heading(int(token.tag[1]), text, start, end)))

    def block(self, first: int, last: int, kind: BlockKind, depth: int, role: Role = "body") -> None:
        """Take the lines from `first` up to `last` that nothing has taken yet."""
        last = min(last, len(self.lines))
        while first < last and (self.taken[first] or self.lines[first].blank):
            first += 1
        end = first
        for number in range(first, last):
            if self.taken[number]:
                break
            if not self.lines[number].blank:
                end = number + 1
        if first >= end:
            return
        for number in range(first, end):
            self.taken[number] = True
        start, until = self.lines[first].start, self.lines[end - 1].end
        if kind == "paragraph" and role == "body":
            start = self.question(start, self.lines[first].end)
            if not self.text[start:until].strip():
                return
            start += len(self.text[start:until]) - len(self.text[start:until].lstrip())
        self.found.append((start, Block(kind, start, until, -1, role, depth)))

    def question(self, start: int, end: int) -> int:
        """Take a question in bold or italics that begins a paragraph as its heading; return where the rest begins."""
        asked = _ASKED.match(self.text, start, end)
        if asked is None:
            return start
        self.found.append((asked.start(2), Heading(_BELOW, asked[2], asked.start(2), asked.end(2))))
        return asked.end()

    def leftovers(self) -> None:
        """Take the lines that no token covers: link definitions, and what is nested too deeply to parse."""
        for number, line in enumerate(self.lines):
            if not self.taken[number] and not line.blank and not _RULE.match(line.text):
                self.block(number, number + 1, "item" if line.bullet else "paragraph", 0)

    def finish(self) -> tuple[list[Heading], list[Block]]:
        headings: list[Heading] = []
        blocks: list[Block] = []
        below = 2
        for _, found in sorted(self.found, key=lambda pair: pair[0]):
            if isinstance(found, Heading):
                if found.level == _BELOW:
                    found = replace(found, level=below)
                else:
                    below = min(6, found.level + 1)
                headings.append(found)
            else:
                blocks.append(
                    Block(found.kind, found.start, found.end, len(headings) - 1, found.role, found.depth)
                )
        return headings, blocks
