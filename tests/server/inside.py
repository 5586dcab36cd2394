"""Run inside the sandbox: starts the service, asks, rebuilds, asks again, stops it, and prints what it found."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

QUESTION = {"message": "What causes hiccups?"}
PATIENCE = 40.0


def main(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the service does, and what the sandbox lets it do."""
    found: dict[str, Any] = {
        "status": _status(),
        "refusals": {folder: _refusal(Path(folder)) for folder in given["folders"]},
        "health before": _exit_code(given["health_check"]),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen(given["command"], stdout=pipe, stderr=pipe, text=True) as server:
        assert server.stdout
        assert server.stderr
        found["said"] = next((line for line in server.stdout if line.startswith("Serving on ")), None)
        if found["said"]:
            found["health"] = _exit_code(given["health_check"])
            found |= _asked_and_rebuilt(given["address"], given["token"])
            found["health after"] = _exit_code(given["health_check"])
        server.terminate()
        found["log"] = server.stderr.read().splitlines()
        found["exit"] = server.wait(20)
    return found


def _asked_and_rebuilt(address: str, token: str) -> dict[str, Any]:
    """Return an answer, how a rebuild ended, and an answer from the version that it published."""

    def call(path: str, body: Any = None) -> tuple[Any, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address + path, data, headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.headers, json.load(response)

    _, first = call("/api/chat", QUESTION)
    headers, job = call("/api/index/rebuild", {"force": True})
    deadline = time.monotonic() + PATIENCE
    while job["state"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.05)
        _, job = call(headers["Location"])
    _, second = call("/api/chat", QUESTION)
    while second["index"]["version"] != job["version"] and time.monotonic() < deadline:
        time.sleep(0.05)
        _, second = call("/api/chat", QUESTION)
    return {"first": first, "job": job, "second": second}


def _status() -> dict[str, str]:
    """Return what the kernel says of this process."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _refusal(folder: Path) -> int | None:
    """Return the number of the error that a file in a folder meets with; None where it can be written."""
    try:
        (folder / "written").touch(exist_ok=False)
    except OSError as error:
        return error.errno
    (folder / "written").unlink()
    return None


def _exit_code(command: list[str]) -> int:
    """Return how a command ends."""
    return subprocess.run(command, stderr=subprocess.DEVNULL, timeout=20).returncode


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
