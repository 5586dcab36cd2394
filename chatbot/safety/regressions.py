"""Train the linear scores of the triage with scikit-learn: a logistic regression for each label against the rest."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from chatbot.safety.model import Floats
from chatbot.safety.network_training import SEED

# A tenth of it takes twice the time and scores alike.
TOLERANCE = 0.2


def rarity(counts: csr_matrix) -> Floats:
    """Return the inverse document frequency of each feature, smoothed, at most 1."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1.0 + counts.shape[0]) / (1.0 + seen)) + 1.0
    found: Floats = idf / idf.max()
    return found


def one_against_rest(
    counts: csr_matrix, labels: npt.NDArray[np.int64], kinds: Sequence[int], strength: float, cost: Floats
) -> tuple[Floats, Floats]:
    """Return weights of shape (features, kinds) and biases; `cost` weighs each message."""
    scale = rarity(counts)
    scaled = counts.multiply(scale).tocsr()
    weights = np.zeros((counts.shape[1], len(kinds)))
    bias = np.zeros(len(kinds))
    for place, kind in enumerate(kinds):
        fit = LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=TOLERANCE, random_state=SEED, intercept_scaling=3.0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit.fit(scaled, labels == kind, sample_weight=np.where(labels == kind, cost, 1.0))
        weights[:, place] = fit.coef_[0] * scale
        bias[place] = fit.intercept_[0]
    return weights, bias
