"""Ask a version's own questions of it when it is opened, so that no visitor waits for what is made at the first one."""

from __future__ import annotations

import logging

from chatbot.bot import Chatbot
from chatbot.server.index_info import starters

_log = logging.getLogger(__name__)


def warm(bot: Chatbot) -> None:
    """Ask some of a version's headings, one of them misspelt."""
    try:
        for heading in starters(bot)[:1]:
            bot.reply(_misspelt(heading))
    except Exception:
        _log.exception("version %s could not be warmed up", bot.index.manifest.version)


def _misspelt(text: str) -> str:
    """Return a text with two letters swapped in its longest word."""
    word = max(text.split(), key=len)
    middle = len(word) // 2
    return text.replace(word, word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :], 1)
