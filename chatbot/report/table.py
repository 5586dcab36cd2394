"""The report for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from chatbot.report.figures import Figures

_LISTED = 15
_WIDTH = 100


def table(figures: Figures) -> str:
    """Return the figures as plain text."""
    return "\n".join(_lines(figures))


def _lines(figures: Figures) -> Iterator[str]:
    if not figures.replies:
        yield f"No reply of the last {figures.kept_days} days is kept."
    else:
        since = figures.days[0].day
        yield f"{figures.replies:,} replies since {since:%Y-%m-%d} (kept for {figures.kept_days} days)"
        yield ""
        for kind, count in figures.kinds:
            yield f"  {kind.replace('_', ' '):<12}{count:>8,}{count / figures.replies:>7.0%}"
        marked = figures.helpful + figures.unhelpful
        yield f"  marked helpful {figures.helpful:,} of {marked:,}" if marked else "  none was marked"
        yield from _section(
            "Not answered, or marked unhelpful (asked, unhelpful)",
            (
                f"{group.asked:>5,}{group.unhelpful:>5,}  {_cut(group.question)}"
                + (f" (and {len(group.questions) - 1} like it)" if len(group.questions) > 1 else "")
                for group in figures.groups
            ),
            len(figures.groups),
        )
        yield from _section(
            "Passages marked unhelpful (quoted, unhelpful)",
            (
                f"{passage.quoted:>5,}{passage.unhelpful:>5,}  "
                + (
                    f"{passage.document}: {_cut(passage.text or '')}"
                    if passage.document
                    else f"{passage.passage} (gone)"
                )
                for passage in figures.disliked
            ),
            len(figures.disliked),
        )
        yield from _section(
            f"Never quoted ({len(figures.never_quoted):,} of {figures.documents:,} documents)",
            (f"  {name}  {_cut(title)}" for name, title in figures.never_quoted),
            len(figures.never_quoted),
        )
    yield from _section(
        "Due for review (since, document)",
        (f"  {overdue.due:%Y-%m-%d}  {overdue.document}" for overdue in figures.overdue),
        len(figures.overdue),
    )
    if figures.undated:
        yield ""
        yield f"{figures.undated:,} of {figures.documents:,} documents do not say when they were reviewed."


def _section(heading: str, lines: Iterable[str], count: int) -> Iterator[str]:
    yield ""
    yield heading
    shown = [line for _, line in zip(range(_LISTED), lines, strict=False)]
    yield from shown or ["  none"]
    if count > len(shown):
        yield f"  … and {count - len(shown):,} more"


def _cut(text: str) -> str:
    return textwrap.shorten(text, _WIDTH, placeholder=" …")
