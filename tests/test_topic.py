"""What a conversation is about: the passage just read, its list, the kind asked, subjects left and taken up."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import Chatbot, Reply, Turn, rebuild

KETTLES = """# Kettles

## What is limescale?

Limescale is a hard white crust of minerals. It comes from hard water. Vinegar dissolves it within an hour. Thick layers
need a second round.

## Types of kettle

- **Stovetop kettles:** they whistle when the water boils and last for decades.
- **Electric kettles:** they switch themselves off and last for about five years.
- **Gooseneck kettles:** they pour in a thin stream, which suits filter coffee.

## How is a kettle descaled?

Fill the kettle with one part of vinegar and two parts of water, boil it once and let it stand for half an hour, until
the crust comes off the walls and the heating plate by itself. Pour it away and rinse the kettle three times afterwards.
Wipe the spout with a damp cloth, because small flakes stay behind the sieve there and turn up in the next cup of tea.

Citric acid descales a kettle as well as vinegar and smells of nothing. A spoonful of it is enough for one litre of
water. It is best stirred into cold water, since hot water turns it into a new crust that is even harder to remove.

## Dangers

Children are scalded by kettles more often than by pans. A short cord keeps the kettle out of their reach.
"""

GRINDERS = """# Coffee grinders

## Burr grinders

A burr grinder crushes the beans between two rings. Burr grinders last for about ten years. They cost more than blade
grinders.

## Blade grinders

A blade grinder chops the beans with a spinning knife. Blade grinders last for about three years. The powder is uneven.

## Cleaning

