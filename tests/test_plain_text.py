"""Plain text: which of its lines are headings, which belong together and which are items."""

from __future__ import annotations

import pytest
from parsing import headings, plain, under

TOMATOES = """Growing tomatoes

Tomatoes love warmth and a sunny wall. Most gardeners sow them indoors.

Sowing

Sow two seeds to a pot in March and keep the compost moist.

When should you plant them out?
Plant them out when the nights stay above ten degrees.

Common problems

Blight turns the leaves brown within days.
Split fruit comes from uneven watering.
"""


def test_a_short_line_over_a_paragraph_is_a_heading_though_nothing_marks_it() -> None:
    document = plain(TOMATOES)
    assert headings(document) == [
        (1, "Growing tomatoes"),
        (2, "Sowing"),
        (2, "When should you plant them out?"),
        (2, "Common problems"),
    ]
    assert document.title == "Growing tomatoes"
    assert under(document) == ["Tomatoes love warmth and a sunny wall. Most gardeners sow them indoors."]
    assert under(document, "Common problems") == [
        "Blight turns the leaves brown within days.",
        "Split fruit comes from uneven watering.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Mulch keeps the soil moist.",
        "and then water them well",
        "Sow the seeds, cover them and wait;",
        "- Straw",
        "What you will need:",
        "Photo by Ann Lee",
        "Updated on 3 May 2021",
        "12 345",
    ],
)
def test_no_heading_is_made_of(line: str) -> None:
    document = plain(
        f"Tomatoes love warmth and a sunny wall.\n\n{line}\n\nThe fruit is ripe when it comes off easily.\n"
    )
    assert headings(document) == []


def test_a_short_line_at_the_end_stands_over_nothing() -> None:
    assert headings(plain("Tomatoes love warmth and a sunny wall.\n\nHappy growing\n")) == []


def test_three_short_lines_in_a_row_are_a_list() -> None:
    document = plain(
        "A loaf needs little more than these.\n\nStrong flour\nTap water\nSea salt\n\n"
        "Mix the flour with the water and let it rest for half an hour, then knead the salt in.\n"
    )
    assert headings(document) == []
    assert [document.text[block.start : block.end] for block in document.blocks][1:4] == [
        "Strong flour",
        "Tap water",
        "Sea salt",
    ]


def test_two_short_lines_in_a_row_are_a_heading_and_the_one_below_it() -> None:
    document = plain(
        "A loaf needs patience and little else.\n\nBaking\n\nThe first ten minutes\n\n"
        "Bake it in steam, so that the crust stays soft while the loaf rises.\n"
    )
    assert [text for _, text in headings(document)] == ["Baking", "The first ten minutes"]


