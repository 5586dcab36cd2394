"""Where a document is cut: its lists and tables between items, and no passage too long."""

from __future__ import annotations

import pytest
from any_document import COMMON, NAME, hold_promises
from hypothesis import given
from hypothesis import strategies as st

from chatbot.documents import parse
from chatbot.passages import cut

# ---------------------------------------------------------------------- lists

ITEM = st.lists(st.sampled_from(COMMON), min_size=3, max_size=25).map(" ".join)


@given(NAME, st.lists(ITEM, min_size=12, max_size=60), st.sampled_from(["- ", "* ", "1. "]))
def test_a_long_list_is_cut_between_items_and_each_part_knows_its_introduction(
    name: str, items: list[str], mark: str
) -> None:
    intro = "Before a long ride, look after each of these:"
    text = (
        f"# Riding\n\n## The evening before\n\n{intro}\n\n" + "\n".join(mark + item for item in items) + "\n"
    )
    document = parse(name, text)
    chunks = hold_promises(document)
    first, *others = [text[chunk.start : chunk.end] for chunk in chunks]
    assert first.startswith(intro)
    assert chunks[0].context is None
    assert all(part.startswith(mark) for part in others), "cut between items"
    assert [text[slice(*chunk.context)] for chunk in chunks[1:] if chunk.context] == [intro] * len(others)
    assert len(others) > 0 or len(text.split()) < 140


def test_a_short_list_stays_with_its_introduction() -> None:
    text = "# Riding\n\nTake along:\n\n- a pump\n- a spare tube\n- two tyre levers\n"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end] == text.removeprefix("# Riding\n\n").strip()
    assert [text[slice(*sentence)] for sentence in chunk.sentences] == [
        "Take along:", "- a pump", "- a spare tube", "- two tyre levers",
    ]  # fmt: skip


def test_only_the_last_sentence_of_a_long_introduction_is_the_context() -> None:
    text = (
        "A saddle wears out slowly. Every spring, check:\n\n" + "- the rails, the cover and the bolts\n" * 40
    )
    chunks = cut(parse("a.md", text))
    assert {text[slice(*chunk.context)] for chunk in chunks if chunk.context} == {"Every spring, check:"}


@pytest.mark.parametrize("before", ["", "# Tools\n\nThese are the tools of the workshop.\n\n"])
def test_rows_of_a_long_table_carry_its_header(before: str) -> None:
    text = (
        before
        + "| Tool | Use |\n|---|---|\n"
        + "".join(f"| spanner {n} | it turns nut number {n} |\n" for n in range(60))
    )
    chunks = hold_promises(parse("a.md", text))[1 if before else 0 :]
    assert len(chunks) > 2
    assert [text[slice(*chunk.context)] for chunk in chunks[1:] if chunk.context] == ["| Tool | Use |"] * (
        len(chunks) - 1
    )
    assert all(text[chunk.start : chunk.end].startswith("| spanner") for chunk in chunks[1:])


@pytest.mark.parametrize(
    "intro", ["knead " * 200 + "in:", "| " + "tool " * 300 + "|\n|---|"], ids=["introduction", "header"]
)
def test_even_a_context_is_short(intro: str) -> None:
    mark = "| " if intro.startswith("|") else "- "
    chunks = hold_promises(parse("a.md", f"{intro}\n" + f"{mark}a bowl or a trough of wood\n" * 60))
    assert len([chunk for chunk in chunks if chunk.context]) > 3


# ---------------------------------------------------------------------- sizes


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("knead " * 1_000, 7),  # one sentence of a thousand words
        ("q" * 5_500, 6),  # one word
        ("- " + "fold " * 700, 5),  # one list item
        ("Bake it. " * 1_000, 16),  # many short sentences
    ],
    ids=["sentence", "word", "item", "sentences"],
)
def test_what_is_too_long_is_cut(name: str, text: str, least: int) -> None:
    assert len(hold_promises(parse(name, text))) >= least


def test_a_sentence_of_up_to_150_words_stays_whole() -> None:
    text = "Knead " + "it " * 148 + "well."
    assert [(chunk.start, chunk.end) for chunk in cut(parse("a.md", text))] == [(0, len(text))]


def test_short_paragraphs_of_a_section_are_joined_and_those_of_two_sections_are_not() -> None:
    text = "# Bread\n\n## Crust\n\nBake it hot.\n\nIt turns brown.\n\n## Crumb\n\nLet it cool.\n"
    chunks = cut(parse("a.md", text))
    assert [text[chunk.start : chunk.end] for chunk in chunks] == [
        "Bake it hot.\n\nIt turns brown.",
        "Let it cool.",
    ]


def test_a_sentence_that_refers_back_is_not_left_alone() -> None:
    first = "A chain stretches. " * 23
    text = f"## Chains\n\n{first.strip()}\n\nThis wears the sprockets as well.\n"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end].endswith("sprockets as well.")


def test_roles_are_not_mixed() -> None:
    text = "Bake the loaf until it is brown and sounds hollow.\n\nUpdated on 3 May 2021\n\nLet it cool on a rack.\n"
    chunks = cut(parse("a.txt", text))
    assert [chunk.role for chunk in chunks] == ["body", "byline", "body"]


TIMES = "| Loaf | Hours |\n|---|---|\n| Rye | 2 |\n| Wheat | 1 |\n"


def test_a_short_paragraph_stays_with_the_table_it_leads_to() -> None:
    text = f"## Baking\n\nLoaves need different times. {'The oven is hot. ' * 8}\n\n{TIMES}"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end].endswith("| Wheat | 1 |")


def test_a_long_paragraph_stands_apart_from_the_table_behind_it() -> None:
    text = f"## Baking\n\n{'The oven is hot and the loaf is brown. ' * 9}\n\n{TIMES}"
    assert len(cut(parse("a.md", text))) == 2
