"""Whether a confidence means what it says: figures of confidences, each with whether the answer was right.

A confidence is a probability from 0 to 1. Nothing here knows of questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Judged = Sequence[tuple[float, bool]]
"""Confidences, each with whether its answer was right."""

BINS = 10
WITHHELD = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
"""The shares of the answers that are withheld, the most doubtful first."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence above `low`, up to `high`; `confidence` is their mean, `right` a count."""

    low: float
    high: float
    count: int
    confidence: float
    right: int

    @property
    def share(self) -> float:
        """Return the share that is right."""
        return self.right / self.count


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is left where a share of the answers, the most doubtful, is withheld: how many, and the share right."""

    withheld: float
    kept: int
    right: float


def brier_score(judged: Judged) -> float:
    """Return the mean squared distance of the confidences from what came true; 0 is perfect.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950),
    for two outcomes, counted once.
    """
    return sum((confidence - right) ** 2 for confidence, right in judged) / len(judged) if judged else 0.0


def brier_of_the_mean(judged: Judged) -> float:
    """Return the score of always saying the share that is right: what a useful confidence stays below."""
    share = share_right(judged)
    return brier_score([(share, right) for _, right in judged])


def share_right(judged: Judged) -> float:
    """Return the share that is right, 0 of nothing."""
    return sum(right for _, right in judged) / len(judged) if judged else 0.0


def reliability(judged: Judged, bins: int = BINS) -> list[Bin]:
    """Sort answers into bins of equal width by their confidence; empty bins are left out."""
    sorted_in: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        place = min(bins - 1, max(0, math.ceil(round(confidence * bins, 9)) - 1))
        sorted_in.setdefault(place, []).append((confidence, right))
    return [
        Bin(
            place / bins,
            (place + 1) / bins,
            len(held),
            sum(confidence for confidence, _ in held) / len(held),
            sum(right for _, right in held),
        )
        for place, held in sorted(sorted_in.items())
    ]


def expected_calibration_error(judged: Judged, bins: int = BINS) -> float:
    """Return the mean distance of confidence and share right over the bins, each counted by its answers.

    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.
    """
    total = len(judged) or 1
    return sum(one.count / total * abs(one.share - one.confidence) for one in reliability(judged, bins))


def risk_coverage(judged: Judged, withheld: Sequence[float] = WITHHELD) -> list[Withheld]:
    """Return the share right of the answers kept where shares of them, the most doubtful, are withheld.

    R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification", JMLR 11 (2010): coverage
    is the share kept, risk the share of those that is wrong. Of answers that are equally sure and stand on both
    sides of the cut, as many are counted right as on average: their order does not matter.
    """
    by_confidence: dict[float, list[bool]] = {}
    for confidence, right in judged:
        by_confidence.setdefault(confidence, []).append(right)
    points = []
    for share in withheld:
        kept = len(judged) - math.floor(share * len(judged) + 1e-9)
        room, hits = kept, 0.0
        for confidence in sorted(by_confidence, reverse=True):
            group = by_confidence[confidence]
            taken = min(room, len(group))
            hits += taken * sum(group) / len(group)
            room -= taken
        points.append(Withheld(share, kept, hits / kept if kept else 0.0))
    return points
