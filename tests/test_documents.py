"""What is read from a file: its text, its headings, what each block is for, its title, or why it was skipped."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from chatbot.documents import Document, find_documents, parse, read_document
from chatbot.documents.corpus import LARGEST_DOCUMENT
from chatbot.documents.decoding import decode
from chatbot.errors import CorpusError
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder
from chatbot.passages import cut

MakeCorpus = Callable[[Mapping[str, str | bytes]], Path]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in document.headings]


def under(document: Document, *path: str) -> list[str]:
    """Return the blocks that stand under exactly these headings."""
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if document.path(block.section) == path
    ]


def of_role(document: Document, role: str) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.role == role]


def roles(document: Document) -> list[tuple[str, str]]:
    return [(block.role, document.text[block.start : block.end]) for block in document.blocks]


def plain(text: str) -> Document:
    return parse("guide.txt", text)


def markdown(text: str) -> Document:
    return parse("guide.md", text)


# ---------------------------------------------------------------------- plain text: headings

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
    marks = ["•", "-", "*", "+", "–", "—", "◦", "▪", "1.", "2)", "(3)", "a)"]
    document = plain("Take along:\n" + "".join(f"{mark} a spare part\n" for mark in marks))
    assert [block.kind for block in document.blocks] == ["paragraph"] + ["item"] * len(marks)


def test_a_number_or_a_dash_within_a_sentence_is_no_bullet() -> None:
    document = plain(
        "The chain has\n\n114 links and weighs\n\n3.5 ounces.\n\n-5 degrees is too cold for grease.\n"
    )
    assert {block.kind for block in document.blocks} == {"paragraph"}


# ---------------------------------------------------------------------- plain text: what pages leave behind

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


# ---------------------------------------------------------------------- Markdown


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


# ---------------------------------------------------------------------- front matter


def test_front_matter_is_read_and_is_no_text() -> None:
    document = markdown(
        "---\ntitle: 'Bread: a start'\nauthors: [Ann Lee, Tom Baker]\nreviewed: 2024-05-03\nupdated: May 2024\n"
        "publisher: 42\nurl: https://example.org/bread\nsources:\n  - On bread\n  - {title: Crumbs, year: 2020}\n"
        "tags: [a, b]\n...\n\nFlour.\n"
    )
    stated = document.metadata
    assert document.title == "Bread: a start"
    assert (stated.author, stated.reviewed, stated.updated) == (
        "Ann Lee, Tom Baker",
        "2024-05-03",
        "May 2024",
    )
    assert (stated.publisher, stated.url) == ("42", "https://example.org/bread")
    assert stated.sources == ({"title": "On bread"}, {"title": "Crumbs", "year": "2020"})
    assert under(document) == ["Flour."]
    assert document.warnings == ()


@pytest.mark.parametrize("name", ["guide.md", "guide.txt"])
def test_front_matter_may_follow_a_byte_order_mark(name: str) -> None:
    document = parse(name, "\ufeff---\r\ntitle: Bread\r\n---\r\nFlour and water.\r\n")
    assert document.title == "Bread"
    assert under(document) == ["Flour and water."]


def test_broken_front_matter_is_left_out_and_said_so() -> None:
    document = markdown("---\ntitle: Bread\nauthor: [Ann\n---\n# Loaf\n\nFlour.\n")
    assert document.title == "Loaf"
    assert [document.text[block.start : block.end] for block in document.blocks] == ["Flour."]
    (warning,) = document.warnings
    assert "front matter" in warning
    assert "line" in warning


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nFlour and water.\n\n---\n\nSalt.\n",  # a rule above and below
        "---\nFlour and water, salt.\n---\n\nSalt.\n",
        "---\nFlour and water.\n\nSalt.\n",  # never closed
        "---\n- Flour and water.\n- more\n---\nSalt.\n",  # a list
    ],
)
def test_a_rule_is_not_taken_for_front_matter(text: str) -> None:
    document = markdown(text)
    everything = [words for _, words in roles(document)] + [heading.text for heading in document.headings]
    assert any("Flour and water" in words for words in everything)
    assert any("Salt." in words for words in everything)


@pytest.mark.parametrize(
    "value",
    ['"\\ud800"', "0x" + "f" * 5_000, "1" * 5_000, ".inf", "2024-13-45", "[[[", "{a: b", "!!python/object:os.system x",
     "&a [*a]", "[" * 3_000, "2001-01-01 99:00:00", "? x", "\x00"],
    ids=["surrogate", "large hex", "large", "infinity", "no date", "open", "map", "object", "recursive", "deep",
         "no time", "question", "NUL"],
)  # fmt: skip
def test_no_front_matter_stops_a_rebuild(value: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"a.md": f"---\ntitle: {value}\n---\nFlour.\n", "b.md": "Water.\n"})
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.counts["documents"] + len(rebuilt.skipped) == 2
    index = Index(live_folder(tmp_path / "index"))
    assert "Water." in {index.passage(number).text for number in range(len(index))}


# ---------------------------------------------------------------------- titles and sidecars


def read_one(corpus: Path, name: str = "a.md") -> Document:
    (file,) = [file for file in find_documents(corpus)[0] if file.name == name]
    return read_document(file)[0]


def test_a_title_is_stated_or_the_first_heading_or_the_files_name(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"bread/My loaf.v2.md": "## Crust\n\nFlour.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "My loaf.v2"
    make_corpus({"bread/My loaf.v2.md": "## Crust\n\nFlour.\n\n# Second\n\nWater.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "Second"
    make_corpus({"_metadata.toml": '["bread/My loaf.v2.md"]\ntitle = "The editors’"\nauthor = "Ann"\n'})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "The editors’"
    make_corpus({"bread/My loaf.v2.meta.toml": 'title = "The sidecar’s"\n'})
    document = read_one(corpus, "bread/My loaf.v2.md")
    assert (document.title, document.metadata.author) == ("The sidecar’s", "Ann")
    make_corpus({"bread/My loaf.v2.md": "---\ntitle: Its own\n---\n# Second\n\nWater.\n"})
    assert read_one(corpus, "bread/My loaf.v2.md").title == "Its own"


def test_a_sidecar_may_name_the_ending_too(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(
        {
            "a.md": "Flour.\n",
            "a.md.meta.toml": 'title = "Of a.md"\nreviewed = 2024-05-03\n',
            "a.meta.toml": 'title = "Of a"\n',
        }
    )
    document = read_one(corpus)
    assert (document.title, document.metadata.reviewed) == ("Of a.md", "2024-05-03")
    assert find_documents(corpus)[1] == [], "a sidecar is no document, and need not be said"


SIDECARS = {
    "not TOML": b"title = Bread\n",
    "not UTF-8": b'title = "Caf\xe9"\n',
    "deep": b"a = " + b"[" * 5_000 + b"]" * 5_000,
    "large number": b"title = " + b"1" * 5_000,
}


@pytest.mark.parametrize("content", SIDECARS.values(), ids=SIDECARS.keys())
def test_a_wrong_sidecar_skips_its_document_and_names_itself(content: bytes, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "a.md.meta.toml": content, "b.md": "Water.\n"})
    found, skipped = find_documents(corpus)
    assert [file.name for file in found] == ["b.md"]
    assert [skip.name for skip in skipped] == ["a.md"]
    assert "a.md.meta.toml" in skipped[0].reason


@pytest.mark.parametrize(
    "content", [*SIDECARS.values(), b'title = "Bread"\n'], ids=[*SIDECARS.keys(), "not a table"]
)
def test_a_wrong_editors_file_stops_the_rebuild_and_is_named(content: bytes, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "_metadata.toml": content})
    with pytest.raises(CorpusError, match=r"_metadata\.toml"):
        find_documents(corpus)


def test_an_editors_entry_for_no_document_is_said(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus({"a.md": "Flour.\n", "_metadata.toml": '["b.md"]\ntitle = "B"\n'})
    (skip,) = find_documents(corpus)[1]
    assert "b.md" in skip.name
    assert "_metadata.toml" in skip.name


# ---------------------------------------------------------------------- files


def skipped_reason(corpus: Path, index: Path, name: str) -> str:
    """Rebuild; return why one file was skipped. A document beside it must be indexed all the same."""
    (corpus / "zebra.md").write_text("# Zebra\n\nA zebra has stripes.\n", encoding="utf-8")
    rebuilt = rebuild_index(corpus, index)
    opened = Index(live_folder(index))
    assert opened.find_document("zebra.md")
    assert opened.find_document(name) is None
    reasons = {skip.name: skip.reason for skip in rebuilt.skipped}
    return reasons[name]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b"\xef\xbb\xbf \r\n\t\n", "empty"),
        ("headings.md", b"# One\n\n## Two\n", "no text"),
        ("front.md", b"---\ntitle: x\n---\n", "no text"),
        ("nul.txt", b"some words\0and more", "not text"),
        ("photo.md", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 9, "not text"),
        ("utf32.txt", b"\xff\xfe\0\0ab", "not"),
        ("page.html", b"<p>Flour and water are all it takes.</p>", "not understood"),
        ("letter.docx", b"PK\x03\x04", "not understood"),
        ("README", b"Flour.", "not understood"),
    ],
)
def test_a_file_that_is_no_document_is_skipped_and_the_reason_said(
    name: str, content: bytes, says: str, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    reason = skipped_reason(make_corpus({name: content}), tmp_path / "index", name)
    assert says in reason
    assert "Error" not in reason


LETTER = (
    "Die Bäckerin prüfte, ob der Teig über Nacht genügend aufgegangen war – „später“ wäre zu spät für die Kundschaft. "
    * 4
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32"])
def test_other_encodings_are_read(encoding: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"brief.txt": LETTER.encode(encoding)})
    rebuild_index(corpus, tmp_path / "index")
    index = Index(live_folder(tmp_path / "index"))
    text = index.document_text(index.document(0))
    assert "Bäckerin" in text
    assert "genügend aufgegangen" in text
    passage = index.passage(0)
    assert text[passage.start : passage.end] == passage.text


def test_utf8_is_decoded_as_it_stands() -> None:
    data = "\ufeffa\r\nb\rc\u2028d\n\u0301𝒜".encode()
    assert decode(data) == (data.decode("utf-8"), "utf-8")


def test_what_is_named_like_a_document_but_is_none(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus(
        {"folder.md/inner.md": "Flour.\n", "a.md": "Water.\n", "_notes.md": "x", ".hidden.md": "x"}
    )
    (tmp_path / "outside.md").write_text("Secret.\n", encoding="utf-8")
    (corpus / "dangling.md").symlink_to(corpus / "nowhere.md")
    (corpus / "loop.md").symlink_to(corpus / "loop.md")
    (corpus / "leak.md").symlink_to(tmp_path / "outside.md")
    (corpus / "dotted.md").symlink_to(corpus / ".." / "outside.md")
    (corpus / "inside.md").symlink_to(corpus / "a.md")
    (corpus / "_drafts").mkdir()
    (corpus / "_drafts" / "draft.md").write_text("Draft.\n", encoding="utf-8")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "object.md").write_text("Object.\n", encoding="utf-8")
    os.mkfifo(corpus / "pipe.md")
    found, skipped = find_documents(corpus)
    assert sorted(file.name for file in found) == ["a.md", "folder.md/inner.md", "inside.md"]
    reasons = {skip.name: skip.reason for skip in skipped}
    assert set(reasons) == {"folder.md", "dangling.md", "loop.md", "leak.md", "dotted.md", "pipe.md"}
    assert "folder" in reasons["folder.md"]
    assert "link to nothing" in reasons["dangling.md"]
    assert "out of the corpus" in reasons["leak.md"]
    assert "out of the corpus" in reasons["dotted.md"]


def test_a_linked_folder_is_not_followed_and_is_said(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"a.md": "Flour.\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.md").write_text("Secret.\n", encoding="utf-8")
    (corpus / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    found, skipped = find_documents(corpus)
    assert [file.name for file in found] == ["a.md"]
    assert [skip.name for skip in skipped] == ["more"]


def test_a_file_of_a_hundred_megabytes_is_skipped_unread(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({})
    corpus.mkdir()
    with (corpus / "line.txt").open("wb") as file:
        for _ in range(100):
            file.write(b"dough " * 170_000)
    reason = skipped_reason(corpus, tmp_path / "index", "line.txt")
    assert "102,000,000 bytes" in reason
    assert "split it" in reason


@pytest.mark.parametrize(
    "text",
    [
        "Anna, " + "A" * 3_000 + "1 is a gardener.",
        "By " + "Ann, " * 3_000,
        "Updated on " + "5 " * 3_000,
        "(" * 20_000,
        "[" * 20_000,
        "*a_ " * 5_000,
        ">" * 5_000 + " deep",
        "- " * 3_000 + "deep",
        "`" * 3_000 + "\n" + "a`" * 3_000,
        "<" * 20_000,
        "1" * 20_000 + ".",
        "a-" * 10_000,
    ],
    ids=range(12),
)  # fmt: skip
def test_no_text_is_slow_to_read(text: str) -> None:
    for name in ("a.md", "b.txt"):
        began = time.process_time()
        assert cut(parse(name, text))
        assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "line", ["dough ", "x", "- dough rises\n", "## Dough\n\nIt rises.\n\n", "It rises slowly in the cold\n"]
)
def test_a_large_file_is_read_in_seconds(line: str, make_corpus: MakeCorpus) -> None:
    size = 200_000
    assert size < LARGEST_DOCUMENT
    corpus = make_corpus({"a.md": line * (size // len(line)), "b.txt": line * (size // len(line))})
    for name in ("a.md", "b.txt"):
        began = time.process_time()
        assert len(cut(read_one(corpus, name))) >= 200
        assert time.process_time() - began < 4


NAMES = [
    "Sourdough — a start.md", "面包.txt", "שלום.md", "a\nb.md", "100% rye? #1 & more.md", "🍞.md", "e\u0301.md",
    "UPPER.MD",
    "面" * 83 + ".md", "a" * 252 + ".md", "dots..and...dots.text", "it's \"quoted\".markdown", " lead.md", "tab\t.md",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_document_may_have_any_name(name: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({name: "Flour and water.\n", f"sub {name[:20]} folder/{name}": "Salt and yeast.\n"})
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.skipped == ()
    index = Index(live_folder(tmp_path / "index"))
    assert index.names[:] == sorted([name, f"sub {name[:20]} folder/{name}"], key=str.encode)
    document = index.find_document(name)
    assert document
    assert document.title == name.rpartition(".")[0]


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"caf\xe9/inner.md"], ids=["file", "folder"])
def test_a_name_that_is_not_utf8_is_skipped_and_said(
    name: bytes, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    corpus = make_corpus({"zebra.md": "A zebra has stripes.\n"})
    path = Path(os.fsdecode(os.fsencode(corpus) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"Flour.\n")
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.counts["documents"] == 1
    (skip,) = rebuilt.skipped
    assert "caf" in skip.name
    assert skip.name.encode("utf-8")
    assert "not UTF-8" in skip.reason


def test_a_corpus_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file.md").write_text("Flour.\n", encoding="utf-8")
    (tmp_path / "bare").mkdir()
    for corpus, says in [
        (tmp_path / "nowhere", "no such folder"),
        (tmp_path / "file.md", "is a file"),
        (tmp_path / "bare", "no documents"),
        (tmp_path / ("x" * 300), "x" * 300),
    ]:
        with pytest.raises(CorpusError, match=says) as raised:
            rebuild_index(corpus, tmp_path / "index")
        assert str(corpus) in str(raised.value)
        assert "\n" not in str(raised.value)


def test_a_corpus_of_nothing_but_skipped_files_names_the_first(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    corpus = make_corpus({"a.md": b"", "b.html": b"<p>"})
    with pytest.raises(CorpusError, match=r"a\.md: it is empty.*1 more|b\.html.*1 more"):
        rebuild_index(corpus, tmp_path / "index")


WITHOUT_RIGHTS = """
import os, sys, encodings.utf_8_sig
from pathlib import Path
from chatbot.documents import find_documents, read_document
from chatbot.errors import CorpusError
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    found, skipped = find_documents(Path(sys.argv[1]))
    for file in found:
        try:
            read_document(file)
        except CorpusError as error:
            print(file.name, "skipped:", error)
except CorpusError as error:
    print("stopped:", error)
"""


@pytest.mark.parametrize(
    ("locked", "says"),
    [
        ("corpus", "stopped: CORPUS"),
        ("corpus/sub", "stopped: CORPUS/sub"),
        ("corpus/a.md", "a.md skipped: it cannot be read"),
        ("corpus/_metadata.toml", "stopped: CORPUS/_metadata.toml"),
        ("", "stopped: CORPUS"),
    ],
    ids=["folder", "subfolder", "file", "editors' file", "above"],
)
def test_missing_rights_are_said_not_thrown(
    locked: str, says: str, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        root = Path(open_to_all, "top")
        files = {"a.md": "Flour.\n", "sub/b.md": "Water.\n", "_metadata.toml": "[\"a.md\"]\ntitle = 'A'\n"}
        for name, text in files.items():
            path = root / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (root / locked).chmod(0)
        try:
            done = subprocess.run(
                [sys.executable, "-c", WITHOUT_RIGHTS, str(root / "corpus")],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            (root / locked).chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.replace(str(root / "corpus"), "CORPUS").startswith(says)
    assert "denied" in done.stdout
