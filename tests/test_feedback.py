"""What is kept of replies, in sqlite and in a real PostgreSQL: no more than is said, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sql

from chatbot import Chatbot, feedback
from chatbot.errors import SettingError
from chatbot.feedback import Store
from chatbot.reply import Kind, Reply

if TYPE_CHECKING:
    from fixtures_postgres import Postgres

pytest_plugins = ("fixtures_bot", "fixtures_postgres")

NOW = datetime.now(UTC).replace(tzinfo=None)
TABLES = ("chatbot_held", "chatbot_replies", "chatbot_schema")
Open = Callable[[], Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/feedback.db"
    server: Postgres = request.getfixturevalue("postgres")
    server.empty()
    return server.url


@pytest.fixture
def another(url: str) -> Iterator[Open]:
    """Opens the database, as each new start of a server does."""
    opened: list[Store] = []

    def open_store() -> Store:
        opened.append(Store(url, days=30))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(another: Open) -> Store:
    return another()


@contextmanager
def connected(url: str) -> Iterator[sql.Connection]:
    """A connection of the test's own."""
    engine = sql.create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def everything(url: str) -> str:
    """Return all that the tables hold, and of sqlite the bytes of its files too."""
    with connected(url) as connection:
        rows = [
            str(connection.execute(sql.text(f"SELECT * FROM {table}")).mappings().all()) for table in TABLES
        ]
    files = Path(url.removeprefix("sqlite:///")).parent.glob("feedback.db*") if "sqlite" in url else ()
    raw = "".join(file.read_bytes().decode("latin-1") for file in files)
    return "\n".join(rows) + raw


def said(bot: Chatbot, message: str, kind: Kind, identifier: str = "") -> Reply:
    """Return what the bot says to a message, as a reply of the kind that a test is about."""
    reply = bot.reply(message)
    return replace(reply, id=identifier or reply.id, kind=kind, question=" ".join(message.split()))


# ---------------------------------------------------------------------- what is kept


def test_of_an_answer_everything_but_its_question_is_kept(
    store: Store, url: str, bicycle_bot: Chatbot
) -> None:
    reply = said(bicycle_bot, "How is a chain cleaned?", "answer")
    store.keep(reply)
    (kept,) = store.replies()
    assert (kept.kind, kept.question, kept.helpful, kept.comment) == ("answer", None, None, None)
    assert kept.passages == tuple(passage.id for passage in reply.passages)
    assert abs(kept.at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(seconds=20)
    held = everything(url)
    assert reply.id in held
    assert reply.index.version in held
    assert "cleaned?" not in held


def test_of_what_was_not_answered_the_question_is_kept_blanked(
    store: Store, url: str, bicycle_bot: Chatbot
) -> None:
    reply = said(bicycle_bot, "who won the lottery? tell jo.doe@example.org or 030 1234567", "no_answer")
    store.keep(reply)
    (gap,) = store.unanswered()
    assert "lottery" in gap.question
    assert "[e-mail]" in gap.question
    assert "[number]" in gap.question
    assert "example.org" not in everything(url)
    assert "1234567" not in everything(url)


def test_marked_unhelpful_the_question_is_kept_and_forgotten_again_when_it_was_a_mistake(
    store: Store, url: str, bicycle_bot: Chatbot
) -> None:
    reply = said(bicycle_bot, "How is a chain cleaned? My number is 030 1234567", "answer")
    store.keep(reply)
    assert store.mark(reply.id, False, "Too short, call 030 7654321")
    (kept,) = store.replies()
    assert kept.helpful is False
    assert kept.question
    assert "chain" in kept.question
    assert kept.comment == "Too short, call [number]"
    assert "34567" not in everything(url)
    assert store.mark(reply.id, True)
    (kept,) = store.replies()
    assert (kept.helpful, kept.question, kept.comment) == (True, None, None)


def test_marked_helpful_the_question_of_an_answer_stays_unread(
    store: Store, url: str, bicycle_bot: Chatbot
) -> None:
    reply = said(bicycle_bot, "How is a chain cleaned?", "answer")
    store.keep(reply)
    assert store.mark(reply.id, True)
    assert "cleaned?" not in everything(url)


def test_what_was_not_answered_stays_a_gap_whatever_it_is_marked(store: Store, bicycle_bot: Chatbot) -> None:
    reply = said(bicycle_bot, "Who won the lottery?", "no_answer")
    store.keep(reply)
    assert store.mark(reply.id, True)
    assert len(store.unanswered()) == 1


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("I want to kill myself", "crisis"),
        ("my father has crushing chest pain and cannot breathe", "emergency"),
        ("hello", "smalltalk"),
    ],
)
def test_what_somebody_in_need_wrote_is_never_kept(
    store: Store, url: str, bicycle_bot: Chatbot, message: str, kind: Kind
) -> None:
    reply = said(bicycle_bot, message, kind)
    store.keep(reply)
    assert store.mark(reply.id, False)
    (kept,) = store.replies()
    assert (kept.kind, kept.question, kept.helpful) == (kind, None, False)
    assert message not in everything(url)


def test_a_reply_that_is_not_known_cannot_be_marked(store: Store) -> None:
    assert not store.mark("nobody", True)


def test_after_a_restart_a_mark_is_kept_without_the_question(another: Open, bicycle_bot: Chatbot) -> None:
    reply = said(bicycle_bot, "How is a chain cleaned?", "answer")
    another().keep(reply)
    assert another().mark(reply.id, False)
    (kept,) = another().replies()
    assert (kept.helpful, kept.question) == (False, None)


