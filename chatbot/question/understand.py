"""A message becomes a query: spelling, everyday words, what is asked, each step visible."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np

from chatbot import analysis
from chatbot.analysis import Token
from chatbot.index.reader import Index
from chatbot.index.weights import SPECIAL_TITLE
from chatbot.question.answer_types import wanted
from chatbot.question.asked import Asked, kind_bits, kinds, only_definition, recognise, stems_of
from chatbot.question.focus import BACKGROUND, focus
from chatbot.question.frames import frames
from chatbot.question.query import Alternative, Group, Query
from chatbot.question.spelling import MOST_WORDS, SHORTEST, Speller
from chatbot.question.steps import ALL, Steps
from chatbot.reply import Correction

ASKED_WEIGHT = 0.2
"""What each word of the kind of thing asked counts, against typed words."""
ANSWERED_BY = 0.65
"""What a word of the kind of thing asked counts in place of the word that asks for it."""
WEAK = 0.45
"""What a word counts that tells little."""
SPENT = 0.4
"""What a word counts that only says what kind of thing is asked."""
_LONGEST_EXPRESSION = 5
_SMALL_WORDS = 3
"""Stop words alone mean something else only where there are as many ("on its own")."""
_MOST_GROUPS = 60
_NAME = 2
"""Words of a message that only names a subject."""
_WHOLE = 0.97
"""The share of a title that names its document."""


@lru_cache(maxsize=1)
def weak_words() -> frozenset[str]:
    """Return the stems of the words that tell little of what is asked."""
    text = resources.files("chatbot.question").joinpath("data/weak-words.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message as it was read; `places` are code points of the message."""

    typed: str
    read: str
    places: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood. `text` is the question corrected and completed."""

    text: str
    words: tuple[Word, ...]
    query: Query
    asked: tuple[Asked, ...]
    corrections: tuple[Correction, ...]
    steps: tuple[dict[str, Any], ...] = field(default=(), compare=False)


def _asking(message: str) -> list[Token]:
    """Return the tokens of a message that are part of its question: all, where nothing else would be left."""
    around = frames(message)
    every = list(analysis.tokens(message))
    left = [token for token in every if not any(start <= token.start < end for start, end in around)]
    return left if any(analysis.terms_of(token.word) for token in left) else every


class Understanding:
    """Understands messages with the words of one index. Safe to share between threads."""

    def __init__(self, index: Index, steps: Steps = ALL) -> None:
        self._index = index
        self._steps = steps
        self._speller = Speller(index)

    def read(self, message: str) -> tuple[tuple[Word, ...], tuple[Correction, ...]]:
        """Split a message into words and correct those that are misspelt, but for those in quotes."""
        words: list[Word] = []
        corrections: dict[str, Correction] = {}
        looked_up = 0
        for token in _asking(message):
            read = self._speller.spelt_out(token.word) or token.word
            if (
                read is token.word
                and "'" not in read
                and "’" not in read
                and len(read) >= SHORTEST
                and looked_up < MOST_WORDS
            ):
                fixed, tried = self._corrected(token, MOST_WORDS - looked_up)
                looked_up += tried
                if fixed:
                    read = fixed
                    corrections.setdefault(token.word, Correction(message[token.start : token.end], fixed))
            words.append(Word(message[token.start : token.end], read, (token.start, token.end)))
        if self._steps.spelling:
            self._as_titled(words, corrections)
        return tuple(words), tuple(corrections.values())

    def _as_titled(self, words: list[Word], corrections: dict[str, Correction]) -> None:
        """Correct the words that are only right elsewhere than beside a word of a title ("lime disease")."""
        tried = 0
        for place, word in enumerate(words):
            name = word.read.replace("’", "'").partition("'")[0]
            if tried >= MOST_WORDS or not self._speller.may_be_titled(name):
                continue
            tried += 1
            beside = [words[at].read for at in (place + 1, place - 1) if 0 <= at < len(words)]
            fixed = next((found for other in beside if (found := self._speller.in_title(name, other))), None)
            if fixed:
                words[place] = replace(word, read=fixed)
                corrections[word.typed] = Correction(word.typed, fixed)

    def _corrected(self, token: Token, most: int) -> tuple[str | None, int]:
        if not self._steps.spelling:
            return None, 0
        pieces = token.word.split("-")
        unknown = [piece for piece in pieces if piece.isalpha() and not self._speller.known(piece)][:most]
        if not unknown:
            return None, 0
        fixed = {piece: self._speller.correct(piece) for piece in unknown}
        if not any(fixed.values()):
            return None, len(unknown)
        return "-".join(fixed.get(piece) or piece for piece in pieces), len(unknown)

    def understand(self, message: str) -> Question:
        """Understand one message by itself."""
        words, corrections = self.read(message)
        text = corrected_text(message, words)
        flat = [piece for word in words for piece in word.read.split()]
        places = [word.places for word in words for _ in word.read.split()]
        counts = focus(message, places, flat) if self._steps.focus else ()
        named = self._named(flat)
        asked = _asked(flat, counts, named) if self._steps.kind_asked else ()
        spent = {place for found in asked if found.kind.spent for place in found.places}
        asking = {place for found in asked for place in found.places} - named
        groups = self.groups(flat, counts, spent, asking)
        if not any(group.needed and group.weight >= 1.0 for group in groups):
            groups = self.groups(flat, counts, asking=asking)
        defining = {place for found in asked if found.kind.name == "definition" for place in found.places}
        typed = [
            term
            for place, word in enumerate(flat)
            if place in named or place not in defining
            for term in analysis.terms_of(word)
        ]
        groups = _answered_by(groups, flat, asked)
        query = Query(
            tuple(groups) + tuple(self.asked_groups(asked)),
            tuple((found.kind.shapes, found.kind.bonus) for found in asked if found.kind.shapes),
            frozenset(role for found in asked for role in found.kind.roles),
            tuple(dict.fromkeys(typed)) if _defining(asked) else (),
            kind_bits(asked),
            answer_types=wanted(text),
        )
        return Question(text, words, query, asked, corrections)

    def _named(self, words: Sequence[str]) -> frozenset[int]:
        """Return the places of the words that are a document's whole title, the longest if there are several."""
        index = self._index
        terms = [
            (place, index.term(term)) for place, word in enumerate(words) for term in analysis.terms_of(word)
        ]
        known = {number for _, number in terms if number is not None}
        covered = np.zeros(index.document_count(), np.float32)
        for number in known:
            if index.titled(number):
                documents, shares = index.titles(number)
                covered[documents] += shares
        whole = np.flatnonzero((covered >= _WHOLE * index.title_reach) & (index.title_reach >= SPECIAL_TITLE))
        if not len(whole):
            return frozenset()
        at = index.title_terms_at
        longest = int(whole[np.argmax(at[whole + 1] - at[whole])])
        title = set(index.title_terms[at[longest] : at[longest + 1]].tolist())
        return frozenset(place for place, number in terms if number in title)

    def groups(
        self,
        words: Sequence[str],
        counts: Sequence[float] = (),
        spent: Collection[int] = (),
        asking: Collection[int] = (),
    ) -> list[Group]:
        """Make a group of each telling word: itself, and what may stand for it or for an expression it is in.

        An expression of stop words alone ("on its own") makes a group too, if something may stand for it.
        `counts` is what each word counts (all 1 where it is empty), `spent` are the places of words that say
        what kind of thing is asked and nothing of the subject, `asking` those of all words that say it.
        """
        spans = self._expressions_in(words)
        first: dict[tuple[str, ...], int] = {}
        strength: dict[int, float] = {}
        for place, word in enumerate(words):
            own = analysis.terms_of(word)
            if own or place in spans:
                kept = first.setdefault(own or (f" {place}",), place)
                strength[kept] = max(strength.get(kept, 0.0), counts[place] if counts else 1.0)
        chosen = sorted(sorted(strength, key=lambda place: -strength[place])[:_MOST_GROUPS])
        return [
            replace(
                self._group(words[place], spans.get(place, ()), strength[place], place in spent),
                asks=place in asking,
            )
            for place in chosen
        ]

    def _group(
        self,
        word: str,
        spans: Sequence[tuple[int, list[list[Any]]]],
        count: float,
        spent: bool,
    ) -> Group:
        own = analysis.terms_of(word)
        alternatives = []
        if own:
            alternatives.append(Alternative(own[:1] if len(own) < 3 else own[-1:], 1.0, "typed"))
        if len(own) >= 3:
            alternatives.append(Alternative(own[:-1], 0.95, "typed"))
        for length, others in spans:
            for weight, terms in others:
                share = weight if length == 1 else weight * (0.9 if length == 2 else 0.8)
                alternatives.append(Alternative(tuple(terms.split()), share, "synonym"))
        weight = WEAK if not own or analysis.stem(word) in weak_words() else 1.0
        weight = min(weight, SPENT) if spent else weight
        needed = not spent and count > BACKGROUND
        return Group(word, tuple(_strongest(alternatives)), weight * count, needed)

    @cached_property
    def _longest(self) -> dict[str, int]:
        """The length of the longest expression that begins with two words, at most `_LONGEST_EXPRESSION`."""
        longest: dict[str, int] = {}
        for expression in self._index.expressions:
            words = expression.split(" ")
            if 1 < len(words) <= _LONGEST_EXPRESSION:
                start = " ".join(words[:2])
                longest[start] = max(longest.get(start, 1), len(words))
        return longest

    def _expressions_in(self, words: Sequence[str]) -> dict[int, list[tuple[int, list[list[Any]]]]]:
        """Return, for each place, the expressions that the word there is part of.

        Each comes with how many telling words it has. One that is wholly inside a longer one is left out.
        """
        if not self._steps.everyday_words:
            return {}
        line: list[str] = []
        owner: list[int] = []
        for place, word in enumerate(words):
            pieces = stems_of(word)
            line += pieces
            owner += [place] * len(pieces)
        found: dict[int, list[tuple[int, list[list[Any]]]]] = {}
        covered = [0] * len(line)
        reach = [self._longest.get(f"{one} {other}", 1) for one, other in pairwise(line)] + [1]
        for length in range(max(reach), 0, -1):
            for start in range(len(line) - length + 1):
                if reach[start] < length:
                    continue
                others = self._index.expressions.get(" ".join(line[start : start + length]))
                if not others or all(covered[start : start + length]):
                    continue
                places = dict.fromkeys(owner[start : start + length])
                telling = [place for place in places if analysis.terms_of(words[place])]
                if length > 1:
                    covered[start : start + length] = [1] * length
                if not telling and length < _SMALL_WORDS:
                    continue
                for place in telling or list(places)[:1]:
                    found.setdefault(place, []).append((max(1, len(telling)), others))
        return found

    def asked_groups(self, asked: Sequence[Asked]) -> list[Group]:
        """Add what answers to this kind of question say."""
        words = dict.fromkeys(words for found in asked[:3] for words in found.kind.words)
        return [
            Group(f"({' '.join(terms)})", (Alternative(terms, 1.0, "asked"),), ASKED_WEIGHT, needed=False)
            for terms in words
        ]