A grinder is cleaned with a dry brush once a week. Rice must not be ground in it, because the hard grains wear the
burrs.
"""


@pytest.fixture(scope="module")
def kitchen_bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """A bot that answers from two leaflets of a kitchen shop."""
    folder: Path = tmp_path_factory.mktemp("kitchen")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "kettles.md").write_text(KETTLES)
    (folder / "corpus" / "grinders.md").write_text(GRINDERS)
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


def last(bot: Chatbot, *messages: str) -> Reply:
    """Return the last reply of a conversation that really takes place."""
    history: list[Turn] = []
    for message in messages:
        reply = bot.reply(message, history)
        shown = tuple(passage.id for passage in reply.passages)
        history += [Turn("user", message), Turn("assistant", reply.text, shown)]
    return reply


def shown(reply: Reply) -> str:
    return reply.passages[0].text if reply.passages else f"({reply.kind})"


@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        (["what is limescale?", "where does it come from?"], "It comes from hard water"),
        (["what is limescale?", "what dissolves it?"], "Vinegar dissolves it"),
        (["how is a grinder cleaned?", "how often?"], "once a week"),
        (["what must not be ground in a grinder?", "why?"], "because the hard grains"),
        (["what must not be ground in a grinder?", "how come?"], "because the hard grains"),
    ],
)
def test_the_passage_just_read_answers_again_where_it_holds_the_answer(
    kitchen_bot: Chatbot, messages: list[str], wanted: str
) -> None:
    assert wanted in shown(last(kitchen_bot, *messages))


@pytest.mark.parametrize(
    ("messages", "wanted", "understood"),
    [
        (["how long does a burr grinder last?", "and a blade grinder?"], "about three years", "how long"),
        (["how long does a blade grinder last?", "what about burr grinders?"], "ten years", "how long"),
        (["how long does a blade grinder last?", "sorry, I meant a burr grinder"], "ten years", "how long"),
        (["how is a kettle descaled?", "and with citric acid?"], "Citric acid descales", "kettle"),
    ],
)
def test_a_new_subject_keeps_the_kind_of_thing_asked(
    kitchen_bot: Chatbot, messages: list[str], wanted: str, understood: str
) -> None:
    reply = last(kitchen_bot, *messages)
    assert wanted in shown(reply)
    assert understood in reply.question


@pytest.mark.parametrize(
    ("message", "wanted"),
    [("the first one", "stovetop"), ("and the second one?", "electric"), ("the last one?", "gooseneck")],
)
def test_the_items_of_a_list_are_picked_one_after_the_other(
    kitchen_bot: Chatbot, message: str, wanted: str
) -> None:
    reply = last(kitchen_bot, "which types of kettle are there?", "tell me about the second one", message)
    assert wanted in reply.question


def test_the_former_and_the_latter_are_those_of_one_question(kitchen_bot: Chatbot) -> None:
    messages = [
        "what is the difference between burr grinders and blade grinders?",
        "how long does the former last?",
    ]
    assert "ten years" in shown(last(kitchen_bot, *messages))
    assert "three years" in shown(last(kitchen_bot, *messages, "and how long does the latter last?"))


def test_telling_more_goes_on_to_what_was_not_shown_yet(kitchen_bot: Chatbot) -> None:
    messages = ["how is a kettle descaled?", "tell me more"]
    first, second = (last(kitchen_bot, *messages[: n + 1]) for n in range(2))
    assert second.kind == "answer"
    assert shown(second) != shown(first)
    assert second.passages[0].citation.document == "kettles.md"


@pytest.mark.parametrize("back", ["back to the kettle:", "going back to the kettle,", "as for the kettle,"])
def test_an_earlier_subject_is_taken_up_again(kitchen_bot: Chatbot, back: str) -> None:
    messages = ["how is a kettle descaled?", "how is a grinder cleaned?", f"{back} how often is it rinsed?"]
    assert "rinse the kettle three times" in shown(last(kitchen_bot, *messages))


@pytest.mark.parametrize(
    "message", ["how long do blade grinders last?", "What is limescale?", "how is a grinder cleaned?"]
)
def test_a_new_subject_is_not_answered_from_the_old_one(kitchen_bot: Chatbot, message: str) -> None:
    reply = last(kitchen_bot, "which types of kettle are there?", "the second one?", message)
    assert reply.question == message
    assert shown(reply) == shown(kitchen_bot.reply(message))


def test_a_word_that_no_document_has_is_a_new_subject(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "what is limescale?", "how is a velociraptor trained?")
    assert reply.kind == "no_answer"
    assert reply.question == "how is a velociraptor trained?"


def test_what_was_understood_reads_as_it_was_written(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "how long does a burr grinder last?", "how much does it cost?")
    assert reply.question == "how much does it cost? — burr grinder"


def test_a_weak_word_of_an_expression_is_not_left_out_of_what_was_understood(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "what causes limescale bits?", "where does it come from?")
    assert reply.question == "where does it come from? — limescale bits"


@pytest.mark.parametrize("between", ["what is the weather in Paris like?", "thanks a lot", "can I drive?"])
def test_what_was_not_answered_leaves_the_subject_as_it_was(kitchen_bot: Chatbot, between: str) -> None:
    assert last(kitchen_bot, "what is a burr grinder?", between).kind != "answer"
    reply = last(kitchen_bot, "what is a burr grinder?", between, "how long does it last?")
    assert reply.question == "how long does it last? — burr grinder"
    assert "about ten years" in shown(reply)


def test_what_was_refused_of_a_subject_is_no_new_one(kitchen_bot: Chatbot) -> None:
    asked = ("what is limescale?", "should I take citric acid with it?")
    assert last(kitchen_bot, *asked).kind == "refusal"
    assert last(kitchen_bot, *asked, "where does it come from?").question.endswith("— limescale")


def test_what_was_refused_leaves_a_subject_that_the_documents_name_otherwise(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "eyewear.md").write_text(
        "# Eyewear\n\n## Spectacles\n\nSpectacles last about four years.\n\n## Lenses\n\nLenses last a month.\n"
    )
    rebuild(tmp_path / "corpus", tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    assert bot.reply("should I wear my specs all day?").kind == "refusal"
    assert last(bot, "should I wear my specs all day?", "how long do they last?").question.endswith("— specs")


def test_marks_alone_leave_what_was_answered_before(kitchen_bot: Chatbot) -> None:
    first = "what chops the beans with a spinning knife?"
    assert last(kitchen_bot, first, "?").kind != "answer"
    with_marks, without = (
        last(kitchen_bot, first, *between, "how long does it last?").question for between in (["?"], [])
    )
    assert with_marks == without != "how long does it last?"


def test_a_name_that_the_documents_lack_is_what_is_spoken_of_from_then_on(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "what is a burr grinder?", "what is a zebra?", "how long does it last?")
    assert (reply.question, reply.kind) == ("how long does it last? — zebra", "no_answer")


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("which types of kettle are there?", "Stovetop kettles"),
        ("how is a grinder cleaned?", "Blade grinders last"),
    ],
)
def test_a_question_that_names_no_document_is_about_the_one_just_read(
    kitchen_bot: Chatbot, before: str, wanted: str
) -> None:
    reply = last(kitchen_bot, before, "which lasts longest")
    assert reply.question == "which lasts longest"
    assert wanted in shown(reply)


def test_who_asks_what_the_thing_is_means_that_of_what_was_spoken_of(kitchen_bot: Chatbot) -> None:
    assert last(kitchen_bot, "what are burr grinders?", "what are the rings?").question.endswith(
        "— burr grinders"
    )
    assert last(kitchen_bot, "what are burr grinders?", "what are rings?").question == "what are rings?"


@pytest.mark.parametrize("message", ["do hard grains matter", "is the powder even"])
def test_words_that_no_heading_has_ask_on(kitchen_bot: Chatbot, message: str) -> None:
    assert last(kitchen_bot, "what are burr grinders?", message).question == f"{message} — burr grinders"


def test_a_number_picks_nothing_from_another_document(kitchen_bot: Chatbot) -> None:
    kettles, grinders = (kitchen_bot.search(asked, 1)[0] for asked in ("a short cord", "types of kettle"))
    other = next(passage for passage in kitchen_bot.search("blade grinders") if "spinning" in passage.text)
    assert kettles.citation.document == grinders.citation.document != other.citation.document
    history = [Turn("user", "what do blades do?"), Turn("assistant", other.text, (other.id, grinders.id))]
    assert "stovetop" not in kitchen_bot.reply("the first one", history).question


def test_of_a_long_story_the_subject_is_what_it_asks_about(kitchen_bot: Chatbot) -> None:
    story = (
        "Hello there, my neighbour moved here from another town last winter and brought her old coffee things along, "
        "she swears by the shop on the corner and says the beans smell burnt. How often is a grinder cleaned?"
    )
    reply = last(kitchen_bot, story, "what with?")
    assert reply.question.startswith("what with? — ")
    assert {"neighbour", "town", "winter", "shop"}.isdisjoint(reply.question.split())
    assert "dry brush" in shown(reply)


def test_single_letters_are_no_subject(kitchen_bot: Chatbot) -> None:
    asked = kitchen_bot.reply("how long does it last?", [Turn("user", "is it a&e?")])
    assert asked.question == "how long does it last?"


def test_more_reads_on_in_the_order_of_the_document(kitchen_bot: Chatbot) -> None:
    messages = ["what is limescale?", "more", "and then?", "anything else?"]
    read = [shown(last(kitchen_bot, *messages[:count]))[:9] for count in range(1, 5)]
    assert read == ["Limescale", "- **Stove", "Fill the ", "Citric ac"]


def test_why_after_a_cause_asks_for_more(kitchen_bot: Chatbot) -> None:
    question = "why is a kettle rinsed?"
    assert shown(last(kitchen_bot, question)).startswith("Fill the kettle")
    assert shown(last(kitchen_bot, question, "why?")).startswith("Citric acid")


@pytest.mark.parametrize("narrowed", ["for kids?", "and for children?"])
def test_a_word_that_stands_for_one_of_the_documents_goes_on(kitchen_bot: Chatbot, narrowed: str) -> None:
    reply = last(kitchen_bot, "how is a kettle descaled?", narrowed)
    assert reply.question.endswith("— kettle descaled")


def test_of_two_things_compared_one_is_picked_some_questions_later(kitchen_bot: Chatbot) -> None:
    messages = ["burr grinders or blade grinders?", "which cost more?", "how long does the second one last?"]
    reply = last(kitchen_bot, *messages)
    assert shown(reply).startswith("A blade grinder chops")


def test_what_a_question_is_asked_for_is_no_subject(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "I'm writing an essay about limescale. What is it?", "where does it come from?")
    assert reply.question == "where does it come from? — limescale"


LOAVES = """# Loaves

