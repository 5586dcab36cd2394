"""The label of one message by itself: what the rules find and the model's probabilities, weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.safety.findings import Evidence, Finding, evidence
from chatbot.safety.model import KINDS, LABELS, Floats, Scores, model
from chatbot.safety.patterns import match
from chatbot.safety.reading import Reading

# A red flag that a rule finds holds, unless the model is nearly certain that nobody is in danger.
CERTAINLY_SAFE = 0.9
SAYS = {
    "crisis": "sounds like a wish to die or self-harm",
    "emergency": "sounds like danger to life",
    "personal_advice": "sounds like a question about one person's case",
    "smalltalk": "sounds like small talk",
}
WORDS_NAMED = 4
# Fewer words are a bare keyword: only the rules say more of it.
FEWEST_WORDS = 3
# No small talk is about these.
MATTER = "@medical|@es_medical|@seizure|it|they"


@dataclass(frozen=True)
class Judgement:
    """A message's label, or `none`, with the reason and the probability of each label of the model."""

    label: str
    finding: Finding | None
    kind: str | None
    shares: Mapping[str, float]
    evidence: Evidence
    language: str


def judge(reading: Reading) -> Judgement:
    """Judge one message, without what was said before."""
    language = "es" if model().is_spanish(reading.words) else "en"
    found = evidence(reading, language)
    if all(word == "." for word in reading.words):
        return Judgement("none", None, None, {}, found, language)
    trained = model()
    scores = trained.scores(reading.words)
    values = trained.probabilities(scores, found.told, reading.words)
    shares = {name: float(value) for name, value in zip(LABELS, values, strict=True)}
    label = _label(found, shares, trained.thresholds, reading)
    finding = None if label == "none" else _finding(label, found, shares, scores, reading)
    kind = None
    if label == "smalltalk":
        kind = found.smalltalk or trained.kind(reading.words)
    return Judgement(label, finding, kind, shares, found, language)


def danger_of(shares: Mapping[str, float]) -> float:
    """Return the probability that somebody is in danger."""
    return shares.get("crisis", 0.0) + shares.get("emergency", 0.0)


def _label(found: Evidence, shares: Mapping[str, float], thresholds: Mapping[str, float], reading: Reading) -> str:
    danger = danger_of(shares)
    safe = shares["informational"] + shares["off_topic"]
    if found.danger is not None and safe < CERTAINLY_SAFE:
        return found.danger.label
    if found.smalltalk is not None and danger < 0.5:
        return "smalltalk"
    if len(reading.words) < FEWEST_WORDS:
        return "personal_advice" if found.personal is not None else "none"
    if danger >= thresholds["danger"]:
        return "crisis" if shares["crisis"] >= thresholds["crisis"] * danger else "emergency"
    if shares["smalltalk"] >= thresholds["smalltalk"]:
        small = not found.general and match(reading, MATTER) is None
        return "smalltalk" if small else "none"
    return "personal_advice" if shares["personal_advice"] + danger >= thresholds["personal"] else "none"


def _finding(
    label: str, found: Evidence, shares: Mapping[str, float], scores: Scores, reading: Reading
) -> Finding:
    for held in (found.danger, found.personal):
        if held is not None and held.label == label:
            return Finding(label, max(held.confidence, shares[label]), held.rule, held.words)
    if label == "smalltalk" and found.smalltalk in KINDS:
        return Finding(label, 0.95, "small talk", found.smalltalk)
    sure = shares[label] + (danger_of(shares) if label == "personal_advice" else 0.0)
    return Finding(label, min(sure, 1.0), SAYS[label], ", ".join(_weightiest(label, scores, reading)))


def _weightiest(label: str, scores: Scores, reading: Reading) -> list[str]:
    """Return the words of the best stretch that weighed most, weightiest first."""
    place = LABELS.index(label)
    start, end = scores.stretch[place]
    weights: Floats = scores.by_word[start:end, place]
    best = sorted(range(len(weights)), key=lambda at: -weights[at])
    named = [reading.words[start + at] for at in best if reading.words[start + at] != "."]
    return list(dict.fromkeys(named))[:WORDS_NAMED]
