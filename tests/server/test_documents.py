"""What is indexed can be read whole, by anybody, and nothing in it does anything."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from chatbot.bot import Chatbot
from chatbot.index.rebuild import rebuild_index
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
from server.conftest import DOCUMENTS, MARKDOWN, PLAIN


class Page(HTMLParser):
    """The text of a page, and its elements' attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        self.elements.append((tag, dict(attrs)))


def page_of(client: FlaskClient, name: str) -> Page:
    response = client.get(f"/documents/{quote(name)}")
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.text)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def test_the_list_names_every_document(client: FlaskClient) -> None:
    listed = client.get("/api/documents").get_json()["documents"]
    assert [entry["document"] for entry in listed] == [MARKDOWN, PLAIN]
    assert listed[0] == {
        "document": MARKDOWN,
        "title": "All about hiccups",
        "words": len(DOCUMENTS[MARKDOWN].split()),
        "passages": listed[0]["passages"],
        "publisher": "The Leaflet Press",
        "author": "Dr. A. Writer",
        "url": "https://leaflets.example.org/hiccups",
        "reviewed": "2024-05-01",
        "updated": None,
    }
    assert listed[0]["passages"] > 2


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_given_as_its_file_is(client: FlaskClient, name: str) -> None:
    body = client.get(f"/api/documents/{quote(name)}").get_json()
    assert body["document"] == name
    assert body["text"] == DOCUMENTS[name]
    assert set(body) == {
        "document", "title", "text", "format", "headings", "publisher", "author", "url", "reviewed", "updated",
        "sources", "sha256",
    }  # fmt: skip
    for heading in body["headings"]:
        assert body["text"][heading["start"] :].startswith(heading["text"])
    assert body == client.get(f"/api/documents/{quote(name, safe='')}").get_json()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_holds_every_word_of_the_document(client: FlaskClient, name: str) -> None:
    text = DOCUMENTS[name].rpartition("---\ntitle")[2].partition("\n---\n")[2] or DOCUMENTS[name]
    text = re.sub(r"\]\([^)\s]*\)+", "]", text)
    text = text.replace("[the source][src]", "the source")
    missing = words(text) - words(page_of(client, name).text)
    assert not missing


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_passage_is_an_element_that_a_link_can_point_to(
    client: FlaskClient, index: Path, name: str
) -> None:
    opened = Chatbot.open(index).index
    document = opened.find_document(name)
    assert document
    ids = [attributes["id"] for _, attributes in page_of(client, name).elements if attributes.get("id")]
    assert ids == ["text", *(opened.passage(number).id for number in range(*document.passages))]


def test_nothing_in_a_document_runs_or_loads(client: FlaskClient) -> None:
    response = client.get(f"/documents/{MARKDOWN}")
    page = Page(response.text)
    assert "<script>alert" not in response.text
    assert 'alert("raw")' in page.text
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "style", "form"}
    links = {
        attributes["href"]: attributes.get("rel")
        for tag, attributes in page.elements
        if tag == "a" and str(attributes["href"]).startswith(("http", "mailto", "javascript"))
    }
    quiet = "noopener noreferrer"
    assert links.pop("https://leaflets.example.org/hiccups", "") is None  # the document's own address
    assert links == {
        "https://leaflets.example.org/full": quiet,
        "https://leaflets.example.org/source": quiet,
        "mailto:desk@example.org": quiet,
    }
    assert "a glass of water" in page.text
    assert "a script" in page.text


def test_lists_and_tables_are_lists_and_tables(client: FlaskClient) -> None:
    tags = Counter(tag for tag, _ in page_of(client, MARKDOWN).elements)
    assert tags["ul"] == 2
    assert tags["li"] == 5
    assert tags["td"] == 4
    tags = Counter(tag for tag, _ in page_of(client, PLAIN).elements)
    assert (tags["ul"], tags["ol"], tags["li"]) == (1, 1, 5)


def test_headings_stand_in_order_under_one_title(client: FlaskClient) -> None:
    for name in DOCUMENTS:
        levels = [int(tag[1]) for tag, _ in page_of(client, name).elements if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def test_what_is_not_the_body_stands_aside(client: FlaskClient) -> None:
    html = client.get(f"/documents/{quote(PLAIN)}").text
    aside = re.search(r'<div class="passage aside"[^>]*>(.*?)</div>', html, re.DOTALL)
    assert aside
    assert "Written by Jane Doe" in aside[1]


def test_facts_are_shown_and_only_addresses_of_the_web_are_linked(
    client: FlaskClient, tmp_path: Path
) -> None:
    page = page_of(client, MARKDOWN)
    for fact in ("The Leaflet Press", "Dr. A. Writer", "2024-05-01"):
        assert fact in page.text
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    text = "---\nurl: 'javascript:alert(1)'\n---\nA hiccup is a jerk of the diaphragm.\n"
    (corpus / "odd.md").write_text(text)
    rebuild_index(corpus, tmp_path / "index")
    settings = Settings()
    other = create_app(settings, LiveBot(tmp_path / "index", settings)).test_client()
    html = other.get("/documents/odd.md").text
    assert "javascript:alert(1)" in html
    assert 'href="javascript' not in html


HARD = {
    "deep.md": "# Deep\n\n" + "".join(f"{'  ' * depth}- level{depth} word\n" for depth in range(30)),
    "links.md": "# Links\n\nSee [this][a] now.\n\n[a]: https://example.org/a\n\n[unused]: https://example.org/b\n",
    "code.md": "# Code\n\nRun this:\n\n    first line\n      second line\n\n```\nfenced <b>\n```\n\n"
    "> quoted\n> # inside\n",
    "skip.md": "# One\n\nText of one.\n\n### Three\n\nText of three.\n\n# Again\n\nText again.\n",
    "line ends.txt": "Title\r\n\r\nA first paragraph of words.\r\n• an item\r\n• another\r\n",
    "a\\b#c?d%20.txt": "Ünïcode names — and 😀 text are read as they are.\n",
    "new\nline.txt": "A name may even hold a line end.\n",
    "long.txt": "Long\n\n" + " ".join(f"word{number}" for number in range(900)) + ".\n",
    "table.md": "# T\n\n| a | b |\n| --- | --- |\n"
    + "".join(f"| cell{n} | value{n} |\n" for n in range(200)),
}


def test_documents_of_any_shape_and_name_are_shown_whole(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in HARD.items():
        (corpus / name).write_bytes(text.encode())
    rebuild_index(corpus, tmp_path / "index")
    settings = Settings()
    client = create_app(settings, LiveBot(tmp_path / "index", settings)).test_client()
    assert {entry["document"] for entry in client.get("/api/documents").get_json()["documents"]} == set(HARD)
    for name, text in HARD.items():
        assert client.get(f"/api/documents/{quote(name, safe='')}").get_json()["text"] == text
        shown = text.replace("[this][a]", "this")
        assert not words(shown) - words(page_of(client, name).text), name
