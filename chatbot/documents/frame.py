"""Where a page begins and ends in plain text: what is copied from a browser has its site's lines around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from chatbot import analysis
from chatbot.documents.pieces import CLAUSE_END, FIGURES, MARKED, Piece, blank_before
from chatbot.documents.roles import line_role

_TOP = 60
"""A title stands among so many lines."""
_TEXT_WORDS, _LEAD_WORDS, _TEXT_CHARACTERS = 5, 3, 120
"""What has so many words and ends a sentence, or is longer, is text: nothing above it but the title is a page's own."""
_FOOT_LINES, _OTHERS = 2, 4
"""So many lines that feet have make one of the last short lines, and at most so many others may stand between two."""
_OF_BROWSERS = re.compile(r"\b(?:cookies?|javascript|browser|newsletter)\b", re.IGNORECASE)
_MENU = re.compile(
    r"(?:home(?: page)?|about(?: us)?|contact(?: us| details)?|news(?: (?:and|&) \w+)?|events?|(?:our )?shop"
    r"|donate(?: now)?|(?:get|getting) (?:involved|help|support)|(?:our )?(?:work|services?|teams?|people|research)"
    r"|(?:our )?(?:policies|departments?)|(?:health )?a ?(?:-|–|to) ?z|search|menu|log ?(?:in|out)(?: ?/ ?register)?"
    r"|register|sign (?:in|up|out)|help|support|blogs?|careers|jobs|press(?: releases| office)?|media|latest|resources"
    r"|publications|faqs?|patients|visitors|recipes|tips|advice|professionals|find (?:a|us|your)\b.{0,25}"
    r"|book(?: now| online)?|order now|live well|mental health|care and support|conditions|treatments|information"
    r"|basket.{0,12}|my account|language|english|espa(?:ñ|n)ol|cymraeg|(?:back|return) to\b.*|skip\b.*|you are here\b.*"
    r"|share\b.*|follow us.*|join(?: us| now)?|volunteer|fundraise|tel(?:ephone)?\b.*|phone\b.*|open today.*"
    r"|(?:accept|reject|manage)\b.*|in this section|on this page|contents|toggle\b.*|text size.*|close|print\b.*"
    r"|inicio|contacto|qui[eé]nes somos|noticias|tienda|buscar|servicios|men[uú]|cerrar|ayuda|dona(?:r|ciones)|acceder"
    r"|iniciar sesi[oó]n|registrarse|(?:ir|saltar) al contenido\b.*|est[aá]s? en\b.*|volver\b.*|compartir\b.*)\W*",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"(?:privacy\b.{0,20}|cookies?\b.{0,20}|terms\b.{0,20}|accessibility\b.{0,20}|site ?map|disclaimer|our policies"
    r"|freedom of information|modern slavery.{0,12}|registered (?:charity|in)\b.*|(?:web)?site (?:by|map)\b.*|legal"
    r"|(?:page |media )?(?:last|next) review(?:ed)?\b.*|(?:media )?review due.*|related \w+|tags?\b.*"
    r"|(?:load|show) more|(?:customers|people|readers) also\b.*|you may also\b.*|was this\b.*|facebook|twitter|x"
    r"|instagram|youtube|linkedin|tiktok|whatsapp|complaints|support links|view larger map|get our news\b.*"
    r"|newsletter.*|(?:enter )?your e-?mail\b.*|subscribe|(?:©|\(c\)|copyright).*|all rights reserved.*"
    r"|back to top|feedback|upcoming events"
    r"|aviso legal|pol[ií]tica de \w+|privacidad|accesibilidad|mapa (?:del sitio|web)|s[ií]guenos\b.*|imprimir"
    r"|(?:art[ií]culos|p[aá]ginas|temas) relacionad[oa]s|te puede interesar\b.*|todos los derechos reservados\b.*"
    r"|[uú]ltima (?:actualizaci[oó]n|revisi[oó]n)\b.*)\W*",
    re.IGNORECASE,
)
_OF_ORGANISATION = re.compile(
    r"\b(?:trust|hospitals?|nhs|society|foundation|charity|surgery|practice|medical|council|university|pharmacy|library"
    r"|association|institute|group|service|clinic|cent(?:re|er)|network|alliance|federation|department)\W*$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:patient |public )?information (?:for|sheet|leaflet)\b|(?:a )?guide for\b|for (?:patients|parents|carers)\b"
    r"|(?:package |patient |information )?leaflet\b|fact ?sheet\b|version\b|ref(?:erence)?\b|issue\b|page \d"
    r"|\d{1,2} \w+ \d{4}\W*$|(?:mon|tue|wednes|thurs|fri|satur|sun)\w*day\b",
    re.IGNORECASE,
)
"""What stands beside a title and is none."""
_CRUMB = re.compile(r"(?<! ) +[>»›/|] +")
_CRUMBS_MOST, _CRUMB_CHARACTERS = 7, 80
_CONTENTS = re.compile(
    r"(?:on|in) this (?:page|section|article|guide|leaflet)\b|(?:table of )?contents\W*$|what is in this leaflet"
    r"|en esta p[aá]gina|contenidos?\W*$|[ií]ndice\W*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.]*[.)]?\s")
_OFTEN = 4
_MENU_LINES = 2
"""More lines together are a menu."""
_COLUMN = re.compile(r"(?<! ) *[|·•] *|\t+|(?<! ) {3,}")


