"""The report as one page that holds everything it needs."""

from __future__ import annotations

from chatbot.report import plots
from chatbot.report.figures import REVIEWED_FOR, Figures
from chatbot.report.templates import render


def page(figures: Figures) -> str:
    """Return the figures as HTML with plots: no scripts, nothing from elsewhere."""
    kinds = [(kind.replace("_", " "), count) for kind, count in figures.kinds]
    busiest = max(figures.days, key=lambda day: day.all, default=None)
    told = f"Replies a day. The busiest day was {busiest.day} with {busiest.all:,}." if busiest else ""
    shares = ", ".join(f"{kind} {count:,}" for kind, count in kinds)
    return render(
        "page.html",
        figures=figures,
        kinds=kinds,
        over_time=plots.over_time(figures.days, told),
        by_kind=plots.bars(kinds, f"Replies by kind: {shares}."),
        years=REVIEWED_FOR,
    )
