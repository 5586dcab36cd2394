"""Misspelt words are read as the documents have them, and right ones are never touched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot import Chatbot, rebuild
from chatbot.question import spelling
from chatbot.question.spelling import MOST_WORDS, SHORTEST, known_words, short_forms
from chatbot.question.understand import Understanding

pytest_plugins = ("fixtures_bot",)


@pytest.fixture(scope="module")
def written(bicycle_bot: Chatbot) -> list[str]:
    """The words that stand in the documents themselves."""
    index = bicycle_bot.index
    counts = index.word_counts.tolist()
    return [word for word, count in zip(index.words[:], counts, strict=True) if count]


def read_as(understanding: Understanding, message: str) -> str:
    return " ".join(word.read for word in understanding.read(message)[0])


def test_a_word_of_the_documents_is_never_touched(understanding: Understanding, written: list[str]) -> None:
    assert len(written) > 100
    assert [word for word in written if read_as(understanding, word) != word] == []


def test_a_right_word_that_the_documents_lack_is_never_touched(understanding: Understanding) -> None:
    lacking = sorted(known_words())[::23]
    assert [word for word in lacking if understanding.read(word)[1]] == []


@pytest.mark.parametrize(
    "word", ["diamorphine", "humira", "vicodin", "cortisol", "abilify", "esophageal", "downsides"]
)
def test_a_word_of_the_packages_own_lists_is_never_read_as_another(
    understanding: Understanding, word: str
) -> None:
    assert read_as(understanding, f"what is {word}") == f"what is {word}"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("puncutre", "puncture"), ("saddel", "saddle"), ("handelbar", "handlebar"),  # two letters swapped
        ("presure", "pressure"), ("casette", "cassette"), ("lubrricant", "lubricant"),  # single and double letters
        ("lubrikant", "lubricant"), ("derailer", "derailleur"), ("sprokkets", "sprockets"),  # as it sounds
        ("degreser", "degreaser"), ("oitment", "ointment"), ("derailluer", "derailleur"),  # left out or wrong
        ("saddlesore", "saddle sore"), ("tyrepressure", "tyre pressure"), ("innertube", "inner tube"),  # no blank
        ("SADDEL", "saddle"), ("saddel's", "saddel's"), ("pumpd-puncutre", "pumped-puncture"),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_read_as_the_documents_have_it(
    understanding: Understanding, typed: str, read: str
) -> None:
    assert read_as(understanding, typed) == read


def test_of_two_words_as_near_that_of_a_title_is_meant(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text(
        "# Broms\n\nBroms are grey. The brims of hats, brims of cups, brims.\n"
    )
    rebuild(tmp_path / "corpus", tmp_path / "index")
    understanding = Understanding(Chatbot.open(tmp_path / "index").index)
    assert read_as(understanding, "brooms brums") == "brooms broms"


def slips(word: str) -> Iterable[str]:
    """Return what comes of a word by one slip of the finger inside it."""
    for at in range(1, len(word) - 2):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        yield word[:at] + word[at] + word[at:]
        yield word[:at] + word[at + 1 :]


def test_most_slips_inside_a_longer_word_are_mended(understanding: Understanding, written: list[str]) -> None:
    tried = [
        (slip, word)
        for word in written
        if len(word) >= 7 and word.isalpha()
        for slip in slips(word)
        if slip not in known_words() and slip not in written
    ][::3]
    right = sum(read_as(understanding, slip) == word for slip, word in tried)
    assert len(tried) > 150
    assert right >= 0.9 * len(tried)


@pytest.mark.parametrize("word", ["tyr", "xq", "q", "bkt", "sdl"])
def test_a_short_word_is_left_alone(understanding: Understanding, word: str) -> None:
    assert len(word) < SHORTEST
    assert word not in short_forms()
    assert read_as(understanding, f"the {word}") == f"the {word}"


@pytest.mark.parametrize("word", ["lysine", "tyramine", "tyrosine", "ustekinumab"])
def test_a_word_that_only_the_word_vectors_know_is_left_alone(
    understanding: Understanding, word: str
) -> None:
    assert word not in known_words()
    assert read_as(understanding, word) == word


def test_an_exclamation_is_no_misspelt_word(understanding: Understanding) -> None:
    assert read_as(understanding, "phew haha wow wtf idk") == "phew haha wow wtf idk"


@pytest.mark.parametrize("word", ["ab12cd34", "3,000km", "2fast", "h2o2x", "пунктура", "z" * 60])
def test_what_is_no_english_word_is_left_alone(understanding: Understanding, word: str) -> None:
    assert understanding.read(word)[1] == ()


def test_a_short_form_of_chats_is_spelt_out(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("wat is a puncture plz")
    assert reply.question == "what is a puncture please"
    assert reply.kind == "answer"


def unknown(count: int) -> list[str]:
    """Return as many different words that nobody knows."""
    return [f"zq{chr(97 + i % 26)}{chr(97 + i // 26)}vx" for i in range(count)]


@pytest.mark.parametrize("joint", [" ", "-", ". ", "/", "_"])
def test_the_words_looked_up_for_one_message_are_bounded(
    bicycle_bot: Chatbot, monkeypatch: pytest.MonkeyPatch, joint: str
) -> None:
    looked_up: list[str] = []
    near = spelling.Vocabulary.near

    def counted(self: spelling.Vocabulary, word: str, most: int) -> list[tuple[str, int]]:
        looked_up.append(word)
        return near(self, word, most)

    monkeypatch.setattr(spelling.Vocabulary, "near", counted)
    Chatbot(bicycle_bot.index).reply(joint.join(unknown(400))[:2000])
    assert 0 < len(looked_up) <= MOST_WORDS


def test_the_words_of_the_question_come_first_where_only_some_are_looked_up(
    understanding: Understanding,
) -> None:
    _, corrections = understanding.read("puncutre presure " + " ".join(unknown(60)))
    assert [correction.read for correction in corrections][:2] == ["puncture", "pressure"]


def test_a_correction_tells_what_was_typed_and_how_it_was_read(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("How is a PUNCUTRE of the  innertube\nrepaired, and what is a puncutre?!")
    assert [(c.typed, c.read) for c in reply.corrections] == [
        ("PUNCUTRE", "puncture"),
        ("innertube", "inner tube"),
    ]
    assert reply.question == "How is a puncture of the inner tube repaired, and what is a puncture?!"


def test_a_question_without_slips_is_kept_as_typed(bicycle_bot: Chatbot) -> None:
    asked_ = "How much PRESSURE (in bar) does a road-tyre need — 6, or 3.5?"
    reply = bicycle_bot.reply(asked_)
    assert reply.question == asked_
    assert reply.corrections == ()


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_message_is_read_word_by_word(bicycle_bot: Chatbot, message: str) -> None:
    words, corrections = Understanding(bicycle_bot.index).read(message)
    at = 0
    for word in words:
        start, end = word.places
        assert at <= start < end <= len(message)
        assert message[start:end] == word.typed
        at = end
    assert len({correction.typed for correction in corrections}) == len(corrections)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("what is a sadle soar", "what is a saddle sore"),
        ("what is lime disease", "what is lyme disease"),
        ("what is chron's disease", "what is crohn disease"),
        ("what is a lime", "what is a lime"),
        ("is heart disease one", "is heart disease one"),
    ],
)
def test_a_known_word_is_a_slip_beside_a_word_of_a_title(tmp_path: Path, message: str, read: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, title in (("a", "Lyme disease"), ("b", "Crohn's disease"), ("c", "Saddle sores")):
        (corpus / f"{name}.md").write_text(f"# {title}\n\nA text about the {title}.\n", encoding="utf-8")
    rebuild(corpus, tmp_path / "index")
    assert read_as(Understanding(Chatbot.open(tmp_path / "index").index), message) == read
