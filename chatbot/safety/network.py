"""A small neural network, served as plain arrays: one hidden layer of rectified units, a softmax over the labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
# Inputs are held within so many standard deviations of their mean.
WITHIN = 4.0


@dataclass(frozen=True)
class Network:
    """Weights of shape (inputs, hidden) and (hidden, labels), biases, and the mean and spread of each input."""

    mean: Float32
    spread: Float32
    hidden: Float32
    hidden_bias: Float32
    out: Float32
    out_bias: Float32

    def raw(self, given: npt.NDArray[Any]) -> Float32:
        """Return what the softmax is taken of; `given` has shape (inputs,) or (messages, inputs)."""
        scaled = (given - self.mean) / self.spread
        scaled = np.minimum(np.maximum(scaled, -WITHIN), WITHIN).astype(np.float32)
        found: Float32 = np.maximum(scaled @ self.hidden + self.hidden_bias, 0.0) @ self.out + self.out_bias
        return found

    def shares(self, given: npt.NDArray[Any]) -> Float32:
        """Return the probability of each label."""
        raw = self.raw(given)
        raw = np.exp(raw - raw.max(axis=-1, keepdims=True))
        found: Float32 = raw / raw.sum(axis=-1, keepdims=True)
        return found


PARTS = tuple(Network.__annotations__)


def save(network: Network, path: Path) -> dict[str, list[int]]:
    """Write a network's arrays one after the other in two bytes a number; return the shape of each."""
    arrays = {name: np.asarray(getattr(network, name)) for name in PARTS}
    numbers = np.concatenate([array.ravel() for array in arrays.values()])
    np.save(path, numbers.astype(np.float16), allow_pickle=False)
    return {name: list(array.shape) for name, array in arrays.items()}


def load(path: Path, shapes: dict[str, list[int]]) -> Network:
    """Read a network as it was written."""
    numbers = np.load(path, allow_pickle=False).astype(np.float32)
    arrays: dict[str, Float32] = {}
    begun = 0
    for name in PARTS:
        size = int(np.prod(shapes[name]))
        arrays[name] = numbers[begun : begun + size].reshape(shapes[name])
        begun += size
    return Network(**arrays)
