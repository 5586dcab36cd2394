"""The trained part of the triage: linear scores of a message, read from plain arrays at first use.

A message's score for label k is the sum of the weights of its features over the square root of its number
of words, plus a bias; the same holds for every stretch of it, so that a call for help is found in whatever
stands around it. Scores of the whole and of the best stretch, and what the rules found, are then weighed
together (`combine`), which gives the probability of each label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from chatbot.safety.features import features, stretches

FOLDER = Path(__file__).parent / "model"
LABELS = ("crisis", "emergency", "personal_advice", "smalltalk", "informational", "off_topic")
KINDS = ("greeting", "pleasantry", "thanks", "goodbye", "capability", "identity")
# What the rules can have found, as the model is told.
RULES = ("crisis", "emergency", "verdict", "case", "asks", "smalltalk", "general", "mention", "spanish")
KIND_BITS = 13
LONGEST_STRETCH = 30
FORMAT = 1

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Scores:
    """The scores of a message by label (`LABELS`): of the whole, of its best stretch, and word by word."""

    whole: Floats
    best: Floats
    stretch: tuple[tuple[int, int], ...]
    by_word: Floats


@dataclass(frozen=True)
class Table:
    """Weights kept in one byte each: byte q of label k stands for `scale[k] * q * |q|`."""

    weights: Bytes
    scale: Floats
    bias: Floats

    @classmethod
    def of(cls, weights: Floats, bias: Floats) -> Table:
        """Return weights of shape (features, labels) in one byte each."""
        top = np.maximum(np.abs(weights).max(axis=0), 1e-12)
        scale = top / 127.0**2
        bytes_ = np.rint(np.sign(weights) * np.sqrt(np.abs(weights) / scale)).astype(np.int8)
        return cls(bytes_, scale, bias)

    def by_word(self, indices: npt.NDArray[np.int32], starts: npt.NDArray[np.int32]) -> Floats:
        """Return the summed weights of each word's features, of shape (words, labels)."""
        rows = self.weights[indices & (len(self.weights) - 1)].astype(np.float64)
        summed = np.zeros((len(indices) + 1, len(self.scale)))
        np.cumsum(rows * np.abs(rows), axis=0, out=summed[1:])
        found: Floats = (summed[starts[1:]] - summed[starts[:-1]]) * self.scale
        return found


@dataclass(frozen=True)
class Model:
    """Everything that was trained.

    `labels` scores the words of a message by `LABELS`; `kinds` by the kinds of small talk and, last, as
    Spanish; `combiner` weighs scores and rules together.
    """

    labels: Table
    kinds: Table
    combiner: Floats
    thresholds: Mapping[str, float]
    examples: str

    def scores(self, words: Sequence[str]) -> Scores:
        """Return the scores of a message's words."""
        found = features(words)
        return scores_of(self.labels.by_word(found.indices, found.starts), words, self.labels.bias)

    def kind(self, words: Sequence[str]) -> str:
        """Return the likeliest kind of small talk."""
        return KINDS[int(self._small(words)[:-1].argmax())]

    def is_spanish(self, words: Sequence[str]) -> bool:
        """Say whether a message is likelier Spanish than English."""
        return bool(self._small(words)[-1] > 0.0)

    def _small(self, words: Sequence[str]) -> Floats:
        found = features(words)
        by_word = self.kinds.by_word(found.indices, found.starts)
        total: Floats = by_word.sum(axis=0) / np.sqrt(max(1, len(words))) + self.kinds.bias
        return total

    def probabilities(self, scores: Scores, told: Sequence[str], words: Sequence[str]) -> Floats:
        """Return the probability of each label, in the order of `LABELS`; `told` is what the rules found."""
        return combine(self.combiner, inputs(scores, told, words))


def scores_of(by_word: Floats, words: Sequence[str], bias: Floats) -> Scores:
    """Return the scores of a message from the summed weights of its words, of shape (words, labels)."""
    sums = np.zeros((len(words) + 1, by_word.shape[1]))
    np.cumsum(by_word, axis=0, out=sums[1:])
    whole = sums[-1] / np.sqrt(max(1, len(words))) + bias
    places = stretches(words, LONGEST_STRETCH)
    if len(places) < 2:
        return Scores(whole, whole, ((0, len(words)),) * len(bias), by_word)
    starts, ends = np.array(places).T
    each = (sums[ends] - sums[starts]) / np.sqrt(ends - starts)[:, None] + bias
    at = each.argmax(axis=0)
    return Scores(whole, each.max(axis=0), tuple(places[place] for place in at), by_word)


def inputs(scores: Scores, told: Sequence[str], words: Sequence[str]) -> Floats:
    """Return what is weighed together: scores of the whole and of the best stretch, rules, length, one."""
    rules = [float(name in told) for name in RULES]
    found = np.concatenate((scores.whole, scores.best, rules, [np.log1p(len(words)) / 3.0, 1.0]))
    # Spanish, of which there are fewer examples, is weighed in its own way.
    return np.concatenate((found, found * float("spanish" in told)))


def combine(combiner: Floats, given: Floats) -> Floats:
    """Return the softmax of `combiner @ given`; `given` has shape (inputs,) or (inputs, messages)."""
    raw = combiner @ given
    raw = np.exp(raw - raw.max(axis=0))
    shares: Floats = raw / raw.sum(axis=0)
    return shares


def save(model: Model, folder: Path) -> None:
    """Write a model as two arrays and a manifest that names the examples' SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "labels.npy", model.labels.weights, allow_pickle=False)
    np.save(folder / "kinds.npy", model.kinds.weights, allow_pickle=False)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "examples_sha256": model.examples,
        "labels": {"names": LABELS, **_numbers(model.labels)},
        "kinds": {"names": (*KINDS, "spanish"), **_numbers(model.kinds)},
        "rules": RULES,
        "thresholds": dict(model.thresholds),
        "combiner": [_rounded(row) for row in model.combiner],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def load(folder: Path = FOLDER) -> Model:
    """Read a model; the weights are mapped, not read. Raises ValueError for one of another format."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = (manifest["format"], tuple(manifest["labels"]["names"]), tuple(manifest["rules"]))
    if names != (FORMAT, LABELS, RULES):
        raise ValueError(f"The model in {folder} is of another format; build it anew with: make model")
    return Model(
        labels=_table(folder / "labels.npy", manifest["labels"]),
        kinds=_table(folder / "kinds.npy", manifest["kinds"]),
        combiner=np.array(manifest["combiner"]),
        thresholds=manifest["thresholds"],
        examples=manifest["examples_sha256"],
    )


@cache
def model() -> Model:
    """Return the shipped model, read at the first call."""
    return load()


def _table(path: Path, numbers: Mapping[str, Any]) -> Table:
    weights = np.load(path, mmap_mode="r", allow_pickle=False)
    return Table(weights, np.array(numbers["scale"]), np.array(numbers["bias"]))


def _numbers(table: Table) -> dict[str, list[float]]:
    return {"scale": [float(f"{value:.6g}") for value in table.scale], "bias": _rounded(table.bias)}


def _rounded(row: Floats) -> list[float]:
    return [round(float(value), 5) for value in row]
