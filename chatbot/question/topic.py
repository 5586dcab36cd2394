"""What a conversation is about, rebuilt from its history each time: subject, kind of thing asked, passages read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from chatbot import analysis
from chatbot.index.ranking import group_idf
from chatbot.index.reader import Index
from chatbot.index.search import search
from chatbot.question.asked import Asked
from chatbot.question.links import (
    Link,
    asks_source,
    is_rare,
    known,
    link_of,
    meant_words,
    named,
    points_back,
    strong,
    subject_words,
    titled,
    within,
    without_opening,
)
from chatbot.question.ordinals import (
    ORDINALS,
    chosen,
    compares,
    is_list,
    items,
    marked_items,
    means_other,
    named_in_question,
    ordinal_of,
)
from chatbot.question.query import Group, Query
from chatbot.question.understand import Question, Understanding
from chatbot.reply import Turn

TURNS = 6
"""How many exchanges are looked back on."""
_QUOTED_MOST = 600
_LEAST = 0.2
_MOST_WORDS = 12
_LONGEST_SLICE = 12
"""Words; a longer slice of a question names no subject."""
_MOST_TITLE = 4
"""A title of more words names no subject."""
_SHORTEST_NAME = 5
"""Shorter words that are rare are mostly interjections."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a word of the subject still counts after a further turn."""

    continued: float = 0.85  # where the turn goes on about the same
    weak: float = 0.5  # what a word counts that tells little
    predicate: float = 0.4  # what a word counts that such a turn itself adds
    replaced: float = 0.5  # where the turn asks the same of something else


KEEPING = Keeping()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a conversation: what it asked about, each word with what it counts, and what it asked.

    `naming` is the question whose things "the former" picks: its own text, or an older one where it picked itself.
    `about` is the subject and `asking` the words of the kind asked, as they were written. `shown` are the passages
    that answered, best first; `listed` is the one whose items a number picks (-1: none), `picked` whether one was.
    """

    naming: str
    subject: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    kinds: tuple[Asked, ...] = ()
    asking: tuple[str, ...] = ()
    about: str = ""
    shown: tuple[int, ...] = ()
    listed: int = -1
    picked: bool = False
    question: Question | None = None


def exchanges_of(history: Sequence[Turn], index: Index, understanding: Understanding) -> tuple[Exchange, ...]:
    """Return the exchanges of a history, oldest first, each completed from the ones before.

    A question to which nothing was quoted ("can I drive?", "thanks") leaves what the conversation is about as it was,
    but for a subject that it names.
    """
    found: list[Exchange] = []
    waiting = False  # whether the last exchange has had no reply yet
    for turn in history[-2 * TURNS :]:
        if turn.role == "user":
            waiting = False
            message = without_opening(turn.content[:2000])
            question = understanding.understand(message)
            if not question.words:
                continue
            before = found[-1] if found else None
            link = link_of(turn.content[:2000], question, index) if before else "alone"
            exchange = followed(before, message, question, link, index)
            if exchange is not None:
                found.append(exchange)
                waiting = True
        elif turn.role == "assistant":
            shown = _quoted(turn, index, understanding)
            if not shown:
                found = _after_no_quote(found, index) if waiting else found
                waiting = False
                continue
            if not found:
                found.append(Exchange(""))
            listed = found[-1].listed if found[-1].picked else shown[0]
            found[-1] = _titled(replace(found[-1], shown=shown, listed=listed), index)
    return tuple(found)


def spoken_of(history: Sequence[Turn], index: Index, understanding: Understanding) -> bool:
    """Say whether a history is about anything."""
    return any(exchange.shown for exchange in exchanges_of(history, index, understanding))


def _titled(exchange: Exchange, index: Index) -> Exchange:
    """Return an exchange whose question named no document's subject with that of the one that answered: its title."""
    if any(titled(index, word) for word in strong(tuple(exchange.subject))):
        return exchange
    document = index.document(int(index.passage_documents[exchange.shown[0]]))
    words = [token.word for token in analysis.tokens(document.title) if analysis.terms_of(token.word)]
    if document.title == Path(document.name).stem or len(words) > _MOST_TITLE:
        return exchange
    subject = {**dict.fromkeys(words, KEEPING.weak), **exchange.subject}
    return replace(exchange, subject=subject, about=exchange.about or document.title)


