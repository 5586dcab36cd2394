"""Word vectors: words that mean the same are near each other, and how rare each word is in English."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from chatbot.analysis import stem
from chatbot.errors import DamagedIndex
from chatbot.question.vectors import SIZE, WordVectors, in_english, uncommon, unit, word_vectors

DATA = Path(str(resources.files("chatbot.question").joinpath("data")))
FILES = ("vector-stems.bin", "vector-stems.npy", "vectors.npy")


def row(word: str) -> int:
    found = word_vectors().find(stem(word))
    assert found is not None, word
    return found


def cosine(one: str, other: str) -> float:
    vectors = word_vectors().vectors([row(one), row(other)])
    return float(vectors[0] @ vectors[1])


@pytest.mark.parametrize(
    ("word", "same", "other"),
    [
        ("doctor", "physician", "bicycle"),
        ("pain", "ache", "invoice"),
        ("medicine", "drug", "carpet"),
        ("child", "kid", "cement"),
        ("begin", "start", "violin"),
        ("chain", "sprocket", "soup"),
    ],
)
def test_words_that_mean_the_same_are_nearer_than_others(word: str, same: str, other: str) -> None:
    assert cosine(word, same) > 0.4
    assert cosine(word, other) < 0.3


def test_every_vector_has_a_length_of_one() -> None:
    table = word_vectors()
    vectors = table.vectors(range(len(table)))
    assert vectors.shape == (len(table), SIZE)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_zeros_stay_zeros_where_lengths_become_one() -> None:
    scaled = unit(np.array([[0.0, 0.0], [3.0, 4.0]], np.float32))
    np.testing.assert_allclose(scaled, [[0.0, 0.0], [0.6, 0.8]])


def test_what_is_stored_has_the_direction_of_the_vector() -> None:
    table = word_vectors()
    rows = [row("doctor"), row("bicycle")]
    stored = table.stored(rows)
    assert stored.dtype == np.int8
    np.testing.assert_allclose(unit(stored.astype(np.float32)), table.vectors(rows), rtol=1e-6)


@pytest.mark.parametrize("text", ["zzqxv", "", "doctor physician", "面包"])
def test_a_stem_that_the_table_lacks_is_none_and_the_rarest(text: str) -> None:
    assert word_vectors().find(text) is None
    assert word_vectors().rarity(None) == 1.0


def test_every_stem_is_found_in_its_own_row() -> None:
    blob, offsets = (DATA / "vector-stems.bin").read_bytes(), np.load(DATA / "vector-stems.npy")
    for number in range(0, len(word_vectors()), 97):
        text = blob[offsets[number] : offsets[number + 1]].decode()
        assert word_vectors().find(text) == number


def test_the_rarer_a_word_is_in_english_the_higher_its_rarity() -> None:
    words = ("the", "time", "house", "doctor", "physician", "sprocket")
    rarity = [word_vectors().rarity(row(word)) for word in words]
    assert rarity == sorted(rarity)
    assert len(set(rarity)) == len(rarity)
    assert rarity[0] == 0.0
    assert 0.8 < rarity[-1] <= 1.0


def test_each_word_has_a_weight_in_sums_from_0_to_2_and_not_all_the_same() -> None:
    weights = word_vectors().weights(range(len(word_vectors())))
    assert weights.shape == (len(word_vectors()),)
    assert 0.0 <= weights.min() < 0.9
    assert 1.1 < weights.max() <= 2.0


def test_the_rarer_a_word_the_more_it_counts_with_documents_and_without() -> None:
    assert uncommon(0.0) == pytest.approx(0.4)
    assert uncommon(1.0) == in_english(1.0) / 6.0 == pytest.approx(1.0)
    assert in_english(0.0) < in_english(0.5) < in_english(1.0)


# ---------------------------------------------------------------------- the files


def test_the_table_is_mapped_read_only() -> None:
    table = word_vectors()
    assert isinstance(table._rows.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        table._rows[0, 0] = 1


def test_the_files_are_numbers_and_text_and_nothing_in_them_is_executed() -> None:
    rows = np.load(DATA / "vectors.npy", allow_pickle=False)
    offsets = np.load(DATA / "vector-stems.npy", allow_pickle=False)
    assert rows.dtype == np.int8
    assert rows.shape == (len(offsets) - 1, SIZE + 2)
    assert offsets[-1] == (DATA / "vector-stems.bin").stat().st_size


def test_a_pickled_table_is_refused(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    assert len(WordVectors(tmp_path)) == len(word_vectors())
    np.save(tmp_path / "vectors.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(DamagedIndex):
        WordVectors(tmp_path)


def test_the_notices_of_the_sources_stand_beside_the_table() -> None:
    notice = (DATA / "WORD-VECTORS-LICENSE.txt").read_text("utf-8")
    assert "all-MiniLM-L6-v2" in notice
    assert "Apache License, Version 2.0" in notice
    assert "GRAYPE Systems Private Limited" in notice
    assert "WordNet 3.1 Copyright 2011 by Princeton University" in notice


def test_new_words_are_remembered_however_many_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.question.vectors.REMEMBERED", 2)
    table = WordVectors(DATA)
    rows = [table.find(stem) for stem in ("doctor", "child", "pain", "chain")]
    assert None not in rows
    assert list(table._found) == ["pain", "chain"]
