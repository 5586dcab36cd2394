"""What is large travels compressed to those who take it, and is never mixed up with what is not."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
LARGE = (
    "/openapi.json",
    "/admin",
    "/documents/hiccups.md",
    "/api/documents/hiccups.md",
    "/assets/admin/admin.js",
)


@pytest.mark.parametrize("path", LARGE)
def test_what_is_large_is_compressed_where_it_is_taken(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers=PACKED)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary
    assert client.head(path, headers=PACKED).headers["Content-Length"] == packed.headers["Content-Length"]


def test_an_answer_is_compressed_too(client: FlaskClient) -> None:
    response = client.post(
        "/api/chat", json={"message": "What causes hiccups?", "explain": True}, headers=PACKED
    )
    assert response.headers["Content-Encoding"] == "gzip"
    assert b'"kind"' in gzip.decompress(response.data)


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br", "*;q=0"])
def test_it_is_not_where_it_is_not_taken(client: FlaskClient, accepted: str) -> None:
    response = client.get("/openapi.json", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers
    assert response.get_json()["openapi"]


def test_what_is_small_is_left_as_it_is(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=PACKED).headers


@pytest.mark.parametrize("path", ["/", "/documents/hiccups.md", "/widget.js", "/assets/admin/admin.js"])
def test_a_compressed_file_is_sent_again_only_when_it_changed(client: FlaskClient, path: str) -> None:
    first = client.get(path, headers=PACKED)
    again = client.get(path, headers={**PACKED, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert "Accept-Encoding" in again.vary


def test_a_stream_is_not_held_back(client: FlaskClient) -> None:
    body = {"messages": [{"role": "user", "content": "What causes hiccups?"}], "stream": True}
    response = client.post("/v1/chat/completions", json=body, headers=PACKED)
    assert "Content-Encoding" not in response.headers
    assert response.text.endswith("data: [DONE]\n\n")
