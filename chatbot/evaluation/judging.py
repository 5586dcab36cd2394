"""Every question asked, and what was replied judged."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.bot import Chatbot
from chatbot.evaluation.questions import EXPECTED, Asked, Gold, Item, plain_words, read_questions
from chatbot.index.reader import Index
from chatbot.reply import Passage, Reply, Turn

LONGEST = 150
"""Words; a longer first passage makes an item wrong."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question or turn. `rank` is the first right passage's, from 1; 0 for none."""

    id: str
    item: Item
    asked: Asked
    reply: Reply
    right: bool
    rank: int
    marked: bool
    seconds: float


def run(bot: Chatbot, items: Sequence[Item]) -> Iterator[Outcome]:
    """Ask every question, the turns of a dialogue in order with what was really replied as history."""
    for item in items:
        history: list[Turn] = []
        for number, asked in enumerate(item.turns, 1):
            begun = time.perf_counter()
            reply = bot.reply(asked.text, history)
            seconds = time.perf_counter() - begun
            name = f"{item.id}.{number}" if item.dialogue else item.id
            yield _judge(name, item, asked, reply, seconds)
            quoted = tuple(passage.id for passage in reply.passages)
            history += [Turn("user", asked.text), Turn("assistant", reply.text, quoted)]


def _judge(name: str, item: Item, asked: Asked, reply: Reply, seconds: float) -> Outcome:
    if asked.expected != "answer":
        right = reply.kind in EXPECTED[asked.expected]
        return Outcome(name, item, asked, reply, right, 0, False, seconds)
    rank = 0
    if reply.kind == "answer" and len(reply.passages[0].text.split()) <= LONGEST:
        rank = next((n for n, passage in enumerate(reply.passages, 1) if _held(passage, asked.gold)), 0)
    marked = rank == 1 and _marks(reply.passages[0], _held(reply.passages[0], asked.gold))
    return Outcome(name, item, asked, reply, rank == 1, rank, marked, seconds)


def _held(passage: Passage, gold: Sequence[Gold]) -> list[str]:
    return spans_held(passage.citation.document, passage.text, gold)


def spans_held(document: str, text: str, gold: Sequence[Gold]) -> list[str]:
    """Return the gold spans that a passage of a document holds."""
    words = plain_words(text)
    return [place.span for place in gold if place.document == document and place.span in words]


def _marks(passage: Passage, spans: Sequence[str]) -> bool:
    """Say whether a highlight stands in a span, or holds one."""
    marks = [plain_words(passage.text[start:end]) for start, end in passage.highlights]
    return any(mark and (mark in span or span in mark) for mark in marks for span in spans)


def ask_editors_questions(index: Index, questions: Path) -> dict[str, bool]:
    """Ask a file of questions of one version. Returns, by the id of each question or turn, if it was right."""
    return {outcome.id: outcome.right for outcome in run(Chatbot(index), read_questions(questions))}
