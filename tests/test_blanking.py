"""Addresses and long numbers are blanked out of a question, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.blanking import blanked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to jo.doe+x@mail.example.co.uk please", "write to [e-mail] please"),
        ("jo (at) example (dot) com", "[e-mail]"),
        ("jo @ example.org or jo＠example.org", "[e-mail] or [e-mail]"),
        ("jo at example dot com", "[e-mail]"),
        ("call +44 (0)20 7946-0958 now", "call [number] now"),
        ("call 030/123 45 67", "call [number]"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("born on 12/05/1980", "born on [number]"),
        ("patient １２３４５６７", "patient [number]"),
        ("from 10.0.0.1 and 2001:db8::1:2", "from [number] and [number]"),
        ("I live at 221B Baker Street", "I live at [address]"),
        ("742 evergreen terrace", "[address]"),
        ("Hauptstraße 12a in Bonn", "[address] in Bonn"),
        ("calle Mayor 5", "[address]"),
        ("London NW1 6XE", "London [address]"),
        ("PO Box 77", "[address]"),
        ("see www.example.org/jo or https://example.org/?q=jo", "see [web address] or [web address]"),
        ("ask @johnny", "ask [name]"),
        ("two\nlines\t here", "two lines here"),
    ],
)
def test_addresses_and_long_numbers_are_blanked_out(text: str, kept: str) -> None:
    assert blanked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "is 500 mg three times a day or 1,000 mg better?",
        "does it last 3,000 kilometres or 5,000?",
        "what changed between 2019 and 2020?",
        "five in a row, 5 in a row, 3 ways to do it",
        "from 12:30 until 14:45 at night",
        "what are the causes of a 2 bar loss in a tubeless tyre?",
    ],
)
def test_ordinary_questions_are_left_as_they_are(text: str) -> None:
    assert blanked(text) == text


@given(st.text(alphabet="1 -./()@a.com\n", max_size=60) | st.text(max_size=60))
def test_no_number_of_five_digits_and_no_mail_address_is_left(text: str) -> None:
    left = blanked(text)
    assert not any(run.isdigit() and len(run) >= 5 for run in left.split())
    assert "a@a.com" not in left
