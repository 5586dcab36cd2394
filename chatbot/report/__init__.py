"""`chatbot report`: what was asked, what was not answered, and which documents nobody needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from chatbot.errors import MachineError, SettingError
from chatbot.index.reader import Index
from chatbot.index.versions import live_folder
from chatbot.report.figures import Figures, figures_of
from chatbot.report.page import page
from chatbot.report.table import table
from chatbot.report.templates import check_place, write_page
from chatbot.settings import Settings

_NOTHING = (
    "CHATBOT_DATABASE_URL is not set, so nothing was kept that could be reported; "
    "set it to what the server is run with, such as sqlite:///feedback.db"
)


def report(settings: Settings, html: Path | None = None) -> str:
    """Return the report as text, and write it as a page with plots where `html` names a file.

    Raises SettingError where no database is configured, MachineError where it is away, NoIndex and DamagedIndex.
    """
    if settings.database_url is None:
        raise SettingError(_NOTHING)
    if html:
        check_place(html)
    index = Index(live_folder(Path(settings.index)))
    figures = _gather(settings.database_url, settings.retention_days, index)
    text = table(figures)
    if html is None:
        return text
    write_page(html, page(figures))
    return f"{text}\n\nThe page with plots is {html}."


def _gather(url: str, days: int, index: Index) -> Figures:
    from chatbot.database import (  # which says so where the extra is missing
        DatabaseError,
        absent_file,
        reason,
    )
    from chatbot.feedback import Store

    if absent := absent_file(url):
        raise SettingError(
            f"CHATBOT_DATABASE_URL: there is no file {absent}; set it to what the server is run with"
        )
    store = Store(url, days)
    try:
        store.clean()
        return figures_of(store.replies(), store.unanswered(), index, days, datetime.now(UTC))
    except DatabaseError as error:
        raise MachineError(f"CHATBOT_DATABASE_URL: {store.name} cannot be used ({reason(error)})") from error
    finally:
        store.close()
