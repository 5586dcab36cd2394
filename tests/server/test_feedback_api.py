"""Feedback over HTTP: kept by real servers, and a database that is away never in the way of an answer."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sql
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator

from chatbot.errors import SettingError
from chatbot.server import keeper as keeper_module
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
from server.serving import request, running

if TYPE_CHECKING:
    from fixtures_postgres import Postgres

pytest_plugins = ("fixtures_postgres",)

TOKEN = "let-me-in-please"
OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
ANSWERED = "What causes hiccups?"
NOT_ANSWERED = "who won the football match in Lisbon?"
PATH = "/api/feedback"
GAPS = "/api/feedback/unanswered"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/feedback.db"


@pytest.fixture
def client(index: Path, database: str) -> FlaskClient:
    """A client of a server that keeps feedback."""
    return serving(index, database)


def serving(index: Path, database: str | None) -> FlaskClient:
    settings = Settings(
        index=str(index), database_url=database, admin_token=TOKEN, retention_days=7, rate_limit=()
    )
    return create_app(settings, LiveBot(index, settings)).test_client()


def ask(client: FlaskClient, message: str) -> str:
    return str(client.post("/api/chat", json={"message": message}).get_json()["id"])


def questions(client: FlaskClient) -> list[str]:
    given = client.get(GAPS, headers=OPERATOR).get_json()
    return [found["question"] for found in given["questions"]]


def test_the_widget_is_told_whether_feedback_is_kept_and_how_long(client: FlaskClient, index: Path) -> None:
    assert client.get("/api/widget").get_json()["feedback"] == {"kept": True, "days": 7}
    assert serving(index, None).get("/api/widget").get_json()["feedback"] == {"kept": False, "days": None}


def test_without_a_database_there_is_nowhere_to_keep_it(index: Path) -> None:
    without = serving(index, None)
    for response in (
        without.post(PATH, json={"reply": ask(without, ANSWERED), "helpful": True}),
        without.get(GAPS, headers=OPERATOR),
    ):
        assert response.status_code == 404
        assert response.content_type == "application/problem+json"
        assert "no database is configured" in response.get_json()["detail"]


def test_a_mark_is_kept_and_an_unhelpful_one_with_its_question(client: FlaskClient) -> None:
    helped, not_helped = ask(client, ANSWERED), ask(client, "what causes sleep starts")
    assert client.post(PATH, json={"reply": helped, "helpful": True}).status_code == 200
    body = {"reply": not_helped, "helpful": False, "comment": " I knew that. ", "page": "unknown fields"}
    assert client.post(PATH, json=body).get_json() == {"kept": True}
    ask(client, NOT_ANSWERED)
    given = client.get(GAPS, headers=OPERATOR).get_json()
    assert (given["days"], given["lost"]) == (7, 0)
    latest, marked = given["questions"]
    assert (latest["question"], latest["asked"], latest["unhelpful"]) == (NOT_ANSWERED, 1, 0)
    assert (marked["question"], marked["unhelpful"]) == ("what causes sleep starts", 1)
    assert marked["comments"] == ["I knew that."]
    assert marked["latest"].endswith("Z")


def test_what_is_asked_in_the_openai_format_is_kept_too(client: FlaskClient) -> None:
    body = {"messages": [{"role": "user", "content": NOT_ANSWERED}]}
    client.post("/v1/chat/completions", json={**body, "stream": True})
    done = client.post("/v1/chat/completions", json=body).get_json()
    assert questions(client) == [NOT_ANSWERED]
    reply = done["id"].removeprefix("chatcmpl-")
    assert client.post(PATH, json={"reply": reply, "helpful": False}).status_code == 200


def test_nothing_that_tells_who_asked_is_kept(client: FlaskClient, database: str) -> None:
    client.post(
        "/api/chat",
        json={"message": NOT_ANSWERED},
        headers={
            "X-Forwarded-For": "203.0.113.77",
            "User-Agent": "telltale",
            "Referer": "https://telltale.org",
        },
        environ_overrides={"REMOTE_ADDR": "198.51.100.23"},
    )
    file = Path(database.removeprefix("sqlite:///"))
    held = b"".join(path.read_bytes() for path in file.parent.glob("feedback.db*"))
    assert b"football" in held
    for trace in (b"203.0.113", b"198.51.100", b"telltale"):
        assert trace not in held


WRONG: dict[str, tuple[Any, list[str]]] = {
    "list": ([], ["body"]),
    "nothing": ({}, ["reply", "helpful"]),
    "reply": ({"reply": 3, "helpful": True}, ["reply"]),
    "empty": ({"reply": "", "helpful": True}, ["reply"]),
    "long": ({"reply": "a" * 65, "helpful": True}, ["reply"]),
    "no id": ({"reply": "a\0b", "helpful": True}, ["reply"]),
    "helpful": ({"reply": "a", "helpful": "yes"}, ["helpful"]),
    "null": ({"reply": "a", "helpful": None}, ["helpful"]),
    "comment": ({"reply": "a", "helpful": True, "comment": 3}, ["comment"]),
    "long comment": ({"reply": "a", "helpful": True, "comment": "a" * 2_001}, ["comment"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_field_is_named(client: FlaskClient, name: str) -> None:
    body, fields = WRONG[name]
    response = client.post(PATH, json=body)
    assert response.status_code == 422
    assert [error["field"] for error in response.get_json()["errors"]] == fields


def test_the_id_of_a_chat_completion_can_be_marked_as_it_stands(client: FlaskClient) -> None:
    asked = {"model": "chatbot", "messages": [{"role": "user", "content": "what causes hiccups"}]}
    done = client.post("/v1/chat/completions", json=asked).get_json()
    assert done["id"].startswith("chatcmpl-")
    assert client.post(PATH, json={"reply": done["id"], "helpful": True}).status_code == 200


def test_a_reply_that_was_never_given_cannot_be_marked(client: FlaskClient) -> None:
    response = client.post(PATH, json={"reply": "0" * 32, "helpful": True, "comment": None})
    assert response.status_code == 404
    assert "No reply of this id" in response.get_json()["detail"]


def test_only_the_operator_sees_what_was_not_answered(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        response = client.get(GAPS, headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "data", "content_type", "status"),
    [
        ("POST", PATH, b"{", "application/json", 400),
        ("POST", PATH, b"{}", "text/plain", 415),
        ("POST", PATH, b" " * 300_000, "application/json", 413),
        ("GET", PATH, b"", None, 405),
        ("POST", GAPS, b"{}", "application/json", 405),
    ],
)
def test_every_error_is_a_problem(
    client: FlaskClient, method: str, path: str, data: bytes, content_type: str | None, status: int
) -> None:
    response = client.open(path, method=method, data=data, content_type=content_type)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_what_is_given_is_what_is_described(client: FlaskClient) -> None:
    described = client.get("/openapi.json").get_json()
    reply = ask(client, NOT_ANSWERED)
    for method, path, response in (
        ("post", PATH, client.post(PATH, json={"reply": reply, "helpful": False, "comment": "no"})),
        ("post", PATH, client.post(PATH, json={"reply": "x", "helpful": True})),
        ("post", PATH, client.post(PATH, json={})),
        ("get", GAPS, client.get(GAPS, headers=OPERATOR)),
        ("get", GAPS, client.get(GAPS)),
    ):
        stated = described["paths"][path][method]["responses"][str(response.status_code)]
        schema = stated["content"][response.mimetype]["schema"]
        OAS31Validator({**schema, "components": described["components"]}).validate(response.get_json())


def test_any_worker_takes_the_mark_of_a_reply_that_another_gave(index: Path, database: str) -> None:
    with running(index, database_url=database, admin_token=TOKEN) as (_, port):
        for _ in range(30):
            status, _, body = request(port, "POST", "/api/chat", json.dumps({"message": ANSWERED}))
            assert status == 200
            mark = {"reply": json.loads(body)["id"], "helpful": False}
            assert request(port, "POST", PATH, json.dumps(mark))[0] == 200
        _, _, body = request(port, "GET", GAPS, headers=OPERATOR)
    (found,) = json.loads(body)["questions"]
    assert (found["question"], found["asked"], found["unhelpful"]) == (ANSWERED, 30, 30)


def test_what_is_old_is_deleted_when_the_server_starts(index: Path, database: str) -> None:
    first = serving(index, database)
    ask(first, NOT_ANSWERED)
    engine = sql.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sql.text("UPDATE chatbot_replies SET at = '2020-01-01 00:00:00.000000'"))
    engine.dispose()
    assert len(questions(first)) == 1
    assert questions(serving(index, database)) == []


def test_a_server_that_runs_on_deletes_what_is_old_without_being_asked(
    index: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "_HOUR", 0.05)
    monkeypatch.setattr("chatbot.feedback.CLEANED", timedelta(seconds=0.05))
    client = serving(index, database)
    ask(client, NOT_ANSWERED)
    engine = sql.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sql.text("UPDATE chatbot_replies SET at = '2020-01-01 00:00:00.000000'"))
    engine.dispose()
    deadline = time.monotonic() + 10
    while questions(client) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert questions(client) == []


# ---------------------------------------------------------------------- a database that is away


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The address of a database that takes connections and never says a word."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        yield f"postgresql+psycopg://u:secret@127.0.0.1:{silent.getsockname()[1]}/x"


def test_answers_go_on_at_once_while_a_database_says_nothing(
    index: Path, black_hole: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        client = serving(index, black_hole)
        taken = []
        for _ in range(20):
            begun = time.monotonic()
            assert client.post("/api/chat", json={"message": ANSWERED}).get_json()["kind"] == "answer"
            taken.append(time.monotonic() - begun)
        assert max(taken) < 1.0
        assert sorted(taken)[15] < 0.2, "answers do not wait for it"
        response = client.post(PATH, json={"reply": "a", "helpful": True})
    assert response.status_code == 503
    assert response.content_type == "application/problem+json"
    told = [record.getMessage() for record in caplog.records if record.name == "chatbot.server.keeper"]
    assert len(told) == 1
    assert "secret" not in caplog.text
    assert ANSWERED not in caplog.text


def test_an_outage_is_told_once_counted_and_over_when_the_database_is_back(
    index: Path, postgres: Postgres, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "RETRY", 0.3)
    postgres.empty()
    client = serving(index, postgres.url)
    try:
        reply = ask(client, ANSWERED)
        with caplog.at_level(logging.WARNING):
            postgres.stop()
            for _ in range(5):
                assert client.post("/api/chat", json={"message": ANSWERED}).get_json()["kind"] == "answer"
                time.sleep(0.1)
            assert client.post(PATH, json={"reply": reply, "helpful": False}).status_code == 503
        messages = [record.getMessage() for record in caplog.records]
        assert sum("cannot be used, answers go on" in message for message in messages) == 1
    finally:
        postgres.start()
    deadline = time.monotonic() + 15
    while client.post(PATH, json={"reply": reply, "helpful": False}).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    given = client.get(GAPS, headers=OPERATOR).get_json()
    assert [found["question"] for found in given["questions"]] == [ANSWERED]
    assert given["lost"] >= 5
    assert "is back" in caplog.text


def test_a_server_starts_though_the_database_is_away(index: Path) -> None:
    away = "postgresql+psycopg://u@127.0.0.1:1/x"
    with running(index, database_url=away, workers=1) as (_, port):
        status, _, body = request(port, "POST", "/api/chat", json.dumps({"message": ANSWERED}))
        assert status == 200
        mark = json.dumps({"reply": json.loads(body)["id"], "helpful": True})
        assert request(port, "POST", PATH, mark)[0] == 503


def test_a_file_that_cannot_be_opened_stops_the_start(index: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"CHATBOT_DATABASE_URL: .* cannot be opened"):
        serving(index, f"sqlite:///{tmp_path}/no/such/folder/feedback.db")
