"""Passages read against a query: what each sentence, heading and title has of each word asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from chatbot import Chatbot, rebuild
from chatbot.analysis import stem
from chatbot.index import Index, reading
from chatbot.index.features import PASSAGE_FEATURES, SENTENCE_FEATURES, importance
from chatbot.index.ranking import numbered
from chatbot.index.reading import HEADED, OWN, SENTENCES, TITLE, Reading, meant_by, read
from chatbot.index.search import candidates
from chatbot.question.query import Alternative, Group, Query
from chatbot.question.vectors import word_vectors

pytest_plugins = ("fixtures_bot",)

BAKERY = """---
title: The village bakery
---
# Loaves

## Crust

The baker slept. The miller slept in the barn. Nobody saw the barn door.

## Oven

A hot oven wants dry wood. The bread is taken out with a wooden peel.
"""
GARDEN = "# The garden\n\nMuch snow fell.\n"

QUESTIONS = [
    "what is a chain?",
    "how do I clean a dirty chain with a stiff brush?",
    "my hands go numb, what helps?",
    "flat tyre",
    "why does the zzqxv skip?",
    "how long does it last?",
]


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Index:
    root = tmp_path_factory.mktemp("bakery")
    (root / "corpus").mkdir()
    for name, text in {"bakery.md": BAKERY, "garden.md": GARDEN}.items():
        (root / "corpus" / name).write_text(text, encoding="utf-8")
    rebuild(root / "corpus", root / "index")
    return Chatbot.open(root / "index").index


def group(word: str, others: Mapping[str, float] | None = None) -> Group:
    """Make a group of a word typed, and of what may stand for it with its weight."""
    alternatives = [Alternative((stem(word),), 1.0, "typed")]
    for text, weight in (others or {}).items():
        terms = tuple(stem(part) for part in text.split())
        alternatives.append(Alternative(terms, weight, "synonym"))
    return Group(word, tuple(alternatives))


def reading_of(index: Index, *groups: Group) -> Reading:
    """Read all passages."""
    query = Query(groups)
    found = numbered(index, query)
    every = np.arange(len(index))
    meant = meant_by(query)
    return read(index, meant, found, importance(index, query, found, meant), every)


def said_in(index: Index, reading: Reading, text: str, kind: int = SENTENCES) -> list[float]:
    """Return what each group has in the sentence, or above the passage, that begins with a text."""
    for number in range(len(index)):
        passage = index.passage(number).text
        for place, (start, _, _, _) in enumerate(index.sentences(number)):
            if passage[start:].startswith(text):
                at = int(reading.first[number]) + place if kind == SENTENCES else number
                return [float(value) for value in reading.said[kind][:, at]]
    raise AssertionError(text)


# ---------------------------------------------------------------------- what a sentence says


def test_a_word_itself_counts_one_and_what_stands_for_it_its_own_weight(bakery: Index) -> None:
    reading = reading_of(bakery, group("baker", {"miller": 0.625}))
    assert said_in(bakery, reading, "The baker slept") == [1.0]
    assert said_in(bakery, reading, "The miller slept") == [0.625]
    assert said_in(bakery, reading, "Nobody saw") == [0.0]


def test_the_best_of_several_that_may_stand_for_a_word_counts(bakery: Index) -> None:
    reading = reading_of(bakery, group("zzqxv", {"barn": 0.25, "miller": 0.5}))
    assert said_in(bakery, reading, "The miller slept in the barn") == [0.5]
    assert said_in(bakery, reading, "Nobody saw the barn door") == [0.25]


def test_an_expression_counts_only_where_all_its_words_are(bakery: Index) -> None:
    reading = reading_of(bakery, group("zzqxv", {"barn door": 0.75}))
    assert said_in(bakery, reading, "Nobody saw the barn door") == [0.75]
    assert said_in(bakery, reading, "The miller slept in the barn") == [0.0]


def test_an_expression_with_a_word_that_no_document_has_counts_nowhere(bakery: Index) -> None:
    reading = reading_of(bakery, group("zzqxv", {"barn zzqxv": 0.75}))
    assert not any(of.any() for of in reading.said)


def test_each_group_is_read_by_itself(bakery: Index) -> None:
    reading = reading_of(bakery, group("baker"), group("barn"), group("slept"))
    assert said_in(bakery, reading, "The baker slept") == [1.0, 0.0, 1.0]
    assert said_in(bakery, reading, "The miller slept in the barn") == [0.0, 1.0, 1.0]


def test_a_word_that_only_has_to_do_with_it_is_near_but_not_said(bakery: Index) -> None:
    reading = reading_of(bakery, group("loaf"))
    bread = next(
        int(reading.first[number]) + place
        for number in range(len(bakery))
        for place, (start, _, _, _) in enumerate(bakery.sentences(number))
        if bakery.passage(number).text[start:].startswith("The bread")
    )
    assert reading.said[SENTENCES][0, bread] == 0
    assert reading.near[SENTENCES][0, bread] > 0.3
    assert reading.near[SENTENCES][0, bread] >= reading.close[SENTENCES][0, bread]


# ---------------------------------------------------------------------- headings and title


def test_a_passage_has_its_own_heading_those_above_and_its_title(bakery: Index) -> None:
    reading = reading_of(bakery, group("crust"), group("loaves"), group("village"), group("oven"))
    text = "The baker slept"
    assert said_in(bakery, reading, text, OWN) == [1.0, 0.0, 0.0, 0.0]
    assert said_in(bakery, reading, text, HEADED)[:2] == [1.0, 1.0]
    assert said_in(bakery, reading, text, HEADED)[3] == 0.0
    assert said_in(bakery, reading, text, TITLE) == [0.0, 0.0, 1.0, 0.0]
    assert said_in(bakery, reading, text) == [0.0, 0.0, 0.0, 0.0]


# ---------------------------------------------------------------------- all at once, and one by one


def segments(index: Index, number: int) -> dict[int, list[list[int]]]:
    """Return the terms of a passage's sentences, headings and title, found one by one."""
    heading = index.heading(number)
    document = index.passage(number).document
    first, last = index.title_terms_at[document], index.title_terms_at[document + 1]
    return {
        SENTENCES: [sorted(terms) for _, _, terms, _ in index.sentences(number)],
        OWN: [sorted(heading.own)],
        HEADED: [sorted(heading.own | heading.above)],
        TITLE: [index.title_terms[first:last].tolist()],
    }


