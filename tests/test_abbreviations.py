"""What a document says two names of is found by either."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import Chatbot, rebuild
from chatbot.documents.abbreviations import two_names
from chatbot.documents.parse import parse


def names(text: str) -> list[tuple[str, str]]:
    return list(two_names(parse("a.md", text)))


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("The rear hub brake (RHB) squeals.", ("RHB", "rear hub brake")),
        ("An RHB (rear hub brake) squeals.", ("RHB", "rear hub brake")),
        ("Gear cables rust. Quick-release levers (QR) do not.", ("QR", "Quick-release levers")),
        ("Ask for a polytetrafluoroethylene (PTFE) spray.", ("PTFE", "polytetrafluoroethylene")),
        ("Anti-lock brakes (ABs) are rare.", ("ABs", "Anti-lock brakes")),
    ],
)
def test_the_letters_of_an_abbreviation_are_found_in_the_words_beside_it(
    text: str, pair: tuple[str, str]
) -> None:
    assert names(text) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "The hub is greased (twice).",
        "The hub is greased (Miller).",
        "Three kinds of brakes (XYZ) are sold.",
        "Grease it within hours of rain, together with a bell (HBIG).",
        "Oil (see page 3) is best.",
        "A chain (C) and a brake (B).",
        "(RHB) alone.",
        "",
    ],
)
def test_what_only_stands_in_brackets_is_no_abbreviation(text: str) -> None:
    assert names(text) == []


def test_a_title_may_give_two_names() -> None:
    assert names("# Velocipede (bicycle)\n\nIt rolls.") == [("bicycle", "Velocipede")]
    assert names("# Velocipede (bicycle): a guide\n\nIt rolls.") == [("bicycle", "Velocipede")]
    for title in (
        "Brakes (rim and disc)",
        "Brakes (part 2)",
        "Brakes (for the rear wheel)",
        "Rear (hub) brakes",
    ):
        assert names(f"# {title}\n\nThey squeal.") == []


def test_each_pair_is_told_once_and_long_texts_take_no_longer_than_their_length() -> None:
    assert names("A rear hub brake (RHB). " * 3) == [("RHB", "rear hub brake")]
    assert names("(" * 50_000 + "a " * 50_000 + "(RHB)" * 2_000) == []


@pytest.mark.parametrize("question", ["what is an RHB", "does a rear hub brake squeal", "rhb squeals"])
def test_either_name_finds_what_is_said_of_the_other(tmp_path: Path, question: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "brakes.md").write_text(
        "# Brakes\n\n## Kinds\n\nThere are rim brakes, and the rear hub brake (RHB).\n\n## Squealing\n\n"
        "An RHB squeals when wet.\n\n## Rims\n\nRim brakes wear the rim.\n",
        encoding="utf-8",
    )
    rebuild(corpus, tmp_path / "index")
    found = Chatbot.open(tmp_path / "index").search(question, 2)
    assert {passage.text for passage in found} == {
        "There are rim brakes, and the rear hub brake (RHB).",
        "An RHB squeals when wet.",
    }
