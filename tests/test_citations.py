"""Every citation names the exact place in the file, and says what is known of the document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from replies import QUESTIONS

from chatbot import Chatbot, Passage, rebuild
from chatbot.citing import cited_text, source_line
from chatbot.documents.corpus import find_documents, read_document

pytest_plugins = ("fixtures_bot",)


@pytest.fixture(scope="session")
def texts(bicycles: Path) -> dict[str, str]:
    """The documents' files as they stand, by name."""
    return {
        path.relative_to(bicycles).as_posix(): path.read_bytes().decode("utf-8")
        for path in bicycles.rglob("*.*")
        if path.is_file()
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_names_the_exact_place(bicycle_bot: Chatbot, texts: dict[str, str], question: str) -> None:
    passages = [*bicycle_bot.reply(question).passages, *bicycle_bot.search(question, 100)]
    assert passages
    for passage in passages:
        text = texts[passage.citation.document]
        assert text[passage.citation.start : passage.citation.end] == passage.text
        if passage.context:
            assert text[passage.context.start : passage.context.end] == passage.context.text


def test_a_citation_says_what_the_front_matter_says(bicycle_bot: Chatbot) -> None:
    (passage, *_) = bicycle_bot.reply("what is a chain?").passages
    citation = passage.citation
    assert (citation.document, citation.title) == ("chains.md", "Bicycle chains")
    assert citation.section == ("What is a chain?",)
    assert (citation.publisher, citation.author) == ("The Corner Workshop", "P. Edal")
    assert (citation.url, citation.reviewed) == ("https://workshop.example.org/chains", "2025-03-04")
    line = source_line(citation)
    for said in (
        "Bicycle chains › What is a chain?",
        "The Corner Workshop",
        "reviewed 2025-03-04",
        str(citation.url),
    ):
        assert said in line


def test_without_front_matter_a_citation_has_the_first_heading_and_no_facts(bicycle_bot: Chatbot) -> None:
    tyres = bicycle_bot.reply("what is a puncture?").passages[0].citation
    assert (tyres.document, tyres.title) == ("wheels/tyres.md", "Tyres and punctures")
    saddles = bicycle_bot.reply("what is a saddle sore").passages[0].citation
    assert (saddles.document, saddles.title) == ("saddles.txt", "Saddles and comfort")
    assert saddles.section[-1] == "Saddle sores"
    assert (saddles.publisher, saddles.author, saddles.url, saddles.reviewed) == (None, None, None, None)
    assert source_line(saddles).endswith("saddles.txt")


def test_markdown_is_told_from_plain_text(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.reply("how are punctures prevented?").passages[0].format == "markdown"
    assert bicycle_bot.reply("what is a saddle sore").passages[0].format == "text"


def test_the_text_of_an_answer_is_the_quote_and_its_source(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what is a saddle sore")
    assert reply.text == cited_text(reply.passages[:1])
    assert reply.passages[0].text in reply.text
    assert source_line(reply.passages[0].citation) in reply.text


def test_the_introduction_of_a_cut_list_comes_along(tmp_path: Path) -> None:
    items = "\n".join(
        f"- item {n} of the toolbox, which is a spanner of {n} millimetres for nuts" for n in range(40)
    )
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    text = f"# Tools\n\nA full toolbox holds these spanners:\n\n{items}\n"
    (corpus / "tools.md").write_text(text, "utf-8")
    rebuild(corpus, tmp_path / "index")
    passages = Chatbot.open(tmp_path / "index").search("spanner of 37 millimetres", 5)
    cut = [passage for passage in passages if passage.context]
    assert cut
    for passage in cut:
        assert passage.context is not None
        assert passage.context.text == "A full toolbox holds these spanners:"
        assert text[passage.context.start : passage.context.end] == passage.context.text
        assert cited_text([passage]).startswith(passage.context.text)


def passages_of(bot: Chatbot, corpus: Path) -> Iterator[tuple[str, Passage]]:
    for file in find_documents(corpus)[0]:
        text = read_document(file)[0].text
        for passage in bot.search(text[:4000], 100):
            if passage.citation.document == file.name:
                yield text, passage


def test_a_citation_is_exact_in_a_document_with_odd_line_ends_and_marks(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    odd = "\ufeffBells\r\n\r\nA bell 🔔 rings — “ding”.\r\nCafe\u0301s have none.\r\n\r\nHorns\r\n\r\n𝒜 horn hoots.\r\n"
    (corpus / "odd & öld.txt").write_bytes(odd.encode())
    rebuild(corpus, tmp_path / "index")
    found = list(passages_of(Chatbot.open(tmp_path / "index"), corpus))
    assert len(found) >= 2
    for _, passage in found:
        assert odd[passage.citation.start : passage.citation.end] == passage.text
