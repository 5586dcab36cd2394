"""Which of several things is meant: those of a list, of a table, of a question."""

from __future__ import annotations

import pytest

from chatbot.question.ordinals import compares, is_list, items

ROWS = [
    "Loaves need different times.",
    "| Loaf | Hours in the",
    "oven? |",
    "| Rye | 2 |",
    "| Spelt, sour | 1 |",
]


def test_the_rows_of_a_table_are_things() -> None:
    assert items(ROWS) == [["rye"], ["spelt", "sour"]]


def test_a_table_cut_after_its_head_has_only_its_rows() -> None:
    assert items(["| Loaf | Hours |", "| Rye | 2 |", "| Wheat | 1 |"]) == [["rye"], ["wheat"]]


@pytest.mark.parametrize(
    "question", ["rye or wheat?", "rye vs. wheat", "the difference between rye and wheat"]
)
def test_a_question_compares(question: str) -> None:
    assert compares(question)


@pytest.mark.parametrize("question", ["rye and wheat", "where does order come from"])
def test_a_question_compares_nothing(question: str) -> None:
    assert not compares(question)


def test_things_are_listed_by_sentences_that_begin_with_a_kind_of_the_same() -> None:
    said = [
        "Road tyres are narrow.",
        "They last long.",
        "Fat winter tyres have spikes.",
        "The pressure is low.",
        "Racing tyres are quick.",
    ]
    assert items(said) == [["road", "tyres"], ["fat", "winter", "tyres"], ["racing", "tyres"]]
    assert is_list(said)
    assert not is_list(["Road tyres are narrow.", "Pumps are cheap and light."])
