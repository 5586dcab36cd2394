"""How sure an answer is: a probability, and less of one where the question has words that no document has."""

from __future__ import annotations

import json
import time
from dataclasses import fields, replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot import Chatbot, Turn
from chatbot.confidence import (
    NAMES,
    Evidence,
    answerable,
    confidence,
    missing_words,
    model,
    weigh_evidence,
)
from chatbot.index.search import CANDIDATES, Hit, search
from chatbot.question.answer_types import answer_types, wanted
from chatbot.question.vectors import SIZE, word_vectors

pytest_plugins = ("fixtures_bot",)

ANSWERED = [
    "what is a chain?",
    "how is a chain cleaned?",
    "how long does a tyre last?",
    "how is a puncture repaired?",
]


def found(bot: Chatbot, question: str, *before: str) -> Evidence:
    """Return the evidence for the first hit of a question, after the visitor's messages `before`."""
    query = bot.understood(question, [Turn("user", message) for message in before]).query
    return weigh_evidence(bot.index, query, search(bot.index, query, 12))


# ---------------------------------------------------------------------- two probabilities


@given(st.lists(st.floats(0.0, 1.0), min_size=len(NAMES), max_size=len(NAMES)))
def test_both_are_probabilities_whatever_the_evidence(values: list[float]) -> None:
    evidence = Evidence(**dict(zip(NAMES, values, strict=True)))  # type: ignore[arg-type]
    assert 0.0 <= answerable(evidence) <= 1.0
    assert 0.0 <= confidence(evidence) <= 1.0


@pytest.mark.parametrize("value", [1e6, -1e6])
def test_evidence_beyond_all_bounds_overflows_nothing(value: float) -> None:
    assert 0.0 <= answerable(replace(Evidence(), most=value)) <= 1.0


@pytest.mark.parametrize("question", [*ANSWERED, "zzqxv chain", "chain", "is it me?? a hand hurts, why"])
def test_every_number_of_the_evidence_is_a_share(bicycle_bot: Chatbot, question: str) -> None:
    evidence = found(bicycle_bot, question)
    assert all(-1e-6 <= getattr(evidence, name) <= 1 + 1e-6 for name in NAMES)
    assert sum(value * value for value in evidence.missing) <= 1 + 1e-6


def test_a_reply_states_the_second_and_is_decided_by_the_first(bicycle_bot: Chatbot) -> None:
    question = ANSWERED[1]
    evidence = found(bicycle_bot, question)
    reply = bicycle_bot.reply(question, explain=True)
    assert reply.kind == "answer"
    assert reply.confidence == pytest.approx(confidence(evidence), abs=1e-3)
    assert reply.explanation is not None
    told = reply.explanation["confidence"]
    assert told["answerable"] == pytest.approx(answerable(evidence), abs=1e-3)
    assert told["answerable"] >= told["floor"] == model().floor
    assert confidence(evidence) != pytest.approx(answerable(evidence), abs=1e-3)


# ---------------------------------------------------------------------- what speaks for and against


@pytest.mark.parametrize("question", ANSWERED)
@pytest.mark.parametrize("word", ["axolotl", "zzqxv"])
def test_a_rare_word_that_no_document_has_makes_a_question_less_answerable(
    bicycle_bot: Chatbot, question: str, word: str
) -> None:
    known = found(bicycle_bot, question)
    unknown = found(bicycle_bot, f"{question.rstrip('?')} {word}?")
    assert (known.unknown, known.unknown_rare) == (0.0, 0.0)
    assert unknown.unknown > 0
    assert unknown.unknown_rare == 1.0
    assert answerable(unknown) < answerable(known)


def test_a_question_of_unknown_words_but_one_is_not_answered(bicycle_bot: Chatbot) -> None:
    question = "how long does an axolotl last?"
    assert answerable(found(bicycle_bot, question)) < model().floor
    assert bicycle_bot.reply(question).kind == "no_answer"


def test_what_the_first_passage_says_is_at_most_what_some_passage_says(bicycle_bot: Chatbot) -> None:
    for question in ANSWERED:
        evidence = found(bicycle_bot, question)
        assert 0 < evidence.all <= evidence.most <= 1 + 1e-6


def test_the_evidence_of_a_hit_that_was_not_read_is_empty(bicycle_bot: Chatbot) -> None:
    query = bicycle_bot.understood(ANSWERED[0]).query
    hit = Hit(0, 1.0, 0, 0.0, ())
    assert weigh_evidence(bicycle_bot.index, query, [hit]) == Evidence()
    assert set(Evidence().values()) == {0.0}
    assert CANDIDATES > 12  # so the first of the hits that a reply looks at was always read


