"""The question in a story: which words of a message count fully."""

from __future__ import annotations

import pytest

from chatbot import analysis
from chatbot.question.focus import BACKGROUND, focus


def counted(message: str) -> dict[str, float]:
    """Return what each word of a message counts."""
    tokens = list(analysis.tokens(message))
    words = [token.word for token in tokens]
    counts = focus(message, [(token.start, token.end) for token in tokens], words)
    return dict(zip(words, counts, strict=True))


@pytest.mark.parametrize(
    "message",
    [
        "Stuck on a slow train, how often should a chain be oiled?",
        "my uncle repairs tractors, how often should a chain be oiled",
        "Since I moved house nobody rides anything, so how often should a chain be oiled",
        "Half time, nil nil, how often should a chain be oiled?",
        "We moved house last week. How often should a chain be oiled?",
        "Quick one: how often should a chain be oiled?",
    ],
)
def test_what_stands_before_the_question_counts_less(message: str) -> None:
    counts = counted(message)
    told = message.lower().split("how often")[0]
    assert counts["chain"] == counts["oiled"] == counts["often"] == 1.0
    before = [token.word for token in analysis.tokens(told) if analysis.terms_of(token.word)]
    assert {counts[word] for word in before} == {BACKGROUND}


@pytest.mark.parametrize(
    "message",
    [
        "If the tyre is flat, how often should a chain be oiled?",
        "When I ride in the rain, how often should a chain be oiled?",
        "For racing bicycles, how often should a chain be oiled?",
        "After a puncture, what should be checked?",
        "What is a chain, how is it oiled?",
        "how often should a chain be oiled",
        "a chain, a tyre, a saddle",
    ],
)
def test_a_condition_of_the_question_counts_fully(message: str) -> None:
    assert set(counted(message).values()) == {1.0}


def test_a_relative_clause_amid_a_story_asks_nothing() -> None:
    counts = counted("My cousin, who collects saddles, moved house. How is a chain oiled?")
    assert counts["saddles"] == BACKGROUND
    assert counts["chain"] == 1.0


def test_what_a_pointing_question_points_at_counts_more() -> None:
    pointing = counted("My saddle squeaks all day, what causes it?")
    named = counted("My saddle squeaks all day, what causes rusty chains?")
    assert BACKGROUND == named["saddle"] < pointing["saddle"] < 1.0


def test_a_question_of_the_asking_alone_needs_what_stands_beside_it() -> None:
    assert counted("I have a carbon saddle. What is the treatment?")["saddle"] > BACKGROUND


def test_many_commas_cost_little() -> None:
    message = "if a, " + "what, " * 330
    assert len(counted(message)) == 3
