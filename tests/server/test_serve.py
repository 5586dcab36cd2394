"""The real server: real processes, a real port."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from chatbot.errors import MachineError, NoIndex
from chatbot.index import versions
from chatbot.index.rebuild import rebuild_index
from chatbot.server.serve import serve
from chatbot.settings import Settings
from server.conftest import BEARER, TOKEN
from server.serving import CHAT, free_port, request, running, workers_of


@pytest.fixture(scope="module")
def served_index(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(index, tmp_path_factory.mktemp("served") / "index"))


@pytest.fixture(scope="module")
def port(served_index: Path) -> Iterator[int]:
    with running(served_index) as (_, port):
        yield port


def test_a_question_is_answered(port: int) -> None:
    status, headers, body = request(port, "POST", "/api/chat", CHAT)
    assert status == 200
    assert json.loads(body)["kind"] == "answer"
    assert headers["Content-Type"] == "application/json"
    assert "Werkzeug" not in headers["Server"]


def test_a_rebuild_is_followed_by_every_worker_without_a_restart_or_a_failed_request(
    port: int, served_index: Path, corpus: Path
) -> None:
    new = rebuild_index(corpus, served_index, force=True).version
    deadline = time.monotonic() + 5
    in_a_row = 0
    while in_a_row < 30 and time.monotonic() < deadline:
        status, _, body = request(port, "POST", "/api/chat", CHAT)
        assert status == 200
        in_a_row = in_a_row + 1 if json.loads(body)["index"]["version"] == new else 0
    assert in_a_row == 30


def test_a_worker_that_takes_the_place_of_another_answers_from_the_live_version_at_once(
    served_index: Path, corpus: Path
) -> None:
    with running(served_index, workers=1) as (process, port):
        new = rebuild_index(corpus, served_index, force=True).version
        os.kill(workers_of(process)[0], signal.SIGKILL)
        with ThreadPoolExecutor(12) as visitors:
            bodies = visitors.map(lambda _: insist(port), range(36))
            assert {json.loads(body)["index"]["version"] for body in bodies} == {new}


def insist(port: int) -> bytes:
    """Ask again while the worker that was asked is killed."""
    for _ in range(100):
        with suppress(OSError, http.client.HTTPException):
            return request(port, "POST", "/api/chat", CHAT)[2]
        time.sleep(0.05)
    raise AssertionError("no answer")


@pytest.mark.parametrize("path", ["/api/chat", "/nope", "/healthz"])
def test_a_body_of_5_megabytes_gets_an_answer_that_can_be_read(port: int, path: str) -> None:
    status, headers, body = request(port, "POST", path, b"a" * 5_000_000)
    assert status == {"/api/chat": 413, "/nope": 404, "/healthz": 405}[path]
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == status


def test_a_body_in_chunks_is_read_and_bounded(port: int) -> None:
    status, _, body = request(port, "POST", "/api/chat", iter([CHAT[:9].encode(), CHAT[9:].encode()]))
    assert (status, json.loads(body)["kind"]) == (200, "answer")
    status, _, body = request(port, "POST", "/api/chat", iter([b"a" * 50_000] * 60))
    assert (status, json.loads(body)["type"]) == (413, "/problems/too-large")


HEAD = b"POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
MALFORMED = {
    "a long address": (b"GET /documents/" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a large header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 90_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431),
    "a malformed header": (b"GET / HTTP/1.1\r\nHost: a\r\nbad header: a\r\n\r\n", 400),
    "a header on two lines": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb: c\r\n\r\n", 400),
    "a carriage return in a header": (b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
    "a NUL in a header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "an odd method": (b"GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "malformed chunks": (HEAD + CHUNKED + b"\r\nzz\r\n", 400),
    "a negative chunk": (HEAD + CHUNKED + b"\r\n-1\r\nab\r\n0\r\n\r\n", 400),
    "a length and chunks": (
        HEAD + CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        400,
    ),
    "two lengths": (HEAD + b"Content-Length: 4\r\nContent-Length: 2\r\n\r\n{}ab", 400),
    "a length below nothing": (HEAD + b"Content-Length: -1\r\n\r\n{}", 400),
    "a length with a sign": (HEAD + b"Content-Length: +2\r\n\r\n{}", 400),
    "an unknown encoding": (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    "a space before the colon": (HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks of an old protocol": (HEAD.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n0\r\n\r\n", 400),
}


@pytest.mark.parametrize(("sent", "status"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_http_is_a_problem_too(port: int, sent: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(sent)
        response = http.client.HTTPResponse(raw)
        response.begin()
        assert response.status == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert json.loads(response.read())["status"] == status
        response.close()


def test_a_slash_in_a_document_name_may_be_encoded(port: int) -> None:
    plain = request(port, "GET", "/api/documents/sleep/Schlaf%20%26%20Zucken.txt")
    encoded = request(port, "GET", "/api/documents/sleep%2FSchlaf%20%26%20Zucken.txt")
    assert plain[0] == encoded[0] == 200
    assert plain[2] == encoded[2]


@pytest.mark.skipif(
    not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="the kernel hands over unused connections"
)
def test_connections_without_a_request_keep_nobody_waiting(port: int) -> None:
    with ExitStack() as unused:
        for _ in range(30):
            unused.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        started = time.monotonic()
        assert request(port, "POST", "/api/chat", CHAT)[0] == 200
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "begun", [b"X: ", b"Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n{"]
)
def test_clients_that_send_a_byte_now_and_then_do_not_keep_others_waiting_for_ever(
    served_index: Path, begun: bytes
) -> None:
    with running(served_index, workers=1, longest=1) as (process, port), ExitStack() as slow:
        clients = [
            slow.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(8)
        ]
        for client in clients:
            client.sendall(b"POST /api/chat HTTP/1.1\r\nHost: a\r\n" + begun)
        dripping = threading.Event()

        def drip() -> None:
            while not dripping.wait(0.2):
                for client in clients:
                    with suppress(OSError):
                        client.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert request(port, "POST", "/api/chat", CHAT)[0] == 200
        finally:
            dripping.set()
            thread.join()
        process.terminate()
        assert process.stderr
        assert process.stderr.read() == ""


def test_told_to_stop_it_answers_what_it_has_begun_and_ends(served_index: Path) -> None:
    with running(served_index) as (process, port):
        head = f"POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(CHAT)}"
        with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
            raw.sendall(f"{head}\r\n\r\n{CHAT[:9]}".encode())
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            raw.sendall(CHAT[9:].encode())
            response = http.client.HTTPResponse(raw)
            response.begin()
            assert response.status == 200
            assert json.loads(response.read())["kind"] == "answer"
            response.close()
        assert process.wait(12) == 0
        assert process.stderr
        assert process.stderr.read() == ""
        with pytest.raises(ConnectionRefusedError):
            request(port, "GET", "/healthz")


def test_a_taken_port_a_wrong_host_and_a_missing_index_are_one_sentence(index: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(MachineError, match=f"--port {port}: the port is taken"):
            serve(Settings(index=str(index), port=port))
    with pytest.raises(MachineError, match=r"--host 203\.0\.113\.1: this is not an address of this machine"):
        serve(Settings(index=str(index), host="203.0.113.1", port=free_port()))
    with pytest.raises(MachineError, match="--host not a host: there is no such address"):
        serve(Settings(index=str(index), host="not a host", port=free_port()))
    with pytest.raises(NoIndex, match="there is no index here"):
        serve(Settings(index=str(tmp_path), port=free_port()))


def test_no_process_that_serves_ever_loads_scikit_learn(corpus: Path, tmp_path: Path) -> None:
    shutil.copytree(corpus, tmp_path / "corpus")
    port = free_port()
    command = [sys.executable, "-m", "chatbot", "serve", "--port", str(port)]
    environment = {**os.environ, "CHATBOT_ADMIN_TOKEN": TOKEN, "CHATBOT_RATE_LIMIT": ""}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "There is no index yet: indexing corpus.\n"
            assert process.stdout.readline().startswith("Published version ")
            while not (line := process.stdout.readline()).startswith("Serving on"):
                assert line
            job = json.loads(request(port, "POST", "/api/index/rebuild", '{"force": true}', BEARER)[2])
            deadline = time.monotonic() + 60
            while job["state"] in {"queued", "running"} and time.monotonic() < deadline:
                time.sleep(0.1)
                job = json.loads(request(port, "GET", f"/api/index/rebuilds/{job['id']}", None, BEARER)[2])
            assert job["state"] == "published"
            assert request(port, "POST", "/api/chat", CHAT)[0] == 200
            for serving in (process.pid, *workers_of(process)):
                maps = Path(f"/proc/{serving}/maps").read_text()
                assert "msgspec" in maps
                assert "/sklearn/" not in maps
                assert "/scipy/" not in maps
        finally:
            process.terminate()
            process.wait(15)


@pytest.mark.parametrize("told", [True, False], ids=["the documents are named", "they are not"])
def test_an_index_of_an_older_program_is_built_anew_where_its_documents_are_known(
    served_index: Path, corpus: Path, tmp_path: Path, told: bool
) -> None:
    shutil.copytree(served_index, tmp_path / "index")
    manifest = versions.live_folder(tmp_path / "index") / "manifest.json"
    older = json.loads(manifest.read_bytes()) | {"format": 1}
    manifest.write_text(json.dumps(older))
    environment = {**os.environ, "CHATBOT_CORPUS": str(corpus)} if told else {**os.environ}
    command = [sys.executable, "-m", "chatbot", "serve", "--index", "index", "--port", str(free_port())]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        if told:
            first = process.stdout.readline()
            assert first == f"The index is of an older program: indexing {corpus}.\n"
            assert process.stdout.readline().startswith("Published version ")
            while not (line := process.stdout.readline()).startswith("Serving on"):
                assert line
            process.terminate()
            assert process.wait(15) == 0
        else:
            assert process.wait(60) == 1
            assert "its format 1 is older than this program's" in process.stderr.read()


def test_the_server_multiplies_in_the_thread_that_asks_for_it() -> None:
    code = (
        "import numpy, threadpoolctl; from chatbot.server import serve; serve._multiply_in_one_thread();"
        "print([pool['num_threads'] for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas'])"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert set(json.loads(ran.stdout)) <= {1}  # none where numpy has a BLAS that is not counted
