"""The address that visitors use, where proxies stand in front or the server lives under a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from chatbot.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PREFIX = re.compile(r"(?:/[\w.~-]+)*/?", re.ASCII)


def find_visitors_address(app: Flask, settings: Settings) -> None:
    """Make an app see the address that visitors use: as the trusted proxies name it, or as it is set."""
    if settings.public_url:
        app.wsgi_app = _PublicUrl(app.wsgi_app, settings.public_url)  # type: ignore[method-assign]
    if proxies := settings.trusted_proxies:
        fixed = ProxyFix(app.wsgi_app, proxies, proxies, proxies, x_prefix=proxies)
        app.wsgi_app = _CleanPrefix(fixed)  # type: ignore[method-assign]


class _CleanPrefix:
    """Drops a forwarded path that is none: it is written into pages."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        named = environ.get("HTTP_X_FORWARDED_PREFIX", "")
        if not all(_PREFIX.fullmatch(part.strip()) for part in named.split(",")):
            del environ["HTTP_X_FORWARDED_PREFIX"]
        return self._app(environ, start_response)


class _PublicUrl:
    """Sets scheme, host and path to those of one address; a proxy may or may not have cut the path off."""

    def __init__(self, app: WSGIApplication, url: str) -> None:
        parts = urlsplit(url)
        self._app = app
        self._scheme, self._host, self._root = parts.scheme, parts.netloc, parts.path.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        environ["SCRIPT_NAME"] = self._root
        if self._root and path == self._root:
            start_response(
                "308 Permanent Redirect", [("Location", f"{self._root}/"), ("Content-Length", "0")]
            )
            return [b""]
        if self._root and path.startswith(f"{self._root}/"):
            environ["PATH_INFO"] = path.removeprefix(self._root)
        return self._app(environ, start_response)
