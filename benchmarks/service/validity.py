"""What every reply promises, whatever was asked: the rules of the fields of `POST /api/chat`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from chatbot import Chatbot
from chatbot.reply import Passage, Reply
from chatbot.server.answers import encode
from chatbot.server.chat import fields_of

KINDS = {"answer", "refusal", "emergency", "crisis", "no_answer", "clarify", "smalltalk"}
_QUOTING = {"answer", "refusal"}
_ID = re.compile(r"[a-z][a-z0-9-]*")
_MOST_WORDS, _MOST_CHARACTERS = 150, 1_000
_MOST_SUGGESTIONS = 3


def broken_promises(bot: Chatbot, reply: Reply, message: str, limit: int, explain: bool) -> Iterator[str]:
    """Yield what is wrong with a reply to a message."""
    manifest = bot.index.manifest
    kind = reply.kind
    if kind not in KINDS:
        yield f"kind: {kind!r}"
    if not re.fullmatch(r"[0-9a-f]{32}", reply.id):
        yield f"id: {reply.id!r}"
    if not reply.text.strip():
        yield "text: it is empty"
    if (reply.index.version, reply.index.built_at) != (manifest.version, manifest.built_at):
        yield f"index: {reply.index}"
    if (reply.explanation is not None) != explain:
        yield "explanation: it is there unasked, or missing"
    if (reply.confidence is not None) != (kind == "answer"):
        yield f"confidence: {reply.confidence} in a reply of the kind {kind}"
    if reply.confidence is not None and not 0 <= reply.confidence <= 1:
        yield f"confidence: {reply.confidence}"
    if len(reply.passages) > limit:
        yield f"passages: {len(reply.passages)} for a limit of {limit}"
    if reply.passages and kind not in _QUOTING:
        yield f"passages: in a reply of the kind {kind}"
    if kind == "answer" and not reply.passages:
        yield "passages: an answer without"
    if reply.passages and reply.passages[0].text not in reply.text:
        yield "text: it does not hold the first passage"
    if len({passage.id for passage in reply.passages}) != len(reply.passages):
        yield "passages: one twice"
    if [passage.score for passage in reply.passages] != sorted(
        (passage.score for passage in reply.passages), reverse=True
    ):
        yield "passages: not the best first"
    for passage in reply.passages:
        yield from _broken_quote(bot, passage)
    if len(reply.suggestions) > _MOST_SUGGESTIONS or not all(text.strip() for text in reply.suggestions):
        yield f"suggestions: {reply.suggestions}"
    if kind == "clarify" and len(reply.suggestions) < 2:
        yield "suggestions: nothing to choose from"
    if any(not word.typed or not word.read or word.typed == word.read for word in reply.corrections):
        yield f"corrections: {reply.corrections}"
    if not reply.question.strip() and message.strip():
        yield "question: it is empty"
    if _sendable(message):
        encode(fields_of(reply)).decode("utf-8")


def _broken_quote(bot: Chatbot, passage: Passage) -> Iterator[str]:
    cited = passage.citation
    text = _text(bot, cited.document)
    if text[cited.start : cited.end] != passage.text:
        yield f"{passage.id}: it is not {cited.document}[{cited.start}:{cited.end}]"
    if len(passage.text.split()) > _MOST_WORDS or len(passage.text) > _MOST_CHARACTERS:
        yield f"{passage.id}: it is too long"
    if not _ID.fullmatch(passage.id) or not cited.page.endswith(f"#{passage.id}"):
        yield f"{passage.id}: it is no id, or its page {cited.page} does not end in it"
    if not passage.highlights or not all(
        0 <= start < end <= len(passage.text) for start, end in passage.highlights
    ):
        yield f"{passage.id}: highlights {passage.highlights}"
    if passage.format not in {"text", "markdown"}:
        yield f"{passage.id}: format {passage.format}"
    context = passage.context
    if context and text[context.start : context.end] != context.text:
        yield f"{passage.id}: its context is no slice"
    if not 0 <= passage.score < float("inf"):
        yield f"{passage.id}: score {passage.score}"
    if not cited.title or not all(heading in text for heading in cited.section):
        yield f"{passage.id}: section {cited.section}"


@lru_cache(maxsize=64)
def _text(bot: Chatbot, name: str) -> str:
    document = bot.index.find_document(name)
    if document is None:
        raise AssertionError(f"{name} is cited and not indexed")
    return bot.index.document_text(document)


def _sendable(message: str) -> bool:
    try:
        message.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def counted(kinds: Mapping[str, int]) -> str:
    """Return how many replies there were of each kind, as a line."""
    return ", ".join(
        f"{number:,} {kind}" for kind, number in sorted(kinds.items(), key=lambda pair: -pair[1])
    )
