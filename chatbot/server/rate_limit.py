"""How much one client may ask, counted once for all workers.

A table in memory that the workers share (it is made before they are) holds a counter for each client and rate: a
window begins with a client's first request and ends after the rate's seconds. Clients are held as keyed hashes whose
key dies with the server, so that no address is kept anywhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import math
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import request

from chatbot.server.problems import Kind, Problem
from chatbot.settings import Rate

TOO_MANY = Kind("too-many-requests", 429, "Too many requests")

_SLOT = struct.Struct("<QdQ")  # the client's hash, when its window ends, how many were counted in it
_BUCKET = 8 * _SLOT.size
_BUCKETS = 8_192


class RateLimit:
    """Counts requests by client. Threads and, after a fork, processes share the counters."""

    def __init__(self, rates: Sequence[Rate], buckets: int = _BUCKETS) -> None:
        self._rates = tuple(rates)
        self._buckets = buckets
        self._table = mmap.mmap(-1, buckets * _BUCKET)
        self._file = _unnamed_file()
        weakref.finalize(self, os.close, self._file)
        self._threads = threading.Lock()
        self._key = secrets.token_bytes(32)

    def wait(self, client: str) -> float:
        """Count a request of a client. Returns 0.0, or how many seconds it has to wait: then nothing counts."""
        for number, rate in enumerate(self._rates):
            digest = hashlib.blake2b(f"{number} {client}".encode(), digest_size=16, key=self._key).digest()
            bucket = int.from_bytes(digest[:8], "little") % self._buckets
            name = int.from_bytes(digest[8:], "little") or 1
            with self._held(bucket):
                seconds = self._count(bucket * _BUCKET, name, rate)
            if seconds:
                return seconds
        return 0.0

    def _count(self, bucket: int, name: int, rate: Rate) -> float:
        """Count in the slot of a name, or in a free one, or in the one whose window ends first."""
        now = time.monotonic()
        chosen, soonest = bucket, math.inf
        for place in range(bucket, bucket + _BUCKET, _SLOT.size):
            held, end, count = _SLOT.unpack_from(self._table, place)
            if held == name and end > now:
                if count >= rate.count:
                    return float(end - now)
                _SLOT.pack_into(self._table, place, name, end, count + 1)
                return 0.0
            if end < soonest:
                chosen, soonest = place, end
        _SLOT.pack_into(self._table, chosen, name, now + rate.seconds, 1)
        return 0.0

    @contextmanager
    def _held(self, bucket: int) -> Iterator[None]:
        """Hold one bucket against the other threads and processes; the kernel frees it if its holder dies."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, bucket)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, bucket)

    def check(self) -> None:
        """Count the request that is being answered where it asks for work. Raises Problem (429)."""
        if request.method != "POST" or not self._rates:
            return
        seconds = self.wait(client_of(request.remote_addr))
        if seconds:
            after = str(max(1, math.ceil(seconds)))
            raise Problem(
                TOO_MANY,
                f"This is more than is answered in so short a time; try again in {after} seconds.",
                headers={"Retry-After": after},
            )


def _unnamed_file() -> int:
    """Return a file to put locks on."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("chatbot-rate-limit")
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor


def client_of(address: str | None) -> str:
    """Return what stands for a client: its address, of IPv6 the network that one household or host is given."""
    if not address or ":" not in address:
        return address or ""
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
