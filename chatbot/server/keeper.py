"""Keeps feedback beside the answers: a database that is slow or down delays none and breaks none."""

from __future__ import annotations

import logging
import mmap
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Waited
from typing import TypeVar

from chatbot.database import REFUSED, reason
from chatbot.errors import ChatbotError, SettingError
from chatbot.feedback import Store
from chatbot.reply import Reply
from chatbot.server.problems import Kind, Problem

_log = logging.getLogger(__name__)

ANSWER_WAITS = 0.25
"""Seconds that an answer waits for its reply to be kept while the database is well; while it is not, none."""
REQUEST_WAITS = 5.0
START_WAITS = 5.0
RETRY = 10.0
"""Seconds for which a database that failed is left alone."""
_WAITING = 200
_HOUR = 3_600.0
_SLOTS = 256
_AWAY = Kind("database-away", 503, "The database is away")
_LATER = "Feedback cannot be kept or looked up right now; try again in a while."
_Done = TypeVar("_Done")


class Keeper:
    """Does everything with the database in one thread of each worker. Made before the workers are."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process = -1
        self._starting = threading.Lock()
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue(_WAITING)
        self._down_until = 0.0
        self._down = False
        self._behind = False
        self._lost = memoryview(mmap.mmap(-1, 8 * _SLOTS)).cast("Q")

    @property
    def lost(self) -> int:
        """How much could not be kept, by all workers together."""
        return sum(self._lost)

    def start(self) -> None:
        """Make the tables and delete what is old, before there are workers.

        A database that is away is waited for later. Raises SettingError where its tables are a newer program's,
        or a file of its own cannot be opened.
        """
        failed: list[Exception] = []

        def begin() -> None:
            try:
                self._store.clean(always=True)
            except Exception as error:
                failed.append(error)
            finally:
                self._store.close()

        thread = threading.Thread(target=begin, daemon=True)
        thread.start()
        thread.join(START_WAITS)
        if thread.is_alive():
            failed.append(TimeoutError(f"no answer in {START_WAITS:g} seconds"))
        if not failed:
            return
        if isinstance(failed[0], ChatbotError):
            raise failed[0]
        if self._store.embedded and "locked" not in str(failed[0]):
            raise SettingError(
                f"CHATBOT_DATABASE_URL: {self._store.name} cannot be opened ({reason(failed[0])})"
            ) from failed[0]
        self._tell(failed[0])
        self._down = True

    def awake(self) -> None:
        """See to it that this process has its thread."""
        if self._process == os.getpid():
            return
        with self._starting:
            if self._process != os.getpid():
                self._jobs = queue.Queue(_WAITING)
                threading.Thread(target=self._work, name="feedback", daemon=True).start()
                self._process = os.getpid()

    def keep(self, reply: Reply) -> None:
        """Keep a reply, if the database lets."""
        self.awake()
        if time.monotonic() < self._down_until:
            self._lose()
            return
        done: Future[None] = Future()
        if not self._put(lambda: self._store.keep(reply), done):
            self._lose()
        elif not (self._down or self._behind):
            try:
                done.result(ANSWER_WAITS)
            except Waited:
                self._behind = True
            except Exception:
                return  # counted and told where it happened

    def ask(self, do: Callable[[Store], _Done]) -> _Done:
        """Do something with the store and wait for it. Raises Problem (503)."""
        self.awake()
        done: Future[_Done] = Future()
        if time.monotonic() < self._down_until or not self._put(lambda: do(self._store), done):
            raise Problem(_AWAY, _LATER)
        try:
            return done.result(REQUEST_WAITS)
        except Exception as error:
            raise Problem(_AWAY, _LATER) from error

    def _put(self, do: Callable[[], _Done], done: Future[_Done]) -> bool:
        def job() -> None:
            try:
                done.set_result(do())
            except Exception as error:
                done.set_exception(error)
                raise

        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def _work(self) -> None:
        """Do one job after the other, and clean up in between."""
        cleaned = -_HOUR
        while True:
            job: Callable[[], object] = self._clean
            if time.monotonic() - cleaned >= _HOUR:
                cleaned = time.monotonic()
            else:
                try:
                    job = self._jobs.get(timeout=max(0.0, cleaned + _HOUR - time.monotonic()))
                except queue.Empty:
                    continue
            try:
                job()
            except REFUSED as error:
                self._lose()
                _log.warning(
                    "the database %s refused a reply or its mark: %s", self._store.name, type(error).__name__
                )
            except Exception as error:
                self._down_until = time.monotonic() + RETRY
                if job != self._clean:
                    self._lose()
                if not self._down:
                    self._tell(error)
                self._down = True
            else:
                if self._down:
                    _log.warning("the database %s is back", self._store.name)
                self._down = False
                self._down_until = 0.0
            self._behind = not self._jobs.empty() and self._behind

    def _clean(self) -> None:
        self._store.clean()

    def _lose(self) -> None:
        slot = os.getpid() % _SLOTS
        with self._starting:
            self._lost[slot] += 1

    def _tell(self, error: Exception) -> None:
        _log.error("the database %s cannot be used, answers go on: %s", self._store.name, reason(error))
