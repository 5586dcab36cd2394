"""A follow-up is completed from the history: what it leaves out was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot import analysis
from chatbot.index.reader import Index
from chatbot.index.search import search
from chatbot.question.ordinals import ORDINALS, named_in_passage, named_in_question, ordinal_of
from chatbot.question.query import Group, Query
from chatbot.question.understand import Question, Understanding
from chatbot.reply import Turn

Link = Literal["alone", "continues", "contrasts", "corrects", "picks"]
"""How a message hangs on what came before: not at all; it goes on about the same; it asks the same of something
else; it takes back what was understood; it picks one of several things named."""

_POINTING = frozenset(
    """it its they them their theirs that this those these it's that's one ones he she his her him there such same
    others another both either neither rest""".split()
)
_GRANTED = r"\W*(?:(?:ok|okay|right|thanks|thank you|i see|fine|good|great)\W+)?"
_CONTRASTING = re.compile(
    _GRANTED + r"(?:and|but|or|so|also|then|what about|how about|what of|what if|same for)\b\W*",
    re.IGNORECASE,
)
_CONTINUING = re.compile(
    _GRANTED + r"(?:why|why not|how so|how come|really|since when|like what|such as|for example|go on|more|"
    r"tell me more|anything else|what else|is that all|how long|how often)\W*(?:$|is that|not)",
    re.IGNORECASE,
)
_I_MEANT = (
    r"(?:what )?i (?:meant|mean|was (?:thinking of|asking about|talking about)|wanted(?: to (?:ask|know))?"
    r"(?: about)?)"
)
_CORRECTING = re.compile(
    r"\W*(?:(?:no|nope|oops|whoops|wait|hang on|hold on|sorry|pardon|actually|rather|my mistake|correction|not that"
    r"(?: one)?|that'?s not (?:it|what i (?:meant|asked))|wrong(?: one)?|i said|scratch that)\b\W*)+"
    rf"(?:{_I_MEANT}\W*)?|\W*{_I_MEANT}\b\W*",
    re.IGNORECASE,
)
_SWITCHING = re.compile(
    r"\W*(?:(?:changing|to change|change of) (?:the )?(?:subject|topic)|(?:on )?(?:a|an)?\W*(?:different|another|new|"
    r"separate|unrelated) (?:question|topic|subject|thing|matter)(?: (?:now|then|please))?|something (?:else|different)"
    r"(?: now| entirely)?|by the way|btw|next question|moving on|one more (?:question|thing))\b\W*",
    re.IGNORECASE,
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
    contrasted: float = 0.3  # the same where something else is asked about
    section: float = 0.35  # a word of the heading above the passage before
    picked: float = 0.9  # a word of the thing that is picked
    same_section: float = 1.3  # what a passage beside the one before scores more
    same_document: float = 1.05
    corrected: float = 0.6  # what the passage before scores where it was not what was meant


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Topic:
    """What the conversation is about: the words asked, the last question, the passage that answered (-1: none)."""

    words: tuple[str, ...]
    asked: str
    passage: int


def link_of(message: str, question: Question) -> Link:
    """Say how a message hangs on what came before."""
    words = [analysis.fold(word.read) for word in question.words]
    if not words or _SWITCHING.match(message):
        return "alone"
    if _CORRECTING.match(message):
        return "corrects"
    telling = [group for group in question.query.groups if group.needed]
    few = len(telling) <= 2 * _FEW + 1
    if ordinal_of(message) is not None and few:
        return "picks"
    pointing = bool(_POINTING & set(analysis.fold(_OWN_SUBJECT.sub(" ", message)).replace("?", " ").split()))
    opening = _CONTRASTING.match(message)
    if opening:
        strong = [group for group in telling if group.weight >= 1.0]
        return "contrasts" if strong and not pointing else "continues" if not strong else "contrasts"
    if _CONTINUING.match(message) or (pointing and few) or len(telling) < _FEW:
        return "continues"
    return "alone"


def without_opening(message: str) -> str:
    """Return a message without the words that only say that it corrects or changes the subject."""
    for pattern in (_SWITCHING, _CORRECTING):
        found = pattern.match(message)
        if found and found.end() < len(message):
            return message[found.end() :]
    return message


def complete(
    message: str, question: Question, history: Sequence[Turn], index: Index, understanding: Understanding
) -> tuple[Question, Link]:
    """Complete a question from the history. Returns it unchanged where it stands alone."""
    link = link_of(message, question) if history else "alone"
    topic = topic_of(history, index, understanding) if link != "alone" else None
    if topic is None:
        return question, "alone"
    picked = _picked(message, topic, index) if link == "picks" else []
    if link == "picks" and not picked:
        link = "continues"
    about = index.section(topic.passage)[-1:] if topic.passage >= 0 else ()
    added = _added(question, link, topic, picked, about, understanding)
    query = replace(
        question.query,
        groups=(*_kept(message, question.query.groups, link), *added),
        nearby=(*question.query.nearby, *_nearby(index, topic.passage, link)),
        roles=question.query.roles | _role_of(index, topic.passage, link),
    )
    if not query.kinds and link in {"contrasts", "corrects"}:
        before = understanding.understand(topic.asked).query
        query = replace(query, kinds=before.kinds, shapes=before.shapes, roles=query.roles | before.roles)
    subject = " ".join(picked) if picked else about[0] if about and link == "continues" else ""
    subject = subject or " ".join(_telling(topic.words)[:8])
    return replace(question, text=f"{question.text} — {subject}", query=query), link


def _kept(message: str, groups: tuple[Group, ...], link: Link) -> tuple[Group, ...]:
    """Return the groups of a follow-up that say something of the subject: not those of "how come?"."""
    if _CONTINUING.fullmatch(message.strip(" ?!.")):
        return ()
    if link != "picks":
        return groups
    return tuple(replace(group, needed=group.needed and group.word not in ORDINALS) for group in groups)


def _added(
    question: Question,
    link: Link,
    topic: Topic,
    picked: list[str],
    about: tuple[str, ...],
    understanding: Understanding,
) -> list[Group]:
    """Return the groups that the history adds."""
    heading = [token.word for text in about for token in analysis.tokens(text)]
    sources: list[tuple[Sequence[str], float]] = []
    if link == "picks":
        sources = [(picked, WEIGHTS.picked)]
    elif link in {"contrasts", "corrects"}:
        sources = [(topic.words, WEIGHTS.contrasted)]
    else:
        sources = [(topic.words, WEIGHTS.question), (heading, WEIGHTS.section)]
    own = {alternative.terms for group in question.query.groups for alternative in group.alternatives}
    added: list[Group] = []
    for words, weight in sources:
        for group in understanding.groups(words):
            first = group.alternatives[0].terms
            if first not in own:
                own.add(first)
                added.append(replace(group, weight=weight * min(1.0, group.weight), needed=link == "picks"))
    return added


def topic_of(history: Sequence[Turn], index: Index, understanding: Understanding) -> Topic | None:
    """Return what the last question of a history was about, itself completed from the ones before."""
    words: tuple[str, ...] = ()
    asked = ""
    passage = -1
    for turn in history[-2 * _TURNS :]:
        if turn.role == "user":
            message = without_opening(turn.content[:2000])
            question = understanding.understand(message)
            own = tuple(piece for word in question.words for piece in word.read.split())
            if not _telling(own):
                continue
            link = link_of(turn.content, question) if asked else "alone"
            words = (*words, *own)[-40:] if link == "continues" else own
            asked = message
        elif turn.role == "assistant":
            quoted = _quoted(turn, index, understanding)
            passage = quoted if quoted >= 0 else passage
    return Topic(words, asked, passage) if asked or passage >= 0 else None


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if analysis.terms_of(word)]


def _picked(message: str, topic: Topic, index: Index) -> list[str]:
    """Return the words of the thing that a message picks: of those the question named, else the passage."""
    place = ordinal_of(message)
    if place is None:
        return []
    named = named_in_question(topic.asked, place)
    if named and re.search(r"\b(?:former|latter)\b", message, re.IGNORECASE):
        return named
    if topic.passage >= 0:
        text = index.passage(topic.passage).text
        sentences = [text[start:end] for start, end, _, _ in index.sentences(topic.passage)]
        return named_in_passage(sentences, place) or named
    return named


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


def _role_of(index: Index, passage: int, link: Link) -> frozenset[str]:
    """A question that goes on about an author or a source is answered by such parts of the page."""
    if passage < 0 or link != "continues":
        return frozenset()
    role = index.passage(passage).role
    if role in {"byline", "biography"}:
        return frozenset({"byline", "biography"})
    return frozenset({role}) if role in {"sources", "editorial"} else frozenset()


def _nearby(index: Index, passage: int, link: Link) -> list[tuple[int, int, float]]:
    """Return the runs of passages that a follow-up prefers, each with the factor they score by."""
    if passage < 0:
        return []
    stored = index.passage(passage)
    first, last = index.document(stored.document).passages
    nearby = [(first, last, WEIGHTS.same_document)]
    if link == "corrects":
        return [*nearby, (passage, passage + 1, WEIGHTS.corrected)]
    if link != "continues":
        return nearby
    begin = end = passage
    while begin > first and index.section(begin - 1) == stored.section:
        begin -= 1
    while end + 1 < last and index.section(end + 1) == stored.section:
        end += 1
    if not stored.section:
        begin, end = max(first, passage - 1), min(last, passage + 2) - 1
    return [*nearby, (begin, end + 1, WEIGHTS.same_section)]
