"""What is indexed: the documents as JSON, and each as a page that a citation points into.

A name is only ever looked up in the index; no file is opened by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.routing import BaseConverter

from chatbot.bot import Chatbot
from chatbot.index.reader import Index, StoredDocument
from chatbot.server.answers import encode, file_answer, json_answer
from chatbot.server.document_page import blocks
from chatbot.server.live import LiveBot, per_version
from chatbot.server.problems import NOT_FOUND, Problem

_WEB = re.compile(r"https?://", re.IGNORECASE)
_FACTS = ("publisher", "author", "reviewed", "updated")


class DocumentName(BaseConverter):
    """A document's name in an address: any characters, `/` among them, plain or as `%2F`."""

    regex = r"(?s:.+)"
    part_isolating = False


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document in the list; `passages` is how many there are."""

    document: str
    title: str
    words: int
    passages: int
    publisher: str | None
    author: str | None
    url: str | None
    reviewed: str | None
    updated: str | None


@dataclass(frozen=True, slots=True)
class DocumentList:
    """All documents of the index, by name."""

    documents: tuple[DocumentEntry, ...]


@dataclass(frozen=True, slots=True)
class HeadingEntry:
    """A heading as written; `start` is its place in the document's text, in code points."""

    level: int
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document whole: citations are offsets into `text`; `sha256` is that of its file."""

    document: str
    title: str
    text: str
    format: str
    headings: tuple[HeadingEntry, ...]
    publisher: str | None
    author: str | None
    url: str | None
    reviewed: str | None
    updated: str | None
    sources: tuple[dict[str, str], ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known about a document."""

    label: str
    value: str


def blueprint(bots: LiveBot) -> Blueprint:
    """Return the list of documents, each document's text, and each document's page."""
    routes = Blueprint("documents", __name__)

    @routes.get("/api/documents")
    def listed() -> Response:
        return json_answer(_list(bots.current()))

    @routes.get("/api/documents/<document_name:name>")
    def text(name: str) -> Response:
        index = bots.current().index
        return json_answer(_whole(index, _known(index, name)))

    @routes.get("/documents/<document_name:name>")
    def page(name: str) -> Response:
        index = bots.current().index
        document = _known(index, name)
        url = document.facts["url"]
        linked = bool(url and _WEB.match(url))
        html = render_template(
            "document.html",
            root=request.script_root,
            title=document.title,
            facts=list(_facts(document, linked)),
            url=url if linked else None,
            blocks=blocks(index, document),
        )
        return file_answer(html.encode(), "text/html; charset=utf-8")

    return routes


def _known(index: Index, name: str) -> StoredDocument:
    document = index.find_document(name)
    if document is None:
        raise Problem(NOT_FOUND, f"No document of the index is named “{name}”.")
    return document


@per_version
def _list(bot: Chatbot) -> bytes:
    index = bot.index
    return encode(
        DocumentList(tuple(_entry(index.document(number)) for number in range(index.document_count())))
    )


def _entry(document: StoredDocument) -> DocumentEntry:
    facts = document.facts
    first, last = document.passages
    return DocumentEntry(
        document.name,
        document.title,
        document.words,
        last - first,
        facts["publisher"],
        facts["author"],
        facts["url"],
        facts["reviewed"],
        facts["updated"],
    )


def _whole(index: Index, document: StoredDocument) -> DocumentText:
    facts = document.facts
    return DocumentText(
        document.name,
        document.title,
        index.document_text(document),
        document.format,
        tuple(HeadingEntry(*heading) for heading in document.headings),
        facts["publisher"],
        facts["author"],
        facts["url"],
        facts["reviewed"],
        facts["updated"],
        tuple(facts["sources"]),
        document.sha256,
    )


def _facts(document: StoredDocument, linked: bool) -> Iterator[Fact]:
    """Yield what is known; an address that is not of the web is shown, never linked."""
    for name in _FACTS:
        if document.facts[name]:
            yield Fact(name.capitalize(), document.facts[name])
    if document.facts["url"] and not linked:
        yield Fact("Original", document.facts["url"])
