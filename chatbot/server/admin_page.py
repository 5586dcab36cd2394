"""`GET /admin`: the operator's page. It holds nothing itself: everything comes from the API, with the token."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request

from chatbot.server.answers import file_answer
from chatbot.server.assets import Asset

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def blueprint(web: Path) -> Blueprint:
    """Return the page and the files it loads."""
    routes = Blueprint("admin_page", __name__)
    files = {
        path.name: Asset.of(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted((web / "admin").iterdir())
        if path.suffix in _TYPES
    }

    @routes.get("/admin")
    def admin() -> Response:
        html = render_template("admin.html", root=request.script_root)
        response = file_answer(html.encode(), "text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    @routes.get("/assets/admin/<name>")
    def admin_file(name: str) -> Response:
        asset = files.get(name) or abort(404)
        return file_answer(asset.plain, asset.content_type, etag=asset.etag)

    return routes
