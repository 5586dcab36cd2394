"""The label of one message by itself: what the rules find and the model's probabilities, weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.safety.asking import asking
from chatbot.safety.features import features
from chatbot.safety.findings import Evidence, Finding, danger, evidence
from chatbot.safety.matter import LONGEST_WHOLE, matter
from chatbot.safety.model import (
    KINDS,
    LABELS,
    LONG,
    Floats,
    Model,
    Scores,
    model,
)
from chatbot.safety.reading import Reading
from chatbot.safety.smalltalk import respelt

# A red flag that a rule finds holds, unless the model is nearly certain that nobody is in danger.
CERTAINLY_SAFE = 0.9
# In a long message what sounds like danger may stand by chance: there it has to be as likely as not.
LIKELIER = 0.5
# One longer than nearly every example has to be this likely danger where no rule finds any.
CERTAINLY_DANGER = 0.98
SAYS = {
    "crisis": "sounds like a wish to die or self-harm",
    "emergency": "sounds like danger to life",
    "personal_advice": "sounds like a question about one person's case",
    "smalltalk": "sounds like small talk",
}
WORDS_NAMED = 4
# Fewer words are a bare keyword: only the rules say more of it.
FEWEST_WORDS = 3
# Rules as sure as this one are enough for a keyword or two.
SURE_RULE = 0.9


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
    trained = model()
    reading = respelt(reading)
    seen = features(reading.words)
    likeliest, spanish = trained.kind_and_spanish(seen)
    language = "es" if spanish else "en"
    long = len(reading.words) > LONGEST_WHOLE
    reading, by_word, dangerous = _what_matters(reading, trained.labels.by_word(seen), trained)
    found = evidence(reading, language, dangerous)
    if all(word == "." for word in reading.words):
        return Judgement("none", None, None, {}, found, language)
    scores = trained.scores(reading.words, by_word, found.asked)
    values = trained.probabilities(scores, found.told, reading.words, found.asked)
    shares = {name: float(value) for name, value in zip(LABELS, values, strict=True)}
    if len(reading.words) > LONG and found.danger is None:
        shares = _calmed(shares)
    label = _label(found, shares, trained.thresholds, reading, long)
    finding = None if label == "none" else _finding(label, found, shares, scores, reading)
    kind = None
    if label == "smalltalk":
        kind = found.smalltalk or likeliest
    return Judgement(label, finding, kind, shares, found, language)


def _what_matters(
    reading: Reading, by_word: Floats, trained: Model
) -> tuple[Reading, Floats, Finding | None]:
    """Return a long message without its chatter, and the danger that a rule finds.

    One that a rule of danger meets only as a whole is read whole.
    """
    size = len(reading.words)
    if size > LONGEST_WHOLE:
        places = matter(by_word, trained.labels.bias, reading.words, asking(reading))
        if len(places) < size:
            part = reading.part(places)
            dangerous = danger(part)
            of_whole = danger(reading) if dangerous is None else None
            if of_whole is not None:
                return reading, by_word, of_whole
            return part, by_word[places], dangerous
    return reading, by_word, danger(reading)


def danger_of(shares: Mapping[str, float]) -> float:
    """Return the probability that somebody is in danger."""
    return shares.get("crisis", 0.0) + shares.get("emergency", 0.0)


def _calmed(shares: Mapping[str, float]) -> dict[str, float]:
    """Return no danger for a message longer than the examples that does not tell of it for certain."""
    danger = danger_of(shares)
    if danger >= CERTAINLY_DANGER:
        return {**shares}
    return {**shares, "crisis": 0.0, "emergency": 0.0, "off_topic": shares["off_topic"] + danger}


def _label(
    found: Evidence,
    shares: Mapping[str, float],
    thresholds: Mapping[str, float],
    reading: Reading,
    long: bool,
) -> str:
    danger = danger_of(shares)
    safe = shares["informational"] + shares["off_topic"]
    sure = danger >= LIKELIER if len(reading.words) > LONGEST_WHOLE else safe < CERTAINLY_SAFE
    if found.danger is not None and sure:
        # What was swallowed on purpose is both.
        wishes_to_die = shares["crisis"] >= max(LIKELIER, thresholds["crisis"] * danger)
        return "crisis" if wishes_to_die else found.danger.label
    if found.smalltalk is not None and danger < 0.5:
        return "smalltalk"
    if len({*reading.words} - {"."}) < FEWEST_WORDS:
        return _of_few_words(found, shares)
    least = max(thresholds["danger"], LIKELIER) if long else thresholds["danger"]
    if danger >= least:
        return "crisis" if shares["crisis"] >= thresholds["crisis"] * danger else "emergency"
    if shares["smalltalk"] >= thresholds["smalltalk"]:
        # Who goes on about a subject is not making small talk.
        return "none" if "goes on" in found.told else "smalltalk"
    return "personal_advice" if shares["personal_advice"] + danger >= thresholds["personal"] else "none"


def _of_few_words(found: Evidence, shares: Mapping[str, float]) -> str:
    if found.personal is not None and found.personal.confidence >= SURE_RULE:
        return "personal_advice"
    small = shares["smalltalk"] >= SURE_RULE and {"of the bot", "pleasantry"} & {*found.told}
    return "smalltalk" if small else "none"


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
