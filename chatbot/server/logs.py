"""The log: a JSON object a line on stderr, with no address, no question and no other words of a visitor."""

from __future__ import annotations

import datetime
import json
import logging
import os
import traceback

_OWN = vars(logging.makeLogRecord({})).keys() | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One line a record. Of an exception its kind and place are told: its message may quote a question."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "time": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "pid": os.getpid(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _OWN)
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["place"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False, default=str)


def to_stderr(*, requests: bool = False) -> None:
    """Write the program's log to stderr; each request too where that is asked for."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name, level in (
        ("chatbot", logging.WARNING),
        ("chatbot.server.requests", logging.INFO if requests else logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        if name == "chatbot":
            logger.handlers[:] = [handler]
            logger.propagate = False
