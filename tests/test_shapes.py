"""A sentence shows by its shape what it can answer."""

from __future__ import annotations

import pytest

from chatbot.question.shapes import bits, patterns, shapes


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
        ("imperative", "1. Loosen the bolt with a spanner."),
        ("imperative", "If the chain snaps, stop at once."),
        ("imperative", "You must wear a helmet."),
        ("contact", "Write to repairs@bikes.example."),
        ("contact", "Ring 01632 960 555."),
        ("clock", "The workshop opens at nine."),
        ("clock", "| Saturday | 9.00am to 1.00pm |"),
        ("staff", "Ms Ida Brink fits saddles."),
        ("staff", "Our manager answers letters."),
        ("question", "How is a tube patched?"),
        ("pointer", "These resources address the care of chains: Chain Guide; Oil Guide"),
    ],
)
def test_a_sentence_shows_its_shape(shape: str, sentence: str) -> None:
    assert shapes(sentence) & bits([shape])
    assert not shapes("Nuts hold bolts.") & bits([shape])


@pytest.mark.parametrize(
    "sentence",
    [
        "Rust is considered ugly.",
        "Rust is first treated with oil.",
        "Rust is common.",
        "Rust is very common in old frames.",
        "Rust is difficult to remove.",
    ],
)
def test_what_is_only_said_of_a_thing_does_not_define_it(sentence: str) -> None:
    assert not shapes(sentence) & bits(["definition"])
    assert shapes("Rust is a common and harmless stain.") & bits(["definition"])


def test_groups_and_sites_of_a_body_lead_nowhere_else() -> None:
    assert not shapes("These groups of muscles jerk: face and arms.") & bits(["pointer"])
    assert not shapes("Other sites of pain: the knee.") & bits(["pointer"])


def test_of_a_list_of_titles_only_its_lead_has_a_shape() -> None:
    lead = "These pages are about the diagnosis of rust"
    assert shapes(f"{lead}: Inherited rust; Surgery for chains") == shapes(f"{lead}.")


def test_a_shape_counts_however_often_it_is_named_once() -> None:
    assert bits(["rate", "rate"]) == bits(["rate"])
    assert bits(patterns()) == (1 << len(patterns())) - 1


@pytest.mark.parametrize(
    "sentence", ["Rest is best for a sore knee.", "Oil drips from the hub.", "You feel the road."]
)
def test_what_states_tells_nobody_what_to_do(sentence: str) -> None:
    assert not shapes(sentence) & bits(["imperative"])
