"""Find the passages that answer a query best, and the sentence of each that answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chatbot.index.features import Features, features, importance
from chatbot.index.judging import Weights, weights
from chatbot.index.ranking import Numbered, Ranking, Scoring, numbered, rank
from chatbot.index.reader import Index
from chatbot.index.reading import HEADED, SENTENCES, Meant, Reading, meant_by, read
from chatbot.index.weights import Float32
from chatbot.question.query import Query

CANDIDATES = 24
"""How many passages of the first ranking are read sentence by sentence."""
HEADED_ALIKE = 6
"""How many more are, because their heading says what was typed."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.

    `sentence` is the place of its best sentence and `sentence_coverage` the share of the question's words that it says;
    `by_group` is the part of each group of the query in the score of the first ranking, `features` what speaks for it
    (chatbot.index.features), `met` how far it and its headings say each group of the query, `met_there` how far its
    best sentence does and `counts` what the group counts; these are empty for a passage that was not read.
    """

    passage: int
    score: float
    sentence: int
    sentence_coverage: float
    by_group: tuple[float, ...]
    features: tuple[float, ...] = ()
    met: tuple[float, ...] = ()
    met_there: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages read against a query: their numbers (C), what was read and its features; `counts` (G) is what each
    group of the query counts, `meant` what it means."""

    passages: npt.NDArray[np.int64]
    counts: Float32
    meant: Meant
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
    found = np.concatenate([found, np.setdiff1d(_headed(index, query, groups), found)])
    meant = meant_by(query)
    counts = importance(index, query, groups, meant)
    reading = read(index, meant, groups, counts, found)
    judged = features(index, query, ranking, found, reading, counts, by.sentence)
    return Candidates(found, counts, meant, reading, judged, ranking)


def _headed(index: Index, query: Query, groups: Numbered) -> npt.NDArray[np.int64]:
    """Return the first passages below headings that say what was typed and nothing else, at most `HEADED_ALIKE`.

    Where every passage speaks of the same ("What is gout?" to documents on gout), the first ranking cannot tell them.
    """
    typed: set[int] = set()
    for group, numbers in zip(query.groups, groups, strict=True):
        if group.asked or group.of_history or not group.alternatives:
            continue
        if not numbers or group.alternatives[0].origin != "typed":
            return np.zeros(0, np.int64)
        typed.update(numbers[0][0])
    rows, terms = index.section_rows, index.section_terms
    begin = rows["terms"][:-1]
    places = np.flatnonzero(rows["above"][:-1] - begin == len(typed)) if typed else np.zeros(0, np.int64)
    for offset in range(len(typed) if len(places) else 0):
        places = places[np.isin(terms[begin[places] + offset], list(typed))]
    same = [
        int(rows["passage"][place])
        for place in places.tolist()
        if set(terms[begin[place] : begin[place] + len(typed)].tolist()) == typed
    ]
    return np.asarray(same[:HEADED_ALIKE], np.int64)


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
    hits = _hits(found, order[:limit], scores, by)
    if limit > len(order):
        seen = set(found.passages.tolist())
        rest = [number for number in _best(ranking.scores, limit).tolist() if number not in seen]
        rest = rest[: limit - len(order)]
        scale = float(scores.min()) / max(1e-9, float(ranking.scores[rest].max(initial=0.0)))
        hits += [
            Hit(
                number,
                scale * float(ranking.scores[number]),
                0,
                0.0,
                tuple(ranking.values[:, number].tolist()),
            )
            for number in rest
        ]
    return hits


def _hits(found: Candidates, order: npt.NDArray[np.int64], scores: Float32, by: Weights) -> list[Hit]:
    reading, judged = found.reading, found.features
    near, headed = reading.near[SENTENCES], reading.near[HEADED][:, order]
    numbers, best = found.passages[order], judged.best[order]
    met = np.maximum(np.maximum.reduceat(near, reading.first, axis=1)[:, order], headed)
    there = np.maximum(near[:, reading.first[order] + best], 0.5 * headed)
    rows = judged.passages[order]
    counts = tuple(found.counts.tolist())
    best_said = by.places["best_said"]
    return [
        Hit(
            number,
            score,
            sentence,
            row[best_said],
            tuple(by_group),
            tuple(row),
            tuple(of_passage),
            tuple(of_sentence),
            counts,
        )
        for number, score, sentence, row, by_group, of_passage, of_sentence in zip(
            numbers.tolist(),
            scores[order].tolist(),
            best.tolist(),
            rows.tolist(),
            found.ranking.values[:, numbers].T.tolist(),
            met.T.tolist(),
            there.T.tolist(),
            strict=True,
        )
    ]


def _best(scores: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Return the places of the highest scores above zero, highest first, ties in order."""
    if count < len(scores):
        places = np.argpartition(-scores, count)[:count]
        places.sort()
    else:
        places = np.arange(len(scores))
    places = places[scores[places] > 0]
    return places[np.argsort(-scores[places], kind="stable")]
