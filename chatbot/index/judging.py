"""The weights of what speaks for a passage: a linear model, fitted on questions whose answers are known.

`tools/fit_ranking.py` fits them (a softmax over each question's candidates: ListNet's top-one probability, Cao et
al., "Learning to Rank: From Pairwise Approach to Listwise Approach", 2007) and writes `weights.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

import numpy as np

from chatbot.index.features import PASSAGE_FEATURES, SENTENCE_FEATURES
from chatbot.index.weights import Float32


@dataclass(frozen=True)
class Weights:
    """`passage` has a weight for each of PASSAGE_FEATURES, `sentence` one for each of SENTENCE_FEATURES."""

    passage: Float32
    sentence: Float32

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each feature of a passage stands."""
        return {name: place for place, name in enumerate(PASSAGE_FEATURES)}

    def score(self, passages: Float32) -> Float32:
        """Return the logarithms of the scores of passages, from their features (C, PASSAGE_FEATURES)."""
        return passages @ self.passage

    def without(self, *names: str) -> Weights:
        """Return the weights with some features of passages left out."""
        kept = self.passage.copy()
        kept[[self.places[name] for name in names]] = 0.0
        return Weights(kept, self.sentence)


def named(passage: dict[str, float], sentence: dict[str, float]) -> Weights:
    """Return weights by the names of their features; one that is not named weighs nothing."""
    return Weights(
        np.asarray([passage.get(name, 0.0) for name in PASSAGE_FEATURES], np.float32),
        np.asarray([sentence.get(name, 0.0) for name in SENTENCE_FEATURES], np.float32),
    )


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the package's weights."""
    told = json.loads(resources.files("chatbot.index").joinpath("weights.json").read_text("utf-8"))
    return named(told["passage"], told["sentence"])
