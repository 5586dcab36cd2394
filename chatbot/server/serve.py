"""Run the server: gunicorn, inside this program."""

from __future__ import annotations

import ctypes
import errno
import gc
import itertools
import logging
import os
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from threadpoolctl import threadpool_limits

from chatbot.bot import Chatbot
from chatbot.errors import ChatbotError, MachineError
from chatbot.server import logs
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.server.measures import Measures
from chatbot.server.warming import warm
from chatbot.server.worker import Worker, quiet
from chatbot.settings import Settings

THREADS = 4
_GRACE = 10
_KEEP_ALIVE = 5
_SILENCE = 10
"""Seconds that a client may stay silent in the middle of a request."""
_ARENA_MAX = -8
"""M_ARENA_MAX of malloc.h."""
_OBJECTS = 10_000
"""How many new objects are looked through for garbage at a time."""
_UNDER_WAY = 3.0
"""Seconds after which no answer of a version that was replaced is under way any more."""
_UNUSED = 120
"""Seconds that a connection without a request stays with the kernel, where it takes no thread."""


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; a published rebuild is followed without a restart.

    Raises NoIndex or DamagedIndex where there is nothing to serve, MachineError where the port is taken, the
    host is not this machine's, or the workers cannot run.
    """
    _share_one_heap()
    _multiply_in_one_thread()
    bots = LiveBot(Path(settings.index), settings)
    bots.current()
    app = create_app(settings, bots)
    listener = _listen(settings.host, settings.port)
    logs.to_stderr(requests=settings.log == "requests")
    bots.warm = _warm
    warm(bots.current())
    _collect_seldom()
    first = os.getpid()
    try:
        _Server(app, settings, listener, bots).run()
    except SystemExit as stop:
        if os.getpid() != first or not stop.code:
            raise
        raise MachineError("the server's worker processes could not run; its log says why") from stop


def _share_one_heap() -> None:
    """Let all threads of a process allocate from one heap, where the C library is glibc.

    It gives each thread a heap of its own else, and what one thread has opened another frees: with each version
    that is followed a worker would keep more memory that is free and of no use.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_ARENA_MAX, 1)


def _multiply_in_one_thread() -> None:
    """Let numpy multiply in the thread that asks for it.

    An answer's matrices are small: threads that share one wait for each other longer than the work takes.
    """
    threadpool_limits(limits=1, user_api="blas")


def _collect_seldom() -> None:
    """Leave what is there for good out of the collection of garbage, and collect less often.

    Nearly all that an answer makes is freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)


def _warm(bot: Chatbot) -> None:
    """Warm a version up that took the place of another, and give back to the system what the other one leaves.

    An answer that was under way may hold the other one a little longer.
    """
    warm(bot)
    time.sleep(_UNDER_WAY)
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's own log, in the form of the program's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.JsonLines())


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with settings of its own: nothing is read from files, the command line or the environment."""

    def __init__(self, app: Flask, settings: Settings, listener: socket.socket, bots: LiveBot) -> None:
        self._app = app
        self._bots = bots
        self._settings = settings
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        address = _address(self._settings.host, self._listener.getsockname()[1])
        chosen: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._settings.workers,
            "worker_class": Worker,
            "threads": THREADS,
            "graceful_timeout": _GRACE,
            "keepalive": _KEEP_ALIVE,
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",
            "proc_name": "chatbot",
            "loglevel": "error",
            "logger_class": _Log,
            "accesslog": None,
            "statsd_host": None,
            "control_socket_disable": True,
            "pre_fork": _give_part,
            "post_fork": self._begin,
            "when_ready": lambda _: print(f"Serving on {address}", flush=True),
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:  # gunicorn before 25 has no control socket
                self.cfg.set(name, value)
        logging.getLogger("gunicorn.error").addFilter(quiet)

    def load(self) -> Flask:
        return self._app

    def _begin(self, _: Any, worker: Worker) -> None:
        """Prepare a new worker: what it has from the first process may be a version long replaced."""
        measures: Measures = self._app.extensions["measures"]
        measures.take_part(worker.part)
        with suppress(ChatbotError):
            self._bots.current()


def _give_part(server: Any, worker: Worker) -> None:
    """Let a new worker count in a part that no living one counts in."""
    taken = {living.part for living in server.WORKERS.values()}
    worker.part = next(number for number in itertools.count() if number not in taken)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before any worker starts. Raises MachineError, one clear sentence."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise MachineError(
            f"--host {host}: there is no such address; give one of this machine's, such as 127.0.0.1"
        ) from error
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _bound_silence(listener)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise MachineError(_refused(host, port, error)) from error
    return listener


def _bound_silence(listener: socket.socket) -> None:
    """Bound how long a connection may hold a thread without a byte sent or taken; connections inherit it."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", _SILENCE, 0))
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # browsers open connections that they may never use
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _UNUSED)


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"--port {port}: the port is taken; stop what serves there, or give another"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"--port {port}: no permission to serve there; give a port above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host}: this is not an address of this machine; give one that is, such as 127.0.0.1"
    return f"--host {host} --port {port}: cannot serve there ({error.strerror or error})"
