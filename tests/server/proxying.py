"""A real nginx in front of real servers, from the example that is shipped, and requests to it over TLS."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.serving import JSON, free_port

EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
HOST = "answers.example.org"
MISSING = (
    "nginx or openssl is missing: apt-get install nginx-light openssl, or leave these tests out with NGINX=0"
)
MAIN = """
daemon off;
{user}
pid nginx.pid;
error_log stderr notice;
events {{}}
http {{
    error_log error.log warn;
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    gzip on;
    include site.conf;
}}
"""
"""What Debian's own nginx.conf has around a site, as far as it matters here."""


@dataclass(frozen=True)
class Proxy:
    """An nginx that listens on two ports of 127.0.0.1, and the folder of its certificate and logs."""

    folder: Path
    port: int
    plain_port: int

    def trusting(self) -> ssl.SSLContext:
        """Return what trusts the certificate and nothing else."""
        return ssl.create_default_context(cafile=self.folder / "certificate.pem")

    def connect(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """Return a connection over TLS, from an address of this machine."""
        host = "::1" if ":" in source else "127.0.0.1"
        return http.client.HTTPSConnection(
            host, self.port, timeout=20, source_address=(source, 0), context=self.trusting()
        )

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one request on a connection of its own."""
        connection = self.connect(source)
        try:
            connection.request(method, path, body, {**JSON, "Host": HOST, **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()


@contextmanager
def proxied(folder: Path, servers: Sequence[int], below: str = "/", more: str = "") -> Iterator[Proxy]:
    """Run nginx in front of the servers on some ports of 127.0.0.1; `below` is the path that they live under,
    `more` what else the site has.
    """
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    openssl = shutil.which("openssl")
    if program is None or openssl is None:
        pytest.fail(MISSING, pytrace=False)
    proxy = Proxy(folder, free_port(), free_port())
    _make_certificate(openssl, folder)
    (folder / "site.conf").write_text(site_of(proxy, servers, below, more), "utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(user="user root;" if os.geteuid() == 0 else ""), "utf-8")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait_for_start(process)
            yield proxy
        finally:
            process.terminate()


def site_of(proxy: Proxy, servers: Sequence[int], below: str = "/", more: str = "") -> str:
    """Return the example with what is this machine's own: addresses, ports and the certificate's place."""
    text = EXAMPLE.read_text("utf-8")
    certificate = proxy.folder / "certificate"
    second = "[::1]" if has_ipv6() else "127.0.0.254"
    replaced = {
        "server 127.0.0.1:8000;": " ".join(f"server 127.0.0.1:{port};" for port in servers),
        "proxy_pass http://127.0.0.1:8000;": f"proxy_pass http://127.0.0.1:{servers[0]};",
        "listen 80;": f"listen 127.0.0.1:{proxy.plain_port};",
        "listen [::]:80;": f"listen {second}:{proxy.plain_port};",
        "listen 443 ": f"listen 127.0.0.1:{proxy.port} ",
        "listen [::]:443 ": f"listen {second}:{proxy.port} ",
        "/etc/ssl/answers.example.org": str(certificate),
        "location ^~ /": f"location ^~ {below}",
        "location = /": f"location = {below}",
        "location ~ ^/": f"location ~ ^{below}",
        "    # Under a path of another site": f"{more}\n    #",
    }
    for shipped, own in replaced.items():
        assert shipped in text, shipped
        text = text.replace(shipped, own)
    return text


def has_ipv6() -> bool:
    """Return whether this machine can be reached at ::1."""
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


def _make_certificate(openssl: str, folder: Path) -> None:
    """Write a certificate that signs itself, and its key."""
    key, certificate = str(folder / "certificate.key"), str(folder / "certificate.pem")
    wanted = f"req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN={HOST}".split()
    names = f"subjectAltName=DNS:{HOST},IP:127.0.0.1,IP:::1"
    command = [openssl, *wanted, "-addext", names, "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, timeout=20)


def _wait_for_start(process: subprocess.Popen[str]) -> None:
    """Wait until nginx says that it serves; fail with what it says else."""
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if "start worker process " in line:
            return
    pytest.fail("".join(said), pytrace=False)
