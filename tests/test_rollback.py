"""A rollback goes to a version that is there and whole, or changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from bread import ONE, TWO, crust, live_folder_after, state
from conftest import MakeCorpus

from chatbot.errors import DamagedIndex, NoIndex, NoSuchVersion
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder, published, read_pointer, rollback


def test_a_rollback_goes_to_the_version_before(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index).version
    make_corpus(TWO)
    second = rebuild_index(corpus, index).version
    assert "Steam" in crust(index)
    assert rollback(index) == first
    assert "brown" in crust(index)
    assert published(index) == (first, second)
    with pytest.raises(NoSuchVersion, match="no version before"):
        rollback(index)
    assert rollback(index, second) == second
    assert "Steam" in crust(index)


def test_a_rebuild_of_unchanged_documents_does_not_undo_a_rollback(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index).version
    make_corpus(TWO)
    rebuild_index(corpus, index)
    rollback(index)
    assert state(corpus, index) == "unchanged"
    assert read_pointer(index).version == first
    make_corpus({"bread.md": TWO["bread.md"] + "\nAnd salt.\n"})
    assert state(corpus, index) == "published"
    assert "Steam" in crust(index)


def test_a_rollback_to_what_is_not_there_names_what_is(make_corpus: MakeCorpus, index: Path) -> None:
    version = rebuild_index(make_corpus(ONE), index).version
    for wrong in ("20200101T000000-000000", "../../etc", "", version[:-1], ".building"):
        with pytest.raises(NoSuchVersion, match=version):
            rollback(index, wrong)
    assert read_pointer(index).version == version


def test_a_rollback_checks_every_hash_first(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    first = live_folder_after(corpus, index)
    make_corpus(TWO)
    second = live_folder_after(corpus, index)
    data = bytearray((first / "texts.bin").read_bytes())
    data[3] ^= 1
    (first / "texts.bin").write_bytes(data)
    with pytest.raises(DamagedIndex, match=r"texts\.bin"):
        rollback(index)
    assert live_folder(index) == second


def test_nothing_is_made_where_there_was_nothing_to_roll_back(tmp_path: Path) -> None:
    with pytest.raises(NoIndex):
        rollback(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()
