"""Find the passages that answer a query best, and the sentence of each that answers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chatbot.index.format import ROLES
from chatbot.index.reader import Heading, Index
from chatbot.question.query import Alternative, Group, Query
from chatbot.question.shapes import bits

DEFINES = bits(("definition",))
_FIT = 0.3
_WHOLE = 0.9
CANDIDATES = 40
"""How many passages of the first ranking are read sentence by sentence."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """The weights of what a passage's score is made of."""

    coverage: float = 1.0  # a passage that has all of the question's words scores (1 + this) times
    title: float = 2.0  # a passage scores (1 + this) times where the question has its document's whole title
    sentence: float = 1.5  # the best sentence's share beside the passage's
    beyond_body: float = 0.55  # what a caption, byline or source list scores against a body passage
    navigation: float = 0.25
    asked_role: float = 1.2  # what such a passage scores where that is what was asked
    role: float = 8.0  # what a passage of a role that was asked for has, whatever its words
    role_coverage: float = 0.8  # the share of the question's words that it counts as having
    shape: float = 0.5  # what a sentence of the shape that answers scores more
    heading: float = (
        1.0  # a passage scores (1 + this) times where its heading says just what the question does
    )
    kind: float = 0.3  # what a passage scores more whose heading asks for the kind of thing asked
    first: float = 0.15  # what the first passage below such a heading scores more
    inherited: float = 0.25  # what a word of the headings counts for each sentence below them
    subject: float = 1.0  # what a sentence that begins with what is to be defined scores more


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `coverage` is the idf share of the question's words that it has, `sentence` the place
    of its best sentence and `sentence_coverage` that sentence's share; `by_word` is each word's part of the
    score of the first ranking."""

    passage: int
    score: float
    coverage: float
    sentence: int
    sentence_coverage: float
    by_word: dict[str, float]


def search(index: Index, query: Query, limit: int, scoring: Scoring | None = None) -> list[Hit]:
    """Return the best passages for a query, best first; fewer than `limit` where fewer have any of its words."""
    scoring = scoring or Scoring()
    if not len(index):
        return []
    scores = np.zeros(len(index), np.float32)
    covered = np.zeros(len(index), np.float32)
    total = 0.0
    parts: list[npt.NDArray[np.float32]] = []
    for group in query.groups:
        weight = group.weight * group_idf(index, group)
        values = _group_values(index, group)
        parts.append(values)
        scores += values
        if group.needed:
            total += weight
            covered += weight * _presence(index, group)
    for pair in query.pairs:
        number = index.term(pair)
        if number is not None:
            passages, weights = index.postings(number)
            scores[passages] += weights
    coverage = covered / total if total else covered
    for role in query.roles:
        of_role = index.roles == ROLES.index(role)
        scores[of_role] += np.float32(scoring.role)
        coverage[of_role] = np.maximum(coverage[of_role], np.float32(scoring.role_coverage))
    scores *= 1.0 + scoring.coverage * coverage * coverage
    titled = _title_coverage(index, query)
    if titled is not None:
        scores *= 1.0 + scoring.title * (titled * titled)[index.passage_documents]
    scores *= _role_factors(scoring, query.roles)[index.roles]
    for first, last, factor in query.nearby:
        scores[first:last] *= factor
    found = _best(scores, max(limit, CANDIDATES))
    wanted = _numbered(index, query)
    hits = [
        _read_sentences(
            index, query, wanted, int(number), float(scores[number]), float(coverage[number]), scoring
        )
        for number in found[:CANDIDATES]
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.passage))
    rest = [Hit(int(n), 0.0, float(coverage[n]), 0, 0.0, {}) for n in found[CANDIDATES:]]
    floor = hits[-1].score if hits else 0.0
    ratio = floor / max(1e-9, float(scores[found[CANDIDATES - 1]])) if len(found) > CANDIDATES else 1.0
    hits += [Hit(hit.passage, float(scores[hit.passage]) * ratio, hit.coverage, 0, 0.0, {}) for hit in rest]
    named = [group.word for group in query.groups]
    return [
        Hit(
            hit.passage,
            hit.score,
            hit.coverage,
            hit.sentence,
            hit.sentence_coverage,
            {
                word: float(values[hit.passage])
                for word, values in zip(named, parts, strict=True)
                if values[hit.passage]
            },
        )
        for hit in hits[:limit]
    ]


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


def _postings(
    index: Index, alternative: Alternative
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Return the passages that have all terms of an alternative, and the mean of their weights there."""
    numbers = [index.term(term) for term in alternative.terms]
    if not numbers or None in numbers:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    passages, weights = index.postings(numbers[0])  # type: ignore[arg-type]
    for number in numbers[1:]:
        others, more = index.postings(number)  # type: ignore[arg-type]
        passages, mine, theirs = np.intersect1d(passages, others, assume_unique=True, return_indices=True)
        weights = weights[mine] + more[theirs]
    return passages, weights / np.float32(len(numbers))


def _group_values(index: Index, group: Group) -> npt.NDArray[np.float32]:
    values = np.zeros(len(index), np.float32)
    for alternative in group.alternatives:
        passages, weights = _postings(index, alternative)
        scaled = weights * np.float32(alternative.weight * group.weight)
        values[passages] = np.maximum(values[passages], scaled)
    return values


