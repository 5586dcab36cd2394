"""The label of one message by itself: what the rules find and the model's probabilities, weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.safety.asking import Span, asking
from chatbot.safety.features import features
from chatbot.safety.findings import Evidence, Finding, danger, evidence
from chatbot.safety.matter import LONGEST_WHOLE, matter, telling
from chatbot.safety.model import KINDS, LABELS, Floats, Model, Scores, model
from chatbot.safety.patterns import first
from chatbot.safety.reading import Reading
from chatbot.safety.rulebook import look_up
from chatbot.safety.sentences import by_sentence
from chatbot.safety.smalltalk import opening, respelt

# A red flag that a rule finds holds, unless the model is nearly certain that nobody is in danger.
CERTAINLY_SAFE = 0.9
# In a long message what a rule finds may stand by chance: there it has to be as likely as not.
LIKELIER = 0.5
# One longer than every example has to be that likely danger too, where no rule finds it, once its chatter is left out;
# or where it is still as long, this likely danger or about somebody's case.
LONGEST_LEARNT = 200
CERTAIN = 0.98
DANGERS = ("crisis", "emergency")
SAYS = {
    "crisis": "sounds like a wish to die or self-harm",
    "emergency": "sounds like danger to life",
    "personal_advice": "sounds like a question about one person's case",
    "smalltalk": "sounds like small talk",
}
WORDS_NAMED = 4
# Fewer words are a bare keyword: only the rules say more of it.
FEWEST_WORDS = 3
# These count for none.
SMALL = frozenset((".", "de", "del", "of"))
# The lists of small talk tell these apart no further.
OF_LISTED = {
    "pleasantry": ("pleasantry", "acknowledgement", "complaint", "worry"),
    "capability": ("capability", "human"),
}
# What is asked of the program may be what it keeps.
OF_PROGRAM = ("capability", "identity", "human")
# What follows small talk, and is so little likely to be some, is what a message is about.
NO_TALK = 0.1
# What asks of anything but the program is small talk only where that is as sure as this.
SURE_TALK = 0.9
# Where a rule finds that a person's case is to be judged, the model need not be as sure of it as where none does.
WITH_A_VERDICT = 0.45
# Where one finds that a right answer is the same for everybody, the model has to be this sure of the contrary.
SAME = 0.97
# Where one finds that a message asks on about a thing, and none of danger holds, danger has to be this likely.
OF_A_THING = 0.9
# Rules as sure as this one are enough for a keyword or two.
SURE_RULE = 0.9
# How sure it is that a message is small talk which is nothing but what the lists have.
LISTED = 0.95


@dataclass(frozen=True)
class Judgement:
    """A message's label, or `none`, with the reason and the probability of each label of the model."""

    label: str
    finding: Finding | None
    kind: str | None
    shares: Mapping[str, float]
    evidence: Evidence
    language: str


def judge(reading: Reading, troubled: bool = False, doubt: float = 0.0) -> Judgement:
    """Judge one message, without what was said before, but for whether that was `troubled`.

    Small talk is no reason to miss the danger or the case that stands after it. Who asks on about a thing after
    trouble was told may mean another. Where no rule finds danger, it has to be as likely as `doubt` at least.
    """
    found = _judged(reading, troubled, doubt)
    if found.label != "smalltalk" or found.evidence.smalltalk is not None:
        return found
    begun = opening(reading)
    if not 0 < begun < len(reading.words):
        return found
    rest = _judged(reading.part(range(begun, len(reading.words))), troubled, doubt)
    matters = rest.label in DANGERS or rest.label == "personal_advice"
    asks = rest.label == "none" and rest.shares.get("smalltalk", 0.0) < NO_TALK
    return replace(rest, language=found.language) if matters or asks else found


