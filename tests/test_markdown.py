"""Markdown: its headings without their marks, its lists, tables, fences and comments."""

from __future__ import annotations

import pytest
from parsing import headings, markdown, of_role, under

from chatbot.passages import cut


def test_both_kinds_of_headings_are_read_without_their_marks() -> None:
    document = markdown(
        "Bread\n=====\n\nFlour and water.\n\nCrust *and* crumb\n---\n\nBrown.\n\n### Steam ###\n\nHot.\n\n"
        "####### seven\n"
    )
    assert headings(document) == [(1, "Bread"), (2, "Crust *and* crumb"), (3, "Steam")]
    assert document.title == "Bread"
    assert under(document, "Crust *and* crumb", "Steam") == ["Hot.", "####### seven"]


def test_section_paths_are_the_headings_above_as_written_without_the_title() -> None:
    document = markdown(
        "# Bread\n\nzero\n\n## The `crust`\n\none\n\n#### Steam & heat\n\ntwo\n\n## Crumb\n\nthree\n\n"
        "# Butter\n\nfour\n"
    )
    assert under(document) == ["zero"]
    assert under(document, "The `crust`") == ["one"]
    assert under(document, "The `crust`", "Steam & heat") == ["two"]
    assert under(document, "Crumb") == ["three"]
    assert under(document, "Butter") == ["four"]


def test_a_heading_that_is_not_the_title_stays_in_the_path() -> None:
    document = markdown("---\ntitle: All about bread\n---\n# Bread\n\nFlour and water.\n")
    assert document.title == "All about bread"
    assert under(document, "Bread") == ["Flour and water."]


def test_a_heading_in_a_quote_is_read_without_the_quotes_mark() -> None:
    document = markdown("> ## Crust\n>\n> Brown.\n>\n> Crumb\n> -----\n> White.\n")
    assert headings(document) == [(2, "Crust"), (2, "Crumb")]
    assert [text.lstrip("> ") for text in under(document, "Crust")] == ["Brown."]


def test_an_empty_line_of_a_quote_is_no_block() -> None:
    document = markdown("> Knead it.\n>\n> Let it rest.\n>\n> | a | b |\n> |---|---|\n> | c | d |\n")
    assert [document.text[block.start : block.end] for block in document.blocks] == [
        "> Knead it.", "> Let it rest.", "> | a | b |", "> | c | d |",
    ]  # fmt: skip


def test_a_hash_in_a_fence_is_no_heading() -> None:
    document = markdown("# Ovens\n\n```sh\n# preheat\nheat 250\n\n## wait\n```\n\nDone.\n")
    assert headings(document) == [(1, "Ovens")]
    assert under(document) == ["```sh\n# preheat\nheat 250\n\n## wait\n```", "Done."]


def test_nested_lists_keep_their_depth() -> None:
    document = markdown(
        "- flour\n  - rye\n    - dark rye\n      and light\n- water\n\n  Cold, if it is summer.\n\n1. salt\n"
    )
    assert [(block.kind, block.depth) for block in document.blocks] == [
        ("item", 0),
        ("item", 1),
        ("item", 2),
        ("item", 0),
        ("item", 0),
        ("item", 0),
    ]
    assert under(document)[2] == "- dark rye\n      and light"


@pytest.mark.parametrize("mark", ["- ", "> ", "1. ", "* > "])
def test_thirty_levels_deep_nothing_is_lost(mark: str) -> None:
    document = markdown("# Deep\n\n" + mark * 30 + "treasure\n\nAnd back.\n")
    words = " ".join(under(document))
    assert words.count("treasure") == 1
    assert words.endswith("And back.")


def test_a_table_is_a_header_and_its_rows() -> None:
    document = markdown("| Tool | Use |\n|------|:---:|\n| pump | air |\n| oil  | chain |\n")
    assert [(block.kind, document.text[block.start : block.end]) for block in document.blocks] == [
        ("header", "| Tool | Use |"),
        ("item", "| pump | air |"),
        ("item", "| oil  | chain |"),
    ]


@pytest.mark.parametrize("before", ["", "Air and oil are all it takes for now.\n\n"])
def test_a_tables_header_stays_with_its_rows(before: str) -> None:
    document = markdown(before + "| Tool | Use |\n|---|---|\n| pump | air for the tyres |\n")
    assert document.text[slice(cut(document)[-1].start, None)].startswith(before or "| Tool | Use |")


def test_rules_are_no_blocks_and_link_definitions_are_not_lost() -> None:
    document = markdown(
        "Flour.\n\n***\n\n- - -\n\nSee [the mill][m].\n\n[m]: https://example.org 'The mill'\n"
    )
    assert under(document) == ["Flour.", "See [the mill][m].", "[m]: https://example.org 'The mill'"]


def test_comments_are_told_from_text() -> None:
    document = markdown("<!-- ask the miller\nabout this -->\n\n<p>Flour and water are all it takes.</p>\n")
    assert of_role(document, "comment") == ["<!-- ask the miller\nabout this -->"]
    assert of_role(document, "body") == ["<p>Flour and water are all it takes.</p>"]


@pytest.mark.parametrize("mark", ["**", "__", "*"])
def test_a_question_set_off_at_the_beginning_of_a_paragraph_is_its_heading(mark: str) -> None:
    text = (
        "# Allotments\n\n## Water\n\nThe pump stands by the gate.\n\n"
        f"{mark}May I use a hose?{mark} Only in the evening.\n\n"
        f"{mark}Who mends the pump?{mark}\n\nThe warden does.\n\n## Keys\n\nKeys cost £5.\n"
    )
    document = markdown(text)
    assert headings(document) == [
        (1, "Allotments"),
        (2, "Water"),
        (3, "May I use a hose?"),
        (3, "Who mends the pump?"),
        (2, "Keys"),
    ]
    assert under(document, "Water", "May I use a hose?") == ["Only in the evening."]
    assert under(document, "Water", "Who mends the pump?") == ["The warden does."]
    assert under(document, "Water") == ["The pump stands by the gate."]


def test_a_question_set_off_amid_a_paragraph_is_no_heading() -> None:
    document = markdown("# Allotments\n\nMay I, **may I?** That is asked often.\n\n**Water** is free.\n")
    assert headings(document) == [(1, "Allotments")]
