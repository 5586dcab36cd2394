"""A follow-up is completed from the history: what it leaves out was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot import analysis
from chatbot.index.reader import Index
from chatbot.index.search import search
from chatbot.question.query import Group, Query
from chatbot.question.understand import Question, Understanding
from chatbot.reply import Turn

_POINTING = frozenset(
    """it its they them their theirs that this those these one ones he she former latter there such same first
    second third fourth last other others another both either neither rest""".split()
)
_OPENING = re.compile(
    r"\W*(?:and|but|or|so|also|then|what about|how about|what of|what if|why|why not|how so|how come|really|"
    r"since when|like what|such as|for example|go on|more|tell me more|anything else|what else|not that|no|nope|"
    r"wait|sorry|i mean|i meant|rather|instead)\b",
    re.IGNORECASE,
)
_CORRECTING = re.compile(
    r"\W*(?:no\b|nope\b|not\b|wait\b|sorry\b|i mean|i meant|actually|rather|that'?s not|wrong)", re.IGNORECASE
)
_OWN_SUBJECT = re.compile(
    r"\b(?:this|the|that) (?:article|page|text|leaflet|site|website|document|chat)s?\b", re.IGNORECASE
)
_TURNS = 6
_FEW = 2
_QUOTED_MOST = 600


@dataclass(frozen=True, slots=True)
class Weights:
    """What the history counts against what was typed."""

    question: float = 0.45  # a word of the question before
    section: float = 0.35  # a word of the headings above the passage before
    same_section: float = 1.3  # what a passage beside the one before scores more
    same_document: float = 1.05
    corrected: float = 0.7  # what the passage before scores where it was not what was meant


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Topic:
    """What the conversation is about: the words asked, and the passage that answered (-1: none)."""

    words: tuple[str, ...]
    passage: int


def depends(message: str, question: Question) -> bool:
    """Say whether a message leaves out what it is about."""
    words = [word.read for word in question.words]
    if not words:
        return False
    telling = [group for group in question.query.groups if group.needed]
    if _OPENING.match(message):
        return True
    if _POINTING & set(analysis.fold(_OWN_SUBJECT.sub(" ", message)).split()):
        return len(telling) <= 2 * _FEW + 1
    pointed = any(word.strip("?!.,") in _POINTING for word in words) and not _OWN_SUBJECT.search(message)
    return (pointed and len(telling) <= 2 * _FEW + 1) or len(telling) < _FEW


def complete(
    message: str, question: Question, history: Sequence[Turn], index: Index, understanding: Understanding
) -> tuple[Question, Topic | None]:
    """Complete a question from the history. Returns it unchanged, and no topic, where it stands alone."""
    if not history or not depends(message, question):
        return question, None
    topic = topic_of(history, index, understanding)
    if topic is None:
        return question, None
    own = {alternative.terms for group in question.query.groups for alternative in group.alternatives}
    added = [
        replace(group, weight=WEIGHTS.question, needed=False)
        for group in understanding.groups(topic.words)
        if group.alternatives[0].terms not in own
    ]
    nearby: list[tuple[int, int, float]] = []
    about: tuple[str, ...] = ()
    if topic.passage >= 0:
        about = index.section(topic.passage)
        own |= {group.alternatives[0].terms for group in added}
        heading = [token.word for text in about[-1:] for token in analysis.tokens(text)]
        added += [
            replace(group, weight=WEIGHTS.section, needed=False)
            for group in understanding.groups(heading)
            if group.alternatives[0].terms not in own
        ]
        nearby = _nearby(index, topic.passage, _CORRECTING.match(message) is not None)
    query = replace(
        question.query, groups=(*question.query.groups, *added), nearby=(*question.query.nearby, *nearby)
    )
    subject = about[-1] if about else " ".join(_telling(topic.words))
    text = f"{question.text} — {subject}" if subject else question.text
    return replace(question, text=text, query=query), topic


def topic_of(history: Sequence[Turn], index: Index, understanding: Understanding) -> Topic | None:
    """Return what the last question of a history was about, itself completed from the ones before."""
    words: tuple[str, ...] = ()
    passage = -1
    seen = False
    for turn in history[-2 * _TURNS :]:
        if turn.role == "user":
            question = understanding.understand(turn.content[:2000])
            own = tuple(piece for word in question.words for piece in word.read.split())
            if not _telling(own):
                continue
            words = (*words, *own)[-40:] if seen and depends(turn.content, question) else own
            seen = True
        elif turn.role == "assistant":
            quoted = _quoted(turn, index, understanding)
            passage = quoted if quoted >= 0 else passage
    return Topic(words, passage) if seen or passage >= 0 else None


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if analysis.terms_of(word)]


def _quoted(turn: Turn, index: Index, understanding: Understanding) -> int:
    """Return the first passage that an assistant's message quoted: by its ids, else by its text."""
    for identifier in turn.passages:
        number = index.find_passage(identifier)
        if number is not None:
            return number
    content = " ".join(turn.content.split())
    words = [token.word for token in analysis.tokens(content[:_QUOTED_MOST])]
    groups: list[Group] = []
    for word in dict.fromkeys(words):
        groups += [
            replace(group, alternatives=group.alternatives[:1]) for group in understanding.groups([word])
        ]
    for hit in search(index, Query(tuple(groups[:40])), 5):
        if " ".join(index.passage(hit.passage).text.split()) in content:
            return hit.passage
    return -1


def _nearby(index: Index, passage: int, corrected: bool) -> list[tuple[int, int, float]]:
    stored = index.passage(passage)
    first, last = index.document(stored.document).passages
    begin = end = passage
    while begin > first and index.section(begin - 1) == stored.section:
        begin -= 1
    while end + 1 < last and index.section(end + 1) == stored.section:
        end += 1
    nearby = [(first, last, WEIGHTS.same_document)]
    if corrected:
        return [*nearby, (passage, passage + 1, WEIGHTS.corrected)]
    if stored.section:
        return [*nearby, (begin, end + 1, WEIGHTS.same_section)]
    return [*nearby, (max(first, passage - 1), min(last, passage + 2), WEIGHTS.same_section)]
