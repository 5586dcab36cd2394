"""What a block is for: most are body, some are captions, bylines, source lists, navigation.

The patterns are those of scraped and exported web pages in general. A role keeps a block from answering
questions that it does not answer; nothing is thrown away.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.documents.model import Block, Heading, Role

_NAME = r"[A-Z][\w.'’-]+(?:[ ,]+(?:[A-Z][\w.'’-]*|de|van|von|da|del|of|and|&)){0,12}"
_CREDIT = re.compile(
    r"\b(?:Getty Images|iStock\w*|Shutterstock|Adobe Stock|Alamy|Unsplash|Pexels|Wikimedia Commons|Stocksy)\b"
    r"|^(?:photo(?:graph)?|image|picture|illustration|video)s?(?: credits?)?(?: by\b|:)"
    r"|\bcredits?: \S",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"share (?:this )?(?:article |page |post )?on (?:pinterest|facebook|twitter|x\b|linkedin|whatsapp|reddit)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?i:(?:medically |clinically |expert |peer |fact[- ])?(?:written|reviewed|checked|edited|updated|authored)"
    r"(?: and \w+)? by|by|authors?:|reviewer:|editor:) " + _NAME,
)
_BYLINE_ANY = re.compile(
    r"(?:(?:medically |clinically |expert |fact[- ])?(?:written|reviewed|checked|edited|updated|authored) by"
    r"|authors?:|reviewers?:|editors?:|medical reviewer:)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:\w+[ -]){0,3}?by |^\w+s?: ", re.IGNORECASE)
_DATED = re.compile(
    r"(?:(?:first |last |page |content |article )?(?:published|updated|reviewed|modified|revised|posted|"
    r"page updated|medically reviewed)(?: on|:| in)? |date(?:d)?: ).{0,40}\d{4}\W*$",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"(?:, (?:[A-Z][a-z]*[A-Z.][A-Za-z.]*|RN|RD))+\b")
_IS_A = re.compile(
    r"\b(?:is|was|has been|works as|has worked|has over|writes|holds|specializes|specialises)\b"
)
_SOURCES_HEADING = re.compile(
    r"(?:\d+ )?(?:sources?|references?|bibliography|citations?|works cited|footnotes|article sources"
    r"|resources and references|sources? and (?:further reading|references)|further reading)(?: \(?\d+\)?)?:?$",
    re.IGNORECASE,
)
_EDITORIAL = re.compile(
    r"(?:editorial (?:process|policy|guidelines|standards|team)|fact[- ]?check|peer[- ]reviewed (?:studies|sources|"
    r"journals|research)|high[- ]quality sources|sourcing guidelines|strict sourcing|medical review board|"
    r"how we (?:review|check|source))",
    re.IGNORECASE,
)
_NAVIGATION = re.compile(
    r"(?:(?:below|in this (?:article|guide|page|section|leaflet)|on this page|here|keep reading),? "
    r"(?:we|you|you'll|you will|are|to|is)\b|next,? we\b"
    r"|this (?:article|page|guide|leaflet|factsheet|fact sheet) (?:looks|covers|explains|discusses|describes|will|"
    r"explores|outlines|reviews|tells|gives)\b"
    r"|(?:read|learn|find out|see) more\b|see also\b|click here|tap here"
    r"|(?:get|join|receive|want)\b.{0,60}\bnewsletters?\b"
    r"|.{0,60}\b(?:sign up|subscribe)\b.{0,30}\bnewsletters?\b"
    r"|(?:subscribe|sign up|log in|advertisement|sponsored|was this (?:\w+ )?(?:helpful|useful)|"
    r"thanks? for your feedback|table of contents|jump to|skip to|back to top|accept (?:all )?cookies|"
    r"all rights reserved|\(c\) \d{4}|copyright|terms of (?:use|service)|privacy policy|follow us|"
    r"page \d+ of \d+|print this|email this|\d+ min(?:ute)?s? read|share this|"
    r"next article|previous article|more on this topic|you are here:)"
    r"(?:\b|(?<=:))|©"
    r"|(?:related|recommended|popular|further|similar) (?:articles?|reading|topics?|pages?|links?|guides?): )",
    re.IGNORECASE,
)
# The menu of a site in one line: its places, with a bar or a dot between.
_MENU = re.compile(
    r"(?=.*\b(?:home|about us|contact us|contact|news|shop|search|log ?in|sign ?in|donate|get involved|menu)\b)"
    r"(?:[^|·•/.:\d]{2,30} ?[|·•/] ?){2,}[^|·•/.:\d]{2,30}$",
    re.IGNORECASE,
)
_LINKS = re.compile(
    r"(?:related|recommended|popular|trending|latest|other|further|similar|more)(?: \w+)? (?:articles?|reading|topics?|"
    r"pages?|stories|posts?|content|links?|guides?|leaflets?)\W*$"
    r"|(?:related|recommended|recommended for you|more like this|you (?:may|might) (?:also )?(?:like|be interested in)|"
    r"readers also (?:liked|read)|people also (?:ask|read)|see also|read next|up next|in this (?:article|guide|page)|"
    r"on this page|(?:table of )?contents)\W*$",
    re.IGNORECASE,
)
"""What stands over a list of links to other pages, or to parts of this one."""
_ABOUT_AUTHOR = re.compile(r"(?:about|meet) the (?:authors?|writers?|reviewers?|expert)\b", re.IGNORECASE)
_CRUMBS = re.compile(r"[^>»›]{1,60}(?: [>»›] [^>»›]{1,60}){1,6}$")
_WORDS_OF_BUTTONS = (
    r"(?:tweet|pin(?: it)?|share|save|like|print|e-?mail|facebook|twitter|pinterest|linkedin|whatsapp|reddit|copy link|"
    r"bookmark|comments?|subscribe|menu|search|home|close|next|previous|yes|no|advertisement|ad)"
)
_BUTTON = re.compile(
    rf"(?:share: )?{_WORDS_OF_BUTTONS}(?:[ |·/]+{_WORDS_OF_BUTTONS})*$|(?:basket|cart|trolley|bag) \(\d+(?: items?)?\)$"
    r"|search (?:this|our|the) (?:web)?site$",
    re.IGNORECASE,
)
_TWO_SENTENCES = re.compile(r"[.!?] +[A-Z].*[.!?]$")
REACHES = re.compile(r"\d{4,5} \d{3}|\S@\S")
"""A telephone number or an address by which somebody is reached: text wherever it stands."""
_SHORT = 30
_FRAGMENT = 6
_LINK_WORDS = 14
# A row of lines with so many headings of the document is its table of contents.
_CONTENTS = 3
_LONG_BYLINE = 24


def assign_roles(text: str, headings: list[Heading], blocks: list[Block]) -> list[Block]:
    """Give every body block its role. A byline and what follows it leave the section they stand in."""
    texts = [" ".join(text[block.start : block.end].split()) for block in blocks]
    in_sources = [block.section >= 0 and is_sources_heading(headings[block.section].text) for block in blocks]
    roles: list[Role] = [
        block.role if block.role != "body" else _role(words, listed)
        for block, words, listed in zip(blocks, texts, in_sources, strict=True)
    ]
    _captions(text, blocks, texts, roles)
    _biographies(texts, roles)
    _leading_fragments(blocks, texts, roles)
    _lists_of_links(headings, blocks, texts, roles)
    for number, block in enumerate(blocks):
        if block.section >= 0 and _ABOUT_AUTHOR.match(headings[block.section].text):
            roles[number] = "biography"
    out = []
    for block, role, listed in zip(blocks, roles, in_sources, strict=True):
        outside = listed and role in {"byline", "biography"}
        out.append(replace(block, role=role, section=-1 if outside else block.section))
    return out


def is_sources_heading(text: str) -> bool:
    """Say whether a heading stands over the list of what a document rests on."""
    return bool(_SOURCES_HEADING.match(text))


def _leading_fragments(blocks: list[Block], texts: list[str], roles: list[Role]) -> None:
    """A few words without a verb's full stop before a document's first real paragraph are a site's crumbs."""
    for number, words in enumerate(texts):
        if roles[number] != "body" or REACHES.search(words):
            continue
        if (
            blocks[number].section >= 0
            or blocks[number].kind != "paragraph"
            or words.count(" ") >= _FRAGMENT
            or words[-1:] in ".!?:;"
        ):
            return
        roles[number] = "navigation"


