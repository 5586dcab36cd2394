"""The numbers that Prometheus reads are those of all workers, dead ones too."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from chatbot.server.measures import BUCKETS, ELSEWHERE, Measures
from server.serving import CHAT, request, running, workers_of

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]

CHAT_ROUTE = {"method": "POST", "route": "/api/chat"}


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def test_requests_replies_and_times_are_counted_by_route(
    client: FlaskClient, without_index: FlaskClient
) -> None:
    before = samples(client.get("/metrics").text)
    for message in ("What causes hiccups?", "hello"):
        client.post("/api/chat", json={"message": message})
    client.post("/api/chat", data=b"{")
    client.head("/documents/hiccups.md")
    client.get("/wp-login.php")
    client.open("/api/chat", method="PROPFIND")
    after = samples(client.get("/metrics").text)

    def rise(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert rise("chatbot_replies_total", kind="answer") == 1
    assert rise("chatbot_replies_total", kind="smalltalk") == 1
    assert rise("chatbot_requests_total", status="200", **CHAT_ROUTE) == 2
    assert rise("chatbot_requests_total", status="415", **CHAT_ROUTE) == 1
    page = {"method": "GET", "route": "/documents/<document_name:name>", "status": "200"}
    assert rise("chatbot_requests_total", **page) == 1
    elsewhere = {"method": "other", "route": "other"}
    assert rise("chatbot_requests_total", status="404", **elsewhere) == 1
    assert rise("chatbot_requests_total", status="405", **elsewhere) == 1
    assert rise("chatbot_request_seconds_count", **CHAT_ROUTE) == 3
    assert rise("chatbot_request_seconds_bucket", le="+Inf", **CHAT_ROUTE) == 3
    assert rise("chatbot_request_seconds_sum", **CHAT_ROUTE) > 0
    version = client.get("/api/index").get_json()["version"]
    assert value(after, "chatbot_index_info", version=version) == 1
    assert value(after, "chatbot_index_documents") == 2
    assert value(after, "chatbot_index_open") == 1
    assert "hiccups.md" not in client.get("/metrics").text
    assert value(samples(without_index.get("/metrics").text), "chatbot_index_open") == 0


def test_a_time_stands_in_its_bucket_and_every_later_one() -> None:
    measures = Measures()
    route = ("GET", "/a")
    measures.prepare([route], 1)
    for seconds in (0.0005, 0.001, 0.0011, 99.0):
        measures.count(route, 200, seconds)
    measures.count(("GET", "/b"), 299, 0.5)
    (first, latency), (other, _) = measures.latencies()
    assert (first, other) == (route, ELSEWHERE)
    assert latency.counts[:2] == (2, 1)
    assert latency.counts[len(BUCKETS)] == 1
    assert list(measures.requests()) == [(route, "200", 4), (ELSEWHERE, "other", 1)]


def test_the_format_of_openmetrics_is_given_where_it_is_asked_for(client: FlaskClient) -> None:
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")
    assert client.get("/metrics").content_type.startswith("text/plain; version=")


def test_all_workers_count_together_and_a_killed_worker_takes_nothing_with_it(index: Path) -> None:
    with running(index, workers=3) as (process, port):
        for _ in range(30):
            assert request(port, "POST", "/api/chat", CHAT)[0] == 200
        assert _answers(port) == 30
        killed = workers_of(process)
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(set(workers_of(process)) - set(killed)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        for _ in range(30):
            assert request(port, "POST", "/api/chat", CHAT)[0] == 200
        assert {_answers(port) for _ in range(10)} == {60.0}, "every worker tells the same"


def _answers(port: int) -> float:
    found = samples(request(port, "GET", "/metrics")[2].decode())
    assert value(found, "chatbot_requests_total", status="200", **CHAT_ROUTE) == value(
        found, "chatbot_replies_total", kind="answer"
    )
    return value(found, "chatbot_replies_total", kind="answer")
