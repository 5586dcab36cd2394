"""How sure an answer is: measured on the answer, not on the topic.

Two logistic functions of the same evidence: whether the documents answer the question at all, which decides if
anything is answered, and whether the first passage holds the answer, which is the confidence that a reply states.
`tools/fit_confidence.py` fits both on questions whose answers are known and questions that the documents do not
answer, and writes `confidence.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from operator import attrgetter
from typing import Any, cast

import numpy as np

from chatbot.index.features import PASSAGE_FEATURES, STORY
from chatbot.index.ranking import numbered
from chatbot.index.reader import Index
from chatbot.index.search import Hit
from chatbot.question.answer_types import lacking
from chatbot.question.query import Group, Query
from chatbot.question.vectors import SIZE, word_vectors

_FEATURE = {name: place for place, name in enumerate(PASSAGE_FEATURES)}
_UNMET = 0.25
"""Below this a word of the question is not met."""
_STRONG = 0.5
"""A word that tells at least this share of what the most telling one does is a strong one."""
_LONG = 30


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against the first hit; every number is 0 to 1."""

    all: float = 0.0  # the share of what was typed that the first passage or its headings say
    most: float = 0.0  # the same of the passage that says most
    title_precise: float = 0.0  # the share of the document's title that is asked
    subject: float = 0.0  # whether the document is about what is asked
    share: float = 0.0  # the first hit's share of the likelihood of all
    defines: float = 0.0  # whether its best sentence begins with what is to be defined
    words: float = 0.0  # how many words were typed
    story: float = 0.0  # whether they tell a story
    follow: float = 0.0  # whether the history completed them
    follow_unmet: float = 0.0  # the same, and the share of what was typed now that the passage does not say
    precise_kind: float = 0.0  # whether something was asked that has a shape of its own, such as a number
    no_shape: float = 0.0  # the same, and the best sentence has not that shape
    no_asked: float = 0.0  # whether a kind of thing was asked that the passage does not speak of
    no_sign: float = 0.0  # whether neither shape nor words of the kind asked are there
    wants_type: float = 0.0  # whether a sort of answer is wanted, such as a price or a year
    no_type: float = 0.0  # whether the passage has none of a sort that is said in no other way
    no_loose_type: float = 0.0  # the same of other sorts
    unmet: float = 0.0  # how many strong words the passage does not meet: none, one, two, three or more
    unmet_there: float = 0.0  # how many its best sentence does not
    unmet_known: float = 0.0  # the share of unmet words that other passages have
    unmet_unknown: float = 0.0  # the share of unmet words that no passage has
    third: float = 0.0  # how far the best sentence meets the third most telling word
    worst: float = 0.0  # how far it meets the strong word that it meets least
    unknown: float = 0.0  # the share of words that no passage has, nor anything that may stand for them
    unknown_rare: float = 0.0  # how rare in English the rarest of them is
    unknown_topic: float = (
        0.0  # the share of words without any alternative, in a document about what is asked
    )
    missing: tuple[float, ...] = ()
    """What is missing: the mean of the words' vectors, each by what it counts and how little the passage says it; of a
    story, of the words that ask."""

    def values(self) -> tuple[float, ...]:
        """Return the numbers in order, then those of `missing` (`SIZE`)."""
        return cast(tuple[float, ...], _values(self)) + (self.missing or _NOTHING)


NAMES = tuple(name for name in Evidence.__dataclass_fields__ if name != "missing")
_NOTHING = (0.0,) * SIZE
_values = attrgetter(*NAMES)


def weigh_evidence(index: Index, query: Query, hits: Sequence[Hit]) -> Evidence:
    """Gather the evidence for the first of some hits."""
    first = hits[0]
    if not first.features:
        return Evidence()
    feature = {name: first.features[place] for name, place in _FEATURE.items()}
    groups = numbered(index, query)
    typed = [
        _Word(count, group, met, there, bool(known))
        for count, group, met, there, known in zip(
            first.counts, query.groups, first.met, first.met_there, groups, strict=True
        )
        if not group.asked and count > 0
    ]
    many = len(typed)
    asking = [word for word in typed if word.group.needed]
    told = many > STORY and bool(asking)
    if told:
        typed = asking
    typed.sort(key=lambda word: -word.count)
    total = sum(word.count for word in typed) or 1.0
    strong = [word for word in typed if word.count > _STRONG * typed[0].count]
    unmet = [word for word in typed if word.met < _UNMET]
    known = [word for word in unmet if _in_index(index, word.group)]
    asks = 1.0 if query.kinds else 0.0
    precise = 1.0 if any(bonus > 1.0 for _, bonus in query.shapes) else 0.0
    lacks = lacking(query.answer_types, index.passage(first.passage).text) if query.answer_types else []
    likelihoods = [hit.score / first.score for hit in hits if hit.features]
    without = sum(word.count for word in typed if not word.known) / total
    follow = 1.0 if any(group.of_history for group in query.groups) else 0.0
    return Evidence(
        all=_asked_for(first, query) if told else feature["all"],
        most=max(
            _asked_for(hit, query) if told else hit.features[_FEATURE["all"]] for hit in hits if hit.features
        ),
        title_precise=feature["title_precise"],
        subject=feature["subject"],
        share=1.0 / sum(likelihoods),
        defines=feature["best_defines"],
        words=min(1.0, many / _LONG),
        story=1.0 if many > STORY else 0.0,
        follow=follow,
        follow_unmet=follow * _share_unmet([word for word in typed if not word.group.of_history]),
        precise_kind=precise,
        no_shape=precise * (1.0 - feature["best_shape"]),
        no_asked=asks * (1.0 - feature["asked_sentence"]),
        no_sign=asks * (1.0 - max(feature["best_shape"], feature["asked_sentence"])),
        wants_type=1.0 if query.answer_types else 0.0,
        no_type=1.0 if any(kind.certain for kind in lacks) else 0.0,
        no_loose_type=1.0 if any(not kind.certain for kind in lacks) else 0.0,
        unmet=_few(word.met for word in strong),
        unmet_there=_few(word.there for word in strong),
        unmet_known=sum(word.count for word in known) / total,
        unmet_unknown=sum(word.count for word in unmet if word not in known) / total,
        third=typed[2].there if len(typed) > 2 else 1.0,
        worst=min((word.there for word in strong), default=1.0),
        unknown=without,
        unknown_rare=max((_rarity(word.group) for word in typed if not word.known), default=0.0),
        unknown_topic=without * feature["title"],
        missing=_missing(typed),
    )


