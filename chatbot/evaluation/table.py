"""An evaluation for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatbot.evaluation.calibration import (
    Judged,
    brier_of_the_mean,
    brier_score,
    expected_calibration_error,
    reliability,
    risk_coverage,
    share_right,
)
from chatbot.evaluation.figures import Figures, Share, with_all
from chatbot.evaluation.judging import Outcome
from chatbot.evaluation.questions import plain_words

_CUT = 110


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the figures as tables: by style, of abstention and of the confidence."""
    figures = Figures(list(outcomes))
    return "\n".join([*_by_style(outcomes), "", *_shares(figures), "", *_confidence(figures.judged)])


def _by_style(outcomes: Sequence[Outcome]) -> Iterator[str]:
    groups = with_all(outcomes)
    width = max(len(name) for name in groups)
    yield f"{'':{width}}     n  right@1  right@3    MRR   marked  words"
    for name, f in groups.items():
        of_answers = (
            f"{f.reciprocal_rank:5.3f}   {f.marked:6.1%}" if f.withheld.total else f"{'-':>5}   {'-':>6}"
        )
        yield (
            f"{name:{width}}  {len(f.outcomes):4}   {f.right1:6.1%}   {f.right3:6.1%}  {of_answers}  {f.words:5.1f}"
        )


def _shares(figures: Figures) -> Iterator[str]:
    shares: tuple[tuple[str, Share], ...] = (
        ("right at once", figures.right),
        ("follow-ups right", figures.follow_ups),
        ("unanswerable not answered", figures.abstained),
        ("answerable withheld", figures.withheld),
    )
    for name, share in shares:
        if share.total:
            low, high = share.interval
            yield f"{name:26} {share.rate:6.1%}  ({low:.1%} to {high:.1%})  {share.hits} of {share.total}"
    yield f"{'time of a reply, median':26} {figures.milliseconds:6.1f} ms"


def _confidence(judged: Judged) -> Iterator[str]:
    if not judged:
        yield "No answer was given, so nothing is known of the confidence."
        return
    yield (
        f"Confidence of {len(judged):,} answer{'s' if len(judged) > 1 else ''} given: "
        f"Brier score {brier_score(judged):.3f} ({brier_of_the_mean(judged):.3f} where it always said "
        f"{share_right(judged):.1%}), expected calibration error {expected_calibration_error(judged):.3f}"
    )
    yield "confidence     n   mean   right"
    for one in reliability(judged):
        yield f"{one.low:.1f} to {one.high:.1f}  {one.count:4}  {one.confidence:5.1%}  {one.share:6.1%}"
    points = risk_coverage(judged)
    yield "doubtful withheld  " + "".join(f"{point.withheld:7.0%}" for point in points)
    yield "right of the rest  " + "".join(f"{point.right:7.1%}" for point in points)


def misses(outcomes: Iterable[Outcome]) -> str:
    """Return what went wrong, one question after the other."""
    return "\n".join(
        f"{outcome.id}: {outcome.asked.text}\n  wanted: {wanted(outcome)[:_CUT]}\n"
        f"  got ({outcome.reply.kind}): {got(outcome)[:_CUT]}"
        for outcome in outcomes
        if not outcome.right
    )


def wanted(outcome: Outcome) -> str:
    """Return the span that was expected, or the kind of reply."""
    return outcome.asked.gold[0].span if outcome.asked.gold else outcome.asked.expected


def got(outcome: Outcome) -> str:
    """Return the words of the first passage that was replied, or the kind of reply."""
    passages = outcome.reply.passages
    return plain_words(passages[0].text) if passages else outcome.reply.kind
