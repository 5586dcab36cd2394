"""A message becomes a query: spelling, everyday words, what is asked, and which part of a message asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot import Chatbot, rebuild
from chatbot.index.features import PASSAGE_FEATURES
from chatbot.index.format import ROLES
from chatbot.index.judging import weights
from chatbot.index.ranking import Scoring
from chatbot.question import asked, spelling
from chatbot.question.asked import recognise
from chatbot.question.everyday import (
    EDITORS_WEIGHT,
    FORMS_WEIGHT,
    WEIGHT,
    Rule,
    compile_rules,
    editors_rules,
    everyday_rules,
    parse,
)
from chatbot.question.shapes import bits, patterns, shapes
from chatbot.question.spelling import MOST_WORDS, SHORTEST, known_words, short_forms
from chatbot.question.steps import Steps
from chatbot.question.understand import Understanding

pytest_plugins = ("fixtures_bot",)

DATA = resources.files("chatbot.question").joinpath("data")
LEXICON = sorted(file.name for file in DATA.joinpath("everyday").iterdir())


@pytest.fixture(scope="module")
def understanding(bicycle_bot: Chatbot) -> Understanding:
    return Understanding(bicycle_bot.index)


@pytest.fixture(scope="module")
def written(bicycle_bot: Chatbot) -> list[str]:
    """The words that stand in the documents themselves."""
    index = bicycle_bot.index
    counts = index.word_counts.tolist()
    return [word for word, count in zip(index.words[:], counts, strict=True) if count]


def read_as(understanding: Understanding, message: str) -> str:
    return " ".join(word.read for word in understanding.read(message)[0])


def explained(bot: Chatbot, question: str) -> dict[str, Any]:
    explanation = bot.reply(question, explain=True).explanation
    assert explanation is not None
    return dict(explanation)


# ---------------------------------------------------------------------- spelling


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
    assert read_as(understanding, "phew haha wow") == "phew haha wow"


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


SEEDED = """
import hashlib
import sys
from pathlib import Path
from chatbot import Chatbot, rebuild
corpus, index, *messages = sys.argv[1:]
version = rebuild(corpus, index)
folder = Path(index, "versions", version)
files = sorted(path for path in folder.iterdir() if path.name != "manifest.json")  # which names its version
print([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files])
bot = Chatbot.open(index)
for message in messages:
    reply = bot.reply(message, [{"role": "user", "content": "what is a chain?"}], explain=True)
    found = [(p.id, p.score, p.highlights) for p in bot.search(message, 100)]
    told = [reply.kind, reply.text, reply.question, reply.corrections, reply.suggestions, reply.explanation]
    print(repr([*told, found]))
