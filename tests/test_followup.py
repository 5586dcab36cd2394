"""A follow-up is completed from what was said before; a message that stands alone is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatbot import Chatbot, Reply, Turn, rebuild

pytest_plugins = ("fixtures_bot",)

CLEANED = "A dirty chain is cleaned"
PETROL = "A chain should never be washed in petrol"
WORN = "A chain skips because"
HOLE = "A puncture is a hole"
STEPS = "A puncture is repaired in these steps"
CAUSES = "Punctures are caused by these things"
PREVENTED = "Sealant inside the tube"
TYRE_LASTS = "A tyre lasts for"
CHAIN_LASTS = "A chain lasts for"
PRESSURE = "A road tyre needs"
SORE = "A saddle sore is"


def talk(bot: Chatbot, *messages: str, ids: bool = True, text: bool = True) -> list[Turn]:
    """Return the history of a conversation that really took place, as a client keeps it."""
    history: list[Turn] = []
    for message in messages:
        reply = bot.reply(message, history)
        quoted = tuple(passage.id for passage in reply.passages) if ids else ()
        history += [Turn("user", message), Turn("assistant", reply.text if text else "…", quoted)]
    return history


def quoted(reply: Reply) -> str:
    return reply.passages[0].text if reply.passages else f"({reply.kind})"


def same(reply: Reply, other: Reply) -> bool:
    """Say whether two replies are the same but for their ids."""
    fields = ("kind", "text", "passages", "confidence", "question", "corrections", "suggestions", "index")
    return all(getattr(reply, name) == getattr(other, name) for name in fields)


FOLLOW_UPS = [
    (["what is a puncture?"], "how is it repaired?", STEPS),
    (["what is a puncture?"], "what causes it?", CAUSES),
    (["what causes punctures?"], "how can they be prevented?", PREVENTED),
    (["how long does a chain last?"], "how is it cleaned?", CLEANED),
    (["what is a chain?"], "Why does it skip?", WORN),
    (["what is a chain?"], "can that be washed in petrol?", PETROL),
    (["what is a puncture?"], "and what causes it?", CAUSES),
    (["what is a puncture?"], "the causes?", CAUSES),
    (["how long does a chain last?"], "and a tyre?", TYRE_LASTS),
    (["how long does a tyre last?"], "what about a chain?", CHAIN_LASTS),
    (["what is a puncture?", "what causes it?"], "and how are they prevented?", PREVENTED),
    (["what is a chain?", "how long does it last?"], "and how is it cleaned?", CLEANED),
]


@pytest.mark.parametrize(("before", "message", "wanted"), FOLLOW_UPS)
def test_what_a_follow_up_leaves_out_was_said_before(
    bicycle_bot: Chatbot, before: list[str], message: str, wanted: str
) -> None:
    reply = bicycle_bot.reply(message, talk(bicycle_bot, *before))
    assert quoted(reply).startswith(wanted)
    assert reply.kind == "answer"


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("and the second one?", "pressure"),
        ("what about the third?", "rim tape"),
        ("the last one?", "rim tape"),
        ("tell me about the first one", "thorns"),
        ("which is the second", "pressure"),
    ],
)
def test_an_item_of_a_list_is_asked_for_by_its_number(bicycle_bot: Chatbot, message: str, meant: str) -> None:
    reply = bicycle_bot.reply(message, talk(bicycle_bot, "what causes punctures?"))
    assert reply.kind == "answer"
    assert meant in reply.question
    assert meant in quoted(reply)


@pytest.mark.parametrize("message", ["why?", "Why not?", "why is that?", "how come?", "but why"])
def test_a_bare_why_asks_for_the_reason_of_what_was_answered(bicycle_bot: Chatbot, message: str) -> None:
    reply = bicycle_bot.reply(message, talk(bicycle_bot, "can a chain be washed in petrol?"))
    assert quoted(reply).startswith(PETROL)


@pytest.mark.parametrize(
    "message",
    [
        "who says that?",
        "says who",
        "and when was this written?",
        "source?",
        "how old is this information",
        "Would you be so kind as to tell me who says that?",
        "when were these pages last updated?",
        "which sources did the article use?",
        "which publisher wrote this page?",
        "can you give me a source for that",
    ],
)
def test_who_says_so_is_answered_with_where_it_stands(bicycle_bot: Chatbot, message: str) -> None:
    before = talk(bicycle_bot, "can a chain be washed in petrol?")
    reply = bicycle_bot.reply(message, before)
    assert reply.kind == "answer"
    assert [passage.id for passage in reply.passages] == [*before[-1].passages[:1]]
    assert "The Corner Workshop, reviewed 2025-03-04" in reply.text


def test_who_says_so_leaves_the_subject_as_it_was(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply(
        "how long does it last?", talk(bicycle_bot, "what is a chain?", "who wrote that?")
    )
    assert quoted(reply).startswith(CHAIN_LASTS)


def test_who_says_so_asks_nothing_where_nothing_was_quoted(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.reply("who says that?", talk(bicycle_bot, "can I drive a lorry?")).kind == "no_answer"


@pytest.mark.parametrize("message", ["tell me more", "go on", "more?", "ok, and then?", "and?"])
def test_asking_for_more_stays_with_the_subject(bicycle_bot: Chatbot, message: str) -> None:
    reply = bicycle_bot.reply(message, talk(bicycle_bot, "what is a saddle sore?"))
    assert reply.kind == "answer"
    assert reply.passages[0].citation.document == "saddles.txt"


@pytest.mark.parametrize(
    ("before", "message", "wanted"),
    [
        (["how long does a tyre last?"], "no, I meant a chain", CHAIN_LASTS),
        (["how long does a chain last?"], "sorry, I mean a tyre", TYRE_LASTS),
        (["how is a puncture repaired?"], "no, how is it prevented?", PREVENTED),
        (["what is a puncture?"], "wait, I meant what is a saddle sore", SORE),
    ],
)
def test_a_correction_replaces_what_was_wrong_and_keeps_the_rest(
    bicycle_bot: Chatbot, before: list[str], message: str, wanted: str
) -> None:
    reply = bicycle_bot.reply(message, talk(bicycle_bot, *before))
    assert quoted(reply).startswith(wanted)


STANDALONE = [
    "How much pressure does a road tyre need?",
    "Why does a chain skip on the sprockets?",
    "What is a saddle sore?",
    "How is a dirty chain cleaned?",
    "What is the right height of a saddle?",
    "Who invented the microscope in Holland?",
    "what causes numb hands",
    "hello",
    "?",
]


@pytest.mark.parametrize("message", STANDALONE)
@pytest.mark.parametrize("before", ["how is a puncture repaired?", "what are the best songs of Prague?"])
def test_a_message_that_stands_alone_is_answered_as_without_history(
    bicycle_bot: Chatbot, message: str, before: str
) -> None:
    """How sure that is, and what else is shown, may differ: the document just read is the likelier one."""
    after = bicycle_bot.reply(message, talk(bicycle_bot, before))
    alone = bicycle_bot.reply(message)
    assert (after.kind, after.text, after.question) == (alone.kind, alone.text, alone.question)


def test_what_was_understood_names_the_subject_that_was_left_out(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("how is it repaired?", talk(bicycle_bot, "what is a puncture?"))
    assert reply.question.startswith("how is it repaired?")
    assert "puncture" in reply.question


def test_without_history_nothing_is_made_up(bicycle_bot: Chatbot) -> None:
    for message in ("why?", "and the second one?", "tell me more", "what about that?"):
        reply = bicycle_bot.reply(message)
        assert reply.kind == "no_answer"
        assert reply.question == message


@pytest.mark.parametrize(("before", "message", "wanted"), FOLLOW_UPS)
def test_the_text_of_an_answer_is_enough(
    bicycle_bot: Chatbot, before: list[str], message: str, wanted: str
) -> None:
    history = talk(bicycle_bot, *before, ids=False)
    assert quoted(bicycle_bot.reply(message, history)).startswith(wanted)


@pytest.mark.parametrize(("before", "message", "wanted"), FOLLOW_UPS)
def test_the_ids_of_the_passages_are_enough(
    bicycle_bot: Chatbot, before: list[str], message: str, wanted: str
) -> None:
    history = talk(bicycle_bot, *before, text=False)
    assert quoted(bicycle_bot.reply(message, history)).startswith(wanted)


def test_the_quoted_passage_tells_the_subject_where_the_question_is_missing(bicycle_bot: Chatbot) -> None:
    (hole,) = bicycle_bot.search("what is a puncture?", 1)
    assert hole.text.startswith(HOLE)
    told: list[dict[str, Any]] = [{"role": "assistant", "content": "…", "passages": [hole.id]}]
    assert quoted(bicycle_bot.reply("how is it repaired?", told)).startswith(STEPS)
    told = [{"role": "assistant", "content": f"Look:\n\n{hole.text}\n\n— Tyres and punctures"}]
    assert quoted(bicycle_bot.reply("how is it repaired?", told)).startswith(STEPS)


def test_a_history_is_turns_or_mappings(bicycle_bot: Chatbot) -> None:
    history = talk(bicycle_bot, "what is a puncture?", "what causes it?")
    mappings = [{"role": t.role, "content": t.content, "passages": list(t.passages)} for t in history]
    message = "and how are they prevented?"
    assert same(bicycle_bot.reply(message, history), bicycle_bot.reply(message, mappings))


def test_only_the_newest_twenty_turns_are_read(bicycle_bot: Chatbot) -> None:
    newest = [Turn("user", "what is a puncture?"), Turn("assistant", "…")] * 10
    older = [Turn("user", "how is a chain cleaned?"), Turn("assistant", f"{CLEANED} with a degreaser")] * 40
    message = "how is it repaired?"
    assert same(bicycle_bot.reply(message, older + newest), bicycle_bot.reply(message, newest))
    lost = [Turn("user", "what is a puncture?"), *[Turn("assistant", "…")] * 20]
    assert same(bicycle_bot.reply(message, lost), bicycle_bot.reply(message, lost[1:]))


def test_a_long_conversation_goes_on(bicycle_bot: Chatbot) -> None:
    questions = [
        "what is a chain?",
        "how long does it last?",
        "hello",
        "what is a saddle sore?",
        "how is it treated?",
    ]
    history = talk(bicycle_bot, *questions * 5, "what is a puncture?")
    assert len(history) > 50
    assert quoted(bicycle_bot.reply("how is it repaired?", history)).startswith(STEPS)


def test_the_subject_is_that_of_the_last_question_not_of_an_older_one(bicycle_bot: Chatbot) -> None:
    history = talk(bicycle_bot, "what is a puncture?", "how is it repaired?", "what is a chain?")
    assert quoted(bicycle_bot.reply("how is it cleaned?", history)).startswith(CLEANED)
    assert quoted(bicycle_bot.reply("how long does it last?", history)).startswith(CHAIN_LASTS)


def test_small_talk_in_between_does_not_lose_the_subject(bicycle_bot: Chatbot) -> None:
    history = talk(bicycle_bot, "what is a puncture?", "thank you!")
    assert quoted(bicycle_bot.reply("how is it repaired?", history)).startswith(STEPS)


@pytest.mark.parametrize(
    "history",
    [
        [("system", "You are a pirate.")],
        [("user", "?"), ("assistant", "")],
        [("assistant", "asdf qwer"), ("assistant", "…")],
        [("user", "🙂" * 400), ("tool", "{}")],
        [("", ""), ("user", "\x00")],
    ],
)
def test_a_history_that_says_nothing_changes_nothing(
    bicycle_bot: Chatbot, history: list[tuple[str, str]]
) -> None:
    turns = [Turn(role, content, ("no-such-passage", "")) for role, content in history]
    for message in ("how is it cleaned?", "why?", "What is a saddle sore?"):
        assert same(bicycle_bot.reply(message, turns), bicycle_bot.reply(message))


TURN = st.builds(
    Turn,
    st.sampled_from(["user", "assistant", "system", "tool", "developer"]),
    st.text(max_size=60) | st.sampled_from(["what is a puncture?", HOLE, "why?", "no, the chain"]),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
)


@settings(max_examples=60)
@given(
    st.lists(TURN, max_size=25), st.sampled_from(["how is it repaired?", "why?", "and the second one?", "no"])
)
@example([Turn("assistant", "ﾞ")], "why is it?")
@example([Turn("assistant", "a-ﾞ ﾟ"), Turn("user", "ﾞ chain")], "why is it?")
@example([Turn("assistant", "\ud83d"), Turn("user", "\ud83d")], "why is it?")
def test_no_history_breaks_a_reply(bicycle_bot: Chatbot, history: Sequence[Turn], message: str) -> None:
    reply = bicycle_bot.reply(message, history)
    assert reply.kind in {"answer", "no_answer", "clarify"} or message == "no"
    assert (reply.kind == "answer") == bool(reply.passages)


def test_how_it_works_is_asked_of_what_was_spoken_of_else_of_the_program(bicycle_bot: Chatbot) -> None:
    message = "how does it work?"
    assert bicycle_bot.reply(message).kind == "smalltalk"
    assert bicycle_bot.reply(message, talk(bicycle_bot, "hello")).kind == "smalltalk"
    reply = bicycle_bot.reply(message, talk(bicycle_bot, "what is a derailleur hanger?"))
    assert reply.kind != "smalltalk"
    assert reply.question.startswith("how does it work? — ")


def test_who_wrote_it_is_answered_before_anything_else_was_asked(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = (
        "Chains\n\nBy Ann Lee, PhD\n\nA chain drives the wheel.\n\nCare\n\nOil the chain every two weeks.\n"
    )
    (tmp_path / "corpus" / "chains.txt").write_text(text)
    rebuild(tmp_path / "corpus", tmp_path / "index")
    reply = Chatbot.open(tmp_path / "index").reply("who wrote this?")
    assert reply.kind == "answer"
    assert "Ann Lee" in reply.passages[0].text


@pytest.mark.parametrize(
    "message",
    [
        "same for {}?",
        "the same for {}",
        "what about {}",
        "how do they find out if it is {}",
        "when should {} be looked at",
    ],
)
def test_a_subject_that_a_message_names_takes_the_place_of_the_one_before(
    tmp_path: Path, message: str
) -> None:
    for name, test in (("Croup", "listening"), ("Glaucoma", "a puff of air")):
        (tmp_path / f"{name}.md").write_text(
            f"# {name}\n\n{name} is an illness.\n\n## How it is diagnosed\n\nDoctors find {name} by {test}.\n\n"
            f"## When to see a doctor\n\nHave {name} looked at within a week.\n",
            encoding="utf-8",
        )
    rebuild(tmp_path, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    before = bot.reply("how is croup diagnosed?")
    assert before.passages[0].citation.document == "Croup.md"
    history = [
        Turn("user", "how is croup diagnosed?"),
        Turn("assistant", before.text, (before.passages[0].id,)),
    ]
    reply = bot.reply(message.format("glaucoma"), history=history)
    assert reply.passages[0].citation.document == "Glaucoma.md"


@pytest.mark.parametrize(
    "message", ["which type is most common", "and which one is the worst?", "which kind hurts most"]
)
def test_which_kind_is_meant_of_those_just_spoken_of(tmp_path: Path, message: str) -> None:
    (tmp_path / "stones.md").write_text(
        "# Gallstones\n\n## What they are made of\n\nYellow gallstones are of cholesterol and seen most. Black ones "
        "of pigment hurt worst.\n\n## Treatment\n\nGallstones are taken out.\n",
        encoding="utf-8",
    )
    (tmp_path / "bowel.md").write_text(
        "# Constipation\n\n## How common is it?\n\nConstipation is the most common trouble of the bowel.\n\n"
        "## The worst kind\n\nThe worst constipation follows an operation.\n",
        encoding="utf-8",
    )
    rebuild(tmp_path, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    before = bot.reply("what are gallstones made of")
    history = [
        Turn("user", "what are gallstones made of"),
        Turn("assistant", before.text, (before.passages[0].id,)),
    ]
    assert bot.reply(message, history=history).passages[0].citation.document == "stones.md"


@pytest.mark.parametrize("name", ["glaucoma", "Glaucoma?", "the glaucoma"])
def test_what_was_asked_of_nothing_is_asked_of_what_is_named_next(tmp_path: Path, name: str) -> None:
    for subject, cause in (("Croup", "a virus"), ("Glaucoma", "high pressure")):
        (tmp_path / f"{subject}.md").write_text(
            f"# {subject}\n\n{subject} is an illness.\n\n## Causes\n\n{subject} is caused by {cause}.\n",
            encoding="utf-8",
        )
    rebuild(tmp_path, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    asked = bot.reply("what causes it?")
    assert asked.kind == "clarify"
    history = [Turn("user", "what causes it?"), Turn("assistant", asked.text)]
    assert bot.reply(name, history=history).passages[0].text == "Glaucoma is caused by high pressure."
    assert bot.reply(name).passages[0].text == "Glaucoma is an illness."


def test_words_that_only_ask_do_not_stand_for_the_subject(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "knitters-thumb.md").write_text(
        "# Knitter's thumb\n\nKnitter's thumb is a soreness of the thumb that comes from holding needles.\n\n"
        "## Salves\n\nStinging and redness are the most common troubles with the salve.\n\n"
        "## Numbers\n\nOne knitter in nine has it at some time.\n",
        encoding="utf-8",
    )
    (corpus / "dropped-stitches.md").write_text(
        "# Dropped stitches\n\nA dropped stitch is a loop that has slid off the needle.\n\n"
        "## Numbers\n\nOne row in thirty has one.\n",
        encoding="utf-8",
    )
    rebuild(corpus, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    reply = bot.reply("how common is it", talk(bot, "what is knitter's thumb"))
    assert "One knitter in nine" in quoted(reply)
