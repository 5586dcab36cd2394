"""A file becomes a Document: text and offsets kept, headings, blocks and their roles found."""

from chatbot.documents.corpus import Skipped, SourceFile, find_documents, read_document
from chatbot.documents.model import Block, Document, Heading, Metadata, Role
from chatbot.documents.parse import parse

__all__ = [
    "Block",
    "Document",
    "Heading",
    "Metadata",
    "Role",
    "Skipped",
    "SourceFile",
    "find_documents",
    "parse",
    "read_document",
]
