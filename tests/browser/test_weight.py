"""What it costs a page: bytes, requests, and what the launcher waits for."""

from __future__ import annotations

import gzip
import urllib.request

import pytest
from playwright.sync_api import Page, Request

from browser.conftest import Visit
from browser.site import Site

pytestmark = pytest.mark.browser

MOST_BYTES = 10_240


def loaded(page: Page) -> list[tuple[str, str]]:
    """Note every request from now on; what a browser asks for by itself is not the widget's."""
    requests: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        if "favicon" not in request.url:
            requests.append((request.method, request.url))

    page.on("request", note)
    return requests


def test_a_closed_widget_loads_one_script_and_an_opened_one_asks_one_thing_more(
    visit: Visit, site: Site
) -> None:
    visitor = visit()
    requests = loaded(visitor.page)
    visitor.page.reload(wait_until="networkidle")
    assert requests == [("GET", f"{site.origin}/page"), ("GET", f"{site.origin}/widget.js")]
    requests.clear()
    visitor.open()
    visitor.part("suggestion").first.wait_for()
    visitor.part("close").click()
    visitor.open()
    assert requests == [("GET", f"{site.origin}/api/widget")]


def test_everything_a_closed_widget_loads_is_at_most_10_240_bytes_with_gzip(server: str) -> None:
    request = urllib.request.Request(f"{server}/widget.js", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as response:
        packed = response.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(packed) <= MOST_BYTES
    # Nor does it take a cleverer program than a proxy has.
    assert len(gzip.compress(gzip.decompress(packed), 6)) <= MOST_BYTES


def test_the_launcher_is_there_as_soon_as_the_script_has_run(visit: Visit, site: Site) -> None:
    """How soon that is on a slow phone, beside other widgets, is measured by `benchmarks/widget`."""
    visitor = visit(
        site.page(
            head="<script>document.addEventListener('DOMContentLoaded', () => {"
            "const box = document.querySelector('faq-chat').shadowRoot?.querySelector('[part=launcher]')"
            ".getBoundingClientRect(); window.first = [box?.width, performance.getEntriesByType('resource').length]; })"
            '</script><script src="/widget.js" defer></script>'
        )
    )
    width, loaded_by_then = visitor.page.evaluate("first")
    assert width >= 44
    assert loaded_by_then == 1