def test_characters_that_a_database_refuses_are_left_out(store: Store, bicycle_bot: Chatbot) -> None:
    reply = replace(
        said(bicycle_bot, "Who won the lottery?", "no_answer"), question="who\0 won \x1b[31m🏆 it"
    )
    store.keep(reply)
    assert store.mark(reply.id, False, "no\0thing")
    (found,) = store.unanswered()
    assert (found.question, found.comments) == ("who won [31m🏆 it", ("no thing",))


def test_the_same_question_is_listed_once_with_how_often_it_was_asked(
    store: Store, bicycle_bot: Chatbot
) -> None:
    for number, message in enumerate(["Who won the lottery?", "Where is the moon?", "who won the lottery"]):
        store.keep(said(bicycle_bot, message, "no_answer", str(number)), NOW - timedelta(minutes=10 - number))
    store.mark("0", False, "really?")
    first, second = store.unanswered()
    assert (first.question.lower(), first.asked, first.unhelpful) == ("who won the lottery", 2, 1)
    assert first.comments == ("really?",)
    assert first.latest == NOW - timedelta(minutes=8)
    assert second.question == "Where is the moon?"


# ---------------------------------------------------------------------- for how long


def test_what_is_old_is_deleted(store: Store, url: str, bicycle_bot: Chatbot) -> None:
    store.keep(
        said(bicycle_bot, "Who won the lottery?", "no_answer", "old"), NOW - timedelta(days=30, minutes=1)
    )
    store.keep(said(bicycle_bot, "Where is the moon?", "no_answer", "new"), NOW - timedelta(days=29))
    assert "lottery" in everything(url)
    assert store.clean(always=True)
    assert [gap.question for gap in store.unanswered()] == ["Where is the moon?"]
    assert "lottery" not in everything(url)


def test_a_question_waits_for_its_mark_for_a_day(
    store: Store, bicycle_bot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for identifier, hours in (("late", 25), ("early", 23)):
        reply = said(bicycle_bot, "How is a chain cleaned?", "answer", identifier)
        with monkeypatch.context() as patch:
            at = datetime.now(UTC).timestamp() - hours * 3_600
            patch.setattr("cryptography.fernet.time.time", lambda at=at: at)
            store.keep(reply, NOW - timedelta(hours=hours))
    assert store.mark("late", False)
    assert {kept.question for kept in store.replies()} == {None}, "though it has not been deleted yet"
    assert store.clean(always=True)
    assert store.mark("late", False)
    assert store.mark("early", False)
    assert [kept.question for kept in store.replies()] == [None, "How is a chain cleaned?"]


def test_cleaning_is_done_once_an_hour_by_one_of_all(
    another: Open, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = another(), another()
    assert not first.clean(), "the tables were made just now"
    with connected(url) as connection:
        hour_ago = {"at": NOW - timedelta(minutes=61)}
        connection.execute(sql.text("UPDATE chatbot_schema SET cleaned_at = :at"), hour_ago)
    assert [second.clean(), first.clean(), second.clean()] == [True, False, False]


# ---------------------------------------------------------------------- the tables


def test_many_may_start_and_write_at_once(another: Open, bicycle_bot: Chatbot) -> None:
    reply = said(bicycle_bot, "How is a chain cleaned?", "answer")
    stores = [another() for _ in range(4)]

    def work(number: int) -> None:
        for turn in range(10):
            stores[number].keep(replace(reply, id=f"{number}-{turn}"))
            assert stores[number].mark(f"{number}-{turn}", False)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    kept = another().replies()
    assert len(kept) == 40
    assert all(row.question for row in kept)


def test_older_tables_are_brought_up_to_date(
    another: Open, url: str, bicycle_bot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    another().keep(said(bicycle_bot, "Who won the lottery?", "no_answer"))
    monkeypatch.setattr(feedback, "VERSION", 3)
    monkeypatch.setattr(
        feedback,
        "MIGRATIONS",
        {
            1: ("ALTER TABLE chatbot_replies ADD COLUMN place VARCHAR(9)",),
            2: ("UPDATE chatbot_replies SET place = 'here'",),
        },
    )
    assert len(another().unanswered()) == 1
    with connected(url) as connection:
        assert connection.scalar(sql.text("SELECT place FROM chatbot_replies")) == "here"
        assert connection.scalar(sql.text("SELECT version FROM chatbot_schema")) == 3


def test_the_tables_of_a_newer_program_are_left_alone(another: Open, url: str) -> None:
    another().prepare()
    with connected(url) as connection:
        connection.execute(sql.text("UPDATE chatbot_schema SET version = 9"))
    with pytest.raises(SettingError, match="tables of version 9, this program knows version 1"):
        another().prepare()


def test_the_files_of_sqlite_are_for_their_owner_alone(tmp_path: Path, bicycle_bot: Chatbot) -> None:
    store = Store(f"sqlite:///{tmp_path}/feedback.db", 30)
    store.keep(said(bicycle_bot, "Who won the lottery?", "no_answer"))
    rights = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    store.close()
    assert rights
    assert set(rights.values()) == {0o600}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense:/", "cannot read it"),
        ("foo://somewhere:secret@host/db", "foo"),
        ("postgresql+psycopg://user:secret@host:port/db", "cannot read it"),
        ("postgresql+asyncpg://user:secret@host/db", "the driver asyncpg is not installed"),
    ],
)
def test_a_wrong_address_is_told_in_one_sentence_without_its_password(address: str, says: str) -> None:
    with pytest.raises(SettingError, match=says) as raised:
        Store(address, 30)
    assert str(raised.value).startswith("CHATBOT_DATABASE_URL: ")
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
