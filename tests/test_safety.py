"""What the safety triage promises: figures, order, conversations and robustness."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.reply import Turn
from chatbot.safety import Triage, triage
from chatbot.safety.asking import asking, spoken_of
from chatbot.safety.clusters import clusters_of
from chatbot.safety.reading import Reading, with_stops
from chatbot.safety.smalltalk import respelt

MESSAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "safety-messages.jsonl").read_text("utf-8").splitlines()
]
LABELS = ("crisis", "emergency", "personal_advice", "smalltalk", "none")
# What each label has to reach on our own messages. They were used to tune the rules, so that these
# floors guard against steps back; they say little about messages nobody has seen.
FLOORS = {"crisis": 0.98, "emergency": 0.98, "personal_advice": 0.96, "smalltalk": 0.98, "none": 0.97}


def said(*messages: str) -> list[Turn]:
    """Return a history of a visitor's messages, each with some answer."""
    return [turn for message in messages for turn in (Turn("user", message), Turn("assistant", "…"))]


def share_right(label: str, change: Callable[[str], str] = lambda text: text) -> float:
    rows = [row for row in MESSAGES if row["label"] == label]
    return sum(triage(change(row["text"])).label == label for row in rows) / len(rows)


@pytest.mark.parametrize("label", LABELS)
def test_each_label_reaches_its_floor_on_our_messages(label: str) -> None:
    assert share_right(label) >= FLOORS[label]


def test_our_messages_hold_many_hard_negatives_and_no_message_twice() -> None:
    counts = Counter(row["label"] for row in MESSAGES)
    assert set(counts) == set(LABELS)
    assert counts["none"] >= 0.4 * len(MESSAGES)
    assert len({row["text"].casefold() for row in MESSAGES}) == len(MESSAGES)


@pytest.mark.parametrize(
    ("message", "kind"),
    [(row["text"], row["smalltalk"]) for row in MESSAGES if row["label"] == "smalltalk"],
)
def test_small_talk_is_known_by_its_kind(message: str, kind: str) -> None:
    assert triage(message).smalltalk == kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("you have not answered what I asked", "complaint"),
        ("what a useless answer", "complaint"),
        ("eso no es lo que pregunté", "complaint"),
        ("I'm frightened of all this", "worry"),
        ("estoy muy asustada con todo esto", "worry"),
        ("can I talk to a real person", "human"),
        ("I want to speak to a member of staff", "human"),
        ("quiero hablar con una persona", "human"),
        ("oh I see", "acknowledgement"),
        ("vale, entendido", "acknowledgement"),
        ("how was your weekend", "pleasantry"),
    ],
)
def test_kinds_of_small_talk_that_no_list_tells_apart(message: str, kind: str) -> None:
    assert triage(message).smalltalk == kind


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("ich will nicht mehr leben", "crisis"),
        ("j'ai envie de mourir", "crisis"),
        ("хочу умереть", "crisis"),
        ("voglio morire", "crisis"),
        ("mon père ne respire plus", "emergency"),
        ("mein Vater atmet nicht mehr", "emergency"),
        ("não consigo respirar", "emergency"),
        ("мама не дышит", "emergency"),
        ("guten Tag, was hilft gegen Heuschnupfen?", "none"),
    ],
)
def test_danger_is_seen_in_languages_that_the_program_does_not_speak(message: str, label: str) -> None:
    assert triage(message).label == label


