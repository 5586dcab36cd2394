"""How long a visitor waits for an answer, beside Haystack's in-memory BM25 behind the same kind of route.

    pip install -r benchmarks/service/requirements.txt
    python benchmarks/service/beside_haystack.py --questions 1000

One server holds both: `POST /api/chat`, and a route that reads the same body in the same way and gives Haystack's best
three passages as JSON. Haystack ranks the very passages of the index (title, headings, list introduction and text) as
it is set out of the box; it neither corrects, nor triages, nor says that it does not know. The same distinct questions,
one in five misspelt, are asked of both in turns by clients that wait for each answer. Prints the latencies.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from program import ROOT, rebuild
from throughput import questions

SERVER = """
import json, os, sys
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from chatbot.server import answers, serve
from chatbot.server.body import read_json
from chatbot.settings import load

make = serve.create_app

def with_haystack(settings, bots):
    app, index = make(settings, bots), bots.current().index
    store = InMemoryDocumentStore(shared=False)
    documents = []
    for number in range(len(index)):
        stored = index.passage(number)
        context = stored.context[0] if stored.context else ""
        parts = (index.document(stored.document).title, *stored.section, context, stored.text)
        documents.append(Document(id=str(number), content=chr(10).join(filter(None, parts))))
    store.write_documents(documents)

    def answer():
        best = store.bm25_retrieval(read_json()["message"], top_k=3)
        return answers.json_answer([{"text": found.content, "score": float(found.score)} for found in best])

    app.add_url_rule("/haystack", "haystack", answer, methods=["POST"])
    return app

serve.create_app = with_haystack
serve.serve(load(json.loads(sys.argv[1]), {}))
"""


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder, "index")
        rebuild(given.corpus, index)
        asked = questions(index, given.questions)
        with served(index, given.workers) as port:
            for clients in given.clients:
                measure(port, asked, given.rounds, clients)
    return 0


@contextmanager
def served(index: Path, workers: int) -> Iterator[int]:
    """Serve an index with Haystack beside it; gives the port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    settings = {"index": str(index), "port": port, "workers": workers, "rate_limit": ""}
    command = [sys.executable, "-c", SERVER, json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            if not process.stdout or not process.stdout.readline().startswith("Serving on"):
                raise SystemExit("the server did not start; is Haystack installed?")
            yield port
        finally:
            process.terminate()
            process.wait(30)


def measure(port: int, asked: Sequence[str], rounds: int, clients: int) -> None:
    """Print the latencies of both, asked in turns."""
    paths = {"/api/chat": "chatbot", "/haystack": "Haystack BM25"}
    seconds: dict[str, list[float]] = {path: [] for path in paths}
    for path in paths:
        timed(port, path, asked[: len(asked) // 10], clients)
    share = -(-len(asked) // rounds)
    for number in range(rounds):
        part = asked[number * share : (number + 1) * share]
        for path in paths if number % 2 else reversed(paths):
            seconds[path] += timed(port, path, part, clients)
    print(f"{clients} at a time")
    medians = {}
    for path, name in paths.items():
        cuts = statistics.quantiles(seconds[path], n=100)
        medians[path] = cuts[49], cuts[98]
        print(
            f"  {name:14} p50 {cuts[49] * 1e3:7.2f} ms   p99 {cuts[98] * 1e3:7.2f} ms   ({len(seconds[path])} answers)"
        )
    ours, theirs = medians.values()
    print(f"  ratio          p50 {ours[0] / theirs[0]:7.2f}      p99 {ours[1] / theirs[1]:7.2f}")


def timed(port: int, path: str, asked: Sequence[str], clients: int) -> list[float]:
    """Ask over so many kept connections. Returns the seconds of each answer."""
    waiting = iter(asked)
    lock = threading.Lock()
    each: list[float] = []

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with lock:
                question = next(waiting, None)
            if question is None:
                connection.close()
                return
            body = json.dumps({"message": question})
            begin = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            each.append(time.perf_counter() - begin)
            if response.status != 200:
                raise SystemExit(f"{path}: status {response.status}")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return each


if __name__ == "__main__":
    sys.exit(main())
