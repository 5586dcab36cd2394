"""Questions with expected answers: how a file is read, what counts as right, and what a rebuild makes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from chatbot import Chatbot, rebuild
from chatbot.errors import NotPublished, QuestionFileError
from chatbot.evaluation import (
    LONGEST,
    Figures,
    Outcome,
    grouped,
    misses,
    plain_words,
    read_files,
    read_questions,
    run,
    table,
)
from chatbot.index.rebuild import QUESTIONS, rebuild_index
from chatbot.index.versions import published, read_pointer

pytest_plugins = ("fixtures_bot",)

CHAIN = {"document": "chains.md", "span": "A chain is a loop of metal links"}
PUNCTURE = {"document": "wheels/tyres.md", "span": "A puncture is a hole in the inner tube"}
REPAIR = {"document": "wheels/tyres.md", "span": "Find the hole by holding the pumped tube under water."}
TYRE = {"document": "wheels/tyres.md", "span": "A tyre lasts for about 5,000 kilometres."}


def write(path: Path, *lines: Any) -> Path:
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8"
    )
    return path


def judged(bot: Chatbot, tmp_path: Path, *lines: Any) -> list[Outcome]:
    return list(run(bot, read_questions(write(tmp_path / "questions.jsonl", *lines))))


# ---------------------------------------------------------------------- reading a file


def test_questions_and_dialogues_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + json.dumps({"id": "q", "question": "what is a chain?", "style": "direct", "gold": [CHAIN]}).encode()
        + b"\r\n\n"
        + json.dumps({"question": "capital of France?", "kind": "no_answer"}).encode()
        + b"\n"
        + json.dumps(
            {
                "id": "d",
                "turns": [
                    {"user": "what is a puncture?", "link": "first", "gold": [PUNCTURE, CHAIN]},
                    {"user": "thanks", "link": "smalltalk", "kind": "smalltalk"},
                ],
            }
        ).encode()
    )
    single, other, dialogue = read_questions(path)
    assert (single.id, other.id, dialogue.id) == ("q", "line 3", "d")
    assert [single.dialogue, other.dialogue, dialogue.dialogue] == [False, False, True]
    (asked,) = single.turns
    assert (asked.text, asked.expected, asked.group) == ("what is a chain?", "answer", "direct")
    assert [(gold.document, gold.span) for gold in asked.gold] == [(CHAIN["document"], CHAIN["span"])]
    assert (other.turns[0].expected, other.turns[0].group) == ("no_answer", "-")
    assert [turn.expected for turn in dialogue.turns] == ["answer", "smalltalk"]
    assert len(dialogue.turns[0].gold) == 2


GOOD = {"id": "good", "question": "what is a chain?", "gold": [CHAIN]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "an object"),
        ("7", "an object"),
        ({"id": "good", "question": "again", "gold": [CHAIN]}, "stands twice"),
        ({"question": ""}, "question"),
        ({"question": 7, "gold": [CHAIN]}, "question"),
        ({"id": "a"}, "question"),
        ({"question": "what?"}, "gold"),
        ({"question": "what?", "gold": []}, "gold"),
        ({"question": "what?", "gold": ["span"]}, "span"),
        ({"question": "what?", "gold": [{"document": "chains.md"}]}, "span"),
        ({"question": "what?", "gold": 5}, "gold"),
        ({"question": "what?", "gold": "chains.md"}, "gold"),
        ({"question": "what?", "gold": [{"document": "chains.md", "span": "  • "}]}, "span"),
        ({"question": "what?", "kind": "shrug"}, "shrug"),
        ({"question": "what?", "kind": ["no_answer"]}, "kind|none of"),
        ("[" * 100_000, "not JSON"),
        ({"turns": []}, "turns"),
        ({"turns": "what?"}, "turns"),
        ({"turns": [{"question": "what?", "gold": [CHAIN]}]}, "user"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: Any, said: str) -> None:
    path = write(tmp_path / "questions.jsonl", GOOD, "", line)
    with pytest.raises(QuestionFileError, match=f"questions.jsonl, line 3: .*(?:{said})"):
        read_questions(path)


def test_a_file_that_is_missing_not_text_or_empty_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    with pytest.raises(QuestionFileError, match=r"questions\.jsonl: cannot be read"):
        read_questions(path)
    with pytest.raises(QuestionFileError, match="cannot be read"):
        read_questions(tmp_path)
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(QuestionFileError, match="UTF-8"):
        read_questions(path)
    path.write_bytes(b"\n \n")
    with pytest.raises(QuestionFileError, match="no question"):
        read_questions(path)


# ---------------------------------------------------------------------- what is right


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ({"question": "what is a chain?", "gold": [CHAIN]}, True),
        ({"question": "what is a chain?", "gold": [PUNCTURE]}, False),
        ({"question": "what is a chain?", "gold": [PUNCTURE, CHAIN]}, True),
        ({"question": "what is a chain?", "gold": [{**CHAIN, "document": "saddles.txt"}]}, False),
        ({"question": "how is a puncture repaired?", "gold": [REPAIR]}, True),
        ({"question": "what is the capital of France?", "gold": [CHAIN]}, False),
        ({"question": "what is the capital of France?", "kind": "no_answer"}, True),
        ({"question": "what is a chain?", "kind": "no_answer"}, False),
        ({"question": "should I stop taking my ramipril?", "kind": "refusal"}, True),
        ({"question": "my friend has collapsed and is not breathing", "kind": "emergency"}, True),
        ({"question": "my friend has collapsed and is not breathing", "kind": "smalltalk"}, False),
        ({"question": "I want to kill myself", "kind": "crisis"}, True),
        ({"question": "thank you", "kind": "smalltalk"}, True),
    ],
)
def test_a_question_is_right_or_wrong(
    bicycle_bot: Chatbot, tmp_path: Path, line: dict[str, Any], right: bool
) -> None:
    (outcome,) = judged(bicycle_bot, tmp_path, line)
    assert outcome.right is right
    assert (outcome.rank == 1) == (right and "gold" in line)


def test_a_right_answer_has_the_answering_sentence_marked_or_not(
    bicycle_bot: Chatbot, tmp_path: Path
) -> None:
    other = {"document": "chains.md", "span": "Most chains have about 116 links."}
    first, second = judged(
        bicycle_bot,
        tmp_path,
        {"question": "what is a chain?", "gold": [CHAIN]},
        {"question": "what is a chain?", "gold": [other]},
    )
    assert (first.right, first.marked) == (True, True)
    assert (second.right, second.marked) == (True, False)


def test_spans_are_compared_without_bullets_and_line_ends(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    assert plain_words("1. One,\n\n2) two\n•  three\n- four • five\n  six") == "One, two three four five six"
    spans = [
        "Take the wheel out and lever the tyre off the rim. Find the hole",
        "1. Take the wheel out and lever the tyre off the rim.\n2. Find the hole",
    ]
    lines = [
        {"question": "how is a puncture repaired?", "gold": [{**REPAIR, "span": span}]} for span in spans
    ]
    assert [outcome.right for outcome in judged(bicycle_bot, tmp_path, *lines)] == [True, True]


def test_a_first_passage_that_is_too_long_is_wrong(
    bicycle_bot: Chatbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LONGEST == 150
    line = {"question": "what is a chain?", "gold": [CHAIN]}
    words = len(bicycle_bot.reply("what is a chain?").passages[0].text.split())
    monkeypatch.setattr("chatbot.evaluation.judging.LONGEST", words)
    assert judged(bicycle_bot, tmp_path, line)[0].right
    monkeypatch.setattr("chatbot.evaluation.judging.LONGEST", words - 1)
    assert not judged(bicycle_bot, tmp_path, line)[0].right


def test_the_turns_of_a_dialogue_follow_what_was_really_said(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    turns = [
        {"user": "what is a puncture?", "link": "first", "gold": [PUNCTURE]},
        {"user": "how is it repaired?", "link": "pronoun", "gold": [REPAIR]},
        {"user": "thanks!", "link": "smalltalk", "kind": "smalltalk"},
    ]
    outcomes = judged(bicycle_bot, tmp_path, {"id": "d", "turns": turns})
    assert [(outcome.id, outcome.right) for outcome in outcomes] == [
        ("d.1", True),
        ("d.2", True),
        ("d.3", True),
    ]
    assert outcomes[1].reply.question != "how is it repaired?"
    alone = judged(bicycle_bot, tmp_path, {"id": "d", "turns": turns[1:2]})
    assert alone[0].reply.question == "how is it repaired?"


# ---------------------------------------------------------------------- figures

LINES = [
    {"id": "a", "question": "what is a chain?", "style": "direct", "gold": [CHAIN]},
    {"id": "b", "question": "what is a puncture?", "style": "direct", "gold": [CHAIN]},
    {"id": "c", "question": "capital of France", "style": "keyword", "kind": "no_answer"},
    {"id": "d", "question": "what is a puncture?", "style": "keyword", "gold": [PUNCTURE]},
    {
        "id": "e",
        "turns": [
            {"user": "what is a chain?", "gold": [CHAIN]},
            {"user": "hi", "link": "x", "kind": "crisis"},
        ],
    },
]


def test_figures_are_rates_over_the_outcomes(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    outcomes = judged(bicycle_bot, tmp_path, *LINES)
    figures = Figures(outcomes)
    assert [outcome.right for outcome in outcomes] == [True, False, True, True, True, False]
    assert figures.right1 == pytest.approx(4 / 6)
    assert figures.right3 >= figures.right1
    assert figures.reciprocal_rank == pytest.approx(3 / 4)
    assert figures.marked == 1
    passages = [outcome.reply.passages[0] for outcome in outcomes if outcome.reply.passages]
    assert figures.words == pytest.approx(sum(len(p.text.split()) for p in passages) / len(passages))
    assert all(outcome.seconds > 0 for outcome in outcomes)


def test_figures_over_nothing_are_nought() -> None:
    figures = Figures([])
    assert (figures.right1, figures.right3, figures.reciprocal_rank, figures.marked, figures.words) == (
        0,
    ) * 5


def test_outcomes_are_grouped_by_style_link_and_expected_kind(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    outcomes = judged(bicycle_bot, tmp_path, *LINES)
    groups = {
        name: [outcome.id for outcome in figures.outcomes] for name, figures in grouped(outcomes).items()
    }
    assert groups == {
        "direct": ["a", "b"],
        "keyword": ["d"],
        "(no_answer)": ["c"],
        "first turn": ["e.1"],
        "(crisis)": ["e.2"],
    }
    printed = table(outcomes).splitlines()
    assert printed[len(groups) + 1].split()[:3] == ["all", "6", "66.7%"]
    assert printed[len(groups) + 2] == ""
    assert "(crisis)        1     0.0%     0.0%      -        -    0.0" in "\n".join(printed)


ABSTAINING = [
    {"id": "a", "question": "what is the capital of France?", "kind": "no_answer"},
    {"id": "b", "question": "what is a chain?", "kind": "clarify"},
    {"id": "c", "question": "thank you", "kind": "smalltalk"},
    {"id": "d", "question": "what is the capital of France?", "gold": [CHAIN]},
    {"id": "e", "question": "what is a chain?", "gold": [CHAIN]},
    {"id": "f", "question": "what is a puncture?", "gold": [CHAIN]},
]


def test_abstention_is_counted_apart_for_what_can_and_cannot_be_answered(
    bicycle_bot: Chatbot, tmp_path: Path
) -> None:
    figures = Figures(judged(bicycle_bot, tmp_path, *ABSTAINING))
    assert (figures.abstained.hits, figures.abstained.total) == (1, 2)
    assert (figures.withheld.hits, figures.withheld.total) == (1, 3)
    printed = table(figures.outcomes)
    assert "unanswerable not answered   50.0%  (9.5% to 90.5%)  1 of 2" in printed
    assert "answerable withheld         33.3%" in printed


def test_confidence_is_judged_on_the_answers_given(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    figures = Figures(judged(bicycle_bot, tmp_path, *ABSTAINING))
    given = {o.id: o.reply.confidence for o in figures.outcomes if o.reply.kind == "answer"}
    assert given.keys() == {"b", "e", "f"}
    # an answer to what should not be answered is wrong, however right it reads
    assert figures.judged == [(given["b"], False), (given["e"], True), (given["f"], False)]
    assert "Confidence of 3 answers given: Brier score" in table(figures.outcomes)
    assert "No answer was given" in table(figures.outcomes[:1])


def test_follow_ups_are_the_turns_after_the_first(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    turns = [
        {"user": "what is a puncture?", "link": "first", "gold": [CHAIN]},
        {"user": "how is it repaired?", "link": "pronoun", "gold": [REPAIR]},
        {"user": "who won the football match?", "link": "switch", "kind": "no_answer"},
        {"user": "what is a chain?", "link": "switch", "gold": [PUNCTURE]},
    ]
    outcomes = judged(bicycle_bot, tmp_path, {"id": "d", "turns": turns}, GOOD)
    assert (Figures(outcomes).follow_ups.hits, Figures(outcomes).follow_ups.total) == (2, 3)
    assert "follow-ups right" in table(outcomes)
    assert "follow-ups" not in table(outcomes[-1:])


def test_ids_of_several_files_are_told_apart(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", GOOD)
    two = write(tmp_path / "two.jsonl", GOOD, {**GOOD, "id": "other"})
    assert [item.id for item in read_files([one, two])] == ["good", f"{two}: good", "other"]
    with pytest.raises(QuestionFileError, match=r"one\.jsonl: the file is named twice"):
        read_files([one, two, tmp_path / "." / "one.jsonl"])


def test_what_went_wrong_is_listed_with_what_was_wanted(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    listed = misses(judged(bicycle_bot, tmp_path, *LINES))
    assert "b: what is a puncture?" in listed
    assert CHAIN["span"] in listed
    assert "e.2: hi" in listed
    assert "a: " not in listed


# ---------------------------------------------------------------------- the editors' test questions


@pytest.fixture
def corpus(tmp_path: Path, bicycles: Path) -> Path:
    """The leaflets with two test questions, to be changed at will."""
    folder = Path(shutil.copytree(bicycles, tmp_path / "corpus"))
    write(
        folder / QUESTIONS,
        {"id": "chain", "question": "what is a chain?", "gold": [CHAIN]},
        {"id": "tyre", "question": "how long does a tyre last?", "gold": [TYRE]},
        {"id": "never", "question": "what is a puncture?", "gold": [CHAIN]},
    )
    return folder


def spoil(corpus: Path) -> None:
    """Take out of the leaflets what one of the test questions asks for."""
    path = corpus / TYRE["document"]
    text = path.read_text("utf-8")
    assert TYRE["span"] in text
    path.write_text(text.replace(TYRE["span"], "A tyre lasts for a good while."), "utf-8")


def test_a_version_that_turns_a_test_question_wrong_is_not_published(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    version = rebuild(corpus, index)
    spoil(corpus)
    with pytest.raises(NotPublished, match="tyre") as caught:
        rebuild(corpus, index)
    assert "chain" not in str(caught.value)
    assert "--force" in str(caught.value)
    assert caught.value.exit_code == 1
    assert read_pointer(index).version == version
    assert published(index) == (version,)
    assert TYRE["span"] in Chatbot.open(index).reply("how long does a tyre last?").text


def test_force_publishes_it_all_the_same(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    version = rebuild(corpus, index)
    spoil(corpus)
    forced = rebuild(corpus, index, force=True)
    assert published(index) == (version, forced)
    assert read_pointer(index).version == forced
    # From now on it is what the next version is held against.
    (corpus / "saddles.txt").unlink()
    rebuild(corpus, index)


def test_a_test_question_that_never_was_right_stops_nothing(corpus: Path, tmp_path: Path) -> None:
    from chatbot.evaluation import ask_editors_questions

    done = rebuild_index(corpus, tmp_path / "index", check=ask_editors_questions)
    assert done.state == "published"
    assert done.questions == {"chain": True, "tyre": True, "never": False}
    assert done.turned_wrong == ()


def test_a_test_question_that_is_mended_or_taken_out_stops_nothing(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    rebuild(corpus, index)
    spoil(corpus)
    write(corpus / QUESTIONS, {"id": "chain", "question": "what is a chain?", "gold": [CHAIN]})
    rebuild(corpus, index)
    assert len(published(index)) == 2


def test_a_wrong_file_of_test_questions_stops_the_publishing(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    version = rebuild(corpus, index)
    (corpus / "saddles.txt").unlink()
    write(corpus / QUESTIONS, "nonsense")
    with pytest.raises(QuestionFileError, match="line 1"):
        rebuild(corpus, index)
    assert read_pointer(index).version == version
