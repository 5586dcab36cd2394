"""Text of a known format becomes a Document."""

from __future__ import annotations

from chatbot.documents.markdown import parse_markdown
from chatbot.documents.metadata import front_matter
from chatbot.documents.model import Document, Metadata
from chatbot.documents.plain import parse_plain
from chatbot.documents.roles import assign_roles

MARKDOWN_ENDINGS = frozenset({".md", ".markdown"})
PLAIN_ENDINGS = frozenset({".txt", ".text"})
ENDINGS = MARKDOWN_ENDINGS | PLAIN_ENDINGS


def parse(name: str, text: str, beside: Metadata | None = None) -> Document:
    """Parse a document's text; its name's ending tells the format.

    `beside` is what a sidecar says of it: front matter comes first.
    """
    stated, body, warnings = front_matter(text)
    markdown = any(name.lower().endswith(ending) for ending in MARKDOWN_ENDINGS)
    headings, blocks = (parse_markdown if markdown else parse_plain)(text, body)
    return Document(
        name=name,
        text=text,
        format="markdown" if markdown else "text",
        metadata=stated.over(beside or Metadata()),
        headings=tuple(headings),
        blocks=tuple(assign_roles(text, headings, blocks)),
        warnings=tuple(warnings),
    )
