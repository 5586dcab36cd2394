"""Whatever is written in a file, it is read and cut in seconds."""

from __future__ import annotations

import time

import pytest
from conftest import MakeCorpus
from parsing import read_one

from chatbot.documents import parse
from chatbot.documents.corpus import LARGEST_DOCUMENT
from chatbot.passages import cut


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
        "cookies" + " > x" * 20_000 + "\n\nKnots\n\nA knot holds a rope, and comes undone again.",
        "cookies" + " " * 20_000 + "x\n\nKnots\n\nA knot holds a rope, and comes undone again.",
    ],
    ids=range(14),
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
