"""A follow-up is completed from the history: what it leaves out was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot import analysis
from chatbot.index.ranking import group_idf
from chatbot.index.reader import Index
from chatbot.question import asked
from chatbot.question.asked import Asked
from chatbot.question.links import (
    Link,
    bare,
    fragment,
    is_rare,
    kind_of_bare,
    link_of,
    points_back,
    strong,
    subject_words,
    titled,
    within,
)
from chatbot.question.nearness import nearby
from chatbot.question.ordinals import ORDINALS
from chatbot.question.query import Alternative, Group
from chatbot.question.topic import Exchange, answering_words, carried, exchanges_of, picked_words
from chatbot.question.understand import SPENT, Question, Understanding
from chatbot.reply import Turn


@dataclass(frozen=True, slots=True)
class Weights:
    """What the history counts against what was typed."""

    subject: float = 0.9  # a word of the subject
    most: float = 2.0  # what the words of the subject count together at most
    section: float = 0.3  # a word of the heading above the passage before
    answer: float = 0.1  # a word of the sentence that answered before
    answers: int = 2  # how many of those
    picked: float = 1.1  # a word of the thing that is picked
    asking: float = 0.3  # a word that asked for a kind of thing, where that is asked again
    needed: float = 0.15  # from which weight on a word of the history is needed


WEIGHTS = Weights()
_MOSTLY = 0.5
"""A title is mostly a word that has such a share of what its words tell."""
_FIRST = re.compile(r"\b(?:first|beginning|start)\b", re.IGNORECASE)


def complete(
    message: str, question: Question, history: Sequence[Turn], index: Index, understanding: Understanding
) -> tuple[Question, Link]:
    """Complete a question from the history. Returns it unchanged where it stands alone."""
    if not history:
        return question, "alone"
    link = link_of(message, question, index)
    named = link == "alone" and any(titled(index, word) for word in strong(subject_words(question)))
    if named and not fragment(message):
        return question, "alone"
    exchanges = exchanges_of(history, index, understanding)
    if named:
        return _of_what_was_asked(message, question, exchanges, understanding)
    if not exchanges:
        return question, "alone"
    if link == "alone":  # but it names no document's subject: likelier that of the document just read
        query = question.query
        return replace(question, query=replace(query, nearby=nearby(index, query, exchanges, link))), link
    before = _meant(message, question, exchanges, link, index)
    if kind_of_bare(message) in {found.kind.name for found in before.kinds}:  # "why?" after its causes
        link = "more"
    picked = picked_words(message, before, link, index)
    if link == "picks" and not picked:
        link = "continues"
    own = subject_words(question)
    subject = carried(before.subject, own, link, index, within(message))
    if picked:
        subject = {word: count * 0.5 for word, count in subject.items() if word not in picked}
    names = {found.kind.name for found in before.kinds}
    other = bool(question.asked and names) and not any(found.kind.name in names for found in question.asked)
    question = _with_kind(message, question, before, link, understanding)
    added = _added(question, subject, picked, before, link, index, understanding)
    kept = _kept(message, question.query.groups, link)
    if any(group.needed for group in added):
        kept = _spent(question, kept)
    query = replace(
        question.query, groups=(*kept, *added), roles=question.query.roles | _role_of(index, before, link)
    )
    past = exchanges if link != "returns" else [*(e for e in exchanges if e is not before), before]
    read = next((exchange.shown[0] for exchange in reversed(past) if exchange.shown), -1)
    query = replace(
        query,
        nearby=(*query.nearby, *nearby(index, query, past, link, other)),
        after=None if link == "more" else read,
        about=None
        if picked or not _names_nothing(message, own, index)
        else _about(added, subject, before.about, index),
    )
    understood = _phrase(picked, question, before, link, index)
    text = f"{question.text} — {understood}" if understood else question.text
    return replace(question, text=text, query=query), link


def _of_what_was_asked(
    message: str, question: Question, exchanges: Sequence[Exchange], understanding: Understanding
) -> tuple[Question, Link]:
    """Give a bare name the kind of thing that was asked before of nothing ("what causes it?", "gout")."""
    before = exchanges[-1] if exchanges else None
    if before is None or before.subject or not before.kinds or any(found.places for found in question.asked):
        return question, "alone"
    bare_name = replace(question, asked=(), query=replace(question.query, defines=()))
    return _with_kind(message, bare_name, before, "contrasts", understanding), "contrasts"


def _meant(
    message: str, question: Question, exchanges: Sequence[Exchange], link: Link, index: Index
) -> Exchange:
    """Return the exchange that a message hangs on: the last, or the one that it comes back to."""
    if link != "returns" or len(exchanges) < 2:
        return exchanges[-1]
    words = subject_words(question)
    if _FIRST.search(message) and not strong(words):
        return exchanges[0]
    own = {term for word in words for term in analysis.terms_of(word)}
    best, found = 0.0, exchanges[-1]
    for exchange in exchanges:
        said = {term for word in exchange.subject for term in analysis.terms_of(word)}
        value = 2.0 * len(own & said)
        for passage in exchange.shown[:1]:
            terms = {index.term(term) for term in own}
            value += max((len(terms & numbers) for _, _, numbers, _ in index.sentences(passage)), default=0)
        if value >= best and value:
            best, found = value, exchange
    return found


def _with_kind(
    message: str, question: Question, before: Exchange, link: Link, understanding: Understanding
) -> Question:
    """Give a question that says no kind of thing the one asked before, or that of a bare "why?"."""
    name = kind_of_bare(message)
    if question.asked and name != "count":
        return question
    kinds: tuple[Asked, ...] = ()
    words: list[Group] = []
    if name:
        kinds = tuple(Asked(kind, frozenset()) for kind in asked.kinds() if kind.name == name)
    elif link in {"contrasts", "corrects", "picks"} and fragment(message):
        kinds = tuple(Asked(found.kind, frozenset()) for found in before.kinds)
        words = [
            replace(group, weight=WEIGHTS.asking * min(1.0, group.weight), needed=False)
            for group in understanding.groups(before.asking)
        ]
    if not kinds:
        return question
    query = replace(
        question.query,
        groups=(
            *(g for g in question.query.groups if not g.asked),
            *words,
            *understanding.asked_groups(kinds),
        ),
        shapes=tuple((found.kind.shapes, found.kind.bonus) for found in kinds if found.kind.shapes),
        roles=question.query.roles | frozenset(role for found in kinds for role in found.kind.roles),
        kinds=asked.kind_bits(kinds),
    )
    if any(found.kind.name == "definition" for found in kinds):
        own = (term for word in subject_words(question) for term in analysis.terms_of(word))
        query = replace(query, defines=query.defines or tuple(dict.fromkeys(own)))
    return replace(question, query=query, asked=kinds)


def _kept(message: str, groups: tuple[Group, ...], link: Link) -> tuple[Group, ...]:
    """Return the groups of a follow-up that say something of the subject: not those of "how come?"."""
    if link == "more":
        return ()
    if bare(message):
        return tuple(group for group in groups if group.asked)
    if link != "picks":
        return groups
    return tuple(replace(group, needed=group.needed and group.word not in ORDINALS) for group in groups)


def _spent(question: Question, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Let words that only say what kind of thing is asked ("how common") count little, beside a subject."""
    words = [piece for word in question.words for piece in word.read.split()]
    asking = {words[place] for found in question.asked if found.kind.spent for place in found.places}
    return tuple(
        replace(group, weight=min(group.weight, SPENT), needed=False)
        if group.asks and group.word in asking
        else group
        for group in groups
    )


