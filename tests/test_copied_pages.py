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


LINE_BY_LINE = """Skip to main content
We use cookies to make this site work. Read more about our cookies.
Accept all
Reject all
The Wheel Trust
Donate
Get involved
About us
Search
Home > Workshop > Mending a puncture

Mending a puncture

5 min read

A puncture is a hole in the inner tube, and it can be mended in a quarter of an hour.

You need:

a patch and glue
two tyre levers
a pump that fits your valve

How to do it
Take the wheel out first, and lay the bicycle on its side.

Was this page helpful?
Related guides
Chains and sprockets
Follow us
Privacy notice
Cookies
© The Wheel Trust 2031
"""


def test_a_menu_line_by_line_is_no_part_of_a_page_and_its_crumbs_tell_the_title() -> None:
    document = plain(LINE_BY_LINE)
    assert headings(document) == [(1, "Mending a puncture"), (2, "How to do it")]
    assert of_role(document, "navigation")[-7:] == [
        "Was this page helpful?",
        "Related guides",
        "Chains and sprockets",
        "Follow us",
        "Privacy notice",
        "Cookies",
        "© The Wheel Trust 2031",
    ]
    assert of_role(document, "body") == [
        "A puncture is a hole in the inner tube, and it can be mended in a quarter of an hour.",
        "You need:",
        "a patch and glue",
        "two tyre levers",
        "a pump that fits your valve",
        "Take the wheel out first, and lay the bicycle on its side.",
    ]
    assert [block.kind for block in document.blocks if block.role == "body"] == ["paragraph"] * 2 + [
        "item"
    ] * 3 + ["paragraph"]


@pytest.mark.parametrize(
    "above",
    [
        "Rides\nShop\nMembers\nThe Wheel Trust\n\n",
        "The Wheel Trust\n\nNews\n\n",
        "Menu\nHome\nWorkshop\nLog in / Register\n\nHome / Workshop / Mending a puncture\n\n",
        "Home\n\n/\n\nWorkshop\n\n/\n\nMending a puncture\n\n",
        "This website uses cookies. Find out more\nOK\nHome › Workshop › Mending a puncture\n",
        "Home\tRides\tMending a puncture\n\n",
        "",
    ],
)
@pytest.mark.parametrize("beside", ["", "Information for riders\n", "Last updated 3 May 2031\n"])
def test_the_title_is_found_below_whatever_a_site_puts_above_it(above: str, beside: str) -> None:
    document = plain(
        f"{above}Mending a puncture\n{beside}\n"
        "A puncture is a hole in the inner tube. Every puncture can be mended.\n\n"
        "Tools\n\nTo mend it you need a patch, glue and a pump.\n"
    )
    assert document.title == "Mending a puncture"


def test_numbered_headings_stand_right_over_their_text_and_the_contents_are_none() -> None:
    document = plain(
        "Your new bicycle\n\nRead this leaflet before you ride.\n\nWhat is in this leaflet\n1. What it is for\n"
        "2. Before you ride\n3. How to ride it\n\n1. What it is for\n"
        "This bicycle is built for roads and for short ways over gravel, in any weather.\n\n"
        "2. Before you ride\nDo not ride it\n- without brakes\n- in the dark without a lamp\n\n3. How to ride it\n"
        "Sit upright, and look where you want to go rather than at the front wheel.\n"
    )
    assert [text for _, text in headings(document)] == [
        "Your new bicycle",
        "What is in this leaflet",
        "1. What it is for",
        "2. Before you ride",
        "Do not ride it",
        "3. How to ride it",
    ]


def test_headings_over_rows_are_found_where_no_line_is_blank() -> None:
    document = plain(
        "Opening hours and prices\nWorkshop\nMon 9.00–12.00\nTue 13.00–19.00\nWed closed\nThu 9.00–16.00\n"
        "Holidays\nThe workshop is shut on all public holidays, and in the last week of the year.\n"
        "What it costs\nNew cable: £9\nNew tube: £6\nWheel £25\n"
        "How to pay\nPay by card or with coins, once the bicycle is mended.\n"
    )
    assert [text for _, text in headings(document)] == [
        "Opening hours and prices",
        "Workshop",
        "Holidays",
        "What it costs",
        "How to pay",
    ]
    assert under(document, "Workshop")[2] == "Wed closed"
    assert under(document, "What it costs") == ["New cable: £9", "New tube: £6", "Wheel £25"]


def test_below_a_name_stands_what_somebody_does_and_no_heading() -> None:
    document = plain(
        "Our mechanics\n\nThe workshop is run by two people, who both ride to work.\n\n"
        "Ann Lee\nHead of the workshop\nAnn has mended wheels since she was twelve years old.\n\n"
        "Tom Baker\nFrame builder\nTom welds steel frames, and rides them over the hills.\n"
    )
    assert [text for _, text in headings(document)] == ["Our mechanics", "Ann Lee", "Tom Baker"]
    assert under(document, "Ann Lee")[0] == "Head of the workshop"


