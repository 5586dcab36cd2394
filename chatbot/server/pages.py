"""The chat page, the page that embeds the widget, and the files they load."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, render_template, request

from chatbot.server import assets
from chatbot.server.answers import file_answer
from chatbot.settings import Settings

_FRESH = 300
"""Seconds after which a browser asks whether the widget has changed."""
_HTML = "text/html; charset=utf-8"


def blueprint(settings: Settings, web: Path) -> Blueprint:
    """Return the pages and their files."""
    routes = Blueprint("pages", __name__)
    script, styles, icon = assets.widget(web), assets.styles(web), assets.icon(web)

    @routes.get("/")
    def chat() -> Response:
        return _page("chat.html", settings)

    @routes.get("/embed")
    def embed() -> Response:
        return _page("embed.html", settings)

    @routes.get("/widget.js")
    def widget() -> Response:
        response = _file(script)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @routes.get("/assets/pages.css")
    def page_styles() -> Response:
        return _file(styles)

    @routes.get("/assets/icon.svg")
    @routes.get("/favicon.ico", endpoint="favicon")
    def page_icon() -> Response:
        return _file(icon)

    return routes


def _page(template: str, settings: Settings) -> Response:
    html = render_template(template, heading=settings.heading, root=request.script_root)
    return file_answer(html.encode(), _HTML)


def _file(asset: assets.Asset) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    data, etag = (asset.packed, f"{asset.etag}-gzip") if packed else (asset.plain, asset.etag)
    response = file_answer(data, asset.content_type, etag=etag, seconds=_FRESH)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
