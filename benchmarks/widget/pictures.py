"""Make the pictures in docs/ from the running widget: `python benchmarks/widget/pictures.py`.

The server is the project's own, over the shipped corpus; the pictures are put together by the browser itself.
"""

from __future__ import annotations

import base64
import json
import sys

from playwright.sync_api import Browser, Page, sync_playwright
from served import ROOT, chromium, running

DOCS = ROOT / "docs"
LARGEST = 300_000
SETTINGS = {
    "CHATBOT_HEADING": "Ask about myoclonus",
    "CHATBOT_EMERGENCY_NUMBERS": json.dumps([{"name": "Emergency services", "phone": "112"}]),
    "CHATBOT_CONTACT": json.dumps(
        [{"name": "Clinic reception", "phone": "555 0100", "hours": "Mon–Fri 9–17"}]
    ),
}
ANSWER = ("what is palital myoclonus",)
EMERGENCY = ("I have crushing chest pain",)
REFUSAL = ("should I stop taking my clonazepam?",)


def main() -> None:
    """Make every picture."""
    with running(SETTINGS) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        panels = [
            panel(browser, address, ANSWER, "light"),
            panel(browser, address, EMERGENCY, "light"),
            panel(browser, address, ANSWER, "dark"),
            panel(browser, address, EMERGENCY, "dark"),
        ]
        side_by_side(browser, panels, "widget.png")
        states = [panel(browser, address, (), "light"), panel(browser, address, REFUSAL, "light")]
        side_by_side(browser, [*states, failed(browser, address)], "widget-states.png")
        phone(browser, address)
        pages(browser, address)
        browser.close()


def opened(browser: Browser, address: str, scheme: str, width: int = 480, height: int = 800) -> Page:
    """Return a page with the widget, opened."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    page.goto(f"{address}/embed")
    page.locator("main").evaluate("(main) => main.remove()")
    page.locator("[part=launcher]").click()
    page.locator("[part=suggestion]").first.wait_for()
    return page


def ask(page: Page, *questions: str) -> None:
    """Ask, and wait for each reply; then take away the caret and the focus."""
    for question in questions:
        page.locator("[part=input]").fill(question)
        page.locator("[part=input]").press("Enter")
        page.locator(".status:empty").wait_for(state="attached")
    page.locator("faq-chat").evaluate("(host) => host.shadowRoot.activeElement?.blur()")
    page.mouse.move(1, 1)


def panel(browser: Browser, address: str, questions: tuple[str, ...], scheme: str) -> bytes:
    """Return a picture of the panel after some questions."""
    page = tall(browser, address, scheme)
    ask(page, *questions)
    picture = page.locator("[part=panel]").screenshot()
    page.close()
    return picture


def tall(browser: Browser, address: str, scheme: str) -> Page:
    """Return a page whose panel is high enough for a whole answer."""
    page = opened(browser, address, scheme, width=481, height=850)
    page.locator("faq-chat").evaluate("(host) => host.style.setProperty('--faq-chat-height', '690px')")
    return page


def failed(browser: Browser, address: str) -> bytes:
    """Return a picture of a question that did not go through."""
    page = tall(browser, address, "light")
    page.route("**/api/chat", lambda route: route.abort())
    page.context.set_offline(True)
    ask(page, "what causes myoclonus?")
    picture = page.locator("[part=panel]").screenshot()
    page.close()
    return picture


def side_by_side(browser: Browser, pictures: list[bytes], name: str) -> None:
    """Put pictures in a row, two rows where there are four."""
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">' for picture in pictures
    )
    columns = 2 if len(pictures) == 4 else len(pictures)
    style = f"body{{margin:0;padding:24px;display:inline-grid;grid-template-columns:repeat({columns},400px);gap:24px;"
    style += "background:#e3e6ee}img{display:block;width:400px;border-radius:16px}"
    page = browser.new_page(viewport={"width": 1400, "height": 800})
    page.set_content(f"<style>{style}</style>{images}")
    save(page.locator("body").screenshot(), name)
    page.close()


def phone(browser: Browser, address: str) -> None:
    """Picture the widget on a small phone, where it covers the page."""
    page = opened(browser, address, "light", width=320, height=640)
    ask(page, *ANSWER)
    save(page.screenshot(), "widget-phone.png")
    page.close()


def pages(browser: Browser, address: str) -> None:
    """Picture the chat page and the page of a document."""
    page = browser.new_page(viewport={"width": 1000, "height": 760}, reduced_motion="reduce", locale="en-GB")
    page.goto(address)
    page.locator("[part=suggestion]").first.wait_for()
    ask(page, *ANSWER)
    save(page.screenshot(), "chat-page.png")
    page.locator("[part=citation]").first.click()
    page.wait_for_url("**/documents/**")
    save(page.screenshot(), "document-page.png")
    page.close()


def save(picture: bytes, name: str) -> None:
    """Write a picture, unless it is too large for a repository."""
    if len(picture) > LARGEST:
        sys.exit(f"{name} has {len(picture):,} bytes; at most {LARGEST:,} are wanted")
    (DOCS / name).write_bytes(picture)
    print(f"{name}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
