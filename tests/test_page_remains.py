"""Plain text that was a page: what the page leaves behind is told from what it says."""

from __future__ import annotations

import pytest
from parsing import of_role, plain, under

from chatbot.passages import cut

WORKSHOP = """The bicycle workshop

A bicycle needs little care, but it needs that often. Here is what to look after.

Share on Pinterest

A red touring bicycle leans against a fence
Ann Lee/Getty Images

Written by Ann Lee, PhD — Updated on May 3, 2021

Medically reviewed by Tom Baker, MD

Chains

Oil the chain every two weeks.

When to change a chain

Change the chain when it has stretched by one per cent.

Sources

Lee A. (2019). Chains and sprockets. Journal of Cycling.
Baker T. (2020). On brakes. Wheel Press.
Baker T. (2021). On gears. Wheel Press.
Miller J. (2018). Lubricants in use. Annals of Grease.
We have strict sourcing guidelines and rely on peer-reviewed studies.

Ann Lee is a bicycle mechanic from Leeds who has worked in shops for 20 years.
"""


def test_what_a_page_leaves_behind_is_told_from_what_it_says() -> None:
    document = plain(WORKSHOP)
    assert of_role(document, "caption") == [
        "Share on Pinterest",
        "A red touring bicycle leans against a fence",
    ]
    assert of_role(document, "credit") == ["Ann Lee/Getty Images"]
    assert of_role(document, "byline") == [
        "Written by Ann Lee, PhD — Updated on May 3, 2021",
        "Medically reviewed by Tom Baker, MD",
    ]
    assert of_role(document, "biography") == [
        "Ann Lee is a bicycle mechanic from Leeds who has worked in shops for 20 years."
    ]
    assert of_role(document, "editorial") == [
        "We have strict sourcing guidelines and rely on peer-reviewed studies."
    ]
    assert of_role(document, "body") == [
        "A bicycle needs little care, but it needs that often. Here is what to look after.",
        "Oil the chain every two weeks.",
        "Change the chain when it has stretched by one per cent.",
    ]


def test_a_source_list_is_never_taken_for_text() -> None:
    document = plain(WORKSHOP)
    assert [line.split(".")[0] for line in of_role(document, "sources")] == [
        "Lee A",
        "Baker T",
        "Baker T",
        "Miller J",
    ]


@pytest.mark.parametrize(
    "lead", ["Related articles", "See also:", "You may also like", "Recommended reading"]
)
def test_a_list_of_links_answers_nothing(lead: str) -> None:
    document = plain(
        f"Chains\n\nOil the chain.\n\n{lead}\n• Brakes\n• Gears\n\nGet our newsletter: a tip every Friday.\n"
    )
    assert of_role(document, "body") == ["Oil the chain."]
    assert {"• Brakes", "• Gears"} <= set(of_role(document, "navigation"))


@pytest.mark.parametrize(
    "line",
    [
        "From The Corner Workshop. Sign up for the newsletter to get tips.",
        "You can subscribe to our newsletter.",
    ],
)
def test_an_invitation_to_a_newsletter_answers_nothing_wherever_it_says_so(line: str) -> None:
    assert of_role(plain(f"Chains\n\nOil the chain.\n\n{line}\n"), "body") == ["Oil the chain."]


PARTS = ["Is it the chain or the brake?", "Chains", "Brakes", "Gears"]


