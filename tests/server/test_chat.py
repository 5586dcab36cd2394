"""POST /api/chat: every key in every kind, true citations, and no body that breaks it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.bot import Chatbot
from chatbot.reply import Reply, Turn

KEYS = {
    "id",
    "kind",
    "text",
    "passages",
    "confidence",
    "question",
    "corrections",
    "suggestions",
    "index",
}
PASSAGE_KEYS = {"id", "text", "format", "highlights", "context", "score", "citation"}
CITATION_KEYS = {
    "document",
    "title",
    "section",
    "publisher",
    "author",
    "url",
    "reviewed",
    "page",
    "start",
    "end",
}
MESSAGES = (
    "What causes hiccups?",
    "what causes sleep starts",
    "how are long hiccups treated?",
    "who won the football match in Lisbon?",
    "hello",
    "I cannot breathe and my chest hurts, my lips turn blue",
    "I want to kill myself",
    "Should I stop taking my baclofen?",
    "👍",
)


def ask(client: FlaskClient, message: str, **more: Any) -> dict[str, Any]:
    response = client.post("/api/chat", json={"message": message, **more})
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    body: dict[str, Any] = response.get_json()
    return body


@pytest.mark.parametrize("message", MESSAGES)
def test_every_key_stands_in_every_kind_of_reply(client: FlaskClient, message: str) -> None:
    reply = ask(client, message)
    assert set(reply) == KEYS
    assert set(reply["index"]) == {"version", "built_at"}
    assert (reply["confidence"] is None) == (reply["kind"] != "answer")
    for passage in reply["passages"]:
        assert set(passage) == PASSAGE_KEYS
        assert set(passage["citation"]) == CITATION_KEYS


def test_the_messages_above_bring_forth_different_kinds(client: FlaskClient) -> None:
    kinds = {ask(client, message)["kind"] for message in MESSAGES}
    assert {"answer", "no_answer", "smalltalk", "crisis"} <= kinds


@pytest.mark.parametrize("message", MESSAGES[:3])
def test_a_citation_is_the_exact_place_in_the_document(client: FlaskClient, message: str) -> None:
    passages = ask(client, message)["passages"]
    assert passages
    for passage in passages:
        cited = passage["citation"]
        document = client.get(f"/api/documents/{cited['document']}").get_json()
        assert document["text"][cited["start"] : cited["end"]] == passage["text"]
        page, _, place = cited["page"].partition("#")
        assert place == passage["id"]
        assert f'id="{place}"' in client.get(page).text


def test_limit_bounds_the_passages(client: FlaskClient) -> None:
    assert len(ask(client, "hiccups and sleep starts", limit=1)["passages"]) <= 1
    assert ask(client, "What causes hiccups?", limit=3.0)["passages"]


def test_an_explanation_comes_only_when_asked_for(client: FlaskClient) -> None:
    assert "explanation" not in ask(client, "What causes hiccups?", explain=False)
    for message in MESSAGES:
        assert ask(client, message, explain=True)["explanation"]


def test_a_follow_up_is_understood_from_the_history(client: FlaskClient) -> None:
    first = ask(client, "What causes sleep starts?")
    history = [
        {"role": "user", "content": "What causes sleep starts?"},
        {"role": "assistant", "content": first["text"], "passages": [first["passages"][0]["id"]]},
    ]
    assert "sleep starts" in ask(client, "how are they treated?", history=history)["question"]


def test_only_the_newest_20_messages_are_read_but_all_are_checked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = Chatbot.reply

    def noted(self: Chatbot, message: str, history: Sequence[Turn], **more: Any) -> Reply:
        read.extend(turn.content for turn in history)
        return real(self, message, history, **more)

    monkeypatch.setattr(Chatbot, "reply", noted)
    history = [{"role": "user", "content": str(number)} for number in range(25)]
    ask(client, "hello", history=history)
    assert read == [str(number) for number in range(5, 25)]
    response = client.post("/api/chat", json={"message": "a", "history": [{"role": "user"}, *history]})
    assert response.get_json()["errors"] == [{"field": "history[0].content", "detail": "is missing"}]


def test_unknown_fields_are_ignored(client: FlaskClient) -> None:
    body = b'{"message": "hello", "huge": 1e999, "long": %s, "other": {"a": [null]}}' % (b"9" * 5_000)
    response = client.post("/api/chat", data=body, content_type="application/json")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "kind", ["APPLICATION/JSON", "application/json; charset=utf-8", "application/json;x=y"]
)
def test_the_content_type_is_taken_in_any_case_and_with_parameters(client: FlaskClient, kind: str) -> None:
    response = client.post("/api/chat", data=b'{"message": "hello"}', content_type=kind)
    assert response.status_code == 200


def test_lengths_count_characters_not_bytes(client: FlaskClient) -> None:
    history = [{"role": "assistant", "content": "🥤" * 8_000}]
    assert ask(client, "😀" * 1_990 + " hiccups", history=history)
    assert client.post("/api/chat", json={"message": "😀" * 2_001}).status_code == 422


def test_an_escaped_pair_of_surrogates_is_one_character(client: FlaskClient) -> None:
    body = b'{"message": "hiccups \\ud83e\\udd64"}'
    response = client.post("/api/chat", data=body, content_type="application/json")
    assert response.status_code == 200
    assert "🥤" in response.get_json()["question"]


def test_no_reply_is_stored_and_no_cookie_is_set(client: FlaskClient) -> None:
    response = client.post("/api/chat", json={"message": "What causes hiccups?"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY_RIGHT = st.fixed_dictionaries(
    {"message": st.text(max_size=60) | ANY_JSON},
    optional={
        "history": st.lists(
            st.fixed_dictionaries(
                {"role": st.sampled_from(["user", "assistant"]) | ANY_JSON, "content": st.text() | ANY_JSON},
                optional={"passages": st.lists(st.text(), max_size=3) | ANY_JSON},
            )
            | ANY_JSON,
            max_size=4,
        )
        | ANY_JSON,
        "limit": st.integers(-1, 12) | ANY_JSON,
        "explain": st.booleans() | ANY_JSON,
    },
)
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(body=ANY_JSON | NEARLY_RIGHT)
def test_no_json_body_brings_the_server_down(client: FlaskClient, body: Any) -> None:
    data = json.dumps(body, ensure_ascii=True)
    response = client.post("/api/chat", data=data, content_type="application/json")
    assert response.status_code in {200, 400, 422}, response.text
    if response.status_code != 200:
        assert response.content_type == "application/problem+json"


@QUICK
@given(body=st.binary(max_size=200))
def test_no_bytes_bring_the_server_down(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/chat", data=body, content_type="application/json")
    assert response.status_code in {400, 422}
