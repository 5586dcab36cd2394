"""One turn: every kind of reply, exact citations, and a valid reply to whatever is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatbot import Chatbot, HelpLine, Passage, Reply, Settings, rebuild
from chatbot.bot import LONGEST_MESSAGE
from chatbot.citing import cited_text, source_line
from chatbot.confidence import model
from chatbot.documents.corpus import find_documents, read_document
from chatbot.reply import Kind, Turn
from chatbot.wording import other_language, words

pytest_plugins = ("fixtures_bot",)

KINDS = set(get_args(Kind))
CALM = {"answer", "no_answer", "clarify"}
QUESTIONS = [
    "what is a chain?", "how is a puncture repaired", "what causes punctures", "how much pressure does a tyre need",
    "what is a saddle sore", "what helps against numb hands", "how are punctures prevented?",
    "can a chain be washed in petrol", "tyre", "saddle height", "waht is a derailer hangr", "how long do chains last",
]  # fmt: skip
WITHOUT_A_QUESTION = ["?", "....", "🙂", "🙂🚲", "—", "!!!", "?!?!", "the of and", "\u200b?", "'", "\x00"]
EMERGENCY = "my friend has collapsed and is not breathing"
EMERGENCY_ES = "mi madre se ha desmayado y no respira, ¿qué hago?"
CRISIS = "I want to kill myself"
ADVICE = "Should I put zinc ointment on my saddle sore?"


def ids(passages: tuple[Passage, ...] | list[Passage]) -> list[str]:
    return [passage.id for passage in passages]


def without_id(reply: Reply) -> dict[str, object]:
    return {name: value for name, value in asdict(reply).items() if name != "id"}


@pytest.fixture(scope="session")
def texts(bicycles: Path) -> dict[str, str]:
    """The documents' files as they stand, by name."""
    return {
        path.relative_to(bicycles).as_posix(): path.read_bytes().decode("utf-8")
        for path in bicycles.rglob("*.*")
        if path.is_file()
    }


def assert_valid(reply: Reply, limit: int = 3) -> None:
    """Hold a reply to all that every reply promises."""
    assert reply.kind in KINDS
    assert re.fullmatch(r"\S+", reply.id)
    assert reply.text.strip()
    assert len(reply.passages) <= limit
    assert (reply.confidence is not None) == (reply.kind == "answer")
    if reply.kind == "answer":
        assert reply.confidence is not None
        assert 0 <= reply.confidence <= 1
        assert reply.passages
        assert reply.passages[0].highlights
        assert reply.passages[0].text in reply.text
        assert (
            reply.passages[0].citation.document in reply.text
            or str(reply.passages[0].citation.url) in reply.text
        )
    elif reply.kind != "refusal":
        assert reply.passages == ()
    assert all(suggestion.strip() for suggestion in reply.suggestions)
    assert len(set(reply.suggestions)) == len(reply.suggestions)
    assert reply.index.version
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reply.index.built_at)
    assert len(set(ids(reply.passages))) == len(reply.passages)
    for passage in reply.passages:
        assert_quote_is_valid(passage)


def assert_quote_is_valid(passage: Passage) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", passage.id)
    assert passage.format in ("text", "markdown")
    assert len(passage.text.split()) <= 150
    for start, end in passage.highlights:
        assert 0 <= start < end <= len(passage.text)
        assert passage.text[start:end].strip()
    assert passage.citation.end - passage.citation.start == len(passage.text)
    assert passage.citation.page.endswith(f"#{passage.id}")