# ---------------------------------------------------------------------- the sort of answer wanted


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what does a saddle cost?", {"price"}),
        ("how long does a tyre last?", {"duration"}),
        ("in which year was the chain invented?", {"year"}),
        ("who invented the chain?", {"person"}),
        ("how heavy is a wheel?", {"weight"}),
        ("at what age do children ride?", {"age"}),
        ("how is a chain cleaned?", set()),
    ],
)
def test_the_sort_of_answer_that_is_wanted(question: str, names: set[str]) -> None:
    assert set(wanted(question)) == names


def test_a_passage_without_the_sort_of_answer_makes_a_question_less_answerable(bicycle_bot: Chatbot) -> None:
    plain = found(bicycle_bot, "how is a chain cleaned?")
    price = found(bicycle_bot, "what does a chain cost?")
    assert (plain.wants_type, plain.no_type, plain.no_loose_type) == (0.0, 0.0, 0.0)
    assert (price.wants_type, price.no_type) == (1.0, 1.0)
    assert answerable(price) < answerable(replace(price, no_type=0.0))
    assert bicycle_bot.reply("what does a chain cost?").kind == "no_answer"


def test_a_sort_of_answer_that_is_there_speaks_against_nothing(bicycle_bot: Chatbot) -> None:
    evidence = found(bicycle_bot, "how much pressure does a tyre need, in what units?")
    assert evidence.wants_type == 1.0
    assert evidence.no_type == 0.0


def test_every_sort_of_answer_is_asked_for_and_seen_in_linear_time() -> None:
    for kind in answer_types().values():
        for text in ("how many " * 400, "when was " + "x " * 900, "one to " * 300, "A" * 2000, "Dr " * 700):
            begun = time.process_time()
            kind.cues.search(text)
            kind.answers.search(text)
            assert time.process_time() - begun < 0.1


# ---------------------------------------------------------------------- what is missing


def test_a_word_that_names_a_thing_weighs_more_when_it_is_missing_than_a_vague_one(
    bicycle_bot: Chatbot,
) -> None:
    named = found(bicycle_bot, "how is a chain cleaned with paracetamol?")
    vague = found(bicycle_bot, "how is a chain cleaned properly?")
    assert missing_words(named) < missing_words(vague)


def test_nothing_is_missing_where_everything_is_said(bicycle_bot: Chatbot) -> None:
    said = found(bicycle_bot, "chain")
    assert missing_words(said) == pytest.approx(0.0, abs=0.05)
    assert missing_words(Evidence()) == 0.0


# ---------------------------------------------------------------------- the fitted weights


def test_the_shipped_weights_name_only_evidence_that_exists() -> None:
    told = json.loads(resources.files("chatbot").joinpath("confidence.json").read_text("utf-8"))
    assert set(told) == {"answered", "right", "floor", "follow_floor", "general_floor", "vectors"}
    assert {field.name for field in fields(Evidence)} == {*NAMES, "missing"}
    for function in ("answered", "right"):
        assert set(told[function]) <= {"constant", *NAMES, "missing"}
        assert len(getattr(model(), function)) == 1 + len(Evidence().values()) == 1 + len(NAMES) + SIZE
    assert 0 < told["floor"] <= told["follow_floor"] < told["general_floor"] < 1


def test_the_weights_of_missing_words_are_those_of_the_shipped_table() -> None:
    told = json.loads(resources.files("chatbot").joinpath("confidence.json").read_text("utf-8"))
    assert told["vectors"] == word_vectors().sha256


def test_a_follow_up_is_answered_only_where_the_documents_say_what_itself_asks(bicycle_bot: Chatbot) -> None:
    before = "what is a puncture?"
    met, unmet = (
        found(bicycle_bot, message, before) for message in ("how is it repaired?", "does it hurt goldfish?")
    )
    assert met.follow == unmet.follow == 1.0
    assert met.follow_unmet < 0.2
    assert unmet.follow_unmet > 0.5
    assert answerable(unmet) < model().floor_for(unmet) == model().follow_floor <= answerable(met)
    history = [Turn("user", before)]
    assert bicycle_bot.reply("does it hurt goldfish?", history).kind == "no_answer"
    assert bicycle_bot.reply("how is it repaired?", history).kind == "answer"
