"""The index: build, format on disk, publish and roll back, reading, search."""

from chatbot.index.reader import Index, StoredDocument, StoredPassage

__all__ = ["Index", "StoredDocument", "StoredPassage"]