# ---------------------------------------------------------------------- kinds of reply


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
    questions = [
        "what is a chain?",
        "how long does a tyre last?",
        "is a worn chain loud?",
        "can a wide tyre squeal?",
    ]
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
    ("message", "said"),
    [("hello", "greeting"), ("thank you!", "thanks"), ("are you a robot?", "identity"), ("bye", "goodbye")],
)
def test_small_talk_is_met_with_small_talk(bicycle_bot: Chatbot, message: str, said: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "smalltalk"
    assert reply.text == words("en")["smalltalk"][said]
    assert_valid(reply)


@pytest.mark.parametrize(("message", "kind"), [(EMERGENCY, "emergency"), (CRISIS, "crisis")])
def test_danger_gets_help_and_nothing_to_read_beside_it(
    bicycle_bot: Chatbot, message: str, kind: str
) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == kind
    assert reply.text.startswith(words("en")[kind]["text"])
    assert words("en")[kind]["worldwide"] in reply.text
    assert reply.passages == ()
    assert reply.suggestions == ()
    assert reply.corrections == ()
    assert_valid(reply)


def test_danger_outweighs_a_question_that_the_documents_answer(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.reply(f"how is a puncture repaired? {EMERGENCY}").kind == "emergency"
    assert bicycle_bot.reply("how is a puncture repaired?", limit=1).kind == "answer"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (EMERGENCY_ES, "emergency"),
        ("mi hija no respira, ayuda por favor", "emergency"),
        ("quiero morirme", "crisis"),
    ],
)
def test_danger_in_spanish_is_answered_in_spanish(bicycle_bot: Chatbot, message: str, kind: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == kind
    assert reply.text.startswith(words("es")[kind]["text"])
    assert words("es")[kind]["worldwide"] in reply.text


def test_the_editors_numbers_take_the_place_of_worldwide_advice(bicycle_bot: Chatbot) -> None:
    lines = Settings(
        emergency_numbers=(HelpLine("Ambulance", "144", hours="day and night"),),
        crisis_lines=(HelpLine("Open Ear", url="https://ear.example.org"),),
        contact=(HelpLine("The workshop's nurse", "555 0100"),),
    )
    bot = Chatbot(bicycle_bot.index, lines)
    emergency = bot.reply(EMERGENCY).text
    assert "Ambulance · 144 · day and night" in emergency
    assert words("en")["emergency"]["worldwide"] not in emergency
    crisis = bot.reply(CRISIS).text
    assert "Open Ear · https://ear.example.org" in crisis
    assert "Ambulance" not in crisis
    assert "The workshop's nurse · 555 0100" in bot.reply(ADVICE).text
    assert "nurse" not in bicycle_bot.reply(ADVICE).text


def test_personal_advice_is_refused_with_what_the_documents_say_in_general(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply(ADVICE)
    assert reply.kind == "refusal"
    assert reply.confidence is None
    assert reply.text.startswith(words("en")["refusal"]["text"])
    assert reply.passages[0].text.startswith("A saddle sore")
    assert words("en")["refusal"]["general"] in reply.text
    assert_valid(reply)


def test_a_refusal_quotes_nothing_where_the_documents_have_nothing(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("Should I stop taking my ramipril?")
    assert reply.kind == "refusal"
    assert reply.passages == ()
    assert reply.confidence is None
    assert words("en")["refusal"]["general"] not in reply.text
    assert_valid(reply)


def bot_of(folder: Path, text: str) -> Chatbot:
    """Return a bot over one document."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "cream.md").write_text(text, "utf-8")
    rebuild(corpus, folder / "index")
    return Chatbot.open(folder / "index")


def test_a_link_to_another_page_is_never_quoted(tmp_path: Path) -> None:
    bot = bot_of(
        tmp_path, "# Rust\n\nOil keeps rust away.\n\n## Related articles\n\n- Tandems\n- Tricycles\n"
    )
    assert bot.reply("tandems?").kind == "no_answer"
    assert bot.search("tandems") == []


def test_a_refusal_quotes_nothing_that_reads_as_the_answer(tmp_path: Path) -> None:
    bot = bot_of(
        tmp_path,
        "# Chamois cream\n\n## Stopping\n\nYou can stop using chamois cream at any time.\n\n"
        "## What chamois cream is\n\nChamois cream is a salve that riders rub on the saddle pad of their shorts.\n",
    )
    assert bot.reply("can chamois cream be stopped").kind == "answer"
    reply = bot.reply("Can I stop using my chamois cream?")
    assert reply.kind == "refusal"
    assert "You can stop" not in reply.text
    assert not any("You can stop" in passage.text for passage in reply.passages)


def test_a_refusal_quotes_nothing_else_where_the_best_passage_reads_as_the_answer(tmp_path: Path) -> None:
    bot = bot_of(
        tmp_path,
        "# Chamois cream\n\n## Can chamois cream be stopped?\n\nYou can stop using chamois cream at any time.\n\n"
        "## The tube\n\nThe flow of chamois cream is stopped by a cap on the tube.\n",
    )
    told = bot.reply("can chamois cream be stopped")
    assert [passage.text.split()[0] for passage in told.passages] == ["You", "The"]
    assert (told.confidence or 0.0) >= model().general_floor
    reply = bot.reply("Can my chamois cream be stopped?")
    assert (reply.kind, reply.passages) == ("refusal", ())


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


def test_an_emergency_told_over_two_turns_is_answered_as_one(bicycle_bot: Chatbot) -> None:
    history = [
        {"role": "user", "content": "my son is having a seizure"},
        {"role": "assistant", "content": "Is he awake?"},
    ]
    assert bicycle_bot.reply("it has been going on for ten minutes now", history).kind == "emergency"


def test_the_explanation_of_a_refusal_names_the_label_how_sure_and_why(bicycle_bot: Chatbot) -> None:
    told = bicycle_bot.reply(ADVICE, explain=True).explanation
    assert told is not None
    assert told["triage"]["label"] == "personal_advice"
    assert 0.0 < told["triage"]["confidence"] <= 1.0
    assert ": " in told["triage"]["reasons"][0]


# ---------------------------------------------------------------------- citations


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_names_the_exact_place(bicycle_bot: Chatbot, texts: dict[str, str], question: str) -> None:
    passages = [*bicycle_bot.reply(question).passages, *bicycle_bot.search(question, 100)]
    assert passages
    for passage in passages:
        text = texts[passage.citation.document]
        assert text[passage.citation.start : passage.citation.end] == passage.text
        if passage.context:
            assert text[passage.context.start : passage.context.end] == passage.context.text


def test_a_citation_says_what_the_front_matter_says(bicycle_bot: Chatbot) -> None:
    (passage, *_) = bicycle_bot.reply("what is a chain?").passages
    citation = passage.citation
    assert (citation.document, citation.title) == ("chains.md", "Bicycle chains")
    assert citation.section == ("What is a chain?",)
    assert (citation.publisher, citation.author) == ("The Corner Workshop", "P. Edal")
    assert (citation.url, citation.reviewed) == ("https://workshop.example.org/chains", "2025-03-04")
    line = source_line(citation)
    for said in (
        "Bicycle chains › What is a chain?",
        "The Corner Workshop",
        "reviewed 2025-03-04",
        str(citation.url),
    ):
        assert said in line


def test_without_front_matter_a_citation_has_the_first_heading_and_no_facts(bicycle_bot: Chatbot) -> None:
    tyres = bicycle_bot.reply("what is a puncture?").passages[0].citation
    assert (tyres.document, tyres.title) == ("wheels/tyres.md", "Tyres and punctures")
    saddles = bicycle_bot.reply("what is a saddle sore").passages[0].citation
    assert (saddles.document, saddles.title) == ("saddles.txt", "Saddles and comfort")
    assert saddles.section[-1] == "Saddle sores"
    assert (saddles.publisher, saddles.author, saddles.url, saddles.reviewed) == (None, None, None, None)
    assert source_line(saddles).endswith("saddles.txt")


def test_markdown_is_told_from_plain_text(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.reply("how are punctures prevented?").passages[0].format == "markdown"
    assert bicycle_bot.reply("what is a saddle sore").passages[0].format == "text"


def test_the_text_of_an_answer_is_the_quote_and_its_source(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what is a saddle sore")
    assert reply.text == cited_text(reply.passages[:1])
    assert reply.passages[0].text in reply.text
    assert source_line(reply.passages[0].citation) in reply.text


def test_the_introduction_of_a_cut_list_comes_along(tmp_path: Path) -> None:
    items = "\n".join(
        f"- item {n} of the toolbox, which is a spanner of {n} millimetres for nuts" for n in range(40)
    )
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    text = f"# Tools\n\nA full toolbox holds these spanners:\n\n{items}\n"
    (corpus / "tools.md").write_text(text, "utf-8")
    rebuild(corpus, tmp_path / "index")
    passages = Chatbot.open(tmp_path / "index").search("spanner of 37 millimetres", 5)
    cut = [passage for passage in passages if passage.context]
    assert cut
    for passage in cut:
        assert passage.context is not None
        assert passage.context.text == "A full toolbox holds these spanners:"
        assert text[passage.context.start : passage.context.end] == passage.context.text
        assert cited_text([passage]).startswith(passage.context.text)


# ---------------------------------------------------------------------- limit, explain, search


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_limit_bounds_the_passages(bicycle_bot: Chatbot, limit: int) -> None:
    replies = [bicycle_bot.reply(question, limit=limit) for question in QUESTIONS]
    for reply in replies:
        assert_valid(reply, limit)
    assert max(len(reply.passages) for reply in replies) == min(limit, max(
        len(bicycle_bot.reply(question, limit=10).passages) for question in QUESTIONS
    ))  # fmt: skip


def test_the_limit_does_not_change_which_passage_comes_first(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        first, many = (bicycle_bot.reply(question, limit=limit) for limit in (1, 10))
        assert ids(first.passages) == ids(many.passages)[:1]
        assert first.confidence == many.confidence


def test_passages_come_best_first(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        for passages in (bicycle_bot.reply(question, limit=10).passages, bicycle_bot.search(question, 100)):
            scores = [passage.score for passage in passages]
            assert scores == sorted(scores, reverse=True)
            assert min(scores) > 0


def test_an_explanation_comes_when_it_is_asked_for(bicycle_bot: Chatbot) -> None:
    for message in (*QUESTIONS, EMERGENCY, ADVICE, "hello", "?", "capital of France"):
        plain, told = bicycle_bot.reply(message), bicycle_bot.reply(message, explain=True)
        assert plain.explanation is None
        assert told.explanation
        assert told.explanation["triage"]["label"]
        json.dumps(told.explanation)
        assert {**without_id(told), "explanation": None} == without_id(plain)


def test_an_explanation_of_an_answer_names_words_hits_and_evidence(bicycle_bot: Chatbot) -> None:
    reply = bicycle_bot.reply("what causes a puncutre", explain=True)
    told = reply.explanation
    assert told is not None
    assert told["hits"][0]["passage"] == reply.passages[0].id
    assert told["hits"][0]["by_word"]["puncture"] > 0
    assert told["confidence"]["value"] == reply.confidence
    assert told["confidence"]["evidence"]


@pytest.fixture(scope="module")
def large_bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """A bot over 150 short documents that all say something of spanners."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "corpus").mkdir()
    for number in range(150):
        text = f"# Spanner {number}\n\nThe spanner of drawer {number} turns nuts of {number} millimetres.\n"
        (folder / "corpus" / f"{number}.md").write_text(text, "utf-8")
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


@pytest.mark.parametrize("limit", [0, 1, 10, 41, 100])
def test_a_search_returns_as_many_passages_as_asked_for(large_bot: Chatbot, limit: int) -> None:
    found = large_bot.search("spanner", limit)
    assert len(found) == limit
    assert len(set(ids(found))) == limit
    assert ids(found) == ids(large_bot.search("spanner", 100))[:limit]
    for passage in found:
        assert_quote_is_valid(passage)


def test_a_search_understands_a_question_as_a_reply_does(bicycle_bot: Chatbot) -> None:
    for question in QUESTIONS:
        reply = bicycle_bot.reply(question)
        assert bicycle_bot.search(question, 1)[0] == reply.passages[0]
    history = [{"role": "user", "content": "what is a puncture?"}]
    reply = bicycle_bot.reply("how is it repaired?", history)
    assert bicycle_bot.search("how is it repaired?", 1, history)[0] == reply.passages[0]


def test_a_search_neither_judges_nor_abstains(bicycle_bot: Chatbot) -> None:
    assert bicycle_bot.search(f"{EMERGENCY}, the chain fell on him")
    assert bicycle_bot.search(ADVICE)[0].citation.document == "saddles.txt"
    far = "what does a titanium tyre made in Uruguay cost in pounds?"
    assert bicycle_bot.reply(far).kind == "no_answer"
    assert bicycle_bot.search(far)
    assert bicycle_bot.search("qwxyz") == []


# ---------------------------------------------------------------------- whatever is written


@settings(max_examples=120)
@given(
    st.text(max_size=120) | st.text("what is a chan puncture?'’-—.,ﾞ\u0301 \n", max_size=120),
    st.integers(1, 10),
)
@example("ﾞ", 3)
@example("chain ﾞ-ﾟ puncture", 3)
@example("\ud83d chain\udfff", 3)
@example("ﷺ ǅ İ ŉ ᾳ ½ ² ٣٫٥ 1,000 a’b’s x--y ‐", 3)
@example("\u202echain\u202c\x00", 1)
def test_any_message_gets_a_valid_reply(bicycle_bot: Chatbot, message: str, limit: int) -> None:
    reply = bicycle_bot.reply(message, limit=limit)
    assert_valid(reply, limit)
    assert set(asdict(reply)) == {field.name for field in fields(Reply)}
    assert len(bicycle_bot.search(message, 100)) <= 100


LONG = {
    "one word": "z" * 2000,
    "a question over and over": "what is a chain? " * 118,
    "unknown words": " ".join(f"zq{chr(97 + i % 26)}{chr(97 + i // 26)}vx" for i in range(300)),
    "one compound": "chain-" * 333,
    "blanks": "what is" + " " * 1980 + "a chain",
    "marks": "?!. " * 500,
    "emoji": "🚲" * 2000,
    "combining marks": "e" + "\u0301" * 1999,
    "lines": "chain\n" * 333,
    "a story": "the rider rode along the road to the town and met a friend there " * 30 + "what is a chain?",
}


@pytest.mark.parametrize("name", LONG)
def test_a_message_of_two_thousand_characters_is_answered(bicycle_bot: Chatbot, name: str) -> None:
    message = LONG[name][:LONGEST_MESSAGE]
    reply = bicycle_bot.reply(message, [{"role": "user", "content": message}] * 20)
    assert reply.kind in CALM
    assert_valid(reply)


def test_what_comes_after_two_thousand_characters_is_not_read(bicycle_bot: Chatbot) -> None:
    message = "what is a chain? " + "and " * 600
    assert without_id(bicycle_bot.reply(message[:2000] + " puncture " * 50)) == without_id(
        bicycle_bot.reply(message[:2000])
    )


# ---------------------------------------------------------------------- sharing


def test_one_bot_serves_many_threads(bicycle_index: Path) -> None:
    messages = [
        *QUESTIONS,
        EMERGENCY,
        CRISIS,
        ADVICE,
        "hello",
        "capital of France",
        "?",
        "waht casues puncutres",
    ]
    alone = {message: without_id(Chatbot.open(bicycle_index).reply(message)) for message in messages}
    shared = Chatbot.open(bicycle_index)  # fresh: what it gathers at first use is gathered by all at once

    def ask(message: str) -> tuple[str, dict[str, object]]:
        return message, without_id(shared.reply(message))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, messages * 8))
    assert len(found) == len(messages) * 8
    for message, reply in found:
        assert reply == alone[message]


def test_every_reply_has_an_id_of_its_own(bicycle_bot: Chatbot) -> None:
    assert len({bicycle_bot.reply("what is a chain?").id for _ in range(50)}) == 50


def test_a_passage_keeps_its_id_through_a_rebuild(
    bicycle_bot: Chatbot, bicycles: Path, tmp_path: Path
) -> None:
    rebuild(bicycles, tmp_path / "index")
    again = Chatbot.open(tmp_path / "index")
    assert again.search("what is a chain?", 100) == bicycle_bot.search("what is a chain?", 100)


def passages_of(bot: Chatbot, corpus: Path) -> Iterator[tuple[str, Passage]]:
    for file in find_documents(corpus)[0]:
        text = read_document(file)[0].text
        for passage in bot.search(text[:4000], 100):
            if passage.citation.document == file.name:
                yield text, passage


def test_a_citation_is_exact_in_a_document_with_odd_line_ends_and_marks(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    odd = "\ufeffBells\r\n\r\nA bell 🔔 rings — “ding”.\r\nCafe\u0301s have none.\r\n\r\nHorns\r\n\r\n𝒜 horn hoots.\r\n"
    (corpus / "odd & öld.txt").write_bytes(odd.encode())
    rebuild(corpus, tmp_path / "index")
    found = list(passages_of(Chatbot.open(tmp_path / "index"), corpus))
    assert len(found) >= 2
    for _, passage in found:
        assert odd[passage.citation.start : passage.citation.end] == passage.text


# ---------------------------------------------------------------------- which of several subjects is meant


@pytest.fixture(scope="module")
def two_subjects(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    folder = tmp_path_factory.mktemp("two")
    (folder / "corpus").mkdir()
    for title, treated in (
        ("Wheel squeak", "a drop of oil on the axle"),
        ("Saddle sores", "a softer cushion"),
    ):
        (folder / "corpus" / f"{title.split()[0].lower()}.md").write_text(
            f"# {title}\n\n## What is it?\n\n{title} is a nuisance that many riders know.\n\n"
            f"## How is it treated?\n\nIt is treated with {treated}. Most riders need nothing else.\n",
            "utf-8",
        )
    rebuild(folder / "corpus", folder / "index")
    return Chatbot.open(folder / "index")


def test_a_question_that_names_no_subject_is_asked_back(two_subjects: Chatbot) -> None:
    reply = two_subjects.reply("how is it treated?")
    assert (reply.kind, reply.passages, reply.confidence) == ("clarify", (), None)
    assert set(reply.suggestions) == {"how is it treated: Saddle sores?", "how is it treated: Wheel squeak?"}


def test_each_choice_leads_to_its_own_answer(two_subjects: Chatbot) -> None:
    for choice in two_subjects.reply("how is it treated?").suggestions:
        reply = two_subjects.reply(choice)
        assert reply.kind == "answer"
        assert reply.passages[0].citation.title in choice
        assert reply.passages[0].text.startswith("It is treated with")


def test_a_question_that_names_its_subject_is_answered(two_subjects: Chatbot) -> None:
    assert two_subjects.reply("how are saddle sores treated?").kind == "answer"


def test_a_follow_up_knows_its_subject(two_subjects: Chatbot) -> None:
    first = two_subjects.reply("what are saddle sores?")
    history = [Turn("user", "what are saddle sores?"), Turn("assistant", first.text)]
    reply = two_subjects.reply("how is it treated?", history)
    assert (reply.kind, reply.passages[0].citation.title) == ("answer", "Saddle sores")
