"""Questions on the leaflets, and what every reply to whatever is asked promises."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from chatbot import Chatbot, Passage, Reply, rebuild
from chatbot.reply import Kind

KINDS = set(get_args(Kind))
QUESTIONS = [
    "what is a chain?", "how is a puncture repaired", "what causes punctures", "how much pressure does a tyre need",
    "what is a saddle sore", "what helps against numb hands", "how are punctures prevented?",
    "can a chain be washed in petrol", "tyre", "saddle height", "waht is a derailer hangr", "how long do chains last",
]  # fmt: skip
EMERGENCY = "my friend has collapsed and is not breathing"
CRISIS = "I want to kill myself"
ADVICE = "Should I put zinc ointment on my saddle sore?"


def ids(passages: tuple[Passage, ...] | list[Passage]) -> list[str]:
    return [passage.id for passage in passages]


def without_id(reply: Reply) -> dict[str, object]:
    return {name: value for name, value in asdict(reply).items() if name != "id"}


def assert_valid(reply: Reply, limit: int = 3) -> None:
    """Hold a reply to all that every reply promises."""
    assert reply.kind in KINDS
    assert re.fullmatch(r"\S+", reply.id)
    assert reply.text.strip()
    assert len(reply.passages) <= limit
    assert (reply.confidence is not None) == (reply.kind == "answer")
    if reply.kind == "answer":
        assert reply.confidence is not None
        assert 0 <= reply.confidence <= 1
        assert reply.passages
        assert reply.passages[0].highlights
        assert reply.passages[0].text in reply.text
        assert (
            reply.passages[0].citation.document in reply.text
            or str(reply.passages[0].citation.url) in reply.text
        )
    elif reply.kind != "refusal":
        assert reply.passages == ()
    assert all(suggestion.strip() for suggestion in reply.suggestions)
    assert len(set(reply.suggestions)) == len(reply.suggestions)
    assert reply.index.version
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reply.index.built_at)
    assert len(set(ids(reply.passages))) == len(reply.passages)
    for passage in reply.passages:
        assert_quote_is_valid(passage)


def assert_quote_is_valid(passage: Passage) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", passage.id)
    assert passage.format in ("text", "markdown")
    assert len(passage.text.split()) <= 150
    for start, end in passage.highlights:
        assert 0 <= start < end <= len(passage.text)
        assert passage.text[start:end].strip()
    assert passage.citation.end - passage.citation.start == len(passage.text)
    assert passage.citation.page.endswith(f"#{passage.id}")


def bot_of(folder: Path, text: str) -> Chatbot:
    """Return a bot over one document."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "cream.md").write_text(text, "utf-8")
    rebuild(corpus, folder / "index")
    return Chatbot.open(folder / "index")


def explained(bot: Chatbot, question: str) -> dict[str, Any]:
    explanation = bot.reply(question, explain=True).explanation
    assert explanation is not None
    return dict(explanation)
