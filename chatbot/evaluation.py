"""Questions with expected answers, run against an index."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatbot.bot import Chatbot
from chatbot.errors import QuestionFileError
from chatbot.index.reader import Index
from chatbot.reply import Passage, Reply, Turn

EXPECTED = {
    "answer": frozenset({"answer"}),
    "no_answer": frozenset({"no_answer", "clarify", "refusal"}),
    "refusal": frozenset({"refusal", "emergency", "crisis"}),
    "smalltalk": frozenset({"smalltalk"}),
    "emergency": frozenset({"emergency"}),
    "crisis": frozenset({"crisis"}),
    "clarify": frozenset({"clarify", "no_answer"}),
}
"""The kinds of reply that are right, by the kind that is expected."""

LONGEST = 150
"""Words; a longer first passage makes an item wrong."""

_BULLET = re.compile(r"^(?:[•‣◦▪·*+-]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands: a span of a document."""

    document: str
    span: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question or turn: what is expected of it. `group` is its style, or how it hangs on what came before."""

    text: str
    expected: str
    gold: tuple[Gold, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Item:
    """A single question (one turn) or a dialogue."""

    id: str
    turns: tuple[Asked, ...]
    dialogue: bool


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


@dataclass(slots=True)
class Figures:
    """Rates over some outcomes."""

    outcomes: list[Outcome] = field(default_factory=list)

    def rate(self, values: Iterable[bool]) -> float:
        """Return the share of true values, 0 where there are none."""
        listed = list(values)
        return sum(listed) / len(listed) if listed else 0.0

    @property
    def right1(self) -> float:
        """The share that is right at once."""
        return self.rate(outcome.right for outcome in self.outcomes)

    @property
    def right3(self) -> float:
        """The share with a right passage among the first three, or of the right kind."""
        return self.rate(0 < o.rank <= 3 if o.asked.expected == "answer" else o.right for o in self.outcomes)

    @property
    def reciprocal_rank(self) -> float:
        """The mean reciprocal rank of the first right passage, of those that want an answer."""
        wanted = [outcome for outcome in self.outcomes if outcome.asked.expected == "answer"]
        return sum(1 / o.rank for o in wanted if o.rank) / len(wanted) if wanted else 0.0

    @property
    def marked(self) -> float:
        """Of the answers that are right: the share with the answering sentence marked."""
        return self.rate(o.marked for o in self.outcomes if o.right and o.asked.expected == "answer")

    @property
    def words(self) -> float:
        """The mean number of words of the first passages."""
        counts = [len(o.reply.passages[0].text.split()) for o in self.outcomes if o.reply.passages]
        return sum(counts) / len(counts) if counts else 0.0


def read_questions(path: Path) -> list[Item]:
    """Read a file of questions: JSON lines, each a question or a dialogue.

    {"id", "question", "style", "gold": [{"document", "span"}]} or, with "kind" in place of "gold", a question
    that is expected to get another kind of reply; {"id", "turns": [{"user", "link", "gold" or "kind"}]}.
    Raises QuestionFileError naming the line that is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    items: list[Item] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QuestionFileError(f"{where}: not JSON ({error})") from error
        if not isinstance(entry, dict):
            raise QuestionFileError(f"{where}: an object is wanted")
        name = str(entry.get("id", f"line {number}"))
        if name in seen:
            raise QuestionFileError(f"{where}: the id “{name}” stands twice")
        seen.add(name)
        dialogue = "turns" in entry
        turns = entry["turns"] if dialogue else [entry]
        if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
            raise QuestionFileError(f"{where}: “turns” must be a list of objects")
        key, group = ("user", "link") if dialogue else ("question", "style")
        items.append(Item(name, tuple(_asked(turn, key, group, where) for turn in turns), dialogue))
    if not items:
        raise QuestionFileError(f"{path}: it holds no question")
    return items


def _asked(entry: Mapping[str, Any], key: str, group: str, where: str) -> Asked:
    text = entry.get(key)
    if not isinstance(text, str) or not text.strip():
        raise QuestionFileError(f"{where}: a text “{key}” is wanted")
    expected = entry.get("kind", "answer")
    if not isinstance(expected, str) or expected not in EXPECTED:
        raise QuestionFileError(f"{where}: “{expected}” is none of {', '.join(EXPECTED)}")
    places = entry.get("gold") or []
    gold = []
    for place in places if isinstance(places, list) else [places]:
        if not isinstance(place, dict) or not all(
            isinstance(place.get(k), str) and plain_words(place[k]) for k in ("document", "span")
        ):
            raise QuestionFileError(f"{where}: a gold has a text “document” and a text “span”")
        gold.append(Gold(place["document"], plain_words(place["span"])))
    if expected == "answer" and not gold:
        raise QuestionFileError(f"{where}: an answer needs “gold”; another expected reply needs “kind”")
    return Asked(text, expected, tuple(gold), str(entry.get(group, "-")))


def plain_words(text: str) -> str:
    """Return a text with its white space collapsed and the bullets at the start of its lines removed."""
    lines = (_BULLET.sub("", line.strip()) for line in text.splitlines())
    return " ".join(" ".join(lines).replace("•", " ").split())


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
    """Return the gold spans that a passage holds."""
    text = plain_words(passage.text)
    return [
        place.span for place in gold if place.document == passage.citation.document and place.span in text
    ]


def _marks(passage: Passage, spans: Sequence[str]) -> bool:
    """Say whether a highlight stands in a span, or holds one."""
    marks = [plain_words(passage.text[start:end]) for start, end in passage.highlights]
    return any(mark and (mark in span or span in mark) for mark in marks for span in spans)


def ask_editors_questions(index: Index, questions: Path) -> dict[str, bool]:
    """Ask a file of questions of one version. Returns, by the id of each question or turn, if it was right."""
    return {outcome.id: outcome.right for outcome in run(Chatbot(index), read_questions(questions))}


def grouped(outcomes: Iterable[Outcome]) -> dict[str, Figures]:
    """Gather outcomes by style or link, turns that expect another kind than an answer by that kind."""
    groups: dict[str, Figures] = {}
    for outcome in outcomes:
        asked = outcome.asked
        if outcome.item.dialogue:
            first = outcome is not None and outcome.asked is outcome.item.turns[0]
            name = "first turn" if first else f"follow-up: {asked.group}"
        else:
            name = asked.group
        if asked.expected != "answer":
            name = f"({asked.expected})"
        groups.setdefault(name, Figures()).outcomes.append(outcome)
    return dict(sorted(groups.items()))


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the figures as a table for a terminal."""
    groups = {**grouped(outcomes), "all": Figures(list(outcomes))}
    width = max(len(name) for name in groups)
    head = f"{'':{width}}     n  right@1  right@3    MRR  marked  words"
    rows = [
        f"{name:{width}}  {len(f.outcomes):4}    {f.right1:5.1%}    {f.right3:5.1%}  {f.reciprocal_rank:5.3f}"
        f"   {f.marked:5.1%}  {f.words:5.1f}"
        for name, f in groups.items()
    ]
    return "\n".join([head, *rows])


def misses(outcomes: Iterable[Outcome]) -> str:
    """Return what went wrong, one question after the other."""
    parts = []
    for outcome in outcomes:
        if outcome.right:
            continue
        asked, reply = outcome.asked, outcome.reply
        wanted = asked.gold[0].span if asked.gold else asked.expected
        got = plain_words(reply.passages[0].text) if reply.passages else reply.kind
        parts.append(
            f"{outcome.id}: {asked.text}\n  wanted: {wanted[:110]}\n  got ({reply.kind}): {got[:110]}"
        )
    return "\n".join(parts)
