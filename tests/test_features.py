"""What speaks for a passage: each number says what its name does, and the fitted weights rank by them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from chatbot import Chatbot, rebuild
from chatbot.index.features import ABOUT, PASSAGE_FEATURES, SENTENCE_FEATURES, SUBJECT_FEATURES
from chatbot.index.judging import Weights, named, weights
from chatbot.index.reading import OWN
from chatbot.index.search import Candidates, candidates
from chatbot.question.query import Query

pytest_plugins = ("fixtures_bot",)

OVENS = """---
title: Stone ovens
author: Ann Lee
---
# Stone ovens

## Smoke

A fire of wet wood smokes. The flue draws the smoke away when it is warm, and a cold flue pushes it back into the
bakehouse. Bakers light a small fire of straw below the flue first. They wait until the flame leans towards the opening.
Only then do they lay the big logs, always three of them, on the grate. The door stays open by a hand's breadth.

A flue that is swept twice a year keeps its draught. Soot that has turned to tar burns with a roar, and the stones of
the flue crack. A sweep comes in spring and in autumn. The sweep looks at the damper and at the lid too.

## Ash

What causes white ash? Dry beech logs do. It is spread on the beds in spring.

## Cracks

Cracks are filled with clay. The clay dries for a week.

## Sources

- Lee A. Clay that fills a crack in an oven. Bakehouse Papers, 2019.
"""
CHURCH = "# The church\n\n## Bells\n\nThe bells ring at noon. A crack in a bell cannot be mended.\n"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    root = tmp_path_factory.mktemp("ovens")
    (root / "corpus").mkdir()
    for name, text in {"ovens.md": OVENS, "church.md": CHURCH}.items():
        (root / "corpus" / name).write_text(text, encoding="utf-8")
    rebuild(root / "corpus", root / "index")
    return Chatbot.open(root / "index")


def query_of(bot: Chatbot, question: str) -> Query:
    return bot.understood(question).query


def read_of(bot: Chatbot, question: str | Query, by: Weights | None = None) -> Candidates:
    query = query_of(bot, question) if isinstance(question, str) else question
    found = candidates(bot.index, query, by=by)
    assert found is not None
    return found


def feature(bot: Chatbot, question: str | Query, name: str) -> dict[str, float]:
    """Return one feature of every candidate, by the first four words of its text."""
    found = read_of(bot, question)
    column = found.features.passages[:, PASSAGE_FEATURES.index(name)].tolist()
    texts = [bot.index.passage(number).text for number in found.passages.tolist()]
    return {" ".join(text.split()[:4]): value for text, value in zip(texts, column, strict=True)}


# ---------------------------------------------------------------------- one by one


def test_all_is_the_share_of_what_was_typed_that_a_passage_or_its_headings_say(bot: Chatbot) -> None:
    whole = feature(bot, "clay in cracks", "all")
    assert whole["Cracks are filled with"] == pytest.approx(1.0)
    assert 0 < whole["The bells ring at"] < 1
    half = feature(bot, "clay in cracks of zzqxv", "all")
    assert 0 < half["Cracks are filled with"] < 1


def test_a_passage_need_not_repeat_what_its_heading_says(bot: Chatbot) -> None:
    assert feature(bot, "smoke", "all")["A flue that is"] == pytest.approx(1.0)
    assert feature(bot, "smoke", "said_any")["A flue that is"] == pytest.approx(0.5)


def test_a_word_of_the_heading_counts_as_the_headings_alone(bot: Chatbot) -> None:
    assert feature(bot, "smoke", "heading")["A flue that is"] == pytest.approx(1.0)
    assert feature(bot, "smoke", "best_said")["A flue that is"] < 1
    assert feature(bot, "logs", "heading")["What causes white ash?"] == 0.0


def test_a_heading_that_asks_for_another_thing_does_not_fit(bicycle_bot: Chatbot) -> None:
    fit = feature(bicycle_bot, "what is a chain?", "heading_fit")
    assert fit["A chain is a"] == pytest.approx(1.0)
    assert fit["A chain lasts for"] == fit["A chain skips because"] == 0.0


def test_only_a_heading_that_is_the_whole_of_it_fits_what_is_to_be_defined(bicycle_bot: Chatbot) -> None:
    assert feature(bicycle_bot, "what is a saddle?", "heading_fit")["The saddle is at"] == 0.0
    assert feature(bicycle_bot, "saddle too high", "heading_fit")["The saddle is at"] > 0.0


def test_the_heading_that_asks_for_what_is_asked_is_of_its_kind(bicycle_bot: Chatbot) -> None:
    kind = feature(bicycle_bot, "why does a chain skip?", "kind")
    assert kind["A chain skips because"] == 1.0
    assert kind["A chain lasts for"] == 0.0


def test_a_heading_of_its_kind_counts_as_far_as_the_title_says_the_rest(bicycle_bot: Chatbot) -> None:
    skips = "A chain skips because"
    of_bicycles = feature(bicycle_bot, "why does a bicycle chain skip?", "kind_context")[skips]
    of_all_chains = feature(bicycle_bot, "why does a chain skip on a muddy hill?", "kind_context")[skips]
    assert 0.0 < of_all_chains < of_bicycles < 1.0
    assert feature(bicycle_bot, "how is a bicycle chain cleaned?", "kind_context")[skips] == 0.0
    other = feature(bicycle_bot, "what does a bicycle chain look like?", "other_context")
    assert other[skips] > 0.0
    assert other["A chain lasts for"] > 0.0
    assert not any(feature(bicycle_bot, "what does a bicycle chain cost?", "other_context").values())


def test_what_is_read_before_counts_for_headings_of_its_document(bicycle_bot: Chatbot) -> None:
    query = query_of(bicycle_bot, "what causes it to skip?")
    index = bicycle_bot.index
    after = next(n for n in range(len(index)) if index.passage(n).text.startswith("A chain lasts"))
    skips, punctured = "A chain skips because", "A puncture is repaired"
    assert feature(bicycle_bot, replace(query, after=after), "kind_read")[skips] == 1.0
    asked = replace(query_of(bicycle_bot, "symptoms of a chain"), after=after)
    assert feature(bicycle_bot, asked, "other_read")[skips] == 1.0
    assert not any(feature(bicycle_bot, query, "kind_read").values())
    elsewhere = feature(
        bicycle_bot, replace(query_of(bicycle_bot, "why punctures"), after=after), "kind_read"
    )
    assert elsewhere.get(punctured, 0.0) == 0.0


def test_what_is_named_is_told_from_what_only_asks(bot: Chatbot) -> None:
    named_said = feature(bot, "symptoms of a crack in a bell", "named_said")
    assert named_said["The bells ring at"] == pytest.approx(1.0)
    assert 0.0 < named_said["Cracks are filled with"] < 0.9


def test_a_summary_is_told_unless_it_was_asked_for(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "ovens.md").write_text(
        "# Ovens\n\n## Key points\n\nOvens smoke.\n\n## Smoke\n\nOvens smoke when wet.\n"
    )
    rebuild(corpus, tmp_path / "index")
    ovens = Chatbot.open(tmp_path / "index")
    told = feature(ovens, "do ovens smoke?", "summary")
    assert (told["Ovens smoke."], told["Ovens smoke when wet."]) == (1.0, 0.0)
    assert not any(feature(ovens, "a summary of how ovens smoke", "summary").values())


def test_a_sentence_that_begins_with_what_is_asked_about_defines_it(bicycle_bot: Chatbot) -> None:
    defines = feature(bicycle_bot, "what is a chain?", "best_defines")
    assert [text for text, value in defines.items() if value] == ["A chain is a"]
    assert not any(feature(bicycle_bot, "why does a chain skip?", "best_defines").values())


def test_the_best_of_the_first_ranking_has_nothing_to_catch_up(bot: Chatbot) -> None:
    first = list(feature(bot, "clay in cracks", "first").values())
    assert first[0] == 0.0
    assert all(value < 0 for value in first[1:])
    assert first == sorted(first, reverse=True)


def test_only_the_first_passage_below_a_heading_is_first_below_it(bot: Chatbot) -> None:
    below = feature(bot, "flue", "first_below")
    assert (below["A fire of wet"], below["A flue that is"]) == (1.0, 0.0)


def test_only_the_first_passage_of_a_document_opens_it(bot: Chatbot) -> None:
    opening = feature(bot, "spring cracks in a flue, logs", "opening")
    assert [text for text, value in opening.items() if value] in (
        ["A fire of wet", "The bells ring at"],
        ["The bells ring at", "A fire of wet"],
    )


def test_a_source_is_beyond_the_body_until_sources_are_asked_for(bot: Chatbot) -> None:
    query = query_of(bot, "a crack filled with clay")
    source, body = "- Lee A. Clay", "Cracks are filled with"
    beyond = feature(bot, query, "beyond")
    assert (beyond[source], beyond[body]) == (1.0, 0.0)
    asked = replace(query, roles=frozenset({"sources"}))
    assert feature(bot, asked, "beyond")[source] == 0.0
    assert feature(bot, asked, "role")[source] == 1.0
    assert feature(bot, query, "role")[source] == 0.0


def test_a_passage_beside_what_was_read_has_the_logarithm_of_what_that_counts(bot: Chatbot) -> None:
    query = query_of(bot, "crack")
    number = next(n for n in range(len(bot.index)) if bot.index.passage(n).text.startswith("The bells"))
    near = feature(bot, replace(query, nearby=((number, number + 1, 3.0),)), "nearby")
    assert near["The bells ring at"] == pytest.approx(math.log(3.0))
    assert near["Cracks are filled with"] == 0.0


def test_a_passage_that_asks_something_else_itself_is_told(bot: Chatbot) -> None:
    assert feature(bot, "how is ash treated?", "asks_other")["What causes white ash?"] == 1.0
    assert feature(bot, "what causes ash?", "asks_other")["What causes white ash?"] == 0.0


def test_a_document_is_about_what_is_asked_where_its_title_is_asked_about(bot: Chatbot) -> None:
    subject = feature(bot, "what do stone ovens do with cracks?", "subject")
    assert (subject["Cracks are filled with"], subject["The bells ring at"]) == (1.0, 0.0)
    assert not any(feature(bot, "what is done with cracks?", "subject").values())


# ---------------------------------------------------------------------- names and columns


@pytest.mark.parametrize("question", ["how is a chain cleaned?", "tyres and punctures: how long?", "numb"])
def test_names_and_columns_agree(bicycle_bot: Chatbot, question: str) -> None:
    found = read_of(bicycle_bot, question)
    passages, sentences = found.features.passages, found.features.sentences
    column = {name: passages[:, place] for place, name in enumerate(PASSAGE_FEATURES)}
    each = {name: sentences[:, place] for place, name in enumerate(SENTENCE_FEATURES)}
    best = found.reading.first + found.features.best
    for name in ("said", "near", "alike", "shape", "shape_more", "defines"):
        np.testing.assert_array_equal(column[f"best_{name}"], each[name][best])
    for name in ("alike", "close", "precise"):
        most = np.maximum.reduceat(each[name], found.reading.first)
        np.testing.assert_array_equal(column[f"most_{name}"], most)
    np.testing.assert_array_equal(column["alike"], found.reading.passage_alike)
    for name in SUBJECT_FEATURES:
        bare = column["subject"] * (found.reading.telling[OWN] == 0)  # headings say what a passage is about
        np.testing.assert_array_equal(column[name + ABOUT], column[name] * bare)


def test_no_feature_has_the_name_of_another() -> None:
    assert len(set(PASSAGE_FEATURES)) == len(PASSAGE_FEATURES)
    assert len(set(SENTENCE_FEATURES)) == len(SENTENCE_FEATURES)


# ---------------------------------------------------------------------- weights


def test_the_shipped_weights_name_only_features_that_exist() -> None:
    told = json.loads(resources.files("chatbot.index").joinpath("weights.json").read_text("utf-8"))
    assert set(told) == {"passage", "sentence"}
    assert set(told["passage"]) <= set(PASSAGE_FEATURES)
    assert set(told["sentence"]) <= set(SENTENCE_FEATURES)
    for name, value in told["passage"].items():
        assert weights().passage[weights().places[name]] == pytest.approx(value)


def test_a_feature_that_is_not_named_weighs_nothing() -> None:
    by = named({"heading": 2.0}, {"opening": 1.0})
    row = np.zeros((2, len(PASSAGE_FEATURES)), np.float32)
    row[0, PASSAGE_FEATURES.index("heading")] = 0.5
    row[1, PASSAGE_FEATURES.index("title")] = 0.5
    assert by.score(row).tolist() == [1.0, 0.0]


def test_what_is_left_out_weighs_nothing_and_the_rest_stays() -> None:
    places = [weights().places["heading"], weights().places["all_near"]]
    lacking = weights().without("heading", "all_near").passage
    changed = np.flatnonzero(lacking != weights().passage)
    assert sorted(changed.tolist()) == sorted(places)
    assert not lacking[places].any()


def test_the_sentence_is_chosen_by_its_own_weights(bicycle_bot: Chatbot) -> None:
    question = "how is a puncture repaired?"
    first = read_of(bicycle_bot, question, named({}, {"opening": 1.0}))
    assert not first.features.best.any()
    later = read_of(bicycle_bot, question, named({}, {"opening": -1.0}))
    assert ((later.features.best > 0) == (later.reading.counts > 1)).all()


def test_a_bot_without_headings_ranks_otherwise(bicycle_bot: Chatbot) -> None:
    lacking = Chatbot(
        bicycle_bot.index, weights=weights().without(*(n for n in PASSAGE_FEATURES if "heading" in n))
    )
    otherwise = 0
    for question in ("how is a chain cleaned?", "what causes punctures?", "how long does a tyre last?"):
        ours, theirs = ([hit.id for hit in bot.search(question)] for bot in (bicycle_bot, lacking))
        assert sorted(ours) == sorted(theirs)
        otherwise += ours != theirs
    assert otherwise


def test_one_feature_alone_ranks_by_that_feature(bicycle_bot: Chatbot) -> None:
    alone = Chatbot(bicycle_bot.index, weights=named({"length": -1.0}, {"said": 1.0}))
    question = "how is a puncture repaired?"
    length = feature(bicycle_bot, question, "length")
    ranked = [length[" ".join(hit.text.split()[:4])] for hit in alone.search(question)]
    assert ranked == sorted(ranked)
    assert len(set(ranked)) > 1
