"""Plots as SVG: drawn here, without a script, in the colours of the page around them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from chatbot.report.figures import Day

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 28
_ROW = 28
_LABEL = 110


def over_time(days: Sequence[Day], name: str) -> Markup:
    """Draw the replies of each day as stacked bars; `name` says what is shown to those who cannot see it."""
    ticks = nice_ticks(max((day.all for day in days), default=0))
    scale = (_HEIGHT - _TOP - _BOTTOM) / ticks[-1]
    floor = _HEIGHT - _BOTTOM
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(days))
    width = max(1.0, min(40.0, 0.8 * step))
    parts: list[Markup] = []
    for tick in ticks:
        y = floor - tick * scale
        parts.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                _LEFT, _WIDTH - _RIGHT, y, y
            )
        )
        parts.append(Markup('<text x="{}" y="{:.1f}" class="end">{:,}</text>').format(_LEFT - 6, y + 4, tick))
    for number, day in enumerate(days):
        x = _LEFT + number * step + (step - width) / 2
        y = float(floor)
        for sort, count in (("answered", day.answered), ("unanswered", day.unanswered), ("other", day.other)):
            if count:
                y -= count * scale
                parts.append(
                    Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                        sort, x, y, width, count * scale
                    )
                )
    shown = sorted({0, len(days) // 2, len(days) - 1}) if days else []
    for number in shown:
        last = len(days) - 1
        anchor = "middle" if 0 < number < last or not last else "end" if number else "start"
        x = _LEFT + (number + 0.5) * step
        parts.append(
            Markup('<text x="{:.1f}" y="{}" class="{}">{}</text>').format(
                x, _HEIGHT - 8, anchor, days[number].day
            )
        )
    return drawing(parts, _HEIGHT, name)


def bars(rows: Sequence[tuple[str, int]], name: str) -> Markup:
    """Draw counts as bars that lie, each with its label and its number."""
    most = max((count for _, count in rows), default=1) or 1
    room = _WIDTH - _LABEL - 60
    parts = [
        Markup(
            '<text x="{}" y="{}" class="end">{}</text><rect class="answered" x="{}" y="{}" width="{:.1f}" height="{}"/>'
            '<text x="{:.1f}" y="{}">{:,}</text>'
        ).format(
            _LABEL - 8,
            number * _ROW + 18,
            label,
            _LABEL,
            number * _ROW + 4,
            room * count / most,
            _ROW - 8,
            _LABEL + room * count / most + 6,
            number * _ROW + 18,
            count,
        )
        for number, (label, count) in enumerate(rows)
    ]
    return drawing(parts, _ROW * max(1, len(rows)), name)


def nice_ticks(most: int) -> list[int]:
    """Return 3 to 6 round whole numbers from 0 that reach up to `most`."""
    step = 1
    while most > 5 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, max(2, -(-most // step)) * step + 1, step))


def drawing(parts: Sequence[Markup], height: int, name: str, width: int = _WIDTH, look: str = "") -> Markup:
    """Put parts into one picture; `name` says what is shown to those who cannot see it, `look` is a class."""
    inside = Markup("").join(parts)
    return Markup('<svg role="img" aria-label="{}" class="{}" viewBox="0 0 {} {}">{}</svg>').format(
        escape(name), look, width, height, inside
    )
