"""Behind proxies and under a path every link leads back, and nobody can pretend to be somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import request
from flask.testing import FlaskClient

from chatbot.errors import SettingError
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings, load
from server.conftest import BEARER, TOKEN

ASK = {"messages": [{"role": "user", "content": "What causes hiccups?"}]}


def client_of(index: Path, **settings: object) -> FlaskClient:
    chosen = Settings(index=str(index), admin_token=TOKEN, rate_limit=(), **settings)  # type: ignore[arg-type]
    return create_app(chosen, LiveBot(index, chosen)).test_client()


def seen_address(client: FlaskClient, forwarded: str) -> str | None:
    seen: list[str | None] = []
    client.application.before_request_funcs[None].append(lambda: seen.append(request.remote_addr))
    client.get("/healthz", headers={"X-Forwarded-For": forwarded})
    client.application.before_request_funcs[None].pop()
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.2"), (2, "203.0.113.9"), (9, "127.0.0.1")]
)
def test_only_the_trusted_proxies_name_the_client(index: Path, proxies: int, address: str) -> None:
    client = client_of(index, trusted_proxies=proxies)
    assert seen_address(client, "192.0.2.66, 203.0.113.9, 198.51.100.2") == address


def annotation(client: FlaskClient, path: str = "", **headers: str) -> str:
    response = client.post(f"{path}/v1/chat/completions", json=ASK, headers=headers)
    found = response.get_json()["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    return str(found)


def test_a_trusted_proxy_names_host_scheme_and_path(index: Path) -> None:
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "answers.example.org",
        "X-Forwarded-Prefix": "/help",
    }
    client = client_of(index, trusted_proxies=1)
    assert 'src="/help/widget.js"' in client.get("/", headers=headers).text
    assert 'data-root="/help"' in client.get("/admin", headers=headers).text
    assert annotation(client, **headers).startswith("https://answers.example.org/help/documents/hiccups.md#")
    started = client.post("/api/index/rebuild", headers={**headers, **BEARER}, json={"force": 1})
    assert started.status_code == 422
    untrusted = client_of(index)
    assert 'src="/widget.js"' in untrusted.get("/", headers=headers).text
    assert annotation(untrusted, **headers).startswith("http://localhost/documents/")


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a//b", '/"><script>', "https://evil.example", "/a b", "/a?b", "evil"]
)
def test_a_forwarded_path_that_is_none_is_left_out(index: Path, prefix: str) -> None:
    client = client_of(index, trusted_proxies=1)
    assert 'src="/widget.js"' in client.get("/", headers={"X-Forwarded-Prefix": prefix}).text


@pytest.mark.parametrize("arrives", ["", "/help/me"], ids=["cut off by the proxy", "passed on"])
def test_the_public_address_is_used_whether_or_not_the_proxy_cuts_its_path_off(
    index: Path, arrives: str
) -> None:
    client = client_of(index, public_url="https://www.example.org/help/me")
    html = client.get(f"{arrives}/").text
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert links
    assert all(link.startswith("/help/me/") for link in links)
    assert client.get(f"{arrives}/widget.js").status_code == 200
    assert annotation(client, arrives).startswith("https://www.example.org/help/me/documents/hiccups.md#")
    described = client.get(f"{arrives}/openapi.json").get_json()
    assert described["servers"] == [{"url": "/help/me"}]
    assert client.get(f"{arrives}/healthz").status_code == 200
    response = client.get(f"{arrives}/nope")
    assert response.get_json()["type"] == "/problems/not-found"


def test_the_path_alone_leads_to_the_page_below_it(index: Path) -> None:
    response = client_of(index, public_url="https://www.example.org/help").get("/help")
    assert response.status_code == 308
    assert response.headers["Location"] == "/help/"


def test_the_location_of_a_rebuild_follows_the_path(index: Path, tmp_path: Path) -> None:
    client = client_of(tmp_path, public_url="https://www.example.org/help", corpus=str(tmp_path / "none"))
    response = client.post("/help/api/index/rebuild", headers=BEARER)
    assert response.headers["Location"].startswith("/help/api/index/rebuilds/")
    assert client.get(response.headers["Location"], headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Example.org/", "https://example.org"),
        ("https://example.org:443/a/", "https://example.org/a"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("", None),
    ],
)
def test_a_public_address_is_tidied(tmp_path: Path, text: str, url: str | None) -> None:
    assert load({}, {"CHATBOT_PUBLIC_URL": text}, tmp_path).public_url == url


@pytest.mark.parametrize(
    "text", ["example.org", "https://", "https://a/?q", "https://a//b", 'https://a/"', "https://a:b", "//a"]
)
def test_what_is_no_public_address_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError, match="CHATBOT_PUBLIC_URL: an address like"):
        load({}, {"CHATBOT_PUBLIC_URL": text}, tmp_path)
