"""Find the passages that answer a query best, and the sentence of each that answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chatbot.index.features import Features, features, importance
from chatbot.index.judging import Weights, weights
from chatbot.index.ranking import Ranking, Scoring, numbered, rank
from chatbot.index.reader import Index
from chatbot.index.reading import HEADED, SENTENCES, Reading, read
from chatbot.question.query import Query

CANDIDATES = 50
"""How many passages of the first ranking are read sentence by sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `coverage` is the share of the question's words that it has, `sentence` the place of its best
    sentence and `sentence_coverage` that sentence's share; `by_word` is each word's part of the score of the first
    ranking, `features` what speaks for it (chatbot.index.features), `met` how far it and its headings say each group
    of the query and `met_there` how far its best sentence does; both are empty for a passage that was not read."""

    passage: int
    score: float
    coverage: float
    sentence: int
    sentence_coverage: float
    by_word: dict[str, float]
    features: tuple[float, ...] = ()
    met: tuple[float, ...] = ()
    met_there: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages read against a query: their numbers (C), what was read and its features."""

    passages: npt.NDArray[np.int64]
    reading: Reading
    features: Features
    ranking: Ranking


def candidates(
    index: Index,
    query: Query,
    scoring: Scoring | None = None,
    by: Weights | None = None,
) -> Candidates | None:
    """Rank all passages and read the best; None where none has any of the query's words."""
    by = by or weights()
    groups = numbered(index, query)
    ranking = rank(index, query, scoring or Scoring(), groups)
    found = _best(ranking.scores, CANDIDATES)
    if not len(found):
        return None
    counts = importance(index, query, groups)
    reading = read(index, query, groups, counts, found)
    return Candidates(
        found, reading, features(index, query, ranking, found, reading, counts, by.sentence), ranking
    )


def search(
    index: Index, query: Query, limit: int, scoring: Scoring | None = None, by: Weights | None = None
) -> list[Hit]:
    """Return the best passages for a query, best first; fewer than `limit` where fewer have any of its words."""
    if not len(index) or limit < 1 or (not query.groups and not query.roles):
        return []
    by = by or weights()
    found = candidates(index, query, scoring, by)
    if found is None:
        return []
    scores = np.exp(by.score(found.features.passages))
    order = np.argsort(-scores, kind="stable")
    ranking = found.ranking
    hits = [_hit(found, int(place), float(scores[place]), by) for place in order[:limit].tolist()]
    if limit > len(order):
        rest = _best(ranking.scores, limit)[len(order) :]
        scale = float(scores.min()) / max(1e-9, float(ranking.scores[found.passages[-1]]))
        hits += [
            Hit(number, scale * float(ranking.scores[number]), float(ranking.coverage[number]), 0, 0.0, {})
            for number in rest.tolist()
        ]
    return [replace(hit, by_word=_by_word(query, ranking.values, hit.passage)) for hit in hits]


def _hit(found: Candidates, place: int, score: float, by: Weights) -> Hit:
    number = int(found.passages[place])
    row = found.features.passages[place]
    reading = found.reading
    first, best = int(reading.first[place]), int(found.features.best[place])
    near, headed = reading.near[SENTENCES], reading.near[HEADED][:, place]
    met = np.maximum(near[:, first : first + int(reading.counts[place])].max(axis=1), headed)
    return Hit(
        number,
        score,
        float(found.ranking.coverage[number]),
        best,
        float(row[by.places["best_said"]]),
        {},
        tuple(row.tolist()),
        tuple(met.tolist()),
        tuple(np.maximum(near[:, first + best], 0.5 * headed).tolist()),
    )


def _by_word(query: Query, values: list[npt.NDArray[np.float32]], passage: int) -> dict[str, float]:
    return {
        group.word: float(found[passage])
        for group, found in zip(query.groups, values, strict=True)
        if found[passage]
    }


def _best(scores: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Return the places of the highest scores above zero, highest first, ties in order."""
    if count < len(scores):
        places = np.argpartition(-scores, count)[:count]
        places.sort()
    else:
        places = np.arange(len(scores))
    places = places[scores[places] > 0]
    return places[np.argsort(-scores[places], kind="stable")]
