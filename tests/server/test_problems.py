"""Every error of every address is a problem that says what is wrong."""

from __future__ import annotations

import http.client
import io
import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.index import versions
from chatbot.index.rebuild import rebuild_index
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.server.openapi import description
from chatbot.settings import Rate, Settings
from server.conftest import TOKEN
from server.problem_cases import ALL, CASES, GOOD, JSON, Case
from server.serving import running

Served = Callable[[str], tuple[FlaskClient, Path]]


def hourly(said: str) -> str:
    """Return what was said with the whole hour: on a busy machine some seconds of it are over."""
    return re.sub(r"in 35\d\d seconds", "in 3600 seconds", said)


@pytest.fixture(scope="module")
def served(index: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Return a client of a server in a state, and its index folder; each is made once."""
    made: dict[str, tuple[FlaskClient, Path]] = {}

    def make(state: str) -> tuple[FlaskClient, Path]:
        folder = tmp_path_factory.mktemp("state")
        own = folder / "index"
        changed: dict[str, Any] = {}
        if state != "no index":
            shutil.copytree(index, own)
        if state == "no token":
            changed["admin_token"] = None
        if state == "asked too much":
            changed["rate_limit"] = (Rate(1, 3_600),)
        if state in {"kept", "database away"}:
            changed["database_url"] = f"sqlite:///{folder}/feedback.db"
        if state == "damaged":
            (versions.live_folder(own) / "texts.bin").write_bytes(b"")
        if state == "rebuilding":
            rebuild_index(corpus, own, force=True)
        if state == "no folder":
            (own / "rebuilds").write_text("a file where a folder is needed")
        given = {"index": str(own), "corpus": str(corpus), "admin_token": TOKEN, "rate_limit": (), **changed}
        settings = Settings(**given)
        client = create_app(settings, LiveBot(own, settings)).test_client()
        if state == "database away":
            (folder / "feedback.db").unlink()
            (folder / "feedback.db").mkdir()
        if state == "asked too much":
            assert client.post("/api/chat", data=GOOD, content_type=JSON).status_code == 200
        return client, own

    return lambda state: made.get(state) or made.setdefault(state, make(state))


@pytest.fixture(scope="module")
def port(index: Path) -> Iterator[int]:
    with running(index, admin_token=TOKEN, workers=1) as (_, port):
        yield port


def asked_over_the_wire(port: int, case: Case) -> tuple[int, dict[str, str], bytes]:
    """Send a case to a real server: what it refuses never reaches the application."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(case.method, case.path, case.data or None, case.headers)
    response = connection.getresponse()
    got = response.status, dict(response.headers), response.read()
    connection.close()
    return got


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_error_is_a_problem(served: Served, request: pytest.FixtureRequest, case: Case) -> None:
    if case.state == "real":
        status, headers, data = asked_over_the_wire(request.getfixturevalue("port"), case)
    else:
        client, own = served(case.state)
        busy = versions.publishing(own) if case.state == "rebuilding" else nullcontext()
        with busy:
            response = client.open(
                case.path,
                method=case.method,
                data=case.data,
                content_type=case.content_type,
                headers=case.headers,
            )
        status, headers, data = response.status_code, dict(response.headers), response.data
    assert status == case.status, data
    body = json.loads(data)
    if case.path.startswith("/v1/") and case.state != "real":
        assert headers["Content-Type"] == JSON
        assert hourly(body["error"]["message"]) == case.says
        assert body["error"]["code"] == case.type.replace("-", "_")
        assert body["error"]["param"] == (case.errors[0][0] if case.errors else None)
    else:
        assert headers["Content-Type"] == "application/problem+json"
        assert body["type"] == f"/problems/{case.type}"
        assert body["status"] == case.status
        assert body["title"]
        assert hourly(body["detail"]) == case.says
        assert tuple((error["field"], error["detail"]) for error in body.get("errors", ())) == case.errors
    if case.status == 405:
        assert headers["Allow"] in case.says
    if case.status == 401:
        assert headers["WWW-Authenticate"].startswith("Bearer")
    if case.status == 429:
        assert int(headers["Retry-After"]) > 3_000
    if case.state != "real":
        assert headers["Cache-Control"] == "no-store"


def test_no_error_of_any_address_is_without_a_row(app: Flask) -> None:
    described = description()["paths"]
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", "{}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert routes == {
        (re.sub(r"\{\w+\}", "{}", path), method.upper())
        for path, methods in described.items()
        for method in methods
    }
    rows = {(operation_of(case), case.status) for case in CASES}
    for path, methods in described.items():
        for method, operation in methods.items():
            stated = {int(status) for status in operation["responses"] if int(status) >= 400}
            for status in stated:
                assert (f"{method} {path}", status) in rows, f"no row for {method} {path}: {status}"
            assert (f"other {path}", 405) in rows, f"no row for {path}: 405"


def operation_of(case: Case) -> str:
    """Return the operation that a case asks for."""
    for path in sorted((operation.path for operation in ALL), key=lambda path: path.count("{")):
        if re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(path)), case.path):
            method = next(operation.method for operation in ALL if operation.path == path)
            return f"{method if case.method == method.upper() else 'other'} {path}"
    return "none"


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
