"""The project's own server over its shipped corpus, and the browser that looks at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chatbot.index.rebuild import rebuild_index

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run the server on a free port, with variables of its environment; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        rebuild_index(ROOT / "corpus", Path(folder) / "index")
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = str(found.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "chatbot",
            "serve",
            "--index",
            "index",
            "--port",
            port,
            "--workers",
            "1",
        ]
        environment = {**os.environ, **(settings or {})}
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                if not (process.stdout and process.stdout.readline().startswith("Serving on")):
                    sys.exit("the server did not start")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def chromium() -> str:
    """Return the browser's program."""
    names = (os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        sys.exit("Chromium is missing: install it, or name it in the variable CHROMIUM")
    return found
