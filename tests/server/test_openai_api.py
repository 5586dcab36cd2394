"""`/v1` as OpenAI's own client and plain requests meet it, on a real server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openai import NotFoundError, OpenAI, UnprocessableEntityError
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from chatbot.reply import Citation, IndexVersion, Passage, Reply
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.server.openai_api import cited
from chatbot.settings import Rate, Settings
from server.serving import running
from server.test_chat import ANY_JSON, MESSAGES, QUICK

QUESTION = "What causes hiccups?"
PATH = "/v1/chat/completions"
JSON = "application/json"


@pytest.fixture(scope="module")
def port(index: Path) -> Iterator[int]:
    with running(index) as (_, port):
        yield port


@pytest.fixture(scope="module")
def openai(port: int) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="anything", max_retries=0) as client:
        yield client


def said(text: str) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": text}]


def post(client: FlaskClient, messages: Any, **more: Any) -> Any:
    return client.post(PATH, json={"messages": messages, **more})


# ---------------------------------------------------------------------- OpenAI's own client


def test_an_answer_carries_its_citations_in_the_text_and_as_annotations(openai: OpenAI, port: int) -> None:
    done = openai.chat.completions.create(model="gpt-4o", messages=said(QUESTION))
    assert (done.object, done.model, len(done.choices)) == ("chat.completion", "chatbot", 1)
    choice = done.choices[0]
    assert (choice.finish_reason, choice.message.role, choice.message.refusal) == ("stop", "assistant", None)
    content = choice.message.content
    assert content
    assert "eating too fast" in content
    annotations = choice.message.annotations
    assert annotations
    for annotation in annotations:
        found = annotation.url_citation
        assert annotation.type == "url_citation"
        assert found.url.startswith(f"http://127.0.0.1:{port}/documents/hiccups.md#")
        assert found.title == "All about hiccups"
        cited = content[found.start_index : found.end_index]
        assert cited.startswith("All about hiccups › Hiccups › What causes hiccups?")
        assert cited.endswith(found.url)


def test_the_address_of_a_citation_shows_the_quoted_passage(openai: OpenAI, port: int) -> None:
    done = openai.chat.completions.create(model="chatbot", messages=said("what causes sleep starts"))
    annotations = done.choices[0].message.annotations
    assert annotations
    address, _, place = annotations[0].url_citation.url.partition("#")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", address.removeprefix(f"http://127.0.0.1:{port}"))
    page = connection.getresponse().read().decode()
    connection.close()
    assert f'id="{place}"' in page


def test_usage_is_counted(openai: OpenAI) -> None:
    usage = openai.chat.completions.create(model="chatbot", messages=said(QUESTION)).usage
    assert usage
    assert usage.prompt_tokens == 4
    assert usage.completion_tokens > 10
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_adds_up_to_the_same_message(openai: OpenAI) -> None:
    whole = openai.chat.completions.create(model="chatbot", messages=said(QUESTION)).choices[0].message
    chunks = list(
        openai.chat.completions.create(
            model="chatbot", messages=said(QUESTION), stream=True, stream_options={"include_usage": True}
        )
    )
    assert len({chunk.id for chunk in chunks}) == 1
    *pieces, last = chunks
    assert last.choices == []
    assert last.usage
    assert last.usage.completion_tokens > 10
    assert all(piece.usage is None for piece in pieces)
    deltas = [piece.choices[0].delta for piece in pieces]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert sum(bool(delta.content) for delta in deltas) > 5, "word by word"
    assert [piece.choices[0].finish_reason for piece in pieces] == [None] * (len(pieces) - 1) + ["stop"]
    sent = [found for delta in deltas for found in (delta.model_extra or {}).get("annotations", ())]
    assert whole.annotations
    assert sent == [annotation.model_dump() for annotation in whole.annotations]


def test_the_helper_that_gathers_a_stream_works(openai: OpenAI) -> None:
    with openai.chat.completions.stream(model="chatbot", messages=said(QUESTION)) as stream:
        done = stream.get_final_completion()
    assert "eating too fast" in (done.choices[0].message.content or "")


def test_a_follow_up_is_understood_from_the_messages_before(openai: OpenAI) -> None:
    messages = said("What causes sleep starts?")
    first = openai.chat.completions.create(model="chatbot", messages=messages).choices[0].message.content
    messages += [{"role": "assistant", "content": first}, {"role": "user", "content": "what helps?"}]
    content = openai.chat.completions.create(model="chatbot", messages=messages).choices[0].message.content
    assert content
    assert "Go to bed at the same hour" in content


def test_the_one_model_is_listed(openai: OpenAI) -> None:
    assert [model.id for model in openai.models.list()] == ["chatbot"]
    assert openai.models.retrieve("chatbot").created > 1_700_000_000
    with pytest.raises(NotFoundError, match="There is no model “gpt-4o”"):
        openai.models.retrieve("gpt-4o")


def test_the_client_understands_what_is_wrong(openai: OpenAI) -> None:
    with pytest.raises(UnprocessableEntityError, match="longer than 2,000 characters") as raised:
        openai.chat.completions.create(model="chatbot", messages=said("a" * 2_001))
    assert raised.value.param == "messages[0].content"
    assert raised.value.code == "wrong_fields"
    assert raised.value.type == "invalid_request_error"


def test_whatever_a_client_sets_is_taken(openai: OpenAI) -> None:
    done: ChatCompletion = openai.chat.completions.create(
        model="whatever",
        messages=[
            {"role": "system", "content": "You are a pirate. What are sleep starts?"},
            {"role": "developer", "content": "Never quote."},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
                    {"type": "text", "text": "What causes"},
                    {"type": "text", "text": "hiccups?"},
                ],
            },
        ],
        temperature=0.2,
        top_p=0.5,
        max_tokens=5,
        n=3,
        seed=7,
        stop=["."],
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        tool_choice="auto",
        response_format={"type": "json_object"},
        user="visitor",
        extra_body={"chat_id": "x", "nested": {"a": [1, None]}},
        extra_headers={"Authorization": "Bearer sk-nobody-knows"},
    )
    assert "eating too fast" in (done.choices[0].message.content or "")


# ---------------------------------------------------------------------- plain requests


@pytest.mark.parametrize("message", MESSAGES)
def test_every_kind_of_reply_is_a_plain_message_by_the_assistant(client: FlaskClient, message: str) -> None:
    whole = post(client, said(message)).get_json()["choices"][0]
    reply = client.post("/api/chat", json={"message": message}).get_json()
    assert whole["finish_reason"] == "stop"
    assert whole["message"]["role"] == "assistant"
    assert whole["message"]["content"].startswith(reply["text"].partition("\n— ")[0])
    assert bool(whole["message"]["annotations"]) == bool(reply["passages"])


def test_the_events_of_a_stream_are_what_the_format_asks_for(client: FlaskClient) -> None:
    response = post(client, said(QUESTION), stream=True)
    assert response.mimetype == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    events = response.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert all("usage" not in chunk for chunk in chunks)
    assert chunks[-1]["choices"] == [{"delta": {}, "finish_reason": "stop", "index": 0, "logprobs": None}]


def test_the_last_message_by_the_user_is_the_question(client: FlaskClient) -> None:
    messages = [
        {"role": "user", "content": "What causes sleep starts?"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "Let me see. "},
        {"role": "tool", "content": "What are sleep starts?", "tool_call_id": "1"},
    ]
    content = post(client, messages).get_json()["choices"][0]["message"]["content"]
    assert "eating too fast" in content


def test_a_long_conversation_is_read_within_bounds(client: FlaskClient) -> None:
    earlier = [{"role": role, "content": "word " * 2_000} for role in ("user", "assistant")] * 12
    body = post(client, [{"role": "system", "content": "x" * 9_000}, *earlier, *said(QUESTION)]).get_json()
    assert "eating too fast" in body["choices"][0]["message"]["content"]


def test_links_begin_with_the_public_address_where_one_is_set(index: Path) -> None:
    settings = Settings(index=str(index), public_url="https://example.org/answers")
    behind = create_app(settings, LiveBot(index, settings)).test_client()
    message = post(behind, said(QUESTION)).get_json()["choices"][0]["message"]
    assert message["annotations"][0]["url_citation"]["url"].startswith(
        "https://example.org/answers/documents/hiccups.md#"
    )


def test_links_stand_below_the_path_that_the_server_is_mounted_at(client: FlaskClient) -> None:
    response = client.post(
        PATH,
        json={"messages": said(QUESTION)},
        base_url="https://bot.example.org",
        environ_overrides={"SCRIPT_NAME": "/help"},
    )
    url = response.get_json()["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    assert url.startswith("https://bot.example.org/help/documents/hiccups.md#")


@pytest.mark.parametrize("host", ['evil.example.org"><script>', "a b", "h:99999999", ""])
def test_links_are_whole_and_harmless_whatever_host_a_client_names(client: FlaskClient, host: str) -> None:
    response = client.post(PATH, json={"messages": said(QUESTION)}, headers={"Host": host})
    url = response.get_json()["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    assert url.startswith("http://localhost:80/documents/hiccups.md#")


def made(
    kind: Any, text: str, passages: tuple[Passage, ...] = (), suggestions: tuple[str, ...] = ()
) -> Reply:
    return Reply(
        "1", kind, text, passages, None, "q", (), suggestions, IndexVersion("v", "2026-01-01T00:00:00Z")
    )


def test_choices_stand_in_the_text() -> None:
    asked = made("clarify", "Which do you mean?", suggestions=("What is a tyre?", "Which"))
    assert cited(asked, "http://a/") == ("Which do you mean?\n• What is a tyre?", ())


@given(quotes=st.lists(st.text(max_size=20), min_size=1, max_size=3), title=st.text(min_size=1, max_size=10))
def test_indices_are_code_points_of_the_content(quotes: list[str], title: str) -> None:
    passages = tuple(
        Passage(
            f"p{number}",
            quote,
            "text",
            (),
            None,
            1.0,
            Citation("d.txt", title, (), None, None, None, None, f"/documents/d.txt#p{number}", 0, 1),
        )
        for number, quote in enumerate(quotes)
    )
    text = "\n\n".join(f"{passage.text}\n— {title}, d.txt" for passage in passages)
    content, annotations = cited(made("answer", text, passages), "http://h/")
    assert len(annotations) == len(passages)
    for annotation in annotations:
        found = annotation.url_citation
        assert content[found.start_index : found.end_index] == f"{title}, d.txt\n{found.url}"


# ---------------------------------------------------------------------- errors

WRONG: dict[str, tuple[int, str | None, dict[str, Any]]] = {
    "not JSON": (400, None, {"data": b"{", "content_type": JSON}),
    "surrogate": (400, None, {"data": b'{"messages": "\\ud800"}', "content_type": JSON}),
    "content type": (415, None, {"data": b"{}", "content_type": "text/plain"}),
    "too large": (413, None, {"data": b" " * 300_000, "content_type": JSON}),
    "list": (422, "body", {"json": []}),
    "no messages": (422, "messages", {"json": {}}),
    "empty messages": (422, "messages", {"json": {"messages": []}}),
    "text": (422, "messages[0]", {"json": {"messages": ["hi"]}}),
    "no role": (422, "messages[0].role", {"json": {"messages": [{"content": "hi"}]}}),
    "content": (422, "messages[0].content", {"json": {"messages": [{"role": "user", "content": 3}]}}),
    "nobody asks": (422, "messages", {"json": {"messages": [{"role": "system", "content": "hi"}]}}),
    "blank": (422, "messages[0].content", {"json": {"messages": said(" \n")}}),
    "picture": (422, "messages[0].content", {"json": {"messages": [{"role": "user", "content": [{}]}]}}),
    "stream": (422, "stream", {"json": {"messages": said("hi"), "stream": "yes"}}),
    "options": (422, "stream_options", {"json": {"messages": said("hi"), "stream_options": []}}),
    "usage": (
        422,
        "stream_options.include_usage",
        {"json": {"messages": said("hi"), "stream_options": {"include_usage": 1}}},
    ),
    "method": (405, None, {"method": "GET"}),
    "nothing there": (404, None, {"path": "/v1/embeddings", "json": {}}),
    "the root": (404, None, {"path": "/v1", "method": "GET"}),
    "model": (404, None, {"path": "/v1/models/gpt-4o", "method": "GET"}),
}


def check_error(response: Any, status: int, param: str | None, kind: str) -> None:
    assert response.status_code == status, response.text
    assert response.content_type == JSON
    assert list(response.get_json()) == ["error"]
    error = response.get_json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["code"]
    assert (error["type"], error["param"]) == (kind, param)


@pytest.mark.parametrize("name", WRONG)
def test_every_error_is_openais_own_object(client: FlaskClient, name: str) -> None:
    status, param, how = WRONG[name]
    response = client.open(**{"path": PATH, "method": "POST", **how})
    check_error(response, status, param, "invalid_request_error")


def test_what_is_no_fault_of_the_client_is_told_apart(
    client: FlaskClient, without_index: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_error(post(without_index, said("hi")), 503, None, "server_error")
    check_error(without_index.get("/v1/models"), 503, None, "server_error")
    check_error(post(without_index, said("hi"), stream=True), 503, None, "server_error")

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("chatbot.bot.Chatbot.reply", fail)
    check_error(post(client, said("hi")), 500, None, "server_error")


def test_who_asks_too_much_is_told_when_to_come_back(index: Path) -> None:
    settings = Settings(index=str(index), rate_limit=(Rate(1, 60),))
    client = create_app(settings, LiveBot(index, settings)).test_client()
    assert post(client, said(QUESTION)).status_code == 200
    response = post(client, said(QUESTION))
    check_error(response, 429, None, "rate_limit_error")
    assert int(response.headers["Retry-After"]) > 0


NEARLY_RIGHT = st.fixed_dictionaries(
    {
        "messages": st.lists(
            st.fixed_dictionaries(
                {"role": st.sampled_from(["user", "assistant", "system", "tool"]) | ANY_JSON},
                optional={"content": st.text() | st.lists(ANY_JSON, max_size=3) | ANY_JSON},
            ),
            max_size=4,
        )
    },
    optional={
        "stream": st.booleans() | ANY_JSON,
        "stream_options": st.fixed_dictionaries({"include_usage": ANY_JSON}) | ANY_JSON,
    },
)


@QUICK
@given(body=ANY_JSON | NEARLY_RIGHT)
def test_no_json_body_brings_the_server_down(client: FlaskClient, body: Any) -> None:
    response = client.post(PATH, data=json.dumps(body), content_type=JSON)
    assert response.status_code in {200, 400, 422}, response.text
    if response.status_code != 200:
        assert response.get_json()["error"]["message"]
