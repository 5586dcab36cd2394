"""Rebuild and roll back again and again under load while workers are killed: is any answer wrong, any request lost?

    python benchmarks/service/endurance.py --rebuilds 100 --rollbacks 20 --seconds 300

One document names a number that is another at every rebuild. An answer is right when it quotes the number of the very
version that it says it comes from, or, for the other documents, the very slice of the file that it cites. A request
may fail only if a worker was killed while it was under way. Prints what happened; leaves with 1 where that does not
hold.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from program import ROOT, rebuild, request, serving, workers_of

BEACON = "beacon.md"
QUESTION = "What is the number of the beacon?"
FIXED = (
    "What is palatal myoclonus?",
    "waht causes myoclonus",
    "how is myoclonus treated?",
    "are hiccups a kind of myoclonus?",
    "how is it diagnosed",
    "what is cortical myoclonus",
)
SLACK = 0.3
"""Seconds between a kill and the moment at which it is noticed."""


@dataclass
class Record:
    """What was seen; lists are appended to by many threads."""

    numbers: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failed: list[tuple[float, float, str]] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    rebuilds: Counter[str] = field(default_factory=Counter)
    rollbacks: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def unexplained(self) -> list[str]:
        """Return the failures that no kill explains."""
        return [
            what
            for begin, end, what in self.failed
            if not any(begin - SLACK <= kill <= end + SLACK for kill in self.kills)
        ]

    def mixed_up(self) -> list[str]:
        """Return the answers that quote another version's number."""
        return [
            f"version {version} answered {number}, not {self.numbers.get(version)}"
            for version, number in self.answers
            if self.numbers.get(version) != number
        ]


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rebuilds", type=int, default=100)
    parser.add_argument("--rollbacks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60, help="at least so long")
    parser.add_argument("--kill-every", type=float, default=2.0, help="seconds; 0: never")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    given = parser.parse_args()
    record = Record()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        shutil.copytree(given.corpus, corpus)
        (corpus / "_questions.jsonl").unlink(missing_ok=True)
        write_beacon(corpus, 1_000)
        rebuild(corpus, index)
        with serving(index, corpus, given.workers) as (process, port):
            record.numbers[request(port, "GET", "/api/index")[1]["version"]] = 1_000
            rate = capacity(port, given.clients) / 2
            print(f"capacity about {2 * rate:.0f} answers a second; asking {rate:.0f}", flush=True)
            run(given, record, process, port, corpus, rate)
        left = [path.name for path in (index / "versions").iterdir() if path.name.startswith(".")]
    return report(record, left)


def run(
    given: argparse.Namespace,
    record: Record,
    process: subprocess.Popen[str],
    port: int,
    corpus: Path,
    rate: float,
) -> None:
    """Ask, kill, rebuild and roll back at once, until the rebuilds are done and the time is over."""
    threads = [
        threading.Thread(target=ask, args=(record, port, corpus, given.clients / rate, number))
        for number in range(given.clients)
    ]
    if given.kill_every:
        threads.append(threading.Thread(target=kill, args=(record, process, given.kill_every)))
    began = time.monotonic()
    for thread in threads:
        thread.start()
    every = max(1, given.rebuilds // max(1, given.rollbacks))
    for number in range(1, given.rebuilds + 1):
        rebuild_once(record, port, corpus, 1_000 + number)
        if number % every == 0 and record.rollbacks < given.rollbacks:
            roll_back(record, port)
        behind = began + given.seconds * number / given.rebuilds - time.monotonic()
        time.sleep(max(0.0, behind))
    record.done.set()
    for thread in threads:
        thread.join()


def capacity(port: int, clients: int, seconds: float = 3.0) -> float:
    """Return how many answers a second there are when every client asks as fast as it can."""
    counts = [0] * clients
    end = time.monotonic() + seconds

    def hurry(number: int) -> None:
        for question in itertools.cycle(FIXED):
            if time.monotonic() > end:
                return
            request(port, "POST", "/api/chat", {"message": question})
            counts[number] += 1

    threads = [threading.Thread(target=hurry, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def ask(record: Record, port: int, corpus: Path, every: float, seed: int) -> None:
    """Ask at a constant rate and check each answer."""
    chance = random.Random(seed)
    due = time.monotonic() + chance.random() * every
    while not record.done.is_set():
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + every, time.monotonic() - 1)
        question = QUESTION if chance.random() < 0.5 else chance.choice(FIXED)
        begin = time.monotonic()
        try:
            status, reply = request(port, "POST", "/api/chat", {"message": question})
        except (OSError, http.client.HTTPException, ValueError) as error:
            record.failed.append((begin, time.monotonic(), f"{type(error).__name__}: {error}"))
            continue
        record.seconds.append(time.monotonic() - begin)
        if status != 200:
            record.wrong.append(f"status {status}: {reply}")
        else:
            check(record, corpus, question, reply)


def check(record: Record, corpus: Path, question: str, reply: dict[str, Any]) -> None:
    """Note what is wrong with an answer."""
    if question == QUESTION:
        found = re.search(r"number of the beacon is (\d+)", reply["text"])
        if reply["kind"] == "answer" and found:
            record.answers.append((reply["index"]["version"], int(found[1])))
            return
    elif reply["kind"] == "answer" and all(is_slice(corpus, passage) for passage in reply["passages"]):
        return
    record.wrong.append(f"{question}: {reply['kind']}: {reply['text'][:200]}")


def is_slice(corpus: Path, passage: dict[str, Any]) -> bool:
    """Return whether a passage is the slice of its document that it cites."""
    cited = passage["citation"]
    text = (corpus / cited["document"]).read_bytes().decode("utf-8")
    return cited["document"] == BEACON or text[cited["start"] : cited["end"]] == passage["text"]


def kill(record: Record, process: subprocess.Popen[str], every: float) -> None:
    """Kill one worker after the other, without a warning."""
    while not record.done.wait(every):
        if workers := workers_of(process):
            record.kills.append(time.monotonic())
            os.kill(random.choice(workers), signal.SIGKILL)


def rebuild_once(record: Record, port: int, corpus: Path, number: int) -> None:
    """Change the number, ask for a rebuild, and follow it to its end."""
    write_beacon(corpus, number)
    status, job = 0, {}
    while status != 202:
        status, job = insist(port, "POST", "/api/index/rebuild", {"force": True})
        if status == 409:  # the answer to an earlier try was lost with its worker
            status, listed = insist(port, "GET", "/api/index/rebuilds")
            job = listed["rebuilds"][0]
            break
    while job["state"] in {"queued", "running"}:
        time.sleep(0.1)
        job = insist(port, "GET", f"/api/index/rebuilds/{job['id']}")[1]
    record.rebuilds[job["state"]] += 1
    if job["state"] == "published":
        record.numbers[job["version"]] = number
    else:
        record.wrong.append(f"rebuild: {job}")


def roll_back(record: Record, port: int) -> None:
    """Go back to the version before."""
    status, body = insist(port, "POST", "/api/index/rollback")
    if status == 200:
        record.rollbacks += 1
    else:
        record.wrong.append(f"rollback: {status} {body}")


def insist(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request of the operator again while workers are killed under it."""
    for _ in range(50):
        try:
            return request(port, method, path, body)
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.05)
    raise SystemExit(f"{method} {path}: no answer")


def write_beacon(corpus: Path, number: int) -> None:
    """Write the document whose number changes, by one rename."""
    text = f"# The beacon\n\n## What is the number of the beacon?\n\nThe number of the beacon is {number}.\n"
    beside = corpus / f".{BEACON}"
    beside.write_text(text, "utf-8")
    beside.replace(corpus / BEACON)


def report(record: Record, left: list[str]) -> int:
    """Print what happened. Returns the exit code."""
    unexplained, mixed = record.unexplained(), record.mixed_up()
    cuts = statistics.quantiles(record.seconds, n=100)
    print(
        f"answers            {len(record.seconds):>7}   p50 {cuts[49] * 1e3:.1f} ms   p99 {cuts[98] * 1e3:.1f} ms"
    )
    print(f"rebuilds           {sum(record.rebuilds.values()):>7}   {dict(record.rebuilds)}")
    print(f"rollbacks          {record.rollbacks:>7}")
    print(f"workers killed     {len(record.kills):>7}")
    print(f"lost with a worker {len(record.failed) - len(unexplained):>7}")
    print(f"failed otherwise   {len(unexplained):>7}")
    print(f"wrong              {len(record.wrong) + len(mixed):>7}")
    for line in (*unexplained[:5], *record.wrong[:5], *mixed[:5], *(f"left behind: {name}" for name in left)):
        print(f"  {line}")
    return 1 if unexplained or record.wrong or mixed or left else 0


if __name__ == "__main__":
    sys.exit(main())
