"""Train the model of the triage: `python -m chatbot.safety.train`, or `make model`.

One-vs-rest logistic regressions score a message, and a small neural network tells its label from what it is about.
What both say of messages that stood in none of their situations, whole and in stretches, and what the rules found,
is weighed by a second network (stacking, Wolpert 1992), which makes probabilities of it. The thresholds above which
a label is given are those of the least cost in cross-validation.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from threadpoolctl import threadpool_limits

from chatbot.question.vectors import word_vectors
from chatbot.safety.costs import chosen_thresholds, figures, report
from chatbot.safety.features import SIZE, Features, features
from chatbot.safety.findings import danger, evidence
from chatbot.safety.matter import matter, telling
from chatbot.safety.model import (
    CHATTER,
    DANGERS,
    FOLDER,
    KIND_BITS,
    KINDS,
    LABELS,
    LONGEST_STRETCH,
    Floats,
    Model,
    Table,
    about_parts,
    inputs,
    length_norm,
    save,
    scores_of,
    sentences_of,
)
from chatbot.safety.network import Network
from chatbot.safety.network_training import Shape, network
from chatbot.safety.reading import Reading
from chatbot.safety.regressions import one_against_rest
from chatbot.safety.sentences import by_sentence
from chatbot.safety.smalltalk import respelt
from chatbot.safety.summary import summary
from chatbot.safety.training_examples import Example, fingerprint, read_examples
from chatbot.safety.training_messages import CHAT, FOLDS, Message, prepared

STRENGTH = 3.0
KIND_STRENGTH = 10.0
# Of each network: units, how dear large weights are, rounds, and of how many differently begun ones it is the mean.
ABOUT = Shape(units=128, dear=0.3, rounds=12, begun=2)
COMBINER = Shape(units=64, dear=0.1, rounds=10, begun=4)
# What is asked in general counts more than what is asked of a case, and what nobody can be harmed by less.
COUNTS = {"informational": 1.3, "off_topic": 0.6}
# A rare wrong label of these costs most.
LABEL_COST = {"crisis": 3.0, "emergency": 2.0, "personal_advice": 2.0, "smalltalk": 1.5}
# Fewer words tell nobody whether they are chatter.
SHORTEST_SENTENCE = 3
# Of a message of so many sentences about danger, only the one or two that tell of it are learnt as such.
MANY_SENTENCES = 3
CHATTER_STRENGTH = 1.0
# What a sentence of chatter counts beside one of the many that are none.
CHATTER_COST = 10.0
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def main(folder: Path = FOLDER) -> None:
    """Train, report the figures of cross-validation and write the model."""
    examples = read_examples()
    trained, told = train(examples)
    save(trained, folder)
    sys.stdout.write(f"{told}\n")


def train(examples: Sequence[Example]) -> tuple[Model, str]:
    """Return the model of some examples and the figures it reached in cross-validation."""
    # More threads than free processors wait for one another.
    with threadpool_limits(limits=1):
        return _train(examples)


def _train(examples: Sequence[Example]) -> tuple[Model, str]:
    read = prepared(examples)
    messages = [message for message in read if message.kind != CHAT]
    given, scorer = out_of_fold(messages, *sentences(read, examples))
    # The rules never fail on the messages they were written with, which says nothing of how far to trust them.
    fair = np.array([not examples[message.example].varied for message in messages])
    folds = np.array([message.fold for message in messages])
    labels = np.array([message.label for message in messages])
    shares = np.zeros((len(messages), len(LABELS)))
    for fold in range(FOLDS):
        kept = (folds != fold) & fair
        tested = folds == fold
        shares[tested] = combiner(given[kept], labels[kept]).shares(given[tested])
    counted = np.array([not examples[message.example].made for message in messages])
    thresholds = chosen_thresholds(shares[counted], labels[counted])
    english = np.array([examples[message.example].language == "en" for message in messages])
    kind = np.array([message.kind for message in messages])
    groups = {
        "English": counted & (kind == "plain") & english,
        "Spanish": counted & (kind == "plain") & ~english,
        "slipped": counted & (kind == "slipped"),
        "padded": counted & (kind == "padded"),
    }
    trained = Model(
        labels=Table.of(scorer.weights, scorer.bias),
        kinds=Table.of(*fitted_kinds(examples)),
        about=scorer.about,
        combiner=combiner(given[fair], labels[fair]),
        thresholds=thresholds,
        examples=fingerprint(),
        vectors=word_vectors().sha256,
        figures=figures(shares, labels, thresholds, groups),
    )
    return trained, report(shares, labels, thresholds, groups)


def matrix(messages: Sequence[Message], size: int = SIZE) -> csr_matrix:
    """Return the features of messages, one row each, over the norm of their length."""
    rows = [message.features.all() & (size - 1) for message in messages]
    ends = np.cumsum([0] + [len(row) for row in rows])
    norms = np.array([length_norm(len(message.words)) for message in messages])
    values = np.repeat(1.0 / norms, np.diff(ends))
    found = csr_matrix((values, np.concatenate(rows), ends), shape=(len(messages), size))
    found.sum_duplicates()
    return found


@dataclass(frozen=True)
class Learnt:
    """Features and labels to learn from: of messages, of sentences that are chatter or not, of pieces of long messages.

    `of` is the place of the message that a piece is from; `alone` says whether it is a single sentence.
    """

    counts: csr_matrix
    labels: Integers
    said: csr_matrix
    chatter: Integers
    pieces: csr_matrix
    of: Integers
    alone: Flags

    def part(self, kept: Flags, kept_said: Flags) -> Learnt:
        """Return what is left of some messages and sentences."""
        places = np.cumsum(kept) - 1
        pieces = kept[self.of]
        return Learnt(
            self.counts[kept],
            self.labels[kept],
            self.said[kept_said],
            self.chatter[kept_said],
            self.pieces[pieces],
            places[self.of[pieces]],
            self.alone[pieces],
        )


def fitted(learnt: Learnt) -> tuple[Floats, Floats]:
    """Return weights (features, labels and chatter) and biases of one regression each."""
    labels = learnt.labels
    cost = np.array([LABEL_COST.get(LABELS[label], 1.0) for label in labels])
    weights, bias = one_against_rest(learnt.counts, labels, range(len(LABELS)), STRENGTH, cost)
    for place in DANGERS:
        counts, told = _telling(learnt, place, weights[:, place])
        again, more = one_against_rest(
            counts, told, [1], STRENGTH, np.full(len(told), LABEL_COST[LABELS[place]])
        )
        weights[:, place], bias[place] = again[:, 0], more[0]
    alike = np.full(len(learnt.chatter), CHATTER_COST)
    more_weights, more_bias = one_against_rest(learnt.said, learnt.chatter, [1], CHATTER_STRENGTH, alike)
    return np.hstack([weights, more_weights]), np.append(bias, more_bias)


def _telling(learnt: Learnt, label: int, weights: Floats) -> tuple[csr_matrix, Integers]:
    """Return what to learn a danger from, and whether each tells of it.

    Of a long message about it the piece that scores best stands for the whole (multiple-instance learning, Andrews,
    Tsochantaridis and Hofmann 2002); of long messages about no danger each sentence is an example of none.
    """
    scores = learnt.pieces @ weights
    labels = learnt.labels[learnt.of]
    best = np.full(len(learnt.labels), -np.inf)
    np.maximum.at(best, learnt.of, scores)
    telling = (labels == label) & (scores >= best[learnt.of])
    harmless = learnt.alone & ~np.isin(labels, DANGERS)
    whole = ~((learnt.labels == label) & np.isfinite(best))
    told = np.concatenate((learnt.labels[whole] == label, np.ones(telling.sum()), np.zeros(harmless.sum())))
    counts = vstack([learnt.counts[whole], learnt.pieces[telling], learnt.pieces[harmless]]).tocsr()
    return counts, told.astype(np.int64)


def pieces_of(messages: Sequence[Message]) -> tuple[list[Message], Integers, Flags]:
    """Return the sentences, and pairs of neighbours, of messages of many sentences; whose each is; which are single."""
    found: list[Message] = []
    of, alone = [], []
    for place, message in enumerate(messages):
        spans = sentences_of(message.words)
        if message.kind == "slipped" or len(spans) < MANY_SENTENCES:
            continue
        pairs = [(start, end) for (start, _), (_, end) in pairwise(spans) if end - start <= LONGEST_STRETCH]
        for number, (start, end) in enumerate([*spans, *pairs]):
            if end - start >= SHORTEST_SENTENCE:
                words = message.words[start:end]
                found.append(replace(message, words=words, features=features(words)))
                of.append(place)
                alone.append(number < len(spans))
    return found, np.array(of), np.array(alone)


def sentences(messages: Sequence[Message], examples: Sequence[Example]) -> tuple[list[Message], Integers]:
    """Return the sentences of the examples and whether each is chatter.

    Left out are those that may be either: of stories, of small talk and of what is about something else.
    """
    found, chatter = [], []
    for message in messages:
        example = examples[message.example]
        chats = " chat: " in example.situation
        either = example.label in ("off_topic", "smalltalk") or ": story" in example.situation
        if message.kind not in {"plain", CHAT} or (either and not chats):
            continue
        for start, end in sentences_of(message.words):
            if end - start >= SHORTEST_SENTENCE:
                words = message.words[start:end]
                found.append(replace(message, words=words, features=features(words)))
                chatter.append(int(chats))
    return found, np.array(chatter)


def fitted_kinds(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Return the weights and biases that tell the kinds of small talk apart and, in the last column, Spanish."""
    chosen = [example for example in examples if example.kind is not None]
    kinds = np.array([KINDS.index(example.kind or "") for example in chosen])
    size = 1 << KIND_BITS
    weights, bias = one_against_rest(
        matrix(_plain(chosen), size), kinds, range(len(KINDS)), KIND_STRENGTH, np.ones(len(kinds))
    )
    spanish = np.array([int(example.language == "en") for example in examples])
    more, more_bias = one_against_rest(
        matrix(_plain(examples), size), spanish, [0], KIND_STRENGTH, np.ones(len(spanish))
    )
    return np.hstack([weights, more]), np.append(bias, more_bias)


