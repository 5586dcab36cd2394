"""An index version: what is in its files comes back, damage is told, nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot import Chatbot
from chatbot.errors import DamagedIndex
from chatbot.index import Index
from chatbot.index.format import FILES, FORMAT, MANIFEST, read_manifest, verify
from chatbot.index.rebuild import rebuild_index
from chatbot.index.storage import array_bytes, map_array, map_bytes, write_file
from chatbot.index.strings import StringTable, pack
from chatbot.index.versions import live_folder

MakeCorpus = Callable[[Mapping[str, str | bytes]], Path]

CORPUS = {
    "bread/loaf.md": "---\ntitle: The loaf\nauthor: Ann Lee\nreviewed: 2024-05-03\n---\n# Loaf\n\n## Crust\n\nBake it "
    "hot in steam. A brown crust tastes of nuts.\n\n## Proving\n\nTake:\n\n- a basket\n- a cloth dusted with flour\n",
    "saddle.txt": "The saddle\n\nA saddle that is too high strains the knee.\n\nPhoto by Ann Lee\n",
    "面包.md": "# 面包\n\n自転車 👩\u200d🌾 naïve crust.\n",
    "_synonyms.txt": "crust, rind\n",
}
QUESTIONS = ["what is a brown crust?", "rind", "saddle too high", "baskte", "naive"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One published version for all tests of this file, none of which may write to it."""
    root = tmp_path_factory.mktemp("built")
    for name, text in CORPUS.items():
        path = root / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rebuild_index(root / "corpus", root / "index")
    return live_folder(root / "index")


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / built.name)


# ---------------------------------------------------------------------- reading


def test_documents_come_back_sorted_by_name_with_what_is_said_of_them(built: Path) -> None:
    index = Index(built)
    assert index.names[:] == ["bread/loaf.md", "saddle.txt", "面包.md"]
    assert index.document_count() == 3
    loaf = index.find_document("bread/loaf.md")
    assert loaf
    assert (loaf.title, loaf.format, loaf.facts["author"], loaf.facts["reviewed"]) == (
        "The loaf", "markdown", "Ann Lee", "2024-05-03",
    )  # fmt: skip
    assert index.document_text(loaf) == CORPUS["bread/loaf.md"]
    assert loaf.sha256 == hashlib.sha256(CORPUS["bread/loaf.md"].encode()).hexdigest()
    assert [(level, text) for level, text, _ in loaf.headings] == [(1, "Loaf"), (2, "Crust"), (2, "Proving")]
    assert all(CORPUS["bread/loaf.md"].startswith(text, start) for _, text, start in loaf.headings)
    assert index.find_document("loaf.md") is None
    assert index.find_document("") is None


def test_passages_come_back_with_their_place(built: Path) -> None:
    index = Index(built)
    loaf = index.find_document("bread/loaf.md")
    assert loaf
    passages = [index.passage(number) for number in range(*loaf.passages)]
    assert [passage.section for passage in passages] == [("Loaf", "Crust"), ("Loaf", "Proving")]
    assert passages[1].text == "Take:\n\n- a basket\n- a cloth dusted with flour"
    texts = [passages[1].text[start:end] for start, end, _, _ in index.sentences(loaf.passages[1] - 1)]
    assert texts == ["Take:", "- a basket", "- a cloth dusted with flour"]
    assert index.find_passage(passages[0].id) == loaf.passages[0]
    assert index.find_passage("no-such-passage") is None
    assert index.section(loaf.passages[0]) == ("Loaf", "Crust")


def test_the_postings_are_those_of_the_passages(built: Path) -> None:
    index = Index(built)
    term = index.term("saddl")
    assert term is not None
    passages, weights = index.postings(term)
    assert {index.passage(int(number)).document for number in passages} == {1}
    assert all(weight > 0 for weight in weights)
    assert index.term("never written") is None
    everything = [index.postings(number) for number in range(len(index.terms))]
    assert sum(len(passages) for passages, _ in everything) > len(index.terms) / 2
    assert all(0 <= int(number) < len(index) for passages, _ in everything for number in passages)


def test_sentences_name_terms_that_the_index_has(built: Path) -> None:
    index = Index(built)
    for number in range(len(index)):
        for _, _, terms, _ in index.sentences(number):
            assert all(number in set(index.postings(term)[0].tolist()) for term in terms)


