"""What a question asks for is recognised, and what is no asking is not."""

from __future__ import annotations

import json

import pytest
from replies import explained

from chatbot import Chatbot
from chatbot.index.format import ROLES
from chatbot.question import asked
from chatbot.question.asked import recognise
from chatbot.question.shapes import bits, patterns
from chatbot.question.understand import Understanding

pytest_plugins = ("fixtures_bot",)

ASKED = {
    "definition": ["what is a derailleur", "Define cadence.", "what do you mean by sealant?", "Tell me about rims"],
    "cause": ["why do chains skip?", "what causes a puncture", "what's behind the noise", "what brings gout on"],
    "trigger": ["what triggers an attack", "what sets off the alarm?", "what provokes a rash"],
    "symptom": ["what are the symptoms of gout?", "what does a worn chain look like", "how can you tell it is worn"],
    "type": ["how many kinds of brakes are there", "what types of saddle exist?", "different forms of eczema"],
    "treatment": ["how is a sore treated?", "how do you get rid of rust", "what helps with cramp", "cure for gout"],
    "medicine": ["which medicines are given?", "what drugs work best", "which pills are there"],
    "side_effect": ["side effects of ibuprofen", "what are the downsides of sealant?"],
    "diagnosis": ["how is gout diagnosed?", "how do doctors know it is gout", "how can you be sure it is gout"],
    "risk": ["who gets gout?", "who is more likely to be hurt", "what are the risk factors"],
    "outlook": ["does it go away?", "is gout curable", "can a worn tyre recover", "does it get worse over time"],
    "prevalence": ["how common is gout?", "how many people cycle", "what percentage of tyres fail"],
    "count": ["what number of patches is usual?", "how many a day"],
    "duration": ["how long does a chain last?", "how soon does glue dry", "how many days does it take"],
    "frequency": ["how often should a chain be cleaned?", "how many times a week"],
    "gene": ["which gene is at fault?", "what mutation lies behind it", "genetic changes in gout"],
    "research": ["what are researchers studying?", "are there clinical trials", "latest research on rust"],
    "living": ["how do people live with gout?", "tips for coping with cramp", "what diet suits cyclists"],
    "complication": ["what complications are there?", "what happens if it is left untreated", "if it isn't treated"],
    "stage": ["what stages of wear are there", "at which stage is it"],
    "inheritance": ["is gout hereditary?", "does it run in families", "can it be passed down"],
    "contagion": ["is ringworm catching?", "how does rust spread", "can you catch it from a towel", "is it infectious"],
    "summary": ["what are the key points?", "give me a summary", "punctures in a nutshell"],
    "prevention": ["how can punctures be prevented?", "how to avoid numb hands", "how can one protect against rust"],
    "see_someone": ["when should one see a doctor?", "what are the red flags"],
    "difference": ["difference between a rim and a hub", "tubes versus sealant", "how do rims differ from hubs"],
    "example": ["give me some examples of tools", "name some spare parts", "list the tools"],
    "name": ["what is another name for gout?", "what does ABS stand for", "what is it marketed as"],
    "place": ["where in the body does gout sit?", "which part of the body is sore"],
    "time": ["what time of day is best", "when does it hurt most"],
    "price": ["how much does a saddle cost?", "price of a chain", "is it cheaper online", "how much is it"],
    "history": ["who invented the derailleur?", "in which year was the tyre first sold", "which century was it"],
    "appearance": ["what does a worn chain look like?", "what colour is it"],
    "origin": ["where does the word saddle come from?", "who coined it", "what is it named after"],
    "amount": ["how many grams of grease", "what dose of iron is given", "how heavy is a wheel"],
    "author": ["who wrote this page?", "what are the author's qualifications"],
    "sources": ["what are the sources?", "where did you get this"],
    "instruction": ["how do i patch a tube?", "what should you do when a chain snaps", "right way to sit"],
    "contact": ["what is your phone number?", "who should i contact", "how do i get in touch"],
    "hours": ["are you open on sundays?", "when does the workshop open", "opening hours"],
    "staff": ["who does the wheels?", "who is in charge", "name of your mechanic", "who started the club"],
    "editorial": ["who runs this site", "is this page trustworthy?", "was this fact checked"],
}  # fmt: skip


