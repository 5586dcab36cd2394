"""How sure an answer is: measured on the answer, not on the topic.

A logistic function of what was found, its weights fitted on questions whose answers are known and on questions
that the documents do not answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from chatbot.index.ranking import group_idf
from chatbot.index.reader import Index
from chatbot.index.search import Hit
from chatbot.question.query import Group, Query
from chatbot.question.spelling import common_words


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit; every number is 0 to 1."""

    coverage: float  # the idf share of the question's words that the passage has
    sentence: float  # the same of its best sentence
    met: float  # how many telling words the passage has: none, one, two, three or more
    rarest: float  # how well the most telling words of the question are met
    unknown_common: float  # the share of the telling words that no document has, of everyday words
    unknown_rare: float  # the same of other words: names, terms, other subjects
    lead: float  # how far the first hit is ahead of the best under another heading
    asked: float  # whether a kind of thing was asked that the best sentence has the shape of
    context: float  # whether a follow-up is answered beside what was answered before
    role: float  # whether a part of the page was asked for, such as its author, and found

    def values(self) -> tuple[float, ...]:
        """Return the numbers in order."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


WEIGHTS = (-2.50, 1.15, 0.91, 0.77, 0.62, -0.70, -1.23, 2.39, 0.73, 0.51, 0.56)
"""The constant and the weight of each number of `Evidence`."""

FLOOR = 0.45
"""Below this confidence nothing is answered."""

GENERAL_FLOOR = 0.6
"""Below this confidence a refusal quotes nothing: beside it, a wrong quote would read as advice."""

_BESIDE = 1.2
_TELLING = 0.9
"""The weight from which on a word of the question tells what it is about."""


def weigh_evidence(index: Index, query: Query, hits: list[Hit]) -> Evidence:
    """Gather the evidence for the first of some hits."""
    first = hits[0]
    needed = [group for group in query.groups if group.needed]
    idf = {group.word: group_idf(index, group) for group in needed}
    telling = [group for group in needed if group.weight >= _TELLING] or needed
    unknown = [group for group in telling if not _in_index(index, group)]
    rare = sum(1 for group in unknown if group.word not in common_words())
    most = max((idf[group.word] for group in telling), default=0.0)
    rarest = [group for group in telling if idf[group.word] >= 0.8 * most]
    met = [group for group in telling if first.by_word.get(group.word, 0.0) > 0]
    section = index.section(first.passage)
    others = [hit for hit in hits[1:] if index.section(hit.passage) != section]
    lead = 1.0 - (others[0].score / first.score if others and first.score > 0 else 0.0)
    shapes = index.sentences(first.passage)[first.sentence][3]
    return Evidence(
        coverage=min(1.0, first.coverage),
        sentence=min(1.0, first.sentence_coverage),
        met=min(3, len(met)) / 3,
        rarest=sum(1 for group in rarest if group in met) / len(rarest) if rarest else 0.0,
        unknown_common=(len(unknown) - rare) / len(telling) if telling else 0.0,
        unknown_rare=min(2, rare) / 2,
        lead=max(0.0, lead),
        asked=1.0 if any(shapes & bits for bits, _ in query.shapes) else 0.0,
        context=1.0
        if any(begin <= first.passage < end and factor > _BESIDE for begin, end, factor in query.nearby)
        else 0.0,
        role=1.0 if index.passage(first.passage).role in query.roles else 0.0,
    )


def _in_index(index: Index, group: Group) -> bool:
    return any(
        all(index.term(term) is not None for term in alternative.terms) for alternative in group.alternatives
    )


def confidence(evidence: Evidence) -> float:
    """Return the probability that an answer with this evidence is right."""
    total = WEIGHTS[0] + sum(w * v for w, v in zip(WEIGHTS[1:], evidence.values(), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
