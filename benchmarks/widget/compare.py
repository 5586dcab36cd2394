"""Measure what the widget costs a page beside three well-known ones, all in one run of one Chromium.

The others come from npm into a folder of their own (see README.md); nothing of them stays in the repository.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, sync_playwright
from served import chromium, running


@dataclass(frozen=True)
class Widget:
    """A widget: how a page embeds it, and what of it is there first (its launcher, or the chat itself)."""

    name: str
    package: str | None
    embed: str
    first: str


WIDGETS = (
    Widget("blank page", None, "", "body"),
    Widget(
        "faq-chat (ours)",
        None,
        '<script src="widget.js" defer></script><faq-chat></faq-chat>',
        "[part=launcher]",
    ),
    Widget(
        "@nlux/core",
        "@nlux/core@2.17.1",
        """<div id="chat"></div><script type="module">
        import { createAiChat } from "./node_modules/@nlux/core/esm/nlux-core.js";
        createAiChat().withAdapter({ batchText: async () => "" }).mount(document.getElementById("chat"));
        </script>""",
        "textarea",
    ),
    Widget(
        "deep-chat",
        "deep-chat@2.4.2",
        """<script type="module" src="node_modules/deep-chat/dist/deepChat.bundle.js"></script>
        <deep-chat demo="true"></deep-chat>""",
        "#text-input",
    ),
    Widget(
        "flowise-embed",
        "flowise-embed@3.1.6",
        """<script type="module">
        import chatbot from "./node_modules/flowise-embed/dist/web.js";
        chatbot.init({ chatflowid: "none", apiHost: location.origin });
        </script>""",
        "button",
    ),
)

DRAWN = """(selector) => new Promise((resolve) => {
  const find = (root) => {
    const found = [...root.querySelectorAll(selector)].find((node) => node.getBoundingClientRect().width > 0);
    if (found || selector === "body") return found ?? document.body;
    for (const node of root.querySelectorAll("*")) {
      const inside = node.shadowRoot && find(node.shadowRoot);
      if (inside) return inside;
    }
  };
  const look = () => {
    const drawn = find(document);
    requestAnimationFrame(() => (drawn ? setTimeout(() => resolve(performance.now())) : look()));
  };
  look();
})"""
"""Milliseconds from the beginning of the navigation until something is painted; shadow roots are looked into."""


@dataclass
class Measured:
    """What a page with a widget loads beside itself, and when the widget is drawn."""

    raw: int = 0
    packed: int = 0
    requests: int = 0
    times: list[float] = field(default_factory=list)


def main() -> None:
    """Measure, and print a table."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(options.packages or stack.enter_context(tempfile.TemporaryDirectory()))
        _install(folder)
        _build_pages(folder, stack.enter_context(running()))
        address = stack.enter_context(_site(folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        results = {widget.name: Measured() for widget in WIDGETS}
        for widget in WIDGETS:
            _weigh(browser, f"{address}/{_page(widget)}", widget, results[widget.name])
        for _ in range(options.runs):
            for widget in WIDGETS:
                time = _time(browser, f"{address}/{_page(widget)}", widget, options)
                results[widget.name].times.append(time)
        print(
            f"Chromium {browser.version}, Python {platform.python_version()}, CPU / {options.slower}, "
            f"{options.mbit} Mbit/s, {options.latency} ms round trip, median of {options.runs} runs\n"
        )
        _print(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--slower", type=float, default=4, help="by how much the processor is slowed down")
    parser.add_argument("--mbit", type=float, default=1.6, help="megabits per second")
    parser.add_argument("--latency", type=float, default=40, help="milliseconds of a round trip")
    parser.add_argument("--packages", metavar="DIR", help="where the npm packages are, or are put to stay")
    return parser.parse_args()


def _install(folder: Path) -> None:
    packages = [widget.package for widget in WIDGETS if widget.package]
    if all((folder / "node_modules" / name.rpartition("@")[0]).is_dir() for name in packages):
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node, or give a folder with the packages as --packages")
    folder.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "install", *quiet, *packages], cwd=folder, check=True, stdout=sys.stderr)


def _build_pages(folder: Path, server: str) -> None:
    with urllib.request.urlopen(f"{server}/widget.js") as response:
        (folder / "widget.js").write_bytes(response.read())
    for widget in WIDGETS:
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>'
        )
        html = f'<!doctype html><html lang="en"><head>{head}<link rel="icon" href="data:,"></head><body>{widget.embed}'
        (folder / _page(widget)).write_text(html, encoding="utf-8")


def _page(widget: Widget) -> str:
    return "".join(mark for mark in widget.name if mark.isalnum()) + ".html"


class _Handler(SimpleHTTPRequestHandler):
    """Files, compressed as a site would, the same for all widgets."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes(), 9)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _weigh(browser: Browser, address: str, widget: Widget, measured: Measured) -> None:
    """Count what a page loads beside itself until it is quiet."""
    responses: list[Response] = []
    page = browser.new_page()
    page.on("response", lambda response: responses.append(response))
    page.goto(address, wait_until="networkidle")
    page.evaluate(DRAWN, widget.first)
    for response in responses:
        if response.url == address or response.url.startswith("data:"):
            continue
        measured.requests += 1
        body = response.body() if response.ok else b""
        measured.raw += len(body)
        measured.packed += len(gzip.compress(body, 9)) if body else 0
    page.close()


def _time(browser: Browser, address: str, widget: Widget, options: argparse.Namespace) -> float:
    context = browser.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, device_scale_factor=2
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": options.slower})
    speed = options.mbit * 1_000_000 / 8
    network = {
        "offline": False,
        "latency": options.latency,
        "downloadThroughput": speed,
        "uploadThroughput": speed,
    }
    session.send("Network.emulateNetworkConditions", network)
    page.goto(address, wait_until="commit")
    time = float(page.evaluate(DRAWN, widget.first))
    context.close()
    return time


def _print(results: dict[str, Measured]) -> None:
    blank = statistics.median(results["blank page"].times)
    print("| widget | raw KB | gzip KB | requests | first drawn, ms over a blank page |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, measured in results.items():
        if name == "blank page":
            continue
        over = statistics.median(measured.times) - blank
        print(
            f"| {name} | {measured.raw / 1024:.1f} | {measured.packed / 1024:.1f} | {measured.requests} | {over:+.0f} |"
        )
    print(f"\nThe blank page itself: {blank:.0f} ms.")


if __name__ == "__main__":
    main()
