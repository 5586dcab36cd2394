"""What stands around a question and is no part of it: greetings, thanks, polite beginnings, what it is asked for."""

from __future__ import annotations

import re

_MORE = (
    r"(?: (?:please|kindly|perhaps|possibly|maybe|just|also|still|currently|now|very much|really|most|so|very|quite|be|"
    r"be so (?:kind|good) as to|be able to|happen to)){0,4}"
)
_TELL = (
    r"(?:tell|explain(?: to)?|inform|advise|enlighten|remind|let|help)(?: me| us)?(?: (?:to )?(?:know|understand))?"
    r"(?: please)?(?: (?:more )?about| if| whether)?"
)
_TASK = (
    r"(?:(?:a|an|my|our|the|some|this|short|little|final|school|college|uni|university|class|science|nursing) ){0,5}"
    r"(?:essay|report|paper|article|presentation|project|homework|assignment|coursework|dissertation|thesis|leaflet|"
    r"blog(?: post)?|exam|revision|poster|speech)s?(?: (?:about|on|for|regarding))?"
)
_I_AM = r"i(?: am|['’]?m| was| have been|['’]?ve been)"
_FRAMES = (
    r"(?:can|could|would|will|might|may) (?:you|someone|somebody|anyone)" + _MORE + " " + _TELL,
    r"(?:can|could|may|might) i" + _MORE + r" (?:ask|enquire|inquire)(?: you)?(?: about| if| whether)?",
    r"i(?: should| would|['’]?d)?" + _MORE + r" (?:grateful|obliged|thankful|glad|delighted|happy|pleased)"
    r"(?: very much)? if (?:you|someone|somebody|anyone) (?:can|could|would|might)" + _MORE + " " + _TELL,
    r"i(?: should| would|['’]?d)?"
    + _MORE
    + r" (?:like|love|want|wish|need|wanted|am hoping|was hoping|hope) to"
    r" (?:know|ask|learn|find out|understand|hear|enquire|inquire)(?: you| more| something)?(?: about| if| whether)?",
    _I_AM
    + _MORE
    + r" (?:wondering|curious|trying to (?:find out|understand|work out))(?: about| if| whether)?",
    _I_AM
    + _MORE
    + r" (?:writing|doing|preparing|researching for|revising for|working on|putting together) "
    + _TASK,
    r"(?:it(?: is|['’]?s) )?for " + _TASK,
    r"i(?: have|['’]?ve(?: got)?)(?: just)? (?:a|one|another|some)(?: quick| other| more){0,2} questions?(?: about)?",
    r"(?:my|the|one|another|here is my)(?: quick| next| other| second| first| last| more){0,2} question(?: is)?",
    r"(?:good (?:morning|afternoon|evening|day)|hello|hi|hey|greetings|dear (?:sir or madam|sirs?|madam|team|all))"
    r"(?: there)?",
    r"do you(?: happen to)? know(?: if| whether| anything about)?",
    r"(?:many )?thank(?:s| you)(?: very much| so much| a lot)?(?: indeed)?"
    r"(?: in advance| for (?:your|the) (?:kind )?(?:help|answer|reply|time|information))?",
    r"please" + _MORE + " " + _TELL,
    r"tell (?:me|us)(?: please)?(?: (?:more )?about)?",
    r"any (?:idea|clue)(?: if| whether)?",
)
# "How can you tell …?" asks.
_FRAME = re.compile(
    r"(?<!\bhow )(?<!\bwhat )(?<!\bwhy )(?<!\bwhen )(?<!\bwhere )\b(?:" + "|".join(_FRAMES) + r")\b",
    re.IGNORECASE,
)


def frames(message: str) -> list[tuple[int, int]]:
    """Return where a message has what is no part of its question, as code points."""
    return [found.span() for found in _FRAME.finditer(message)]


def unframed(message: str) -> str:
    """Return a message without what is no part of its question."""
    return _FRAME.sub(" ", message).strip(" ,;:.!\n\t") or message