@pytest.mark.parametrize(
    ("history", "message", "label"),
    [
        (["what are the signs of a heart attack?"], "yes, I have that", "emergency"),
        (["signs of a stroke?"], "she has that", "emergency"),
        (["is bleach poisonous?"], "my toddler drank some", "emergency"),
        (["what is self-harm?"], "I do that", "crisis"),
        (["my father is confused and cannot stand"], "can we wait until morning", "emergency"),
        (["I have just taken thirty paracetamol"], "I feel fine though", "emergency"),
        (["I don't want to live any more"], "nobody cares", "crisis"),
        (
            ["I don't want to live any more"],
            "can you tell me how long people with malaria are off work",
            "none",
        ),
        (["what is hay fever?"], "how is it treated", "none"),
        (["what are the signs of a heart attack?"], "how is it treated", "none"),
    ],
)
def test_a_short_turn_may_say_of_somebody_what_was_asked_about(
    history: list[str], message: str, label: str
) -> None:
    assert triage(message, said(*history)).label == label


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("hello, I cut myself again last night", "crisis"),
        ("thanks. ok bye, I want to be dead", "crisis"),
        ("good morning, my ears are blocked", "personal_advice"),
        ("ok thanks, my father has just collapsed", "emergency"),
        ("hola, no puedo respirar", "emergency"),
        ("good morning, how is typhoid caught", "none"),
        ("thanks, and what is gout", "none"),
        ("hello there, nice to see you", "smalltalk"),
    ],
)
def test_what_stands_after_small_talk_is_judged(message: str, label: str) -> None:
    assert triage(message).label == label


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("do I need to see a doctor", "personal_advice"),
        ("should i go to a&e", "personal_advice"),
        ("will I be ok", "personal_advice"),
        ("am i being silly", "personal_advice"),
        ("should we call someone", "personal_advice"),
        ("voy al medico?", "personal_advice"),
        ("could you prescribe something stronger", "personal_advice"),
        ("can you renew my prescription", "personal_advice"),
        ("please refer me to a specialist", "personal_advice"),
        ("can you look at my scan", "personal_advice"),
        ("can a nurse prescribe antibiotics", "none"),
        ("how do you get a prescription for it", "none"),
        ("where is my parcel", "none"),
        ("will it rain", "none"),
        ("ok for kids?", "none"),
        ("can I ask you something", "smalltalk"),
        ("am I talking to a robot", "smalltalk"),
    ],
)
def test_a_few_words_are_judged_by_what_they_want(message: str, label: str) -> None:
    assert triage(message).label == label


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("hi, what is a tremor?", "none"),
        ("hi! should I stop my ramipril?", "personal_advice"),
        ("thanks. he has just collapsed and is not breathing", "emergency"),
        ("should I go on with my tablets when all I want is to die", "crisis"),
        ("she took all her pills at once because she wants to die, is not waking up", "crisis"),
        (
            "what is a seizure? my wife has been having one for ten minutes, should I drive her in?",
            "emergency",
        ),
        ("what is gout in general, and do I have it", "personal_advice"),
        ("I don't want to be rude, but what is gout", "none"),
        ("the noise makes my neighbour laugh, what makes a stomach rumble", "none"),
    ],
)
def test_the_weightiest_label_wins(message: str, label: str) -> None:
    assert triage(message).label == label


@pytest.mark.parametrize(
    ("history", "message", "label"),
    [
        (["what is clonazepam used for"], "and should I take it too?", "personal_advice"),
        (["my hands shake when I wake up"], "is it dangerous?", "personal_advice"),
        (["what are night terrors", "my boy screams at night, is he ill?"], "is it dangerous?", "none"),
        (
            ["what are night terrors", "my boy screams at night, is he ill?"],
            "will he be ok?",
            "personal_advice",
        ),
        (["hello", "my boy screams at night, is he ill?"], "is it dangerous?", "personal_advice"),
        (["what is palatal myoclonus"], "is it dangerous?", "none"),
        (["what is palatal myoclonus"], "how is it treated?", "none"),
        (["my son is having a seizure"], "it has been going on for ten minutes now", "emergency"),
        (["my wife has just swallowed bleach"], "what do I do?", "emergency"),
        (["I want to die"], "how many would it take", "crisis"),
        (["I want to die"], "what is palatal myoclonus", "none"),
        (["I want to die"], "thanks", "smalltalk"),
        (["he is not breathing"], "what causes hiccups", "none"),
        (["what is a seizure"], "thanks", "smalltalk"),
        (["what is a stroke", "what is an overdose"], "what are the kinds of tremor", "none"),
        (["which inhalers are there"], "no, I meant the powder, not the spray", "none"),
        (["how is a sprain treated", "and with ice?"], "not that one, the other kind", "none"),
        (["what are beta blockers"], "can you drive on them?", "none"),
        (
            ["what is a cataract", "and glaucoma?"],
            "going back to the one I asked about, is it common?",
            "none",
        ),
        (["how is a broken wrist set"], "no, I mean if they live alone and can't reach the phone", "none"),
        (["what is gout"], "how long then?", "none"),
        (["what is gout"], "and the last one you named?", "none"),
        (["what is gout"], "where?", "none"),
        (["what is gout"], "great, just what I wanted to know", "smalltalk"),
        (["there is a hole in the tyre"], "no", "smalltalk"),
        (["there is a hole in the tyre"], "why?", "none"),
        (["what is gout"], "no, I just want to die", "crisis"),
        (["what is a nut allergy"], "no, I mean he is not breathing", "emergency"),
    ],
)
def test_a_message_is_judged_with_what_was_said_before(history: list[str], message: str, label: str) -> None:
    assert triage(message, said(*history)).label == label


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ('Which colour has the lamp <img src=x onload="window.run=(window.run||0)+1">?', "none"),
        ('<a href="https://example.org/help">what is gout</a>', "none"),
        ('<font color="red">I want to die</font>', "crisis"),
        ("<I want to die>", "crisis"),
        ("<<<< I = want to die", "crisis"),
    ],
)
def test_tags_of_web_pages_are_no_words(message: str, label: str) -> None:
    assert triage(message).label == label


