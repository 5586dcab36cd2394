"""What is found for a question, and how sure its answer is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chatbot.confidence import Evidence, answerable, confidence, model, weigh_evidence
from chatbot.index.judging import Weights
from chatbot.index.ranking import Scoring
from chatbot.index.reader import Index
from chatbot.index.search import Hit, search
from chatbot.question.links import fragment
from chatbot.question.query import Group
from chatbot.question.understand import Question

_CONSIDERED = 12
"""How many hits the evidence is weighed by, at least."""
_AROUND = frozenset({"sources", "credit", "navigation"})
"""The parts of a page that answer only what asks for them, or names what they name."""
_ABOUT_PAGE = frozenset({"byline", "editorial"})
"""The parts that tell who wrote a page and when: no answer to what asks for a kind of thing that they do not say."""


@dataclass(frozen=True)
class Found:
    """What was found for a question, best first, and the evidence for the first: None where nothing was found."""

    hits: list[Hit]
    evidence: Evidence | None

    @cached_property
    def answered(self) -> float:
        """The probability that the documents answer."""
        return answerable(self.evidence) if self.evidence else 0.0

    @cached_property
    def sure(self) -> float:
        """The probability that the first passage does."""
        return min(self.answered, confidence(self.evidence)) if self.evidence else 0.0

    @property
    def answers(self) -> bool:
        """Whether that is likely enough to answer."""
        return self.evidence is not None and self.answered >= model().floor_for(self.evidence)


def find(
    index: Index, question: Question, limit: int, scoring: Scoring | None, weights: Weights | None
) -> Found:
    """Search for a question, and gather the evidence for the first hit."""
    hits = search(index, question.query, max(_CONSIDERED, limit), scoring, weights)
    if not fragment(question.text):  # no bare name, which a list of sources may have
        unasked = _AROUND | (_ABOUT_PAGE if question.asked else frozenset())
        unasked -= question.query.roles
        hits = [hit for hit in hits if index.role(hit.passage) not in unasked]
    if question.query.about is not None:
        documents = naming(index, question.query.about)
        hits = [hit for hit in hits if index.passage_documents[hit.passage] in documents]
    return Found(hits, weigh_evidence(index, question.query, hits) if hits else None)


def naming(index: Index, group: Group) -> set[int]:
    """Return the documents that name a word of a question, in their text or their title, or say it in other words."""
    found: set[int] = set()
    for alternative in group.alternatives:
        numbers = [index.term(term) for term in alternative.terms]
        each = [_documents(index, number) if number is not None else set() for number in numbers]
        found |= set.intersection(*each) if each else set()
    return found


def _documents(index: Index, term: int) -> set[int]:
    inside = index.passage_documents[index.postings(term)[0]]
    return {*inside.tolist(), *index.titles(term)[0].tolist()}
