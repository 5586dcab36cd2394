"""How a message hangs on what came before: whether it goes on, corrects, picks, returns, or stands alone."""

from __future__ import annotations

import re
from typing import Literal

from chatbot import analysis
from chatbot.index.reader import Index
from chatbot.question.frames import unframed
from chatbot.question.ordinals import ordinal_of
from chatbot.question.understand import Question, weak_words
from chatbot.question.vectors import RARE, word_vectors

Link = Literal["alone", "continues", "contrasts", "corrects", "picks", "returns", "more"]
"""How a message hangs on what came before: not at all; it goes on about the same; it asks the same of something
else; it takes back what was understood; it picks one of several things named; it comes back to something older;
it wants more of what was just read."""

_PRONOUNS = frozenset(
    """it its they their theirs them that this those these it's that's they're he she his her him there such same
    both either neither""".split()
)
_ONES = frozenset("one ones other others another rest".split())
_GRANTED = r"\W*(?:(?:ok|okay|right|thanks|thank you|i see|fine|good|great)\W+)?"
_CONTRASTING = re.compile(
    _GRANTED + r"(?:and|but|or|so|also|then|what about|how about|what of|what if|same for)\b\W*",
    re.IGNORECASE,
)
_BARE = re.compile(
    _GRANTED
    + r"(?:(?:and|but|so|or)\W+)?(?:why(?: (?:not|so|no \w+))?|how so|how come|what for|really|since when|like what|"
    r"such as|for (?:example|instance)|(?:for |until |since )?how long|how often|how many|how|when|where|who|"
    r"which(?: ones?)?|"
    r"anything else|what else|is that all|(?:(?:can|could) you )?(?:give|show|tell|name)(?: me| us)? (?:an?|some|any|"
    r"a few|more)? ?examples?|(?:any |some |an )?examples?)"
    r"(?: please)?\W*(?:$|(?:is|are|was) (?:that|it|this|they)\W*$)",
    re.IGNORECASE,
)
_MORE = re.compile(
    _GRANTED
    + r"(?:(?:and|so|please|can you|could you)\W+)?(?:(?:tell me |say |read |show me |a bit |some |any |"
    r"what )?more|go on|continue|carry on|keep going|next|(?:is there )?(?:anything|something) (?:more|else)|what else|"
    r"and (?:then|after that|so|also)|and|then what|more (?:details?|information|about (?:it|that|this|them))|"
    r"tell me more about (?:it|that|this|them)|what does it (?:go on to )?say (?:next|after that))(?: please)?\W*$",
    re.IGNORECASE,
)
_THAT = (
    r"(?:that|this|it|so|(?:the|this|that|these|those|your) (?:article|page|text|information|answer|document|leaflet|"
    r"guide|website|site|facts?)s?)"
)
_OF_IT = re.compile(
    _GRANTED
    + r"(?:(?:and|but|so)\W+)?(?:how|what) (?:does|do|did|would|is|can) (?:it|this|that|they) (?:work|do|help|for)\W*$",
    re.IGNORECASE,
)
_MADE = "wrote|written|published|posted|edited|reviewed|checked|updated"
_SOURCE = re.compile(
    _GRANTED + rf"(?:(?:and|but|so|or)\W+)?(?:(?:may|can) i ask )?(?:who (?:says|said|claims|{_MADE})"
    rf"(?: {_THAT})?|says who|where (?:is|was|does|did) {_THAT} (?:come |taken |quoted )?from|"
    rf"where (?:did|do) you (?:get|find|read|take) {_THAT}(?: from)?|(?:what(?:'?s| is| are) (?:the|your) )?sources?|"
    rf"(?:what|which) sources? (?:(?:did|does|do) {_THAT} (?:use|rest on|rely on|cite)|(?:is|are|was|were) used)|"
    rf"(?:which|what) (?:publisher|author|organi[sz]ation|site|website) (?:{_MADE}|said|says|is) {_THAT}|"
    rf"(?:(?:is there|are there|do you have|have you(?: got)?|(?:can|could) you (?:give|show|tell)(?: me)?) )?"
    rf"(?:any |a |the |your )?(?:sources?|references?|evidence|"
    rf"citations?|proof)(?: (?:for|of) {_THAT})?|when (?:was|were) {_THAT} (?:last )?(?:{_MADE})|"
    rf"how (?:old|recent|up to date|current) is {_THAT}|who(?: i|'?)s the (?:author|publisher)(?: of {_THAT})?|"
    rf"which (?:page|document|article) is {_THAT}(?: from| in)?)(?: information)?(?: please)?\W*$",
    re.IGNORECASE,
)
_I_MEANT = (
    r"(?:what )?i (?:meant|mean|was (?:thinking of|asking about|talking about)|wanted(?: to (?:ask|know))?"
    r"(?: about)?)"
)
_CORRECTING = re.compile(
    r"\W*(?:(?:no|nope|oops|whoops|wait|hang on|hold on|sorry|pardon|actually|rather|my mistake|correction|not that"
    r"(?: one)?|that'?s not (?:it|what i (?:meant|asked))|wrong(?: one)?|i said|scratch that)\b\W*)+"
    rf"(?:{_I_MEANT}\W*)?|\W*{_I_MEANT}\b\W*",
    re.IGNORECASE,
)
_SWITCHING = re.compile(
    r"\W*(?:(?:changing|to change|change of) (?:the )?(?:subject|topic)|(?:on )?(?:a|an)?\W*(?:different|another|new|"
    r"separate|unrelated) (?:question|topic|subject|thing|matter)(?: (?:now|then|please))?|something (?:else|different)"
    r"(?: now| entirely)?|by the way|btw|next question|moving on|one more (?:question|thing))\b\W*",
    re.IGNORECASE,
)
_RETURNING = re.compile(
    r"\W*(?:(?:ok|okay|right|and|so|but|now|thanks|can we|could we|let's|let us|let me|i want to|i'd like to)\W+)*"
    r"(?:(?:go|going|come|coming|get|getting|jump(?:ing)?|circl(?:e|ing))? ?back (?:to|on)|return(?:ing)? to|"
    r"as (?:for|to)|about (?=(?:the|that|those|this|these)\b.*\b(?:again|earlier|before|first)\b)|"
    r"(?:you (?:said|mentioned|named)|we (?:talked about|started with)) (?=.*\b(?:earlier|before|first)\b)|earlier)"
    r"\b\W*",
    re.IGNORECASE,
)
_OWN_SUBJECT = re.compile(
    r"\b(?:this|the|that) (?:article|page|text|leaflet|site|website|document|chat)s?\b", re.IGNORECASE
)
_VERBS = "is|are|was|were|do|does|did|can|could|will|would|should|may|might|has|have|had"
_CLAUSE = re.compile(rf"\b(?:{_VERBS}|what|which|who|how|why)\b", re.IGNORECASE)
_BRIEF = re.compile(
    _GRANTED + rf"(?:(?:and|but|so|or)\W+)?(?:how|which|what) (?!(?:about|{_VERBS})\b)\w+(?: a \w+)?\W*$",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    _GRANTED + r"(?:(?:and|but|or)\W+)?(?:(?:is|are) there )?(?:any|other|another|more|further)\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    _GRANTED
    + r"(?:(?:and|but|or|what about|how about|only|even)\W+)*(?:in|on|at|by|for|from|with|without|during|after|"
    r"before|under|over|above|below|until|since|if|to|as|through|against|around|among|between|"
    rf"when(?! (?:to|{_VERBS})\b))\b",
    re.IGNORECASE,
)
_OF_NOBODY = re.compile(
    r"\b(?:if|whether|that|(?:for )?(?:certain|sure)) it(?:['’]?s| is| was)\b"
    r"|\bhow (?:do|can|could|will|would|did) they (?:know|tell|find out|work out|test|check|see|confirm|diagnose)\b",
    re.IGNORECASE,
)
"""Where a subject is named, "they" are the doctors here, and "it" is nothing that was spoken of."""
_DEFINITE = re.compile(
    _GRANTED + r"(?:(?:and|but|so|or)\W+)?what(?:['’]?s| is| are| was| were) the\b", re.IGNORECASE
)
"""Whoever asks what "the tablets" are means those of what was spoken of."""
_WHICH_OF_THEM = re.compile(
    _GRANTED
    + r"(?:(?:and|but|so|or)\W+)?(?:which|what) (?:one|kind|type|form|sort|version|variety)s?(?: of (?:them|these|"
    rf"those))? (?:{_VERBS}|gets?|needs?|causes?|goes|go|comes?|lasts?|works?|hurts?|affects?|kills?)\b",
    re.IGNORECASE,
)
"""Whoever asks which kind is the worst means those of what was spoken of."""
_SORTS = frozenset("form forms type types kind version versions variety varieties".split())
_FEW = 5
"""Telling words of a message that may point back; a longer one says itself what it is about."""
_SHORT = 4


