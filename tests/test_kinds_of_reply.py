"""What is answered, what is not and what is said then, small talk, and other languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from replies import QUESTIONS, assert_valid, bot_of

from chatbot import Chatbot, HelpLine, Settings, rebuild
from chatbot.wording import other_language, words

pytest_plugins = ("fixtures_bot",)

WITHOUT_A_QUESTION = ["?", "....", "🙂", "🙂🚲", "—", "!!!", "?!?!", "the of and", "\u200b?", "'", "\x00"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_the_documents_answer_is_answered_with_quotes(
    bicycle_bot: Chatbot, question: str
) -> None:
    reply = bicycle_bot.reply(question)
    assert reply.kind == "answer"
    assert_valid(reply)


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("what is a puncture?", "A puncture is a hole"),
        ("how is a puncture repaired?", "A puncture is repaired in these steps"),
        ("what causes punctures?", "Punctures are caused by these things"),
        ("how long does a chain last?", "A chain lasts for about 3,000"),
        ("what pressure does a wide tyre need?", "A road tyre needs"),
        ("what helps with numb hands", "Numb hands come from"),
        ("saddle height", "The saddle is at the right height"),
    ],
)
def test_the_passage_that_answers_comes_first(bicycle_bot: Chatbot, question: str, quoted: str) -> None:
    assert bicycle_bot.reply(question).passages[0].text.startswith(quoted)


PAGES = {
    "a": "Rim wear is a slow loss of metal from the rim. It makes the rim thin.",
    "b": "How is rim wear diagnosed? Rim wear is seen in the groove. A test with a gauge shows the rest.",
    "c": "Rim wear affects about 3 in 100 wheels. Its exact prevalence is unknown.",
    "d": "These resources address the treatment of rim wear: Wheel Guide; Rim Wear Registry; Rim Wear Inherited",
    "e": "Which gene causes rim wear? Mutations in the BRAKE gene make pads hard.",
}


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("What is rim wear?", "a"),
        ("How is rim wear diagnosed?", "b"),
        ("How many people have rim wear?", "c"),
        ("Which gene mutation is behind rim wear?", "e"),
    ],
)
def test_pages_of_one_title_are_told_apart_by_what_is_asked(question: str, page: str, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(f"---\ntitle: Rim wear\n---\n{text}\n", encoding="utf-8")
    (folder / "spokes.md").write_text("---\ntitle: Spokes\n---\nSpokes hold a rim.\n", encoding="utf-8")
    rebuild(folder, tmp_path / "index")
    assert Chatbot.open(tmp_path / "index").search(question)[0].citation.document == f"{page}.md"


def test_the_sentence_that_answers_is_marked(bicycle_bot: Chatbot) -> None:
    passage = bicycle_bot.reply("what pressure does a wide tyre need?").passages[0]
    marked = [passage.text[start:end] for start, end in passage.highlights]
    assert marked == ["A wide tyre needs less, about 3 bar."]


@pytest.mark.parametrize(
    "question",
    [
        "what is the capital of France?", "who won the world cup in 1998", "how is a passport renewed",
        "what is the melting point of tungsten", "recipe for pancakes with blueberries",
    ],
)  # fmt: skip
def test_what_the_documents_do_not_say_is_not_answered(bicycle_bot: Chatbot, question: str) -> None:
    reply = bicycle_bot.reply(question)
    assert reply.kind == "no_answer"
    assert reply.text.startswith(words("en")["no_answer"]["text"])
    assert_valid(reply)


@pytest.mark.parametrize("count", [8, 9])
def test_of_many_subjects_the_first_are_named_and_the_rest_hinted_at(count: int, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.md").write_text(f"# Wheel {'abcdefghi'[number] * 3}\n\nIt turns.\n", "utf-8")
    rebuild(folder, tmp_path / "index")
    reply = Chatbot.open(tmp_path / "index").reply("what is the capital of France?")
    listed = [line for line in reply.text.splitlines() if line.startswith("• ")]
    assert listed[0] == "• Wheel aaa"
    assert len(listed) == min(count, 8) + (count > 8)
    assert (listed[-1] == "• …") == (count > 8)
    assert "…" not in reply.suggestions


def test_where_nothing_is_found_the_nearest_headings_are_suggested(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what does a titanium tyre made in Uruguay cost in pounds?")
    assert reply.kind == "no_answer"
    assert reply.suggestions
    headings = {heading for hit in bicycle_bot.search("tyre", 100) for heading in hit.citation.section}
    assert set(reply.suggestions) <= headings
    assert all(suggestion in reply.text for suggestion in reply.suggestions)


def test_where_nothing_is_near_it_is_told_what_the_documents_are_about(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("who wrote the opera Tosca?")
    assert reply.kind == "no_answer"
    assert reply.suggestions == ("Bicycle chains", "Saddles and comfort", "Tyres and punctures")
    assert words("en")["no_answer"]["about"] in reply.text


def test_who_asks_what_can_be_asked_is_told_what_the_documents_are_about(bicycle_bot: Chatbot) -> None:
    text = bicycle_bot.reply("what can I ask you?").text
    assert words("en")["smalltalk"]["capability"] in text
    assert "• Tyres and punctures" in text


def test_who_wants_to_talk_to_a_person_is_told_whom_to_turn_to(bicycle_index: Path) -> None:
    bot = Chatbot.open(bicycle_index, Settings(contact=(HelpLine("The workshop's desk", phone="0123 456"),)))
    assert "0123 456" in bot.reply("I want to talk to a real person").text


def test_an_answer_that_is_likely_wrong_is_said_to_be_the_nearest_found(bicycle_bot: Chatbot) -> None:
    unsure = words("en")["answer"]["unsure"]
    parts, doings = ("chain", "tyre", "saddle", "tube", "rim"), ("squeal", "freeze", "be painted", "float")
    questions = ["what is a chain?", *(f"can a {part} {doing}?" for part in parts for doing in doings)]
    replies = [reply for question in questions if (reply := bicycle_bot.reply(question)).kind == "answer"]
    told = {reply.text.startswith(unsure) for reply in replies}
    assert told == {True, False}
    for reply in replies:
        assert reply.confidence is not None
        assert reply.text.startswith(unsure) == (reply.confidence < 0.4)
        assert reply.passages[0].text in reply.text


def test_several_questions_of_a_message_are_answered_one_after_the_other(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("What is a puncture? And how is it repaired?")
    assert [passage.text[:22] for passage in reply.passages] == [
        "A puncture is a hole i",
        "A puncture is repaired",
    ]
    assert all(passage.text in reply.text for passage in reply.passages)
    assert_valid(reply)


def test_a_message_is_answered_as_one_where_one_of_its_questions_is_not(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("What is a puncture? And who was the first president of Peru?")
    alone = bicycle_bot.reply("What is a puncture?")
    assert reply.kind != "answer" or reply.passages[:1] == alone.passages[:1]


def test_a_suggested_heading_can_be_asked(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what is a chain?")
    assert reply.suggestions
    for suggestion in reply.suggestions:
        asked = bicycle_bot.reply(suggestion)
        assert asked.kind == "answer"
        assert suggestion in asked.passages[0].citation.section


@pytest.mark.parametrize("message", WITHOUT_A_QUESTION)
def test_where_nothing_is_asked_a_question_is_asked_for(bicycle_bot: Chatbot, message: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "no_answer"
    assert reply.suggestions == ()
    assert_valid(reply)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("do you store what I type?", "en"),
        ("is this chat private?", "en"),
        ("¿guardan lo que escribo?", "es"),
    ],
)
def test_what_is_kept_of_the_words_is_told_as_it_is_set(
    bicycle_bot: Chatbot, message: str, language: str
) -> None:
    said = words(language)["smalltalk"]
    assert bicycle_bot.reply(message).text == said["privacy"]
    keeping = Chatbot(bicycle_bot.index, Settings(database_url="sqlite:///kept.db", retention_days=14))
    assert keeping.reply(message).text == said["privacy_kept"].format(days=14)


@pytest.mark.parametrize(
    ("message", "said"),
    [("hello", "greeting"), ("thank you!", "thanks"), ("are you a robot?", "identity"), ("bye", "goodbye")],
)
def test_small_talk_is_met_with_small_talk(bicycle_bot: Chatbot, message: str, said: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "smalltalk"
    assert reply.text == words("en")["smalltalk"][said]
    assert_valid(reply)


def test_a_link_to_another_page_is_never_quoted(tmp_path: Path) -> None:
    bot = bot_of(
        tmp_path, "# Rust\n\nOil keeps rust away.\n\n## Related articles\n\n- Tandems\n- Tricycles\n"
    )
    assert bot.reply("tandems?").kind == "no_answer"
    assert bot.search("tandems") == []


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("¿Cuáles son los síntomas de la gota y cómo se trata en los ancianos?", "es"),
        ("Quels sont les symptômes de la goutte et comment est-ce que la maladie se traite ?", "en"),
        ("Was sind die Anzeichen von Gicht und wie wird sie behandelt?", "en"),
        ("как лечат подагру у пожилых людей", "en"),
        ("bonjour, c'est quoi le paludisme ?", "en"),
    ],
)
def test_a_question_in_a_language_the_documents_are_not_in_is_told_so(
    bicycle_bot: Chatbot, message: str, language: str
) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "no_answer"
    assert words(language)["languages"]["en"] in reply.text
    assert reply.text == other_language(language, ["en"])


def test_a_question_in_the_language_of_the_documents_is_not_told_of_languages(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what are the signs of gout and how is it treated in the old")
    assert reply.kind == "no_answer"
    assert words("en")["no_answer"]["text"] in reply.text


@pytest.mark.parametrize(
    ("message", "kind"), [("¿Debo dejar mi ramipril?", "refusal"), ("hola, buenas tardes", "smalltalk")]
)
def test_a_message_in_spanish_is_answered_in_spanish(bicycle_bot: Chatbot, message: str, kind: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == kind
    said = words("es")[kind]
    assert reply.text.startswith(said["text"] if kind == "refusal" else said["greeting"])


@pytest.mark.parametrize(
    ("asked", "kind"), [("what is sealing wax?", "no_answer"), ("Sealing wax society", "answer")]
)
def test_a_list_of_sources_answers_nothing_but_its_names(tmp_path: Path, asked: str, kind: str) -> None:
    (tmp_path / "seals.md").write_text(
        "# Seals on letters\n\nA seal shows that nobody has opened a letter.\n\n"
        "## Making one\n\nHot resin is dripped on the flap.\n\n"
        "## Sources\n\n1. Sealing Wax Society. Sealing wax. 2019.\n",
        encoding="utf-8",
    )
    rebuild(tmp_path, tmp_path / "index")
    assert Chatbot.open(tmp_path / "index").reply(asked).kind == kind
