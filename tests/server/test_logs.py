"""The log can be read by a program, and says nothing of a visitor."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from chatbot.server.logs import JsonLines
from server.serving import CHAT, request, running

SECRET = "my secret ailment"


def test_each_request_is_a_line_without_address_or_question(index: Path) -> None:
    with running(index, log="requests", trusted_proxies=1) as (process, port):
        visitor = {"X-Forwarded-For": "203.0.113.77", "User-Agent": "Visitor"}
        request(port, "POST", "/api/chat", CHAT, visitor)
        request(port, "POST", "/api/chat", json.dumps({"message": SECRET}), visitor)
        request(
            port,
            "GET",
            f"/documents/{SECRET.replace(' ', '%20')}?q={SECRET.replace(' ', '+')}",
            None,
            visitor,
        )
        request(port, "GET", f"/{SECRET.replace(' ', '-')}", None, visitor)
        process.terminate()
        process.wait(15)
        assert process.stderr
        text = process.stderr.read()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [
        ("request", "/api/chat", 200),
        ("request", "/api/chat", 200),
        ("request", "/documents/<document_name:name>", 404),
        ("request", "other", 404),
    ]
    assert lines[0]["kind"] == "answer"
    assert lines[0]["ms"] > 0
    assert lines[0]["bytes"] > 0
    for hidden in ("secret", "ailment", "203.0.113", "127.0.0.1", "Visitor"):
        assert hidden not in text


def test_an_exception_is_told_by_kind_and_place_not_by_its_message() -> None:
    try:
        raise ValueError(f"cannot think about {SECRET}")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("chatbot", logging.ERROR, __file__, 1, "it %s", ("failed",), told)
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["event"], line["exception"]) == ("error", "it failed", "ValueError")
    assert "test_logs.py" in line["place"]
    assert "secret" not in json.dumps({**line, "place": ""})
