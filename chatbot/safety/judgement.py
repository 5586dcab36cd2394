"""The label of one message by itself: what the rules find and the model's probabilities, weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.safety.asking import asking
from chatbot.safety.features import features
from chatbot.safety.findings import Evidence, Finding, danger, evidence
from chatbot.safety.matter import LONGEST_WHOLE, matter
from chatbot.safety.model import DANGERS, KINDS, LABELS, Floats, Model, Scores, model
from chatbot.safety.patterns import match
from chatbot.safety.reading import Reading
from chatbot.safety.smalltalk import respelt

# A red flag that a rule finds holds, unless the model is nearly certain that nobody is in danger.
CERTAINLY_SAFE = 0.9
# In a long message what a rule looks for may stand by chance: there danger has to be as likely as not.
LIKELIER = 0.5
SAYS = {
    "crisis": "sounds like a wish to die or self-harm",
    "emergency": "sounds like danger to life",
    "personal_advice": "sounds like a question about one person's case",
    "smalltalk": "sounds like small talk",
}
WORDS_NAMED = 4
# Fewer words are a bare keyword: only the rules say more of it.
FEWEST_WORDS = 3
# No small talk is about these, or as long.
MATTER = "@medical|@es_medical|@seizure|@overdose|@toxin|@suicidal|it|they|them|these|those"
LONGEST_SMALL_TALK = 40
# So short a message that is as certainly small talk need not be in words that are known to be.
CERTAINLY_SMALL = 0.95
SHORT_SMALL_TALK = 16
# A question that is small talk is put to the program, or comes with a greeting.
OF_THE_BOT = "@m_bot|@itself|@greeting|@thanks|@goodbye"
# Danger that no word of the message names has to be this likely. Below 0.9 it costs no general question,
# as what sounds like danger is refused as personal anyway.
NEARLY_CERTAIN = 0.7
# Who goes on about a subject, or corrects what was understood, is not making small talk.
MORE = (
    "tell me|us more",
    "i mean|meant",
    "the second|third|former|latter",
    "no|oops wait|sorry",
    "not that ..3 one",
    "i was thinking of",
    "back to",
    "the last|first|one|ones ..1 you",
)
# A question that names nobody has to be so much likelier one of a person's case.
OF_NOBODY = 0.2
# So does one that asks for a fact about people in general have to be likelier danger.
OF_GENERAL_FACTS = 0.1
# Danger that no rule finds is somebody's: of a message that speaks of nobody it has to be this likely.
NOBODYS_DANGER = 0.9
# So little danger has no need to be made less.
UNLIKELY = 0.05
# Of a longer message the part that sounds like danger has to do so by itself, in words that can mean it.
LONG = 30
OF_DANGER = frozenset(
    """m_death m_despair m_farewell m_injure m_means m_bear m_turns m_swallow m_poison m_help suicidal die es_die
    seizure symptom es_symptom medicine es_medicine body es_body""".split()
)
# Where a rule of personal advice held, the model has to be this much less sure.
RULE_HELD = 0.5
# As likely about something else, the rule weighs nothing.
OFF_TOPIC = 0.4
# Half general and half personal is personal.
HALF_PERSONAL = (
    "and|but ..1 do|does|did|should|would|will|am|is|are|can|could|may|have i|we|mine",
    "y ..1 puedo|debo|deberia|tengo|sera",
)
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
    reading, by_word = _what_matters(reading, trained.labels.by_word(seen), trained)
    found = evidence(reading, language)
    if all(word == "." for word in reading.words):
        return Judgement("none", None, None, {}, found, language)
    scores = trained.scores(reading.words, by_word, found.asked)
    values = trained.probabilities(scores, found.told, reading.words)
    shares = {name: float(value) for name, value in zip(LABELS, values, strict=True)}
    if len(reading.words) > LONG and found.danger is None:
        shares = _calmed(shares, scores, reading, found, trained)
    label = _label(found, shares, trained.thresholds, reading)
    finding = None if label == "none" else _finding(label, found, shares, scores, reading)
    kind = None
    if label == "smalltalk":
        kind = found.smalltalk or likeliest
    return Judgement(label, finding, kind, shares, found, language)


def _what_matters(reading: Reading, by_word: Floats, trained: Model) -> tuple[Reading, Floats]:
    """Return a long message without its chatter; one that a rule of danger meets only as a whole is read whole."""
    size = len(reading.words)
    if size <= LONGEST_WHOLE:
        return reading, by_word
    places = matter(by_word, trained.labels.bias, reading.words, asking(reading))
    if len(places) == size:
        return reading, by_word
    part = reading.part(places)
    if danger(part) is None and danger(reading) is not None:
        return reading, by_word
    return part, by_word[places]


def danger_of(shares: Mapping[str, float]) -> float:
    """Return the probability that somebody is in danger."""
    return shares.get("crisis", 0.0) + shares.get("emergency", 0.0)


def _calmed(
    shares: dict[str, float], scores: Scores, reading: Reading, found: Evidence, trained: Model
) -> dict[str, float]:
    """Return the probabilities with no more danger than the stretch that sounds most like it has."""
    plainly = _asks_generally(found)
    for name in ("crisis", "emergency"):
        if shares[name] < UNLIKELY:
            continue
        start, end = scores.stretch[LABELS.index(name)]
        words = reading.words[start:end]
        asked = [(0, len(words))] if found.asked else []
        alone = trained.probabilities(
            trained.scores(words, scores.by_word[start:end], asked), found.told, words
        )
        by_itself = float(alone[DANGERS].sum())
        told = by_itself >= SURE_RULE or not plainly
        excess = max(0.0, shares[name] - by_itself) if told else shares[name]
        shares = {**shares, name: shares[name] - excess, "off_topic": shares["off_topic"] + excess}
    return shares


def _asks_generally(found: Evidence) -> bool:
    """Say whether what is asked names neither the visitor nor anybody else: danger has to be told plainly then."""
    return "question" in found.told and not {"asks of self", "asks of other"} & {*found.told}


def _named(reading: Reading) -> bool:
    return any(not OF_DANGER.isdisjoint(reading.lexicon.of(word)) for word in reading.words)


def _label(
    found: Evidence, shares: Mapping[str, float], thresholds: Mapping[str, float], reading: Reading
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
        return _of_few_words(found, shares, reading)
    named = _named(reading)
    least = thresholds["danger"] if named else 1.0 if _goes_on(reading) else NEARLY_CERTAIN
    # Spanish verbs say who is meant.
    of_nobody = not {"self", "other", "spanish"} & {*found.told}
    if of_nobody:
        least = max(least, NOBODYS_DANGER)
    generally = _asks_generally(found)
    if generally and not of_nobody:
        least += OF_GENERAL_FACTS
    if danger >= least:
        return "crisis" if shares["crisis"] >= thresholds["crisis"] * danger else "emergency"
    if shares["smalltalk"] >= thresholds["smalltalk"]:
        certain = shares["smalltalk"] >= CERTAINLY_SMALL and len(reading.words) <= SHORT_SMALL_TALK
        return "smalltalk" if _may_be_small(found, reading, certain) else "none"
    least = thresholds["personal"] + (OF_NOBODY if generally else 0.0)
    # What a story tells before a question about people in general is no question about somebody.
    in_story = generally and len(reading.words) > LONGEST_WHOLE
    if "verdict" in found.told and shares["off_topic"] < OFF_TOPIC and not in_story:
        if any(match(reading, pattern) is not None for pattern in HALF_PERSONAL):
            return "personal_advice"
        least *= RULE_HELD
    # What sounds like danger is most likely about somebody, but where nobody is spoken of.
    likely = shares["personal_advice"] + danger * (0.5 if of_nobody and found.personal is None else 1.0)
    return "personal_advice" if likely >= least else "none"


def _of_few_words(found: Evidence, shares: Mapping[str, float], reading: Reading) -> str:
    if found.personal is not None and found.personal.confidence >= SURE_RULE:
        return "personal_advice"
    small = shares["smalltalk"] >= SURE_RULE and _may_be_small(found, reading, certain=False)
    return "smalltalk" if small and match(reading, f"{OF_THE_BOT}|@pleasantry") is not None else "none"


def _goes_on(reading: Reading) -> bool:
    return any(match(reading, pattern) is not None for pattern in MORE)


def _may_be_small(found: Evidence, reading: Reading, certain: bool) -> bool:
    short = len(reading.words) <= LONGEST_SMALL_TALK
    if not short or found.general or match(reading, MATTER) is not None:
        return False
    if _goes_on(reading):
        return False
    if certain:
        return True
    asks = match(reading, "@wh|@aux") is not None
    return match(reading, OF_THE_BOT if asks else f"{OF_THE_BOT}|@pleasantry") is not None


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
