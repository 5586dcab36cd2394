"""How many passages come and in which order, what an explanation tells, and what a search finds."""

from __future__ import annotations

import json

import pytest
from replies import ADVICE, EMERGENCY, QUESTIONS, assert_quote_is_valid, assert_valid, ids, without_id

from chatbot import Chatbot, rebuild

pytest_plugins = ("fixtures_bot",)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_limit_bounds_the_passages(bicycle_bot: Chatbot, limit: int) -> None:
    replies = [bicycle_bot.reply(question, limit=limit) for question in QUESTIONS]
    for reply in replies:
        assert_valid(reply, limit)
    assert max(len(reply.passages) for reply in replies) == min(limit, max(
        len(bicycle_bot.reply(question, limit=10).passages) for question in QUESTIONS
    ))  # fmt: skip


def test_the_limit_does_not_change_which_passage_comes_first(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        first, many = (bicycle_bot.reply(question, limit=limit) for limit in (1, 10))
        assert ids(first.passages) == ids(many.passages)[:1]
        assert first.confidence == many.confidence


def test_passages_come_best_first(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        for passages in (bicycle_bot.reply(question, limit=10).passages, bicycle_bot.search(question, 100)):
            scores = [passage.score for passage in passages]
            assert scores == sorted(scores, reverse=True)
            assert min(scores) > 0


def test_an_explanation_comes_when_it_is_asked_for(bicycle_bot: Chatbot) -> None:
    for message in (*QUESTIONS, EMERGENCY, ADVICE, "hello", "?", "capital of France"):
        plain, told = bicycle_bot.reply(message), bicycle_bot.reply(message, explain=True)
        assert plain.explanation is None
        assert told.explanation
        assert told.explanation["triage"]["label"]
        json.dumps(told.explanation)
        assert {**without_id(told), "explanation": None} == without_id(plain)


def test_an_explanation_of_an_answer_names_words_hits_and_evidence(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what causes a puncutre", explain=True)
    told = reply.explanation
    assert told is not None
    assert told["hits"][0]["passage"] == reply.passages[0].id
    assert told["hits"][0]["by_word"]["puncture"] > 0
    assert told["confidence"]["value"] == reply.confidence
    assert told["confidence"]["evidence"]


@pytest.fixture(scope="module")
def large_bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """A bot over 150 short documents that all say something of spanners."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "corpus").mkdir()
    for number in range(150):
        text = f"# Spanner {number}\n\nThe spanner of drawer {number} turns nuts of {number} millimetres.\n"
        (folder / "corpus" / f"{number}.md").write_text(text, "utf-8")
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


@pytest.mark.parametrize("limit", [0, 1, 10, 41, 100])
def test_a_search_returns_as_many_passages_as_asked_for(large_bot: Chatbot, limit: int) -> None:
    found = large_bot.search("spanner", limit)
    assert len(found) == limit
    assert len(set(ids(found))) == limit
    assert ids(found) == ids(large_bot.search("spanner", 100))[:limit]
    for passage in found:
        assert_quote_is_valid(passage)


def test_a_search_understands_a_question_as_a_reply_does(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        reply = bicycle_bot.reply(question)
        assert bicycle_bot.search(question, 1)[0] == reply.passages[0]
    history = [{"role": "user", "content": "what is a puncture?"}]
    reply = bicycle_bot.reply("how is it repaired?", history)
    assert bicycle_bot.search("how is it repaired?", 1, history)[0] == reply.passages[0]


def test_a_search_neither_judges_nor_abstains(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.search(f"{EMERGENCY}, the chain fell on him")
    assert bicycle_bot.search(ADVICE)[0].citation.document == "saddles.txt"
    far = "what does a titanium tyre made in Uruguay cost in pounds?"
    assert bicycle_bot.reply(far).kind == "no_answer"
    assert bicycle_bot.search(far)
    assert bicycle_bot.search("qwxyz") == []
