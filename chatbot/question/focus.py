"""The question in a story: what asks counts fully, the rest of a message counts less."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from chatbot import analysis
from chatbot.question.asked import cue_words

BACKGROUND = 0.3
"""What a word counts that stands beside the question."""
BACKGROUND_NEEDED = 0.6
"""The same where the question itself says little of what it is about."""

_SENTENCE = re.compile(r"[^.?!\n;:]*(?:[.?!;:](?!\s|$)[^.?!\n;:]*)*[.?!\n;:]*")
_ASKING = re.compile(
    r"\W*(?:(?:and|so|but|or|now|well|also|basically|anyway|please|hi|hello)\W+)*"
    r"(?:(?:(?:at|by|for|from|in|into|of|on|to|under|until|with) )?(?:what|whom|whose|which|how)|"
    r"who|why|when|where|can|could|do|does|did|is|are|was|were|will|would|should|may|might|has|have|must|"
    r"tell me|explain|name|list|describe|compare|wondering|any idea)\b",
    re.IGNORECASE,
)
_WOULD_KNOW = re.compile(
    r"\b(?:want(?:ed)? to know|like to know|wonder(?:ing)? (?:if|whether|what|how|why|which)|need to know|curious "
    r"(?:if|whether|what|how|why|about)|can you tell|could you tell|my question|asking (?:if|whether|what|how|about)|"
    r"find out (?:if|whether|what|how|why)|understand (?:what|how|why|which|whether))\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\W*(?:if|when|whenever|where|after|unless|once|without|even|what|which|how|why|who)\b", re.IGNORECASE
)
_SETTING = re.compile(
    r"\W*(?:while|before|with|for|in|during|since|because|as|to|apart|besides|like|at|on|of|among|between)\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i|we|my|our|me|us|im|ive|mine)\b", re.IGNORECASE)
_COMMA = re.compile(r",\s")
_COMMAS = 6
"""So many commas of a sentence, the last ones, are looked at."""
_POINTING = re.compile(
    r"\b(?:it|its|that|this|they|them|those|these|he|she|so(?=\W*$)|there|one|ones|such)\b", re.IGNORECASE
)
_FEW = 3
"""A question of no more telling words that points at something is about what stands beside it."""


def focus(message: str, places: Sequence[tuple[int, int]], words: Sequence[str]) -> list[float]:
    """Return what each word counts, 1 for those of the sentences, and ends of sentences, that ask.

    `places` are the words' code points in the message, `words` the words as they were read.
    """
    spans = [
        span
        for match in _SENTENCE.finditer(message)
        if match[0].strip(" \n.?!;:")
        for span in _parts(message, *match.span())
    ]
    if len(spans) < 2:
        return [1.0] * len(words)
    asking = [_asks(message[start:end]) for start, end in spans]
    if all(asking) or not any(asking):
        return [1.0] * len(words)
    told = " ".join(message[start:end] for (start, end), asks in zip(spans, asking, strict=True) if asks)
    inside = [_inside(place, spans, asking) for place in places]
    telling = {
        term
        for word, here in zip(words, inside, strict=True)
        if here and word not in _cues()
        for term in analysis.terms_of(word)
    }
    short = not telling or (len(telling) <= _FEW and bool(_POINTING.search(told)))
    rest = BACKGROUND_NEEDED if short else BACKGROUND
    return [1.0 if here else rest for here in inside]


def _parts(message: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a sentence where a question follows what is only said before it: "a dull train, how common are …".

    One without a question mark amid others is not split: "a cousin, who reads a lot" asks nothing.
    """
    if message[end:].strip() and not message[start:end].rstrip().endswith("?"):
        return [(start, end)]
    for comma in list(_COMMA.finditer(message, start, end))[: -_COMMAS - 1 : -1]:
        before = message[start : comma.start()]
        if _ASKING.match(message, comma.end(), end) and not _asks(before) and not _conditional(before):
            return [(start, comma.end()), (comma.end(), end)]
    return [(start, end)]


def _conditional(clause: str) -> bool:
    """Say whether what follows a clause depends on it."""
    return bool(_CONDITION.match(clause)) or bool(_SETTING.match(clause) and not _SELF.search(clause))


def _asks(sentence: str) -> bool:
    return (
        sentence.rstrip().endswith("?") or bool(_ASKING.match(sentence)) or bool(_WOULD_KNOW.search(sentence))
    )


@lru_cache(maxsize=1)
def _cues() -> frozenset[str]:
    return frozenset(cue_words())


def _inside(place: tuple[int, int], spans: list[tuple[int, int]], asking: list[bool]) -> bool:
    for (start, end), asks in zip(spans, asking, strict=True):
        if start <= place[0] < end:
            return asks
    return False