@dataclass(frozen=True, slots=True)
class _Word:
    count: float
    group: Group
    met: float
    there: float
    known: bool


def _asked_for(hit: Hit, query: Query) -> float:
    """Return the share of what asks, not of the story around it, that a hit meets."""
    pairs = [
        (count, met)
        for count, met, group in zip(hit.counts, hit.met, query.groups, strict=True)
        if group.needed and not group.asked
    ]
    return sum(count * met for count, met in pairs) / (sum(count for count, _ in pairs) or 1.0)


def _share_unmet(words: Sequence[_Word]) -> float:
    total = sum(word.count for word in words)
    return sum(word.count * (1.0 - word.met) for word in words) / total if total else 0.0


def _few(met: Iterable[float]) -> float:
    return min(3, sum(1 for value in met if value < _UNMET)) / 3


def _in_index(index: Index, group: Group) -> bool:
    return bool(group.alternatives) and all(
        index.term(term) is not None for term in group.alternatives[0].terms
    )


def _missing(words: Sequence[_Word]) -> tuple[float, ...]:
    table = word_vectors()
    total = sum(word.count for word in words) or 1.0
    rows: list[int] = []
    counts: list[float] = []
    for word in words:
        terms = word.group.alternatives[0].terms if word.group.alternatives else ()
        row = table.find(terms[0]) if terms else None
        if row is not None:
            rows.append(row)
            counts.append(word.count * (1.0 - word.met) / total)
    if not rows:
        return ()
    return tuple((np.array(counts, np.float32) @ table.vectors(rows)).tolist())


def _rarity(group: Group) -> float:
    table = word_vectors()
    terms = group.alternatives[0].terms if group.alternatives else ()
    return max((table.rarity(table.find(term)) for term in terms), default=0.0)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the two functions, each a constant and one for each number of `Evidence.values`, and the floors.

    Below `floor`, or `follow_floor` where the history completed the question, nothing is answered; below
    `general_floor` a refusal quotes nothing, since beside it a wrong quote would read as advice.
    """

    answered: tuple[float, ...]
    right: tuple[float, ...]
    floor: float
    follow_floor: float
    general_floor: float

    def floor_for(self, evidence: Evidence) -> float:
        """Return the probability of being answerable below which a question with this evidence is not answered."""
        return self.follow_floor if evidence.follow else self.floor


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the package's model."""
    told = json.loads(resources.files("chatbot").joinpath("confidence.json").read_text("utf-8"))

    def listed(weights: dict[str, Any]) -> tuple[float, ...]:
        return (weights["constant"], *(weights.get(name, 0.0) for name in NAMES), *weights["missing"])

    return Model(
        listed(told["answered"]),
        listed(told["right"]),
        told["floor"],
        told["follow_floor"],
        told["general_floor"],
    )


def answerable(evidence: Evidence) -> float:
    """Return the probability that the documents answer a question with this evidence."""
    return _logistic(model().answered, evidence)


def confidence(evidence: Evidence) -> float:
    """Return the probability that the first passage answers a question with this evidence."""
    return _logistic(model().right, evidence)


def missing_words(evidence: Evidence) -> float:
    """Return what the words that the first passage lacks add to the log-odds of being answerable: mostly below 0."""
    return sum(w * v for w, v in zip(model().answered[1 + len(NAMES) :], evidence.missing, strict=False))


def _logistic(weights: tuple[float, ...], evidence: Evidence) -> float:
    total = weights[0] + sum(w * v for w, v in zip(weights[1:], evidence.values(), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))
