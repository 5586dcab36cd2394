"""The example of a proxy, run by a real nginx in front of real servers: what docs/operating.md says of it is so."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.conftest import BEARER, TOKEN
from server.proxying import HOST, Proxy, has_ipv6, proxied
from server.serving import CHAT, free_port, request, running, workers_of

pytestmark = pytest.mark.skipif(os.environ.get("NGINX") == "0", reason="NGINX=0")

PUBLIC = f"https://{HOST}"
ELSEWHERE = "127.0.0.2"
"""An address of this machine that the example does not count as inside."""
ALLOWED = 20
LAST_CHUNK = b"\r\n0\r\n\r\n"
ASK = {"messages": [{"role": "user", "content": "What causes hiccups?"}]}
INSIDE = [
    ("GET", "/metrics", 200),
    ("GET", "/admin", 200),
    ("GET", "/assets/admin/admin.js", 200),
    ("GET", "/api/index/versions", 200),
    ("GET", "/api/index/rebuilds", 200),
    ("POST", "/api/index/rebuild", 422),
    ("POST", "/api/index/rollback", 422),
    ("GET", "/api/feedback/unanswered", 404),
]
"""Methods, addresses meant for inside, and what an operator gets there who posts a wrong body and has no database."""
DISGUISED = [
    "//metrics",
    "/%6Detrics",
    "/x/../metrics",
    "/./admin",
    "/embed/..%2Fmetrics",
    "/metrics/",
    "/metrics?x",
]
ONCE = [
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Resource-Policy",
    "Cache-Control",
    "Strict-Transport-Security",
]


@pytest.fixture(scope="module")
def port(index: Path) -> Iterator[int]:
    """The port of a server that is set up as the example asks."""
    settings = {"trusted_proxies": 1, "public_url": PUBLIC, "admin_token": TOKEN}
    with running(index, rate_limit=f"{ALLOWED} per hour", **settings) as (_, port):
        yield port


@pytest.fixture(scope="module")
def site(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The example in front of one server."""
    with proxied(tmp_path_factory.mktemp("nginx"), [port]) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def pair(
    index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Proxy, subprocess.Popen[str]]]:
    """The example in front of two servers whose database is away, and the process of the second."""
    settings = {
        "trusted_proxies": 1,
        "database_url": f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none",
    }
    with ExitStack() as servers:
        started = [servers.enter_context(running(index, **settings)) for _ in range(2)]
        ports = [port for _, port in started]
        proxy = servers.enter_context(proxied(tmp_path_factory.mktemp("pair"), ports))
        yield proxy, started[1][0]


def cited_address(site: Proxy, below: str = "", source: str = "127.0.0.1") -> str:
    """Return the address of the first citation of an answer in OpenAI's format."""
    status, _, body = site.request("POST", f"{below}/v1/chat/completions", json.dumps(ASK), source=source)
    assert status == 200
    return str(json.loads(body)["choices"][0]["message"]["annotations"][0]["url_citation"]["url"])


def test_a_question_is_answered_and_its_links_are_of_the_public_address(site: Proxy) -> None:
    status, _, body = site.request("POST", "/api/chat", CHAT)
    assert (status, json.loads(body)["kind"]) == (200, "answer")
    address = cited_address(site)
    assert address.startswith(f"{PUBLIC}/documents/hiccups.md#")
    assert site.request("GET", address.removeprefix(PUBLIC).partition("#")[0])[0] == 200
    assert site.request("GET", "/documents/sleep%2FSchlaf%20%26%20Zucken.txt")[0] == 200
    assert (site.folder / "access.log").read_bytes() == b"", "no address of a visitor is kept"


def test_the_connection_is_of_http_2_and_tls_1_3_and_plain_http_leads_there(site: Proxy) -> None:
    context = site.trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", site.port), timeout=20) as raw,
        context.wrap_socket(raw, server_hostname=HOST) as secure,
    ):
        assert (secure.selected_alpn_protocol(), secure.version()) == ("h2", "TLSv1.3")
    status, headers, _ = request(site.plain_port, "GET", "/embed?a=b", headers={"Host": HOST})
    assert (status, headers["Location"]) == (301, f"{PUBLIC}/embed?a=b")


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/api/widget", 200), ("/nope", 404)])
def test_the_security_headers_come_once(site: Proxy, path: str, status: int) -> None:
    found, headers, _ = site.request("GET", path)
    assert found == status
    assert {name: len(headers.get_all(name, [])) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("method", "path", "status"), INSIDE)
