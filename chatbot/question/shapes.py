"""What kind of statement a sentence is, seen when the index is built and matched with what is asked."""

from __future__ import annotations

import re

_PATTERNS: dict[str, str] = {
    "rate": r"\d(?:[\d.,]*\d)? ?(?:%|percent|per cent|(?:\w+ ){0,3}(?:per|out of|in(?: every)?) (?:\d|a hundred|a thousand|"
    r"a million))|\b(?:one|two|three|\d+) (?:\w+ )?(?:in|out of) (?:\w+ )?(?:\d|two|three|four|five|ten|a hundred)",
    "number": r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|third|quarter|most|majority|percent|"
    r"million|thousand|hundred|dozen|rare|rarely|common|uncommon)\b",
    "duration": r"\b(?:\d+|one|two|three|four|five|six|few|several|many|some)[ -](?:to \d+ )?(?:second|minute|hour|day|"
    r"week|month|year|decade)s?\b|\b(?:lifelong|temporary|temporarily|permanent|brief|short-lived|overnight|"
    r"long-lasting|weekly|daily)\b",
    "frequency": r"\b(?:often|rarely|seldom|usually|sometimes|frequent|frequently|infrequent|infrequently|daily|weekly|"
    r"monthly|yearly|once|twice|times (?:a|per)|every (?:few )?(?:\w+ )?(?:hour|day|week|month|year)s?)\b",
    "alias": r"\b(?:also|sometimes|formerly|otherwise|commonly|better|often)? ?(?:called|known as|named|termed|referred to "
    r"as|short for|stands for|abbreviated)\b|\([A-Z][\w-]*\)|\([a-z]+\)",
    "example": r"\b(?:such as|for example|for instance|e\.g\.|including|includes?|like|examples?)\b",
    "definition": r"^\W*(?:\S+ ){1,7}?(?:is|are|means|refers to|describes|involves|occurs when|happens when|consists of)\b"
    r"(?! (?:not|often|usually|also|likely|more|less)\b)|\bthe (?:medical )?(?:term|name|word) for\b",
    "cause": r"\b(?:causes?|caused|causing|due to|because|results? (?:from|in)|resulting|leads? to|triggers?|triggered|"
    r"brought on|risk factors?|linked to|responds?|response to|reaction to|provoked?|stems? from)\b",
    "treatment": r"\b(?:treat(?:s|ed|ment|ments|ing)?|therap(?:y|ies)|medicines?|medications?|drugs?|surgery|injections?|"
    r"reliev\w+|eas(?:e|es|ing)|help(?:s|ed)?|manag\w+|prescri\w+|recommend\w*|cream|tablets?)\b",
    "diagnosis": r"\b(?:diagnos\w+|tests?|tested|testing|exam\w*|scans?|imaging|x-rays?|biops\w+|history|assess\w*|"
    r"checks?|checking|laboratory|measure\w*)\b",
    "symptom": r"\b(?:symptoms?|signs?|feels?|feeling|sensation|itch\w*|pain\w*|swell\w*|experienc\w+|appear\w*|look)\b",
    "see_someone": r"\b(?:see|seek|call|contact|consult|talk to|speak to|visit|ask|tell|go to)\b.{0,40}\b(?:doctor|"
    r"physician|provider|gp|help|care|advice|ambulance|emergency|specialist|pharmacist|nurse|dermatologist|allergist)\b",
    "outlook": r"\b(?:cur(?:e|es|ed|able)|outlook|prognosis|worsen\w*|worse|improv\w*|better|fatal|die|death|go(?:es)? away|"
    r"disappear\w*|clear(?:s)?(?: up)?|recur\w*|return\w*|come back|lifelong|permanent|remission|life expectancy)\b",
    "inheritance": r"\b(?:inherit\w*|famil(?:y|ies)|gene(?:s|tic|tics|tically)?|heredit\w+|runs? in|mutation\w*|parents?|"
    r"recessive|dominant)\b",
    "person": r"\b(?:women|men|children|adults?|babies|infants|people (?:with|who|aged)|older|younger|anyone|everyone|"
    r"teenagers?|girls|boys|individuals?|age(?:d|s)?|childhood|adulthood)\b",
    "place": r"\b(?:in|on|around|under|near|of) the (?:\w+ )?(?:\w+)\b|\b(?:face|arms?|legs?|hands?|feet|neck|shoulders?|"
    r"trunk|back|lips|tongue|throat|eyes?|mouth|skin|body)\b",
    "prevention": r"\b(?:prevent\w*|avoid\w*|reduc\w+|lower\w*|protect\w*|stay(?:ing)? away|limit\w*|cut(?:ting)? (?:out|"
    r"down))\b",
    "time": r"\b(?:morning|night|evening|day|spring|summer|autumn|fall|winter|season|month|asleep|waking|after|before|"
    r"during|when|while|january|february|march|april|may|june|july|august|september|october|november|december)\b",
}

SHAPES = tuple(_PATTERNS)
"""The shapes by name; a shape's place here is its bit."""

_COMPILED = tuple(re.compile(pattern, re.IGNORECASE if name != "alias" else 0) for name, pattern in _PATTERNS.items())
_MOST = 600
"""Characters of a sentence that are looked at: a statement of a kind shows it early."""


def shapes(sentence: str) -> int:
    """Return the shapes of a sentence as bits."""
    text = " ".join(sentence[:_MOST].split())
    return sum(1 << bit for bit, pattern in enumerate(_COMPILED) if pattern.search(text))


def bits(names: tuple[str, ...]) -> int:
    """Return the bits of shapes by name."""
    return sum(1 << SHAPES.index(name) for name in set(names))
