"""The trained part of the triage: linear scores of a message, read from plain arrays at first use.

A message's score for label k is the sum of the weights of its features over the square root of its number
of words (`length_norm`), plus a bias; the same holds for every stretch of it, so that a call for help is
found in whatever stands around it. A network says beside that what the message is about (`summary.py`). A second
one weighs the scores of the whole, of its parts and of its sentences one by one (`sentences.py`), what the rules found
and what the first said, which gives the probability of each label.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from chatbot.safety import network as networks
from chatbot.safety.asking import Span
from chatbot.safety.features import Features, Indices, stretches
from chatbot.safety.network import Network
from chatbot.safety.summary import summary

FOLDER = Path(__file__).parent / "model"
LABELS = ("crisis", "emergency", "personal_advice", "smalltalk", "informational", "off_topic")
# After the labels a last column tells chatter, sentence by sentence.
CHATTER = len(LABELS)
DANGERS = [LABELS.index("crisis"), LABELS.index("emergency")]
KINDS = (
    "greeting", "pleasantry", "acknowledgement", "complaint", "worry", "human", "thanks", "goodbye", "capability",
    "identity",
)  # fmt: skip
# After the kinds a last column tells Spanish.
SPANISH = len(KINDS)
# What the rules can have found, as the model is told.
RULES = (
    "crisis", "emergency", "verdict", "case", "asks", "smalltalk", "general", "mention", "spanish",
    "question", "self", "other", "asks of self", "asks of other", "names danger", "goes on", "of the bot",
    "pleasantry", "matter", "asks in form", "half personal", "of a thing", "of study", "of culture",
)  # fmt: skip
KIND_BITS = 13
LONGEST_STRETCH = 30
# Words from which on a message is long.
LONG = 120
# Messages of more words are weighed as this long.
LONGEST_WEIGHED = 120
# The score of a danger where nothing is told.
NOTHING_TOLD = np.full(len(DANGERS), -4.0)
# The least probability that is told apart from none.
LEAST_TOLD = 1e-3
FORMAT = 5

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Scores:
    """The scores of a message by label (`LABELS`): of the whole, of its best stretch, and word by word.

    `asked` are those of the part that asks, zeros where none does; `told` those of the sentence of danger that asks
    nothing and scores best.
    """

    whole: Floats
    best: Floats
    asked: Floats
    told: Floats
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

    @cached_property
    def _squares(self) -> npt.NDArray[np.int16]:
        """The weights before they are scaled, in rows of a power of two of bytes: those are taken many times faster.

        The last row is that of no feature (`NONE`).
        """
        wide = np.pad(self.weights.astype(np.int16), ((0, 1), (0, -len(self.scale) % 8)))
        squares: npt.NDArray[np.int16] = wide * np.abs(wide)
        return squares

    @cached_property
    def _columns(self) -> npt.NDArray[np.int16]:
        return np.ascontiguousarray(self._squares.T)

    def total(self, found: Indices, column: int) -> float:
        """Return the summed weights of features in one column."""
        squares = self._columns[column].take(found & (len(self.weights) - 1))
        return float(squares.sum() * self.scale[column])

    def by_word(self, found: Features) -> Floats:
        """Return the summed weights of each word's features, of shape (words, labels)."""
        if not len(found.alone):
            return np.zeros((0, len(self.scale)))
        alone = self._squares.take(found.alone, axis=0)
        summed = np.add.reduceat(alone, found.starts[:-1], axis=0, dtype=np.int32)
        summed += self._squares.take(found.beside, axis=0).sum(axis=0, dtype=np.int32)
        return summed[:, : len(self.scale)] * self.scale


@dataclass(frozen=True)
class Model:
    """Everything that was trained.

    `labels` scores the words of a message by `LABELS` and, last, as chatter; `kinds` by the kinds of small talk
    and, last, as Spanish; `about` tells labels from a summary; `combiner` weighs it all together. `examples` and
    `vectors` are the SHA-256 of the examples it was trained on and of the word vectors it reads, `figures` what it
    reached on messages of situations it had not seen.
    """

    labels: Table
    kinds: Table
    about: Network
    combiner: Network
    thresholds: Mapping[str, float]
    examples: str
    vectors: str
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def scores(self, words: Sequence[str], by_word: Floats, asked: Sequence[Span]) -> Scores:
        """Return the scores of a message's words, of their summed weights; `asked` are the parts that ask."""
        return scores_of(by_word[:, :CHATTER], words, self.labels.bias[:CHATTER], asked)

    def spanish(self, found: Features) -> bool:
        """Return whether the words are likelier Spanish than English."""
        return self._of_kind(found.all(), len(found.starts) - 1, SPANISH) > 0.0

    def kind(self, found: Features, among: Sequence[str] = KINDS) -> str:
        """Return the likeliest of some kinds of small talk."""
        places, words = found.all(), len(found.starts) - 1
        return max(among, key=lambda kind: self._of_kind(places, words, KINDS.index(kind)))

    def _of_kind(self, places: Indices, words: int, column: int) -> float:
        return self.kinds.total(places, column) / length_norm(words) + float(self.kinds.bias[column])

    def probabilities(
        self,
        scores: Scores,
        told: Sequence[str],
        words: Sequence[str],
        asked: Sequence[Span],
        one_by_one: Floats,
    ) -> Floats:
        """Return the probability of each label, in the order of `LABELS`.

        `told` is what the rules found, `one_by_one` what the sentences tell (`sentences.py`).
        """
        about = about_parts(self.about, scores, words, asked)
        given = inputs(scores, told, words, about, one_by_one)
        found: Floats = self.combiner.shares(given).astype(np.float64)
        return found