def plainly(index: Index, query: Query, segment: list[int]) -> list[tuple[float, float, float]]:
    """Read one segment in plain Python: for each group what it says, what is near, what is close."""
    vectors = meant_by(query).vectors
    out = []
    for row, asked in enumerate(query.groups):
        said = 0.0
        for alternative in asked.alternatives:
            if all(index.term(term) in segment for term in alternative.terms):
                said = max(said, alternative.weight)
        cosine = 0.0
        for term in segment:
            known = word_vectors().find(index.terms[term])
            if known is not None:
                cosine = max(cosine, float(word_vectors().vectors([known])[0] @ vectors[row]))
        near = max(said, 0.9 * min(1.0, max(0.0, (cosine - 0.35) / 0.55)))
        close = max(said, 0.9 * min(1.0, max(0.0, (cosine - 0.55) / 0.4)))
        out.append((said, near, close))
    return out


@pytest.mark.parametrize("question", QUESTIONS)
def test_read_all_at_once_a_passage_says_what_it_says_read_by_itself(
    bicycle_bot: Chatbot, question: str
) -> None:
    index = bicycle_bot.index
    query = bicycle_bot.understood(question).query
    found = numbered(index, query)
    passages = np.arange(len(index))[::-1].copy()  # the order is the caller's
    meant = meant_by(query)
    reading = read(index, meant, found, importance(index, query, found, meant), passages)
    expected: dict[int, list[Any]] = {SENTENCES: [], OWN: [], HEADED: [], TITLE: []}
    for number in passages.tolist():
        for kind, listed in segments(index, number).items():
            expected[kind] += [plainly(index, query, segment) for segment in listed]
    assert reading.counts.tolist() == [len(index.sentences(n)) for n in passages.tolist()]
    for kind, rows in expected.items():
        for place, of in enumerate((reading.said, reading.near, reading.close)):
            plain = np.array([[each[place] for each in segment] for segment in rows]).T
            np.testing.assert_allclose(of[kind], plain, atol=1e-5)


def test_a_passage_is_read_the_same_whatever_is_read_beside_it(bicycle_bot: Chatbot) -> None:
    index = bicycle_bot.index
    query = bicycle_bot.understood("how is a puncture repaired?").query
    found = numbered(index, query)
    meant = meant_by(query)
    counts = importance(index, query, found, meant)
    together = read(index, meant, found, counts, np.arange(len(index)))
    for number in range(len(index)):
        alone = read(index, meant, found, counts, np.array([number]))
        first = int(together.first[number])
        part = slice(first, first + int(together.counts[number]))
        np.testing.assert_allclose(alone.said[SENTENCES], together.said[SENTENCES][:, part])
        np.testing.assert_allclose(alone.alike[SENTENCES], together.alike[SENTENCES][part], atol=1e-5)
        np.testing.assert_array_equal(alone.shapes, together.shapes[part])
        assert alone.passage_alike[0] == pytest.approx(float(together.passage_alike[number]), abs=1e-5)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_candidate_and_each_of_its_sentences_has_its_features(
    bicycle_bot: Chatbot, question: str
) -> None:
    found = candidates(bicycle_bot.index, bicycle_bot.understood(question).query)
    assert found is not None
    many = [len(bicycle_bot.index.sentences(number)) for number in found.passages.tolist()]
    assert found.features.passages.shape == (len(found.passages), len(PASSAGE_FEATURES))
    assert found.features.sentences.shape == (sum(many), len(SENTENCE_FEATURES))
    assert np.isfinite(found.features.passages).all()
    assert np.isfinite(found.features.sentences).all()
    assert all(0 <= best < count for best, count in zip(found.features.best.tolist(), many, strict=True))


def test_nothing_is_read_where_no_passage_has_a_word_of_the_question(bakery: Index) -> None:
    assert candidates(bakery, Query((group("zzqxv"),))) is None


@pytest.mark.parametrize("numbers", [1, 1_000])
def test_words_are_the_same_however_many_are_multiplied_at_once(
    bakery: Index, monkeypatch: pytest.MonkeyPatch, numbers: int
) -> None:
    groups = [group(word) for word in ("loaf", "timber", "winter", "sleep")]
    together = reading_of(bakery, *groups)
    assert together.near[SENTENCES].max() > together.said[SENTENCES].max()  # told by vectors alone
    monkeypatch.setattr(reading, "_BY_ONE_THREAD", numbers)
    apart = reading_of(bakery, *groups)
    for kind in (SENTENCES, OWN, HEADED, TITLE):
        np.testing.assert_allclose(apart.near[kind], together.near[kind], atol=1e-6)
        np.testing.assert_allclose(apart.close[kind], together.close[kind], atol=1e-6)