def _after_no_quote(exchanges: list[Exchange], index: Index) -> list[Exchange]:
    """Return what a conversation is about after a question to which nothing was quoted: the last of some exchanges.

    Of such a question the subject is kept that it names: its words of titles and headings, and words so rare in English
    that they are names, which the documents have too or the question asks for. What the documents lack ends what was
    spoken of before.
    """
    question = exchanges[-1].question if exchanges else None
    if question is None:
        return exchanges
    *before, last = exchanges
    words = subject_words(question)
    own = strong(words)
    defined = bool(question.query.defines)
    there = meant_words(index, question) | {word for word in own if known(index, word)}
    names = tuple(
        word for word in own if named(index, word) or (_is_name(word) and (defined or word in there))
    )
    if not names:  # what was asked of nothing is asked of what is named next
        return before or [replace(last, subject={}, about="", shown=(), listed=-1)]
    about = written(question, (*names, *(word for word in words if word not in own)))
    subject = dict.fromkeys(names, 1.0)
    if there.isdisjoint(names):
        return [replace(last, subject=subject, about=about, shown=(), listed=-1)]
    if before and not any(titled(index, word) for word in names):
        kept = {word: count * KEEPING.continued for word, count in before[-1].subject.items()}
        subject = kept | {word: last.subject.get(word, 1.0) for word in names}
        if max(subject[word] for word in names) < 1.0:  # "can I eat … with it?" is still about "it"
            about = last.about
    return [*before, replace(last, subject=subject, about=about)]


def names_subject(index: Index, question: Question) -> bool:
    """Say whether a question has a word of a title or a heading that is rare in English: small talk has none."""
    return any(named(index, word) and _is_name(word) for word in strong(subject_words(question)))


def _is_name(word: str) -> bool:
    return len(word) >= _SHORTEST_NAME and is_rare(word)


def followed(
    before: Exchange | None, message: str, question: Question, link: Link, index: Index
) -> Exchange | None:
    """Return the exchange that a question begins after another; None where it says nothing."""
    own = _focus(question, subject_words(question))
    asking = asking_words(question)
    if before is None and asks_source(message):
        return None
    if before is None or link == "alone":
        words = own or tuple(word.read for word in question.words if analysis.terms_of(word.read))
        if all(len(word) == 1 for word in words):  # letters, as of "a&e", name nothing
            return None
        about = written(question, words) if strong(words) else ""
        telling = strong(words) or words
        subject = {word: 1.0 if word in telling else KEEPING.weak for word in words}
        return Exchange(message, subject, question.asked, asking, about, question=question)
    picked = picked_words(message, before, link, index)
    if link == "picks" and not picked:
        link = "continues"
    if picked:
        own = (*picked, *(word for word in own if word not in ORDINALS))
    if asks_source(message):  # who says so is no new subject
        own = ()
    kinds = question.asked or before.kinds
    subject = carried(before.subject, own, link, index, within(message))
    new = not picked and not points_back(message)
    names = tuple(word for word in own if _is_name(word) and known(index, word)) if new else ()
    about = " ".join(picked) or (before.about if link in {"continues", "more"} and not names else "")
    keep = KEEPING.predicate if link == "continues" and before.subject else 1.0
    for word in own:
        subject[word] = max(subject.get(word, 0.0), 1.0 if word in names else keep)
    strongest = sorted(subject, key=lambda word: -subject[word])[:_MOST_WORDS]
    return Exchange(
        before.naming if picked or (compares(before.naming) and not compares(message)) else message,
        {word: subject[word] for word in subject if word in strongest},
        kinds,
        asking if question.asked else before.asking,
        about or (written(question, own) if strong(own) else "") or before.about or written(question, own),
        before.shown,
        before.listed,
        bool(picked),
        question,
    )


