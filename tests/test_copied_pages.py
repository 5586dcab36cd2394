"""Pages of an organisation as they are copied from a browser: lists without marks, menus, the name of the site."""

from __future__ import annotations

import pytest
from parsing import headings, of_role, plain, under

CLUB = """Gravel & Chain
Skip to main content
Home | Rides | Workshop | Shop | About us
You are here: Home > Workshop > Visiting the workshop

Visiting the workshop

Ring us: 01632 960 777
Text us: 07700 900 555
Email: workshop@example.org

Opening hours
Monday to Thursday   9am to 5pm
Friday               9am to 3pm
Saturday, Sunday and public holidays   closed

Calls are answered by a mechanic. Leave a message after five, and somebody rings you back.

What we mend
B1  Brakes and cables (same day)
B2  Bent wheels (two days)
B3  Gears (one day)

Prices
New cable: £9
Wheel: £25 and the price of the spokes

How to book
Fill in the form in the shop or ring us, and name the part that is broken.

Share: Facebook  Email  Print

Related pages: Our rides | Members
© Gravel & Chain 2024  Privacy  Cookies
"""


def test_what_stands_over_a_list_without_marks_is_a_heading_and_its_lines_are_none() -> None:
    document = plain(CLUB)
    assert headings(document) == [
        (1, "Visiting the workshop"),
        (2, "Opening hours"),
        (2, "What we mend"),
        (2, "Prices"),
        (2, "How to book"),
    ]
    assert under(document, "Opening hours")[0] == "Monday to Thursday   9am to 5pm"
    assert under(document, "Opening hours")[2] == "Saturday, Sunday and public holidays   closed"
    assert under(document, "What we mend")[-1] == "B3  Gears (one day)"
    assert under(document, "Prices") == ["New cable: £9", "Wheel: £25 and the price of the spokes"]
    assert under(document, "How to book")[0].startswith("Fill in the form")


def test_the_name_of_a_site_its_menu_and_its_foot_are_no_part_of_a_page() -> None:
    document = plain(CLUB)
    assert document.title == "Visiting the workshop"
    assert of_role(document, "navigation") == [
        "Gravel & Chain",
        "Skip to main content",
        "Home | Rides | Workshop | Shop | About us",
        "You are here: Home > Workshop > Visiting the workshop",
        "Share: Facebook  Email  Print",
        "Related pages: Our rides | Members",
        "© Gravel & Chain 2024  Privacy  Cookies",
    ]


@pytest.mark.parametrize(
    "above",
    [
        "Home   Rides   Shop\nMenu\nBack to the workshop",
        "Home | Rides | Shop | Search\nBasket (0 items)",
        "Skip to content\nSearch this site",
    ],
)
def test_the_title_is_the_first_line_that_is_the_page_s_own(above: str) -> None:
    document = plain(
        f"{above}\n\nOur rides\n\nShare this page\n\nWe ride on Sundays, whatever the weather.\n"
    )
    assert document.title == "Our rides"
    assert headings(document) == [(1, "Our rides")]


def test_a_page_that_its_crumbs_name_is_titled_by_its_first_line() -> None:
    document = plain(
        "Our rides\nYou are here: Home > Our rides\n\nWhere we meet\n\nWe meet at the old station.\n"
    )
    assert headings(document) == [(1, "Our rides"), (2, "Where we meet")]


@pytest.mark.parametrize("row", ["Chains ....... 01632 960 701", "Chains\t£12", "Chains    same day"])
def test_a_line_in_columns_is_no_heading(row: str) -> None:
    document = plain(f"Our parts\n\n{row}\n\nAsk for a part at the counter, or ring us before you come.\n")
    assert headings(document) == [(1, "Our parts")]


def test_wide_gaps_around_a_dash_part_no_columns() -> None:
    document = plain(
        "OUR RIDES   –   a guide\n\nWhere\n\nWe meet at the old station, whatever the weather.\n"
    )
    assert document.title == "OUR RIDES   –   a guide"


def test_two_headings_after_a_list_without_marks_stay_headings() -> None:
    document = plain(
        "Rides\n\nWe ride in all weathers.\n\nRoutes\nThe canal: 12 miles\nThe hills: 30 miles\n\n"
        "Joining\n\nBring a friend\n\nAnybody may ride along once, without being a member.\n"
    )
    assert [text for _, text in headings(document)] == ["Rides", "Routes", "Joining", "Bring a friend"]