def _judged(reading: Reading, troubled: bool, doubt: float) -> Judgement:
    trained = model()
    reading = respelt(reading)
    seen = features(reading.words)
    language = "es" if trained.spanish(seen) else "en"
    by_word = trained.labels.by_word(seen)
    asked = asking(reading)
    size = len(reading.words)
    reading, by_word, dangerous = _what_matters(reading, asked, by_word, trained)
    found = evidence(reading, language, dangerous, asked if len(reading.words) == size else None)
    if troubled and found.of_a_thing:
        found = replace(found, of_a_thing=False)
    if all(word == "." for word in reading.words):
        return Judgement("none", None, None, {}, found, language)
    one_by_one = by_sentence(by_word, trained.labels.bias, reading.words, found.asked)
    scores = trained.scores(reading.words, by_word, found.asked)
    values = trained.probabilities(scores, found.told, reading.words, found.asked, one_by_one)
    shares = {name: float(value) for name, value in zip(LABELS, values, strict=True)}
    if len(reading.words) > LONGEST_LEARNT:
        shares = _calmed(shares, found)
    longer = LIKELIER if size > LONGEST_LEARNT else 0.0
    least = max(doubt, longer, trained.thresholds["danger"])
    label = _label(found, shares, {**trained.thresholds, "danger": least}, reading)
    finding = None if label == "none" else _finding(label, found, shares, scores, reading)
    kind = None
    if label == "smalltalk":
        listed = found.smalltalk
        kind = trained.kind(seen, OF_LISTED.get(listed, (listed,)) if listed else KINDS)
        if kind in OF_PROGRAM and first(reading, look_up(reading)["privacy"]) is not None:
            kind = "privacy"
    return Judgement(label, finding, kind, shares, found, language)


def _what_matters(
    reading: Reading, asked: Sequence[Span], by_word: Floats, trained: Model
) -> tuple[Reading, Floats, Finding | None]:
    """Return a long message without its chatter, and the danger that a rule finds.

    One that a rule of danger meets only as a whole is read whole.
    """
    size = len(reading.words)
    if size > LONGEST_WHOLE:
        places = matter(by_word, trained.labels.bias, reading.words, asked, telling(reading))
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


def _calmed(shares: Mapping[str, float], found: Evidence) -> dict[str, float]:
    """Return only what a rule finds, or is certain, of a message longer than the examples."""
    calm = {**shares}
    for names, ruled in ((DANGERS, found.danger), (("personal_advice",), found.personal)):
        likely = sum(shares[name] for name in names)
        if ruled is None and likely < CERTAIN:
            calm.update(dict.fromkeys(names, 0.0), off_topic=calm["off_topic"] + likely)
    return calm


def _label(
    found: Evidence,
    shares: Mapping[str, float],
    thresholds: Mapping[str, float],
    reading: Reading,
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
    if len({*reading.words} - SMALL) < FEWEST_WORDS:
        return _of_few_words(found, shares)
    if danger >= (OF_A_THING if found.of_a_thing and found.danger is None else thresholds["danger"]):
        return "crisis" if shares["crisis"] >= thresholds["crisis"] * danger else "emergency"
    if found.personal is not None and found.personal.decides:
        return "personal_advice"
    personal = shares["personal_advice"] + (0.0 if found.of_a_thing else danger)
    if not _asks_a_service(found, reading):
        if _wants_a_verdict(found):
            personal += shares["smalltalk"]
        elif shares["smalltalk"] >= (SURE_TALK if _asks_of_others(found) else thresholds["smalltalk"]):
            # Who goes on about a subject is not making small talk.
            return "none" if "goes on" in found.told else "smalltalk"
    least = WITH_A_VERDICT if _verdict(found) else SAME if found.same else thresholds["personal"]
    return "personal_advice" if personal >= least else "none"


def _asks_of_others(found: Evidence) -> bool:
    """Say whether a message asks something, and neither of the program nor with a pleasantry."""
    return bool(found.asked) and found.smalltalk is None and not {"of the bot", "pleasantry"} & {*found.told}


def _asks_a_service(found: Evidence, reading: Reading) -> bool:
    """Say whether a message asks an organisation for what it does ("are you open?"), which is no small talk."""
    kind = "of_service" if found.asked else "of_contact"
    return found.smalltalk is None and first(reading, look_up(reading)[kind]) is not None


def _wants_a_verdict(found: Evidence) -> bool:
    """Say whether a rule finds that a person's case is to be judged, in words that are no small talk."""
    return _verdict(found) and found.smalltalk is None and not {"of the bot", "pleasantry"} & {*found.told}


def _verdict(found: Evidence) -> bool:
    """Say whether a rule finds that a person's case is to be judged."""
    return found.personal is not None and found.personal.confidence >= SURE_RULE


def _of_few_words(found: Evidence, shares: Mapping[str, float]) -> str:
    if _verdict(found):
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
        return Finding(label, LISTED, "small talk", found.smalltalk)
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
