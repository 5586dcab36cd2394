"""Ranks become figures with intervals, and figures a Markdown table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from asked import Question
from engines import Engine

from chatbot.evaluation.intervals import wilson

SEED = 7
_RESAMPLED = 2_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question asked: its style, the place of the first right passage (0: none), and the seconds taken."""

    style: str
    rank: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of an engine over some questions; the rates come with 95 % intervals."""

    count: int
    right1: tuple[float, float, float]
    right3: tuple[float, float, float]
    reciprocal_rank: tuple[float, float, float]
    milliseconds: float

    @classmethod
    def of(cls, ranked: Sequence[Ranked]) -> Figures:
        """Count them."""
        ranks = [one.rank for one in ranked]
        reciprocal = [1 / rank if rank else 0.0 for rank in ranks]
        return cls(
            len(ranks),
            _share(sum(rank == 1 for rank in ranks), len(ranks)),
            _share(sum(0 < rank <= 3 for rank in ranks), len(ranks)),
            (sum(reciprocal) / len(ranks), *resampled(reciprocal)),
            1000 * median(one.seconds for one in ranked),
        )


def _share(hits: int, total: int) -> tuple[float, float, float]:
    return (hits / total, *wilson(hits, total))


def resampled(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval of a mean, from samples drawn with replacement (Efron 1979)."""
    chance = np.random.default_rng(SEED)
    array = np.asarray(values)
    means = [chance.choice(array, len(array)).mean() for _ in range(_RESAMPLED)]
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def asked(engine: Engine, questions: Sequence[Question]) -> list[Ranked]:
    """Ask an engine every question, one after the other; what it loads first is loaded before."""
    for question in questions[:3]:
        list(engine(question.text, question.depth))
    ranked = []
    for question in questions:
        begun = time.perf_counter()
        found = list(engine(question.text, question.depth))
        seconds = time.perf_counter() - begun
        ranked.append(Ranked(question.style, question.rank(found), seconds))
    return ranked


def table(results: Mapping[str, Sequence[Ranked]]) -> str:
    """Return the figures as Markdown, by style and over all."""
    return "\n".join(_lines(results))


def _lines(results: Mapping[str, Sequence[Ranked]]) -> Iterator[str]:
    yield "| questions | engine | n | right@1 | right@3 | MRR@10 | ms a question |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    styles = sorted({one.style for ranked in results.values() for one in ranked})
    for style in (*(styles if len(styles) > 1 else ()), "all"):
        for name, ranked in results.items():
            figures = Figures.of([one for one in ranked if style in {one.style, "all"}])
            yield (
                f"| {style} | {name} | {figures.count} | {_percent(figures.right1)} | {_percent(figures.right3)} "
                f"| {_number(figures.reciprocal_rank)} | {figures.milliseconds:.2f} |"
            )


def _percent(figure: tuple[float, float, float]) -> str:
    value, low, high = (100 * part for part in figure)
    return f"{value:.1f} % ({low:.1f}–{high:.1f})"


def _number(figure: tuple[float, float, float]) -> str:
    value, low, high = figure
    return f"{value:.3f} ({low:.3f}–{high:.3f})"
