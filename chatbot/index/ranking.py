"""The first ranking: every passage scored by the question's words, its title and its role."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chatbot.index.format import ROLES
from chatbot.index.reader import Index
from chatbot.index.weights import SPECIAL_TITLE
from chatbot.question.query import Group, Query

Float32 = npt.NDArray[np.float32]


Numbered = list[list[tuple[tuple[int, ...], float]]]
"""A query's groups as term numbers: of each, the alternatives whose terms are all in the index, with weights."""


_ANSWERS_NOTHING = ("navigation", "credit", "comment")


@dataclass(frozen=True, slots=True)
class Scoring:
    """The weights of what a passage's score in the first ranking is made of."""

    title: float = 2.0  # a passage scores (1 + this) times where the question has its document's whole title
    beyond_body: float = 0.55  # what a caption, byline or source list scores against a body passage
    asked_role: float = 1.2  # what such a passage scores where that is what was asked
    role: float = 8.0  # what a passage of a role that was asked for has, whatever its words
    subject_word: float = 1.5  # what a word of the title counts, times its idf, in a document about it
    about: float = 0.7  # from which share of its title on a document is about what is asked
    asked_about: float = 5.0  # what the words of the kind asked count in such a document


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the first ranking found. `scores` has an entry a passage, `values` the same for each
    group of the query, in order; `about` says of each document whether its title is asked about (None: of none)."""

    scores: Float32
    values: Float32
    about: npt.NDArray[np.bool_] | None


def numbered(index: Index, query: Query) -> Numbered:
    """Return a query's groups as term numbers."""
    out: Numbered = []
    for group in query.groups:
        found = []
        for alternative in group.alternatives:
            numbers = tuple(n for term in alternative.terms if (n := index.term(term)) is not None)
            if numbers and len(numbers) == len(alternative.terms):
                found.append((numbers, alternative.weight))
        out.append(found)
    return out


def rank(index: Index, query: Query, scoring: Scoring, groups: Numbered | None = None) -> Ranking:
    """Score every passage of an index; `groups` are the query's, numbered."""
    groups = numbered(index, query) if groups is None else groups
    titled = _title_coverage(index, query)
    about = None
    if titled is not None:
        reach = index.title_reach
        special = reach >= SPECIAL_TITLE
        about = (titled >= scoring.about * np.maximum(reach, SPECIAL_TITLE)) & special
        about = about if about.any() else None
    values = _group_values(index, query.groups, groups)
    if about is not None:
        there = about[index.passage_documents]
        for row, group in enumerate(query.groups):
            if group.asked:
                values[row, there] *= np.float32(scoring.asked_about)
            _inherit(index, group, about, scoring, values[row])
    scores = values.sum(axis=0)
    for role in query.roles:
        scores[index.roles == ROLES.index(role)] += np.float32(scoring.role)
    if titled is not None:
        scores *= 1.0 + scoring.title * (titled * titled)[index.passage_documents]
    scores *= _role_factors(scoring, query.roles)[index.roles]
    for first, last, factor in query.nearby:
        scores[first:last] *= factor
    return Ranking(scores, values, about)


def _inherit(
    index: Index,
    group: Group,
    about: npt.NDArray[np.bool_],
    scoring: Scoring,
    values: Float32,
) -> None:
    """Give a word of the title to every passage of a document that is about it, the same to each.

    Such a passage need not repeat its subject: what it says of it is what tells it from the others.
    """
    strength: dict[int, float] = {}
    for alternative in group.alternatives:
        for term in alternative.terms:
            number = index.term(term)
            if number is not None:
                strength[number] = max(strength.get(number, 0.0), alternative.weight)
    for number, weight in strength.items():
        documents, _ = index.titles(number)
        documents = documents[about[documents]]
        if len(documents):
            having = np.zeros(len(about), bool)
            having[documents] = True
            passages = np.flatnonzero(having[index.passage_documents])
            value = np.float32(scoring.subject_word * group.weight * weight * float(index.idf[number]))
            values[passages] = value


def group_idf(index: Index, group: Group) -> float:
    """Return how much a word of the question tells: the idf of its first known alternative, else the most."""
    for alternative in group.alternatives:
        numbers = [index.term(term) for term in alternative.terms]
        known = [float(index.idf[number]) for number in numbers if number is not None]
        if known and len(known) == len(numbers):
            return max(known)
    return unknown_idf(index)


def unknown_idf(index: Index) -> float:
    """Return the inverse document frequency of a word that no passage has."""
    return math.log(1 + len(index)) + 1


def _postings(index: Index, numbers: tuple[int, ...]) -> tuple[npt.NDArray[np.int32], Float32]:
    """Return the passages that have all of some terms, and the mean of their weights there."""
    passages, weights = index.postings(numbers[0])
    if len(numbers) == 1:
        return passages, weights
    for number in numbers[1:]:
        others, more = index.postings(number)
        places = others.searchsorted(passages)
        both = np.flatnonzero(others.take(places, mode="clip") == passages) if len(others) else places[:0]
        passages, weights = passages[both], weights[both] + more[places[both]]
    return passages, weights / np.float32(len(numbers))


def _group_values(index: Index, groups: Sequence[Group], numbered: Numbered) -> Float32:
    """Return what each group counts in each passage (G, passages): its best alternative there does."""
    values = np.zeros((len(groups), len(index)), np.float32)
    rows, passages, weights, shares = [], [], [], []
    for row, (group, alternatives) in enumerate(zip(groups, numbered, strict=True)):
        for numbers, weight in alternatives:
            having, counts = _postings(index, numbers)
            rows.append(row * len(index))
            passages.append(having)
            weights.append(counts)
            shares.append(weight * group.weight)
    if rows:
        lengths = [len(having) for having in passages]
        places = np.concatenate(passages) + np.repeat(np.asarray(rows), lengths)
        share = np.repeat(np.asarray(shares, np.float32), lengths)
        np.maximum.at(values.reshape(-1), places, np.concatenate(weights) * share)
    return values


def _title_coverage(index: Index, query: Query) -> Float32 | None:
    """Return, for each document, the idf share of its title that the question has; None where no title fits."""
    covered: Float32 | None = None
    for group in query.groups:
        if not group.needed:
            continue
        best: dict[int, float] = {}
        for alternative in group.alternatives:
            for term in alternative.terms:
                number = index.term(term)
                if number is not None and index.titled(number):
                    best[number] = max(best.get(number, 0.0), alternative.weight)
        for number, weight in best.items():
            documents, shares = index.titles(number)
            if covered is None:
                covered = np.zeros(index.document_count(), np.float32)
            covered[documents] += shares * np.float32(weight * min(1.0, group.weight * 2))
    return covered if covered is None else np.minimum(covered, 1.0)


def _role_factors(scoring: Scoring, asked: frozenset[str]) -> Float32:
    factors = {"body": 1.0} | dict.fromkeys(_ANSWERS_NOTHING, 0.0)
    factors.update(dict.fromkeys(asked, scoring.asked_role))
    return np.asarray([factors.get(role, scoring.beyond_body) for role in ROLES], np.float32)
