"""Front matter: read where it stands, left out where it is broken, and never fatal."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MakeCorpus
from parsing import markdown, under

from chatbot.documents import Document, parse
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder


def roles(document: Document) -> list[tuple[str, str]]:
    return [(block.role, document.text[block.start : block.end]) for block in document.blocks]


def test_front_matter_is_read_and_is_no_text() -> None:
    document = markdown(
        "---\ntitle: 'Bread: a start'\nauthors: [Ann Lee, Tom Baker]\nreviewed: 2024-05-03\nupdated: May 2024\n"
        "publisher: 42\nurl: https://example.org/bread\nsources:\n  - On bread\n  - {title: Crumbs, year: 2020}\n"
        "tags: [a, b]\n...\n\nFlour.\n"
    )
    stated = document.metadata
    assert document.title == "Bread: a start"
    assert (stated.author, stated.reviewed, stated.updated) == (
        "Ann Lee, Tom Baker",
        "2024-05-03",
        "May 2024",
    )
    assert (stated.publisher, stated.url) == ("42", "https://example.org/bread")
    assert stated.sources == ({"title": "On bread"}, {"title": "Crumbs", "year": "2020"})
    assert under(document) == ["Flour."]
    assert document.warnings == ()


@pytest.mark.parametrize("name", ["guide.md", "guide.txt"])
def test_front_matter_may_follow_a_byte_order_mark(name: str) -> None:
    document = parse(name, "\ufeff---\r\ntitle: Bread\r\n---\r\nFlour and water.\r\n")
    assert document.title == "Bread"
    assert under(document) == ["Flour and water."]


def test_broken_front_matter_is_left_out_and_said_so() -> None:
    document = markdown("---\ntitle: Bread\nauthor: [Ann\n---\n# Loaf\n\nFlour.\n")
    assert document.title == "Loaf"
    assert [document.text[block.start : block.end] for block in document.blocks] == ["Flour."]
    (warning,) = document.warnings
    assert "front matter" in warning
    assert "line" in warning


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("titel: Bread", 'no field "titel", and it was left out; write "title"'),
        ("reviewd: 2024-05-03", 'no field "reviewd", and it was left out; write "reviewed"'),
        ("reviewed: 3 May 2024", 'says reviewed "3 May 2024"; write it as YYYY-MM-DD'),
        ('title: Bread: a start\n"crumbs', "not YAML at line 2 and was left out; put quotes around"),
    ],
)
def test_what_is_not_understood_of_front_matter_is_said(front: str, said: str) -> None:
    (warning,) = markdown(f"---\n{front}\n---\n# Loaf\n\nFlour.\n").warnings
    assert said in warning


def test_front_matter_without_an_end_is_said_and_read_as_text() -> None:
    document = markdown("---\ntitle: Bread\n\nFlour.\n")
    assert document.warnings == ("its front matter has no end and is read as text; close it with a line ---",)
    assert any("Flour." in words for _, words in roles(document))


@pytest.mark.parametrize("front", ["layout: page", "tags: [a, b]", "lang: en", "reviewed: 2024-05-03"])
def test_front_matter_that_other_programs_read_is_no_doubt(front: str) -> None:
    assert markdown(f"---\n{front}\n---\n# Loaf\n\nFlour.\n").warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nFlour and water.\n\n---\n\nSalt.\n",  # a rule above and below
        "---\nFlour and water, salt.\n---\n\nSalt.\n",
        "---\nFlour and water.\n\nSalt.\n",  # never closed
        "---\n- Flour and water.\n- more\n---\nSalt.\n",  # a list
    ],
)
def test_a_rule_is_not_taken_for_front_matter(text: str) -> None:
    document = markdown(text)
    everything = [words for _, words in roles(document)] + [heading.text for heading in document.headings]
    assert any("Flour and water" in words for words in everything)
    assert any("Salt." in words for words in everything)


@pytest.mark.parametrize(
    "value",
    ['"\\ud800"', "0x" + "f" * 5_000, "1" * 5_000, ".inf", "2024-13-45", "[[[", "{a: b", "!!python/object:os.system x",
     "&a [*a]", "[" * 3_000, "2001-01-01 99:00:00", "? x", "\x00"],
    ids=["surrogate", "large hex", "large", "infinity", "no date", "open", "map", "object", "recursive", "deep",
         "no time", "question", "NUL"],
)  # fmt: skip
def test_no_front_matter_stops_a_rebuild(value: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"a.md": f"---\ntitle: {value}\n---\nFlour.\n", "b.md": "Water.\n"})
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.counts["documents"] + len(rebuilt.skipped) == 2
    index = Index(live_folder(tmp_path / "index"))
    assert "Water." in {index.passage(number).text for number in range(len(index))}
