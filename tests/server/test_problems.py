"""Every error of every address is a problem that says what is wrong."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.server.operations import FEEDBACK_OPERATIONS, OPERATIONS
from server.conftest import BEARER, TOKEN

JSON = "application/json"
GOOD = b'{"message": "hello"}'


@dataclass(frozen=True)
class Case:
    """A request, and the problem that it meets with."""

    name: str
    status: int
    type: str
    says: str
    path: str = "/api/chat"
    method: str = "POST"
    data: bytes = b""
    content_type: str | None = JSON
    fields: tuple[str, ...] = ()
    index: bool = True
    headers: dict[str, str] = field(default_factory=lambda: BEARER)


def wrong(name: str, body: Any, *fields: str, says: str = "") -> Case:
    return Case(name, 422, "wrong-fields", says or fields[0], data=json.dumps(body).encode(), fields=fields)


def bad(name: str, data: bytes, says: str) -> Case:
    return Case(name, 400, "not-json", says, data=data)


def turn(**changed: Any) -> dict[str, Any]:
    return {"message": "a", "history": [{"role": "user", "content": "b"}] * 2 + [changed]}


MISSING = "No document of the index is named"
CASES = (
    bad("empty", b"", "not JSON"),
    bad("cut", b'{"message": "a"', "not JSON"),
    bad("bare word", b"hello", "not JSON"),
    bad("not a number", b'{"message": "a", "limit": NaN}', "NaN"),
    bad("latin-1", '{"message": "é"}'.encode("latin-1"), "not UTF-8"),
    bad("utf-16", '{"message": "a"}'.encode("utf-16"), "not UTF-8"),
    bad("byte order mark", b"\xef\xbb\xbf" + GOOD, "not JSON"),
    bad("lone surrogate", b'{"message": "\xed\xa0\x80"}', "not UTF-8"),
    bad("escaped lone surrogate", b'{"message": "a \\ud83d b"}', "surrogate"),
    bad("escaped lone low surrogate", b'{"message": "a", "x": ["\\uDC00"]}', "surrogate"),
    bad("lone surrogate as a key", b'{"message": "a", "\\ud800": 1}', "surrogate"),
    bad("nested", b"[" * 100_000, "nested too deeply"),
    bad("two values", GOOD + GOOD, "not JSON"),
    Case("no content type", 415, "wrong-content-type", "application/json", data=GOOD, content_type=None),
    Case("text", 415, "wrong-content-type", "application/json", data=GOOD, content_type="text/plain"),
    Case(
        "form", 415, "wrong-content-type", "application/json", content_type="multipart/form-data; boundary=a"
    ),
    Case(
        "like JSON",
        415,
        "wrong-content-type",
        "application/json",
        data=GOOD,
        content_type="application/jsonx",
    ),
    Case("large", 413, "too-large", "256 KiB", data=b'{"message": "' + b"a" * 300_000),
    Case("very large", 413, "too-large", "256 KiB", data=b" " * 9_000_000),
    wrong("list", [], "body", says="body"),
    wrong("text for an object", "x", "body", says="body"),
    wrong("null", None, "body"),
    wrong("no message", {}, "message"),
    wrong("null message", {"message": None}, "message"),
    wrong("empty message", {"message": ""}, "message"),
    wrong("blank message", {"message": " \n\t\u3000"}, "message"),
    wrong("long message", {"message": "a" * 2_001}, "message"),
    wrong("number as a message", {"message": 3}, "message"),
    wrong("history is no list", {"message": "a", "history": {}}, "history"),
    wrong("history is null", {"message": "a", "history": None}, "history"),
    wrong("history of texts", {"message": "a", "history": ["b"]}, "history[0]"),
    wrong("role", turn(role="system", content="c"), "history[2].role"),
    wrong("no role", turn(content="c"), "history[2].role"),
    wrong("content", turn(role="user", content=3), "history[2].content"),
    wrong("no content", turn(role="user"), "history[2].content"),
    wrong("long content", turn(role="user", content="c" * 8_001), "history[2].content"),
    wrong("passages", turn(role="assistant", content="c", passages=[1]), "history[2].passages"),
    wrong("limit 0", {"message": "a", "limit": 0}, "limit"),
    wrong("limit 11", {"message": "a", "limit": 11}, "limit"),
    wrong("limit true", {"message": "a", "limit": True}, "limit"),
    wrong("limit 2.5", {"message": "a", "limit": 2.5}, "limit"),
    wrong("limit as text", {"message": "a", "limit": "3"}, "limit"),
    wrong("limit null", {"message": "a", "limit": None}, "limit"),
    wrong("explain", {"message": "a", "explain": 1}, "explain"),
    wrong(
        "everything",
        {"message": 1, "history": 2, "limit": [], "explain": "yes"},
        "message",
        "history",
        "limit",
        "explain",
    ),
    Case("nothing there", 404, "not-found", "nothing at this address", "/nope", "GET"),
    Case("posted to nothing", 404, "not-found", "nothing at this address", "/nope", "POST", GOOD),
    Case("a slash too many", 404, "not-found", "nothing at this address", "/api/chat/", "GET"),
    *(
        Case(f"{prefix}{name}", 404, "not-found", MISSING, prefix + name, "GET")
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
        Case(
            f"{method} {operation.path}",
            405,
            "wrong-method",
            "This address takes",
            operation.path.replace("{document}", "hiccups.md"),
            method,
        )
        for operation in (*OPERATIONS, *FEEDBACK_OPERATIONS)
        for method in ("POST" if operation.method == "get" else "GET", "PUT", "DELETE", "OPTIONS", "TRACE")
    ),
    *(
        Case(
            f"{name}: {operation.path}",
            401,
            "unauthorized",
            says,
            operation.path,
            operation.method.upper(),
            headers=headers,
        )
        for operation in (*OPERATIONS, *FEEDBACK_OPERATIONS)
        if operation.secured
        for name, headers, says in (
            ("no token", {}, "Send the administrator's token"),
            ("another scheme", {"Authorization": f"Basic {TOKEN}"}, "Send the administrator's token"),
            ("a bearer of nothing", {"Authorization": "Bearer  "}, "Send the administrator's token"),
            ("wrong token", {"Authorization": f"Bearer {TOKEN}x"}, "not the administrator's token"),
            ("token of other letters", {"Authorization": "Bearer \xff\xfe"}, "not the administrator's token"),
        )
    ),
    *(
        Case(f"{path}: {name}", status, kind, says, path, "POST", data, sent, fields)
        for path, a_field in (("/api/index/rebuild", "force"), ("/api/index/rollback", "version"))
        for name, status, kind, says, data, sent, fields in (
            ("not JSON", 400, "not-json", "not JSON", b"{", JSON, ()),
            ("a form", 415, "wrong-content-type", "application/json", b"a=b", "text/plain", ()),
            ("large", 413, "too-large", "256 KiB", b" " * 300_000, JSON, ()),
            ("a list", 422, "wrong-fields", "body", b"[]", JSON, ("body",)),
            ("a number", 422, "wrong-fields", a_field, b'{"%s": 3}' % a_field.encode(), JSON, (a_field,)),
        )
    ),
    Case("no such rebuild", 404, "not-found", "no rebuild", "/api/index/rebuilds/20260101T000000-0", "GET"),
    Case("a rebuild elsewhere", 404, "not-found", "no rebuild", "/api/index/rebuilds/..%5C..%5Cx", "GET"),
    Case(
        "no such version", 404, "not-found", "no version", "/api/index/rollback", data=b'{"version": "../x"}'
    ),
    Case("no earlier version", 404, "not-found", "no version before", "/api/index/rollback"),
    *(
        Case(
            f"no index: {operation.path}",
            503,
            "no-index",
            "There is no index",
            operation.path.replace("{document}", "a"),
            operation.method.upper(),
            GOOD if operation.takes else b"",
            index=False,
        )
        for operation in OPERATIONS
        if 503 in operation.statuses and operation.success == 200
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_error_is_a_problem(client: FlaskClient, without_index: FlaskClient, case: Case) -> None:
    response = (client if case.index else without_index).open(
        case.path, method=case.method, data=case.data, content_type=case.content_type, headers=case.headers
    )
    assert response.status_code == case.status, response.text
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["type"] == f"/problems/{case.type}"
    assert problem["status"] == case.status
    assert problem["title"]
    assert case.says in problem["detail"]
    assert [error["field"] for error in problem.get("errors", ())] == list(case.fields)
    assert all(error["detail"] for error in problem.get("errors", ()))
    if case.status == 405:
        assert response.headers["Allow"] in {"POST", "GET, HEAD"}
        assert response.headers["Allow"] in problem["detail"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_body_in_chunks_is_bounded_too(client: FlaskClient) -> None:
    for size, status in ((10, 200), (3_000_000, 413)):
        body = io.BytesIO(json.dumps({"message": "hello", "x": "a" * size}).encode())
        response = client.post(
            "/api/chat",
            input_stream=body,
            content_type=JSON,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert response.status_code == status
        assert not body.read(), "what is left unread breaks the client's pipe"


@pytest.mark.parametrize(
    "server", [{}, {"wsgi.input_terminated": True}], ids=["bounded", "ended by the server"]
)
def test_a_body_that_breaks_off_is_a_bad_request(client: FlaskClient, server: dict[str, Any]) -> None:
    longer = {"CONTENT_LENGTH": str(len(GOOD) + 9), **server}
    response = client.post("/api/chat", data=GOOD, content_type=JSON, environ_overrides=longer)
    assert response.status_code == 400
    assert "broke off" in response.get_json()["detail"]


def test_what_nobody_expected_says_nothing_of_the_question(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: object, message: str, *_: object, **__: object) -> None:
        raise ZeroDivisionError(f"while thinking about {message}")

    monkeypatch.setattr("chatbot.bot.Chatbot.reply", fail)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/api/chat", json={"message": "my secret"})
    assert response.status_code == 500
    assert response.get_json()["type"] == "/problems/internal"
    assert "ZeroDivisionError" in caplog.text
    assert "/api/chat" in caplog.text
    assert "secret" not in caplog.text + response.text


def test_a_server_without_an_index_keeps_its_paths_to_itself(without_index: FlaskClient) -> None:
    response = without_index.get("/readyz")
    assert response.status_code == 503
    assert "/" not in response.get_json()["detail"]
    assert without_index.get("/healthz").get_json() == {"status": "ok"}
    assert without_index.get("/").status_code == 200
