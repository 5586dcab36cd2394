"""A document as a page: its headings and passages in order, each passage an element to link to."""

from __future__ import annotations

import bisect
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from chatbot.documents.lines import BULLET
from chatbot.documents.metadata import front_matter
from chatbot.documents.model import Block
from chatbot.documents.plain import parse_plain
from chatbot.index.reader import Index, StoredDocument, StoredPassage

_LINKED = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_LINE_ENDS = "\r\n"
_CODE_INDENT = 4
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """A heading; `level` is its place among those above it, 2 to 6: the title is the page's only first."""

    text: str
    level: int
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class PassageBlock:
    """A passage; what is not the body of the document (captions, bylines, sources) is an `aside`."""

    id: str
    html: Markup
    role: Literal["body", "aside"]
    kind: Literal["passage"] = "passage"


def blocks(index: Index, document: StoredDocument) -> list[HeadingBlock | PassageBlock]:
    """Return all that a document holds, in order, as escaped HTML."""
    text = index.document_text(document)
    if document.format == "markdown":
        references = _references(text)
        inline: Callable[[str], str] = lambda part: _inline(part, references)  # noqa: E731
        render: Callable[[StoredPassage], Markup] = lambda part: _markdown(text, part, references)  # noqa: E731
    else:
        found = parse_plain(text, front_matter(text)[1])[1]
        inline = str
        render = lambda part: _plain(text, part, found)  # noqa: E731
    placed: list[tuple[int, HeadingBlock | PassageBlock]] = []
    for start, level, heading in _nested(document):
        placed.append((start, HeadingBlock(inline(heading), level)))
    for number in range(*document.passages):
        passage = index.passage(number)
        role: Literal["body", "aside"] = "body" if passage.role == "body" else "aside"
        placed.append((passage.start, PassageBlock(passage.id, render(passage), role)))
    return [block for _, block in sorted(placed, key=lambda pair: pair[0])]


def _nested(document: StoredDocument) -> Iterator[tuple[int, int, str]]:
    """Yield the headings under the title, their levels closed up so that none is skipped."""
    above: list[int] = []
    titled = False
    for level, text, start in document.headings:
        if level == 1 and not titled:
            titled = True
            if text == document.title:
                continue
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        yield start, min(_DEEPEST, len(above) + 1), text


# ---------------------------------------------------------------------- plain text


def _plain(text: str, passage: StoredPassage, found: Sequence[Block]) -> Markup:
    """Return a passage's paragraphs and lists, as the document's own lines make them."""
    pieces = _pieces(text, passage.start, passage.end, found)
    html = [_group(tag, [part for _, part in parts]) for tag, parts in groupby(pieces, lambda pair: pair[0])]
    return Markup("\n").join(html)


def _pieces(text: str, start: int, end: int, found: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Yield what stands between two offsets, piece by piece, each with the element it belongs in."""
    at = start
    number = max(0, bisect.bisect_right(found, start, key=lambda block: block.start) - 1)
    while number < len(found) and found[number].start < end:
        block = found[number]
        first, last = max(start, block.start), min(end, block.end)
        number += 1
        if first >= last:
            continue
        yield from _between(text[at:first])
        bullet = BULLET.match(text[first:last]) if block.kind == "item" and first == block.start else None
        if bullet and not any(mark.isalnum() for mark in bullet[0]):
            yield "ul", text[first + bullet.end() : last]
        else:
            yield "ol" if block.kind == "item" else "p", text[first:last]
        at = last
    yield from _between(text[at:end])


def _between(text: str) -> Iterator[tuple[str, str]]:
    """What no block covers is a rule or an underline, unless there are words in it."""
    if any(mark.isalnum() for mark in text):
        yield "p", text.strip()


def _group(tag: str, parts: list[str]) -> Markup:
    """Return paragraphs or one list. The items of an `ol` keep the numbers that they are written with."""
    if tag == "p":
        return Markup("\n").join(Markup("<p>{}</p>").format(part) for part in parts)
    items = Markup("\n").join(Markup("<li>{}</li>").format(part) for part in parts)
    return (Markup('<ol class="verbatim">{}</ol>') if tag == "ol" else Markup("<ul>{}</ul>")).format(items)


# ---------------------------------------------------------------------- Markdown


def _markdown(text: str, passage: StoredPassage, references: dict[str, Any]) -> Markup:
    """Return a passage's Markdown as HTML; where nothing of it would show, its text."""
    piece = _outdented(text, passage.start, passage.end)
    html = _MARKDOWN.render(piece, {"references": dict(references)})
    if not _TAG.sub("", html).strip():
        return Markup("<p>{}</p>").format(piece)
    return Markup(html)  # noqa: S704 - raw HTML is off, so that all of it is the renderer's own


def _references(text: str) -> dict[str, Any]:
    """Return the addresses that a document defines for links, which may stand in another passage."""
    found: dict[str, Any] = {}
    _REFERENCES.parse(text, found)
    references: dict[str, Any] = found.get("references", {})
    return references


def _inline(text: str, references: dict[str, Any]) -> Markup:
    return Markup(_MARKDOWN.renderInline(text, {"references": dict(references)}))  # noqa: S704 - as above


def _outdented(text: str, start: int, end: int) -> str:
    """Return a slice as if it began at the margin: a nested item must not turn into code."""
    line = max(text.rfind(mark, 0, start) for mark in _LINE_ENDS) + 1
    lead = text[line:start]
    piece = textwrap.dedent((lead if lead.isspace() else "") + text[start:end])
    return piece if len(piece) - len(piece.lstrip()) < _CODE_INDENT else piece.lstrip()


def _tame(state: StateCore) -> None:
    """Change what a document's links and images do before they are rendered."""
    for token in state.tokens:
        if token.children:
            token.children = list(_tamed(token.children))


def _tamed(tokens: list[Token]) -> Iterator[Token]:
    """Link to the web and to mail alone; any other link, and every image, is its text: nothing is loaded."""
    linked = False
    for token in tokens:
        if token.type == "link_open":
            linked = bool(_LINKED.match(str(token.attrGet("href") or "")))
            token.attrSet("rel", "noopener noreferrer")
        if token.type == "image":
            yield Token("text", "", 0, content=token.content)
        elif linked or token.type not in {"link_open", "link_close"}:
            yield token


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable("table")
    parser.validateLink = lambda url: bool(url)  # type: ignore[method-assign]
    parser.core.ruler.push("tame", _tame)
    return parser


_REFERENCES = MarkdownIt("commonmark", {"maxNesting": 60})
_MARKDOWN = _parser().disable("reference")  # the definition of an address is shown as it stands
