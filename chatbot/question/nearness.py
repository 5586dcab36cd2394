"""Where the answer to a follow-up stands: in or beside what was just read, where that has what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.index.ranking import group_idf, numbered
from chatbot.index.reader import Index
from chatbot.question.links import Link
from chatbot.question.query import Query
from chatbot.question.topic import Exchange

_AROUND = 15
"""How many passages before and behind the last one are looked at."""
_LEAST = 0.2
_ANSWERED = 0.8
"""What the passage just read scores where another kind of thing is asked now."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What a passage scores by where it stands, if it has all that is asked."""

    shown: float = 2.5  # the passage just read
    rejected: float = 0.5  # the same where it is all that a correction takes back
    following: float = 3.0  # the next of its section
    section: float = 1.9  # another of its section
    neighbour: float = 1.5  # one beside it, or of a section above or below its own
    document: float = 1.15  # another of its document, not far away
    age: float = 0.5  # what is left of that for each question in between
    floor: float = 0.4  # what counts where a passage has none of the words typed
    shape: float = 0.4  # the part of the fit that a sentence of the kind asked makes
    headed: float = 0.5  # what a word counts that only the headings have


FACTORS: Mapping[str, Factors] = {
    "alone": Factors(shown=4.0, following=4.0, section=4.0, neighbour=4.0, document=4.0, floor=1.0),
    "continues": Factors(),
    "contrasts": Factors(),
    "corrects": Factors(),
    "picks": Factors(),
    "returns": Factors(age=1.0),
    "more": Factors(shown=0.001, following=300.0, section=20.0, neighbour=4.0, floor=1.0),
}


def nearby(
    index: Index, query: Query, exchanges: Sequence[Exchange], link: Link, other: bool = False
) -> tuple[tuple[int, int, float], ...]:
    """Return passages, each as a run of one, with the factor that it scores by.

    `other` says that another kind of thing is asked than before: what was shown answered that one.
    """
    factors = replace(FACTORS[link], shown=_ANSWERED) if other and link != "more" else FACTORS[link]
    wanted = _wanted(index, query)
    shapes = 0
    for bits, _ in query.shapes:
        shapes |= bits
    best: dict[int, float] = {}
    strength = 1.0
    last: tuple[int, ...] = ()
    for exchange in reversed(exchanges):
        if not exchange.shown or exchange.shown == last:
            continue
        last = exchange.shown
        for number, factor in _around(index, last[0], factors).items():
            best[number] = max(best.get(number, 0.0), 1.0 + (factor - 1.0) * strength)
        strength *= factors.age
        if strength < _LEAST or link == "more":
            break
    if link == "more":
        best |= {number: factors.shown for exchange in exchanges for number in exchange.shown}
        ahead = read_on(index, exchanges)
        if ahead is not None:
            best[ahead] = factors.following
    elif link == "corrects" and not wanted:
        best |= dict.fromkeys(exchanges[-1].shown[:1], factors.rejected)
    return tuple(
        (
            number,
            number + 1,
            factor if factor < 1.0 else 1.0 + (factor - 1.0) * _fit(index, number, wanted, shapes, factors),
        )
        for number, factor in sorted(best.items())
    )


def read_on(index: Index, exchanges: Sequence[Exchange]) -> int | None:
    """Return the passage of a text that comes after the one read last and was not read yet, or None."""
    read = {number for exchange in exchanges for number in exchange.shown}
    for exchange in reversed(exchanges):
        last = exchange.shown[0] if exchange.shown else None
        if last is not None and index.role(last) == "body":
            end = index.document(int(index.passage_documents[last])).passages[1]
            return next((n for n in range(last + 1, end) if n not in read and index.role(n) == "body"), None)
    return None


def _around(index: Index, main: int, factors: Factors) -> dict[int, float]:
    """Return the passages around one, each with what it would score."""
    section = index.section(main)
    first, end = index.document(int(index.passage_documents[main])).passages
    found = dict.fromkeys(range(max(first, main - _AROUND), min(end, main + _AROUND + 1)), factors.document)
    for number in found:
        own = index.section(number)
        if own == section:
            found[number] = factors.section
        elif own[: len(section)] == section or own == section[:-1] or abs(number - main) == 1:
            found[number] = factors.neighbour
    if main + 1 in found and index.section(main + 1) == section:
        found[main + 1] = factors.following
    found[main] = factors.shown
    return found


def _wanted(index: Index, query: Query) -> list[tuple[list[tuple[frozenset[int], float]], float]]:
    """Return the words typed as term numbers: each its alternatives, and what it counts."""
    return [
        (
            [(frozenset(terms), strength) for terms, strength in alternatives],
            group.weight * group_idf(index, group),
        )
        for group, alternatives in zip(query.groups, numbered(index, query), strict=True)
        if group.needed and group.alternatives and group.alternatives[0].origin != "history"
    ]


def _fit(
    index: Index,
    number: int,
    wanted: list[tuple[list[tuple[frozenset[int], float]], float]],
    shapes: int,
    factors: Factors,
) -> float:
    """Return how well a passage answers what was typed, 0 to 1: its sentence with most of the words and the shape."""
    heading = index.heading(number)
    headed = heading.own | heading.above
    total = sum(weight for _, weight in wanted)
    if not total and not shapes:
        return 1.0
    part = factors.shape if shapes and total else 1.0 if shapes else 0.0
    best = 0.0
    for _, _, numbers, shape in index.sentences(number):
        share = _share(wanted, numbers, headed, factors.headed) / total if total else 0.0
        best = max(best, (1.0 - part) * share + (part if shape & shapes else 0.0))
    return factors.floor + (1.0 - factors.floor) * best


def _share(
    wanted: list[tuple[list[tuple[frozenset[int], float]], float]],
    terms: frozenset[int],
    headed: frozenset[int],
    inherited: float,
) -> float:
    return sum(
        weight
        * max(
            (
                strength if needed <= terms else inherited * strength
                for needed, strength in alternatives
                if needed <= terms or needed <= headed
            ),
            default=0.0,
        )
        for alternatives, weight in wanted
    )
