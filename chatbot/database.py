"""The database that an operator names: what connects to it, with bounded patience."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from chatbot.errors import MissingExtra, SettingError

try:
    import sqlalchemy as sql
    from sqlalchemy.exc import (
        ArgumentError,
        DataError,
        DBAPIError,
        IntegrityError,
        NoSuchModuleError,
        SQLAlchemyError,
    )
except ModuleNotFoundError as error:
    raise MissingExtra("keeping feedback (CHATBOT_DATABASE_URL)", "database") from error

DatabaseError = SQLAlchemyError
REFUSED = (DataError, IntegrityError)
"""What a database that is well says of one row."""
PATIENCE = 2
"""Seconds that a driver waits for its database."""


def reason(error: Exception) -> str:
    """Return what is wrong in one line, without the statement and its values."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(cause).__name__


def absent_file(url: str) -> str | None:
    """Return the file that an address of sqlite names, where it is not there; None for any other address."""
    try:
        address = sql.make_url(url)
    except ArgumentError:
        return None
    file = address.database or ""
    if address.get_backend_name() != "sqlite" or not file or file.startswith((":", "file:")):
        return None
    return None if os.path.exists(file) else file  # noqa: PTH110


def engine_of(url: str) -> sql.Engine:
    """Make what connects, when needed. Raises SettingError: one sentence, without the address, which may be secret."""
    where = "CHATBOT_DATABASE_URL"
    try:
        address = sql.make_url(url)
        waits: dict[str, Any] = {}
        if address.get_backend_name() == "sqlite":
            waits = {"timeout": PATIENCE}
        elif address.get_backend_name() == "postgresql" and address.get_driver_name() in {
            "psycopg",
            "psycopg2",
        }:
            waits = {"connect_timeout": PATIENCE, "tcp_user_timeout": 1_000 * PATIENCE}
        elif address.get_driver_name() in {"pymysql", "mysqldb"}:
            waits = {"connect_timeout": PATIENCE, "read_timeout": PATIENCE}
        for name in address.query:
            waits.pop(name, None)
        engine = sql.create_engine(
            address, connect_args=waits, pool_pre_ping=True, hide_parameters=True, pool_recycle=300
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise SettingError(
            f"{where}: SQLAlchemy cannot read it ({error})".replace(url, "the address")
        ) from None
    except ModuleNotFoundError as error:
        raise SettingError(f"{where}: the driver {error.name} is not installed; pip install it") from error
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "do_connect", _make_private)
        sql.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _make_private(_dialect: object, _record: object, arguments: list[Any], _named: object) -> None:
    """Make a new file for the owner alone to read; sqlite gives the files beside it the same rights."""
    if arguments and not str(arguments[0]).startswith((":", "file:")):
        with suppress(OSError):
            os.close(os.open(arguments[0], os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Have sqlite overwrite what is deleted, and write ahead: a reply is kept without waiting for the disk."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    with suppress(connection.OperationalError):  # another connection may be at it
        connection.execute("PRAGMA journal_mode = WAL")


def empty_log(engine: sql.Engine) -> None:
    """Empty the log that sqlite writes ahead, where what was deleted may still stand."""
    if engine.dialect.name == "sqlite":
        with suppress(DBAPIError), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
