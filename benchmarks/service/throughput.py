"""How many answers a second, beside how many empty JSON responses of the same server with all that surrounds a view.

    python benchmarks/service/throughput.py --questions 2000

The questions are distinct and made from the corpus's own headings; one in five has a misspelt word. Both are asked in
turns over kept connections by clients that wait for each response. Prints the rates, their ratio and the latencies.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from program import ROOT, rebuild

SERVER = """
import json, sys
from chatbot.server import answers, serve
from chatbot.settings import load

make = serve.create_app

def with_an_empty_view(settings, bots):
    app = make(settings, bots)
    app.add_url_rule("/empty", "empty", lambda: answers.json_answer({}))
    return app

serve.create_app = with_an_empty_view
serve.serve(load(json.loads(sys.argv[1]), {}))
"""
ASKED = (
    "what is {}?",
    "what causes {}?",
    "how is {} treated?",
    "tell me about {}",
    "is {} dangerous",
    "who gets {}",
    "how long does {} last?",
    "can {} be cured",
    "what are the symptoms of {}?",
    "how do doctors diagnose {}?",
)


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder, "index")
        rebuild(given.corpus, index)
        asked = questions(index, given.questions)
        with served(index, given.workers) as port:
            measure(port, asked, given.rounds, given.clients)
    return 0


def questions(index: Path, count: int) -> list[str]:
    """Return so many distinct questions about what the index's headings name, one in five misspelt."""
    from chatbot import Chatbot

    opened = Chatbot.open(index).index
    headings = [
        text.rstrip("?").lower()
        for number in range(opened.document_count())
        for _, text, _ in opened.document(number).headings
        if len(text) <= 60
    ]
    subjects = list(dict.fromkeys(headings))
    pairs = [f"{one} and {other}" for one, other in itertools.permutations(subjects, 2)]
    chance = random.Random(7)
    chance.shuffle(pairs)
    made: dict[str, None] = {}
    for subject in (*subjects, *pairs):
        for template in ASKED:
            question = template.format(subject)
            made[misspelt(question, chance) if len(made) % 5 == 4 else question] = None
        if len(made) >= count:
            break
    return list(made)[:count]


def misspelt(question: str, chance: random.Random) -> str:
    """Swap two letters inside the longest word of a question."""
    word = max(question.split(), key=len)
    at = chance.randrange(1, max(2, len(word) - 2))
    return question.replace(word, word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :], 1)


class served:  # noqa: N801
    """Serve an index with an empty view beside the real ones."""

    def __init__(self, index: Path, workers: int) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = int(found.getsockname()[1])
        settings = {"index": str(index), "port": self._port, "workers": workers, "rate_limit": ""}
        self._command = [sys.executable, "-c", SERVER, json.dumps(settings)]

    def __enter__(self) -> int:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout
        if not self._process.stdout.readline().startswith("Serving on"):
            raise SystemExit("the server did not start")
        return self._port

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)


def measure(port: int, asked: Sequence[str], rounds: int, clients: int) -> None:
    """Print the rates of both, asked in turns."""
    chat = [_post(question) for question in asked]
    empty = [b"GET /empty HTTP/1.1\r\nHost: a\r\n\r\n"] * len(chat)
    timed(port, empty[: len(empty) // 4], clients)
    found: dict[str, list[float]] = {"empty": [], "chat": []}
    seconds = {"empty": 0.0, "chat": 0.0}
    share = -(-len(chat) // rounds)
    for number in range(rounds):
        part = slice(number * share, (number + 1) * share)
        for name, requests in (("empty", empty[part]), ("chat", chat[part])):
            took, each = timed(port, requests, clients)
            seconds[name] += took
            found[name] += each
    rates = {name: len(found[name]) / seconds[name] for name in found}
    for name in found:
        cuts = statistics.quantiles(found[name], n=100)
        print(
            f"{name:6} {rates[name]:8.0f} a second   p50 {cuts[49] * 1e3:6.2f} ms   p99 {cuts[98] * 1e3:6.2f} ms"
            f"   ({len(found[name])} requests)"
        )
    print(
        f"ratio  {rates['chat'] / rates['empty']:8.2f}   time of an answer beside an empty response: ", end=""
    )
    print(f"+{(1 / rates['chat'] - 1 / rates['empty']) * 1e3:.2f} ms of the machine")


def timed(port: int, requests: Sequence[bytes], clients: int) -> tuple[float, list[float]]:
    """Send requests over so many kept connections. Returns the seconds of all, and of each."""
    waiting = iter(requests)
    lock = threading.Lock()
    each: list[float] = []

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                with lock:
                    request = next(waiting, None)
                if request is None:
                    return
                begin = time.perf_counter()
                connection.sendall(request)
                status = _read(connection)
                each.append(time.perf_counter() - begin)
                if status != b"200":
                    raise SystemExit(f"status {status.decode()}")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin, each


def _post(question: str) -> bytes:
    body = json.dumps({"message": question}).encode()
    head = (
        f"POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    return head.encode() + b"\r\n\r\n" + body


def _read(connection: socket.socket) -> bytes:
    """Read one response. Returns its status."""
    data = b""
    for piece in _pieces(connection):
        data += piece
        head, end, body = data.partition(b"\r\n\r\n")
        if end:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if len(body) >= int(length):
                return data[9:12]
    raise SystemExit("the server closed the connection")


def _pieces(connection: socket.socket) -> Iterator[bytes]:
    while piece := connection.recv(65_536):
        yield piece


if __name__ == "__main__":
    sys.exit(main())
