"""Serve an hour of mixed load and watch the memory of each worker: is it flat?

    python benchmarks/service/memory.py --minutes 60

Everything that visitors and operators ask is asked, at a low rate: questions of all kinds with and without a history,
misspelt, long and wrong ones, streams in the OpenAI format, documents and their pages, feedback, metrics, and a rebuild
that is published every few minutes. A worker's memory is its proportional set size (what it shares counts by its
share), read from the kernel every ten seconds. After the first minutes the mean of each later stretch has to stay
within 5 % of the first one's. Prints a line a stretch; leaves with 1 where a worker grew or was replaced.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from program import ROOT, rebuild, request, serving, workers_of
from throughput import questions

ALLOWED = 0.05
"""By how much the mean of a later stretch may differ from that of the first after the warm-up."""
EVERY = 10.0
"""Seconds between two readings."""


@dataclass
class Record:
    """What was seen: readings of each worker's memory in MB, and what was answered."""

    readings: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    rebuilds: int = 0
    done: threading.Event = field(default_factory=threading.Event)


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=10, help="minutes that do not count")
    parser.add_argument("--stretches", type=int, default=5, help="of the time after the warm-up")
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    parser.add_argument("--rebuild-every", type=float, default=5, help="minutes; 0: never")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    given = parser.parse_args()
    record = Record()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        shutil.copytree(given.corpus, corpus)
        rebuild(corpus, index)
        asked = questions(index, 3_000)
        more = {"CHATBOT_DATABASE_URL": f"sqlite:///{folder}/feedback.db"}
        with serving(index, corpus, given.workers, more) as (process, port):
            threads = [
                threading.Thread(target=visit, args=(record, port, asked, 4 / given.rate, number))
                for number in range(4)
            ]
            if given.rebuild_every:
                threads.append(
                    threading.Thread(target=publish, args=(record, port, corpus, 60 * given.rebuild_every))
                )
            for thread in threads:
                thread.start()
            began = time.monotonic()
            while (passed := time.monotonic() - began) < 60 * given.minutes:
                for worker in workers_of(process):
                    record.readings.setdefault(worker, []).append((passed, megabytes(worker)))
                time.sleep(EVERY)
            record.done.set()
            for thread in threads:
                thread.join()
    return report(record, given)


def megabytes(process: int) -> float:
    """Return the proportional set size of a process."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1_000
    raise SystemExit(f"the kernel does not tell the memory of {process}")


def visit(record: Record, port: int, asked: list[str], every: float, seed: int) -> None:
    """Ask one thing after the other, of all kinds, until it is over."""
    chance = random.Random(seed)
    due = time.monotonic() + chance.random() * every
    for method, path, body in kinds_of_requests(port, asked, chance):
        if record.done.is_set():
            return
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + every, time.monotonic() - 1)
        record.statuses[sent(port, method, path, body)[0]] += 1


def kinds_of_requests(port: int, asked: list[str], chance: random.Random) -> Iterator[tuple[str, str, Any]]:
    """Yield what is asked, without an end."""
    names = [entry["document"] for entry in request(port, "GET", "/api/documents")[1]["documents"]]
    history: list[dict[str, Any]] = []
    while True:
        question = chance.choice(asked)
        kind = chance.random()
        if kind < 0.6:
            body = {"message": question, "history": history, "limit": chance.randint(1, 10)}
            yield "POST", "/api/chat", body
            history = [
                *history[-6:],
                {"role": "user", "content": question},
                {"role": "assistant", "content": question},
            ]
        elif kind < 0.66:
            history = []
            yield "POST", "/api/chat", {"message": question * 20, "explain": True, "limit": 10}
        elif kind < 0.72:
            yield (
                "POST",
                "/api/chat",
                {"message": "".join(chr(chance.randint(32, 0x2FFF)) for _ in range(200))},
            )
        elif kind < 0.76:
            yield "POST", "/api/chat", {"message": chance.choice(_DANGER)}
        elif kind < 0.8:
            yield "POST", "/api/chat", {"message": ["wrong"]}
        elif kind < 0.86:
            said = {"messages": [{"role": "user", "content": question}], "stream": chance.random() < 0.5}
            yield "POST", "/v1/chat/completions", said
        elif kind < 0.9:
            yield "GET", f"/api/documents/{chance.choice(names)}", None
        elif kind < 0.94:
            yield "GET", f"/documents/{chance.choice(names)}", None
        elif kind < 0.97:
            reply = json.loads(sent(port, "POST", "/api/chat", {"message": question})[1])
            yield "POST", "/api/feedback", {"reply": reply["id"], "helpful": chance.random() < 0.5}
        else:
            yield (
                "GET",
                chance.choice(["/", "/metrics", "/widget.js", "/api/widget", "/api/documents", "/nothing"]),
                None,
            )


_DANGER = (
    "I have crushing chest pain",
    "I want to die",
    "should I stop taking my tablets?",
    "hello",
    "is it dangerous?",
)


def sent(port: int, method: str, path: str, body: Any) -> tuple[int, bytes]:
    """Send one request. Returns the status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def publish(record: Record, port: int, corpus: Path, every: float) -> None:
    """Publish a new version now and then."""
    while not record.done.wait(every):
        note = corpus / "note.md"
        note.write_text(f"# A note\n\nThis is note number {record.rebuilds} of the archive.\n", "utf-8")
        status, _ = request(port, "POST", "/api/index/rebuild", {"force": True})
        record.rebuilds += status == 202


def report(record: Record, given: argparse.Namespace) -> int:
    """Print each worker's memory, stretch by stretch. Returns the exit code."""
    start, end = 60 * given.warm_up, 60 * given.minutes
    length = (end - start) / given.stretches
    print(f"requests   {sum(record.statuses.values()):>7,}   {dict(sorted(record.statuses.items()))}")
    print(f"rebuilds   {record.rebuilds:>7}")
    grown = False
    for worker, readings in record.readings.items():
        means = []
        for number in range(given.stretches):
            since = start + number * length
            inside = [size for passed, size in readings if since <= passed < since + length]
            means.append(statistics.mean(inside) if inside else 0.0)
        first = readings[0][1]
        print(f"worker {worker}: at first {first:.1f} MB, then " + ", ".join(f"{mean:.1f}" for mean in means))
        change = [mean / means[0] - 1 if means[0] else 1.0 for mean in means]
        most = max(change, key=abs)
        print(f"  differs by at most {most:+.1%} from the first {length / 60:.0f} minutes after the warm-up")
        grown = grown or abs(most) > ALLOWED
    replaced = len(record.readings) != given.workers
    if replaced:
        print(f"  {len(record.readings)} workers were seen, not {given.workers}")
    wrong = any(status >= 500 for status in record.statuses)
    return 1 if grown or replaced or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
