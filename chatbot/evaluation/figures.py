"""Figures of judged questions, by style and over all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from chatbot.evaluation.intervals import wilson
from chatbot.evaluation.judging import Outcome

UNANSWERABLE = frozenset({"no_answer", "clarify"})
"""What is expected of questions that the documents do not answer."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some are so."""

    hits: int
    total: int

    @classmethod
    def of(cls, values: Iterable[bool]) -> Share:
        """Count true values."""
        listed = list(values)
        return cls(sum(listed), len(listed))

    @property
    def rate(self) -> float:
        """Return the share, 0 of nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share."""
        return wilson(self.hits, self.total)


@dataclass(slots=True)
class Figures:
    """Rates over some outcomes."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def right(self) -> Share:
        """Those that are right at once."""
        return Share.of(outcome.right for outcome in self.outcomes)

    @property
    def right1(self) -> float:
        """The share that is right at once."""
        return self.right.rate

    @property
    def right3(self) -> float:
        """The share with a right passage among the first three, or of the right kind."""
        return Share.of(
            0 < o.rank <= 3 if o.asked.expected == "answer" else o.right for o in self.outcomes
        ).rate

    @property
    def reciprocal_rank(self) -> float:
        """The mean reciprocal rank of the first right passage, of those that want an answer."""
        wanted = [outcome for outcome in self.outcomes if outcome.asked.expected == "answer"]
        return sum(1 / o.rank for o in wanted if o.rank) / len(wanted) if wanted else 0.0

    @property
    def marked(self) -> float:
        """Of the answers that are right: the share with the answering sentence marked."""
        return Share.of(o.marked for o in self.outcomes if o.right and o.asked.expected == "answer").rate

    @property
    def words(self) -> float:
        """The mean number of words of the first passages."""
        counts = [len(o.reply.passages[0].text.split()) for o in self.outcomes if o.reply.passages]
        return sum(counts) / len(counts) if counts else 0.0

    @property
    def milliseconds(self) -> float:
        """The median time of a reply."""
        return 1000 * median(o.seconds for o in self.outcomes) if self.outcomes else 0.0

    @property
    def follow_ups(self) -> Share:
        """Those right at once of the turns after a dialogue's first."""
        return Share.of(o.right for o in self.outcomes if o.item.dialogue and not _opens(o))

    @property
    def abstained(self) -> Share:
        """Those not answered of the questions that the documents do not answer."""
        return Share.of(o.reply.kind != "answer" for o in self.outcomes if o.asked.expected in UNANSWERABLE)

    @property
    def withheld(self) -> Share:
        """Those not answered of the questions that want an answer."""
        return Share.of(o.reply.kind != "answer" for o in self.outcomes if o.asked.expected == "answer")

    @property
    def judged(self) -> list[tuple[float, bool]]:
        """The confidence of each answer given, with whether it is right; for chatbot.evaluation.calibration."""
        return [
            (o.reply.confidence, o.right)
            for o in self.outcomes
            if o.reply.kind == "answer" and o.reply.confidence is not None
        ]


def grouped(outcomes: Iterable[Outcome]) -> dict[str, Figures]:
    """Gather outcomes by style or link, turns that expect another kind than an answer by that kind."""
    groups: dict[str, Figures] = {}
    for outcome in outcomes:
        asked = outcome.asked
        if outcome.item.dialogue:
            name = "first turn" if _opens(outcome) else f"follow-up: {asked.group}"
        else:
            name = asked.group
        if asked.expected != "answer":
            name = f"({asked.expected})"
        groups.setdefault(name, Figures()).outcomes.append(outcome)
    return dict(sorted(groups.items()))


def with_all(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """Return the groups, and after them all outcomes."""
    return {**grouped(outcomes), "all": Figures(list(outcomes))}


def _opens(outcome: Outcome) -> bool:
    return outcome.asked is outcome.item.turns[0]