def test_a_paragraph_above_a_credit_is_no_caption() -> None:
    document = plain(
        "Rust\n\nRust comes from water. It spreads below the paint, where nobody sees it.\n\nPhoto credits: A. Lee\n\n"
        "Cure\n\nSand it off and paint the frame anew, and keep it dry.\n"
    )
    assert of_role(document, "caption") == []
    assert of_role(document, "credit") == ["Photo credits: A. Lee"]


def test_lines_of_a_list_are_not_set_free_from_their_section() -> None:
    listed = "Bell\nA lamp in front and one behind\nReflectors\nBrakes that hold both wheels"
    document = plain(
        "Rules\n\nThese hold for all riders.\n\nHelmets\n\nWear one.\n\nRoads\n\nKeep left.\n\n"
        f"What a bicycle must have\n\nBy law it has these parts:\n\n{listed}\n\nNothing else is asked for.\n"
    )
    assert under(document, "What a bicycle must have")[1:5] == listed.split("\n")


def test_heads_and_feet_of_printed_pages_are_no_text() -> None:
    pages = (
        "A chain wants oil every two weeks, and a dry rag\nafter every ride in the rain. It should hang\nstraight.",
        "A worn chain wears the sprockets down, and both\nmust then be changed together. Measure it with a\ngauge.",
        "A new chain is cut to the length of the old one.\nCount the links before you throw the old one\naway.",
    )
    text = "\n\n".join(f"{page}\n\nThe Wheel Trust      Page {n} of 3" for n, page in enumerate(pages, 1))
    document = plain(f"Caring for a chain\n\n{text}\n")
    assert of_role(document, "navigation") == [f"The Wheel Trust      Page {n} of 3" for n in (1, 2, 3)]
    assert len(of_role(document, "body")) == 3


def test_what_every_section_asks_again_stays_a_heading() -> None:
    section = "How is it cleaned?\n\nIt is cleaned with a dry rag and a little oil, once a week.\n\n"
    document = plain(
        f"Parts\n\nThree parts want care.\n\nChain\n\n{section}Hub\n\n{section}Fork\n\n{section}"
    )
    assert [text for _, text in headings(document)].count("How is it cleaned?") == 3


def test_a_page_of_rows_alone_keeps_them_though_a_foot_follows() -> None:
    document = plain(
        "Opening hours\n\nShare this page\n\nMon 9.00–12.00\nTue 13.00–19.00\nFri 9.00–16.00\n\n"
        "Follow us\nPrivacy notice\nCookies\n"
    )
    assert of_role(document, "body") == ["Mon 9.00–12.00", "Tue 13.00–19.00", "Fri 9.00–16.00"]


def test_a_telephone_number_above_the_title_is_text() -> None:
    document = plain(
        "The Wheel Trust\nTel: 01632 960 777\nHome\nRides\nShop\n\nOur rides\n\nWe ride on Sundays, in any weather.\n"
    )
    assert document.title == "Our rides"
    assert of_role(document, "body") == ["Tel: 01632 960 777", "We ride on Sundays, in any weather."]


def test_rows_below_a_heading_are_no_links_though_contents_stand_above_it() -> None:
    document = plain(
        "Home\nOur workshop\nOur workshop\n\nOn this page\n\nOpening hours\nWhere we are\n\nOpening hours\n\n"
        "Day\tMorning\nMonday\t8am to noon\nTuesday\tclosed\n\nWhere we are\n\nWe are behind the old station.\n"
    )
    assert document.title == "Our workshop"
    assert headings(document)[1:] == [(2, "Opening hours"), (2, "Where we are")]
    assert under(document, "Opening hours") == ["Day\tMorning", "Monday\t8am to noon", "Tuesday\tclosed"]
    assert of_role(document, "navigation")[-3:] == ["On this page", "Opening hours", "Where we are"]


def test_short_lines_that_a_colon_leads_to_are_a_list_whatever_they_begin_with() -> None:
    document = plain(
        "Members\n\nMembers pay less, and some ride for nothing.\n\nNothing is asked of you if you are:\n\n"
        "under 16, or at school\n60 or over\nA mechanic of ours\n\nAsk at the counter for a form.\n"
    )
    assert headings(document) == [(1, "Members")]
    assert [block.kind for block in document.blocks] == ["paragraph"] * 2 + ["item"] * 3 + ["paragraph"]


def test_a_spanish_page_is_told_from_its_frame() -> None:
    document = plain(
        "Saltar al contenido\nInicio\nQuiénes somos\nServicios\nContacto\n\nInicio > Taller > Arreglar un pinchazo\n\n"
        "Arreglar un pinchazo\n\nUn pinchazo es un agujero en la cámara, y se arregla en un cuarto de hora.\n\n"
        "Cómo se hace\n\nSaca primero la rueda y tumba la bicicleta.\n\n"
        "Síguenos\nAviso legal\nPolítica de privacidad\n"
    )
    assert headings(document) == [(1, "Arreglar un pinchazo"), (2, "Cómo se hace")]
    assert of_role(document, "body") == [
        "Un pinchazo es un agujero en la cámara, y se arregla en un cuarto de hora.",
        "Saca primero la rueda y tumba la bicicleta.",
    ]
