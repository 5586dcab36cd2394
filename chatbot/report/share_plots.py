"""Plots of shares: bars with their intervals, a reliability diagram, a risk-coverage curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from chatbot.evaluation.calibration import Bin, Withheld
from chatbot.evaluation.figures import Share
from chatbot.evaluation.intervals import wilson
from chatbot.report.plots import drawing

_WIDTH = 720
_LABEL, _ROOM = 180, 460
_ROW = 28
_LETTERS = 26
_SQUARE = 400


def share_bars(rows: Sequence[tuple[str, Share]], name: str) -> Markup:
    """Draw shares as bars that lie, each with its 95 % interval."""
    floor = _ROW * max(1, len(rows))
    parts = []
    for tick in (0, 25, 50, 75, 100):
        x = _LABEL + _ROOM * tick / 100
        parts.append(
            Markup('<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="{1}"/>').format(x, floor)
        )
        parts.append(Markup('<text x="{:.1f}" y="{}" class="middle">{} %</text>').format(x, floor + 18, tick))
    for number, (label, share) in enumerate(rows):
        low, high = share.interval
        middle = number * _ROW + _ROW / 2
        short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
        parts.append(
            Markup(
                '<text x="{}" y="{:.1f}" class="end">{}</text>'
                '<rect class="answered" x="{}" y="{:.1f}" width="{:.1f}" height="{}"/>'
            ).format(_LABEL - 8, middle + 4, short, _LABEL, middle - 9, _ROOM * share.rate, 18)
        )
        parts.append(_whisker(_LABEL + _ROOM * low, middle, _LABEL + _ROOM * high, middle))
        parts.append(
            Markup('<text x="{}" y="{:.1f}">{:.1f} %</text>').format(
                _LABEL + _ROOM + 12, middle + 4, 100 * share.rate
            )
        )
    return drawing(parts, floor + 28, name, _WIDTH)


def reliability_diagram(bins: Sequence[Bin], name: str) -> Markup:
    """Draw, for each bin, the share right over the mean confidence, with its 95 % interval and the diagonal."""
    frame = _Frame((0.0, 1.0), (0.0, 1.0))
    parts = frame.axes((0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0), "confidence", "right")
    parts.append(frame.line("ideal", (0.0, 0.0), (1.0, 1.0)))
    for one in bins:
        low, high = wilson(one.right, one.count)
        x = frame.x(one.confidence)
        parts.append(_whisker(x, frame.y(low), x, frame.y(high)))
        parts.append(frame.point(one.confidence, one.share))
    return drawing(parts, _SQUARE, name, _SQUARE, "square")


def risk_coverage_curve(points: Sequence[Withheld], name: str) -> Markup:
    """Draw the share right over the share withheld, beside what withholding at random would leave it at."""
    lowest = min((point.right for point in points), default=0.0)
    bottom = max(0.0, min(0.9, math.floor(10 * lowest - 1e-9) / 10))
    most = max((point.withheld for point in points), default=0.0) or 1.0
    frame = _Frame((0.0, most), (bottom, 1.0))
    parts = frame.axes(
        tuple(most * step / 5 for step in range(6)),
        tuple(bottom + (1.0 - bottom) * step / 5 for step in range(6)),
        "withheld",
        "right",
    )
    if points:
        parts.append(frame.line("ideal", (0.0, points[0].right), (most, points[0].right)))
        places = " ".join(f"{frame.x(point.withheld):.1f},{frame.y(point.right):.1f}" for point in points)
        parts.append(Markup('<polyline class="curve" points="{}"/>').format(places))
    return drawing(parts, _SQUARE, name, _SQUARE, "square")


@dataclass(frozen=True, slots=True)
class _Frame:
    """A square to draw shares into, each axis from one value to another."""

    across: tuple[float, float]
    upwards: tuple[float, float]

    left, right, top, bottom = 56, 16, 12, 44

    def x(self, value: float) -> float:
        first, last = self.across
        return self.left + (_SQUARE - self.left - self.right) * (value - first) / (last - first)

    def y(self, value: float) -> float:
        first, last = self.upwards
        floor = _SQUARE - self.bottom
        return floor - (floor - self.top) * (value - first) / (last - first)

    def axes(
        self, across: Sequence[float], upwards: Sequence[float], below: str, beside: str
    ) -> list[Markup]:
        """Draw the lines of both axes, what they count, and their names."""
        parts = []
        floor, end = _SQUARE - self.bottom, _SQUARE - self.right
        for value in upwards:
            parts.append(self.line("grid", (self.across[0], value), (self.across[1], value)))
            parts.append(
                Markup('<text x="{}" y="{:.1f}" class="end">{:.0f} %</text>').format(
                    self.left - 6, self.y(value) + 4, 100 * value
                )
            )
        parts += [
            Markup('<text x="{:.1f}" y="{}" class="{}">{:.0f} %</text>').format(
                self.x(value), floor + 16, "end" if value == across[-1] else "middle", 100 * value
            )
            for value in across
        ]
        parts.append(
            Markup('<text x="{}" y="{}" class="middle">{}</text>').format(
                (self.left + end) / 2, _SQUARE - 8, below
            )
        )
        parts.append(
            Markup('<text transform="translate(12 {:.1f}) rotate(-90)" class="middle">{}</text>').format(
                (self.top + floor) / 2, beside
            )
        )
        return parts

    def line(self, look: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
        return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
            look, self.x(start[0]), self.y(start[1]), self.x(end[0]), self.y(end[1])
        )

    def point(self, x: float, y: float) -> Markup:
        return Markup('<circle class="answered" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(self.x(x), self.y(y))


def _whisker(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="whisker" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        x1, y1, x2, y2
    )