## Kinds of loaf

| Loaf | Rises for | Keeps for |
| --- | --- | --- |
| Rye | ten hours | a week |
| Spelt | two hours | two days |
| Barley | one hour | a day |

Old bakers called every dark loaf, black bread and pumpernickel one kind of loaf. The kinds of loaf of a town were once
counted by its guild, and no baker might sell a kind of loaf that the guild had not tasted, weighed and entered.
"""


def test_a_number_picks_from_the_list_of_the_section_whatever_was_quoted_of_it(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "loaves.md").write_text(LOAVES)
    rebuild(tmp_path / "corpus", tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    table, prose = sorted(bot.search("kinds of loaf", 2), key=lambda passage: passage.citation.start)
    for quoted in (table, prose):
        history = [Turn("user", "kinds of loaf"), Turn("assistant", quoted.text, (quoted.id,))]
        assert bot.reply("how long does the second one keep?", history).question.endswith("— spelt")


@pytest.mark.parametrize(
    "message", ["examples please", "give me some examples", "Can you name a few examples?"]
)
def test_examples_are_those_of_what_was_spoken_of(kitchen_bot: Chatbot, message: str) -> None:
    reply = last(kitchen_bot, "which types of kettle are there?", message)
    assert reply.kind == "answer"
    assert reply.question.startswith(f"{message} — ")
    assert "Stovetop" in reply.text


def test_what_names_a_rare_subject_of_the_documents_is_no_small_talk(kitchen_bot: Chatbot) -> None:
    assert kitchen_bot.reply("talk to me about limescale").kind == "answer"
    assert kitchen_bot.reply("talk to me about tea").kind == "smalltalk"


def test_a_name_that_no_heading_has_is_the_new_subject(kitchen_bot: Chatbot) -> None:
    reply = last(kitchen_bot, "what is limescale?", "how does citric acid work?", "how much of it is needed?")
    assert "citric" in reply.question
    assert shown(reply).startswith("Citric acid")
