"""What the trained part of the triage promises: it is what the examples build, small, quick, and explains itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from chatbot.cli import main
from chatbot.errors import QuestionFileError
from chatbot.question.vectors import SIZE, word_vectors
from chatbot.reply import Turn
from chatbot.safety import triage
from chatbot.safety.disturb import padded, slipped
from chatbot.safety.features import MOST_READ, NONE, features, hashed, stretches
from chatbot.safety.features import SIZE as FEATURES
from chatbot.safety.judgement import judge
from chatbot.safety.matter import matter, telling
from chatbot.safety.model import CHATTER, DANGERS, FOLDER, LABELS, load, save
from chatbot.safety.reading import Reading
from chatbot.safety.sentences import TOP, by_sentence, pieces
from chatbot.safety.summary import summary
from chatbot.safety.training_examples import Example, fingerprint, read_examples
from chatbot.safety.training_messages import FOLDS, HARD_CHAT, chat_around
from chatbot.safety_evaluation import read_messages

# What has to be reached on messages of situations that were kept out (see `make model`). Many of them are
# hints, keywords, stories and turns of a conversation that even a reader finds hard without what was said before; the
# more of them were written where the triage failed, the lower these figures are.
FLOORS = {
    "English": {
        "crisis or emergency of crises": 0.9,
        "crisis or emergency of emergencies": 0.95,
        "personal refused": 0.91,
        "small talk found": 0.84,
    },
    "Spanish": {
        "crisis or emergency of crises": 0.92,
        "crisis or emergency of emergencies": 0.945,
        "personal refused": 0.86,
        "small talk found": 0.79,
    },
}
CEILINGS = {"English": 0.07, "Spanish": 0.115}
LARGEST = 1_500_000


def said(*messages: str) -> list[Turn]:
    return [turn for message in messages for turn in (Turn("user", message), Turn("assistant", "…"))]


def test_the_model_was_built_from_the_examples_that_are_there() -> None:
    assert load().examples == fingerprint(), "the examples changed; build the model anew with: make model"


def test_the_model_was_built_with_the_word_vectors_that_are_there() -> None:
    assert load().vectors == word_vectors().sha256, (
        "the vectors changed; build the model anew with: make model"
    )


@pytest.mark.parametrize("language", FLOORS)
def test_unseen_situations_reach_their_floors_in_cross_validation(language: str) -> None:
    figures = load().figures[language]
    for name, floor in FLOORS[language].items():
        assert figures[name] >= floor, name
    assert figures["informational refused"] <= CEILINGS[language]


def test_training_twice_gives_the_same_model() -> None:
    from chatbot.safety.train import train

    every = read_examples()
    chat = [example for example in every if " chat: " in example.situation]
    some = list(dict.fromkeys([*every[::40], *chat[::4]]))
    first, _ = train(some)
    second, _ = train(some)
    np.testing.assert_array_equal(first.combiner.out, second.combiner.out)
    np.testing.assert_array_equal(first.about.out, second.about.out)
    np.testing.assert_array_equal(first.labels.weights, second.labels.weights)
    assert first.thresholds == second.thresholds


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    shipped = load()
    save(shipped, tmp_path)
    again = load(tmp_path)
    np.testing.assert_array_equal(again.labels.weights, shipped.labels.weights)
    np.testing.assert_array_equal(again.combiner.hidden, shipped.combiner.hidden)
    np.testing.assert_array_equal(again.about.out_bias, shipped.about.out_bias)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(ValueError, match="make model"):
        load(tmp_path)


def test_the_model_is_small_and_nothing_in_it_is_executed() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST
    for path in FOLDER.glob("*.npy"):
        assert np.load(path, allow_pickle=False).dtype in (np.int8, np.float16)


def test_a_network_learns_what_no_straight_line_parts_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    from chatbot.safety import network
    from chatbot.safety.network_training import Shape
    from chatbot.safety.network_training import network as trained

    given = np.random.default_rng(4).normal(size=(2000, 2))
    labels = np.where(np.hypot(*given.T) > 1.5, 2, (given[:, 0] * given[:, 1] > 0).astype(np.int64))
    learnt = trained(given, labels, Shape(units=16, dear=1e-4, rounds=40, begun=2))
    shares = learnt.shares(given)
    assert (shares.argmax(axis=1) == labels).mean() > 0.8
    assert shares[:, 3:].max() < 1e-6
    np.testing.assert_allclose(shares[7], learnt.shares(given[7]), atol=1e-6)
    again = network.load(tmp_path / "n.npy", network.save(learnt, tmp_path / "n.npy"))
    np.testing.assert_allclose(again.shares(given), shares, atol=0.01)


def test_a_summary_tells_what_is_meant_apart_from_its_words() -> None:
    def angle(one: str, other: str) -> float:
        first, second = (summary(Reading(text).words, ())[:SIZE] for text in (one, other))
        return float(first @ second)

    assert angle("he is so despondent", "she feels hopeless") > 0.3 + angle(
        "he is so despondent", "the bus fare"
    )
    asked = summary(["is", "mum", "ill"], [(0, 3)])
    told = summary(["is", "mum", "ill"], [])
    assert asked[SIZE * 2 : SIZE * 3].any()
    assert not told[SIZE * 2 : SIZE * 3].any()
    assert asked[3 * SIZE :].sum() == 2 * told[3 * SIZE :].sum() > 0
    assert not summary([], []).any()


def test_serving_needs_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys; from chatbot.safety import triage; triage('is mine serious?');"
        "print([name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("history", "message", "label"),
    [
        ([], "numb hands", "none"),
        ([], "sore throat", "none"),
        ([], "how do I renew my passport", "none"),
        ([], "why do my tyres wear", "none"),
        (["what are the signs of myoclonus"], "What could those signs mean?", "none"),
        ([], "thanks, that's really clear", "smalltalk"),
        ([], "Ha, good to know!", "smalltalk"),
        ([], "wow, I had no idea", "smalltalk"),
        (["should I stop my tablets"], "fine. what does it usually indicate, in general?", "none"),
        ([], "hiya", "smalltalk"),
        ([], "¿quién eres?", "smalltalk"),
    ],
)
def test_near_misses_are_told_apart(history: list[str], message: str, label: str) -> None:
    assert triage(message, said(*history)).label == label


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("all right to run on this knee?", "personal_advice"),
        ("too late to have tonight's now?", "personal_advice"),
        ("ferritin 7, what now", "personal_advice"),
        ("do people run after a knee operation", "none"),
        ("what does a high calcium mean", "none"),
        ("if I went in the night it'd be a kindness", "crisis"),
        ("the seats in this clinic are killing me, what is sciatica", "none"),
        ("we gave the dog's pills to grandad by mistake, he's reading the paper", "emergency"),
        ("are you made by doctors", "smalltalk"),
        ("you cheered me up, ta", "smalltalk"),
    ],
)
def test_what_no_example_says_in_the_same_words_is_known(message: str, label: str) -> None:
    assert message not in {example.text for example in read_examples()}
    assert triage(message).label == label


def test_a_finding_of_the_model_names_the_words_that_weighed_most() -> None:
    found = next(
        seen
        for example in read_examples()
        if example.label == "personal_advice"
        and (seen := judge(Reading(example.text))).label == "personal_advice"
        and seen.evidence.personal is None
    )
    assert found.finding is not None
    name, _, words = found.finding.reason.partition(": ")
    assert name.startswith("sounds like")
    assert words


def test_a_call_for_help_is_found_in_the_middle_of_chatter() -> None:
    chat = "We watched the quiz last night. The bakery on the corner does a good loaf on Fridays. " * 3
    assert triage(f"{chat} My son is having a seizure and it won't stop. {chat}").label == "emergency"
    assert triage(f"{chat} What is palatal myoclonus? {chat}").label == "none"


def test_a_sentence_that_sounds_like_danger_is_no_chatter() -> None:
    words = ("the", "ferns", "grew", ".") * 14 + ("goodbye",)
    by_word = np.zeros((len(words), CHATTER + 1))
    by_word[:, CHATTER] = 5.0
    by_word[-1, CHATTER] = 15.0
    bias = np.full(CHATTER + 1, -5.0)
    assert len(words) - 1 not in matter(by_word, bias, words, ())
    by_word[-1, LABELS.index("crisis")] = 3.0
    assert matter(by_word, bias, words, ()) == [len(words) - 1]


def test_a_sentence_with_a_word_of_illness_is_no_chatter() -> None:
    words = ("the", "ferns", "grew", ".") * 14 + ("my", "rash", ".")
    by_word = np.zeros((len(words), CHATTER + 1))
    by_word[:, CHATTER] = 5.0
    by_word[-3:, CHATTER] = 15.0
    bias = np.full(CHATTER + 1, -5.0)
    assert len(words) - 2 not in matter(by_word, bias, words, ())
    ill = telling(Reading("the ferns grew. " * 14 + "my rash."))
    assert matter(by_word, bias, words, (), ill) == [len(words) - 3, len(words) - 2, len(words) - 1]


def test_a_long_message_about_danger_is_learnt_from_the_sentence_that_tells_of_it() -> None:
    from chatbot.safety.train import Learnt, _telling

    crisis, fact = LABELS.index("crisis"), LABELS.index("informational")
    pieces = csr_matrix(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))
    counts = csr_matrix(np.ones((2, 2)))
    labels = np.array([crisis, fact])
    learnt = Learnt(counts, labels, counts, labels, pieces, np.array([0, 0, 1]), np.ones(3, dtype=bool))
    found, told = _telling(learnt, crisis, np.array([-1.0, 1.0]))
    assert told.tolist() == [0, 1, 0]
    assert found.toarray().tolist() == [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("label", ["crisis", "emergency"])
def test_chatter_does_not_thin_the_sentence_of_danger_wherever_it_stands(label: str) -> None:
    column = LABELS.index(label)
    bias = np.full(CHATTER + 1, -3.0)

    def told(*sentences: float) -> list[float]:
        words = ["a", "b", "."] * len(sentences)
        by_word = np.zeros((len(words), CHATTER + 1))
        by_word[::3, column] = sentences
        found = by_sentence(by_word, bias, words, [(3, 5)])
        assert len(found) == len(by_sentence(np.zeros((0, CHATTER + 1)), bias, [], ()))
        return list(found)

    best, mean = DANGERS.index(column), 2 * TOP + DANGERS.index(column)
    alone, begun, ended = told(9.0), told(9.0, *[0.0] * 9), told(*[0.0] * 9, 9.0)
    assert alone[best] == pytest.approx(9 / np.sqrt(2) - 3)
    assert alone[best] == begun[best] == ended[best]
    assert alone[mean] == alone[best] > begun[mean] == ended[mean]
    assert begun != ended


def test_two_sentences_that_hint_tell_more_than_one() -> None:
    bias = np.full(CHATTER + 1, -3.0)
    words = ["a", "b", "."] * 4
    by_word = np.zeros((len(words), CHATTER + 1))
    second = 2 + LABELS.index("crisis")
    by_word[0, 0] = 4.0
    once = by_sentence(by_word, bias, words, ())
    by_word[6, 0] = 4.0
    twice = by_sentence(by_word, bias, words, ())
    assert once[0] == twice[0]
    assert once[second] < twice[second] == twice[0]


def test_a_sentence_without_an_end_is_read_in_pieces() -> None:
    assert pieces([(0, 30), (31, 98)]) == [(0, 30), (31, 53), (53, 75), (75, 98)]
    assert pieces([]) == []


@pytest.mark.parametrize("times", [1, 3, 25])
@pytest.mark.parametrize("end", ["", "."])
def test_an_ordinary_story_is_none_with_full_stops_or_without(times: int, end: str) -> None:
    story = f"the rider rode along the road to the town and met a friend there{end} " * times
    assert triage(f"{story}what is a chain?").label == "none"


def test_chat_is_put_around_examples_of_its_own_fold() -> None:
    said = [Example(f"chat {n}", "off_topic", f"en chat: {n}") for n in range(FOLDS - 1)]
    said += [Example("charla", "off_topic", "es chat: uno", language="es"), Example("gout?", "x", "en x: y")]
    said += [Example("we buried him", "off_topic", "en chat: 2", folder=HARD_CHAT)]
    fold_of = {example.situation: n % FOLDS for n, example in enumerate(said[:-1])}
    found = chat_around(said, fold_of)
    assert found["en", 2, True] == ["chat 2"]
    assert found["en", 2, False] == ["chat 2", "we buried him"]
    assert found["en", FOLDS - 1, True] == [f"chat {n}" for n in range(FOLDS - 1)]
    assert found["es", 0, False] == found["es", FOLDS - 1, True] == ["charla"]


def test_a_word_beyond_those_that_are_read_closely_still_tells_itself() -> None:
    many = [f"zq{chr(97 + n % 26)}{chr(97 + n // 26)}vx" for n in range(MOST_READ)]
    found = features([*many, "zqlastvx"])
    own = found.alone[found.starts[MOST_READ] :]
    assert hashed("w zqlastvx") & (FEATURES - 1) in own
    assert len(own) < len(found.alone[found.starts[3] : found.starts[4]])


def test_every_feature_belongs_to_one_word() -> None:
    words = Reading("Should my mum take it? She is 80.").words
    found = features(words)
    assert len(found.starts) == len(words) + 1
    assert found.starts[-1] == len(found.alone)
    assert found.beside.shape[1] == len(words)


def test_words_beside_each_other_are_features_of_the_later_one() -> None:
    first, second = features(["take", "it", "now"]), features(["leave", "it", "now"])
    assert (first.beside[:, 1] != second.beside[:, 1]).any()
    assert set(first.alone[first.starts[1] : first.starts[2]]) == set(
        second.alone[second.starts[1] : second.starts[2]]
    )


def test_no_feature_reaches_over_the_end_of_a_sentence() -> None:
    alone, behind = features(["take", "it"]), features(["mum", "fell", ".", "take", "it"])
    np.testing.assert_array_equal(behind.beside[:, 3:], alone.beside)


def test_what_a_word_does_not_have_beside_it_is_no_feature() -> None:
    found = features(["it"])
    assert (found.beside == NONE).any()
    assert len(found.all()) == len(found.alone) + int((found.beside != NONE).sum())


def test_stretches_are_few_and_lie_within_the_message() -> None:
    for words in (["a"] * 500, ["a", "."] * 500, ["."] * 9, []):
        places = stretches(words, 30)
        assert len(places) <= 5 * len(words) + 1
        assert all(0 <= start < end <= len(words) and end - start <= 30 for start, end in places)


def test_disturbed_messages_are_the_same_each_time_and_hold_the_message() -> None:
    import random

    text = "should my mother stop taking clonazepam"
    assert slipped(text, random.Random(1)) == slipped(text, random.Random(1)) != text
    assert text in padded(text, ["We had soup."], random.Random(1), 5, 5)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_the_probabilities_of_any_text_add_up_to_one(message: str) -> None:
    found = judge(Reading(message))
    assert not found.shares or sum(found.shares.values()) == pytest.approx(1.0)
    assert not found.shares or tuple(found.shares) == LABELS


def messages_file(tmp_path: Path, *rows: tuple[str, str]) -> Path:
    path = tmp_path / "messages.jsonl"
    lines = [json.dumps({"id": str(n), "text": text, "label": label}) for n, (text, label) in enumerate(rows)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_an_evaluation_prints_rates_with_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = messages_file(
        tmp_path, ("hello", "smalltalk"), ("I want to die", "crisis"), ("what is gout", "informational")
    )
    assert main(["evaluate", str(path), "--safety"]) == 0
    printed = capsys.readouterr().out
    assert "crisis found" in printed
    assert "1 of 1" in printed
    assert "I want to die" not in printed


def test_an_evaluation_below_its_bar_says_so_and_lists_its_misses_unless_told_not_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = messages_file(tmp_path, ("what is gout", "crisis"))
    assert main(["evaluate", str(path), "--safety", "--min-right", "0.5"]) == 1
    assert "0: crisis got other: what is gout" in capsys.readouterr().out
    assert main(["evaluate", str(path), "--safety", "--no-misses", "--min-right", "0.5"]) == 1
    assert "what is gout" not in capsys.readouterr().out


@pytest.mark.parametrize("line", ["no json", "[]", '{"text": "a", "label": "b"}', '{"label": "crisis"}'])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(line)
    with pytest.raises(QuestionFileError, match="line 1"):
        read_messages(path)