def _plain(examples: Sequence[Example]) -> list[Message]:
    read = (tuple(respelt(Reading(example.text)).words) for example in examples)
    return [
        Message(words, features(words), (), (), 0, 0, number, "plain") for number, words in enumerate(read)
    ]


@dataclass(frozen=True)
class Scorer:
    """What scores a message before all is weighed together."""

    weights: Floats
    bias: Floats
    about: Network

    def by_word(self, found: Features) -> Floats:
        """Return the summed weights of each word's features, of shape (words, labels and chatter)."""
        alone = np.add.reduceat(self.weights[found.alone], found.starts[:-1], axis=0)
        beside: Floats = self._and_nothing[found.beside].sum(axis=0)
        return alone + beside

    @cached_property
    def _and_nothing(self) -> Floats:
        """The weights, and zeros for no feature (`NONE`)."""
        return np.pad(self.weights, ((0, 1), (0, 0)))


def out_of_fold(
    messages: Sequence[Message], parts: Sequence[Message], chatter: Integers
) -> tuple[Floats, Scorer]:
    """Return what is weighed together for each message, and what scores messages, trained on all of them.

    Each is scored by what was trained on none of its situation. `parts` are sentences, of which some are `chatter`.
    """
    rows = [np.zeros(0)] * len(messages)
    pieces, of, alone = pieces_of(messages)
    labels = np.array([message.label for message in messages])
    learnt = Learnt(matrix(messages), labels, matrix(parts), chatter, matrix(pieces), of, alone)
    folds, folds_said = _folds(messages), _folds(parts)
    summaries = np.array([summary(message.words, message.asked) for message in messages])
    for fold in range(FOLDS):
        kept = folds != fold
        about = network(summaries[kept], labels[kept], ABOUT)
        scorer = Scorer(*fitted(learnt.part(kept, folds_said != fold)), about)
        for number in map(int, np.flatnonzero(~kept)):
            rows[number] = _given(messages[number], scorer)
    return np.array(rows), Scorer(*fitted(learnt), network(summaries, labels, ABOUT))


