"""Answers questions only by quoting documents, with a citation to the exact place."""

from chatbot.bot import Chatbot
from chatbot.errors import ChatbotError
from chatbot.index.rebuild import rebuild
from chatbot.reply import Citation, Context, Correction, IndexVersion, Passage, Reply, Turn
from chatbot.settings import HelpLine, Settings

__all__ = [
    "Chatbot",
    "ChatbotError",
    "Citation",
    "Context",
    "Correction",
    "HelpLine",
    "IndexVersion",
    "Passage",
    "Reply",
    "Settings",
    "Turn",
    "rebuild",
]