def title_place(pieces: Sequence[Piece], candidates: Sequence[bool]) -> int:
    """Return the place of the title among the pieces of a text: the likeliest line above the first of its text.

    A document speaks of what its title names, and hardly of the site that it stands on. The title is what the last
    of the crumbs says; it stands alone, or right above the text; a line of a menu stands among others.
    """
    if not pieces or MARKED.match(pieces[0].text):
        return 0
    end = next((at for at, piece in enumerate(pieces[:_TOP]) if _is_text(piece)), min(_TOP, len(pieces)))
    listing = next((at for at in range(end) if _CONTENTS.match(pieces[at].text)), end)
    places = [at for at in range(end) if candidates[at] and not pieces[at].bullet]
    places = [at for at in places if at < listing] or places
    if not places:
        return 0
    counts = Counter(analysis.terms(" ".join(piece.text for piece in pieces[end:])))
    lines = [piece.text.strip().casefold() for piece in pieces[:end]]
    crumbs = {crumbs[-1] for line in lines if (crumbs := _crumbs(line))}
    sizes = _group_sizes(pieces, end)
    often = {at: max((counts[term] for term in analysis.terms(lines[at])), default=0) for at in places}
    rows = {part for line in lines if len(_COLUMN.split(line)) > _MENU_LINES for part in _COLUMN.split(line)}
    best, found, clean = float("-inf"), places[0], 0
    for number, at in enumerate(places):
        last = number == len(places) - 1
        listed = sizes[at] > _MENU_LINES and max(sizes) < end and at + 1 < end
        of_frame = _of_frame(lines[at], listed)
        below = often[places[1]] if at == 0 and not last else 0
        of_frame += 1.5 * (
            below >= max(_OFTEN, _OFTEN * often[at])
        )  # a site's name, of which the text hardly speaks
        again = lines[at] in lines[max(0, at - 1) : at]
        again = again or (lines[at] in lines[:at] and sizes[lines.index(lines[at])] <= _MENU_LINES)
        value = (
            1.5 * min(often[at], _OFTEN) / _OFTEN + 3.0 * (lines[at] in crumbs or again) + (lines[at] in rows)
        )
        value += (at == 0) + 0.5 * (sizes[at] == 1) + 0.4 * last - of_frame
        value += 0.0 if of_frame else 0.3 * (clean == 0) - min(clean, 2)
        clean += not of_frame
        if value > best:
            best, found = value, at
    return found


def beside_title(piece: Piece) -> bool:
    """Say whether a line stands beside a title and is no heading ("Information for patients")."""
    return _BESIDE.match(piece.text.strip()) is not None


def foot_place(pieces: Sequence[Piece], title: int) -> int:
    """Return the place of the first of the last lines that are a site's foot; past the last where there are none.

    A foot may have a few lines more that no foot is known by, but none with an hour or a price: rows are text.
    """
    place = found = len(pieces)
    feet = others = 0
    while place > title + 1 and not _is_text(pieces[place - 1]) and pieces[place - 1].short:
        place -= 1
        text = pieces[place].text.strip()
        if _FOOT.fullmatch(text) or line_role(text) == "navigation":
            feet, others, found = feet + 1, 0, place
        elif not _MENU.fullmatch(text):
            others += 1
            if feet < _FOOT_LINES or others > _OTHERS or FIGURES.search(text):
                break
    return found if feet >= _FOOT_LINES else len(pieces)


def _of_frame(text: str, listed: bool) -> float:
    """Return how much speaks for a line of a site's frame or beside a title; `listed`: it stands among others."""
    found = 1.5 * listed + 2.0 * (_OF_ORGANISATION.search(text) is not None)
    found += 2.0 * (_OF_BROWSERS.search(text) is not None or bool(_crumbs(text)))
    found += 1.5 * (_BESIDE.match(text) is not None) + 1.5 * (_NUMBER.match(text) is not None)
    return found + 1.5 * (_MENU.fullmatch(text) is not None) + 2.0 * (line_role(text) != "body")


def _crumbs(text: str) -> list[str]:
    """Return the crumbs of a line that says where a page stands ("Home > Clinics > Feet"); none of another line."""
    crumbs = [crumb.strip() for crumb in _CRUMB.split(text)]
    some = 1 < len(crumbs) <= _CRUMBS_MOST
    return crumbs if some and all(0 < len(crumb) <= _CRUMB_CHARACTERS for crumb in crumbs) else []


def _is_text(piece: Piece) -> bool:
    """Say whether a piece is text of the page's own, not a line of its frame."""
    text = piece.text
    long = len(text.split()) >= (_LEAD_WORDS if text.endswith(":") else _TEXT_WORDS)
    ends = CLAUSE_END.search(text) is not None or len(text) > _TEXT_CHARACTERS
    return piece.bullet or (long and ends and not _OF_BROWSERS.search(text) and line_role(text) == "body")


def _group_sizes(pieces: Sequence[Piece], end: int) -> list[int]:
    """Return for each of the first pieces how many lines stand together with it, without a blank line."""
    sizes: list[int] = []
    begin = 0
    for at in range(1, end + 1):
        if at == end or blank_before(pieces, at):
            sizes += [at - begin] * (at - begin)
            begin = at
    return sizes
