"""Of a message that tells a story its question is answered; a step left out leaves the others as they are."""

from __future__ import annotations

import pytest
from replies import explained

from chatbot import Chatbot
from chatbot.index.features import PASSAGE_FEATURES
from chatbot.index.judging import weights
from chatbot.index.ranking import Scoring
from chatbot.question.spelling import known_words
from chatbot.question.steps import Steps
from chatbot.question.understand import Understanding

pytest_plugins = ("fixtures_bot",)


# ---------------------------------------------------------------------- the question in a story

TOLD = "My sister rides to her office every day. Her saddle squeaks. How is a chain cleaned?"
STORY = (
    "My sister rides to her office every day, even in the snow. Her saddle squeaks, and last week the gloves that she "
    "keeps in the basket were stolen. Anyway, how is a chain cleaned? She loves that handlebar, by the way."
)


@pytest.mark.parametrize("message", [TOLD, STORY])
def test_the_question_in_a_story_is_what_is_answered(bicycle_bot: Chatbot, message: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "answer"
    assert reply.passages[0].text.startswith("A dirty chain is cleaned")


def test_the_words_of_the_question_count_more_than_those_of_the_story(bicycle_bot: Chatbot) -> None:
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, STORY)["words"]}
    assert weights["chain"] == 1
    assert 0 < weights["saddle"] < weights["chain"]
    assert 0 < weights["handlebar"] < weights["chain"]


@pytest.mark.parametrize(
    "message",
    ["saddle chain pressure", "Is it the saddle? Is it the chain?", "The saddle. The chain. The handlebar."],
)
def test_without_a_question_in_it_or_with_nothing_else_every_word_counts(
    bicycle_bot: Chatbot, message: str
) -> None:
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, message)["words"]}
    assert weights["saddle"] == weights["chain"] == 1


def test_a_word_that_stands_in_the_story_and_in_the_question_counts_fully(bicycle_bot: Chatbot) -> None:
    told = explained(
        bicycle_bot, "The chain of my sister rattles. It drives her mad. How is a chain cleaned?"
    )
    weights = {word["word"]: word["weight"] for word in told["words"]}
    assert weights["chain"] == weights["cleaned"] == 1


def test_a_question_behind_a_very_long_story_is_not_lost(bicycle_bot: Chatbot) -> None:
    story = " ".join(f"{word.capitalize()} came by." for word in sorted(known_words())[5::600])
    message = f"{story[:1900].rpartition('.')[0]}. How is a puncture repaired?"
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, message)["words"]}
    assert weights["puncture"] == weights["repaired"] == 1
    assert bicycle_bot.search(message, 1)[0].text.startswith("A puncture is repaired")


# ---------------------------------------------------------------------- steps left out


def test_a_step_that_is_left_out_leaves_the_others_as_they_are(bicycle_bot: Chatbot) -> None:
    message = "My saddle hurts. What causes a flat tyre and a puncturre?"

    def seen(**left_out: bool) -> dict[str, bool]:
        question = Understanding(bicycle_bot.index, Steps(**left_out)).understand(message)
        groups = question.query.groups
        return {
            "spelling": "puncture" in question.text.split("?")[0],
            "everyday_words": any(one.origin == "synonym" for group in groups for one in group.alternatives),
            "kind_asked": bool(question.query.shapes) and any(group.asked for group in groups),
            "focus": any(group.word == "saddle" and group.weight < 1 for group in groups),
        }

    assert set(seen()) == set(Steps.__dataclass_fields__)
    assert all(seen().values())
    for name in Steps.__dataclass_fields__:
        assert [step for step, taken in seen(**{name: False}).items() if not taken] == [name]


def test_a_bot_searches_with_the_weights_it_is_given(bicycle_bot: Chatbot) -> None:
    nothing_read = weights().without(*(name for name in PASSAGE_FEATURES if name != "first"))
    flat = Chatbot(bicycle_bot.index, scoring=Scoring(title=0.0), weights=nothing_read)
    question = "how is a chain cleaned?"
    assert flat.search(question)[0].score < bicycle_bot.search(question)[0].score
    assert flat.reply(question).passages[0].score == flat.search(question)[0].score
