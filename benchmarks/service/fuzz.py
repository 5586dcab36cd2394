"""Send the real server what its own description allows and what it does not, by schemathesis.

    python benchmarks/service/fuzz.py --requests 20000

Every address of `/openapi.json` is asked, with the administrator's token and a database for feedback, in all phases of
schemathesis: examples, each boundary of each schema, random requests that fit and that do not, and sequences of
requests. A finding is a 5xx, a status, content type, header or body that the description does not state, a method that
is refused wrongly, or a protected address that answers without the token. The server's own metrics count the requests
and are compared with the description a second time. Leaves with 1 where anything is found.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from program import ROOT, TOKEN, rebuild, request, serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
_SAMPLE = re.compile(r'chatbot_requests_total\{method="(\w+)",route="([^"]+)",status="(\w+)"\} (\d+)')


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000, help="at least so many")
    parser.add_argument(
        "--examples", type=int, default=200, help="random requests of an address in one round"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression of the addresses to ask")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        shutil.copytree(given.corpus, corpus)
        rebuild(corpus, index)
        database = {"CHATBOT_DATABASE_URL": f"sqlite:///{folder}/feedback.db"}
        with serving(index, corpus, 2, database) as (_, port):
            began = time.monotonic()
            failed, round_, asked = False, 0, Counter[tuple[str, str, str]]()
            while sum(asked.values()) < given.requests and not failed:
                failed = not _fuzz(port, given, given.seed + round_, Path(folder))
                round_ += 1
                asked = _asked(port)
            undocumented = _undocumented(port, asked)
            _wait_for_rebuilds(port)
    return _report(asked, undocumented, failed, time.monotonic() - began)


def _fuzz(port: int, given: argparse.Namespace, seed: int, folder: Path) -> bool:
    """Run schemathesis once. Returns whether it found nothing; what it found is printed."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{port}/openapi.json",
        f"--checks={','.join(CHECKS)}",
        f"--phases={given.phases}",
        f"--max-examples={given.examples}",
        f"--seed={seed}",
        f"--header=Authorization: Bearer {TOKEN}",
        "--generation-database=none",
        "--suppress-health-check=all",
        "--continue-on-failure",
        "--workers=2",
        "--warnings=off",
        "--no-color",
    ]
    if given.only:
        command.append(f"--include-path-regex={given.only}")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-8_000:], done.stderr[-2_000:])
    return done.returncode == 0


def _asked(port: int) -> Counter[tuple[str, str, str]]:
    """Return how many requests the server has counted by method, route and status."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
        text = response.read().decode()
    return Counter(
        {(method, route, status): int(count) for method, route, status, count in _SAMPLE.findall(text)}
    )


def _undocumented(port: int, asked: Counter[tuple[str, str, str]]) -> list[str]:
    """Return what was answered and is not in the description; 405 is that of any other method."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as response:
        paths: dict[str, Any] = json.loads(response.read())["paths"]
    stated = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path), status)
        for path, methods in paths.items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }
    found = []
    for method, route, status in asked:
        path = re.sub(r"<[^>]+>", "{}", route)
        elsewhere = route == "other" and status in {"404", "405"}
        if not elsewhere and (method, path, status) not in stated:
            found.append(f"{method} {route}: {status}")
    return sorted(found)


def _wait_for_rebuilds(port: int) -> None:
    """A rebuild outlives the server: let the last one end before its folder goes."""
    while any(
        job["state"] in {"queued", "running"}
        for job in request(port, "GET", "/api/index/rebuilds")[1]["rebuilds"]
    ):
        time.sleep(0.2)


def _report(
    asked: Counter[tuple[str, str, str]], undocumented: list[str], failed: bool, seconds: float
) -> int:
    """Print what was counted. Returns the exit code."""
    statuses: Counter[str] = Counter()
    for (_, _, status), count in asked.items():
        statuses[status] += count
    print(f"requests        {sum(statuses.values()):>9,}   in {seconds:.0f} s")
    print(
        "statuses        " + ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    )
    print(f"addresses       {len({(method, route) for method, route, _ in asked}):>9}")
    errors = sum(count for status, count in statuses.items() if status.startswith("5"))
    print(f"server errors   {errors:>9}")
    print(f"undocumented    {len(undocumented):>9}   {'; '.join(undocumented)}")
    print(f"other findings  {'some' if failed else 'none':>9}")
    return 1 if errors or undocumented or failed else 0


if __name__ == "__main__":
    sys.exit(main())