def test_what_the_assistant_said_is_not_the_visitors_case() -> None:
    history = [
        Turn("user", "what is a seizure"),
        Turn("assistant", "my son is having a seizure and won't wake up"),
    ]
    assert triage("what else", history).label == "none"


def test_every_finding_names_its_rule_and_the_words_that_met_it() -> None:
    found = triage("Hello. Can I drink wine with my metformin?")
    assert found.label == "personal_advice"
    assert found.reasons
    assert all(": " in reason for reason in found.reasons)
    assert "can i" in found.reasons[0]
    assert 0 < found.confidence <= 1


def test_the_language_is_told() -> None:
    assert triage("qué es el hipo y cuáles son las causas").language == "es"
    assert triage("what is a hiccup and what are its causes").language == "en"


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda text: text.replace("'", "’"),
        lambda text: text.rstrip("?.!"),
        lambda text: f"  {text}\n\n",
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace("a", "a\u200b"),
    ],
    ids=["upper case", "curly quotes", "no end mark", "padding", "wide spaces", "invisible characters"],
)
@pytest.mark.parametrize("label", LABELS)
def test_looks_do_not_matter(label: str, change: Callable[[str], str]) -> None:
    assert share_right(label, change) >= FLOORS[label] - 0.03


def slip(text: str, chance: random.Random) -> str:
    """Return the text with one slip of the finger inside one of its longer words."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if not long:
        return text
    place = chance.choice(long)
    word = words[place]
    at = chance.randrange(1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    words[place] = chance.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])
    return " ".join(words)


@pytest.mark.parametrize(
    ("label", "floor"), [("crisis", 0.9), ("emergency", 0.9), ("personal_advice", 0.93), ("none", 0.96)]
)
def test_a_slip_in_a_long_word_seldom_matters(label: str, floor: float) -> None:
    chance = random.Random(11)
    assert share_right(label, lambda text: slip(text, chance)) >= floor


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("thnaks", "thanks"),
        ("good mrning", "greeting"),
        ("goodbye, tkae care", "goodbye"),
        ("can yoou hlep me", "capability"),
    ],
)
def test_small_talk_is_known_through_slips(message: str, kind: str) -> None:
    assert triage(message).smalltalk == kind


@pytest.mark.parametrize("message", ["sore thoat", "whta is myoclonus", "helo, what is a stork"])
def test_only_messages_of_nothing_else_are_respelt_as_small_talk(message: str) -> None:
    reading = Reading(message)
    assert respelt(reading) is reading


@pytest.mark.parametrize(
    "message",
    [
        "My toddler has just had a swig of lamp oil. He is playing. Is milk a good idea?",
        "I took my wife's heart tablets instead of mine this morning, feeling fine",
        "gran has had her evening tablets twice today, anything to watch for?",
        "small child, one button battery, swallowed I think",
    ],
)
def test_a_poisoning_told_calmly_is_an_emergency(message: str) -> None:
    assert triage(message).label == "emergency"


@pytest.mark.parametrize(
    "message",
    [
        "what happens if a child swallows lamp oil",
        "I drank bleach as a child, decades ago. How is that treated nowadays?",
        "are foxgloves poisonous",
        "took my tablets this morning as usual. what does slow release mean",
    ],
)
def test_what_only_sounds_like_a_poisoning_is_a_question(message: str) -> None:
    assert triage(message).label == "none"


def test_a_rule_that_is_met_by_chance_in_a_long_story_makes_no_alarm() -> None:
    story = (
        "My uncle tried to hang himself when I was small. He is eighty now, grows leeks as long as my arm and has four "
        "grandchildren. On Tuesday I go with him to his walking group. They will hear a talk about sleep. "
        "How many hours of sleep do adults need?"
    )
    assert triage(story).label == "none"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_well_formed_triage(message: str) -> None:
    found = triage(message, [Turn("user", message[::-1])])
    assert isinstance(found, Triage)
    assert found.label in LABELS
    assert 0 <= found.confidence <= 1
    assert found.language in ("en", "es")
    assert (found.smalltalk is not None) == (found.label == "smalltalk")
    assert bool(found.reasons) == (found.label != "none")


@pytest.mark.parametrize(
    "message", ["", " ", "\n", "?", "...", "'", "’s", "N'T", "\u200b", "\ud83d", "🙂", "1", "¿?", "\x00"]
)
def test_next_to_nothing_is_none(message: str) -> None:
    assert triage(message).label == "none"


CHATTER = "The bakery on the corner has a new oven. My uncle painted the shed green. We took the slow train. "


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("my son is having a seizure and it won't stop", "emergency"),
        ("I want to kill myself tonight", "crisis"),
        ("should I stop taking my keppra", "personal_advice"),
        ("what are the causes of gout", "none"),
    ],
)
@pytest.mark.parametrize("end", ["", ".", "?", "\n"])
def test_chatter_around_a_message_is_left_out_with_a_full_stop_after_it_or_without(
    message: str, label: str, end: str
) -> None:
    assert triage(f"{CHATTER * 2}{message}{end} {CHATTER * 2}").label == label


def test_forgotten_full_stops_are_put_before_words_that_begin_a_sentence() -> None:
    long = "we walked the dog " * 12
    assert with_stops(f"{long}and it hurts The vet was kind") == f"{long}and it hurts. The vet was kind"
    assert with_stops(f"{long}my friend Emma takes Keppra") == f"{long}my friend Emma takes Keppra"
    assert with_stops("it hurts The vet was kind") == "it hurts The vet was kind"


@pytest.mark.parametrize(
    ("message", "asked", "of"),
    [
        ("what causes gout", ["what causes gout"], set()),
        ("My gran has gout. What causes it?", ["what causes it"], {"other"}),
        ("my gran has gout what causes it", ["what causes it"], {"other"}),
        ("is mine serious?", ["is mine serious"], {"self", "asks of self"}),
        ("my toe has gone blue, is it serious", ["is it serious"], {"self"}),
        ("as I do it every day", [], {"self"}),
        ("does he need a scan", ["does he need a scan"], {"other", "asks of other"}),
        ("I want to sleep for ever", [], {"self"}),
        ("¿qué es la gota? mi abuela la tiene", ["que es la gota"], {"self", "other"}),
    ],
)
def test_what_asks_and_whom_it_names_is_told(message: str, asked: list[str], of: set[str]) -> None:
    reading = Reading(message)
    spans = asking(reading)
    assert [" ".join(reading.words[start:end]) for start, end in spans] == asked
    assert set(spoken_of(reading, spans)) - {"question"} == of


def test_words_near_in_meaning_share_a_cluster_and_words_nobody_knows_have_none() -> None:
    assert clusters_of("oranges") == clusters_of("orange")
    uncle, aunt = clusters_of("uncle"), clusters_of("aunt")
    assert uncle is not None
    assert aunt is not None
    assert uncle[0] == aunt[0]
    assert clusters_of("xqzzwv") is None
