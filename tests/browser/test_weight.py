"""What it costs a page: bytes, requests, and the time until the launcher is drawn."""

from __future__ import annotations

import gzip
import statistics
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from browser.conftest import Visit
from browser.site import Site

pytestmark = pytest.mark.browser

MOST_BYTES = 10_240
MOST_RUNS = 10
MOST_MILLISECONDS = 500
"""Over a blank page. The goal is 250, and `benchmarks/widget` gives the figure; here the machine may be busy."""

DRAWN = """() => new Promise((resolve) => {
  const look = () => {
    const host = document.querySelector("faq-chat");
    const drawn = !host || host.shadowRoot?.querySelector("[part=launcher]").getBoundingClientRect().width > 0;
    requestAnimationFrame(() => (drawn ? setTimeout(() => resolve(performance.now())) : look()));
  };
  look();
})"""
"""Milliseconds from the beginning of the navigation until the launcher, or a page without one, was painted."""


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


def test_the_launcher_is_drawn_soon_on_a_slow_phone(chromium: Browser, site: Site) -> None:
    blank, widget = site.page("", path="/blank", head=""), site.page(path="/widget")
    over: list[float] = []
    while len(over) < MOST_RUNS and (len(over) < 3 or statistics.median(over) > MOST_MILLISECONDS):
        over.append(on_a_slow_phone(chromium, widget) - on_a_slow_phone(chromium, blank))
    assert min(statistics.median(over), statistics.median(over[-3:])) <= MOST_MILLISECONDS, over


def on_a_slow_phone(chromium: Browser, address: str) -> float:
    """Load a page with nothing cached, a quarter of the speed and 1.6 Mbit/s."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, device_scale_factor=2
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    network: dict[str, Any] = {"offline": False, "latency": 40}
    network |= {"downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
    session.send("Network.emulateNetworkConditions", network)
    page.goto(address, wait_until="commit")
    time = float(page.evaluate(DRAWN))
    context.close()
    return time
