"""One client may ask so much and no more, whichever worker it meets, and nobody else waits for it."""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.server.rate_limit import RateLimit, client_of
from chatbot.settings import Rate, Settings, load
from server.serving import CHAT, request, running


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr("chatbot.server.rate_limit.time.monotonic", lambda: now[0])
    return now


def test_a_window_begins_with_the_first_request_and_ends_after_its_time(clock: list[float]) -> None:
    limit = RateLimit((Rate(3, 60),))
    waits = []
    for seconds in (0, 10, 20, 30, 29.5):
        waits.append(limit.wait("a"))
        clock[0] += seconds
    assert waits == [0.0, 0.0, 0.0, 30.0, 0.0]
    assert limit.wait("b") == 0.0


def test_several_rates_hold_at_once(clock: list[float]) -> None:
    limit = RateLimit((Rate(2, 1), Rate(4, 60)))
    assert [limit.wait("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    clock[0] += 1
    assert [limit.wait("a") for _ in range(2)] == [0.0, 0.0]
    clock[0] += 1
    assert limit.wait("a") == 58.0


def test_a_full_table_forgets_whose_window_ends_first(clock: list[float]) -> None:
    limit = RateLimit((Rate(1, 60),), buckets=1)
    for number in range(9):
        assert limit.wait(str(number)) == 0.0
        clock[0] += 1
    assert limit.wait("8") > 0
    assert limit.wait("1") > 0
    assert limit.wait("0") == 0.0


def _ask(limit: RateLimit, times: int, allowed: multiprocessing.SimpleQueue[int]) -> None:
    with ThreadPoolExecutor(4) as pool:
        allowed.put(sum(wait == 0.0 for wait in pool.map(lambda _: limit.wait("a"), range(times))))


def test_processes_and_threads_count_together_exactly() -> None:
    limit = RateLimit((Rate(500, 3_600),))
    context = multiprocessing.get_context("fork")
    allowed = context.SimpleQueue()
    processes = [context.Process(target=_ask, args=(limit, 300, allowed)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert sum(allowed.get() for _ in processes) == 500


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_all_workers_together_answer_as_much_as_is_set_and_then_say_when(index: Path) -> None:
    with running(index, rate_limit="30 per minute", workers=3) as (_, port):
        with ThreadPoolExecutor(6) as pool:
            responses = list(pool.map(lambda _: request(port, "POST", "/api/chat", CHAT), range(50)))
        statuses = [status for status, _, _ in responses]
        assert statuses.count(200) == 30
        assert statuses.count(429) == 20
        for status, headers, body in responses:
            if status == 429:
                assert headers["Content-Type"] == "application/problem+json"
                assert 1 <= int(headers["Retry-After"]) <= 60
                assert json.loads(body)["type"] == "/problems/too-many-requests"
        assert request(port, "GET", "/api/widget")[0] == 200, "reading is not limited"


def test_what_is_refused_under_v1_is_an_error_of_openai(index: Path) -> None:
    settings = Settings(index=str(index), rate_limit=(Rate(1, 60),))
    client = create_app(settings, LiveBot(index, settings)).test_client()
    body = {"messages": [{"role": "user", "content": "What causes hiccups?"}]}
    assert client.post("/v1/chat/completions", json=body).status_code == 200
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert response.get_json()["error"]["type"] == "rate_limit_error"


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("60 per minute", (Rate(60, 60),)),
        ("5/second", (Rate(5, 1),)),
        ("10 per 5 minutes; 100 per day", (Rate(10, 300), Rate(100, 86_400))),
        ("1 Per Hour", (Rate(1, 3_600),)),
        ("", ()),
    ],
)
def test_a_rate_is_written_in_words(tmp_path: Path, text: str, rates: tuple[Rate, ...]) -> None:
    assert load({}, {"CHATBOT_RATE_LIMIT": text}, tmp_path).rate_limit == rates