def _added(
    question: Question,
    subject: dict[str, float],
    picked: list[str],
    before: Exchange,
    link: Link,
    index: Index,
    understanding: Understanding,
) -> list[Group]:
    """Return the groups that the history adds."""
    sources: list[tuple[str, float]] = [(word, WEIGHTS.picked) for word in picked]
    scale = min(1.0, WEIGHTS.most / max(1e-9, sum(subject.values())))
    sources += [(word, WEIGHTS.subject * scale * count) for word, count in subject.items()]
    about = index.section(before.shown[0])[-1:] if before.shown else ()
    if link == "continues":
        sources += [(token.word, WEIGHTS.section) for text in about for token in analysis.tokens(text)]
    own = {alternative.terms for group in question.query.groups for alternative in group.alternatives}
    added: list[Group] = []
    for word, weight in sources:
        for group in understanding.groups([word]):
            first = group.alternatives[0].terms if group.alternatives else ()
            if first and first not in own:
                own.add(first)
                weight = weight * min(1.0, group.weight)
                alternatives = tuple(replace(a, origin="history") for a in group.alternatives)
                added.append(Group(group.word, alternatives, weight, weight >= WEIGHTS.needed))
    if link == "continues":
        added += [
            Group(term, (Alternative((term,), 1.0, "history"),), WEIGHTS.answer, needed=False)
            for term in answering_words(index, before, WEIGHTS.answers)
            if (term,) not in own
        ]
    return added


def _names_nothing(message: str, own: tuple[str, ...], index: Index) -> bool:
    """Say whether a follow-up leaves to the history what it is about, and names no title's subject itself."""
    telling = strong(own)
    return not telling or (points_back(message) and not any(titled(index, word) for word in telling))


def _about(added: list[Group], subject: dict[str, float], about: str, index: Index) -> Group | None:
    """Return the group of the rarest word of what a conversation was said to be `about`, if it names a document."""
    said = {token.word for token in analysis.tokens(about)} & set(subject)
    groups = [group for group in added if group.word in said and _names_document(index, group.word)]
    return max(groups, key=lambda group: group_idf(index, group), default=None)


def _names_document(index: Index, word: str) -> bool:
    """Say whether a title is mostly a word, or has a word that is rare in English ("home" in a longer one is not)."""
    shares = [
        index.titles(number)[1] for number in map(index.term, analysis.terms_of(word)) if number is not None
    ]
    return any(len(share) and (is_rare(word) or share.max() >= _MOSTLY) for share in shares)


def _role_of(index: Index, before: Exchange, link: Link) -> frozenset[str]:
    """A question that goes on about an author or a source is answered by such parts of the page."""
    if not before.shown or link != "continues":
        return frozenset()
    role = index.passage(before.shown[0]).role
    if role in {"byline", "biography"}:
        return frozenset({"byline", "biography"})
    return frozenset({role}) if role in {"sources", "editorial"} else frozenset()


def _phrase(picked: list[str], question: Question, before: Exchange, link: Link, index: Index) -> str:
    """Return what a follow-up was understood to be about, readable: what it picks, else subject and kind."""
    if picked:
        return " ".join(picked)
    carries = question.asked and all(not found.places for found in question.asked)
    defined = any(found.kind.name == "definition" for found in question.asked)
    asking = " ".join(before.asking) if carries and not defined and link != "continues" else ""
    own = subject_words(question)
    about = before.about if link in {"continues", "more"} or not strong(own) or within(question.text) else ""
    section = index.section(before.shown[0])[-1:] if before.shown else ()
    return ", ".join(part for part in (about, asking) if part) or ("" if strong(own) else "".join(section))
