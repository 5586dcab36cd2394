"""Rebuilds asked for over HTTP: each is a process of its own, and a small file that any worker can read.

    INDEX/rebuilds/ID.json      what is known of a rebuild
    INDEX/rebuilds/totals.json  how many have ended, by how
    INDEX/rebuilds/.lock        held by the process of a rebuild while it lives; names the rebuild

The lock is taken by the worker that was asked and handed on to the process it starts. The kernel lets go of it when
that process ends, however it ends: a rebuild that says it runs while nobody holds the lock was killed.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from chatbot.documents.corpus import default_corpus
from chatbot.errors import Locked, MachineError
from chatbot.index import versions
from chatbot.index.storage import machine_errors, replace_file

KEPT = 20
"""How many rebuilds are remembered."""

State = Literal["queued", "running", "published", "unchanged", "failed"]
ENDS: tuple[State, ...] = ("published", "unchanged", "failed")

_FOLDER = "rebuilds"
_LOCK = ".lock"
_TOTALS = "totals.json"
_ID = re.compile(r"\d{8}T\d{6}-\d{6}-[0-9a-f]{6}\Z")
_LOOKED_AT, _LETTING_GO, _PAUSE = 0.1, 5.0, 0.02
"""Seconds to wait for the lock: a look at it holds it for a moment, a rebuild that has ended for a little longer."""
_KILLED = "The rebuild was stopped before it was done; what is served has not changed. Start it again."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: `done` of `total` steps of a stage (such as `reading`)."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A file that was not indexed or was read with doubt, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RebuildJob:
    """A rebuild. Times are ISO 8601 in UTC; `version` is the one published or found unchanged."""

    id: str
    state: State
    started_at: str
    ended_at: str | None = None
    progress: Progress | None = None
    version: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    skipped: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    questions: dict[str, bool] = field(default_factory=dict)
    error: str | None = None


class Jobs:
    """The rebuilds of one index folder. Safe to use from any thread of any process.

    They read the folder `corpus`; None: the one that the live version was made from, else the default.
    """

    def __init__(self, index: Path, corpus: str | Path | None) -> None:
        self._index = index
        self._corpus = corpus
        self._folder = index / _FOLDER

    def start(self, *, force: bool = False) -> RebuildJob:
        """Start a rebuild. Raises Locked while one runs, MachineError where none can be started."""
        what = f"{self._folder}: the rebuild cannot be started"
        with machine_errors(what):
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = self._take()
        try:
            with versions.publishing(self._index):
                pass
            job = RebuildJob(f"{_now(short=True)}-{secrets.token_hex(3)}", "queued", _now())
            with machine_errors(what):
                os.ftruncate(lock, 0)
                os.pwrite(lock, job.id.encode(), 0)
                self._forget_the_oldest()
                write_job(self._index, job)
                self._run(job, lock, force)
        finally:
            os.close(lock)
        return job

    def find(self, name: str) -> RebuildJob | None:
        """Return a rebuild as it stands now, or None where there is none of that name."""
        job = read_job(self._index, name)
        if job is None or job.state in ENDS or self._alive(name):
            return job
        return self._buried(name)

    def listed(self) -> list[RebuildJob]:
        """Return the rebuilds that are remembered, newest first."""
        return [job for name in reversed(self._names()) if (job := self.find(name))]

    def totals(self) -> dict[str, int]:
        """Return how many rebuilds have ended, by how."""
        return read_totals(self._index)

    def _take(self) -> int:
        """Return a descriptor that holds the lock. Raises Locked where another process holds it."""
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        asked = time.monotonic()
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            holder = read_job(self._index, os.pread(descriptor, 100, 0).decode("ascii", "replace"))
            patience = _LETTING_GO if holder and holder.state in ENDS else _LOOKED_AT
            if time.monotonic() - asked > patience:
                os.close(descriptor)
                raise Locked("A rebuild is running already; start another when it is done.")
            time.sleep(_PAUSE)

    def _alive(self, name: str) -> bool:
        """Return whether the process of a rebuild lives."""
        try:
            with (self._folder / _LOCK).open("rb") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return lock.read().decode("ascii", "replace") == name
                return False
        except OSError:
            return False

    def _buried(self, name: str) -> RebuildJob | None:
        """Return a rebuild whose process is gone: as it ended meanwhile, or as failed, which is written down."""
        job = read_job(self._index, name)
        if job is None or job.state in ENDS:
            return job
        dead = replace(job, state="failed", ended_at=_now(), error=_KILLED)
        with suppress(Locked, OSError, MachineError):
            lock = self._take()
            try:
                if read_job(self._index, name) == job:
                    end_job(self._index, dead)
            finally:
                os.close(lock)
        return dead

    def _names(self) -> list[str]:
        with suppress(OSError):
            return sorted(path.stem for path in self._folder.glob("*.json") if _ID.match(path.stem))
        return []

    def _forget_the_oldest(self) -> None:
        for name in self._names()[: -KEPT + 1]:
            (self._folder / f"{name}.json").unlink(missing_ok=True)
        for stray in self._folder.glob(".*.json.*"):
            stray.unlink(missing_ok=True)

    def _run(self, job: RebuildJob, lock: int, force: bool) -> None:
        corpus = Path(self._corpus or versions.made_from(self._index) or default_corpus()).expanduser()
        command = [sys.executable, "-m", "chatbot.server.rebuilding", str(self._index), str(corpus)]
        try:
            process = subprocess.Popen(  # noqa: S603
                [*command, job.id, str(lock), *(["--force"] if force else [])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(lock,),
                start_new_session=True,
            )
        except OSError:
            end_job(self._index, replace(job, state="failed", ended_at=_now(), error=_KILLED))
            raise
        threading.Thread(target=process.wait, daemon=True).start()


def read_job(index: Path, name: str) -> RebuildJob | None:
    """Return what a rebuild's file says, or None where there is none."""
    if not _ID.match(name):
        return None
    try:
        return msgspec.json.decode((index / _FOLDER / f"{name}.json").read_bytes(), type=RebuildJob)
    except (OSError, msgspec.DecodeError):
        return None


