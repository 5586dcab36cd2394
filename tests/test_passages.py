"""Whatever a document looks like: every word in exactly one passage, and every offset exact."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from any_document import LF_TEXT, NAME, STRUCTURED, TEXT, hold_promises
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chatbot.documents import Document, parse
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder

# ---------------------------------------------------------------------- what is promised of each


@given(NAME, TEXT)
@settings(max_examples=settings().max_examples * 3)
@example("guide.md", "Knead.\n2) Fold.\n2) " + "fold " * 100 + ".\n" + "knead " * 20 + ".")
@example("guide.txt", "Tools.\n---\nA spanner is needed.\n")
@example("guide.md", "> | a | b |\n> |---|---|\n> | c | d |\n")
@example("guide.md", "- one\n  ```\n  - two\n  ```\n- # three\n\n  # four\n")
@example("guide.md", "a\0b\n===\n\0\n")
def test_every_word_is_in_exactly_one_passage(name: str, text: str) -> None:
    hold_promises(parse(name, text))


@given(NAME, LF_TEXT, st.sampled_from(["\r\n", "\r"]))
@settings(max_examples=settings().max_examples * 2)
@example("guide.txt", "A title over two\nlines of text\n-----\n\nA paragraph that stands below it.\n", "\r")
def test_line_ends_change_nothing(name: str, text: str, end: str) -> None:
    assume("\r" not in text)
    one, other = parse(name, text), parse(name, text.replace("\n", end))
    assert _structure(one) == _structure(other)


@given(NAME, STRUCTURED)
@settings(max_examples=settings().max_examples // 2)
@example("guide.md", "---\ntitle: Bread\n---\n# Baking\n\nBake it.\n")
@example("guide.txt", "Tools\n=====\n\nA spanner is needed.\n")
def test_a_byte_order_mark_changes_nothing_but_the_offsets(name: str, text: str) -> None:
    assume(not text.startswith("\ufeff"))
    plain, marked = parse(name, text), parse(name, "\ufeff" + text)
    assert _structure(plain) == _structure(marked)
    assert [block.start + 1 for block in plain.blocks] == [block.start for block in marked.blocks]


@given(NAME, STRUCTURED)
@settings(max_examples=settings().max_examples // 2)
def test_front_matter_changes_nothing_but_the_offsets(name: str, text: str) -> None:
    assume(not text.startswith(("---", "\ufeff")))
    front = "---\npublisher: The Bicycle Workshop\n---\n"
    plain, fronted = parse(name, text), parse(name, front + text)
    assert fronted.metadata.publisher == "The Bicycle Workshop"
    assert _structure(plain) == _structure(fronted)


def _structure(document: Document) -> list[object]:
    def lines(start: int, end: int) -> list[str]:
        return re.split(r"\r\n|\r|\n", document.text[start:end])

    headings = [(heading.level, lines(heading.start, heading.end)) for heading in document.headings]
    blocks = [
        (block.kind, block.section, block.role, block.depth, lines(block.start, block.end))
        for block in document.blocks
    ]
    return [headings, blocks]


# ---------------------------------------------------------------------- the index says the same


@given(st.lists(st.tuples(st.sampled_from([".md", ".txt"]), TEXT), min_size=1, max_size=4))
@settings(max_examples=max(20, settings().max_examples // 10))
def test_an_index_quotes_the_files_exactly(texts: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        corpus.mkdir()
        Path(corpus, "zebra.md").write_text("# Zebra\n\nA zebra has stripes.\n", encoding="utf-8")
        for number, (ending, text) in enumerate(texts):
            Path(corpus, f"{number}{ending}").write_bytes(text.encode())
        rebuilt = rebuild_index(corpus, index)
        opened = Index(live_folder(index))
        assert opened.document_count() + len(rebuilt.skipped) == len(texts) + 1
        seen: set[str] = set()
        for number in range(len(opened)):
            passage = opened.passage(number)
            document = opened.document(passage.document)
            source = Path(corpus, document.name).read_bytes().decode("utf-8")
            assert opened.document_text(document) == source
            assert passage.text == source[passage.start : passage.end]
            if passage.context:
                words, start, end = passage.context
                assert words == source[start:end]
            for start, end, _, _ in opened.sentences(number):
                assert 0 <= start < end <= len(passage.text)
            assert opened.find_passage(passage.id) == number
            assert re.fullmatch(r"[a-z][a-z0-9-]*", passage.id)
            assert passage.id not in seen
            seen.add(passage.id)


@pytest.mark.parametrize(
    "text",
    [
        "# 標題\n\n自転車のブレーキ。👩\u200d🌾 farmer’s 𝒜\n",
        "\ufeff---\ntitle: שלום\n---\r\n\r\nמילים \u202eabc\u202c.\r\n",
    ],
)
def test_offsets_are_code_points_not_bytes_or_surrogates(text: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_bytes(text.encode())
    rebuild_index(corpus, tmp_path / "index")
    index = Index(live_folder(tmp_path / "index"))
    assert len(index) == 1
    passage = index.passage(0)
    assert passage.text == text[passage.start : passage.end] == text.split("\n")[-2].strip()
