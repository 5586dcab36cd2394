"""The question in a story: sentences that ask count fully, the rest of a long message counts less."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot import analysis

BACKGROUND = 0.3
"""What a word counts that stands beside the question."""
BACKGROUND_NEEDED = 0.6
"""The same where the question itself says little of what it is about."""

_SENTENCE = re.compile(r"[^.?!\n;:]*(?:[.?!;:](?!\s|$)[^.?!\n;:]*)*[.?!\n;:]*")
_ASKING = re.compile(
    r"\W*(?:(?:and|so|but|or|now|well|also|basically|anyway|please|hi|hello)\W+)*"
    r"(?:what|who|whom|whose|which|how|why|when|where|can|could|do|does|did|is|are|was|were|will|would|should|may|"
    r"might|has|have|must|tell me|explain|name|list|describe|compare|wondering|any idea)\b",
    re.IGNORECASE,
)
_WOULD_KNOW = re.compile(
    r"\b(?:want(?:ed)? to know|like to know|wonder(?:ing)? (?:if|whether|what|how|why|which)|need to know|curious "
    r"(?:if|whether|what|how|why|about)|can you tell|could you tell|my question|asking (?:if|whether|what|how|about)|"
    r"find out (?:if|whether|what|how|why)|understand (?:what|how|why|which|whether))\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:it|its|that|this|they|them|those|these|he|she|so|there|one|ones|such)\b", re.IGNORECASE
)
_FEW = 1


def focus(message: str, places: Sequence[tuple[int, int]], words: Sequence[str]) -> list[float]:
    """Return what each word counts, 1 for those of the sentences that ask.

    `places` are the words' code points in the message, `words` the words as they were read.
    """
    spans = [match.span() for match in _SENTENCE.finditer(message) if match[0].strip(" \n.?!;:")]
    if len(spans) < 2:
        return [1.0] * len(words)
    asking = [_asks(message[start:end]) for start, end in spans]
    if all(asking) or not any(asking):
        return [1.0] * len(words)
    told = " ".join(message[start:end] for (start, end), asks in zip(spans, asking, strict=True) if asks)
    inside = [_inside(place, spans, asking) for place in places]
    telling = {
        term for word, here in zip(words, inside, strict=True) if here for term in analysis.terms_of(word)
    }
    short = len(telling) <= _FEW or (len(telling) <= 4 * _FEW and bool(_POINTING.search(told)))
    rest = BACKGROUND_NEEDED if short else BACKGROUND
    return [1.0 if here else rest for here in inside]


def _asks(sentence: str) -> bool:
    return (
        sentence.rstrip().endswith("?") or bool(_ASKING.match(sentence)) or bool(_WOULD_KNOW.search(sentence))
    )


def _inside(place: tuple[int, int], spans: list[tuple[int, int]], asking: list[bool]) -> bool:
    for (start, end), asks in zip(spans, asking, strict=True):
        if start <= place[0] < end:
            return asks
    return False