def test_results_are_the_same_after_reopening_and_after_copying(built: Path, copied: Path) -> None:
    bots = [Chatbot(Index(folder)) for folder in (built, built, copied)]
    for question in QUESTIONS:
        found = [
            [(hit.id, hit.text, hit.score, hit.highlights) for hit in bot.search(question)] for bot in bots
        ]
        assert found[0] == found[1] == found[2]
        assert found[0], question


def test_the_same_documents_make_the_same_files(built: Path, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    rebuild_index(make_corpus(CORPUS), tmp_path / "index")
    again = live_folder(tmp_path / "index")
    for name in FILES:
        assert (again / name).read_bytes() == (built / name).read_bytes(), name


def test_a_corpus_without_a_single_word_can_be_searched(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    rebuild_index(make_corpus({"a.md": "…\n\n!!! ???\n"}), tmp_path / "index")
    assert Chatbot.open(tmp_path / "index").search("what is bread?") == []


def test_a_version_is_safe_to_read_from_many_threads(built: Path) -> None:
    bot = Chatbot(Index(built))
    expected = {
        question: [hit.id for hit in Chatbot(Index(built)).search(question)] for question in QUESTIONS
    }
    with ThreadPoolExecutor(16) as pool:
        for question, found in pool.map(
            lambda question: (question, [hit.id for hit in bot.search(question)]), QUESTIONS * 20
        ):
            assert found == expected[question]


# ---------------------------------------------------------------------- damage


def flip(path: Path, place: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_one_flipped_bit_is_found_in_any_file(name: str, copied: Path) -> None:
    assert verify(copied).version == copied.name
    path = copied / name
    whole = path.read_bytes()
    pick = random.Random(name)
    places = sorted({0, len(whole) - 1, *(pick.randrange(len(whole)) for _ in range(12))})
    for place in places:
        flip(path, place, pick.randrange(8))
        with pytest.raises(DamagedIndex) as raised:
            verify(copied)
        assert str(copied) in str(raised.value)
        path.write_bytes(whole)
    assert verify(copied)


def test_any_flipped_bit_of_the_manifest_is_found_when_it_is_opened(copied: Path) -> None:
    path = copied / MANIFEST
    whole = path.read_bytes()
    pick = random.Random(1)
    for place in range(0, len(whole), 3):
        flip(path, place, pick.randrange(8))
        with pytest.raises(DamagedIndex):
            read_manifest(copied)
        path.write_bytes(whole)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("how", ["empty", "short", "long", "missing", "folder"])
def test_a_file_of_another_size_is_found_when_it_is_opened(name: str, how: str, copied: Path) -> None:
    path = copied / name
    whole = path.read_bytes()
    if how in {"missing", "folder"}:
        path.unlink()
        if how == "folder":
            path.mkdir()
    else:
        path.write_bytes({"empty": b"", "short": whole[:-1], "long": whole + b"}"}[how])
        if how == "short" and name == MANIFEST:
            path.write_bytes(whole[:-3])
    with pytest.raises(DamagedIndex, match=name.replace(".", r"\.")) as raised:
        Index(copied)
    assert "roll back or rebuild" in str(raised.value)


def restate(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Change a manifest and make its checksum hold again, as a later program or an intruder would."""
    body = json.loads((folder / MANIFEST).read_bytes())
    body.pop("checksum")
    for name, stated in body["files"].items():
        data = (folder / name).read_bytes()
        stated |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    change(body)
    body["checksum"] = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(body), encoding="utf-8")


def test_restating_alone_changes_nothing(copied: Path) -> None:
    restate(copied, lambda body: None)
    assert verify(copied)
    assert len(Index(copied))


@pytest.mark.parametrize(
    ("number", "says"), [(FORMAT + 1, "newer"), (FORMAT - 1, "older"), ("x", "format"), (None, "format")]
)
def test_another_format_is_named_before_anything_else_is_read(
    number: object, says: str, copied: Path
) -> None:
    (copied / "terms.bin").unlink()
    (copied / "terms.bin").touch()

    def change(body: dict[str, object]) -> None:
        body["format"] = number
        body["unheard of"] = 1

    restate(copied, change)
    with pytest.raises(DamagedIndex, match=says) as raised:
        Index(copied)
    assert "rebuild the index" in str(raised.value)


def test_another_analysis_is_refused(copied: Path) -> None:
    restate(copied, lambda body: body.update(analysis={"stems": "another"}))
    with pytest.raises(DamagedIndex, match="analysis"):
        Index(copied)


def test_a_manifest_that_does_not_name_a_file_is_refused(copied: Path) -> None:
    def change(body: dict[str, object]) -> None:
        files = body["files"]
        assert isinstance(files, dict)
        del files["idf.npy"]

    restate(copied, change)
    with pytest.raises(DamagedIndex, match=r"idf\.npy"):
        Index(copied)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"\xff\xfe", b"{}", b'{"checksum": 1}', b"[" * 100_000], ids=range(7)
)
def test_a_manifest_of_anything_else_is_damage(content: bytes, copied: Path) -> None:
    (copied / MANIFEST).write_bytes(content)
    with pytest.raises(DamagedIndex, match="manifest"):
        Index(copied)


def test_a_document_text_that_was_exchanged_is_found_though_every_file_hash_holds(copied: Path) -> None:
    data = (copied / "texts.bin").read_bytes()
    (copied / "texts.bin").write_bytes(data.replace(b"too high", b"too low!"))
    restate(copied, lambda body: None)
    with pytest.raises(DamagedIndex, match=r"saddle\.txt"):
        verify(copied)


# ---------------------------------------------------------------------- nothing is executed


class Trap:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".npy")])
@pytest.mark.parametrize("kind", ["object array", "pickle", "archive"])
def test_a_pickle_is_never_loaded(name: str, kind: str, copied: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    out = io.BytesIO()
    trap = np.array([Trap(sprung)], dtype=object)
    if kind == "object array":
        np.save(out, trap, allow_pickle=True)
    elif kind == "archive":
        np.savez(out, trap)
    else:
        out.write(pickle.dumps(Trap(sprung)))
    (copied / name).write_bytes(out.getvalue())
    restate(copied, lambda body: None)
    with pytest.raises(DamagedIndex):
        use_everything(Index(copied))
    with suppress(DamagedIndex):
        verify(copied)
    assert not sprung.exists()


def use_everything(index: Index) -> None:
    index.words.find("crust")
    assert len(index.word_counts) == len(index.words)
    index.names.find("a")
    index.find_passage("a")
    index.document(0)
    assert index.roles.dtype == np.int32
    for number in range(len(index)):
        index.passage(number)
        index.sentences(number)


def test_no_file_of_a_version_is_a_pickle(built: Path) -> None:
    assert {path.name for path in built.iterdir()} == {*FILES, MANIFEST}
    for path in built.iterdir():
        data = path.read_bytes()
        assert not data.startswith((b"\x80", b"PK")), path.name
        if path.suffix == ".npy":
            assert not np.load(path, allow_pickle=False).dtype.hasobject


def test_files_are_mapped_read_only(built: Path) -> None:
    array = map_array(built / "idf.npy")
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0
    blob = map_bytes(built / "texts.bin")
    with pytest.raises(TypeError):
        blob[0] = 0  # type: ignore[index]


def test_a_file_is_never_written_twice(tmp_path: Path) -> None:
    write_file(tmp_path / "a.bin", b"first")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a.bin", b"second")
    assert (tmp_path / "a.bin").read_bytes() == b"first"


def test_what_is_written_is_what_its_hash_says(tmp_path: Path) -> None:
    for data in (b"", b"x", os.urandom(3_000_001)):
        path = tmp_path / f"{len(data)}.bin"
        assert write_file(path, data) == (len(data), hashlib.sha256(data).hexdigest())
        assert path.read_bytes() == data


# ---------------------------------------------------------------------- strings


@given(st.sets(st.text(max_size=6)), st.lists(st.text(max_size=6), max_size=5))
def test_every_string_of_a_sorted_table_is_found_and_no_other(strings: set[str], others: list[str]) -> None:
    ordered = sorted(strings, key=str.encode)
    blob, offsets = pack(string.encode() for string in ordered)
    table = StringTable(blob, offsets)
    assert table[:] == ordered
    assert [table.find(string) for string in ordered] == list(range(len(ordered)))
    for other in others:
        assert table.find(other) == (ordered.index(other) if other in strings else None)
    for place in (-1, len(ordered)):
        with pytest.raises(IndexError):
            table[place]


def test_a_lone_surrogate_is_not_found_and_does_no_harm() -> None:
    blob, offsets = pack([b"a", b"b"])
    assert StringTable(blob, offsets).find("\ud800") is None


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_an_array_comes_back_from_its_bytes(numbers: list[int]) -> None:
    array = np.asarray(numbers, np.int32)
    with tempfile.TemporaryDirectory() as folder:
        write_file(Path(folder, "a.npy"), array_bytes(array))
        np.testing.assert_array_equal(map_array(Path(folder, "a.npy")), array)
