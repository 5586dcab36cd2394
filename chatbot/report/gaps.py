"""Questions that were not answered, those that ask for the same put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot import analysis

if TYPE_CHECKING:
    from chatbot.feedback import Gap

MOST = 1_000
"""Different questions that are compared with each other; the time taken grows with their square."""
_APART = 0.7
"""Questions whose distance (1 - cosine of their TF-IDF vectors, on average over a group) is larger are not grouped."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask for much the same, the most asked first: `question` stands for all of them."""

    question: str
    questions: tuple[str, ...]
    asked: int
    unhelpful: int
    comments: tuple[str, ...]


def grouped(gaps: Sequence[Gap]) -> list[Group]:
    """Group questions by their words, what was asked most often first."""
    gaps = gaps[:MOST]
    labels = _labels([gap.question for gap in gaps])
    members: dict[int, list[Gap]] = {}
    for label, gap in zip(labels, gaps, strict=True):
        members.setdefault(label, []).append(gap)
    groups = [
        Group(
            found[0].question,
            tuple(gap.question for gap in found),
            sum(gap.asked for gap in found),
            sum(gap.unhelpful for gap in found),
            tuple(comment for gap in found for comment in gap.comments),
        )
        for found in members.values()
    ]
    return sorted(groups, key=lambda group: -group.asked)


def _labels(questions: list[str]) -> Iterator[int]:
    if len(questions) < 2:
        return iter(range(len(questions)))
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer=_words).fit_transform(questions)
    apart = (1.0 - (vectors @ vectors.T).toarray()).clip(0.0)
    clustering = AgglomerativeClustering(
        n_clusters=None, distance_threshold=_APART, metric="precomputed", linkage="average"
    )
    return map(int, clustering.fit_predict(apart))


def _words(question: str) -> list[str]:
    """Return the terms of a question, or all of it where it has none: no vector may be zero."""
    return analysis.terms(question) or [question.casefold()]
