"""Rebuild and roll back again and again under load while the worst happens: is any answer wrong, any request lost?

    python benchmarks/service/endurance.py --load locust --rebuilds 100 --rollbacks 20 --full-disks 5 --flipped-bits 10

Meanwhile a worker is killed every two seconds, the disk of the index is filled up during some rebuilds, and a bit of a
new or of an earlier version is flipped. The index lies on a small disk in memory of its own, which takes Linux and the
right to mount one (`unshare` from util-linux).

The server is asked at half the rate that it can answer. One document names a number that is another at every rebuild:
an answer is right when it quotes the number of the very version that it says it comes from, or, for the other
documents, is what was answered before anything happened, each passage the very slice of the file that it cites. A
request may fail only if a worker was killed while it was under way. Prints what happened; leaves with 1 where that
does not hold.

`--load locust` asks with Locust (pip install -r benchmarks/service/requirements.txt), `--load threads` with threads of
this program, each request on a connection of its own.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
SLACK = 0.05
"""Seconds between the end of a killed worker and the moment at which it is noticed."""
DISK = 24
"""MiB of the disk that the index lies on."""
CHECKED = 12
"""Of the editors' questions that a rebuild whose bit is flipped asks, so that there is a while to flip it in."""


@dataclass
class Record:
    """What was seen; lists are appended to by many threads."""

    numbers: dict[str, int] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)
    """When what was answered was asked, and from which version it was answered."""
    lives: list[tuple[float, str]] = field(default_factory=list)
    """When each version was seen to be live."""
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failed: list[tuple[float, float, str]] = field(default_factory=list)
    kills: list[tuple[float, float]] = field(default_factory=list)
    """From when to when a killed worker was dying."""
    ended: Counter[str] = field(default_factory=Counter)
    done: threading.Event = field(default_factory=threading.Event)

    def unexplained(self) -> list[str]:
        """Return the failures that no kill explains."""
        return [
            what
            for begin, end, what in self.failed
            if not any(begin - SLACK <= dead and dying <= end + SLACK for dying, dead in self.kills)
        ]

    def behind(self, seconds: float) -> list[str]:
        """Return the answers from a version that had been replaced for longer than so many seconds."""
        found = []
        for begin, version in self.asked:
            recent = {name for since, name in self.lives if since > begin - seconds}
            earlier = [name for since, name in self.lives if since <= begin - seconds]
            if version not in recent and earlier and version != earlier[-1]:
                found.append(f"version {version} answered {seconds:g} seconds after it was replaced")
        return found

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
    parser.add_argument("--full-disks", type=int, default=0)
    parser.add_argument("--flipped-bits", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60, help="at least so long")
    parser.add_argument("--kill-every", type=float, default=2.0, help="seconds; 0: never")
    parser.add_argument(
        "--follow-within", type=float, default=1.0, help="seconds in which a new version is followed"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--load", choices=("threads", "locust"), default="threads")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    given = parser.parse_args()
    if given.full_disks and "ENDURANCE_MOUNTS" not in os.environ:
        return in_own_mounts()
    record = Record()
    with tempfile.TemporaryDirectory() as folder, disk(Path(folder, "index"), given.full_disks > 0) as index:
        corpus = Path(folder, "corpus")
        shutil.copytree(given.corpus, corpus)
        questions = corpus / "_questions.jsonl"
        some = questions.read_text("utf-8").splitlines()[:CHECKED] if questions.is_file() else []
        questions.unlink(missing_ok=True)
        write_beacon(corpus, 1_000)
        rebuild(corpus, index)
        with serving(index, corpus, given.workers) as (process, port):
            record.numbers[request(port, "GET", "/api/index")[1]["version"]] = 1_000
            record.before |= {
                asked: shown(request(port, "POST", "/api/chat", {"message": asked})[1]) for asked in FIXED
            }
            rate = capacity(port, given.clients) / 2
            print(f"capacity about {2 * rate:.0f} answers a second; asking {rate:.0f}", flush=True)
            operator = Operator(record, port, corpus, index, some)
            run(given, operator, process, rate, Path(folder))
        left = [path.name for path in (index / "versions").iterdir() if path.name.startswith(".")]
    return report(record, left, given.follow_within)


def in_own_mounts() -> int:
    """Run this again where it may mount a disk that nobody else sees. Returns its exit code."""
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", "--mount", *rights, "--", sys.executable, *sys.argv]
    try:
        return subprocess.run(command, env={**os.environ, "ENDURANCE_MOUNTS": "own"}, check=False).returncode
    except FileNotFoundError:
        raise SystemExit("--full-disks needs unshare, of util-linux") from None


@contextmanager
def disk(folder: Path, small: bool) -> Iterator[Path]:
    """Give a folder, on a small disk of its own where that is asked for."""
    folder.mkdir()
    if not small:
        yield folder
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def run(
    given: argparse.Namespace, operator: Operator, process: subprocess.Popen[str], rate: float, folder: Path
) -> None:
    """Ask, kill, rebuild and roll back at once, until the rebuilds are done and the time is over."""
    record = operator.record
    asking = by_locust if given.load == "locust" else by_threads
    threads = asking(record, operator.port, operator.corpus, given.clients, rate, folder)
    if given.kill_every:
        threads.append(threading.Thread(target=kill, args=(record, process, given.kill_every)))
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for number, tasks in enumerate(plan(given, operator), 1):
        for task in tasks:
            task()
        behind = began + given.seconds * number / given.rebuilds - time.monotonic()
        time.sleep(max(0.0, behind))
    record.done.set()
    for thread in threads:
        thread.join()


def plan(given: argparse.Namespace, operator: Operator) -> Iterator[list[Callable[[], None]]]:
    """Yield what the operator does, a rebuild that is to be published at a time and whatever comes with it."""
    for number in range(1, given.rebuilds + 1):
        tasks = [operator.rebuild]
        if due(number, given.rollbacks, given.rebuilds):
            tasks.append(operator.roll_back)
        if due(number, given.full_disks, given.rebuilds):
            tasks.append(operator.fill_the_disk)
        if due(number, given.flipped_bits, given.rebuilds):
            flips = operator.record.ended["flipped"] + operator.record.ended["flipped earlier"]
            tasks.append(operator.flip_earlier if flips % 2 else operator.flip_new)
        yield tasks


def due(number: int, times: int, of: int) -> bool:
    """Whether something that is to happen so many times happens now."""
    return number * times // of > (number - 1) * times // of


def capacity(port: int, clients: int, seconds: float = 3.0) -> float:
    """Return how many answers a second there are when every client asks as fast as it can."""
    counts = [0] * clients
    end = time.monotonic() + seconds

    def hurry(number: int) -> None:
        for question in itertools.cycle((QUESTION, *FIXED)):
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


# ---------------------------------------------------------------------- the visitors


def by_threads(
    record: Record, port: int, corpus: Path, clients: int, rate: float, _: Path
) -> list[threading.Thread]:
    """Return threads that ask at a constant rate."""
    return [
        threading.Thread(target=ask, args=(record, port, corpus, clients / rate, number))
        for number in range(clients)
    ]


def by_locust(
    record: Record, port: int, corpus: Path, clients: int, rate: float, folder: Path
) -> list[threading.Thread]:
    """Return a thread in which Locust asks at a constant rate; what it got is looked at afterwards."""
    return [
        threading.Thread(target=locust, args=(record, port, corpus, clients, rate, folder / "asked.jsonl"))
    ]


def locust(record: Record, port: int, corpus: Path, clients: int, rate: float, got: Path) -> None:
    """Run Locust until it is over, and look at each answer."""
    options = {
        "-f": Path(__file__).with_name("locustfile.py"),
        "--host": f"http://127.0.0.1:{port}",
        "--users": 4 * clients,
        "--spawn-rate": 4 * clients,
        "--loglevel": "ERROR",
    }
    environment = {
        **os.environ,
        "ENDURANCE_GOT": str(got),
        "ENDURANCE_EVERY": str(4 * clients / rate),
        "ENDURANCE_QUESTIONS": json.dumps([QUESTION, *FIXED]),
    }
    command = [
        sys.executable,
        "-m",
        "locust",
        "--headless",
        "--only-summary",
        *map(str, itertools.chain(*options.items())),
    ]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        while not record.done.wait(0.2) and process.poll() is None:
            pass
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    if not got.is_file():
        record.wrong.append(f"Locust asked nothing: {said[-500:]}")
        return
    with got.open(encoding="utf-8") as lines:
        for line in lines:
            seen(record, corpus, *json.loads(line))


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
            seen(record, corpus, question, begin, time.monotonic(), 0, f"{type(error).__name__}: {error}")
        else:
            seen(record, corpus, question, begin, time.monotonic(), status, reply)


def seen(
    record: Record, corpus: Path, question: str, begin: float, end: float, status: int, reply: Any
) -> None:
    """Note what came of a question: status 0 is none, `reply` then what went wrong."""
    if status == 0:
        record.failed.append((begin, end, reply))
        return
    record.seconds.append(end - begin)
    if status == 200:
        record.asked.append((begin, reply["index"]["version"]))
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
    elif shown(reply) == record.before[question] and all(
        is_slice(corpus, passage) for passage in reply["passages"]
    ):
        return
    record.wrong.append(f"{question}: {reply['kind']}: {reply['text'][:200]}")


def shown(reply: dict[str, Any]) -> str:
    """Return what a visitor sees of a reply."""
    return json.dumps([reply["kind"], reply["text"], [passage["text"] for passage in reply["passages"]]])


def is_slice(corpus: Path, passage: dict[str, Any]) -> bool:
    """Return whether a passage is the slice of its document that it cites."""
    cited = passage["citation"]
    text = (corpus / cited["document"]).read_bytes().decode("utf-8")
    return cited["document"] == BEACON or text[cited["start"] : cited["end"]] == passage["text"]


# ---------------------------------------------------------------------- what happens


def kill(record: Record, process: subprocess.Popen[str], every: float) -> None:
    """Kill one worker after the other, without a warning."""
    while not record.done.wait(every):
        if workers := workers_of(process):
            worker = random.choice(workers)
            dying = time.monotonic()
            os.kill(worker, signal.SIGKILL)
            while lives(worker):
                time.sleep(0.002)
            record.kills.append((dying, time.monotonic()))


def lives(process: int) -> bool:
    """Whether a process is still there: what it holds open is closed when it ends, not when it is killed."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


@dataclass
class Operator:
    """Rebuilds and rolls back over HTTP, and does the worst to the index's disk; `some` are editors' questions."""

    record: Record
    port: int
    corpus: Path
    index: Path
    some: list[str]
    number: int = 1_000

    def rebuild(self) -> None:
        """Change the number, ask for a rebuild, and follow it to its end."""
        job = self._rebuilt()
        self.record.ended[job["state"]] += 1
        if job["state"] == "published":
            self._published(job)
        else:
            self.record.wrong.append(f"rebuild: {job}")

    def roll_back(self) -> None:
        """Go back to the version before: named, since it is asked again where the answer is lost with its worker."""
        live = self._live()
        name = self._before(live)
        status, body = self._insist("POST", "/api/index/rollback", {"version": name})
        if status == 200 and body["version"] == self._live() == name:
            self.record.lives.append((time.monotonic(), body["version"]))
            self.record.ended["rolled back"] += 1
        else:
            self.record.wrong.append(f"rollback: {status} {body}")

    def fill_the_disk(self) -> None:
        """Fill the disk up once a rebuild has begun: it fails, and what is live stays and can be rolled back later."""
        live = self._live()
        filler = self.index / "filler"

        def fill(_: dict[str, Any]) -> None:
            with filler.open("ab", buffering=0) as file:
                for piece in (b"\0" * 65_536, b"\0"):
                    try:
                        while True:
                            file.write(piece)
                    except OSError:
                        pass

        job = self._rebuilt(fill)
        fill(job)  # what the rebuild had written is gone again
        status, refused = self._insist("POST", "/api/index/rebuild", {"force": True})
        if status in {202, 409}:  # what it forgot to make room for itself was just enough to begin
            again = self._ended(self._insist("GET", "/api/index/rebuilds")[1]["rebuilds"][0])
            status = 503 if again["state"] == "failed" else status
        filler.unlink()
        told = job["state"] == "failed" and "disk is full" in job["error"]
        if not told or status != 503 or self._live() != live:
            self.record.wrong.append(f"full disk: {job}; {status} {refused}; {live} → {self._live()}")
        self.record.ended["full"] += 1

    def flip_new(self) -> None:
        """Flip a bit of a version that is being written: it is not published, and what is live stays."""
        live = self._live()
        questions = self.corpus / "_questions.jsonl"
        questions.write_text("\n".join(self.some) + "\n", "utf-8")
        flipped: list[Path] = []

        def flip(_: dict[str, Any]) -> None:
            until = time.monotonic() + 60
            while not flipped and time.monotonic() < until:
                written = [
                    path.parent for path in (self.index / "versions").glob(".building-*/manifest.json")
                ]
                flipped.extend(flip_bit(random.choice(data_files(folder))) for folder in written)

        job = self._rebuilt(flip)
        questions.unlink()
        if not flipped or job["state"] != "failed" or "SHA-256" not in job["error"] or self._live() != live:
            self.record.wrong.append(f"flipped bit: {flipped} {job}; {live} → {self._live()}")
        self.record.ended["flipped"] += 1

    def flip_earlier(self) -> None:
        """Flip a bit of the version before the live one: there is no way back to it, and what is live stays."""
        live = self._live()
        earlier = [
            version["version"] for version in self._insist("GET", "/api/index/versions")[1]["versions"]
        ]
        name = max(version for version in earlier if version < live)
        place = flip_bit(random.choice(data_files(self.index / "versions" / name)))
        status, refused = self._insist("POST", "/api/index/rollback", {"version": name})
        flip_bit(place)
        if status != 503 or self._live() != live:
            self.record.wrong.append(f"flipped bit: {place} {status} {refused}; {live} → {self._live()}")
        self.record.ended["flipped earlier"] += 1

    def _before(self, live: str) -> str:
        """Return the version before the live one."""
        listed = self._insist("GET", "/api/index/versions")[1]["versions"]
        return max(version["version"] for version in listed if version["version"] < live)

    def _rebuilt(self, meanwhile: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
        """Change the number, ask for a rebuild, do something meanwhile. Returns the job as it ended."""
        self.number += 1
        write_beacon(self.corpus, self.number)
        status, job = 0, {}
        while status != 202:
            status, job = self._insist("POST", "/api/index/rebuild", {"force": True})
            if status == 409:  # the answer to an earlier try was lost with its worker
                job = self._insist("GET", "/api/index/rebuilds")[1]["rebuilds"][0]
                break
        if meanwhile:
            meanwhile(job)
        return self._ended(job)

    def _ended(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for the end of a rebuild."""
        while job["state"] in {"queued", "running"}:
            time.sleep(0.1)
            job = self._insist("GET", f"/api/index/rebuilds/{job['id']}")[1]
        return job

    def _published(self, job: dict[str, Any]) -> None:
        self.record.numbers[job["version"]] = self.number
        self.record.lives.append((time.monotonic(), job["version"]))

    def _live(self) -> str:
        return str(json.loads((self.index / "current.json").read_bytes())["version"])

    def _insist(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request of the operator again while workers are killed under it."""
        for _ in range(50):
            try:
                return request(self.port, method, path, body)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
        raise SystemExit(f"{method} {path}: no answer")


def data_files(version: Path) -> list[Path]:
    """Return the files of a version that hold anything, but not the manifest."""
    return [path for path in version.iterdir() if path.suffix in {".bin", ".npy"} and path.stat().st_size]


def flip_bit(path: Path) -> Path:
    """Flip the lowest bit in the middle of a file. Returns the file."""
    with path.open("r+b") as file:
        place = path.stat().st_size // 2
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))
    return path


def write_beacon(corpus: Path, number: int) -> None:
    """Write the document whose number changes, by one rename."""
    text = f"# The beacon\n\n## What is the number of the beacon?\n\nThe number of the beacon is {number}.\n"
    beside = corpus / f".{BEACON}"
    beside.write_text(text, "utf-8")
    beside.replace(corpus / BEACON)


def report(record: Record, left: list[str], follow_within: float) -> int:
    """Print what happened. Returns the exit code."""
    unexplained, mixed, behind = record.unexplained(), record.mixed_up(), record.behind(follow_within)
    cuts = statistics.quantiles(record.seconds, n=100)
    print(
        f"answers            {len(record.seconds):>7}   p50 {cuts[49] * 1e3:.1f} ms   p99 {cuts[98] * 1e3:.1f} ms"
    )
    ended = record.ended
    print(f"rebuilds           {ended['published']:>7}")
    print(f"rollbacks          {ended['rolled back']:>7}")
    print(f"disks filled       {ended['full']:>7}")
    print(f"bits flipped       {ended['flipped'] + ended['flipped earlier']:>7}")
    print(f"workers killed     {len(record.kills):>7}")
    print(f"lost with a worker {len(record.failed) - len(unexplained):>7}")
    print(f"failed otherwise   {len(unexplained):>7}")
    print(f"followed too late  {len(behind):>7}")
    print(f"wrong              {len(record.wrong) + len(mixed):>7}")
    remains = [f"left behind: {name}" for name in left]
    for line in (*unexplained[:5], *record.wrong[:5], *mixed[:5], *behind[:5], *remains):
        print(f"  {line}")
    return 1 if unexplained or record.wrong or mixed or behind or left else 0


if __name__ == "__main__":
    sys.exit(main())
