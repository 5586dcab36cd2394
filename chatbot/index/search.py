"""Find the passages that answer a query best, and the sentence of each that answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chatbot.index.format import ROLES
from chatbot.index.ranking import Scoring, group_idf, rank
from chatbot.index.reader import Heading, Index
from chatbot.question.query import Query
from chatbot.question.shapes import bits

DEFINES = bits(("definition",))
QUESTION = bits(("question",))
LEADS = bits(("question", "pointer"))
"""Sentences that lead to an answer, here or elsewhere."""
TOPICS = bits(
    (
        "cause",
        "treatment",
        "diagnosis",
        "symptom",
        "outlook",
        "inheritance",
        "research",
        "prevention",
        "stage",
    )
)
"""What a question in a text may ask for instead of what the visitor asks."""
_FIT = 0.3
_WHOLE = 0.9
CANDIDATES = 40
"""How many passages of the first ranking are read sentence by sentence."""


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
    if not len(index) or limit < 1:
        return []
    ranking = rank(index, query, scoring)
    found = _best(ranking.scores, max(limit, CANDIDATES)).tolist()
    if not found:
        return []
    wanted = _numbered(index, query)
    hits = []
    for number in found[:CANDIDATES]:
        subject = ranking.about is not None and bool(ranking.about[index.passage_documents[number]])
        hit = Hit(number, float(ranking.scores[number]), float(ranking.coverage[number]), 0, 0.0, {})
        hits.append(_read_sentences(index, query, wanted, hit, subject, scoring))
    hits.sort(key=lambda hit: (-hit.score, hit.passage))
    scale = hits[-1].score / max(1e-9, float(ranking.scores[found[len(hits) - 1]]))
    hits += [
        Hit(number, scale * float(ranking.scores[number]), float(ranking.coverage[number]), 0, 0.0, {})
        for number in found[CANDIDATES:]
    ]
    return [replace(hit, by_word=_by_word(query, ranking.values, hit.passage)) for hit in hits[:limit]]


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


def _opens(index: Index, number: int, position: int, query: Query) -> bool:
    """Say whether a sentence begins with what is to be defined."""
    words = {index.term(term) for term in query.defines}
    return words == set(index.opening(number, position, len(words)))


_Wanted = list[tuple[list[tuple[frozenset[int], float]], float]]
"""A query's groups as term numbers: each its alternatives, and its share of the whole."""


def _read_sentences(
    index: Index, query: Query, wanted: _Wanted, hit: Hit, subject: bool, scoring: Scoring
) -> Hit:
    """Read a passage sentence by sentence: the one with most of the question's words answers.

    `subject` says that the passage's document is about what is asked: its sentences need not repeat the title.
    """
    heading = index.heading(hit.passage)
    headed = heading.own | heading.above
    inherited = scoring.title_inherited if subject else scoring.inherited
    lifted = [
        inherited * max((w for needed, w in alternatives if needed <= headed), default=0.0)
        for alternatives, _ in wanted
    ]
    best, best_share, place = 0.0, 0.0, 0
    base = scoring.shape if query.roles and ROLES[index.roles[hit.passage]] in query.roles else 0.0
    sentences = index.sentences(hit.passage)
    for position, (_, _, terms, shapes) in enumerate(sentences):
        share = 0.0
        for (alternatives, weight), least in zip(wanted, lifted, strict=True):
            share += weight * max(
                (w for needed, w in alternatives if needed <= terms and w > least), default=least
            )
        value = base + share
        if shapes & LEADS:
            value *= scoring.leads
        if not shapes & QUESTION:
            value += scoring.shape * max(
                (bonus for bits, bonus in query.shapes if bits & shapes), default=0.0
            )
        if query.defines and shapes & DEFINES and _opens(index, hit.passage, position, query):
            value += scoring.subject
        if value > best + 1e-6:
            best, best_share, place = value, share, position
    score = hit.score * _heading_factor(index, query, wanted, heading, scoring)
    if subject and query.shapes and not heading.own:
        score *= _profile_factor(query, [shapes for _, _, _, shapes in sentences], scoring)
    return replace(
        hit, score=score * (1.0 + scoring.sentence * best), sentence=place, sentence_coverage=best_share
    )


def _profile_factor(query: Query, sentences: list[int], scoring: Scoring) -> float:
    """Return what a passage that no heading describes scores by the shapes of its sentences.

    The larger the share of sentences with the shape of an answer, the more; less where it asks something else
    itself, as a page does whose headings lost their marks.
    """
    wanted = 0
    for shape, _ in query.shapes:
        wanted |= shape
    factor = 1.0 + scoring.profile * sum(1 for shapes in sentences if shapes & wanted) / len(sentences)
    asks = [shapes & TOPICS for shapes in sentences if shapes & QUESTION and shapes & TOPICS]
    return factor * (scoring.asks_other if any(not topics & wanted for topics in asks) else 1.0)


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
