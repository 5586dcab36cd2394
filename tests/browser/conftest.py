"""One Chromium and one real server for all tests here; a context and a site for each."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browser.corpus import DOCUMENTS
from browser.site import Site
from browser.widget import Visitor
from chatbot.index.rebuild import rebuild_index

MISSING = (
    "Chromium is missing. Install it (on Debian: apt-get install chromium), name it in the variable CHROMIUM, "
    "or leave these tests out with: make test BROWSER=0"
)
PATIENCE = 20_000
"""Milliseconds that a test waits for what has to come; a busy machine is no reason to fail."""
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

HEADING = "Ask about feet"
LINES: dict[str, list[dict[str, str]]] = {
    "EMERGENCY_NUMBERS": [{"name": "Ambulance", "phone": "112", "hours": "Every day, all hours"}],
    "CRISIS_LINES": [
        {"name": "Lifeline", "phone": "+1 (555) 010-0988", "url": "https://lifeline.example.org"}
    ],
    "CONTACT": [{"name": "Reception", "phone": "555 0100", "hours": "Mon–Fri 9–17"}],
}

WATCH = """
addEventListener("securitypolicyviolation", (event) => violated(`${event.violatedDirective} ${event.sourceFile}`));
for (const name of ["open", "close", "reply", "feedback"]) {
  addEventListener(`faq-chat:${name}`, ({ detail, composed }) => happened(name, JSON.stringify(detail), composed));
}
"""


class Visit(Protocol):
    """Open a page as a visitor, with any option of a browser context."""

    def __call__(self, address: str | None = ..., **options: Any) -> Visitor: ...


def find_chromium() -> str:
    """Return the browser's program. Fails, rather than skips, where there is none."""
    names = (os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    program = find_chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _sites() -> Iterator[tuple[Site, Site]]:
    sites = Site(), Site()
    yield sites
    for site in sites:
        site.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, _sites: tuple[Site, Site]) -> Iterator[str]:
    """The address of a real server of this project over three small documents; the first site may embed it."""
    folder = tmp_path_factory.mktemp("feet")
    for name, text in DOCUMENTS.items():
        path = folder / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rebuild_index(folder / "corpus", folder / "index")
    with running(folder, _sites[0].origin) as address:
        for site in _sites:
            site.server = address
        yield address


@contextmanager
def running(folder: Path, origin: str) -> Iterator[str]:
    """Run the project's own program over the folder's index on a free port; gives its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    command = [sys.executable, "-m", "chatbot", "serve", "--index", "index", "--port", port, "--workers", "1"]
    settings = {f"CHATBOT_{name}": json.dumps(lines) for name, lines in LINES.items()}
    settings |= {"CHATBOT_HEADING": HEADING, "CHATBOT_ALLOWED_ORIGINS": origin, "CHATBOT_RATE_LIMIT": ""}
    environment = {**os.environ, **settings}
    with (
        (folder / "errors.txt").open("w+") as errors,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            said = process.stdout.readline()
            errors.seek(0)
            assert said == f"Serving on http://127.0.0.1:{port}/\n", errors.read()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(15)


@pytest.fixture
def site(server: str, _sites: tuple[Site, Site]) -> Iterator[Site]:
    """A site with the server behind it, each time as new."""
    yield _sites[0]
    _sites[0].heal()


@pytest.fixture
def other_site(server: str, _sites: tuple[Site, Site]) -> Iterator[Site]:
    """A site of another origin."""
    yield _sites[1]
    _sites[1].heal()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Open pages. What the console said by the end has to be what a test expects: nothing, where it says nothing."""
    visitors: list[Visitor] = []

    def go(address: str | None = None, **options: Any) -> Visitor:
        chosen = {
            "viewport": {"width": 1000, "height": 800},
            "reduced_motion": "reduce",
            "locale": "en-GB",
            **options,
        }
        context = chromium.new_context(**chosen)
        context.set_default_timeout(PATIENCE)
        page: Page = context.new_page()
        visitor = Visitor(page)
        visitors.append(visitor)
        page.expose_function("violated", visitor.violated)
        page.expose_function("happened", visitor.happened)
        page.add_init_script(WATCH)
        page.goto(address or site.page())
        return visitor

    yield go
    for visitor in visitors:
        visitor.page.context.close()
    for visitor in visitors:
        assert visitor.complaints == [], "the console of the page"
        assert visitor.dialogs == [], "a dialog was opened"
        if not visitor.expects_violations:
            assert visitor.violations == [], "the content security policy was violated"
