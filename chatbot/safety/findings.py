"""What the rules find in a message."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.safety.asking import Span, asking, spoken_of
from chatbot.safety.patterns import Rule, first, holds, likely, match
from chatbot.safety.reading import Reading
from chatbot.safety.rulebook import look_up
from chatbot.safety.smalltalk import smalltalk_kind


@dataclass(frozen=True)
class Finding:
    """One reason: the label it speaks for, how sure it is, a rule's name, the words that met it, if that decides."""

    label: str
    confidence: float
    rule: str
    words: str
    decides: bool = False

    @property
    def reason(self) -> str:
        """Return the finding as one readable line."""
        return f"{self.rule}: {self.words}"


# A message of more words may say more than what it asks on about.
_SHORT_QUESTION = 12


@dataclass(frozen=True)
class Evidence:
    """What the rules say of one message; `told` names what held, for the model to weigh.

    `asked` are the parts that ask something, as `(start, end)` of their words; `same` says that a right answer is the
    same for everybody, though asked with "I"; `of_a_thing` that it asks on about a thing and tells of no danger itself.
    """

    danger: Finding | None
    smalltalk: str | None
    personal: Finding | None
    general: bool
    told: tuple[str, ...]
    asked: tuple[Span, ...] = ()
    same: bool = False
    of_a_thing: bool = False


def evidence(
    reading: Reading, language: str, dangerous: Finding | None, asked: tuple[Span, ...] | None = None
) -> Evidence:
    """Return all that the rules find in a message by itself; `dangerous` is the danger that they find.

    `asked` are the parts that ask, where they are known already.
    """
    book = look_up(reading)
    kind = smalltalk_kind(reading)
    same = _same_for_all(reading)
    case = personal(reading, same)
    general = first(reading, book["general"]) is not None
    told = [dangerous.label] if dangerous else []
    if kind is not None:
        told.append("smalltalk")
    if case is not None:
        told.append("verdict" if case.confidence > 0.85 else "case")
        if first(reading, book["asks"]) is not None:
            told.append("asks")
    if general:
        told.append("general")
    if first(reading, book["mention"]) is not None:
        told.append("mention")
    if language == "es":
        told.append("spanish")
    told.extend(rule.name for rule in likely(reading, book["sign"]) if holds(reading, rule) is not None)
    asked = asking(reading) if asked is None else asked
    told.extend(spoken_of(reading, asked))
    return Evidence(
        dangerous, kind, case, general, tuple(told), asked, same and case is None, _of_a_thing(reading)
    )


def danger(reading: Reading) -> Finding | None:
    """Return the crisis or emergency a message tells of, or None."""
    book = look_up(reading)
    hit = first(reading, book["crisis"])
    if hit is not None:
        return Finding("crisis", 0.9, hit[0].name, hit[1])
    for rule in likely(reading, book["emergency"]):
        words = holds(reading, rule)
        if words is not None and _now_and_here(reading, rule):
            return Finding("emergency", 0.9, rule.name, words)
    return None


def _now_and_here(reading: Reading, rule: Rule) -> bool:
    """Say whether the danger is somebody's and of now: not a story, the past, or people in general."""
    book = look_up(reading)
    if any(holds(reading, book[kind][0]) is not None for kind in ("story", "of_people", "of_things")):
        return False
    past = book["long_past" if rule.slow else "past"]
    if holds(reading, past[0]) is not None and match(reading, "@now") is None:
        return False
    somebody = match(reading, "@somebody") is not None
    if somebody and match(reading, "@person|@tiny") is not None:
        return True
    if holds(reading, book["in_general"][0]) is not None:
        return False
    return somebody or rule.bare


def _same_for_all(reading: Reading) -> bool:
    """Say whether a right answer is the same for everybody, though it is asked with "I"."""
    book = look_up(reading)
    for same, told in (("same", "case_told"), ("igual", "caso")):
        if first(reading, book[same]) is not None:
            return first(reading, book[told]) is None
    return False


def _of_a_thing(reading: Reading) -> bool:
    """Say whether a short message asks on about a thing, and has no word that can make it one of life and death."""
    if len(reading.words) > _SHORT_QUESTION or "." in reading.words[:-1]:
        return False
    book = look_up(reading)
    return first(reading, book["of_a_thing"]) is not None and first(reading, book["of_no_thing"]) is None


def personal(reading: Reading, same: bool) -> Finding | None:
    """Return why a message asks for a judgement of one person's case, or None.

    Where a right answer is the `same` for everybody, "can I" asks for no judgement, and nobody's case is told.
    """
    book = look_up(reading)
    hit = first(reading, book["verdict"])
    if not same and (hit is None or not hit[0].decides):
        hit = first(reading, book["asked_of_oneself"]) or hit
    if hit is not None:
        return Finding("personal_advice", 0.9, hit[0].name, hit[1], hit[0].decides)
    hit = first(reading, book["case"])
    if hit is None:
        return None
    if same or any(first(reading, book[kind]) is not None for kind in ("general", "mention")):
        return None
    asked = first(reading, book["asks"])
    return Finding("personal_advice", 0.8 if asked else 0.65, hit[0].name, hit[1])