def _answered_by(groups: list[Group], words: Sequence[str], asked: Sequence[Asked]) -> list[Group]:
    """Let what answers of a kind say stand for the words that ask for it, unless those say nothing of the subject."""
    standing: dict[str, dict[tuple[str, ...], None]] = {}
    for found in asked:
        if not found.kind.spent:
            for place in found.places:
                standing.setdefault(words[place], {}).update(dict.fromkeys(found.kind.words))
    return [
        replace(
            group,
            alternatives=tuple(
                _strongest(
                    [
                        *group.alternatives,
                        *(Alternative(t, ANSWERED_BY, "asked") for t in standing[group.word]),
                    ]
                )
            ),
        )
        if group.word in standing
        else group
        for group in groups
    ]


def _asked(words: Sequence[str], counts: Sequence[float], named: frozenset[int]) -> tuple[Asked, ...]:
    """Recognise the kinds of thing asked: by the sentences that ask, where a story is told around them."""
    asking = [word if not counts or counts[place] == 1.0 else "" for place, word in enumerate(words)]
    asked = only_definition(recognise(asking), words, named)
    if not asked and _bare(words):
        return tuple(Asked(kind, frozenset()) for kind in kinds() if kind.name == "definition")
    return asked


def _bare(words: Sequence[str]) -> bool:
    """Say whether a message only names something: who types "gout" wants to know what it is."""
    return 0 < len(words) <= _NAME and all(analysis.terms_of(word) for word in words)


def _defining(asked: Sequence[Asked]) -> bool:
    return any(found.kind.name == "definition" for found in asked)


def _strongest(alternatives: list[Alternative]) -> list[Alternative]:
    best: dict[tuple[str, ...], Alternative] = {}
    for alternative in alternatives:
        known = best.get(alternative.terms)
        if known is None or alternative.weight > known.weight:
            best[alternative.terms] = alternative
    return list(best.values())


def corrected_text(message: str, words: Sequence[Word]) -> str:
    """Return the message with its misspelt words as they were read."""
    out, at = [], 0
    for word in words:
        start, end = word.places
        if word.read != analysis.fold(word.typed):
            out += [message[at:start], word.read]
            at = end
    out.append(message[at:])
    return " ".join("".join(out).split())
