"""Bytes become text."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from chatbot.errors import CorpusError

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECT_FROM = 200_000
UNICODE = frozenset({"utf-8", "utf-16", "utf-32"})
"""The encodings that a file tells itself; any other is guessed."""
_WESTERN = "cp1252"
_WESTERN_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŸŒŠŽ")
_WESTERN_MARKS = frozenset("€‚„…‘’“”•–—™¡£¥§©ª«\xad®°±²³´µ¶·¹º»¼½¾¿×÷\xa0")
_WESTERN_FEW, _WESTERN_MOST = 2, 0.12
"""So many letters, and such a share of all, a western text has at most that ASCII lacks."""
_WITHIN_WORDS = re.compile(r"[^\W\d_][¡£¥§ª«±²³´¶¹º»¼½¾¿][^\W\d_]")
"""Marks that no western text has between two letters: they are letters of another encoding."""


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    UTF-8 is decoded as it stands, its byte order mark included, so that offsets are those of
    `data.decode("utf-8")`. What reads as a western text is one: a few accents are too little to detect an encoding by.
    Anything else is detected. Raises CorpusError where it is no text.
    """
    for mark, name in _WIDE_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(name), name
            except UnicodeDecodeError as error:
                raise CorpusError(f"it starts as {name} but is not ({error.reason})") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" in text[:_DETECT_FROM]:
            raise CorpusError("it is not text (it holds NUL characters)")
        return text, "utf-8"
    if b"\0" in data[:_DETECT_FROM]:
        raise CorpusError("it is not text (it holds NUL bytes)")
    western = _western(data)
    if western is not None:
        return western, _WESTERN
    match = from_bytes(data[:_DETECT_FROM]).best()
    if match is None:
        raise CorpusError("its encoding is not UTF-8 and was not recognised; save it as UTF-8")
    try:
        return data.decode(match.encoding), match.encoding
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"its encoding is not UTF-8 and not wholly {match.encoding}; save it as UTF-8"
        ) from error


def _western(data: bytes) -> str | None:
    """Return the text where it reads as one of western Europe in Windows' encoding, which Latin-1 is a part of."""
    try:
        text = data.decode(_WESTERN)
    except UnicodeDecodeError:
        return None
    letters = sum(character.isalpha() for character in text)
    beyond = [character for character in text if not character.isascii()]
    accented = sum(character in _WESTERN_LETTERS for character in beyond)
    known = accented + sum(character in _WESTERN_MARKS for character in beyond)
    plausible = known == len(beyond) and accented <= _WESTERN_FEW + _WESTERN_MOST * letters
    return text if plausible and not _WITHIN_WORDS.search(text) else None