def test_what_is_meant_for_inside_is_open_there_alone(
    site: Proxy, method: str, path: str, status: int
) -> None:
    body = "[]" if method == "POST" else None
    headers = {**BEARER, "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert site.request(method, path, body, headers)[0] == status
    refused, sent, _ = site.request(method, path, body, headers, ELSEWHERE)
    assert refused == 403
    assert sent["Strict-Transport-Security"]


@pytest.mark.parametrize("path", DISGUISED)
def test_an_address_meant_for_inside_is_refused_however_it_is_written(site: Proxy, path: str) -> None:
    assert site.request("GET", path, source=ELSEWHERE)[0] == 403


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_this_machine_is_inside_by_ipv6_too(site: Proxy) -> None:
    assert site.request("GET", "/metrics", source="::1")[0] == 200


def test_no_client_gets_round_the_rate_limit_and_each_has_its_own(site: Proxy) -> None:
    statuses = []
    for number in range(ALLOWED + 3):
        pretended = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        statuses.append(site.request("POST", "/api/chat", CHAT, pretended, ELSEWHERE)[0])
    assert statuses == [200] * ALLOWED + [429] * 3
    assert site.request("POST", "/api/chat", CHAT, {"X-Forwarded-For": ELSEWHERE}, "127.0.0.3")[0] == 200


def test_a_body_that_is_too_large_gets_the_servers_own_words(site: Proxy) -> None:
    status, headers, body = site.request("POST", "/api/chat", b"a" * 300_000)
    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    assert "larger than 256 KiB" in json.loads(body)["detail"]
    status, headers, _ = site.request("POST", "/api/chat", b"a" * 2_000_000)
    assert (status, headers["Content-Type"]) == (413, "text/html"), "the proxy's own"


def test_a_long_conversation_is_not_written_to_the_proxys_disk(site: Proxy) -> None:
    history = [{"role": "user", "content": "a" * 1_000}] * 250
    (site.folder / "error.log").write_text("")
    body = json.dumps({"message": "What causes hiccups?", "history": history})
    assert site.request("POST", "/api/chat", body)[0] == 200
    assert "temporary file" not in (site.folder / "error.log").read_text("utf-8")


def test_a_stream_arrives_piece_by_piece(port: int, tmp_path: Path) -> None:
    with held_after_the_first_event(port) as (held, go_on), proxied(tmp_path, [held]) as proxy:
        connection = proxy.connect("127.0.0.4")
        connection.request(
            "POST",
            "/v1/chat/completions",
            json.dumps({**ASK, "stream": True}),
            {"Content-Type": "application/json", "Host": HOST},
        )
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        first = response.readline()
        assert json.loads(first.removeprefix(b"data: "))["object"] == "chat.completion.chunk"
        go_on.set()
        rest = response.read()
        connection.close()
    assert rest.endswith(b"data: [DONE]\n\n")
    assert rest.count(b"data: ") > 5


@contextmanager
def held_after_the_first_event(port: int) -> Iterator[tuple[int, threading.Event]]:
    """Pass one connection on to a port, but of its answer only the first event until the rest is asked for."""
    go_on = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def relay() -> None:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near, socket.create_connection(("127.0.0.1", port)) as far:
                asked = b""
                while not asked.endswith(b"}"):
                    asked += near.recv(65_536)
                far.sendall(asked)
                pieces = iter(lambda: far.recv(65_536), b"")
                answer = b""
                while b"\n\n" not in answer:
                    answer += next(pieces)
                end = answer.index(b"\n\n") + 2
                near.sendall(answer[:end])
                go_on.wait(30)
                near.sendall(answer[end:])
                while not answer.endswith(LAST_CHUNK):
                    piece = next(pieces)
                    answer += piece
                    near.sendall(piece)

        thread = threading.Thread(target=relay)
        thread.start()
        try:
            yield listener.getsockname()[1], go_on
        finally:
            go_on.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_two_servers_are_one_site(pair: tuple[Proxy, subprocess.Popen[str]]) -> None:
    """The server that is administered is always the same; a database that is away makes none pass for dead."""
    site, _ = pair
    assert cited_address(site).startswith(f"{PUBLIC}/documents/"), "without CHATBOT_PUBLIC_URL too"
    pages = [site.request("GET", "/metrics")[2].decode() for _ in range(4)]
    assert (
        len({re.findall(r"^chatbot_start_time_seconds (\S+)", page, re.MULTILINE)[0] for page in pages}) == 1
    )
    mark = json.dumps({"reply": "a", "helpful": True})
    for _ in range(4):
        status, headers, _ = site.request("POST", "/api/feedback", mark)
        assert (status, headers["Content-Type"]) == (503, "application/problem+json")
    assert site.request("POST", "/api/chat", CHAT)[0] == 200


def test_a_question_is_answered_though_the_server_that_it_was_put_to_is_killed(
    pair: tuple[Proxy, subprocess.Popen[str]],
) -> None:
    site, second = pair
    processes = [*workers_of(second), second.pid]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    with ThreadPoolExecutor(4) as visitors:
        asked = [visitors.submit(site.request, "POST", "/api/chat", CHAT) for _ in range(4)]
        answered = as_completed(asked)
        for _ in range(2):
            next(answered)
        assert sum(not question.done() for question in asked) == 2, "two wait for the second server"
        for process in processes:
            os.kill(process, signal.SIGKILL)
        assert [question.result()[0] for question in asked] == [200] * 4
    assert [site.request("POST", "/api/chat", CHAT)[0] for _ in range(4)] == [200] * 4


@pytest.fixture(scope="module")
def below(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The example under a path of a site that treats names of files in ways of its own."""
    more = r"location / { return 204; } location ~ \.(js|css|svg|md|txt)$ { return 410; }"
    settings = {"trusted_proxies": 1, "public_url": f"{PUBLIC}/answers"}
    with running(index, **settings) as (_, port):
        folder = tmp_path_factory.mktemp("below")
        with proxied(folder, [port], "/answers/", more) as proxy:
            yield proxy


def test_under_a_path_every_page_and_link_is_below_it(below: Proxy) -> None:
    status, _, body = below.request("GET", "/answers/")
    assert status == 200
    links = set(re.findall(r'(?:src|href)="([^"]+)"', body.decode()))
    assert "/answers/widget.js" in links
    for link in links:
        assert link.startswith("/answers/")
        assert below.request("GET", link)[0] == 200, link
    status, headers, _ = below.request("GET", "/answers")
    assert (status, urlsplit(headers["Location"]).path) == (301, "/answers/")
    assert below.request("GET", "/")[0] == 204, "the rest of the site is its own"


def test_under_a_path_a_question_is_answered_and_its_citations_lead_to_the_documents(below: Proxy) -> None:
    asked = json.dumps({"message": "What causes sleep starts?"})
    status, _, body = below.request("POST", "/answers/api/chat", asked)
    assert status == 200
    page, _, place = json.loads(body)["passages"][0]["citation"]["page"].partition("#")
    assert page == "/documents/sleep/Schlaf%20%26%20Zucken.txt"
    status, _, body = below.request("GET", f"/answers{page}")
    assert status == 200
    assert f'id="{place}"' in body.decode()
    for link in re.findall(r'(?:src|href)="(/[^"]*)"', body.decode()):
        assert link.startswith("/answers/")
    address = cited_address(below, "/answers")
    assert address.startswith(f"{PUBLIC}/answers/documents/hiccups.md#")
    assert below.request("GET", address.removeprefix(PUBLIC).partition("#")[0])[0] == 200


@pytest.mark.parametrize(("method", "path", "_"), INSIDE)
def test_under_a_path_what_is_meant_for_inside_is_refused_elsewhere_too(
    below: Proxy, method: str, path: str, _: int
) -> None:
    assert below.request(method, f"/answers{path}", source=ELSEWHERE)[0] == 403
    assert below.request(method, f"/answers{path}")[0] != 403
