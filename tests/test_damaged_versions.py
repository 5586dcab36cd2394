"""A damaged index is told from a good one, and a rebuild mends it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from bread import ONE, TWO, crust, live_folder_after, state, there
from conftest import MakeCorpus

from chatbot import Chatbot
from chatbot.errors import DamagedIndex, NoIndex
from chatbot.index import Index
from chatbot.index.format import MANIFEST, verify
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder, published, read_pointer, rollback


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "bare").mkdir()
    for place in ("nowhere", "file", "bare"):
        with pytest.raises(NoIndex, match="chatbot rebuild"):
            Chatbot.open(tmp_path / place)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"version": "../..", "published": []}',
     b'{"version": 1, "published": [2]}',
     b'{"version": "20200101T000000-000000"}', b'{"version": null, "published": null}', b"[" * 100_000],
    ids=range(11),
)  # fmt: skip
def test_a_damaged_pointer_is_told_and_a_rebuild_publishes_anew(
    content: bytes, make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    (index / "current.json").write_bytes(content)
    with pytest.raises(DamagedIndex, match=r"current\.json"):
        Chatbot.open(index)
    with pytest.raises(DamagedIndex, match=r"current\.json"):
        rollback(index)
    assert state(corpus, index) == "published"
    assert "brown" in crust(index)
    assert there(index) == set(published(index))


@pytest.mark.parametrize("name", ["texts.bin", "idf.npy", MANIFEST])
@pytest.mark.parametrize("how", ["flipped", "short", "missing"])
def test_a_rebuild_mends_a_damaged_live_version(
    name: str, how: str, make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    path = live_folder_after(corpus, index) / name
    damage(path, how)
    assert state(corpus, index) == "published", "the documents are unchanged, the index is not"
    assert verify(live_folder(index))
    assert "brown" in crust(index)


def damage(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    path.unlink()
    if how == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif how == "short":
        path.write_bytes(data[:-2])


def test_a_rebuild_mends_a_damaged_version_that_was_rolled_back_to(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    rebuild_index(corpus, index)
    make_corpus(TWO)
    rebuild_index(corpus, index)
    rollback(index)
    shutil.rmtree(live_folder(index))
    with pytest.raises(DamagedIndex):
        Chatbot.open(index)
    rebuild_index(corpus, index)
    assert "Steam" in crust(index)


def test_a_flipped_bit_of_the_pointer_never_opens_another_version(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    make_corpus(TWO)
    state(corpus, index)
    live = read_pointer(index).version
    pointer = index / "current.json"
    whole = pointer.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            data = bytearray(whole)
            data[place] ^= 1 << bit
            pointer.write_bytes(data)
            try:
                opened = Index(live_folder(index))
            except DamagedIndex:
                continue
            assert opened.manifest.version == live
            assert place > whole.index(b"published") - 2 or json.loads(data)["version"] == live
