"""A document's title and facts: its own, its sidecar's or the editors', and what is said of wrong ones."""

from __future__ import annotations

import pytest
from conftest import MakeCorpus
from parsing import read_one

from chatbot.documents import find_documents
from chatbot.errors import CorpusError


def test_a_title_is_stated_or_the_first_heading_or_the_files_name(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"bread/My loaf.v2.md": "## Crust\n\nFlour.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "My loaf.v2"
    make_corpus({"bread/My loaf.v2.md": "## Crust\n\nFlour.\n\n# Second\n\nWater.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "Second"
    make_corpus({"_metadata.toml": '["bread/My loaf.v2.md"]\ntitle = "The editors’"\nauthor = "Ann"\n'})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "The editors’"
    make_corpus({"bread/My loaf.v2.meta.toml": 'title = "The sidecar’s"\n'})
    document = read_one(corpus, "bread/My loaf.v2.md")
    assert (document.title, document.metadata.author) == ("The sidecar’s", "Ann")
    make_corpus({"bread/My loaf.v2.md": "---\ntitle: Its own\n---\n# Second\n\nWater.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "Its own"


def test_a_sidecar_may_name_the_ending_too(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(
        {
            "a.md": "Flour.\n",
            "a.md.meta.toml": 'title = "Of a.md"\nreviewed = 2024-05-03\n',
            "a.meta.toml": 'title = "Of a"\n',
        }
    )
    document = read_one(corpus)
    assert (document.title, document.metadata.reviewed) == ("Of a.md", "2024-05-03")
    assert find_documents(corpus)[1] == [], "a sidecar is no document, and need not be said"


SIDECARS = {
    "not TOML": b"title = Bread\n",
    "not UTF-8": b'title = "Caf\xe9"\n',
    "deep": b"a = " + b"[" * 5_000 + b"]" * 5_000,
    "large number": b"title = " + b"1" * 5_000,
}


@pytest.mark.parametrize("content", SIDECARS.values(), ids=SIDECARS.keys())
def test_a_wrong_sidecar_skips_its_document_and_names_itself(content: bytes, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "a.md.meta.toml": content, "b.md": "Water.\n"})
    found, skipped = find_documents(corpus)
    assert [file.name for file in found] == ["b.md"]
    assert [skip.name for skip in skipped] == ["a.md"]
    assert "a.md.meta.toml" in skipped[0].reason


@pytest.mark.parametrize(
    "content", [*SIDECARS.values(), b'title = "Bread"\n'], ids=[*SIDECARS.keys(), "not a table"]
)
def test_a_wrong_editors_file_stops_the_rebuild_and_is_named(content: bytes, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "_metadata.toml": content})
    with pytest.raises(CorpusError, match=r"_metadata\.toml"):
        find_documents(corpus)


def test_an_editors_entry_for_no_document_is_said(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "_metadata.toml": '["b.md"]\ntitle = "B"\n'})
    (skip,) = find_documents(corpus)[1]
    assert "b.md" in skip.name
    assert "_metadata.toml" in skip.name


def test_an_editors_entry_that_needs_quotes_is_shown_with_them(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.txt": "Flour.\n", "_metadata.toml": '[a.txt]\ntitle = "A"\n'})
    (skip,) = find_documents(corpus)[1]
    assert skip.reason == 'it names no document of this corpus; quote the whole name: ["a.txt"]'


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"a.meta.toml": 'titel = "A"\n'}, "a.meta.toml"),
        ({"_metadata.toml": '["a.md"]\ntitel = "A"\n'}, "_metadata.toml [a.md]"),
    ],
)
def test_a_field_that_is_a_slip_is_said(files: dict[str, str], where: str, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", **files})
    assert read_one(corpus).warnings == (f'{where} has no field "titel", and it was left out; write "title"',)