def test_what_happens_without_a_treatment_asks_for_no_symptom(understanding: Understanding) -> None:
    for question in (
        "what happens if gout is not treated?",
        "what happens without treatment",
        "what happens if I ignore it",
    ):
        assert [found.kind.name for found in understanding.understand(question).asked] == ["complication"], (
            question
        )


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, question) for kind, questions in ASKED.items() for question in questions]
)
def test_what_is_asked_is_recognised(understanding: Understanding, kind: str, question: str) -> None:
    assert kind in [found.kind.name for found in understanding.understand(question).asked]


def test_every_kind_that_can_be_asked_stands_above() -> None:
    assert {kind.name for kind in asked.kinds()} == set(ASKED)


@pytest.mark.parametrize(
    "question", ["what is the cause of rust", "what are the types of rim", "what is done for rust"]
)
def test_what_is_the_something_of_it_asks_for_the_something(
    understanding: Understanding, question: str
) -> None:
    names = [found.kind.name for found in understanding.understand(question).asked]
    assert names
    assert "definition" not in names


@pytest.mark.parametrize("question", ["rim tape thorns glass", "bicycles in the rain", ""])
def test_a_few_words_ask_for_no_kind(understanding: Understanding, question: str) -> None:
    assert understanding.understand(question).asked == ()


def test_who_only_names_a_thing_wants_to_know_what_it_is(understanding: Understanding) -> None:
    for question in ("puncture", "puncture definition", "inner tube"):
        asked_for = understanding.understand(question)
        assert [found.kind.name for found in asked_for.asked] == ["definition"]
        named = question.removesuffix(" definition")
        assert asked_for.query.defines == understanding.understand(f"what is {named}").query.defines


def test_what_a_story_asks_is_what_its_question_asks(understanding: Understanding) -> None:
    told = understanding.understand(
        "My brother knows how many gears there are. How is a puncture repaired, please?"
    )
    assert "prevalence" not in [found.kind.name for found in told.asked]


def test_a_kind_names_shapes_and_roles_that_exist() -> None:
    for kind in asked.kinds():
        assert kind.cues, kind.name
        assert all(cue and "*" not in (cue[0], cue[-1]) for cue in kind.cues), kind.name
        assert kind.shapes < 1 << len(patterns()), kind.name
        assert set(kind.roles) <= set(ROLES) - {"body"}, kind.name
        assert kind.bonus > 0, kind.name
    with pytest.raises(ValueError, match="no such shape"):
        bits(["no such shape"])


def test_answers_stand_below_headings_of_the_kind_and_of_those_beside_it() -> None:
    treatment, medicine, cause = (asked.named_bits(name) for name in ("treatment", "medicine", "cause"))
    below = asked.answered_below(treatment)
    assert below & treatment
    assert below & medicine
    assert not below & cause
    assert asked.answered_below(asked.named_bits("price")) == asked.named_bits(
        *(k.name for k in asked.kinds())
    )
    assert asked.answered_below(0) == 0


def test_a_kind_stands_beside_kinds_that_exist() -> None:
    names = {kind.name for kind in asked.kinds()}
    for kind in asked.kinds():
        assert {*kind.beside, *kind.yields} <= names | {"*"}, kind.name
        assert kind.name not in kind.beside


def test_a_word_that_asks_names_nothing(understanding: Understanding) -> None:
    groups = {
        group.word: group.asks for group in understanding.understand("side effects of sealant").query.groups
    }
    assert groups["side"]
    assert groups["effects"]
    assert not groups["sealant"]


def test_the_explanation_names_what_was_asked_and_how_each_word_was_read(bicycle_bot: Chatbot) -> None:
    told = explained(bicycle_bot, "what causes a puncutre")
    assert "cause" in told["asked"]
    assert "puncture" in [word["word"] for word in told["words"]]
    json.dumps(told)


def test_every_cue_of_a_kind_that_says_nothing_of_the_subject_is_part_of_the_asking() -> None:
    words = "what do the initials bmx stand for".split()
    (name,) = (asked for asked in recognise(words) if asked.kind.name == "name")
    assert {words[place] for place in name.places} == {"initials", "stand", "for"}


@pytest.mark.parametrize(
    "question", ["which drugs cause a rash?", "what medicines can cause gout", "what meds cause it"]
)
def test_whoever_asks_which_medicines_cause_something_asks_for_a_cause(question: str) -> None:
    words = question.strip("?").split()
    assert [found.kind.name for found in recognise(words)] == ["cause"]
