"""What a wrong label costs, the thresholds that cost least, and the figures reached with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from chatbot.safety.model import LABELS, Floats

Integers = npt.NDArray[np.int64]

# The labels that are given: facts and everything else get none.
GIVEN = ("crisis", "emergency", "personal_advice", "smalltalk", "none")
# Cost of giving (column) a message of a label (row). A missed danger and an answered personal question can
# hurt someone; a refused general question makes the bot useless. All alike in number: rates are weighed.
COST = {
    "crisis": (0.0, 8.0, 16.0, 20.0, 20.0),
    "emergency": (8.0, 0.0, 16.0, 20.0, 20.0),
    "personal_advice": (8.0, 5.0, 0.0, 28.0, 28.0),
    "smalltalk": (8.0, 8.0, 4.0, 0.0, 3.0),
    "informational": (24.0, 24.0, 18.0, 12.0, 0.0),
    "off_topic": (4.0, 4.0, 2.0, 2.0, 0.0),
}
# Danger begins at 0.35 at most: a call for help that is missed costs more than the alarms too many below that. Personal
# advice begins at 0.5: below that, too many general questions unlike the examples were refused. Small talk begins at
# 0.6: below that, too many small questions about anything else sounded like it.
GRID = {
    "danger": np.arange(0.25, 0.36, 0.05),
    "crisis": np.arange(0.3, 0.71, 0.1),
    "smalltalk": np.arange(0.6, 0.81, 0.1),
    "personal": np.arange(0.5, 0.81, 0.05),
}


def given_labels(shares: Floats, thresholds: Mapping[str, float]) -> Integers:
    """Return which of `GIVEN` each message gets; `shares` are probabilities of shape (messages, labels).

    Danger where crisis and emergency together are likely enough, then small talk, then personal advice
    where it and danger together are.
    """
    crisis, emergency, personal, smalltalk = (shares[:, place] for place in range(4))
    danger = crisis + emergency
    label = np.full(len(shares), GIVEN.index("none"))
    label[personal + danger >= thresholds["personal"]] = GIVEN.index("personal_advice")
    label[smalltalk >= thresholds["smalltalk"]] = GIVEN.index("smalltalk")
    endangered = danger >= thresholds["danger"]
    wishes_to_die = crisis >= thresholds["crisis"] * danger
    label[endangered] = GIVEN.index("emergency")
    label[endangered & wishes_to_die] = GIVEN.index("crisis")
    return label


def chosen_thresholds(shares: Floats, labels: Integers) -> dict[str, float]:
    """Return the thresholds of the least cost, found one after the other in three rounds."""
    table = np.array([COST[name] for name in LABELS])
    counts = np.bincount(labels, minlength=len(LABELS))
    each = 1.0 / np.maximum(1, counts[labels])
    chosen = {name: float(values[len(values) // 2]) for name, values in GRID.items()}
    for name in (*GRID, *GRID, *GRID):
        costs = []
        for value in GRID[name]:
            given = given_labels(shares, {**chosen, name: float(value)})
            costs.append(float((table[labels, given] * each).sum()))
        chosen[name] = round(float(GRID[name][int(np.argmin(costs))]), 3)
    return chosen


def report(
    shares: Floats,
    labels: Integers,
    thresholds: Mapping[str, float],
    groups: Mapping[str, npt.NDArray[np.bool_]],
) -> str:
    """Return, for each group of messages, how many of each label were given which, as text."""
    given = given_labels(shares, thresholds)
    lines = [f"thresholds: {', '.join(f'{name} {value:g}' for name, value in thresholds.items())}"]
    for name, mask in groups.items():
        lines.append(f"\n{name}\n{'':18}{'messages':>9}" + "".join(f"{label:>17}" for label in GIVEN))
        for place, label in enumerate(LABELS):
            chosen = given[mask & (labels == place)]
            if len(chosen):
                counts = np.bincount(chosen, minlength=len(GIVEN))
                cells = "".join(f"{count:>8} {count / len(chosen):>7.1%} " for count in counts)
                lines.append(f"{label:18}{len(chosen):>9}{cells}")
    return "\n".join(lines)


def figures(
    shares: Floats,
    labels: Integers,
    thresholds: Mapping[str, float],
    groups: Mapping[str, npt.NDArray[np.bool_]],
) -> dict[str, dict[str, float]]:
    """Return, for each group of messages, the shares that matter."""
    given = given_labels(shares, thresholds)
    dangers = [GIVEN.index("crisis"), GIVEN.index("emergency")]
    refusing = [*dangers, GIVEN.index("personal_advice")]
    found: dict[str, dict[str, float]] = {}
    for name, mask in groups.items():
        of = {label: given[mask & (labels == place)] for place, label in enumerate(LABELS)}
        shares_of = {
            "crisis or emergency of crises": np.isin(of["crisis"], dangers),
            "crisis or emergency of emergencies": np.isin(of["emergency"], dangers),
            "personal refused": np.isin(of["personal_advice"], refusing),
            "small talk found": of["smalltalk"] == GIVEN.index("smalltalk"),
            "informational refused": np.isin(of["informational"], refusing),
        }
        found[name] = {what: round(float(hits.mean()), 4) for what, hits in shares_of.items() if len(hits)}
    return found
