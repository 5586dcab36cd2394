"""Figures of confidences: what the papers define, held against worked examples and scikit-learn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from chatbot.evaluation.calibration import (
    WITHHELD,
    brier_of_the_mean,
    brier_score,
    expected_calibration_error,
    reliability,
    risk_coverage,
    share_right,
)
from chatbot.evaluation.intervals import wilson

Some = list[tuple[float, bool]]
SOME = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
TEN: Some = [
    (0.95, True),
    (0.95, True),
    (0.95, False),
    (0.85, True),
    (0.75, True),
    (0.72, False),
    (0.55, True),
    (0.55, False),
    (0.41, False),
    (0.05, False),
]


def test_the_interval_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 1998, example: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == pytest.approx(1.0)


@given(SOME)
def test_the_brier_score_is_scikit_learns(judged: Some) -> None:
    confidences, rights = zip(*judged, strict=True)
    assert brier_score(judged) == pytest.approx(brier_score_loss(rights, confidences, pos_label=True))


@given(SOME)
def test_no_constant_has_a_better_brier_score_than_the_mean(judged: Some) -> None:
    least = brier_of_the_mean(judged)
    assert least == pytest.approx(share_right(judged) * (1 - share_right(judged)))
    for constant in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert least <= brier_score([(constant, right) for _, right in judged]) + 1e-9


def test_bins_hold_their_upper_end_and_empty_ones_are_left_out() -> None:
    bins = reliability([(0.0, True), (0.1, False), (0.100001, True), (0.3, True), (1.0, False)])
    assert [(one.low, one.high, one.count, one.right) for one in bins] == [
        (0.0, 0.1, 2, 1),
        (0.1, 0.2, 1, 1),
        (0.2, 0.3, 1, 1),
        (0.9, 1.0, 1, 0),
    ]
    assert bins[0].confidence == pytest.approx(0.05)
    assert bins[0].share == 0.5


def test_the_calibration_error_is_that_of_a_worked_example() -> None:
    # Bins: 0-.1 (1, conf .05, right 0), .4-.5 (1, .41, 0), .5-.6 (2, .55, .5), .7-.8 (2, .735, .5), .8-.9 (1, .85, 1),
    # .9-1 (3, .95, 2/3).
    worked = (0.05 + 0.41 + 2 * 0.05 + 2 * 0.235 + 0.15 + 3 * (0.95 - 2 / 3)) / 10
    assert expected_calibration_error(TEN) == pytest.approx(worked)
    always = [(0.8, True)] * 8 + [(0.8, False)] * 2
    assert expected_calibration_error(always) == pytest.approx(0)
    assert expected_calibration_error([(0.9, False)] * 5) == pytest.approx(0.9)


@given(SOME)
def test_every_answer_is_in_one_bin(judged: Some) -> None:
    bins = reliability(judged)
    assert sum(one.count for one in bins) == len(judged)
    assert sum(one.right for one in bins) == sum(right for _, right in judged)
    assert all(one.low - 1e-6 <= one.confidence <= one.high + 1e-6 for one in bins)
    assert 0 <= expected_calibration_error(judged) <= 1


def test_the_most_doubtful_answers_are_withheld_first() -> None:
    points = risk_coverage(TEN, (0.0, 0.1, 0.2, 0.3, 0.5, 1.0))
    assert [point.kept for point in points] == [10, 9, 8, 7, 5, 0]
    assert [point.right for point in points] == pytest.approx([5 / 10, 5 / 9, 5 / 8, 4.5 / 7, 4 / 5, 0])


def test_a_share_that_is_no_whole_number_of_answers_withholds_fewer() -> None:
    assert [point.kept for point in risk_coverage([(0.5, True)] * 7)] == [7, 7, 7, 6, 6, 5]
    assert [point.withheld for point in risk_coverage(TEN)] == list(WITHHELD)
    assert risk_coverage([(0.5, True)] * 100, (0.29,))[0].kept == 71


@given(SOME)
def test_the_order_of_equally_sure_answers_does_not_matter(judged: Some) -> None:
    coarse = [(round(confidence, 1), right) for confidence, right in judged]
    turned = list(reversed(coarse))
    rates = [point.right for point in risk_coverage(coarse)]
    assert rates == pytest.approx([point.right for point in risk_coverage(turned)])
    assert rates[0] == pytest.approx(share_right(coarse))


def test_of_nothing_all_figures_are_nought() -> None:
    assert (brier_score([]), brier_of_the_mean([]), share_right([]), expected_calibration_error([])) == (
        0,
    ) * 4
    assert reliability([]) == []
    assert {(point.kept, point.right) for point in risk_coverage([])} == {(0, 0.0)}