@pytest.mark.parametrize("lead", ["In this article", "On this page:", "Contents", "By Ann Lee"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_table_of_contents_answers_nothing(lead: str, between: str) -> None:
    listed = between.join(PARTS)
    document = plain(
        f"The bicycle\n\nA bicycle needs care.\n\n{lead}\n\n{listed}\n\nA rattle is mostly the chain.\n\n"
        "Chains\n\nOil the chain.\n\nBrakes\n\nChange the pads.\n\nGears\n\nClean the gears.\n"
    )
    assert of_role(document, "body") == [
        "A bicycle needs care.",
        "A rattle is mostly the chain.",
        "Oil the chain.",
        "Change the pads.",
        "Clean the gears.",
    ]
    assert [heading.text for heading in document.headings] == ["The bicycle", "Chains", "Brakes", "Gears"]


def test_the_first_heading_right_below_a_table_of_contents_is_a_heading() -> None:
    document = plain(
        "The bicycle\n\nA bicycle needs care.\n\nIn this article\n\nChains\nBrakes\nGears\n\n"
        "Chains\n\nOil the chain.\n\nBrakes\n\nChange the pads.\n\nGears\n\nClean the gears.\n"
    )
    assert [heading.text for heading in document.headings] == ["The bicycle", "Chains", "Brakes", "Gears"]
    assert under(document, "Chains") == ["Oil the chain."]


def test_what_a_sentence_introduces_is_no_table_of_contents() -> None:
    parts = "Chains\n\nBrakes\n\nGears"
    document = plain(
        f"The bicycle\n\nThree parts wear:\n\n{parts}\n\nThe chain wears first.\n\n"
        "Chains\n\nOil the chain.\n\nBrakes\n\nChange the pads.\n\nGears\n\nClean the gears.\n"
    )
    assert of_role(document, "navigation") == []


@pytest.mark.parametrize(
    "text",
    [
        "Recommended pressure is 4 bar for a narrow tyre.",
        "Next, you are shown how to turn the wheel.",
        "Join the two ends of the chain.",
    ],
)
def test_what_only_begins_like_a_link_is_text(text: str) -> None:
    assert of_role(plain(f"Chains\n\nOil the chain.\n\n{text}\n"), "body") == ["Oil the chain.", text]


def test_a_credit_is_told_by_its_agency_not_by_the_word() -> None:
    document = plain(
        "Photo by Ann Lee\n\nThe image of the garden in winter is a bare one. A photo shows little of it.\n"
    )
    assert of_role(document, "credit") == ["Photo by Ann Lee"]
    assert of_role(document, "body") == [
        "The image of the garden in winter is a bare one. A photo shows little of it."
    ]


def test_a_sentence_that_begins_with_by_is_no_byline() -> None:
    sentence = "By feeding a starter every day, a baker keeps it alive and strong through the winter."
    assert of_role(plain(f"Sourdough\n\n{sentence}\n"), "body") == [sentence]


def test_a_list_introduction_that_lost_its_list_keeps_what_follows_apart() -> None:
    document = plain(
        "Sourdough\n\nSigns of a healthy starter include:\n\nFeeding it every day keeps it alive, and cold slows it.\n"
    )
    assert [document.text[block.start : block.end] for block in document.blocks] == [
        "Signs of a healthy starter include:",
        "Feeding it every day keeps it alive, and cold slows it.",
    ]
    assert len(cut(document)) == 2


COMPOST = """Compost

Compost feeds the soil of a whole garden.

What to put in
Put in peelings and grass. Both rot quickly.

What to leave out
Leave out meat. Meat draws rats.

Turning
Turn the heap once a month. Turning brings air in.

A wormery is a smaller kind of bin. Worms eat peelings within weeks.

Leaf mould takes two years. Collect fallen leaves in autumn and wet them well.

Green manure is sown in autumn. Dig the plants under in spring.

Rock dust is a fertiliser too. Spread a handful on each bed.
"""


def test_a_section_does_not_swallow_those_whose_headings_were_lost() -> None:
    document = plain(COMPOST)
    assert under(document, "Turning") == ["Turn the heap once a month. Turning brings air in."]
    assert [text.split(".")[0] for text in under(document)[1:]] == [
        "A wormery is a smaller kind of bin",
        "Leaf mould takes two years",
        "Green manure is sown in autumn",
        "Rock dust is a fertiliser too",
    ]


def test_a_long_section_that_keeps_to_its_subject_stays_whole() -> None:
    more = "\n\n".join(
        f"Turning {part} takes a fork and ten minutes of work." for part in ("one", "two", "three", "four")
    )
    document = plain(COMPOST.partition("A wormery")[0] + more + "\n")
    assert len(under(document, "Turning")) == 5