"""


def test_the_same_comes_of_documents_and_messages_in_every_process(bicycles: Path, tmp_path: Path) -> None:
    messages = [
        "waht casues puncutres",
        "how is it cleand",
        "rinkle sealent innertube hangr",
        "Why?",
        "sadle soer",
    ]

    def run(seed: str) -> str:
        command = [sys.executable, "-c", SEEDED, str(bicycles), str(tmp_path / seed), *messages]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first = run("1")
    assert first.count("\n") == 1 + len(messages)
    assert run("4242") == first


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


# ---------------------------------------------------------------------- everyday words


def rules(*lines: str) -> list[Rule]:
    return list(parse(lines))


def alternatives(lines: Iterable[str], expression: str, *known: str) -> dict[str, float]:
    """Return what may stand for an expression where an index has only the terms given."""
    expressions, _ = compile_rules(rules(*lines), set(known).__contains__)
    return {terms: weight for weight, terms in expressions.get(expression, [])}


def test_a_group_of_expressions_a_weight_and_a_comment_are_read() -> None:
    found = rules("# all of it", "", "jab | shot,  injection # here too", "0.6: ache | pain", "a b > c | d")
    assert found == [
        Rule(("jab", "shot", "injection"), ("jab", "shot", "injection"), WEIGHT),
        Rule(("ache", "pain"), ("ache", "pain"), 0.6),
        Rule(("a b",), ("c", "d"), WEIGHT),
    ]


@pytest.mark.parametrize("wrong", ["lonely", "left >", "> right", "0.6: lonely", "|", "0.6:", ">"])
def test_a_line_of_another_form_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        rules("one | two", "# a comment", wrong)


def test_expressions_of_a_group_stand_for_each_other() -> None:
    group = ["jab | shot"]
    assert alternatives(group, "jab", "jab", "shot") == {"shot": WEIGHT}
    assert alternatives(group, "shot", "jab", "shot") == {"jab": WEIGHT}


def test_an_arrow_leads_one_way_only() -> None:
    one_way = ["aspirin > medicine"]
    assert alternatives(one_way, "aspirin", "aspirin", "medicine") == {"medicine": WEIGHT}
    assert alternatives(one_way, "medicine", "aspirin", "medicine") == {}


def test_what_no_document_has_stands_for_nothing() -> None:
    assert alternatives(["jab | shot | injection"], "jab", "shot") == {"shot": WEIGHT}
    assert alternatives(["jab | shot"], "jab", "jab") == {}


def test_the_strongest_of_two_lines_counts() -> None:
    assert alternatives(["0.5: jab | shot", "0.7: shot | jab"], "jab", "shot") == {"shot": 0.7}


def test_an_expression_of_many_words_stands_for_one_word_and_the_other_way_round() -> None:
    group = ["throw up | vomit"]
    assert alternatives(group, "throw up", "vomit") == {"vomit": WEIGHT}
    assert "roof mouth" in alternatives(["palate | roof of the mouth"], "palat", "roof", "mouth")
    assert alternatives(["palate | roof of the mouth"], "palat", "roof") == {}


def test_another_form_of_a_word_is_taken_where_the_documents_lack_the_word_itself() -> None:
    lines = [f"{FORMS_WEIGHT}: foot | feet", "sole | bottom of the foot"]
    assert alternatives(lines, "sole", "bottom", "feet") == {"bottom feet": WEIGHT}
    assert alternatives(lines, "sole", "bottom", "foot", "feet") == {"bottom foot": WEIGHT}


def test_the_editors_words_count_more_than_the_packages() -> None:
    (rule,) = editors_rules([["mech", "derailleur"]])
    assert rule == Rule(("mech", "derailleur"), ("mech", "derailleur"), EDITORS_WEIGHT)
    assert WEIGHT < EDITORS_WEIGHT < 1


@pytest.mark.parametrize("name", LEXICON)
def test_a_lexicon_file_is_well_formed(name: str) -> None:
    assert name.endswith(".txt")
    found = rules(*DATA.joinpath(f"everyday/{name}").read_text("utf-8").splitlines())
    assert found
    for rule in found:
        assert 0.3 <= rule.weight <= 1, rule
        for expression in (*rule.asked, *rule.answering):
            assert expression.isascii(), rule
            assert expression == expression.lower(), rule
            assert all(letter.isalnum() or letter in " -'" for letter in expression), rule
            assert len(expression.split()) <= 5, rule


def test_the_package_reads_every_lexicon_file() -> None:
    assert len(LEXICON) >= 5
    lines = [
        line for name in LEXICON for line in DATA.joinpath(f"everyday/{name}").read_text("utf-8").splitlines()
    ]
    assert list(everyday_rules()) == rules(*lines)


@pytest.mark.parametrize(
    ("asked_for", "quoted"),
    [
        ("what is a flat tyre", "A puncture is a hole"),
        ("how do you mend a puncture", "A puncture is repaired"),
        ("what stops the bum getting rubbed", "A saddle sore is a painful lump"),
    ],
)
def test_the_editors_everyday_words_find_the_documents_words(
    tmp_path: Path, bicycles: Path, asked_for: str, quoted: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for path in bicycles.rglob("*.*"):
        (corpus / path.name).write_bytes(path.read_bytes())
    (corpus / "_synonyms.txt").write_text(
        "flat tyre, puncture\nmend, repair\nbum getting rubbed, saddle sore\n", "utf-8"
    )
    rebuild(corpus, tmp_path / "index")
    reply = Chatbot.open(tmp_path / "index").reply(asked_for)
    assert reply.kind == "answer"
    assert reply.passages[0].text.startswith(quoted)


# ---------------------------------------------------------------------- what is asked

ASKED = {
    "definition": ["what is a derailleur", "Define cadence.", "what do you mean by sealant?", "Tell me about rims"],
    "cause": ["why do chains skip?", "what causes a puncture", "what's behind the noise", "what makes brakes squeal"],
    "trigger": ["what triggers an attack", "what sets off the alarm?", "what provokes a rash"],
    "symptom": ["what are the symptoms of gout?", "what does a worn chain look like", "how can you tell it is worn"],
    "type": ["how many kinds of brakes are there", "what types of saddle exist?", "different forms of eczema"],
    "treatment": ["how is a sore treated?", "how do you get rid of rust", "what helps with cramp", "cure for gout"],
    "medicine": ["which medicines are given?", "what drugs work best", "which pills are there"],
    "side_effect": ["side effects of ibuprofen", "what are the downsides of sealant?"],
    "diagnosis": ["how is gout diagnosed?", "what tests are done", "how do doctors know it is gout"],
    "risk": ["who gets gout?", "who is more likely to be hurt", "what are the risk factors"],
    "outlook": ["does it go away?", "is gout curable", "can a worn tyre recover", "does it get worse over time"],
    "prevalence": ["how common is gout?", "how many people cycle", "what percentage of tyres fail"],
    "duration": ["how long does a chain last?", "how soon does glue dry", "how many days does it take"],
    "frequency": ["how often should a chain be cleaned?", "how many times a week"],
    "gene": ["which gene is at fault?", "what mutation lies behind it", "genetic changes in gout"],
    "research": ["what are researchers studying?", "are there clinical trials", "latest research on rust"],
    "living": ["how do people live with gout?", "tips for coping with cramp", "what diet suits cyclists"],
    "complication": ["what complications are there?", "what happens if it is left untreated"],
    "stage": ["what stages of wear are there", "at which stage is it"],
    "inheritance": ["is gout hereditary?", "does it run in families", "can it be passed down"],
    "prevention": ["how can punctures be prevented?", "how to avoid numb hands", "how can one protect against rust"],
    "see_someone": ["when should one see a doctor?", "what are the red flags"],
    "difference": ["difference between a rim and a hub", "tubes versus sealant", "how do rims differ from hubs"],
    "example": ["give me some examples of tools", "name some spare parts", "list the tools"],
    "name": ["what is another name for gout?", "what does ABS stand for", "what is it marketed as"],
    "place": ["where in the body does gout sit?", "which part of the body is sore"],
    "time": ["what time of day is best", "when does it hurt most"],
    "price": ["how much does a saddle cost?", "price of a chain", "is it cheaper online"],
    "history": ["who invented the derailleur?", "in which year was the tyre first sold", "which century was it"],
    "appearance": ["what does a worn chain look like?", "what colour is it"],
    "origin": ["where does the word saddle come from?", "who coined it", "what is it named after"],
    "amount": ["how many grams of grease", "what dose of iron is given", "how heavy is a wheel"],
    "author": ["who wrote this page?", "what are the author's qualifications"],
    "sources": ["what are the sources?", "where did you get this"],
    "editorial": ["who runs this site", "is this page trustworthy?", "was this fact checked"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, question) for kind, questions in ASKED.items() for question in questions]
)
def test_what_is_asked_is_recognised(understanding: Understanding, kind: str, question: str) -> None:
    assert kind in [found.kind.name for found in understanding.understand(question).asked]


def test_every_kind_that_can_be_asked_stands_above() -> None:
    assert {kind.name for kind in asked.kinds()} == set(ASKED)


@pytest.mark.parametrize(
    "question", ["what is the cause of rust", "what are the types of rim", "what is done for rust"]
)
def test_what_is_the_something_of_it_asks_for_the_something(
    understanding: Understanding, question: str
) -> None:
    names = [found.kind.name for found in understanding.understand(question).asked]
    assert names
    assert "definition" not in names


@pytest.mark.parametrize("question", ["rim tape thorns glass", "bicycles in the rain", ""])
def test_a_few_words_ask_for_no_kind(understanding: Understanding, question: str) -> None:
    assert understanding.understand(question).asked == ()


def test_who_only_names_a_thing_wants_to_know_what_it_is(understanding: Understanding) -> None:
    for question in ("puncture", "puncture definition", "inner tube"):
        asked_for = understanding.understand(question)
        assert [found.kind.name for found in asked_for.asked] == ["definition"]
        named = question.removesuffix(" definition")
        assert asked_for.query.defines == understanding.understand(f"what is {named}").query.defines


def test_what_a_story_asks_is_what_its_question_asks(understanding: Understanding) -> None:
    told = understanding.understand(
        "My brother knows how many gears there are. How is a puncture repaired, please?"
    )
    assert "prevalence" not in [found.kind.name for found in told.asked]


def test_a_kind_names_shapes_and_roles_that_exist() -> None:
    for kind in asked.kinds():
        assert kind.cues, kind.name
        assert all(cue and "*" not in (cue[0], cue[-1]) for cue in kind.cues), kind.name
        assert kind.shapes < 1 << len(patterns()), kind.name
        assert set(kind.roles) <= set(ROLES) - {"body"}, kind.name
        assert kind.bonus > 0, kind.name
    with pytest.raises(ValueError, match="no such shape"):
        bits(["no such shape"])


def test_the_explanation_names_what_was_asked_and_how_each_word_was_read(bicycle_bot: Chatbot) -> None:
    told = explained(bicycle_bot, "what causes a puncutre")
    assert "cause" in told["asked"]
    assert "puncture" in [word["word"] for word in told["words"]]
    json.dumps(told)


# ---------------------------------------------------------------------- shapes of sentences


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ("rate", "About 3 in every 100 tyres have a flaw."),
        ("rate", "Some 12.5% of riders fall."),
        ("duration", "A chain lasts for 2 to 3 years."),
        ("frequency", "Oil the chain twice a month."),
        ("alias", "A flat is also called a puncture."),
        ("example", "Tools, such as spanners, are needed."),
        ("definition", "A puncture is a hole in the tube."),
        ("cause", "Most punctures are caused by glass."),
        ("treatment", "A sore is treated with ointment."),
        ("diagnosis", "A test of the gauge shows it."),
        ("symptom", "The hands feel numb."),
        ("see_someone", "See a doctor if the lump grows."),
        ("outlook", "Most sores clear up within days."),
        ("inheritance", "It can run in families."),
        ("person", "Children need smaller saddles."),
        ("place", "It hurts in the knee."),
        ("prevention", "Gloves protect against numb hands."),
        ("time", "Rims ice up in winter."),
        ("prevalence", "Punctures affect about one rider in ten."),
        ("prevalence", "Fewer than 30 families have been reported."),
        ("prevalence", "A bent axle is very rare."),
        ("gene_change", "Mutations in the BEND gene cause soft frames."),
        ("origin", "The word comes from the Greek for two wheels."),
        ("origin", "It was coined in 1868 by a Paris maker."),
        ("origin", "Named after its town, the Brampton hub came later."),
        ("question", "How is a tube patched?"),
        ("pointer", "These resources address the care of chains: Chain Guide; Oil Guide"),
    ],
)
def test_a_sentence_shows_its_shape(shape: str, sentence: str) -> None:
    assert shapes(sentence) & bits([shape])
    assert not shapes("Nuts hold bolts.") & bits([shape])


@pytest.mark.parametrize("sentence", ["Rust is considered ugly.", "Rust is first treated with oil."])
def test_what_is_only_said_of_a_thing_does_not_define_it(sentence: str) -> None:
    assert not shapes(sentence) & bits(["definition"])


def test_groups_and_sites_of_a_body_lead_nowhere_else() -> None:
    assert not shapes("These groups of muscles jerk: face and arms.") & bits(["pointer"])
    assert not shapes("Other sites of pain: the knee.") & bits(["pointer"])


def test_of_a_list_of_titles_only_its_lead_has_a_shape() -> None:
    lead = "These pages are about the diagnosis of rust"
    assert shapes(f"{lead}: Inherited rust; Surgery for chains") == shapes(f"{lead}.")


def test_a_shape_counts_however_often_it_is_named_once() -> None:
    assert bits(["rate", "rate"]) == bits(["rate"])
    assert bits(patterns()) == (1 << len(patterns())) - 1


# ---------------------------------------------------------------------- the question in a story

TOLD = "My sister rides to her office every day. Her saddle squeaks. How is a chain cleaned?"
STORY = (
    "My sister rides to her office every day, even in the snow. Her saddle squeaks, and last week the gloves that she "
    "keeps in the basket were stolen. Anyway, how is a chain cleaned? She loves that handlebar, by the way."
)


@pytest.mark.parametrize("message", [TOLD, STORY])
def test_the_question_in_a_story_is_what_is_answered(bicycle_bot: Chatbot, message: str) -> None:
    reply = bicycle_bot.reply(message)
    assert reply.kind == "answer"
    assert reply.passages[0].text.startswith("A dirty chain is cleaned")


def test_the_words_of_the_question_count_more_than_those_of_the_story(bicycle_bot: Chatbot) -> None:
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, STORY)["words"]}
    assert weights["chain"] == 1
    assert 0 < weights["saddle"] < weights["chain"]
    assert 0 < weights["handlebar"] < weights["chain"]


@pytest.mark.parametrize(
    "message",
    ["saddle chain pressure", "Is it the saddle? Is it the chain?", "The saddle. The chain. The handlebar."],
)
def test_without_a_question_in_it_or_with_nothing_else_every_word_counts(
    bicycle_bot: Chatbot, message: str
) -> None:
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, message)["words"]}
    assert weights["saddle"] == weights["chain"] == 1


def test_a_word_that_stands_in_the_story_and_in_the_question_counts_fully(bicycle_bot: Chatbot) -> None:
    told = explained(
        bicycle_bot, "The chain of my sister rattles. It drives her mad. How is a chain cleaned?"
    )
    weights = {word["word"]: word["weight"] for word in told["words"]}
    assert weights["chain"] == weights["cleaned"] == 1


def test_a_question_behind_a_very_long_story_is_not_lost(bicycle_bot: Chatbot) -> None:
    story = " ".join(f"{word.capitalize()} came by." for word in sorted(known_words())[5::600])
    message = f"{story[:1900].rpartition('.')[0]}. How is a puncture repaired?"
    weights = {word["word"]: word["weight"] for word in explained(bicycle_bot, message)["words"]}
    assert weights["puncture"] == weights["repaired"] == 1
    assert bicycle_bot.search(message, 1)[0].text.startswith("A puncture is repaired")


# ---------------------------------------------------------------------- steps left out


def test_a_step_that_is_left_out_leaves_the_others_as_they_are(bicycle_bot: Chatbot) -> None:
    message = "My saddle hurts. What causes a flat tyre and a puncturre?"

    def seen(**left_out: bool) -> dict[str, bool]:
        question = Understanding(bicycle_bot.index, Steps(**left_out)).understand(message)
        groups = question.query.groups
        return {
            "spelling": "puncture" in question.text.split("?")[0],
            "everyday_words": any(one.origin == "synonym" for group in groups for one in group.alternatives),
            "kind_asked": bool(question.query.shapes) and any(group.asked for group in groups),
            "focus": any(group.word == "saddle" and group.weight < 1 for group in groups),
        }

    assert set(seen()) == set(Steps.__dataclass_fields__)
    assert all(seen().values())
    for name in Steps.__dataclass_fields__:
        assert [step for step, taken in seen(**{name: False}).items() if not taken] == [name]


def test_a_bot_searches_with_the_weights_it_is_given(bicycle_bot: Chatbot) -> None:
    nothing_read = weights().without(*(name for name in PASSAGE_FEATURES if name != "first"))
    flat = Chatbot(bicycle_bot.index, scoring=Scoring(title=0.0), weights=nothing_read)
    question = "how is a chain cleaned?"
    assert flat.search(question)[0].score < bicycle_bot.search(question)[0].score
    assert flat.reply(question).passages[0].score == flat.search(question)[0].score


def test_every_cue_of_a_kind_that_says_nothing_of_the_subject_is_part_of_the_asking() -> None:
    words = "what do the initials bmx stand for".split()
    (name,) = (asked for asked in recognise(words) if asked.kind.name == "name")
    assert {words[place] for place in name.places} == {"initials", "stand", "for"}