def about_parts(
    network: Network, scores: Scores, words: Sequence[str], asked: Sequence[Span]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return what the network says of the whole, and of the stretch of a long message that sounds most like danger."""
    whole = network.shares(summary(words, asked))
    if len(words) <= LONGEST_STRETCH:
        return whole, whole
    start, end = dangerous_stretch(scores)
    within = [
        (max(first, start) - start, min(last, end) - start)
        for first, last in asked
        if first < end and last > start
    ]
    return whole, network.shares(summary(words[start:end], within))


def dangerous_stretch(scores: Scores) -> tuple[int, int]:
    """Return where the stretch that sounds most like danger begins and ends."""
    return scores.stretch[max(DANGERS, key=lambda place: float(scores.best[place]))]


def length_norm(words: int) -> float:
    """Return what the summed weights of so many words are divided by.

    Its square root, so that more evidence counts for more; of long messages their number, so that the
    weight of chance does not grow without end.
    """
    return math.sqrt(max(1, words)) if words <= LONG else words / math.sqrt(LONG)


def scores_of(by_word: Floats, words: Sequence[str], bias: Floats, asked: Sequence[Span]) -> Scores:
    """Return the scores of a message from the summed weights of its words, of shape (words, labels)."""
    sums = np.zeros((len(words) + 1, by_word.shape[1]))
    np.cumsum(by_word, axis=0, out=sums[1:])
    whole = sums[-1] / length_norm(len(words)) + bias
    of_asked = scores_between(sums, *bounds(asked), bias).max(axis=0) if asked else np.zeros(len(bias))
    asking = {start for start, _ in asked}
    telling = [span for span in sentences_of(words) if asking.isdisjoint(range(*span))]
    of_told = (
        scores_between(sums, *bounds(telling), bias)[:, DANGERS].max(axis=0) if telling else NOTHING_TOLD
    )
    places = stretches(words, LONGEST_STRETCH)
    if len(places) < 2:
        return Scores(whole, whole, of_asked, of_told, ((0, len(words)),) * len(bias), by_word)
    each = scores_between(sums, *bounds(places), bias)
    at = each.argmax(axis=0)
    return Scores(whole, each.max(axis=0), of_asked, of_told, tuple(places[place] for place in at), by_word)


def sentences_of(words: Sequence[str]) -> list[Span]:
    """Return the sentences between the `.` of a message's words, as `(start, end)`."""
    found = []
    begun = 0
    for end in [place for place, word in enumerate(words) if word == "."] + [len(words)]:
        if end > begun:
            found.append((begun, end))
        begun = end + 1
    return found


def bounds(places: Sequence[Span]) -> tuple[Places, Places]:
    """Return where some stretches begin, and where they end."""
    starts, ends = np.fromiter(chain.from_iterable(places), np.int64, 2 * len(places)).reshape(-1, 2).T
    return starts, ends


def scores_between(sums: Floats, starts: Places, ends: Places, bias: Floats) -> Floats:
    """Return the scores of some stretches, of shape (stretches, labels); `sums` are running sums over the words."""
    found: Floats = sums.take(ends, axis=0) - sums.take(starts, axis=0)
    found /= np.sqrt(np.maximum(ends - starts, 1))[:, None]
    found += bias
    return found


def inputs(
    scores: Scores,
    told: Sequence[str],
    words: Sequence[str],
    about: Sequence[npt.NDArray[Any]],
    one_by_one: Floats,
) -> Floats:
    """Return what is weighed together.

    The scores of the whole and its parts, rules, length, what parts are about and what the sentences tell.
    """
    rules = [float(name in told) for name in RULES]
    length = np.log1p(min(len(words), LONGEST_WEIGHED)) / 3.0
    return np.concatenate(
        (
            scores.whole,
            scores.best,
            scores.asked,
            scores.told,
            rules,
            [length],
            *(np.log(part + LEAST_TOLD) for part in about),
            one_by_one,
        )
    )


def save(model: Model, folder: Path) -> None:
    """Write a model as four arrays and a manifest that names the SHA-256 of what it was made from."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "labels.npy", model.labels.weights, allow_pickle=False)
    np.save(folder / "kinds.npy", model.kinds.weights, allow_pickle=False)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "examples_sha256": model.examples,
        "vectors_sha256": model.vectors,
        "labels": {"names": (*LABELS, "chatter"), **_numbers(model.labels)},
        "kinds": {"names": (*KINDS, "spanish"), **_numbers(model.kinds)},
        "rules": RULES,
        "thresholds": dict(model.thresholds),
        "cross_validation": {name: dict(row) for name, row in model.figures.items()},
        "about": networks.save(model.about, folder / "about.npy"),
        "combiner": networks.save(model.combiner, folder / "combiner.npy"),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def load(folder: Path = FOLDER) -> Model:
    """Read a model; the weights are mapped, not read. Raises ValueError for one of another format."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = (manifest["format"], tuple(manifest["labels"]["names"]), tuple(manifest["rules"]))
    if names != (FORMAT, (*LABELS, "chatter"), RULES):
        raise ValueError(f"The model in {folder} is of another format; build it anew with: make model")
    return Model(
        labels=_table(folder / "labels.npy", manifest["labels"]),
        kinds=_table(folder / "kinds.npy", manifest["kinds"]),
        about=networks.load(folder / "about.npy", manifest["about"]),
        combiner=networks.load(folder / "combiner.npy", manifest["combiner"]),
        thresholds=manifest["thresholds"],
        examples=manifest["examples_sha256"],
        vectors=manifest["vectors_sha256"],
        figures=manifest.get("cross_validation", {}),
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
