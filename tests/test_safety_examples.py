"""What the examples of the safety triage promise: nothing that its figures are measured on was learnt from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from chatbot.safety.training_examples import read_examples

FROZEN = Path(__file__).parent / "data" / "safety"
# From this share of letters in common on (0 to 100), two messages say the same.
NEARLY_THE_SAME = 88


def bare(text: str) -> str:
    """Return the words of a text in lower case, without marks."""
    kept = (c if c.isalnum() else " " for c in text.casefold().replace("'", "").replace("’", ""))
    return " ".join("".join(kept).split())


def frozen() -> list[str]:
    paths = sorted(FROZEN.rglob("*.jsonl"))
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()]
    return [text for text in texts if bare(text)]


def test_no_example_is_a_frozen_message_or_nearly_one() -> None:
    examples = [example.text for example in read_examples()]
    likeness = process.cdist(
        [bare(text) for text in frozen()],
        [bare(text) for text in examples],
        scorer=fuzz.ratio,
        score_cutoff=NEARLY_THE_SAME,
        dtype=np.uint8,
    )
    # The example is named, the frozen message is not: nothing may be learnt from it.
    assert sorted({examples[at] for at in np.flatnonzero(likeness.any(axis=0))}) == []


def test_a_frozen_message_among_the_examples_would_be_found() -> None:
    message = frozen()[0]
    assert fuzz.ratio(bare(message), bare(f"  {message.upper()}!!")) >= NEARLY_THE_SAME


def test_at_least_half_of_the_examples_are_whole_messages() -> None:
    examples = read_examples()
    whole = sum(not example.made or example.varied for example in examples)
    assert whole >= 0.5 * len(examples)
