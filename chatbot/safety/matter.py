"""The part of a long message that matters: without the chatter that stands around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chatbot.safety.asking import Span, ends
from chatbot.safety.model import CHATTER, DANGERS, Floats, bounds, scores_between, sentences_of
from chatbot.safety.patterns import Item
from chatbot.safety.reading import Reading

# Words of illness, in a sentence that tells of a case, whatever chatter it runs into.
TELLING = Item.of(
    "word",
    "@symptom|@condition|@medicine|@test|@lab|@treatment|@seizure|@overdose|@toxin|@suicidal"
    "|@es_symptom|@es_condition|@es_medicine|@es_lab",
)
# Messages of at most this many words are read whole.
LONGEST_WHOLE = 40
# A sentence is chatter where that is at least as likely as this, as a logarithm of odds; or nearly so, and much
# likelier than of the sentence that is least like it.
LEAST = -2.0
NEARLY = -3.2
MUCH_LIKELIER = 1.5
# A sentence that by itself sounds even faintly like danger is none, however much it sounds like chatter: as a logarithm
# of odds. It costs little: hardly any chatter does.
DANGEROUS = -3.0


def telling(reading: Reading) -> int:
    """Return where words of illness end in a message, as bits: bit n is set for the n-th word."""
    return ends(reading, TELLING)


def matter(
    by_word: Floats, bias: Floats, words: Sequence[str], asked: Sequence[Span], telling: int = 0
) -> list[int]:
    """Return the places of the words, and of the `.` after them, of a message's sentences that are no chatter.

    A sentence that asks, has a word of illness (`telling`: bit n is set for the n-th word) or sounds like danger, is
    none. `by_word` are the summed weights of each word, of shape (words, labels and chatter). Of a message of nothing
    else the least likely chatter is kept.
    """
    sentences = sentences_of(words)
    if len(words) <= LONGEST_WHOLE or len(sentences) < 2:
        return list(range(len(words)))
    sums = np.zeros((len(words) + 1, by_word.shape[1]))
    np.cumsum(by_word, axis=0, out=sums[1:])
    scores = scores_between(sums, *bounds(sentences), bias)
    chatter = scores[:, CHATTER]
    chatter[scores[:, DANGERS].max(axis=1) >= DANGEROUS] = -np.inf
    asking = {start for start, _ in asked}
    chatter[[bool(telling >> start + 1 & (1 << end - start) - 1) for start, end in sentences]] = -np.inf
    chatter[[not asking.isdisjoint(range(*span)) for span in sentences]] = -np.inf
    lowest = float(chatter.min(where=np.isfinite(chatter), initial=0.0))
    least = min(LEAST, max(NEARLY, lowest + MUCH_LIKELIER))
    least = max(least, float(chatter.min()) + 1e-9)
    kept = [span for span, likely in zip(sentences, chatter, strict=True) if likely < least]
    return [at for start, end in kept for at in range(start, min(end + 1, len(words)))]
