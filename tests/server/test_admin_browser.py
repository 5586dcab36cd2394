"""The operator's page in a real Chromium: what an operator does, with the keyboard too, and what axe finds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import SWITCHES, find_chromium
from playwright.sync_api import Page, Route, expect, sync_playwright

from server.conftest import TOKEN
from server.serving import request, running

pytestmark = pytest.mark.browser

Act = Callable[[Callable[[Page], None]], None]

NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`), true);
"""


@pytest.fixture(scope="module")
def folder(corpus: Path, index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("administered")
    shutil.copytree(corpus, folder / "corpus")
    shutil.copytree(index, folder / "index")
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with running(folder / "index", corpus=str(folder / "corpus"), admin_token=TOKEN) as (_, port):
        yield port


@pytest.fixture
def act(port: int) -> Iterator[Act]:
    """Let something act on the page in a fresh browser; its console has to stay silent.

    It runs in a thread of its own, since another Playwright may be at work in this one.
    """

    def in_browser(what: Callable[[Page], None]) -> None:
        said: list[str] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
            page = browser.new_page(reduced_motion="reduce", locale="en-GB", timezone_id="UTC")
            page.set_default_timeout(15_000)
            page.add_init_script(NOTE_VIOLATIONS)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"http://127.0.0.1:{port}/admin")
            what(page)
            browser.close()
        refusals = [line for line in said if not re.search(r"status of (401|404|409)", line)]
        assert not refusals

    with ThreadPoolExecutor(1) as thread:
        yield lambda what: thread.submit(in_browser, what).result()


def sign_in(page: Page, token: str = TOKEN) -> None:
    page.get_by_label("Administrator’s token").fill(token)
    page.keyboard.press("Enter")


def accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def live_version(port: int) -> str:
    return str(json.loads(request(port, "GET", "/api/index")[2])["version"])


def test_nothing_is_shown_without_the_token_and_a_wrong_one_is_refused(act: Act) -> None:
    def refused(page: Page) -> None:
        expect(page.get_by_role("heading", name="Versions")).to_be_hidden()
        sign_in(page, "wrong")
        expect(page.get_by_role("alert")).to_have_text("This is not the administrator's token.")
        expect(page.get_by_label("Administrator’s token")).to_be_focused()
        expect(page.get_by_role("heading", name="Versions")).to_be_hidden()
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0
        accessible(page)

    act(refused)


def test_an_operator_rebuilds_with_the_keyboard_and_goes_back(act: Act, folder: Path, port: int) -> None:
    def rebuilds(page: Page) -> None:
        first = live_version(port)
        sign_in(page)
        button = page.get_by_role("button", name="Rebuild the index")
        expect(button).to_be_focused()
        expect(page.locator("#served")).to_contain_text(first)
        (folder / "corpus" / "yawns.md").write_text("# Yawns\n\nA yawn is a deep breath.\n")
        page.keyboard.press("Enter")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(page.get_by_role("status")).to_contain_text("Published version", timeout=60_000)
        expect(page.get_by_role("progressbar")).to_be_hidden()
        second = live_version(port)
        assert second != first
        expect(page.get_by_role("row").filter(has_text=second)).to_contain_text("Live")
        expect(page.locator("#served")).to_contain_text("Documents 3")
        accessible(page)
        page.get_by_role("button", name=f"Go back to version {first}").click()
        expect(page.get_by_role("status")).to_have_text(f"Version {first} is live.")
        expect(page.get_by_role("heading", name="Versions")).to_be_focused()
        assert live_version(port) == first
        button.click()
        expect(page.get_by_role("status")).to_contain_text("Nothing changed", timeout=60_000)

    act(rebuilds)


def test_a_rebuild_that_runs_is_followed_after_a_reload_and_a_failed_one_says_why(
    act: Act, folder: Path
) -> None:
    def follows(page: Page) -> None:
        sign_in(page)
        page.get_by_label("Publish in any case").check()
        with page.expect_response(re.compile("rebuild$")) as answered:
            page.get_by_role("button", name="Rebuild the index").click()
        assert answered.value.status == 202
        page.reload()
        expect(page.get_by_role("status")).to_contain_text("Published version", timeout=60_000)
        shutil.move(folder / "corpus", folder / "away")
        page.get_by_role("button", name="Rebuild the index").click()
        expect(page.get_by_role("status")).to_contain_text("there is no such folder", timeout=60_000)
        shutil.move(folder / "away", folder / "corpus")
        accessible(page)

    act(follows)


def test_the_token_lives_in_the_tab_alone_and_goes_when_signing_out(act: Act) -> None:
    def leaves(page: Page) -> None:
        sign_in(page)
        expect(page.get_by_role("heading", name="Versions")).to_be_visible()
        expect(page.get_by_role("heading", name="Questions without a good answer")).to_be_hidden()
        assert page.evaluate("localStorage.length") == 0
        assert not page.context.cookies()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Versions")).to_be_hidden()
        assert page.evaluate("sessionStorage.length") == 0
        page.reload()
        expect(page.get_by_role("heading", name="Versions")).to_be_hidden()

    act(leaves)


def test_questions_without_an_answer_are_shown_as_text_where_they_are_kept(act: Act) -> None:
    gap = {
        "question": "<img src=x onerror=alert(1)>",
        "asked": 3,
        "unhelpful": 1,
        "latest": "2026-05-01T10:00:00Z",
        "comments": ["not what I meant"],
    }

    def reads(page: Page) -> None:
        def kept(route: Route) -> None:
            assert route.request.headers["authorization"] == f"Bearer {TOKEN}"
            route.fulfill(json={"questions": [gap], "days": 30, "lost": 0})

        page.route("**/api/feedback/unanswered", kept)
        sign_in(page)
        row = page.get_by_role("row").filter(has_text="onerror")
        expect(row.get_by_role("rowheader")).to_have_text(gap["question"])  # type: ignore[arg-type]
        expect(row).to_contain_text("not what I meant")
        expect(row).to_contain_text("01/05/2026, 10:00:00")
        accessible(page)

    act(reads)


def test_what_visitors_asked_in_vain_is_shown(act: Act, folder: Path, tmp_path: Path) -> None:
    settings = {"admin_token": TOKEN, "database_url": f"sqlite:///{tmp_path / 'kept.db'}"}
    question = "Who won the football match in Lisbon?"
    with running(folder / "index", **settings) as (_, other_port):
        for _ in range(2):
            request(other_port, "POST", "/api/chat", json.dumps({"message": question}))

        def reads(page: Page) -> None:
            page.goto(f"http://127.0.0.1:{other_port}/admin")
            sign_in(page)
            row = page.get_by_role("row").filter(has_text="football")
            expect(row.get_by_role("cell").first).to_have_text("2")
            accessible(page)

        act(reads)


def test_the_page_holds_nothing_inline_and_cannot_be_framed(port: int) -> None:
    _, headers, body = request(port, "GET", "/admin")
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    html = body.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", html)
    assert TOKEN not in html
