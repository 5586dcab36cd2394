"""Train the small networks of the triage with scikit-learn."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from chatbot.safety.model import LABELS
from chatbot.safety.network import WITHIN, Float32, Network

LEAST_SPREAD = 1e-3
BATCH = 128
SEED = 20
# What a label that no message has scores.
NEVER = -20.0


@dataclass(frozen=True)
class Shape:
    """How a network is trained: its units, how dear large weights are, and how many rounds.

    It is the mean of so many (`begun`) that began differently.
    """

    units: int
    dear: float
    rounds: int
    begun: int


def network(given: npt.NDArray[Any], labels: npt.NDArray[np.int64], shape: Shape) -> Network:
    """Return the mean of some networks of one hidden layer, as one of all their units; of three labels or more."""
    mean, spread = given.mean(axis=0), np.maximum(given.std(axis=0), LEAST_SPREAD)
    scaled = np.clip((given - mean) / spread, -WITHIN, WITHIN).astype(np.float32)
    fits = [_begun(scaled, labels, shape, SEED + number) for number in range(shape.begun)]
    known = fits[0].classes_
    out = np.zeros((shape.units * shape.begun, len(LABELS)))
    out[:, known] = np.concatenate([fit.coefs_[1] for fit in fits]) / shape.begun
    # A label that no message has is never given.
    out_bias = np.full(len(LABELS), NEVER)
    out_bias[known] = np.mean([fit.intercepts_[1] for fit in fits], axis=0)
    return Network(
        mean.astype(np.float32),
        spread.astype(np.float32),
        np.concatenate([fit.coefs_[0] for fit in fits], axis=1),
        np.concatenate([fit.intercepts_[0] for fit in fits]),
        out.astype(np.float32),
        out_bias.astype(np.float32),
    )


def _begun(scaled: Float32, labels: npt.NDArray[np.int64], shape: Shape, seed: int) -> MLPClassifier:
    fit = MLPClassifier(
        (shape.units,), alpha=shape.dear, batch_size=BATCH, max_iter=shape.rounds, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit.fit(scaled, labels)
