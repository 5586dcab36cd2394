"""What most people ask, in plain words: the section whose heading says so is found, also as a follow-up.

The questions are made from the headings of two folders that no weight was fitted on.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chatbot import Chatbot, Reply, Turn, rebuild

DATA = Path(__file__).parent / "data"
TOOL = Path(__file__).parent.parent / "tools" / "generated_questions.py"
FOLDERS = ("allergy", "heart")
FEWEST = 80
"""So many questions of either kind the folders make at least: fewer would show little."""
ALONE, FOLLOWING = 0.9, 0.75
"""The shares that have to be right."""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Chatbot, Mapping[str, Any]]]:
    """The questions and dialogues of each folder, with a bot that answers from its documents."""
    spec = importlib.util.spec_from_file_location("generated_questions", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool  # where its data classes look themselves up
    spec.loader.exec_module(tool)
    out: list[tuple[Chatbot, Mapping[str, Any]]] = []
    for folder in FOLDERS:
        index = tmp_path_factory.mktemp(folder) / "index"
        rebuild(DATA / folder / "corpus", index)
        bot = Chatbot.open(index)
        out += [(bot, line) for line in tool.generated(bot)]
    return out


def right(reply: Reply, gold: Sequence[Mapping[str, str]]) -> bool:
    first = reply.passages[0] if reply.passages else None
    return first is not None and any(
        first.citation.document == place["document"] and first.text.startswith(place["span"])
        for place in gold
    )


def followed(bot: Chatbot, turns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Yield each turn but the first, and whether it was answered right after what was answered before."""
    history: list[Turn] = []
    for turn in turns:
        reply = bot.reply(turn["user"], history=history)
        if history:
            yield turn["user"], right(reply, turn["gold"])
        history += [
            Turn("user", turn["user"]),
            Turn("assistant", reply.text, tuple(p.id for p in reply.passages)),
        ]


def test_a_plain_question_finds_the_section_whose_heading_asks_it(
    lines: list[tuple[Chatbot, Mapping[str, Any]]],
) -> None:
    asked = {
        line["question"]: right(bot.reply(line["question"]), line["gold"])
        for bot, line in lines
        if "question" in line
    }
    assert len(asked) >= FEWEST
    missed = [question for question, found in asked.items() if not found]
    assert len(missed) <= (1 - ALONE) * len(asked), missed


def test_a_plain_follow_up_finds_it_too(lines: list[tuple[Chatbot, Mapping[str, Any]]]) -> None:
    found = [turn for bot, line in lines if "turns" in line for turn in followed(bot, line["turns"])]
    assert len(found) >= FEWEST
    missed = [question for question, answered in found if not answered]
    assert len(missed) <= (1 - FOLLOWING) * len(found), missed


def test_a_heading_that_says_what_was_typed_is_read_among_ever_so_many(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    parts = [
        f"## Gout and part {n}\n\nGout, gout and gout again: part {n} of gout has gout in it.\n"
        for n in range(60)
    ]
    parts.insert(41, "## What is gout?\n\nGout is a swelling of one joint at a time.\n")
    (corpus / "gout.md").write_text("# All of it\n\n" + "\n".join(parts), encoding="utf-8")
    rebuild(corpus, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    defined = "Gout is a swelling of one joint at a time."
    assert bot.reply("What is gout?").passages[0].text == defined
    every = [passage.id for passage in bot.search("What is gout?", 100)]
    assert len(every) == len(set(every)) == 61
    scores = [passage.score for passage in bot.search("What is gout?", 100)]
    assert scores == sorted(scores, reverse=True)
    for limit in (1, 24, 25, 26, 40):
        found = bot.search("What is gout?", limit)
        assert found[0].text == defined
        assert [passage.id for passage in found] == every[:limit]