def _lists_of_links(
    headings: list[Heading], blocks: list[Block], texts: list[str], roles: list[Role]
) -> None:
    """Short lines and items say nothing themselves where they lead elsewhere.

    What stands over them says so, or they are a table of contents: a row of which most are headings of the document.
    """
    titles = {_plain(heading.text) for heading in headings}
    run: list[int] = []
    lists = False
    for number, block in enumerate(blocks):
        if run and block.section != blocks[run[-1]].section:  # a heading stands between
            _leave_out(run, lists, titles, headings, blocks, texts, roles)
            run, lists = [], False
        if roles[number] == "body" and (block.kind == "item" or _linklike(texts[number])):
            run.append(number)
            continue
        _leave_out(run, lists, titles, headings, blocks, texts, roles)
        run, lists = [], bool(_LINKS.match(texts[number]))
    _leave_out(run, lists, titles, headings, blocks, texts, roles)


def _leave_out(
    run: list[int],
    lists: bool,
    titles: set[str],
    headings: list[Heading],
    blocks: list[Block],
    texts: list[str],
    roles: list[Role],
) -> None:
    """Make navigation of those lines of a row that lead elsewhere; `lists` says that what stands over it says so."""
    met = sum(_plain(texts[number]) in titles for number in run if blocks[number].kind == "paragraph")
    introduced = bool(run) and run[0] > 0 and texts[run[0] - 1].endswith(":")
    contents = met >= _CONTENTS and 2 * met >= len(run) and not introduced
    for number in run:
        section = blocks[number].section
        headed = section >= 0 and blocks[number].kind == "item" and bool(_LINKS.match(headings[section].text))
        if (contents or lists or headed) and _linklike(texts[number]):
            roles[number] = "navigation"


