"""What visitors marked helpful or not, and what was not answered: kept in a database, for a time, without names.

Of every reply: its id, kind, passages and index version, and when it was given. Its question, blanked, where it was
not answered or was marked unhelpful. A mark comes later than its reply, so the question of an answered reply waits
for a day, sealed with a key that is nowhere but in the memory of the server: without a mark nobody can read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chatbot.blanking import blanked
from chatbot.database import PATIENCE, empty_log, engine_of
from chatbot.errors import MissingExtra, SettingError
from chatbot.reply import Reply

try:
    import sqlalchemy as sql
    from cryptography.fernet import Fernet, InvalidToken
    from sqlalchemy.exc import DBAPIError, IntegrityError
except ModuleNotFoundError as error:
    raise MissingExtra("keeping feedback (CHATBOT_DATABASE_URL)", "database") from error

VERSION = 1
"""The version of the tables; MIGRATIONS leads to it from earlier ones."""
MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""The statements that turn the tables of a version into those of the next."""
UNANSWERED = frozenset({"no_answer", "clarify"})
MARKABLE = frozenset({"answer", "refusal"})
"""Kinds whose question is kept once they are marked unhelpful; that of a crisis or an emergency never is."""
HELD = timedelta(hours=24)
CLEANED = timedelta(hours=1)
_LISTED = 2_000
_CLEANING = 60
"""Seconds that deleting may take."""

