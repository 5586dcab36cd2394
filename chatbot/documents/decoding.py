"""Bytes become text."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from chatbot.errors import CorpusError

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECT_FROM = 200_000


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    UTF-8 is decoded as it stands, its byte order mark included, so that offsets are those of
    `data.decode("utf-8")`. Anything else is detected. Raises CorpusError where it is no text.
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
    match = from_bytes(data[:_DETECT_FROM]).best()
    if match is None:
        raise CorpusError("its encoding is not UTF-8 and was not recognised; save it as UTF-8")
    try:
        return data.decode(match.encoding), match.encoding
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"its encoding is not UTF-8 and not wholly {match.encoding}; save it as UTF-8"
        ) from error
