"""The process of a rebuild that was asked for over HTTP; never a worker, so that no worker imports scikit-learn."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chatbot.documents import Skipped
from chatbot.errors import ChatbotError, Locked
from chatbot.evaluation import ask_editors_questions
from chatbot.index.rebuild import Rebuilt, rebuild_index
from chatbot.server import logs
from chatbot.server.jobs import Progress, RebuildJob, Remark, end_job, read_job, write_job

_log = logging.getLogger(__name__)

_MOST_REMARKS = 100
_EVERY = 0.25
"""Seconds between two notes of progress."""
_PATIENCE = 60.0
"""Seconds that a rollback, or a rebuild of the command line, is waited for."""
_NICE = 10
_UNEXPECTED = "The rebuild failed in a way nobody expected; the server's log says more."


def main() -> int:
    """Do one rebuild and write down how it goes. Returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("index", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("job")
    parser.add_argument("lock", type=int)
    parser.add_argument("--force", action="store_true")
    given = parser.parse_args()
    try:
        return _run(given)
    except OSError as error:
        _log.error("how the rebuild %s ended could not be written down: %s", given.job, error.strerror)
        return 3
    finally:
        os.close(given.lock)


def _run(given: argparse.Namespace) -> int:
    logs.to_stderr()
    os.nice(_NICE)
    job = read_job(given.index, given.job)
    if job is None:
        return 1
    teller = _Teller(given.index, replace(job, state="running"))
    try:
        rebuilt = _rebuilt(given.corpus, given.index, given.force, teller)
    except ChatbotError as error:
        end_job(given.index, replace(teller.job, state="failed", error=str(error)))
        return error.exit_code
    except Exception:
        end_job(given.index, replace(teller.job, state="failed", error=_UNEXPECTED))
        _log.exception("the rebuild %s failed", job.id)
        return 1
    end_job(given.index, _ended(teller.job, rebuilt))
    return 0


class _Teller:
    """Notes a rebuild's progress in its file, now and then."""

    def __init__(self, index: Path, job: RebuildJob) -> None:
        self._index = index
        self._told = 0.0
        self.job = job

    def tell(self, stage: str, done: int, total: int) -> None:
        changed = self.job.progress is None or self.job.progress.stage != stage
        self.job = replace(self.job, progress=Progress(stage, done, total))
        if changed or time.monotonic() - self._told >= _EVERY:
            with suppress(OSError):  # a note that cannot be written is no reason to stop
                write_job(self._index, self.job)
            self._told = time.monotonic()


def _rebuilt(corpus: Path, index: Path, force: bool, teller: _Teller) -> Rebuilt:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return rebuild_index(
                corpus, index, force=force, progress=teller.tell, check=ask_editors_questions
            )
        except Locked:
            if time.monotonic() > deadline:
                raise
            time.sleep(_EVERY)


def _ended(job: RebuildJob, rebuilt: Rebuilt) -> RebuildJob:
    return replace(
        job,
        state=rebuilt.state,
        version=rebuilt.version,
        counts=rebuilt.counts,
        skipped=_remarks(rebuilt.skipped),
        warnings=_remarks(rebuilt.warnings),
        questions=rebuilt.questions,
    )


def _remarks(skipped: tuple[Skipped, ...]) -> tuple[Remark, ...]:
    return tuple(Remark(entry.name, entry.reason) for entry in skipped[:_MOST_REMARKS])


if __name__ == "__main__":
    sys.exit(main())
