"""Follows the live version of an index: what is published is served without a restart."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from chatbot.bot import Chatbot
from chatbot.errors import ChatbotError, DamagedIndex, NoIndex
from chatbot.index.versions import POINTER
from chatbot.reply import Reply, Turn
from chatbot.settings import Settings

_log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""How long a version that could not be opened is left alone, while the pointer to it stays the same."""

OLD_SECONDS = 0.5
"""For how long others go on with the old version while a new one is opened: on a busy machine that takes a while."""

_Mark = tuple[int, int, int] | None
_Made = TypeVar("_Made")


class LiveBot:
    """The chatbot of the live version. Safe to share between threads."""

    def __init__(self, index_folder: Path, settings: Settings) -> None:
        self._folder = index_folder
        self._settings = settings
        self._pointer = index_folder / POINTER
        self._lock = threading.Lock()
        self._answering = threading.Lock()
        self._bot: Chatbot | None = None
        self._tried: _Mark | str = "never"
        self._failure: ChatbotError | None = None
        self._retry_at = 0.0
        self._opening_since = 0.0
        self.warm: Callable[[Chatbot], None] | None = None
        """Done with a version that takes the place of another, beside the answers."""

    def current(self) -> Chatbot:
        """Return the chatbot of the live version; one `stat` where nothing changed.

        A newly published version is opened once, while other threads go on with the old one for OLD_SECONDS and
        wait then. Where it cannot be opened, the old one stays. Raises NoIndex or DamagedIndex where none could
        be opened yet.
        """
        if self._behind():
            old_will_do = self._bot is not None and time.monotonic() - self._opening_since < OLD_SECONDS
            if self._lock.acquire(blocking=not old_will_do):
                try:
                    if self._behind():
                        self._opening_since = time.monotonic()
                        self._follow()
                finally:
                    self._lock.release()
        if self._bot is None:
            failure = self._failure or NoIndex("no index is open")
            raise type(failure)(str(failure))
        return self._bot

    def reply(
        self, message: str, history: Sequence[Turn] = (), *, limit: int = 3, explain: bool = False
    ) -> Reply:
        """Answer with the live version, one message at a time. Raises NoIndex or DamagedIndex.

        The threads of a process share one interpreter: four that answer at once pass it on in the middle of an
        answer, which then costs 4 % more, and a third more on a busy machine.
        """
        bot = self.current()
        with self._answering:
            return bot.reply(message, history, limit=limit, explain=explain)

    def _mark(self) -> _Mark:
        """Return what changes whenever the pointer is written: it is replaced by a rename."""
        try:
            stat = self._pointer.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def _behind(self) -> bool:
        if self._mark() != self._tried:
            return True
        return self._failure is not None and time.monotonic() >= self._retry_at

    def _follow(self) -> None:
        mark = self._mark()
        before = self._failure
        try:
            opened, first = self._open(), self._bot is None
            self._bot, self._failure = opened, None
            if self.warm and not first:
                threading.Thread(target=self.warm, args=(opened,), daemon=True).start()
        except (NoIndex, DamagedIndex) as error:
            self._failure = error
            self._retry_at = time.monotonic() + RETRY_SECONDS
            if str(error) != str(before):
                kept = f"; {self._bot.index.manifest.version} is still served" if self._bot else ""
                _log.error("the live version cannot be opened: %s%s", error, kept)
        self._tried = mark

    def _open(self) -> Chatbot:
        try:
            return Chatbot.open(self._folder, self._settings)
        except DamagedIndex:
            # The version that the pointer named may have been replaced and removed in between.
            return Chatbot.open(self._folder, self._settings)


def per_version(make: Callable[[Chatbot], _Made]) -> Callable[[Chatbot], _Made]:
    """Remember what a function makes of a version for as long as the version is served."""
    made: weakref.WeakKeyDictionary[Chatbot, _Made] = weakref.WeakKeyDictionary()

    def remembered(bot: Chatbot) -> _Made:
        if bot not in made:
            made[bot] = make(bot)
        return made[bot]

    return remembered
