"""What speaks for a passage as the answer to a follow-up."""

from __future__ import annotations

import numpy as np

from chatbot import Chatbot, Turn
from chatbot.index.features import PASSAGE_FEATURES
from chatbot.index.following import FOLLOWING_FEATURES, PLACES
from chatbot.index.judging import weights
from chatbot.index.search import Candidates, candidates

pytest_plugins = ("fixtures_bot",)

FIRST = "what is a puncture?"


def asked(bot: Chatbot, message: str, *before: str) -> tuple[Candidates, int]:
    """Return the candidates of a message after a conversation, and the passage read last in it (-1: none)."""
    history: list[Turn] = []
    read = -1
    for earlier in before:
        reply = bot.reply(earlier, history)
        ids = tuple(passage.id for passage in reply.passages)
        history += [Turn("user", earlier), Turn("assistant", reply.text, ids)]
        number = bot.index.find_passage(ids[0]) if ids else None
        read = read if number is None else number
    found = candidates(bot.index, bot.understood(message, history).query)
    assert found is not None
    return found, read


def column(found: Candidates, name: str) -> list[float]:
    values: list[float] = found.features.passages[:, PASSAGE_FEATURES.index(name)].tolist()
    return values


def test_a_question_that_stands_alone_has_none(bicycle_bot: Chatbot) -> None:
    for history in ((), ("how long does a chain last?",)):
        found, _ = asked(bicycle_bot, FIRST, *history)
        for name in FOLLOWING_FEATURES:
            assert not any(column(found, name)), name


def test_each_passage_stands_in_one_place_beside_what_was_read(bicycle_bot: Chatbot) -> None:
    found, read = asked(bicycle_bot, "how is it repaired?", FIRST)
    passages = found.passages.tolist()
    assert column(found, "read_last") == [float(number == read) for number in passages]
    documents = bicycle_bot.index.passage_documents
    for place, number in enumerate(passages):
        inside = documents[number] == documents[read]
        where = [name for name in PLACES if column(found, name)[place]]
        assert bool(where) == inside
        assert len([name for name in where if name != "same_document"]) <= 1
        if number == read + 1 and bicycle_bot.index.section(number) == bicycle_bot.index.section(read):
            assert "read_on" in where


def test_what_was_typed_and_what_was_said_before_count_each_by_itself(bicycle_bot: Chatbot) -> None:
    found, _ = asked(bicycle_bot, "how is it repaired?", FIRST)
    texts = [bicycle_bot.index.passage(number).text for number in found.passages.tolist()]
    steps = next(place for place, text in enumerate(texts) if text.startswith("A puncture is repaired"))
    assert column(found, "typed_said")[steps] == max(column(found, "typed_said")) > 0.9
    assert column(found, "subject_anywhere")[steps] == 1.0
    lacking = [place for place, text in enumerate(texts) if "puncture" not in text.lower()]
    assert lacking
    assert max(column(found, "subject_first")[place] for place in lacking) == 0.0


def test_a_place_counts_by_what_is_said_there(bicycle_bot: Chatbot) -> None:
    found, _ = asked(bicycle_bot, "how is it repaired?", FIRST)
    for place in PLACES:
        for said in ("typed_said", "typed_anywhere", "subject_anywhere"):
            expected = np.multiply(column(found, place), column(found, said))
            np.testing.assert_allclose(column(found, f"{place}, {said}"), expected, rtol=1e-6)


def test_the_weights_know_them(bicycle_bot: Chatbot) -> None:
    places = weights().places
    assert all(weights().passage[places[name]] for name in FOLLOWING_FEATURES)
