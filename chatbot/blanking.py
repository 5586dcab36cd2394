"""Blank out of a question what could name or reach somebody, before it is kept."""

from __future__ import annotations

import re

_MAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]{1,64}(?:[@＠]|\s[@＠]\s|\s?[(\[{]\s?at\s?[)\]}]\s?)[\w-]+"
    r"(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}])\s?[\w-]+)*"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [\w-]+(?: dot [\w-]+)+",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"\b(?:https?|ftp|file)://\S+|\bwww\.\S+|(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|edu|gov|io|info|me)\b(?:/\S*)?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@])@\w{2,}")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_STREET_FIRST = re.compile(
    r"\b\d{1,5}\s?[a-z]?(?:\s?[-/]\s?\d{1,4})?,?\s+(?:(?!(?:an?|and|at|by|for|in|of|on|or|per|the|times|to)\b)"
    r"[^\W\d_][\w'’.-]*\s+){1,3}?(?:street|st|road|rd|avenue|ave|"
    r"boulevard|blvd|drive|dr|lane|ln|court|ct|crescent|cres|place|pl|square|sq|terrace|way|close|highway|hwy|parkway|"
    r"row|gardens|rue|avenida|calle|via|allée)\b\.?(?:\s+(?:de|du|des|la|le)\b)*"
    r"(?:,?\s*(?:apt|apartment|flat|unit|suite|ste|floor|#)\.?\s*\w{1,6})?",
    re.IGNORECASE,
)
_STREET_LAST = re.compile(
    r"\b(?:(?:rue|avenue|boulevard|calle|avenida|avda\.?|plaza|paseo|carrer|via|viale|piazza|rua|praça|flat|apartment|apt\.?|"
    r"unit|suite)\s+(?:[^\W\d_][\w'’.-]*,?\s+){0,4}|[^\W\d_][\w.-]*(?:stra(?:ß|ss)e|str\.|gasse|platz|allee|weg|gatan|"
    r"vej|straat|laan)\s+)(?:n[º°o]?\.?\s*)?\d{1,5}\s?[a-z]?\b",
    re.IGNORECASE,
)
_BOX = re.compile(r"\b(?:p\.?\s?o\.?\s?box|postfach|apartado(?: de correos)?)\s+\w+", re.IGNORECASE)
_POSTCODE = re.compile(
    r"\b(?:[a-z]{1,2}\d[a-z\d]?\s\d[a-z]{2}|[a-z]\d[a-z][\s-]\d[a-z]\d)\b",  # British, Canadian
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+(]?\d(?:[ ().,/–—‐‑‒·:_-]{0,3}\d){4,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_MARKS = (
    (_MAIL, "[e-mail]"),
    (_WEB, "[web address]"),
    (_HANDLE, "[name]"),
    (_IPV6, "[number]"),
    (_BOX, "[address]"),
    (_STREET_FIRST, "[address]"),
    (_STREET_LAST, "[address]"),
    (_POSTCODE, "[address]"),
    (_NUMBER, "[number]"),
)


def blanked(text: str) -> str:
    """Return a text in one line without e-mail, web and street addresses and numbers of 5 digits or more.

    Names of people are not recognised.
    """
    text = " ".join(_CONTROL.sub(" ", text).split())
    for pattern, mark in _MARKS:
        text = pattern.sub(mark, text)
    return text
