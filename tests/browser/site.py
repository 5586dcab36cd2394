"""A site that embeds the widget: pages of any kind, and the server behind it, well or with a fault.

The server stands behind the site as behind a proxy, so that a page can be of the same origin under a strict policy,
and so that any answer of it can be replaced on the way.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PASSED_ON = ("/widget.js", "/api/", "/documents/", "/assets/")
_KEPT = ("Content-Type", "Content-Encoding", "Cross-Origin-Resource-Policy")


@dataclass(frozen=True)
class Answer:
    """What is answered in place of the server; `silent` is never answered."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes = b"{}"
    silent: bool = False


@dataclass(frozen=True)
class Request:
    """A request that reached the site; `json` is its body."""

    method: str
    path: str
    json: Any


@dataclass
class Site:
    """A site on a port of its own. `instead` replaces answers by path, `allows` is the origin that may read them."""

    server: str = ""
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    instead: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    allows: str | None = None

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self.kept_waiting = threading.Event()
        """Set once somebody is kept waiting by a silent answer."""
        self._http = _Server(self)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def page(
        self,
        body: str = "<faq-chat></faq-chat>",
        *,
        path: str = "/page",
        head: str = '<script src="/widget.js" defer></script>',
        html: str = 'lang="en"',
        headers: dict[str, str] | None = None,
    ) -> str:
        """Put up a page. Returns its address."""
        self.pages[path] = (
            f'<!doctype html><html {html}><head><meta charset="utf-8"><title>A site</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f"<body><main><h1>A site</h1></main>{body}</body></html>",
            headers or {},
        )
        return self.origin + path

    def replace(self, path: str, body: Any, status: int = 200) -> None:
        """Answer with some JSON in place of the server."""
        self.instead[path] = Answer(status, body=json.dumps(body).encode())

    def asked(self, path: str = "/api/chat") -> list[Any]:
        """Return the bodies of the requests to a path."""
        return [request.json for request in self.requests if request.path == path]

    def heal(self) -> None:
        """Let every answer through again, and forget the pages and the requests."""
        for kept in (self.pages, self.instead, self.requests):
            kept.clear()
        self.allows = None
        self._closing.set()
        self._closing = threading.Event()
        self.kept_waiting.clear()

    def close(self) -> None:
        """Free the port."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser may leave while it is answered."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        """Whether a page of another origin may ask."""
        self._send(204, {}, b"")

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        site = self.server.site
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        site.requests.append(Request(self.command, path, json.loads(sent) if sent else None))
        instead = site.instead.get(path)
        if path in site.pages:
            html, headers = site.pages[path]
            self._send(200, {"Content-Type": "text/html; charset=utf-8", **headers}, html.encode())
        elif instead and instead.silent:
            site.kept_waiting.set()
            site._closing.wait()
            self.close_connection = True
        elif instead:
            self._send(instead.status, {"Content-Type": instead.content_type}, instead.body)
        elif path.startswith(PASSED_ON):
            self._pass_on(sent)
        else:
            self._send(404, {"Content-Type": "text/plain"}, b"")

    def _pass_on(self, sent: bytes) -> None:
        headers = {"Accept-Encoding": self.headers.get("Accept-Encoding", "")}
        if sent:
            headers["Content-Type"] = self.headers["Content-Type"]
        request = urllib.request.Request(self.server.site.server + self.path, sent or None, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                status, found, data = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, found, data = error.code, error.headers, error.read()
        self._send(status, {name: found[name] for name in _KEPT if found[name]}, data)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        if self.server.site.allows:
            self.send_header("Access-Control-Allow-Origin", self.server.site.allows)
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