def _folds(messages: Sequence[Message]) -> Integers:
    return np.array([message.fold for message in messages])


def _given(message: Message, scorer: Scorer) -> Floats:
    bias = scorer.bias
    by_word = scorer.by_word(message.features)
    words, told, asked = message.words, message.told, message.asked
    if message.reading is not None and not {"crisis", "emergency"} & {*told}:
        places = matter(by_word, bias, words, asked, telling(message.reading))
        if len(places) < len(words):
            part = message.reading.part(places)
            seen = evidence(part, "es" if "spanish" in told else "en", danger(part))
            by_word, words, told, asked = by_word[places], tuple(part.words), seen.told, seen.asked
    one_by_one = by_sentence(by_word, bias, words, asked)
    scores = scores_of(by_word[:, :CHATTER], words, bias[:CHATTER], asked)
    return inputs(scores, told, words, about_parts(scorer.about, scores, words, asked), one_by_one)


def balanced(labels: Integers) -> Floats:
    """Return how much each label counts: all alike, but for `COUNTS`."""
    counts = np.bincount(labels, minlength=len(LABELS))
    found: Floats = len(labels) / (len(LABELS) * np.maximum(1, counts))
    found *= [COUNTS.get(label, 1.0) for label in LABELS]
    return found


def combiner(given: Floats, labels: Integers) -> Network:
    """Return the network that makes probabilities of all that is weighed together."""
    found = network(given, labels, COMBINER)
    prior = np.log(balanced(labels)).astype(np.float32)
    return replace(found, out_bias=found.out_bias + prior)


if __name__ == "__main__":
    main()