_tables = sql.MetaData()
_schema = sql.Table(
    "chatbot_schema",
    _tables,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("version", sql.Integer, nullable=False),
    sql.Column("cleaned_at", sql.DateTime, nullable=False),
)
_replies = sql.Table(
    "chatbot_replies",
    _tables,
    sql.Column("id", sql.String(64), primary_key=True),
    sql.Column("at", sql.DateTime, nullable=False, index=True),
    sql.Column("kind", sql.String(16), nullable=False),
    sql.Column("passages", sql.Text, nullable=False),
    sql.Column("index_version", sql.String(64), nullable=False),
    sql.Column("question", sql.Text),
    sql.Column("helpful", sql.Boolean),
    sql.Column("comment", sql.Text),
)
_held = sql.Table(
    "chatbot_held",
    _tables,
    sql.Column("reply", sql.String(64), primary_key=True),
    sql.Column("at", sql.DateTime, nullable=False, index=True),
    sql.Column("sealed", sql.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class KeptReply:
    """What is kept of a reply; `at` is in UTC."""

    at: datetime
    kind: str
    passages: tuple[str, ...]
    question: str | None
    helpful: bool | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was not answered, or not well: how often it was asked and marked unhelpful, when last."""

    question: str
    asked: int
    unhelpful: int
    latest: datetime
    comments: tuple[str, ...]


class Store:
    """The tables of one database. Opening it connects to nothing; everything else may raise SQLAlchemy's errors."""

    def __init__(self, url: str, days: int) -> None:
        self._days = timedelta(days=days)
        self._seal = Fernet(Fernet.generate_key())
        self._prepared = False
        self._engine = engine_of(url)
        self.name = self._engine.url.render_as_string(hide_password=True)
        self.embedded = self._engine.dialect.name == "sqlite"

    def prepare(self) -> None:
        """Create the tables or bring them up to date. Raises SettingError where they are a newer program's."""
        if self._prepared:
            return
        self._create()
        with self._begin() as connection:
            found = connection.scalar(sql.select(_schema.c.version))
        if found is None:
            row = {"id": 1, "version": VERSION, "cleaned_at": _now()}
            with (
                suppress(IntegrityError),
                self._begin() as connection,
            ):  # another worker may have been quicker
                connection.execute(_schema.insert().values(row))
        elif found > VERSION:
            raise SettingError(
                f"CHATBOT_DATABASE_URL: {self.name} has tables of version {found}, this program knows version "
                f"{VERSION}; update the program or name another database"
            )
        else:
            self._migrate(found)
        self._prepared = True

    def keep(self, reply: Reply, at: datetime | None = None) -> None:
        """Keep a reply."""
        self.prepare()
        row: dict[str, Any] = {
            "id": reply.id,
            "at": at or _now(),
            "kind": reply.kind,
            "passages": "\n".join(passage.id for passage in reply.passages),
            "index_version": reply.index.version,
        }
        if reply.kind in UNANSWERED:
            row["question"] = blanked(reply.question)
        with self._begin() as connection:
            connection.execute(_replies.insert().values(row))
            if reply.kind in MARKABLE:
                sealed = self._seal.encrypt(blanked(reply.question).encode()).decode()
                held = {"reply": reply.id, "at": row["at"], "sealed": sealed}
                connection.execute(_held.insert().values(held))

    def mark(self, reply: str, helpful: bool, comment: str | None = None) -> bool:
        """Mark a reply; the latest mark counts. Returns whether the reply is known."""
        self.prepare()
        known = _replies.c.id == reply
        change = {"helpful": helpful, "comment": blanked(comment) or None if comment else None}
        with self._begin() as connection:
            if not connection.execute(_replies.update().where(known).values(change)).rowcount:
                return False
            kind = connection.scalar(sql.select(_replies.c.kind).where(known))
            if kind in MARKABLE:
                sealed = connection.scalar(sql.select(_held.c.sealed).where(_held.c.reply == reply))
                question = None if helpful or not sealed else self._opened(sealed)
                if helpful or question:
                    connection.execute(_replies.update().where(known).values(question=question))
        return True

    def unanswered(self) -> list[Gap]:
        """Return what was not answered or was marked unhelpful, what was asked most often first."""
        self.prepare()
        columns = _replies.c.question, _replies.c.at, _replies.c.helpful, _replies.c.comment
        wanted = sql.select(*columns).where(_replies.c.question.is_not(None))
        with self._begin() as connection:
            rows = connection.execute(wanted.order_by(_replies.c.at.desc()).limit(_LISTED)).all()
        groups: dict[str, list[Any]] = {}
        for row in rows:
            groups.setdefault(row.question.casefold().strip(" ?!.…"), []).append(row)
        gaps = [
            Gap(
                found[0].question,
                len(found),
                sum(row.helpful is False for row in found),
                found[0].at,
                tuple(row.comment for row in found if row.comment),
            )
            for found in groups.values()
        ]
        return sorted(gaps, key=lambda gap: (-gap.asked, -gap.latest.timestamp()))

    def replies(self) -> list[KeptReply]:
        """Return what is kept of every reply, oldest first."""
        self.prepare()
        columns = (_replies.c[name] for name in ("at", "kind", "passages", "question", "helpful", "comment"))
        with self._begin() as connection:
            rows: Sequence[Any] = connection.execute(sql.select(*columns).order_by(_replies.c.at)).all()
        return [
            KeptReply(row.at, row.kind, tuple(row.passages.split()), row.question, row.helpful, row.comment)
            for row in rows
        ]

    def clean(self, *, always: bool = False) -> bool:
        """Delete what has been kept long enough, once an hour or `always`. Returns whether it was done."""
        self.prepare()
        now = _now()
        due = sql.true() if always else _schema.c.cleaned_at <= now - CLEANED
        with self._begin(_CLEANING) as connection:
            if not connection.execute(_schema.update().where(due).values(cleaned_at=now)).rowcount:
                return False
            connection.execute(_held.delete().where(_held.c.at < now - HELD))
            connection.execute(_replies.delete().where(_replies.c.at < now - self._days))
        empty_log(self._engine)
        return True

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _create(self) -> None:
        for table in _tables.sorted_tables:
            try:
                with self._begin() as connection:
                    table.create(connection, checkfirst=True)
            except DBAPIError as error:
                # Another worker made it at the same time.
                if not isinstance(error, IntegrityError) and "exist" not in str(error.orig):
                    raise

    @contextmanager
    def _begin(self, patience: int = PATIENCE) -> Iterator[sql.Connection]:
        try:
            with self._engine.begin() as connection:
                if self._engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{patience}s'")
                yield connection
        except DBAPIError:
            self._prepared = False  # what comes back may be another database
            raise

    def _migrate(self, found: int) -> None:
        for version in range(found, VERSION):
            with self._begin() as connection:
                for statement in MIGRATIONS[version]:
                    connection.execute(sql.text(statement))
                connection.execute(_schema.update().values(version=version + 1))

    def _opened(self, sealed: str) -> str | None:
        """Open what was sealed; None where that was too long ago or by a server that has stopped since."""
        try:
            return self._seal.decrypt(sealed, ttl=int(HELD.total_seconds())).decode()
        except InvalidToken:
            return None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
