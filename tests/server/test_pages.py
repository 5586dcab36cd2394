"""The pages and what they load: strict headers, asked for again only when changed, at home under any path."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from chatbot.server.assemble import assemble
from chatbot.server.assets import web_folder
from chatbot.server.operations import OPERATIONS

FILES = ("/", "/embed", "/widget.js", "/assets/pages.css", "/assets/icon.svg", "/favicon.ico")


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_sent_again_only_when_it_changed(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.data
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert not client.head(path).data


def test_the_chat_page_bears_the_heading_and_loads_the_widget(client: FlaskClient) -> None:
    html = client.get("/").text
    assert "<h1>Ask about twitches</h1>" in html
    assert 'src="/widget.js"' in html


def test_links_follow_the_path_that_the_server_stands_under(client: FlaskClient) -> None:
    html = client.get("/", environ_overrides={"SCRIPT_NAME": "/help"}).text
    assert 'src="/help/widget.js"' in html
    html = client.get("/documents/hiccups.md", environ_overrides={"SCRIPT_NAME": "/help"}).text
    assert 'href="/help/assets/pages.css"' in html
    described = client.get("/openapi.json", environ_overrides={"SCRIPT_NAME": "/help"}).get_json()
    assert described["servers"] == [{"url": "/help"}]


def test_the_widget_is_one_classic_script_that_other_sites_may_load(client: FlaskClient) -> None:
    response = client.get("/widget.js")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    script = response.text
    assert script.startswith('(()=>{"use strict";')
    assert "customElements.define" in script
    assert "\nimport " not in script
    assert "\nexport " not in script


def test_the_widget_travels_compressed(client: FlaskClient) -> None:
    plain = client.get("/widget.js")
    packed = client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    refused = client.get("/widget.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("path", [*FILES, "/api/index", "/healthz", "/documents/hiccups.md", "/nope"])
def test_every_response_is_strict(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for part in ("script-src 'self'", "require-trusted-types-for 'script'", "frame-ancestors 'self'"):
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert "Set-Cookie" not in headers


def test_what_the_api_says_is_not_stored(client: FlaskClient) -> None:
    for operation in OPERATIONS:
        if operation.path.startswith("/api/") and "{" not in operation.path:
            assert client.get(operation.path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("modules", "says"),
    [
        ({"a.js": 'import { b } from "./b.js";\nb();\n'}, "b.js is not there"),
        ({"a.js": 'import { b } from "./b.js";\n', "b.js": "const b = 1;\n"}, "does not export b"),
        ({"a.js": "export default 1;\n"}, "cannot be joined"),
        ({"a.js": 'const b = 1;\nimport { b } from "./b.js";\n'}, "an import after other code"),
        (
            {"a.js": 'import { b } from "./b.js";\nconst b = 1;\n', "b.js": "export const b = 1;\n"},
            "also a name",
        ),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "imports itself",
        ),
    ],
)
def test_modules_that_cannot_be_joined_are_named(tmp_path: Path, modules: dict[str, str], says: str) -> None:
    for name, text in modules.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=says):
        assemble(tmp_path, "a.js")


def test_what_is_imported_stands_before_what_uses_it(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n')
    (tmp_path / "b.js").write_text(
        'import { c } from "./c.js";\n\nexport function b(x) {\n  return c + x;\n}\n'
    )
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    script = assemble(tmp_path, "a.js")
    assert script == (
        '(() => {\n"use strict";\n\nconst c = 1;\n\nfunction b(x) {\n  return c + x;\n}\n\nb(c);\n})();\n'
    )


def test_the_pages_are_found() -> None:
    assert (web_folder() / "pages" / "chat.html").is_file()
