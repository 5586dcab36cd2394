"""Sites that an operator named may call the API from a browser, and nobody may with credentials."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from chatbot.errors import SettingError
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Rate, Settings, load
from server.conftest import BEARER, TOKEN

SITE = "https://clinic.example.org"
OTHER = "https://other.example.org"


def client_of(index: Path, *origins: str) -> FlaskClient:
    settings = Settings(
        index=str(index), allowed_origins=origins, admin_token=TOKEN, rate_limit=(Rate(1_000, 60),)
    )
    return create_app(settings, LiveBot(index, settings)).test_client()


@pytest.fixture(scope="module")
def embedded(index: Path) -> FlaskClient:
    return client_of(index, SITE)


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type",
    }


def granted(client: FlaskClient, path: str, headers: dict[str, str], method: str = "OPTIONS") -> bool:
    response = client.open(path, method=method, headers=headers)
    assert "Access-Control-Allow-Credentials" not in response.headers
    return response.headers.get("Access-Control-Allow-Origin") in {headers["Origin"], "*"}


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/chat", "POST"),
        ("/api/feedback", "POST"),
        ("/api/widget", "GET"),
        ("/v1/chat/completions", "POST"),
        ("/api/documents/hiccups.md", "GET"),
    ],
)
def test_the_widget_asks_first_and_is_let_in(embedded: FlaskClient, path: str, method: str) -> None:
    response = embedded.options(path, headers=preflight(SITE, method))
    assert response.status_code == 204
    assert not response.data
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert response.headers["Access-Control-Allow-Methods"] == method
    assert "content-type" in response.headers["Access-Control-Allow-Headers"].lower()
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_an_answer_and_an_error_can_be_read_by_the_site(embedded: FlaskClient) -> None:
    for body, status in (({"message": "hello"}, 200), ({}, 422)):
        response = embedded.post("/api/chat", json=body, headers={"Origin": SITE})
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == SITE
        assert response.headers["Access-Control-Expose-Headers"] == "Retry-After"
        assert {"Origin", "Accept-Encoding"} <= set(response.vary)


@pytest.mark.parametrize(
    "origin",
    [OTHER, "http://clinic.example.org", f"{SITE}:8443", f"{SITE}.evil.example", "null", f"{SITE}/", "*"],
)
def test_another_site_is_not(embedded: FlaskClient, origin: str) -> None:
    assert not granted(embedded, "/api/chat", preflight(origin))
    assert embedded.options("/api/chat", headers=preflight(origin)).status_code == 405
    assert not granted(embedded, "/api/widget", {"Origin": origin}, "GET")
    assert "Origin" in embedded.get("/api/widget", headers={"Origin": origin}).vary


@pytest.mark.parametrize(
    "path", ["/api/index/rebuild", "/api/index/rollback", "/api/index/versions", "/admin"]
)
def test_administration_is_for_no_other_site(embedded: FlaskClient, path: str) -> None:
    assert not granted(embedded, path, preflight(SITE))
    assert not granted(embedded, path, {"Origin": SITE, **BEARER}, "GET")


def test_without_named_sites_none_is_let_in(client: FlaskClient) -> None:
    assert not granted(client, "/api/chat", preflight(SITE))
    assert client.options("/api/chat", headers=preflight(SITE)).status_code == 405


def test_every_site_may_be_let_in(index: Path) -> None:
    client = client_of(index, "*")
    assert client.options("/api/chat", headers=preflight(OTHER)).headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in client.get("/api/widget", headers={"Origin": OTHER}).vary


def test_a_preflight_is_not_counted_as_a_question(index: Path) -> None:
    settings = Settings(index=str(index), allowed_origins=(SITE,), rate_limit=(Rate(1, 60),))
    client = create_app(settings, LiveBot(index, settings)).test_client()
    for _ in range(3):
        assert client.options("/api/chat", headers=preflight(SITE)).status_code == 204
    assert client.post("/api/chat", json={"message": "hello"}, headers={"Origin": SITE}).status_code == 200
    refused = client.post("/api/chat", json={"message": "hello"}, headers={"Origin": SITE})
    assert refused.status_code == 429
    assert refused.headers["Access-Control-Allow-Origin"] == SITE, "the widget has to be able to read it"


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("https://a.example, https://b.example:8443", ("https://a.example", "https://b.example:8443")),
        ("https://A.example/ http://b.example:80", ("https://a.example", "http://b.example")),
        ("", ()),
        ("*", ("*",)),
        ("http://[::1]:9000", ("http://[::1]:9000",)),
    ],
)
def test_sites_are_written_as_browsers_name_them(tmp_path: Path, text: str, origins: tuple[str, ...]) -> None:
    assert load({}, {"CHATBOT_ALLOWED_ORIGINS": text}, tmp_path).allowed_origins == origins


@pytest.mark.parametrize(
    "text", ["example.org", "https://a.example/path", "ftp://a.example", "https://u@a.example"]
)
def test_what_is_no_site_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError, match="CHATBOT_ALLOWED_ORIGINS: sites like"):
        load({}, {"CHATBOT_ALLOWED_ORIGINS": text}, tmp_path)
