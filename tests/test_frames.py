"""What stands around a question is no part of it."""

from __future__ import annotations

import pytest

from chatbot.question.frames import frames


def left(message: str) -> str:
    """Return what is left of a message without what stands around its question."""
    for start, end in reversed(frames(message)):
        message = message[:start] + message[end:]
    return " ".join(message.split()).strip(" .,:!")


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Good evening. Would you be so kind as to tell me what a flue is?", "what a flue is?"),
        ("I should be most grateful if somebody could explain how clay dries", "how clay dries"),
        ("I'm writing a school essay about windmills. Who built them?", "windmills. Who built them?"),
        ("hi, i was wondering if slate can rot", "slate can rot"),
        ("Thank you very much indeed. May I ask about lime mortar?", "lime mortar?"),
        ("for my homework: how old is the oldest bridge", "how old is the oldest bridge"),
        ("could you please let me know whether lead bends", "lead bends"),
        ("I have another question about thatch", "thatch"),
        ("Do you know if oak floats?", "oak floats?"),
    ],
)
def test_what_stands_around_a_question_is_found(message: str, question: str) -> None:
    assert left(message) == question


@pytest.mark.parametrize(
    "message",
    [
        "how can you tell that oak is dry?",
        "what can you tell from the rings",
        "who wrote the report?",
        "a paper mill",
    ],
)
def test_a_question_is_left_as_it_is(message: str) -> None:
    assert frames(message) == []