def subject_words(question: Question) -> tuple[str, ...]:
    """Return the telling words of a question that do not only say what kind of thing is asked."""
    words = [piece for word in question.words for piece in word.read.split()]
    asking = {place for found in question.asked for place in found.places}
    answering = {terms for found in question.asked for terms in found.kind.words}
    return tuple(
        dict.fromkeys(
            word
            for place, word in enumerate(words)
            if place not in asking and (terms := analysis.terms_of(word)) and terms not in answering
        )
    )


def strong(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some words that tell much of what is asked."""
    weak = weak_words() | _SORTS
    return tuple(word for word in words if analysis.stem(word) not in weak and word not in weak)


def known(index: Index, word: str) -> bool:
    """Say whether the documents have a word."""
    return bool(_numbers(index, word))


def meant_words(index: Index, question: Question) -> set[str]:
    """Return the words of a question that the documents have in other words ("epipen": adrenaline pen)."""
    return {
        group.word
        for group in question.query.groups
        for alternative in group.alternatives
        if alternative.terms and all(index.term(term) is not None for term in alternative.terms)
    }


def named(index: Index, word: str) -> bool:
    """Say whether a title or a heading of the documents has a word."""
    return any(number in index.heading_terms for number in _numbers(index, word))


def titled(index: Index, word: str) -> bool:
    """Say whether a title of the documents has a word."""
    return any(len(index.titles(number)[0]) for number in _numbers(index, word))


def is_rare(word: str) -> bool:
    """Say whether a word is rare in English: names and terms are."""
    table = word_vectors()
    return any(table.rarity(table.find(term)) > RARE for term in analysis.terms_of(word))


def within(message: str) -> bool:
    """Say whether a message narrows what was asked ("and in children?") rather than asking about something else."""
    return bool(_WITHIN.match(message))


def fragment(message: str) -> bool:
    """Say whether a message is no clause and no question of its own."""
    opening = _CONTRASTING.match(message)
    return not _CLAUSE.search(message[opening.end() :] if opening else message)


def _said_somehow(index: Index, question: Question, word: str) -> bool:
    """Say whether the documents have a word of a question, or what may stand for it."""
    return known(index, word) or any(
        all(index.term(term) is not None for term in alternative.terms)
        for group in question.query.groups
        if group.word == word
        for alternative in group.alternatives
    )


def _numbers(index: Index, word: str) -> list[int]:
    numbers = [index.term(term) for term in analysis.terms_of(word)]
    return [number for number in numbers if number is not None]


def link_of(message: str, question: Question, index: Index) -> Link:
    """Say how a message hangs on what came before."""
    words = [analysis.fold(word.read) for word in question.words]
    if not words or _SWITCHING.match(message):
        return "alone"
    if _MORE.match(message):
        return "more"
    if _CORRECTING.match(message):
        return "corrects"
    if _RETURNING.match(message):
        return "returns"
    own = strong(subject_words(question))
    few = sum(1 for group in question.query.groups if group.needed) <= _FEW
    if ordinal_of(message) is not None and few:
        return "picks"
    if _BARE.match(message) or _BRIEF.match(message) or (_FURTHER.match(message) and few):
        return "continues"
    opening = _CONTRASTING.match(message)
    if opening:
        pointing = bool(_PRONOUNS & _said(message[opening.end() :]))
        return "contrasts" if own and not pointing else "continues"
    said = _said(_OF_NOBODY.sub(" ", message) if any(titled(index, word) for word in own) else message)
    pointing = bool(_PRONOUNS & said)
    if _ONES & said and few:
        return "contrasts" if own else "continues"
    if (pointing and few) or not own:
        return "continues"
    if _WHICH_OF_THEM.match(message) and not any(titled(index, word) for word in own):
        return "continues"
    if any(not _said_somehow(index, question, word) for word in own):
        return "alone"
    short = len(words) <= _SHORT and fragment(message)
    if (within(message) and len(own) <= 2) or (short and not any(titled(index, word) for word in own)):
        return "contrasts"
    defined = any(found.kind.name == "definition" for found in question.asked)
    if len(own) == 1 and _DEFINITE.match(message) and not titled(index, own[0]):
        return "continues"
    if len(own) <= 2 and not defined and not any(named(index, word) for word in own):
        return "continues"
    if len(own) == 1 and not defined and len(words) <= _SHORT and not titled(index, own[0]):
        return "contrasts"
    return "alone"


def _said(message: str) -> set[str]:
    return set(analysis.fold(_OWN_SUBJECT.sub(" ", message)).replace("?", " ").replace(",", " ").split())


def points_back(message: str) -> bool:
    """Say whether a message has a word such as "it", which stands for what was spoken of."""
    return bool(_PRONOUNS & _said(message))


def without_opening(message: str) -> str:
    """Return a message without the words that only say that it corrects, comes back or changes the subject."""
    for pattern in (_SWITCHING, _CORRECTING, _RETURNING):
        found = pattern.match(message)
        if found and found.end() < len(message):
            return message[found.end() :]
    return message


def asks_on(message: str) -> bool:
    """Say whether a message can only be understood from what came before: it asks for more, for why, or who says so."""
    return any(_is_all(message, pattern) for pattern in (_MORE, _BARE, _SOURCE))


def asks_of_it(message: str) -> bool:
    """Say whether a message asks how "it" works: what was spoken of, if anything was, else this program."""
    return _is_all(message, _OF_IT)


def wants_more(message: str) -> bool:
    """Say whether a message asks for more of what was just read, and nothing else."""
    return _is_all(message, _MORE)


def asks_source(message: str) -> bool:
    """Say whether a message asks where what was just read is from, who wrote it or how old it is."""
    return _is_all(message, _SOURCE)


def _is_all(message: str, pattern: re.Pattern[str]) -> bool:
    """Say whether a pattern is all of a message, or of what is left of it without polite words."""
    return bool(pattern.match(message) or pattern.match(unframed(message)))


def bare(message: str) -> bool:
    """Say whether a message asks "why?" or "how long?" and nothing else."""
    return bool(_BARE.match(message))


_SINGLE = {
    "why": "cause",
    "how come": "cause",
    "how so": "cause",
    "where": "place",
    "when": "time",
    r"how many(?=\W*$)": "count",
}


def kind_of_bare(message: str) -> str | None:
    """Return the kind of thing that a message asks for by one word such as "why", or None."""
    lowered = re.sub(r"^\W*(?:(?:and|but|so|or|ok|okay)\W+)*", "", message.lower())
    return next((kind for words, kind in _SINGLE.items() if re.match(rf"{words}\b", lowered)), None)
