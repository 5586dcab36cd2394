"""Documents that mean harm are text: they are indexed or refused by name, run nowhere, and open nothing else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browser.conftest import SWITCHES, find_chromium
from playwright.sync_api import Dialog, Page, expect, sync_playwright

from server.conftest import TOKEN
from server.hostile import EVERYTHING, EXECUTED, RUN, SECRET, write_corpus
from server.serving import request, running

LONGEST = 600
"""Seconds that the whole corpus may take to index, on a busy machine too."""
MOST_MEMORY = 1_000_000
"""Kilobytes that it may take."""
TOO_LONG_FOR_A_BROWSER = {"17-headings.md"}
ASKED = [f"What is a zarb{number:02}?" for number in (*range(1, 38), *range(40, 52))]
BEARER = f"Bearer {TOKEN}"


@dataclass(frozen=True)
class Written:
    """The hostile corpus indexed: its folder, why each file is refused, and what the rebuild said."""

    folder: Path
    expected: Mapping[str, str | None]
    said: str

    @property
    def names(self) -> list[str]:
        return sorted(name for name, refused in self.expected.items() if refused is None)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("hostile")
    expected = write_corpus(folder)
    measured = (
        "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], check=False).returncode; "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    )
    rebuild = [sys.executable, "-m", "chatbot", "rebuild", "corpus", "--index", "index"]
    done = subprocess.run(
        [sys.executable, "-c", measured, *rebuild],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said, _, memory = done.stdout.rstrip("\n").rpartition("\n")
    assert int(memory) < MOST_MEMORY
    return Written(folder, expected, said)


@pytest.fixture(scope="module")
def port(written: Written) -> Iterator[int]:
    folder = written.folder
    with running(
        folder / "index",
        corpus=str(folder / "corpus"),
        admin_token=TOKEN,
        database_url=f"sqlite:///{folder}/feedback.db",
    ) as (_, port):
        yield port


def ask(port: int, message: str) -> dict[str, object]:
    status, _, body = request(port, "POST", "/api/chat", json.dumps({"message": message}))
    assert status == 200
    reply: dict[str, object] = json.loads(body)
    return reply


def test_each_file_is_indexed_or_refused_by_its_name_with_a_reason(written: Written, port: int) -> None:
    refused = {name: reason for name, reason in written.expected.items() if reason}
    for name, reason in refused.items():
        assert any(f"skipped {name}: " in line and reason in line for line in written.said.splitlines()), name
    assert written.said.count("skipped ") == len(refused)
    listed = json.loads(request(port, "GET", "/api/documents")[2])["documents"]
    assert sorted(entry["document"] for entry in listed) == written.names
    assert not (written.folder / EXECUTED).exists()


def test_what_is_indexed_is_the_text_of_the_file_and_nothing_else(written: Written, port: int) -> None:
    for name in written.names:
        status, _, body = request(port, "GET", f"/api/documents/{quote(name, safe='')}")
        assert status == 200, name
        data = (written.folder / "corpus" / name).read_bytes()
        given = json.loads(body)["text"]
        try:
            assert given == data.decode("utf-8"), name
        except UnicodeDecodeError:
            assert "What is a zarb" in given, name


def test_a_question_is_answered_with_a_verbatim_slice_of_a_hostile_document(
    written: Written, port: int
) -> None:
    answered = 0
    for question in ASKED:
        reply = ask(port, question)
        for passage in reply["passages"]:  # type: ignore[attr-defined]
            cited = passage["citation"]
            body = request(port, "GET", f"/api/documents/{quote(cited['document'])}")[2]
            text = json.loads(body)["text"]
            assert text[cited["start"] : cited["end"]] == passage["text"]
            answered += 1
    assert answered > len(ASKED) / 2, "most can be found by asking"


OUTSIDE = (
    "../secret.txt",
    "../outside/page.md",
    "..%2fsecret.txt",
    "..%252fsecret.txt",
    "..\\secret.txt",
    "..%5csecret.txt",
    "%2e%2e/secret.txt",
    "....//secret.txt",
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%c0%ae%c0%ae/secret.txt",
    "..%ef%bc%8fsecret.txt",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "70-link-out.txt",
    "71-link-up.md",
    "72-passwd.txt",
    "73-folder/page.md",
    "76-memory.txt",
    "36-sidecar.md.meta.toml",
    "_metadata.toml",
    "../index/current.json",
    "current.json%00.md",
    ".",
    "..",
)
BELOW = (
    "/api/documents/",
    "/documents/",
    "/assets/",
    "/assets/admin/",
    "/api/index/rebuilds/",
    "/v1/models/",
    "/",
    "/embed/",
)


def test_nothing_outside_the_corpus_can_be_read_by_any_address(written: Written, port: int) -> None:
    telling = (SECRET.encode(), b"root:x:0:0", b"CHATBOT_ADMIN", b'"published":')
    for prefix in BELOW:
        for name in OUTSIDE:
            status, _, body = request(port, "GET", prefix + name, None, {"Authorization": BEARER})
            assert status in {400, 404}, prefix + name
            assert not any(word in body for word in telling), prefix + name
    for version in OUTSIDE:
        wanted = json.dumps({"version": version})
        status, _, said = request(port, "POST", "/api/index/rollback", wanted, {"Authorization": BEARER})
        assert status == 404
        assert not any(word in said for word in telling), version
    for question in ("What is the secret?", "the secret beside the corpus", "root:x:0:0:root"):
        passages = ask(port, question)["passages"]
        assert SECRET not in json.dumps(passages)
        assert "root:x" not in json.dumps(passages)
    for name in written.names:
        body = request(port, "GET", f"/api/documents/{quote(name)}")[2]
        assert not any(word in body for word in telling), name


def test_a_terminal_is_not_told_what_to_do(written: Written) -> None:
    """What a document holds is printed; a control character in it is shown as a sign."""
    command = [
        sys.executable,
        "-m",
        "chatbot",
        "ask",
        "What is a zarb11?",
        "--index",
        str(written.folder / "index"),
    ]
    read, write = pty.openpty()
    with subprocess.Popen(command, stdin=write, stdout=write, stderr=write) as process:
        os.close(write)
        said = b""
        try:
            while piece := os.read(read, 65_536):
                said += piece
        except OSError:  # what a terminal says when its last writer has gone
            pass
    os.close(read)
    assert process.returncode == 0
    text = said.decode("utf-8")
    assert "A zarb11 is a thing." in text
    assert not {letter for letter in text if letter < " " or "\x7f" <= letter < "\xa0"} - set("\r\n\t")


# ---------------------------------------------------------------------- in a browser

WATCH = """
addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`), true);
"""


class Watched:
    """A page, and all that must not happen in it."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.elsewhere: list[str] = []
        self.said: list[str] = []
        page.add_init_script(WATCH)
        page.on("request", lambda sent: self._asked(sent.url))
        page.on("dialog", self._opened)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("popup", lambda popup: self.said.append(f"popup: {popup.url}"))

    def _opened(self, dialog: Dialog) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.server, "data:image/")):
            self.elsewhere.append(url)

    def check(self, what: str) -> None:
        """Nothing ran, nothing was loaded from elsewhere, and every link leads to the web, to mail or here."""
        page = self.page
        assert page.evaluate("window.__ran") is None, what
        assert self.elsewhere == [], what
        assert self.said == [], what
        links = page.evaluate(
            """() => {
              const roots = [document, ...[...document.querySelectorAll("*")].flatMap((el) => el.shadowRoot ?? [])];
              return roots.flatMap((root) => [...root.querySelectorAll("a, area, iframe, object, embed, form, base")])
                .map((el) => el.href ?? el.src ?? el.data ?? el.action);
            }"""
        )
        assert {urlsplit(link).scheme for link in links} <= {"http", "https", "mailto", "tel"}, what
        handlers = page.evaluate(
            """() => {
              const roots = [document, ...[...document.querySelectorAll("*")].flatMap((el) => el.shadowRoot ?? [])];
              return roots.flatMap((root) => [...root.querySelectorAll("*")])
                .flatMap((el) => el.getAttributeNames()).filter((name) => name.startsWith("on"));
            }"""
        )
        assert handlers == [], what


@pytest.mark.browser
def test_nothing_of_it_runs_in_a_browser(written: Written, port: int) -> None:
    server = f"http://127.0.0.1:{port}"
    reply = ask(port, f"Which colour has the frobnicator <img src=x onerror={RUN}>?")
    assert reply["kind"] not in {"emergency", "crisis"}, "of those the question is never kept"
    mark = json.dumps(
        {"reply": reply["id"], "helpful": False, "comment": f"frobnicator {EVERYTHING}"[:1_900]}
    )
    assert request(port, "POST", "/api/feedback", mark)[0] == 200

    def all_of_it() -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
            page = browser.new_page(reduced_motion="reduce")
            page.set_default_timeout(30_000)
            watched = Watched(page, server)
            chat_page(page, watched, server)
            for name in written.names:
                if name not in TOO_LONG_FOR_A_BROWSER:
                    page.goto(f"{server}/documents/{quote(name, safe='')}")
                    watched.check(name)
            admin_page(page, watched, server)
            report_page(browser.new_page(), written)
            browser.close()

    with ThreadPoolExecutor(1) as thread:  # another Playwright may be at work in this one
        thread.submit(all_of_it).result()


def chat_page(page: Page, watched: Watched, server: str) -> None:
    """The chat page shows quotes, titles, suggestions and what was typed; the embedded widget is the same script."""
    page.goto(f"{server}/")
    box = page.locator("faq-chat").locator("[part~=input]")
    found = page.locator("[part=message]:not([data-kind=user])")
    page.locator("faq-chat[page], faq-chat").first.wait_for()
    for question in (*ASKED, EVERYTHING[:1_900]):
        before = found.count()
        box.fill(question)
        box.press("Enter")
        found.nth(before).wait_for()
        watched.check(question)
    quoted = page.locator("blockquote").all_inner_texts()
    assert any("<script>" in text for text in quoted), "markup is shown as it is written"
    page.goto(f"{server}/embed")
    watched.check("/embed")


def admin_page(page: Page, watched: Watched, server: str) -> None:
    """The operator's page shows the names and reasons of what was refused, and the unanswered questions."""
    page.goto(f"{server}/admin")
    page.get_by_label("Administrator’s token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("frobnicator").first).to_be_visible()
    page.get_by_role("button", name="Rebuild the index").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing changed", timeout=120_000)
    expect(page.get_by_text("29-binary.txt").first).to_be_attached()
    watched.check("/admin")


def report_page(page: Page, written: Written) -> None:
    """The report quotes questions, comments and titles; it is a file, with no policy but its own."""
    folder = written.folder
    done = subprocess.run(
        [sys.executable, "-m", "chatbot", "report", "--index", "index", "--html", "report.html"],
        cwd=folder,
        env={**os.environ, "CHATBOT_DATABASE_URL": f"sqlite:///{folder}/feedback.db"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    place = (folder / "report.html").as_uri()
    watched = Watched(page, place)
    page.goto(place)
    expect(page.get_by_text("frobnicator").first).to_be_attached()
    watched.check("the report")
