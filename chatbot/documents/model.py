"""A document: its text, its headings and its blocks, all by offsets into the text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

BlockKind = Literal["paragraph", "item", "header"]
Role = Literal[
    "body",
    "caption",  # what an image shows
    "credit",  # whose image it is
    "byline",  # who wrote or reviewed it, and when
    "biography",  # who the author is
    "sources",  # what it rests on
    "editorial",  # how the publisher works
    "navigation",  # what the page is about to say, links, advertisements
    "comment",  # what a reader of the page never sees
]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said of a document beside its text; `reviewed` and `updated` are as written (ISO if a date)."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    reviewed: str | None = None
    updated: str | None = None
    sources: tuple[dict[str, Any], ...] = ()

    def over(self, other: Metadata) -> Metadata:
        """Take each field from this one, and from `other` where this one says nothing."""
        return Metadata(
            *(getattr(self, name) or getattr(other, name) for name in Metadata.__dataclass_fields__)
        )


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as written; `start` and `end` are code points into the document's text."""

    level: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row.

    `start` and `end` are code points into the document's text, `section` is the index of the heading it
    stands under (-1: none). A table's `header` block introduces the rows behind it, which are items.
    """

    kind: BlockKind
    start: int
    end: int
    section: int
    role: Role = "body"
    depth: int = 0


@dataclass(frozen=True)
class Document:
    """A document read: `name` is its path in the corpus with `/`; blocks are in order and never overlap."""

    name: str
    text: str
    format: Literal["text", "markdown"]
    metadata: Metadata
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()

    @cached_property
    def title(self) -> str:
        """Its stated title, else its first level-1 heading, else the file's name without its ending."""
        if self.metadata.title:
            return self.metadata.title
        for heading in self.headings:
            if heading.level == 1:
                return heading.text
        return self.name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or self.name

    def path(self, section: int) -> tuple[str, ...]:
        """Return the headings above a section and its own, outermost first, without the title."""
        return self._paths[section] if section >= 0 else ()

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        first = next((heading for heading in self.headings if heading.level == 1), None)
        title = first if first and first.text == self.title else None
        above: list[Heading] = []
        paths = []
        for heading in self.headings:
            while above and above[-1].level >= heading.level:
                above.pop()
            above.append(heading)
            paths.append(tuple(one.text for one in above if one is not title))
        return tuple(paths)
