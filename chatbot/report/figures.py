"""What a report tells, counted: no text is made here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chatbot.index.reader import Index, StoredDocument
from chatbot.report.gaps import Group, grouped

if TYPE_CHECKING:
    from chatbot.feedback import Gap, KeptReply

REVIEWED_FOR = 3
"""Years that a review holds where the document says nothing else: what health publishers promise their readers."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SNIPPET = 160


@dataclass(frozen=True, slots=True)
class Day:
    """How many replies a day saw: answers, those that were not answered, and all others."""

    day: date
    answered: int
    unanswered: int
    other: int

    @property
    def all(self) -> int:
        """Return how many there were together."""
        return self.answered + self.unanswered + self.other


@dataclass(frozen=True, slots=True)
class Disliked:
    """A passage that was quoted in replies marked unhelpful; `text` is its beginning, None where it is gone."""

    passage: str
    document: str | None
    section: str
    text: str | None
    quoted: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """A document that should have been looked at again by `due`; `reviewed` is as the document has it."""

    document: str
    title: str
    reviewed: str
    due: date


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report; `made` is in UTC, `undated` documents do not say when they were reviewed."""

    made: datetime
    kept_days: int
    days: tuple[Day, ...]
    kinds: tuple[tuple[str, int], ...]
    helpful: int
    unhelpful: int
    groups: tuple[Group, ...]
    documents: int
    never_quoted: tuple[tuple[str, str], ...]
    disliked: tuple[Disliked, ...]
    overdue: tuple[Overdue, ...]
    undated: int

    @property
    def replies(self) -> int:
        """Return how many replies there were."""
        return sum(count for _, count in self.kinds)


def figures_of(
    replies: Sequence[KeptReply], gaps: Sequence[Gap], index: Index, kept_days: int, now: datetime
) -> Figures:
    """Count what is kept of replies, with the documents of an index."""
    documents = [index.document(number) for number in range(index.document_count())]
    quoted = Counter(passage for reply in replies for passage in reply.passages)
    used = {
        index.passage(number).document
        for passage in quoted
        if (number := index.find_passage(passage)) is not None
    }
    kinds = Counter(reply.kind for reply in replies)
    return Figures(
        made=now,
        kept_days=kept_days,
        days=tuple(_days(replies, now.date())),
        kinds=tuple(kinds.most_common()),
        helpful=sum(reply.helpful is True for reply in replies),
        unhelpful=sum(reply.helpful is False for reply in replies),
        groups=tuple(grouped(gaps)),
        documents=len(documents),
        never_quoted=tuple(
            (document.name, document.title) for number, document in enumerate(documents) if number not in used
        ),
        disliked=tuple(_disliked(replies, quoted, index)),
        overdue=tuple(sorted(_overdue(documents, now.date()), key=lambda document: document.due)),
        undated=sum(not document.facts["reviewed"] for document in documents),
    )


def _days(replies: Sequence[KeptReply], today: date) -> Iterator[Day]:
    """Yield every day since the first reply, those without any too."""
    if not replies:
        return
    counts = Counter((reply.at.date(), _sort(reply.kind)) for reply in replies)
    day = min(reply.at for reply in replies).date()
    while day <= max(today, replies[-1].at.date()):
        yield Day(day, counts[day, "answered"], counts[day, "unanswered"], counts[day, "other"])
        day += timedelta(days=1)


def _sort(kind: str) -> str:
    return {"answer": "answered", "no_answer": "unanswered", "clarify": "unanswered"}.get(kind, "other")


def _disliked(replies: Sequence[KeptReply], quoted: Counter[str], index: Index) -> Iterator[Disliked]:
    """Yield the passages of replies marked unhelpful, those marked most often first."""
    marked = Counter(passage for reply in replies if reply.helpful is False for passage in reply.passages[:1])
    for passage, unhelpful in marked.most_common():
        number = index.find_passage(passage)
        if number is None:
            yield Disliked(passage, None, "", None, quoted[passage], unhelpful)
            continue
        stored = index.passage(number)
        text = " ".join(stored.text.split())
        yield Disliked(
            passage,
            index.document(stored.document).name,
            " › ".join(stored.section),
            text if len(text) <= _SNIPPET else text[:_SNIPPET].rpartition(" ")[0] + " …",
            quoted[passage],
            unhelpful,
        )


def _overdue(documents: Sequence[StoredDocument], today: date) -> Iterator[Overdue]:
    for document in documents:
        reviewed = document.facts["reviewed"]
        due = due_date(reviewed, document.facts.get("review_by"))
        if due and due < today:
            yield Overdue(document.name, document.title, reviewed or "", due)


def due_date(reviewed: str | None, review_by: str | None = None) -> date | None:
    """Return when a document is to be reviewed: as it says, else years after it was; None where nothing says so.

    A year or a month alone counts to its end.
    """
    stated = _last_day(review_by)
    if stated or not (since := _last_day(reviewed)):
        return stated
    try:
        return since.replace(year=since.year + REVIEWED_FOR)
    except ValueError:  # a 29 February, or a year beyond all years
        return None if since.year + REVIEWED_FOR > date.max.year else date(since.year + REVIEWED_FOR, 2, 28)


def _last_day(text: str | None) -> date | None:
    found = _DATE.match(text or "")
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if day and month:
            return date(year or 0, month, day)
        after = date(year or 0, 12, 31) if not month else date(year or 0, month, 28) + timedelta(days=4)
        return after if not month else after - timedelta(days=after.day)
    except ValueError:
        return None
