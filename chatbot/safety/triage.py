"""Say whether a message is an emergency, a crisis, asks for personal advice, or is small talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.reply import Turn
from chatbot.safety.patterns import Rule, first, holds, match
from chatbot.safety.reading import Reading
from chatbot.safety.rulebook import rulebook
from chatbot.safety.smalltalk import smalltalk_kind

# A message is read this far, and of the history this many of the visitor's own turns, each this far.
LONGEST_MESSAGE = 4_000
TURNS_READ = 3
LONGEST_TURN = 800
# A message of at most this many words can be the rest of an earlier one.
SHORT = 14
# What was swallowed yesterday can still kill tomorrow.
SLOW_DANGERS = frozenset({"poisoned", "too much of a medicine", "head injury with drowsiness"})


@dataclass(frozen=True)
class Triage:
    """What a message is, how sure that is (0 to 1), and the rules and words that say so.

    `label` is `emergency`, `crisis`, `personal_advice`, `smalltalk` or `none`. `smalltalk` names
    its kind, else it is None. `language` is `en` or `es`, as far as the message shows.
    """

    label: str
    confidence: float
    reasons: tuple[str, ...]
    smalltalk: str | None
    language: str


@dataclass(frozen=True)
class Finding:
    """One rule that held: the label it speaks for, how sure it is, its name and the words that met it."""

    label: str
    confidence: float
    rule: str
    words: str

    @property
    def reason(self) -> str:
        """Return the finding as one readable line."""
        return f"{self.rule}: {self.words}"


def triage(message: str, history: Sequence[Turn] = ()) -> Triage:
    """Judge a message, with the visitor's earlier turns in mind.

    Asked in this order, the first yes wins: crisis, emergency, personal advice, small talk. Small
    talk is tried before personal advice all the same, as it has to be the whole message.
    """
    reading = Reading(message[:LONGEST_MESSAGE])
    said = [turn.content[-LONGEST_TURN:] for turn in history if turn.role == "user"][-TURNS_READ:]
    language = language_of(reading)
    finding = danger(reading) or (_told_in_turns(reading, message, said) if said else None)
    if finding is None:
        # Only a whole message is small talk, so that it can hide no question of a person's case.
        kind = smalltalk_kind(reading)
        if kind is not None:
            return Triage("smalltalk", 0.95, (f"small talk: {kind}",), kind, language)
        finding = personal(reading) or (_personal_follow_up(reading, said) if said else None)
    if finding is None:
        return Triage("none", 0.9, (), None, language)
    return Triage(finding.label, finding.confidence, (finding.reason,), None, language)


def language_of(reading: Reading) -> str:
    """Return `es` where more Spanish than English function words stand in the message, else `en`."""
    spanish, english = (
        sum(places.bit_count() for _, places in reading.ends(group)) for group in ("@spanish", "@english")
    )
    return "es" if spanish > english else "en"


def danger(reading: Reading) -> Finding | None:
    """Return the crisis or emergency a message tells of, or None."""
    book = rulebook()
    hit = first(reading, book["crisis"])
    if hit is not None:
        return Finding("crisis", 0.9, hit[0].name, hit[1])
    for rule in book["emergency"]:
        words = holds(reading, rule)
        if words is not None and _now_and_here(reading, rule):
            return Finding("emergency", 0.9, rule.name, words)
    return None


def _now_and_here(reading: Reading, rule: Rule) -> bool:
    """Say whether the danger is somebody's and of now: not a story, the past, or people in general."""
    book = rulebook()
    if any(holds(reading, book[kind][0]) is not None for kind in ("story", "of_people")):
        return False
    past = "past" if rule.name not in SLOW_DANGERS else "long_past"
    if holds(reading, book[past][0]) is not None and match(reading, "@now") is None:
        return False
    somebody = match(reading, "@somebody") is not None
    if somebody and match(reading, "@person|@tiny") is not None:
        return True
    if holds(reading, book["in_general"][0]) is not None:
        return False
    return somebody or rule.bare


def personal(reading: Reading) -> Finding | None:
    """Return why a message asks for a judgement of one person's case, or None."""
    book = rulebook()
    hit = first(reading, book["verdict"])
    if hit is not None:
        return Finding("personal_advice", 0.9, hit[0].name, hit[1])
    hit = first(reading, book["case"])
    if hit is None:
        return None
    if first(reading, book["general"]) is not None or first(reading, book["mention"]) is not None:
        return None
    asked = first(reading, book["asks"])
    return Finding("personal_advice", 0.8 if asked else 0.65, hit[0].name, hit[1])


def _told_in_turns(reading: Reading, message: str, said: Sequence[str]) -> Finding | None:
    """Return the danger that this message completes, or still is about, after earlier turns."""
    if len(reading.words) > 3 * SHORT or first(reading, rulebook()["general"]) is not None:
        return None
    if smalltalk_kind(reading) in ("thanks", "goodbye", "identity", "greeting"):
        return None
    before = danger(Reading(" . ".join(said)))
    together = danger(Reading(" . ".join([*said, message])))
    if together is not None and before is None:
        return together
    last = danger(Reading(said[-1]))
    if last is not None and len(reading.words) <= SHORT and match(reading, "@follows") is not None:
        return last
    return None


def _personal_follow_up(reading: Reading, said: Sequence[str]) -> Finding | None:
    """Return why a short message asks on about a case told in the turn before, or None."""
    if len(reading.words) > SHORT or first(reading, rulebook()["follow"]) is None:
        return None
    if first(reading, rulebook()["general"]) is not None:
        return None
    before = Reading(said[-1])
    case = personal(before)
    if case is None:
        return None
    return Finding("personal_advice", 0.7, f"asks on after: {case.rule}", case.words)
