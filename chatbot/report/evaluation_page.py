"""An evaluation as one page with plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chatbot.evaluation import calibration
from chatbot.evaluation.figures import Figures, with_all
from chatbot.evaluation.judging import Outcome
from chatbot.evaluation.table import got, wanted
from chatbot.report import share_plots
from chatbot.report.templates import render
from chatbot.safety_evaluation import Seen, confusion, rates, share_right

_STEPS = tuple(step / 100 for step in range(51))


def evaluation_page(outcomes: Sequence[Outcome], files: Sequence[str], made: datetime) -> str:
    """Return judged questions as HTML with plots; `made` is in UTC."""
    figures = Figures(list(outcomes))
    groups = with_all(outcomes)
    judged = figures.judged
    bins = calibration.reliability(judged)
    points = calibration.risk_coverage(judged)
    shares = [
        (name, share)
        for name, share in (
            ("Right at once, over all", figures.right),
            ("Follow-ups in dialogues right", figures.follow_ups),
            ("Unanswerable questions not answered", figures.abstained),
            ("Answerable questions withheld", figures.withheld),
        )
        if share.total
    ]
    return render(
        "evaluation.html",
        made=made,
        files=files,
        version=outcomes[0].reply.index if outcomes else None,
        figures=figures,
        groups=groups,
        shares=shares,
        judged=judged,
        brier=calibration.brier_score(judged),
        brier_of_the_mean=calibration.brier_of_the_mean(judged),
        right=calibration.share_right(judged),
        error=calibration.expected_calibration_error(judged),
        bins=bins,
        points=points,
        by_style=share_plots.share_bars(
            [(name, group.right) for name, group in groups.items()],
            "Right at once by style: " + _said([(name, group.right1) for name, group in groups.items()]),
        ),
        diagram=share_plots.reliability_diagram(
            bins,
            "Share right over the mean confidence: "
            + ", ".join(f"{one.share:.0%} at {one.confidence:.0%}" for one in bins)
            + ".",
        ),
        curve=share_plots.risk_coverage_curve(
            calibration.risk_coverage(judged, _STEPS),
            "Share right of the answers kept: "
            + ", ".join(f"{point.right:.0%} with {point.withheld:.0%} withheld" for point in points)
            + ".",
        ),
        misses=[(outcome, wanted(outcome), got(outcome)) for outcome in outcomes if not outcome.right],
    )


def safety_page(seen: Sequence[Seen], indexed: bool, files: Sequence[str], made: datetime) -> str:
    """Return labelled messages, each with the kind of reply that it got, as HTML with a plot."""
    found = rates(seen, indexed)
    return render(
        "safety.html",
        made=made,
        files=files,
        indexed=indexed,
        seen=seen,
        right=share_right(seen),
        rates=found,
        plot=share_plots.share_bars(
            [(rate.name, rate.share) for rate in found],
            "Rates of the labels: " + _said([(rate.name, rate.share.rate) for rate in found]),
        ),
        confusion=confusion(seen),
        misses=[one for one in seen if not one.right],
    )


def _said(rows: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {rate:.0%}" for name, rate in rows) + "."
