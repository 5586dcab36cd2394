"""A question that may be of several subjects is asked back, and each choice leads to its answer."""

from __future__ import annotations

import pytest

from chatbot import Chatbot, rebuild
from chatbot.reply import Turn

pytest_plugins = ("fixtures_bot",)


@pytest.fixture(scope="module")
def two_subjects(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    folder = tmp_path_factory.mktemp("two")
    (folder / "corpus").mkdir()
    for title, treated in (
        ("Wheel squeak", "a drop of oil on the axle"),
        ("Saddle sores", "a softer cushion"),
    ):
        (folder / "corpus" / f"{title.split()[0].lower()}.md").write_text(
            f"# {title}\n\n## What is it?\n\n{title} is a nuisance that many riders know.\n\n"
            f"## How is it treated?\n\nIt is treated with {treated}. Most riders need nothing else.\n",
            "utf-8",
        )
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


def test_a_question_that_names_no_subject_is_asked_back(two_subjects: Chatbot) -> None:
    reply = two_subjects.reply("how is it treated?")
    assert (reply.kind, reply.passages, reply.confidence) == ("clarify", (), None)
    assert set(reply.suggestions) == {
        "how is it treated (Saddle sores)?",
        "how is it treated (Wheel squeak)?",
    }


def test_each_choice_leads_to_its_own_answer(two_subjects: Chatbot) -> None:
    for choice in two_subjects.reply("how is it treated?").suggestions:
        reply = two_subjects.reply(choice)
        assert reply.kind == "answer"
        assert reply.passages[0].citation.title in choice
        assert reply.passages[0].text.startswith("It is treated with")


def test_a_question_that_names_its_subject_is_answered(two_subjects: Chatbot) -> None:
    assert two_subjects.reply("how are saddle sores treated?").kind == "answer"


def test_a_follow_up_knows_its_subject(two_subjects: Chatbot) -> None:
    first = two_subjects.reply("what are saddle sores?")
    history = [Turn("user", "what are saddle sores?"), Turn("assistant", first.text)]
    reply = two_subjects.reply("how is it treated?", history)
    assert (reply.kind, reply.passages[0].citation.title) == ("answer", "Saddle sores")
