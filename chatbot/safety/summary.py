"""What a message is about, in some hundred numbers that no word stands for alone.

Where the word vectors of the whole and of what it asks point, and which groups of the lexicon are met in both. A
network learns from them what no example says in the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from chatbot.analysis import REMEMBERED, stem
from chatbot.question.vectors import SIZE, in_english, unit, word_vectors
from chatbot.safety.asking import Span
from chatbot.safety.clusters import clusters_of
from chatbot.safety.features import read_alone
from chatbot.safety.lexicon import lexicon
from chatbot.safety.reading import mended

Float32 = npt.NDArray[np.float32]
# So many words that the lexicon lacks tell what a message is about.
MOST_NEW = 50

Known = tuple[int | None, float, tuple[int, ...], tuple[int, ...]]


@cache
def groups() -> dict[str, int]:
    """Return the number of each group that has words of its own and is told to the model."""
    named = sorted({name for names in lexicon().groups.values() for name in names} - lexicon().untold)
    return {name: number for number, name in enumerate(named)}


def length() -> int:
    """Return how many numbers a summary has."""
    return 3 * SIZE + 2 * len(groups())


def summary(words: Sequence[str], asked: Iterable[Span]) -> Float32:
    """Return the summary of a message; `asked` are the parts that ask, as `(start, end)` of its words."""
    told = Counter(words)
    asks = Counter([word for start, end in asked for word in words[start:end]])
    left_out = read_alone(words, MOST_NEW) if len(words) > MOST_NEW else frozenset()
    rows: list[int] = []
    weights: list[tuple[float, int, float]] = []
    met: set[int] = set()
    for word, times in told.items():
        if word == "." or word in left_out:
            continue
        row, weight, numbers, asked_numbers = _known(word)
        asked_times = asks.get(word, 0)
        met.update(asked_numbers if asked_times else numbers)
        if row is not None:
            rows.append(row)
            weights.append((weight * times, times, weight * asked_times))
    found = np.zeros(length(), np.float32)
    if rows:
        vectors = word_vectors().vectors(rows)
        found[: 3 * SIZE] = unit(np.array(weights, np.float32).T @ vectors).ravel()
    found[list(met)] = 1.0
    return found


@lru_cache(maxsize=REMEMBERED)
def _known(word: str) -> Known:
    """Return the row of a word's vector, what it counts and the places its groups have where it is told, and asked."""
    right = mended(word) or word
    named = groups()
    told = tuple(3 * SIZE + named[name] for name in lexicon().of(right) if name in named)
    asked = (*told, *(place + len(named) for place in told))
    table = word_vectors()
    row = table.find(stem(right)) if told or clusters_of(right) is not None else None
    if row is None:
        return None, 0.0, told, asked
    # As the table was learnt, so that words add up to where their text points.
    return row, table.weight(row) * in_english(table.rarity(row)), told, asked
