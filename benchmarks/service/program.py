"""The real program as a process, and requests to it, each on a connection of its own."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOKEN = "a token for measuring"


@contextmanager
def serving(
    index: Path, corpus: Path, workers: int, more: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve an index on a free port, with `more` settings; gives the process and the port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    settings = {
        "CHATBOT_ADMIN_TOKEN": TOKEN,
        "CHATBOT_CORPUS": str(corpus),
        "CHATBOT_RATE_LIMIT": "",
        "CHATBOT_WORKERS": str(workers),
        **(more or {}),
    }
    command = [sys.executable, "-m", "chatbot", "serve", "--index", str(index), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            if not process.stdout or not process.stdout.readline().startswith("Serving on"):
                raise SystemExit("the server did not start")
            yield process, port
        finally:
            process.terminate()
            process.wait(30)


def rebuild(corpus: Path, index: Path) -> None:
    """Index a folder by the command line."""
    command = [sys.executable, "-m", "chatbot", "rebuild", str(corpus), "--index", str(index)]
    subprocess.run(
        command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )


def request(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one request as the operator. Returns the status and the body's JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the ids of a server's worker processes."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(child) for child in children.split()]