BEES = """KEEPING BEES
============

Bees need flowers, water and a dry hive. A colony of bees grows to
fifty thousand workers in the summer and shrinks to ten thousand in
the winter, when the queen stops laying for a while.

THE HIVE

A hive is made of boxes that stand one upon another. The lowest box is
the brood box, where the queen lays, and the upper boxes are for honey
alone, which a grid keeps the queen away from.

Tools
-----
A smoker calms the bees, since they take the smoke for a forest fire
and fill their stomachs with honey. A hive tool loosens frames that
the bees have glued together with resin.

  - a smoker, which is best lit with dry grass or with old sacking that
    burns slowly
  - a hive tool

2.1 Looking for the queen

The queen is longer than the workers and walks more calmly than they
do. Look for eggs first, since where there are eggs there was a queen.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_hard_wrapped_lines_are_joined_and_capitals_and_underlines_are_headings(end: str) -> None:
    document = plain(BEES.replace("\n", end))
    assert headings(document) == [
        (1, "KEEPING BEES"),
        (2, "THE HIVE"),
        (2, "Tools"),
        (3, "2.1 Looking for the queen"),
    ]
    assert document.title == "KEEPING BEES"
    blocks = [document.text[block.start : block.end].split() for block in document.blocks]
    assert [(words[0], words[-1]) for words in blocks] == [
        ("Bees", "while."),
        ("A", "from."),
        ("A", "resin."),
        ("-", "slowly"),
        ("-", "tool"),
        ("The", "queen."),
    ]
    assert [block.kind for block in document.blocks].count("item") == 2
    assert len(under(document, "Tools", "2.1 Looking for the queen")) == 1


def test_a_rule_below_a_long_paragraph_does_not_make_it_a_heading() -> None:
    paragraph = "A saddle that is too high strains the knee, and one that is too low does so too. " * 3
    document = plain(
        f"Saddles\n\n{paragraph.strip()}\n---\n\nHandlebars come next and are level with the saddle.\n"
    )
    assert headings(document) == [(1, "Saddles")]
    assert paragraph.strip() in under(document)


def test_marked_headings_in_plain_text_are_taken_without_their_marks() -> None:
    document = plain(
        "# Bread\n\n## Crust\nBake it hot.\n\n### Steam\nA bowl of water.\n\n#hashtags are none\n"
    )
    assert headings(document) == [(1, "Bread"), (2, "Crust"), (3, "Steam")]
    assert under(document, "Crust", "Steam")[0] == "A bowl of water."


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [("TL;DR", "Wheels", 2), ("FAQ", "GPS", 2), ("IN SHORT", "Wheels", 2), ("THE FRAME", "THE WHEELS", 3)],
)
def test_headings_stand_under_capitals_only_where_these_divide_a_document(
    first: str, second: str, level: int
) -> None:
    section = "It is what one looks at first, and it is worth looking at for longer than that."
    document = plain(
        f"Bicycles\n\n{first}\n{section}\n\nSteel\n{section}\n\n{second}\n{section}\n\nTubes\n{section}\n"
    )
    assert {text: level for level, text in headings(document)} == {
        "Bicycles": 1,
        first: 2,
        "Steel": level,
        second: 2,
        "Tubes": level,
    }


def test_bullets_of_many_kinds_are_items() -> None:
    marks = [
        "•",
        "-",
        "*",
        "+",
        "–",
        "—",
        "◦",
        "▪",
        "1.",
        "2)",
        "(3)",
        "a)",
        "➢",
        "\uf0b7",
        "\uf0a7\t",
        "o\t",
        "✓",
    ]
    document = plain("Take along:\n" + "".join(f"{mark} a spare part\n" for mark in marks))
    assert [block.kind for block in document.blocks] == ["paragraph"] + ["item"] * len(marks)


def test_a_number_or_a_dash_within_a_sentence_is_no_bullet() -> None:
    document = plain(
        "The chain has\n\n114 links and weighs\n\n3.5 ounces.\n\n-5 degrees is too cold for grease.\n"
    )
    assert {block.kind for block in document.blocks} == {"paragraph"}


@pytest.mark.parametrize("between", ["Garden > Vegetables", "Print this page", "By Ann Lee"])
def test_the_first_line_is_the_title_whatever_a_site_puts_below_it(between: str) -> None:
    document = plain(
        f"Growing leeks in heavy soil\n\n{between}\n\nSowing\n\nSow the seeds in March, in a tray.\n"
    )
    assert document.title == "Growing leeks in heavy soil"
    assert headings(document)[1:] == [(2, "Sowing")]


TITLED = (
    "{site}\n\n{between}Growing leeks\n\nSowing\n\nLeeks are sown in March. A leek likes a deep tray. "
    "Leeks move out in June, and every leek is set in a hole of its own.\n"
)


@pytest.mark.parametrize(
    "site", ["The Example Garden Library", "EXAMPLE GARDEN SERVICE", "Example Allotments"]
)
@pytest.mark.parametrize("between", ["", "Home > Vegetables > Leeks\n\n"])
def test_the_name_of_a_site_above_the_title_is_no_title(site: str, between: str) -> None:
    document = plain(TITLED.format(site=site, between=between))
    assert document.title == "Growing leeks"
    assert headings(document) == [(1, "Growing leeks"), (2, "Sowing")]
    assert document.blocks[0].role == "navigation"


@pytest.mark.parametrize("title", ["Leeks from seed to plate", "All about the leek", "LEEKS"])
def test_a_title_that_the_text_speaks_of_is_one_whatever_heading_follows(title: str) -> None:
    assert plain(TITLED.format(site=title, between="")).title == title


def test_a_title_above_a_heading_that_the_text_hardly_says_stays_one() -> None:
    document = plain("A winter on the plot\n\nSowing\n\nLeeks are sown in March, in a tray by the window.\n")
    assert document.title == "A winter on the plot"


def test_numbered_lines_that_stand_alone_over_a_text_are_headings() -> None:
    document = plain(
        "Our rules\n\nThese hold for every plot.\n\n1. Watering\n\nWater in the evening.\n\n"
        "2. What you may plant\n\n- beans\n- peas\n\n"
        "3. How long does a lease last?\n\nA lease lasts five years and can be renewed twice.\n"
    )
    assert [text for _, text in headings(document)][1:] == [
        "1. Watering",
        "2. What you may plant",
        "3. How long does a lease last?",
    ]
    assert under(document, "2. What you may plant") == ["- beans", "- peas"]


@pytest.mark.parametrize(
    "steps",
    [
        "1. Dig a hole\n2. Set the plant\n3. Water it\n",
        "1. Dig a hole\n\n2. Set the plant\n\n3. Water it\n",
        "1. Dig a hole\n\n- a foot deep\n\n2. Set the plant\n\n- upright\n",
        "1. Dig a hole.\n\nA foot deep.\n\n2. Set the plant.\n\nUpright.\n",
    ],
)
def test_numbered_steps_are_items_of_a_list(steps: str) -> None:
    document = plain(f"Planting a rose\n\nRoses love a sunny wall and deep soil.\n\n{steps}")
    assert [text for _, text in headings(document)] == ["Planting a rose"]


def test_a_row_of_a_table_is_no_heading() -> None:
    document = plain(
        "How deep is it?\nThe depth of the bed is measured.\n\nDepth | Good for\n10 cm | Lettuce\n30 cm | Carrots\n\n"
        "Soil\nLoose soil is best for roots.\n"
    )
    assert [text for _, text in headings(document)] == ["How deep is it?", "Soil"]


def test_a_second_list_with_its_lead_stays_below_the_heading() -> None:
    document = plain(
        "Pests\n\nWhat are they?\nSmall animals that eat plants.\n\nWho gets them?\nEvery garden does.\n\n"
        "Signs\nSlugs:\n- holes in leaves\n- trails\nGreenfly:\n- curled leaves\n- sticky stems\n"
        "It is worst in May.\n\n"
        "Cure\nPick them off.\n"
    )
    assert "Greenfly:" in under(document, "Signs")