def write_job(index: Path, job: RebuildJob) -> None:
    """Write a rebuild's file, atomically."""
    replace_file(index / _FOLDER / f"{job.id}.json", _encoded(job))


def end_job(index: Path, job: RebuildJob) -> None:
    """Write down how a rebuild ended, and count it, on a full disk too. The lock has to be held."""
    totals = read_totals(index)
    totals[job.state] += 1
    job = replace(job, ended_at=job.ended_at or _now())
    _write_even_if_full(index / _FOLDER / _TOTALS, json.dumps(totals).encode())
    _write_even_if_full(index / _FOLDER / f"{job.id}.json", _encoded(job))


def _encoded(job: RebuildJob) -> bytes:
    return json.dumps(asdict(job), ensure_ascii=False).encode()


def _write_even_if_full(path: Path, data: bytes) -> None:
    """Replace a small file; where the disk has no room for a second one, write into the block that it has."""
    try:
        replace_file(path, data)
    except OSError:
        with path.open("r+b") as file:
            file.write(data.ljust(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())


def read_totals(index: Path) -> dict[str, int]:
    """Return how many rebuilds have ended, by how."""
    kept: dict[str, int] = {}
    with suppress(OSError, msgspec.DecodeError):
        kept = msgspec.json.decode((index / _FOLDER / _TOTALS).read_bytes(), type=dict[str, int])
    return {end: kept.get(end, 0) for end in ENDS}


def _now(*, short: bool = False) -> str:
    return f"{datetime.datetime.now(datetime.UTC):{'%Y%m%dT%H%M%S-%f' if short else '%Y-%m-%dT%H:%M:%SZ'}}"
