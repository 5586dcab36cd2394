"""How an answer was found, told with every reply that asks for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from chatbot.confidence import NAMES, Evidence, missing_words, model
from chatbot.index.features import PASSAGE_FEATURES
from chatbot.index.judging import Weights, weights
from chatbot.index.reader import Index
from chatbot.index.search import Hit
from chatbot.question.understand import Question
from chatbot.safety import Triage


def triage_told(seen: Triage) -> dict[str, Any]:
    """Return what the triage found."""
    return {"label": seen.label, "confidence": seen.confidence, "reasons": list(seen.reasons)}


def confidence_told(evidence: Evidence, answered: float, sure: float) -> dict[str, Any]:
    """Return how sure an answer is, and of what that is made."""
    return {
        "value": round(sure, 4),
        "answerable": round(answered, 4),
        "floor": model().floor_for(evidence),
        "evidence": {name: round(getattr(evidence, name), 4) for name in NAMES},
        "missing_words": round(missing_words(evidence), 4),
    }


def explained(
    question: Question, hits: Sequence[Hit], index: Index, by: Weights | None = None
) -> dict[str, Any]:
    """Return how a question was read and what each part of the first hits' scores is."""
    by = by or weights()
    return {
        "asked": [found.kind.name for found in question.asked],
        "words": [
            {
                "word": group.word,
                "weight": group.weight,
                "read_as": [
                    {"terms": " ".join(a.terms), "weight": round(a.weight, 3), "from": a.origin}
                    for a in group.alternatives
                ],
            }
            for group in question.query.groups
        ],
        "hits": [
            {
                "passage": index.passage(hit.passage).id,
                "score": round(math.log1p(hit.score), 4),
                "parts": _parts(hit, by),
                "sentence_coverage": round(hit.sentence_coverage, 4),
                "by_word": {
                    group.word: round(value, 4)
                    for group, value in zip(question.query.groups, hit.by_group, strict=True)
                    if value
                },
            }
            for hit in hits[:5]
        ],
    }


def _parts(hit: Hit, by: Weights) -> dict[str, float]:
    """Return what each feature adds to the logarithm of a score, the largest first."""
    added = zip(PASSAGE_FEATURES, hit.features, by.passage.tolist(), strict=False)
    parts = {name: round(value * weight, 4) for name, value, weight in added if value * weight}
    return dict(sorted(parts.items(), key=lambda part: -abs(part[1])))