def _focus(question: Question, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some words that a long message asks about, not those of the story around it."""
    groups = [group for group in question.query.groups if not group.asked]
    asked = {group.word for group in groups if group.needed}
    if 2 * len(asked) >= len(groups):
        return words
    return tuple(word for word in words if word in asked) or words


def asking_words(question: Question) -> tuple[str, ...]:
    """Return the words of a question that say what kind of thing is asked."""
    words = _read(question)
    places = sorted({place for found in question.asked for place in found.places})
    return tuple(dict.fromkeys(words[place] for place in places))


def picked_words(message: str, before: Exchange, link: Link, index: Index) -> list[str]:
    """Return the words of the thing that a message picks: of those the question named, else the passage."""
    if means_other(message) and link != "alone":
        return _other(before, index)
    place = ordinal_of(message) if link == "picks" else None
    if place is None:
        return []
    named = named_in_question(before.naming, place)
    if named and (compares(before.naming) or re.search(r"\b(?:former|latter)\b", message, re.IGNORECASE)):
        return named
    read = [passage for passage in (before.listed, *before.shown) if passage >= 0]
    same = [n for n in read if index.passage_documents[n] == index.passage_documents[read[0]]]
    each = [_items_at(index, passage) for passage in same]
    listed = [found for n, found in zip(same, each, strict=True) if is_list(_sentences(index, n))]
    for things in (*listed, *each):
        if found := chosen(things, place):
            return found
    return named


def _items_at(index: Index, passage: int) -> list[list[str]]:
    """Return the words of the things that a passage lists, and of those that its section goes on with.

    Where it lists none by marks and another passage of its section does, that is the list.
    """
    section = index.section(passage)
    first, end = index.document(int(index.passage_documents[passage])).passages
    own = marked_items(_sentences(index, passage))
    if len(own) > 1:
        for after in range(passage + 1, end):
            if index.section(after) != section:
                break
            own += marked_items(_sentences(index, after))
        return own
    beside = (n for n in range(first, end) if n != passage and section and index.section(n) == section)
    marked = (marked_items(_sentences(index, n)) for n in beside)
    return next((found for found in marked if len(found) > 1), None) or items(_sentences(index, passage))


def _other(before: Exchange, index: Index) -> list[str]:
    """Return the words of the one of two things that was not asked about."""
    if before.listed < 0:
        return []
    listed = items(_sentences(index, before.listed))
    asked_for = {term for word in before.subject for term in analysis.terms_of(word)}
    unasked = [
        words
        for words in listed
        if not asked_for & {t for word in words[:1] for t in analysis.terms_of(word)}
    ]
    return unasked[0] if len(listed) == 2 and len(unasked) == 1 else []


def _sentences(index: Index, passage: int) -> list[str]:
    text = index.passage(passage).text
    return [text[start:end] for start, end, _, _ in index.sentences(passage)]


def written(question: Question, words: tuple[str, ...]) -> str:
    """Return the slice of a question from the first to the last telling one of some words, with those beside them."""
    chosen, telling = set(words), set(strong(words) or words)
    places = [n for n, word in enumerate(question.words) if telling & set(word.read.split())]
    if not places:
        return ""
    first, last = places[0], places[-1]
    while first > 0 and question.words[first - 1].read in chosen:
        first -= 1
    while last + 1 < len(question.words) and question.words[last + 1].read in chosen:
        last += 1
    if last - first >= _LONGEST_SLICE:  # they stand far apart: themselves, each once
        return " ".join(dict.fromkeys(question.words[place].read for place in places))
    asking = set(asking_words(question))
    run = [word.read for word in question.words[first : last + 1]]
    return " ".join(word for word in run if word in chosen or word not in asking)


def _read(question: Question) -> list[str]:
    return [piece for word in question.words for piece in word.read.split()]


def carried(
    subject: Mapping[str, float], own: tuple[str, ...], link: Link, index: Index, narrowed: bool
) -> dict[str, float]:
    """Return what the words of a subject count in the next question.

    A question that names another subject, one that titles have, drops those that titles or headings have.
    """
    if link in {"continues", "more"}:
        share = dict.fromkeys(subject, KEEPING.continued)
    else:
        other = any(titled(index, word) for word in strong(own))
        if not narrowed and other:
            subject = {word: count for word, count in subject.items() if not named(index, word)}
        share = {
            word: KEEPING.replaced if other or not titled(index, word) else KEEPING.continued
            for word in subject
        }
    return {word: count * share[word] for word, count in subject.items() if count * share[word] >= _LEAST}


def answering_words(index: Index, exchange: Exchange, most: int) -> list[str]:
    """Return the most telling words of the sentence that answered an exchange, those not asked for, as terms.

    What "it" means after "which medicine helps?" stands only there.
    """
    if not exchange.shown or exchange.question is None:
        return []
    wanted: dict[int, float] = {}
    for group in exchange.question.query.groups:
        for alternative in group.alternatives:
            for term in alternative.terms:
                number = index.term(term)
                if number is not None:
                    weight = group.weight * alternative.weight * group_idf(index, group)
                    wanted[number] = max(wanted.get(number, 0.0), weight)
    for word, count in exchange.subject.items():
        for term in analysis.terms_of(word):
            number = index.term(term)
            if number is not None:
                wanted[number] = max(wanted.get(number, 0.0), count * float(index.idf[number]))
    shapes = exchange.question.query.shapes
    passage = exchange.shown[0]
    best, terms = 0.0, frozenset[int]()
    for _, _, numbers, shape in index.sentences(passage):
        value = sum(wanted.get(number, 0.0) for number in numbers)
        value *= 1.5 if any(shape & bits for bits, _ in shapes) else 1.0
        if value > best:
            best, terms = value, numbers
    fresh = sorted(
        (number for number in terms if number not in wanted), key=lambda number: -float(index.idf[number])
    )
    return [index.terms.at(number).decode() for number in fresh[:most]]


def _quoted(turn: Turn, index: Index, understanding: Understanding) -> tuple[int, ...]:
    """Return the passages that an assistant's message quoted: by its ids, else by its text."""
    numbers = [index.find_passage(identifier) for identifier in turn.passages]
    known = tuple(number for number in numbers if number is not None)
    if known:
        return known
    content = " ".join(turn.content.split())
    words = [token.word for token in analysis.tokens(content[:_QUOTED_MOST])]
    groups: list[Group] = []
    for word in dict.fromkeys(words):
        groups += [
            replace(group, alternatives=group.alternatives[:1]) for group in understanding.groups([word])
        ]
    for hit in search(index, Query(tuple(groups[:40])), 5):
        if " ".join(index.passage(hit.passage).text.split()) in content:
            return (hit.passage,)
    return ()