def _linklike(words: str) -> bool:
    """Say whether a line can be a link's text: a few words that are no sentence, or a question."""
    return words.count(" ") < _LINK_WORDS and words[-1:] not in ".!:;"


def _plain(words: str) -> str:
    return re.sub(r"\W+", " ", words).strip().casefold()


def line_role(text: str) -> Role:
    """Return what a short line by itself is for: a credit, a byline, a date, a link, or body."""
    return _role(" ".join(text.split()), in_sources=False)


def _role(words: str, in_sources: bool) -> Role:
    count = words.count(" ") + 1
    if count <= _SHORT:
        if _SHARE.search(words):
            return "caption"
        if _CREDIT.search(words) and count <= 12:
            return "credit"
        if count <= _LONG_BYLINE and (
            _BYLINE.match(words) or _BYLINE_ANY.match(words) or _DATED.match(words)
        ):
            return "byline"
        if any(kind.match(words) for kind in (_NAVIGATION, _LINKS, _CRUMBS, _MENU, _BUTTON)):
            return "navigation"
    if _EDITORIAL.search(words) and (in_sources or count <= 60):
        return "editorial"
    return "sources" if in_sources else "body"


def _captions(text: str, blocks: list[Block], texts: list[str], roles: list[Role]) -> None:
    """A short line before an image's credit, or right below an image's crumbs, says what the image shows."""
    for number, role in enumerate(roles):
        before = number - 1
        if role == "credit" and before >= 0 and roles[before] == "body" and _captionlike(texts[before]):
            roles[before] = "caption"
        after = number + 1
        if (
            role == "caption"
            and _SHARE.search(texts[number])
            and after < len(blocks)
            and roles[after] == "body"
            and _captionlike(texts[after])
            and len(text[blocks[number].end : blocks[after].start].splitlines()) < 3
        ):
            roles[after] = "caption"


def _captionlike(words: str) -> bool:
    return words.count(" ") + 1 <= _SHORT and not words.endswith(":") and not _TWO_SENTENCES.search(words)


def _biographies(texts: list[str], roles: list[Role]) -> None:
    """A paragraph that begins with a byline's name, or with a name and its credentials, is about the author."""
    names = {
        name
        for words, role in zip(texts, roles, strict=True)
        if role == "byline"
        for name in re.findall(r"[A-Z][\w'’-]+ (?:[A-Z]\. )?[A-Z][\w'’-]+", _PREFIX.sub("", words))
    }
    for number, words in enumerate(texts):
        if roles[number] not in {"body", "sources"}:
            continue
        named = any(words.startswith(name) or words.startswith(f"Dr. {name}") for name in names)
        credentials = re.match(r"(?:Dr\.? )?" + _NAME, words)
        titled = credentials and _CREDENTIALS.search(words[: credentials.end() + 20])
        if (named or titled) and _IS_A.search(words[:200]):
            roles[number] = "biography"
