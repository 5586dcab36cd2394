"""A real server in processes of its own, and requests to it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatbot.server.worker import LONGEST

PROGRAM = """
import json, sys
from chatbot.server import worker
from chatbot.server.serve import serve
from chatbot.settings import load
worker.LONGEST = float(sys.argv[2])
serve(load(json.loads(sys.argv[1]), {}))
"""
CHAT = json.dumps({"message": "What causes hiccups?"})
JSON = {"Content-Type": "application/json"}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(index: Path, **settings: Any) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a server of two workers; it is told to stop at the end, if it has not stopped by then.

    The setting `longest` is the tests' own: how many seconds a request may take.
    """
    longest = settings.pop("longest", LONGEST)
    port = free_port()
    given = {"index": str(index), "port": port, "workers": 2, "rate_limit": "", **settings}
    command = [sys.executable, "-c", PROGRAM, json.dumps(given), str(longest)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"Serving on http://127.0.0.1:{port}/\n"
            yield process, port
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def request(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, {**JSON, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the ids of a server's worker processes."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(child) for child in children.split()]
