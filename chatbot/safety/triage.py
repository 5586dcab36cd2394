"""Say whether a message is an emergency, a crisis, asks for personal advice, or is small talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.reply import Turn
from chatbot.safety.findings import Finding
from chatbot.safety.judgement import Judgement, danger_of, judge
from chatbot.safety.patterns import first
from chatbot.safety.reading import Reading
from chatbot.safety.rulebook import look_up

# A message is read this far, and of the history this many of the visitor's own turns, each this far.
LONGEST_MESSAGE = 4_000
TURNS_READ = 3
LONGEST_TURN = 800
# A message of at most this many words can be the rest of an earlier one.
SHORT = 14
# One of at most this many says nothing by itself, but by what its words mean.
FEW = 5
# One that corrects what was understood may take some words more.
CORRECTION = 20
# Turns that make no danger by themselves have to make a likely one together, as it may be two matters.
LIKELY = 0.6
# A short turn that sounds like danger in no words that can mean it, or points at what was said before in words
# that can, is alarming where it is as certain as this; one that points, in no such words, never. (Of the dangers of
# 332 conversations by another writer 123 of 127 are seen; with 0.97 it was 120, and no harmless turn less alarmed.)
CERTAIN = 0.5
# Amid a conversation in which nothing was wrong so far, danger that no rule finds has to be as likely as not. (Of four
# sets of conversations 400 of 409 dangers are seen so and 51 of 616 harmless turns alarmed.)
AMID = 0.5
# A question of more words than this, and this unlikely to be about danger, is no more about one just told.
BRIEF, FAINT = 8, 0.05
# Of a message that names nobody, a judgement of somebody's case is asked only where that is plain.
PLAIN = 0.9
DANGERS = ("emergency", "crisis")
# Small talk that tells of trouble.
TROUBLE = ("worry", "complaint", "human")


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


def triage(message: str, history: Sequence[Turn] = ()) -> Triage:
    """Judge a message, with the visitor's earlier turns in mind.

    Crisis comes before emergency, and both before small talk, personal advice and none of these.
    """
    reading = Reading(message[:LONGEST_MESSAGE])
    said = [turn.content[-LONGEST_TURN:] for turn in history if turn.role == "user"][-TURNS_READ:]
    found = judge(reading)
    if found.evidence.of_a_thing and danger_of(found.shares) >= FAINT and any(map(_troubled, said)):
        found = judge(reading, troubled=True)
    elif _doubtful(found) and said and not any(map(_troubled, said)):
        found = judge(reading, doubt=AMID)
    points = bool(said) and _only_points(reading, found)
    if points:
        found = replace(found, label="none", finding=None, kind=None)
    finding = found.finding
    if said and found.label not in DANGERS:
        told = _told_in_turns(reading, found, message, said, 1.0 if points else LIKELY)
        if told is not None:
            finding = told
        elif found.label == "none":
            finding = _personal_follow_up(reading, found, said)
        elif found.label == "personal_advice" and _general_follow_up(reading, found, said):
            finding = None
    if finding is None:
        sure = 1.0 - danger_of(found.shares) - found.shares.get("personal_advice", 0.0)
        return Triage("none", max(0.0, min(1.0, sure)), (), None, found.language)
    kind = found.kind if finding.label == "smalltalk" else None
    return Triage(finding.label, finding.confidence, (finding.reason,), kind, found.language)


def _doubtful(found: Judgement) -> bool:
    """Say whether a message sounds like danger by the model alone, and less likely than not."""
    return found.label in DANGERS and found.evidence.danger is None and danger_of(found.shares) < AMID


def _troubled(turn: str) -> bool:
    """Say whether an earlier turn tells of trouble, even faintly."""
    before = judge(Reading(turn))
    return danger_of(before.shares) >= FAINT or before.kind in TROUBLE


def _meets(reading: Reading, kind: str) -> bool:
    """Say whether a rule of a kind holds of a turn."""
    return first(reading, look_up(reading)[kind]) is not None


def _only_points(reading: Reading, found: Judgement) -> bool:
    """Say whether a short turn that sounds like danger or small talk just asks on or corrects."""
    if len(reading.words) > CORRECTION or found.evidence.danger is not None:
        return False
    if found.label == "smalltalk":
        # A question to "you" that no list of small talk knows is put to people in general.
        return found.evidence.smalltalk is None and _meets(reading, "asks_on")
    if found.label not in DANGERS:
        return False
    points = _meets(reading, "points")
    uncertain = danger_of(found.shares) < CERTAIN
    if _meets(reading, "alarming"):
        return points and uncertain
    return points or uncertain


def _told_in_turns(
    reading: Reading, found: Judgement, message: str, said: Sequence[str], likely: float
) -> Finding | None:
    """Return the danger that this message completes, or still is about, after earlier turns.

    Without a rule that holds, the turns together have to be dangerous with a probability of `likely`, and a message of
    a few words has to have one that can mean danger: "no" completes nothing.
    """
    listed = found.evidence.smalltalk not in {None, "capability"}  # "what do I do now" may be either
    if len(reading.words) > 3 * SHORT or found.evidence.general or listed:
        return None
    before = judge(Reading(" . ".join(said)))
    last = before if len(said) == 1 else judge(Reading(said[-1]), doubt=AMID)
    general = found.label == "none" and len(reading.words) > BRIEF and danger_of(found.shares) < FAINT
    short = len(reading.words) <= SHORT and not general
    if last.label in DANGERS and short and _meets(reading, "goes_on"):
        return last.finding
    claims = _claims(reading, before)
    if found.kind is not None and not claims:
        return None
    together = judge(Reading(" . ".join([*said, message])))
    adds = len(reading.words) > FEW or claims or _meets(reading, "alarming")
    adds = adds and not found.evidence.of_a_thing
    held = together.evidence.danger is not None or (adds and danger_of(together.shares) >= likely)
    return together.finding if together.label in DANGERS and before.label not in DANGERS and held else None


def _claims(reading: Reading, before: Judgement) -> bool:
    """Say whether a short turn says of somebody what the ones before asked about, as "he has that"."""
    if len(reading.words) > SHORT:
        return False
    return _meets(reading, "claims") or (
        "names danger" in before.evidence.told and _meets(reading, "has_one")
    )


def _personal_follow_up(reading: Reading, found: Judgement, said: Sequence[str]) -> Finding | None:
    """Return why a short message asks on about a case told in the turn before, or None.

    Where the conversation began with people in general, a message that names nobody goes back to them.
    """
    if len(reading.words) > SHORT or not _meets(reading, "follow") or found.evidence.general:
        return None
    if _meets(reading, "of_a_group") or (_meets(reading, "generally") and not _meets(reading, "somebody")):
        return None
    before = judge(Reading(said[-1]))
    if before.label != "personal_advice" or before.finding is None:
        return None
    names_nobody = not _meets(reading, "somebody") and not _meets(reading, "third_person")
    if names_nobody and any(judge(Reading(turn)).label == "none" for turn in said[:-1]):
        return None
    case = before.finding
    return Finding("personal_advice", 0.7, f"asks on after: {case.rule}", case.words)


def _general_follow_up(reading: Reading, found: Judgement, said: Sequence[str]) -> bool:
    """Say whether a short message that names nobody asks on about people in general."""
    if len(reading.words) > SHORT or found.evidence.personal is not None or _meets(reading, "somebody"):
        return False
    sure = found.finding is not None and found.finding.confidence >= PLAIN
    return not sure and judge(Reading(said[-1])).label in ("none", "smalltalk")
