"""A PostgreSQL server of the tests' own: a cluster in a folder of its own, on a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL's server is not installed: apt-get install postgresql, or leave these tests out with POSTGRES=0"


class Postgres:
    """A cluster; `url` is the address of its database."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._user = _unprivileged()
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = found.getsockname()[1]
        self.url = f"postgresql+psycopg://tester@127.0.0.1:{self._port}/postgres"
        if self._user:
            shutil.chown(folder, *self._user)
        self._run(
            "initdb", "--auth=trust", "--username=tester", "--no-sync", "--no-locale", "--encoding=UTF8"
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        wanted = {
            "port": self._port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._folder,
            "fsync": "off",
        }
        options = " ".join(f"-c {name}={value}" for name, value in wanted.items())
        self._run("pg_ctl", "start", "--wait", "-o", options, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """Stop it at once."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def empty(self) -> None:
        """Drop every table."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")

    def _run(self, program: str, *arguments: str) -> None:
        user, group = self._user or (None, None)
        subprocess.run(
            [self._programs / program, "-D", str(self._folder / "data"), *arguments],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            timeout=60,
        )


def _unprivileged() -> tuple[int, int] | None:
    """Return a user and a group to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    return None


def _programs() -> Path | None:
    """Return where the newest server's programs are; Debian does not put them on the path."""
    if on_path := shutil.which("pg_ctl"):
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    return max((path.parent for path in found), key=lambda path: int(path.parent.name), default=None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that runs. A test that stops it starts it again."""
    if os.environ.get("POSTGRES") == "0":
        pytest.skip("POSTGRES=0")
    programs = _programs()
    if programs is None:
        pytest.fail(MISSING, pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        server = Postgres(folder, programs)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
