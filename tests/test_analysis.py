"""Text becomes terms: folded, stemmed, without the words that say nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot import analysis
from chatbot.analysis import subject_of


@given(st.text(max_size=80))
@example("ﾞ")
@example("ﾞ-ﾟ")
@example("ﷺ ǅ İ ŉ ᾳ ½ ² ٣٫٥ 1,000 a’b’s x--y ‐")
def test_any_text_becomes_terms(text: str) -> None:
    found = list(analysis.tokens(text))
    at = 0
    for token in found:
        assert at <= token.start < token.end <= len(text)
        at = token.end
        assert analysis.fold(text[token.start : token.end]) == token.word
    terms = analysis.terms(text)
    assert all(term and len(term) <= 70 for term in terms)
    assert all(" " not in term for term in terms)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    folded = analysis.fold(text)
    assert analysis.fold(analysis.fold(folded)) == analysis.fold(folded)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crust", "crust"), ("CAFÉ", "cafe"), ("cafe\u0301", "café"), ("ｂｒｅａｄ", "bread"), ("loaves", "loaves"),
        ("baking", "bake"), ("bakes", "baking"), ("baker's", "bakers"), ("baker’s", "baker's"), ("1,000", "1000"),
        ("Straße", "strasse"), ("ﬁne", "fine"),
    ],
)  # fmt: skip
def test_these_are_the_same_term(one: str, other: str) -> None:
    assert analysis.terms(one) == analysis.terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("bread", "breast"), ("3.5", "35"), ("universe", "oven"), ("10", "100")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert analysis.terms(one) != analysis.terms(other)


def test_a_compound_is_its_parts_and_the_parts_joined() -> None:
    assert analysis.parts("x-ray") == ("x", "ray", "xray")
    assert set(analysis.terms("xray")) <= set(analysis.terms("X‑ray"))
    assert set(analysis.terms("ray")) <= set(analysis.terms("x-ray"))


def test_words_that_say_nothing_are_left_out() -> None:
    assert analysis.terms("What is it that you'd do with this?") == []
    assert [word for word in analysis.STOP_WORDS if analysis.terms(word)] == []


def test_tokens_know_where_they_stand() -> None:
    text = "𝒜 loaf’s crust — 3.5 cm, x-ray"
    assert [text[token.start : token.end] for token in analysis.tokens(text)] == [
        "𝒜", "loaf’s", "crust", "3.5", "cm", "x-ray",
    ]  # fmt: skip


def test_a_very_long_word_is_cut_short_and_still_found() -> None:
    (term,) = analysis.terms("z" * 5_000)
    assert [term] == analysis.terms("Z" * 5_000)
    assert len(term) <= 64


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Rust: causes, signs and removal", "Rust"),
        ("Chain wear - the bicycle pages", "Chain wear"),
        ("Brakes — a guide", "Brakes"),
        ("Spokes | Workshop", "Spokes"),
        ("Self-sealing tyres", "Self-sealing tyres"),
        ("THE CHAIN: CARE", "The chain"),
        ("12:30 to the workshop", "12:30 to the workshop"),
    ],
)
def test_a_title_names_what_stands_before_its_colon_or_dash(title: str, subject: str) -> None:
    assert subject_of(title) == subject
