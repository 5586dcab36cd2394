"""How sure an answer is: measured on the answer, not on the topic.

A logistic function of what was found, its weights fitted on questions whose answers are known and on questions
that the documents do not answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from chatbot.index.reader import Index
from chatbot.index.search import Hit, group_idf, unknown_idf
from chatbot.question.query import Query


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit; every number is 0 to 1."""

    coverage: float  # the idf share of the question's words that the passage has
    sentence: float  # the same of its best sentence
    unknown: float  # the idf share of the question's words that no document has
    rarest: float  # how well the most telling word of the question is met
    lead: float  # how far the first hit is ahead of the best of another document or section

    def values(self) -> tuple[float, ...]:
        """Return the numbers in order."""
        return self.coverage, self.sentence, self.unknown, self.rarest, self.lead


WEIGHTS = (-3.0, 3.2, 2.0, -2.0, 1.6, 0.8)
"""The constant and the weight of each number of `Evidence`."""

FLOOR = 0.4
"""Below this confidence nothing is answered."""


def weigh_evidence(index: Index, query: Query, hits: list[Hit]) -> Evidence:
    """Gather the evidence for the first of some hits."""
    needed = [group for group in query.groups if group.needed]
    weights = {group.word: group_idf(index, group) for group in needed}
    total = sum(weights.values()) or 1.0
    missing = sum(
        weights[group.word]
        for group in needed
        if not any(all(index.term(t) is not None for t in a.terms) for a in group.alternatives)
    )
    first = hits[0]
    most = max(weights.values(), default=0.0)
    telling = [group for group in needed if weights[group.word] >= 0.8 * most]
    met = sum(1 for group in telling if first.by_word.get(group.word, 0.0) > 0)
    section = index.section(first.passage)
    others = [hit for hit in hits[1:] if index.section(hit.passage) != section]
    lead = 1.0 - (others[0].score / first.score if others and first.score > 0 else 0.0)
    few = min(1.0, total / (1.5 * unknown_idf(index)))
    return Evidence(
        first.coverage * few,
        min(1.0, first.sentence_coverage),
        missing / total,
        met / len(telling) if telling else 0.0,
        max(0.0, lead),
    )


def confidence(evidence: Evidence) -> float:
    """Return the probability that an answer with this evidence is right."""
    total = WEIGHTS[0] + sum(w * v for w, v in zip(WEIGHTS[1:], evidence.values(), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
