"""What a message tells sentence by sentence: how its sentences score, one beside another.

The score of a whole message is thinned by what stands around a call for help, and a sad story adds up to more than any
of its sentences. So a network is told both, and it decides how far to trust which.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from chatbot.safety.asking import Span
from chatbot.safety.model import DANGERS, LONGEST_STRETCH, Floats, bounds, scores_between, sentences_of

# So many of the sentences that sound most like a danger are told apart; in place of those that are not there stands:
TOP = 3
NO_SENTENCE = -6.0
# Neighbours are scored together, so many at a time.
TOGETHER = (2, 3)
# Scores that sound like danger, and like danger perhaps.
LIKELY, PERHAPS = 0.0, -1.0


def by_sentence(by_word: Floats, bias: Floats, words: Sequence[str], asked: Sequence[Span]) -> Floats:
    """Return what the sentences tell; `by_word` are the summed weights of each word, of shape (words, labels and more).

    Of each danger: the best sentences, their mean, how many are likely and how many may be, all of them together, the
    best neighbours and where the best sentence stands. Of each column: the first and the last sentence, the most, the
    mean and the spread. How many sentences there are, and whether the first, the last and how many of them ask.
    """
    spans = pieces(sentences_of(words)) or [(0, len(words))]
    count = len(spans)
    starts, ends = bounds(spans)
    sums = np.zeros((len(words) + 1, by_word.shape[1]))
    np.cumsum(by_word, axis=0, out=sums[1:])
    scores = scores_between(sums, starts, ends, bias)
    of_danger = scores[:, DANGERS]
    best = np.full((TOP, len(DANGERS)), NO_SENTENCE)
    best[: min(TOP, count)] = np.sort(of_danger, axis=0)[::-1][:TOP]
    neighbours = [
        scores_between(sums[:, DANGERS], starts[: 1 - size], ends[size - 1 :], bias[DANGERS]).max(axis=0)
        if count >= size
        else best[0]
        for size in TOGETHER
    ]
    at = of_danger.argmax(axis=0)
    asking = {place for span in asked for place in range(*span)}
    asks = [not asking.isdisjoint(range(*span)) for span in spans]
    # The methods `mean` and `std` take longer.
    mean = scores.sum(axis=0) / count
    spread = np.sqrt(((scores - mean) ** 2).sum(axis=0) / count)
    return np.concatenate(
        (
            best.ravel(),
            of_danger.sum(axis=0) / count,
            (of_danger > LIKELY).sum(axis=0) / count,
            np.log1p((of_danger > PERHAPS).sum(axis=0)),
            np.logaddexp.reduce(of_danger, axis=0),
            *neighbours,
            at / max(1, count - 1),
            at == count - 1,
            at == 0,
            np.log1p((ends - starts)[at]),
            scores[0],
            scores[-1],
            scores.max(axis=0),
            mean,
            spread,
            (np.log1p(count), asks[0], asks[-1], sum(asks) / count),
        )
    )


def pieces(sentences: Sequence[Span]) -> list[Span]:
    """Return the sentences, one that goes on for longer than any stretch in even pieces."""
    found: list[Span] = []
    for start, end in sentences:
        count = -(-(end - start) // LONGEST_STRETCH)
        if count == 1:
            found.append((start, end))
        else:
            found.extend(pairwise(start + (end - start) * place // count for place in range(count + 1)))
    return found
