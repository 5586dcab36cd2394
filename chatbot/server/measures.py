"""What is counted while serving, once for all workers.

The workers share one table in memory, made before they are. Each adds to a part of its own, and a worker that takes
the place of another goes on with its part: a count never falls while the server runs, whatever worker dies, and
nothing has to be cleaned up.
"""

from __future__ import annotations

import bisect
import mmap
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

STATUSES = (200, 202, 204, 304, 308, 400, 401, 404, 405, 409, 413, 415, 422, 429, 500, 503)
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency histogram, in seconds."""
KINDS = ("answer", "refusal", "emergency", "crisis", "no_answer", "clarify", "smalltalk")
ELSEWHERE = ("other", "other")

Route = tuple[str, str]
"""A method and a rule such as `/api/documents/<document>`."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long requests took: how many in each of BUCKETS and above, and their seconds together."""

    counts: tuple[float, ...]
    seconds: float


class Measures:
    """Counters in shared memory. Threads and, after a fork, processes may count at once."""

    def __init__(self) -> None:
        self._statuses = {status: number for number, status in enumerate(STATUSES)}
        self._kinds = {kind: number for number, kind in enumerate(KINDS)}
        self._row = len(STATUSES) + 1 + len(BUCKETS) + 2
        self._lock = threading.Lock()
        self.prepare((), 1)

    def prepare(self, routes: Iterable[Route], parts: int) -> None:
        """Make the table for some routes and so many workers; before there are workers."""
        self._routes = {route: number for number, route in enumerate((*dict.fromkeys(routes), ELSEWHERE))}
        self._part = len(KINDS) + len(self._routes) * self._row
        self._parts = parts
        self._table = memoryview(mmap.mmap(-1, parts * self._part * 8)).cast("d")
        self._base = 0

    def take_part(self, number: int) -> None:
        """Count in one part from now on; no two living workers may have the same."""
        self._base = min(number, self._parts - 1) * self._part

    def count(self, route: Route, status: int, seconds: float, kind: str | None = None) -> None:
        """Count a request, and the kind of its reply where it had one."""
        at = self._base
        row = at + len(KINDS) + self._routes.get(route, len(self._routes) - 1) * self._row
        histogram = row + len(STATUSES) + 1
        table = self._table
        with self._lock:
            table[row + self._statuses.get(status, len(STATUSES))] += 1
            table[histogram + bisect.bisect_left(BUCKETS, seconds)] += 1
            table[histogram + len(BUCKETS) + 1] += seconds
            if kind in self._kinds:
                table[at + self._kinds[kind]] += 1

    def replies(self) -> dict[str, float]:
        """Return how many replies there were of each kind."""
        return {kind: self._sum(number) for kind, number in self._kinds.items()}

    def requests(self) -> Iterator[tuple[Route, str, float]]:
        """Yield how many requests met with each status, for what was asked for at all."""
        for route, number in self._routes.items():
            for place, status in enumerate((*map(str, STATUSES), "other")):
                if count := self._sum(len(KINDS) + number * self._row + place):
                    yield route, status, count

    def latencies(self) -> Iterator[tuple[Route, Latency]]:
        """Yield how long the requests of each route took, for what was asked for at all."""
        for route, number in self._routes.items():
            start = len(KINDS) + number * self._row + len(STATUSES) + 1
            counts = tuple(self._sum(start + place) for place in range(len(BUCKETS) + 1))
            if any(counts):
                yield route, Latency(counts, self._sum(start + len(BUCKETS) + 1))

    def _sum(self, place: int) -> float:
        return sum(self._table[part * self._part + place] for part in range(self._parts))
