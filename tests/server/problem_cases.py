"""Requests that meet with a problem, of every kind and for every address, and what each is told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from chatbot.server.operations import FEEDBACK_OPERATIONS, OPENAI_OPERATIONS, OPERATIONS, Operation
from server.conftest import BEARER, TOKEN

JSON = "application/json"
GOOD = b'{"message": "hello"}'
SAID = b'{"messages": [{"role": "user", "content": "hello"}]}'
MARK = b'{"reply": "a", "helpful": true}'
ALL = (*OPERATIONS, *FEEDBACK_OPERATIONS, *OPENAI_OPERATIONS)


@dataclass(frozen=True)
class Case:
    """A request to a server in some state, and the problem that it meets with: its whole sentence.

    `errors` are the fields that are wrong, each with why.
    """

    name: str
    status: int
    type: str
    says: str
    path: str = "/api/chat"
    method: str = "POST"
    data: bytes = b""
    content_type: str | None = JSON
    errors: tuple[tuple[str, str], ...] = ()
    state: str = "ready"
    headers: dict[str, str] = field(default_factory=lambda: BEARER)


def wrong(name: str, body: Any, *errors: tuple[str, str], **other: Any) -> Case:
    named = ", ".join(place for place, _ in errors[:3]) + (" …" if len(errors) > 3 else "")
    says = f"{'A field is' if len(errors) == 1 else 'Fields are'} wrong: {named}."
    given = {"says": says, "data": json.dumps(body).encode(), "errors": errors, **other}
    return Case(name, 422, "wrong-fields", **given)


def bad(name: str, data: bytes, says: str, path: str = "/api/chat") -> Case:
    return Case(name, 400, "not-json", says, path, data=data)


def turn(**changed: Any) -> dict[str, Any]:
    return {"message": "a", "history": [{"role": "user", "content": "b"}] * 2 + [changed]}


def of(operation: Operation, name: str, status: int, type: str, says: str, **other: Any) -> Case:
    """Return a case of one operation, sent as it takes it."""
    given = {**sent(operation), **other}
    return Case(f"{name}: {operation.path}", status, type, says, **given)


def sent(operation: Operation) -> dict[str, Any]:
    """Return a good request of an operation."""
    path = re.sub(r"\{document\}", "hiccups.md", operation.path)
    path = re.sub(r"\{\w+\}", "a", path.replace("{model}", "chatbot"))
    bodies = {"/api/chat": GOOD, "/api/feedback": MARK, "/v1/chat/completions": SAID}
    return {"path": path, "method": operation.method.upper(), "data": bodies.get(operation.path, b"")}


PLAIN_JSON = "Send the body as Content-Type: application/json."
LARGE = "The body is larger than 256 KiB; send less of the history."
SURROGATE = "The body holds half of a surrogate pair, which is no character."
NO_INDEX = "There is no index to answer from yet; try again once one is published."
NOTHING = "There is nothing at this address."
SEND_TOKEN = "Send the administrator's token as Authorization: Bearer TOKEN."
WRONG_TOKEN = "This is not the administrator's token."
NO_TOKEN = "Administration is switched off; an operator has to set CHATBOT_ADMIN_TOKEN."
NO_JOB = "There is no rebuild of this name, or it is long done and forgotten."
NO_VERSION = "There is no version of this name that was published and is still kept."
NOT_KEPT = "Feedback is not kept here: no database is configured."
AWAY = "Feedback cannot be kept or looked up right now; try again in a while."
DAMAGED = "The index cannot be opened; it has to be rebuilt or rolled back."
LONG = "The address is too long."
OBJECT = "has to be a JSON object"
RUNS = "A rebuild or a rollback is running; try again when it is done."
TOO_MANY = "This is more than is answered in so short a time; try again in 3600 seconds."
UNEXPECTED = "The server could not do this; it has been written to its log."
WHOLE = "has to be a whole number from 1 to 10"
CASES = (
    bad("empty", b"", "The body is not JSON: Expecting value (character 0)."),
    bad("cut", b'{"message": ', "The body is not JSON: Expecting value (character 12)."),
    bad("bare word", b"hello", "The body is not JSON: Expecting value (character 0)."),
    bad("not a number", b'{"message": "a", "limit": NaN}', "The body is not JSON: NaN is not a JSON value."),
    bad("latin-1", '{"message": "é"}'.encode("latin-1"), "The body is not UTF-8 (byte 13)."),
    bad("utf-16", '{"message": "a"}'.encode("utf-16"), "The body is not UTF-8 (byte 0)."),
    bad(
        "byte order mark",
        b"\xef\xbb\xbf" + GOOD,
        "The body is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) (character 0).",
    ),
    bad("lone surrogate", b'{"message": "\xed\xa0\x80"}', "The body is not UTF-8 (byte 13)."),
    bad("escaped lone surrogate", b'{"message": "a \\ud83d b"}', SURROGATE),
    bad("escaped lone low surrogate", b'{"message": "a", "x": ["\\uDC00"]}', SURROGATE),
    bad("lone surrogate as a key", b'{"message": "a", "\\ud800": 1}', SURROGATE),
    bad("nested", b"[" * 100_000, "The body is nested too deeply."),
    bad("two values", GOOD + GOOD, "The body is not JSON: Extra data (character 20)."),
    Case("no content type", 415, "wrong-content-type", PLAIN_JSON, data=GOOD, content_type=None),
    Case("text", 415, "wrong-content-type", PLAIN_JSON, data=GOOD, content_type="text/plain"),
    Case("form", 415, "wrong-content-type", PLAIN_JSON, content_type="multipart/form-data; boundary=a"),
    Case(
        "like JSON",
        415,
        "wrong-content-type",
        PLAIN_JSON,
        data=GOOD,
        content_type="application/jsonx",
    ),
    Case("large", 413, "too-large", LARGE, data=b'{"message": "' + b"a" * 300_000),
    Case("very large", 413, "too-large", LARGE, data=b" " * 9_000_000),
    wrong("list", [], ("body", OBJECT)),
    wrong("text for an object", "x", ("body", OBJECT)),
    wrong("null", None, ("body", OBJECT)),
    wrong("no message", {}, ("message", "is missing")),
    wrong("null message", {"message": None}, ("message", "has to be a text")),
    wrong("empty message", {"message": ""}, ("message", "is empty")),
    wrong("blank message", {"message": " \n\t\u3000"}, ("message", "is only white space")),
    wrong("long message", {"message": "a" * 2_001}, ("message", "is longer than 2,000 characters")),
    wrong("number as a message", {"message": 3}, ("message", "has to be a text")),
    wrong("history is no list", {"message": "a", "history": {}}, ("history", "has to be a list of messages")),
    wrong("history is null", {"message": "a", "history": None}, ("history", "has to be a list of messages")),
    wrong("history of texts", {"message": "a", "history": ["b"]}, ("history[0]", OBJECT)),
    wrong("role", turn(role="system", content="c"), ("history[2].role", "has to be user or assistant")),
    wrong("no role", turn(content="c"), ("history[2].role", "has to be user or assistant")),
    wrong("content", turn(role="user", content=3), ("history[2].content", "has to be a text")),
    wrong("no content", turn(role="user"), ("history[2].content", "is missing")),
    wrong(
        "long content",
        turn(role="user", content="c" * 8_001),
        ("history[2].content", "is longer than 8,000 characters"),
    ),
    wrong(
        "passages",
        turn(role="assistant", content="c", passages=[1]),
        ("history[2].passages", "has to be a list of passage ids"),
    ),
    *(
        wrong(f"limit {limit!r}", {"message": "a", "limit": limit}, ("limit", WHOLE))
        for limit in (0, 11, True, 2.5, "3", None)
    ),
    wrong("explain", {"message": "a", "explain": 1}, ("explain", "has to be true or false")),
    wrong(
        "everything",
        {"message": 1, "history": 2, "limit": [], "explain": "yes"},
        ("message", "has to be a text"),
        ("history", "has to be a list of messages"),
        ("limit", WHOLE),
        ("explain", "has to be true or false"),
    ),
    Case("nothing there", 404, "not-found", NOTHING, "/nope", "GET"),
    Case("posted to nothing", 404, "not-found", NOTHING, "/nope", "POST", GOOD),
    Case("a slash too many", 404, "not-found", NOTHING, "/api/chat/", "GET"),
    *(
        Case(
            f"{prefix}{name}",
            404,
            "not-found",
            f"No document of the index is named “{unquote(name, errors='replace')}”.",
            prefix + name,
            "GET",
        )
        for prefix in ("/api/documents/", "/documents/")
        for name in (
            "nope.txt",
            "../hiccups.md",
            "..%2f..%2fetc%2fpasswd",
            "..\\..\\etc\\passwd",
            "hiccups.md/",
            "a//b",
            "HICCUPS.MD",
            "%00",
            "%ff",
            "a%0Ab",
        )
    ),
    *(
        of(operation, method, 405, "wrong-method", f"This address takes {allowed}.", method=method, data=b"")
        for operation in ALL
        for allowed in ("POST" if operation.method == "post" else "GET, HEAD",)
        for method in (
            "POST" if operation.method == "get" else "GET",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
        )
    ),
    *(
        of(operation, name, 401, "unauthorized", says, headers=headers, state=state)
        for operation in ALL
        if operation.secured
        for name, headers, says, state in (
            ("no token", {}, SEND_TOKEN, "ready"),
            ("another scheme", {"Authorization": f"Basic {TOKEN}"}, SEND_TOKEN, "ready"),
            ("a bearer of nothing", {"Authorization": "Bearer  "}, SEND_TOKEN, "ready"),
            ("wrong token", {"Authorization": f"Bearer {TOKEN}x"}, WRONG_TOKEN, "ready"),
            ("token of other letters", {"Authorization": "Bearer \xff\xfe"}, WRONG_TOKEN, "ready"),
            ("no token is set", BEARER, NO_TOKEN, "no token"),
        )
    ),
    *(
        of(operation, name, status, kind, says, data=data, content_type=declared)
        for operation in ALL
        if operation.method == "post" and operation.path != "/api/chat"
        for name, status, kind, says, data, declared in (
            (
                "not JSON",
                400,
                "not-json",
                "The body is not JSON: Expecting property name enclosed in double quotes (character 1).",
                b"{",
                JSON,
            ),
            ("a form", 415, "wrong-content-type", PLAIN_JSON, b"a=b", "application/x-www-form-urlencoded"),
            ("large", 413, "too-large", LARGE, b" " * 300_000, JSON),
        )
    ),
    *(
        of(operation, "too many", 429, "too-many-requests", TOO_MANY, state="asked too much")
        for operation in ALL
        if operation.method == "post"
    ),
    *(
        of(
            operation,
            "long",
            414,
            "uri-too-long",
            LONG,
            path=re.sub(r"\{\w+\}", "a" * 9_000, operation.path),
            state="real",
        )
        for operation in ALL
        if "{" in operation.path
    ),
    wrong("rebuild: a list", [], ("body", OBJECT), path="/api/index/rebuild"),
    wrong("rebuild: force", {"force": 3}, ("force", "has to be true or false"), path="/api/index/rebuild"),
    wrong("rollback: a list", [], ("body", OBJECT), path="/api/index/rollback"),
    wrong(
        "rollback: version",
        {"version": 3},
        ("version", "has to be the name of a version"),
        path="/api/index/rollback",
    ),
    Case("a rebuild runs", 409, "locked", RUNS, "/api/index/rebuild", state="rebuilding"),
    Case("roll back while one runs", 409, "locked", RUNS, "/api/index/rollback", state="rebuilding"),
    Case("no room", 503, "machine-error", UNEXPECTED, "/api/index/rebuild", state="no folder"),
    Case("no such rebuild", 404, "not-found", NO_JOB, "/api/index/rebuilds/20260101T000000-0", "GET"),
    Case("a rebuild elsewhere", 404, "not-found", NO_JOB, "/api/index/rebuilds/..%5C..%5Cx", "GET"),
    Case("no such version", 404, "not-found", NO_VERSION, "/api/index/rollback", data=b'{"version": "../x"}'),
    Case(
        "no earlier version",
        404,
        "not-found",
        "There is no version before the live one.",
        "/api/index/rollback",
    ),
    Case("no such file", 404, "not-found", NOTHING, "/assets/admin/nope.js", "GET"),
    wrong(
        "feedback",
        {"reply": "a b", "helpful": 1, "comment": "c" * 2_001},
        ("reply", "has to be a reply's id: 1 to 64 letters, digits and hyphens"),
        ("helpful", "has to be true or false"),
        ("comment", "is longer than 2,000 characters"),
        path="/api/feedback",
        state="kept",
    ),
    wrong(
        "feedback on nothing",
        {"comment": 1},
        ("reply", "is missing"),
        ("helpful", "is missing"),
        ("comment", "has to be a text"),
        path="/api/feedback",
        state="kept",
    ),
    wrong("feedback: a list", [], ("body", OBJECT), path="/api/feedback", state="kept"),
    Case("feedback is not kept", 404, "not-found", NOT_KEPT, "/api/feedback", data=MARK),
    Case("no gaps are kept", 404, "not-found", NOT_KEPT, "/api/feedback/unanswered", "GET"),
    Case(
        "no such reply",
        404,
        "not-found",
        "No reply of this id is kept; it may be too long ago.",
        "/api/feedback",
        data=MARK,
        state="kept",
    ),
    Case("no database", 503, "database-away", AWAY, "/api/feedback", data=MARK, state="database away"),
    Case("no gaps", 503, "database-away", AWAY, "/api/feedback/unanswered", "GET", state="database away"),
    Case(
        "no such model",
        404,
        "not-found",
        "There is no model “gpt”; there is “chatbot”.",
        "/v1/models/gpt",
        "GET",
    ),
    Case("nothing below", 404, "not-found", NOTHING, "/v1/nope", "GET"),
    *(
        wrong(name, body, *errors, path="/v1/chat/completions", says=says)
        for name, body, says, *errors in (
            ("OpenAI: a list", [], f"body {OBJECT}.", ("body", OBJECT)),
            ("OpenAI: nothing", {}, "messages is missing.", ("messages", "is missing")),
            (
                "OpenAI: no question",
                {"messages": [{"role": "system", "content": "x"}]},
                "messages holds no message of the role user.",
                ("messages", "holds no message of the role user"),
            ),
            (
                "OpenAI: no text",
                {"messages": [{"role": "user", "content": " "}]},
                "messages[0].content holds no text.",
                ("messages[0].content", "holds no text"),
            ),
            (
                "OpenAI: long",
                {"messages": [{"role": "user", "content": "a" * 2_001}]},
                "messages[0].content is longer than 2,000 characters.",
                ("messages[0].content", "is longer than 2,000 characters"),
            ),
            (
                "OpenAI: all of it",
                {"messages": [3, {"content": 1}], "stream": 1, "stream_options": []},
                "messages[0] has to be a JSON object; messages[1].role is missing; messages[1].content has to be a "
                "text or a list of parts; stream has to be true or false; stream_options has to be a JSON object.",
                ("messages[0]", OBJECT),
            ),
        )
    ),
    *(
        of(operation, "no index", 503, "no-index", NO_INDEX, state="no index")
        for operation in ALL
        if 503 in operation.statuses and operation.success == 200 and operation not in FEEDBACK_OPERATIONS
    ),
    *(
        of(operation, "a damaged index", 503, "damaged-index", DAMAGED, state="damaged")
        for operation in ALL
        if 503 in operation.statuses
        and operation.success == 200
        and operation not in FEEDBACK_OPERATIONS
        and not operation.secured
    ),
)
