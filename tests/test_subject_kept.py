"""An answer is about what was asked: not about another subject, nor the page itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import Chatbot, Turn, rebuild

CORPUS = {
    "scorch.md": "# Scorch\n\nScorch is browning of a leaf.\n\nBy Ann Lee\nLast reviewed: 12 March 2026\n\n"
    "## What causes scorch?\n\n"
    "Dry wind and too little water cause scorch.\n\n## Treating scorch\n\nScorch is treated with shade and water.\n",
    "blackleg.md": "# Living with blackleg\n\nBlackleg is a rot of the stem of young plants.\n\n"
    "## Is blackleg hereditary?\n\nBlackleg is hereditary in one variety of six.\n\n"
    "## How is blackleg diagnosed?\n\nBlackleg is diagnosed by cutting the stem open.\n",
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    folder = tmp_path_factory.mktemp("subjects")
    (folder / "corpus").mkdir()
    for name, text in CORPUS.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


def talk(bot: Chatbot, first: str, then: str) -> tuple[str, list[str]]:
    """Return the kind of the reply to a follow-up and the documents that it quotes."""
    before = bot.reply(first)
    assert before.kind == "answer"
    ids = tuple(passage.id for passage in before.passages)
    reply = bot.reply(then, [Turn("user", first), Turn("assistant", before.text, ids)])
    return reply.kind, [Path(passage.citation.document).stem for passage in reply.passages]


@pytest.mark.parametrize("question", ["is it hereditary?", "how is it diagnosed?"])
def test_what_only_another_subject_has_is_not_told(bot: Chatbot, question: str) -> None:
    assert "blackleg" in talk(bot, "what is blackleg?", question)[1]
    assert "blackleg" not in talk(bot, "what is scorch?", question)[1]


def test_a_subject_that_is_named_is_the_new_one(bot: Chatbot) -> None:
    assert "blackleg" in talk(bot, "what is scorch?", "is blackleg hereditary?")[1]
    assert "blackleg" in talk(bot, "what causes scorch?", "and what is blackleg?")[1]


def test_the_line_on_when_a_page_was_reviewed_says_how_long_nothing_lasts(bot: Chatbot) -> None:
    asked = bot.reply("how long does scorch last?")
    assert all("Ann Lee" not in passage.text for passage in asked.passages)
    reviewed = bot.reply("when was the page on scorch last reviewed?")
    assert "12 March 2026" in reviewed.passages[0].text
