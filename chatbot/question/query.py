"""A question as it is searched: groups of alternatives, each weighed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["typed", "spelling", "synonym", "history", "asked"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms that say one thing together; `weight` is 1 for what was typed, less for what only means it."""

    terms: tuple[str, ...]
    weight: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Group:
    """One word of the question and what may stand for it; the best alternative in a passage counts.

    `weight` scales its share of the score. `needed` says whether a passage that lacks it answers less: what
    the history or the kind of thing asked adds is not needed. `asks` says whether the word asks for a kind of
    thing ("symptoms"), and names none.
    """

    word: str
    alternatives: tuple[Alternative, ...]
    weight: float = 1.0
    needed: bool = True
    asks: bool = False

    @property
    def asked(self) -> bool:
        """Whether the group is what answers to this kind of question say."""
        return bool(self.alternatives) and self.alternatives[0].origin == "asked"

    @property
    def of_history(self) -> bool:
        """Whether the group was said before, not typed."""
        return bool(self.alternatives) and self.alternatives[0].origin == "history"


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: groups of terms, each a word of the question.

    `shapes` are the sentence shapes that answer, as bits (chatbot.question.shapes), each with what it counts,
    `roles` the roles beside the body that do, `kinds` the kinds of thing asked as bits (chatbot.question.asked),
    `answer_types` the sorts of answer that are wanted (chatbot.question.answer_types).
    `defines` are the terms that a defining sentence begins with. `nearby` are runs of passages, first and past
    the last, with the factor they score by: what a follow-up hangs on. `after` is the passage that was read before a
    follow-up, -1 where none was, None for a question that stands alone. `about` is the group of what a follow-up goes
    on about, where it names nothing itself: documents that do not name that answer about something else.
    """

    groups: tuple[Group, ...]
    shapes: tuple[tuple[int, float], ...] = ()
    roles: frozenset[str] = frozenset()
    defines: tuple[str, ...] = ()
    kinds: int = 0
    nearby: tuple[tuple[int, int, float], ...] = ()
    after: int | None = None
    answer_types: tuple[str, ...] = ()
    about: Group | None = None