def _presence(index: Index, group: Group) -> npt.NDArray[np.float32]:
    present = np.zeros(len(index), np.float32)
    for alternative in group.alternatives:
        passages, _ = _postings(index, alternative)
        present[passages] = np.maximum(present[passages], np.float32(min(1.0, alternative.weight)))
    return present


def _title_coverage(index: Index, query: Query) -> npt.NDArray[np.float32] | None:
    """Return, for each document, the idf share of its title that the question has; None where no title fits."""
    covered: npt.NDArray[np.float32] | None = None
    for group in query.groups:
        if not group.needed:
            continue
        best: dict[int, float] = {}
        for alternative in group.alternatives:
            for term in alternative.terms:
                number = index.term(term)
                if number is not None:
                    best[number] = max(best.get(number, 0.0), alternative.weight)
        for number, weight in best.items():
            documents, shares = index.titles(number)
            if len(documents):
                if covered is None:
                    covered = np.zeros(index.document_count(), np.float32)
                covered[documents] += shares * np.float32(weight * min(1.0, group.weight * 2))
    return covered if covered is None else np.minimum(covered, 1.0)


def _role_factors(scoring: Scoring, asked: frozenset[str]) -> npt.NDArray[np.float32]:
    factors = {"body": 1.0, "navigation": scoring.navigation, "credit": scoring.navigation, "comment": 0.0}
    factors.update(dict.fromkeys(asked, scoring.asked_role))
    return np.asarray([factors.get(role, scoring.beyond_body) for role in ROLES], np.float32)


def _best(scores: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Return the places of the highest scores above zero, highest first, ties in order."""
    if count < len(scores):
        places = np.argpartition(-scores, count)[:count]
        places.sort()
    else:
        places = np.arange(len(scores))
    places = places[scores[places] > 0]
    return places[np.argsort(-scores[places], kind="stable")]


def _opens(index: Index, number: int, position: int, query: Query) -> bool:
    """Say whether a sentence begins with what is to be defined."""
    words = {index.term(term) for term in query.defines}
    return words <= set(index.opening(number, position, len(words) + 1))


_Wanted = list[tuple[list[tuple[frozenset[int], float]], float]]
"""A query's groups as term numbers: each its alternatives, and its share of the whole."""


def _read_sentences(
    index: Index,
    query: Query,
    wanted: _Wanted,
    number: int,
    score: float,
    coverage: float,
    scoring: Scoring,
) -> Hit:
    """Read a passage sentence by sentence: the one with most of the question's words answers."""
    heading = index.heading(number)
    headed = heading.own | heading.above
    lifted = [
        scoring.inherited * max((w for needed, w in alternatives if needed <= headed), default=0.0)
        for alternatives, _ in wanted
    ]
    best, best_share, place = 0.0, 0.0, 0
    base = scoring.shape if query.roles and ROLES[index.roles[number]] in query.roles else 0.0
    for position, (_, _, terms, shapes) in enumerate(index.sentences(number)):
        share = 0.0
        for (alternatives, weight), least in zip(wanted, lifted, strict=True):
            share += weight * max(
                (w for needed, w in alternatives if needed <= terms and w > least), default=least
            )
        value = base + share
        value += scoring.shape * max((bonus for bits, bonus in query.shapes if bits & shapes), default=0.0)
        if query.defines and shapes & DEFINES and _opens(index, number, position, query):
            value += scoring.subject
        if value > best + 1e-6:
            best, best_share, place = value, share, position
    score *= _heading_factor(index, query, wanted, heading, scoring)
    return Hit(number, score * (1.0 + scoring.sentence * best), coverage, place, best_share, {})


def _heading_factor(index: Index, query: Query, wanted: _Wanted, heading: Heading, scoring: Scoring) -> float:
    """Return what a passage scores by its heading: how much of it is asked, and how much of what is asked it is."""
    if not heading.own:
        return 1.0
    headed = heading.own | heading.above
    asked: set[int] = set()
    met = total = 0.0
    for (alternatives, weight), group in zip(wanted, query.groups, strict=True):
        if not group.needed:
            continue
        total += weight
        best = 0.0
        for needed, strength in alternatives:
            asked |= needed & heading.own
            if needed <= headed:
                best = max(best, strength)
        met += weight * best
    own = sum(float(index.idf[term]) for term in heading.own)
    said = sum(float(index.idf[term]) for term in asked)
    fit = (said / own) * (met / total if total else 0.0)
    other = query.kinds and heading.kinds and not query.kinds & heading.kinds
    if fit <= _FIT or other or (query.defines and said < _WHOLE * own):
        return 1.0
    factor = 1.0 + scoring.heading * (fit - _FIT) / (1.0 - _FIT)
    if query.kinds & heading.kinds:
        factor *= 1.0 + scoring.kind
    if heading.first:
        factor *= 1.0 + scoring.first
    return factor


def _numbered(index: Index, query: Query) -> _Wanted:
    out: _Wanted = []
    for group in query.groups:
        alternatives = []
        for alternative in group.alternatives:
            numbers = [index.term(term) for term in alternative.terms]
            if numbers and None not in numbers:
                alternatives.append((frozenset(n for n in numbers if n is not None), alternative.weight))
        out.append((alternatives, group.weight * group_idf(index, group)))
    total = sum(weight for _, weight in out) or 1.0
    return [(alternatives, weight / total) for alternatives, weight in out]
