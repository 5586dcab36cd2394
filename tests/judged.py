"""Frozen conversations, of which the last turn is judged in the light of the ones before."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from chatbot.reply import Turn
from chatbot.safety.triage import triage

DATA = Path(__file__).parent / "data"


@cache
def given(file: str) -> tuple[tuple[str, str], ...]:
    """Return, for each conversation, the slice that it is of and the label that its last turn was given."""
    found = []
    for line in (DATA / file).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        *before, last = item["turns"]
        history = [turn for text in before for turn in (Turn("user", text), Turn("assistant", "…"))]
        found.append((item["note"].partition(";")[0], triage(last, history).label))
    return tuple(found)


def share(file: str, slice_: str, labels: tuple[str, ...]) -> float:
    """Return the share of a slice that was given one of some labels."""
    of = [label in labels for name, label in given(file) if name == slice_]
    assert len(of) >= 15
    return sum(of) / len(of)
