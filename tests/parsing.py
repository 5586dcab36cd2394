"""What a document was read as: its headings, its blocks by place and by role."""

from __future__ import annotations

from pathlib import Path

from chatbot.documents import Document, find_documents, parse, read_document


def headings(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in document.headings]


def under(document: Document, *path: str) -> list[str]:
    """Return the blocks that stand under exactly these headings."""
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if document.path(block.section) == path
    ]


def of_role(document: Document, role: str) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.role == role]


def plain(text: str) -> Document:
    return parse("guide.txt", text)


def markdown(text: str) -> Document:
    return parse("guide.md", text)


def read_one(corpus: Path, name: str = "a.md") -> Document:
    (file,) = [file for file in find_documents(corpus)[0] if file.name == name]
    return read_document(file)[0]
