"""A visitor in front of a page with the widget: what can be done, and what can be seen."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page

NETWORK = "Failed to load resource"
"""How the browser begins what it says by itself about any request that failed."""


class Visitor:
    """One page, and one of the widgets in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.violations: list[str] = []
        self.dialogs: list[str] = []
        self.events: list[tuple[str, Any]] = []
        self.expects_violations = False
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)

    def _asked(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NETWORK):
            self.complaints.append(message.text)

    def violated(self, directive: str) -> None:
        """Note a violation of the page's content security policy."""
        self.violations.append(directive)

    def happened(self, name: str, detail: str, composed: bool) -> None:
        """Note an event of the widget that reached the window."""
        assert composed
        self.events.append((name, json.loads(detail)))

    # ------------------------------------------------------------------ what is there

    def widget(self, number: int = 0) -> Locator:
        return self.page.locator("faq-chat").nth(number)

    def part(self, name: str, widget: int = 0) -> Locator:
        """The elements of one part, which stand in the shadow root."""
        return self.widget(widget).locator(f"[part~={name}]")

    def messages(self, kind: str | None = None) -> Locator:
        return self.page.locator(f'[part=message][data-kind="{kind}"]' if kind else "[part=message]")

    @property
    def last(self) -> Locator:
        return self.messages().last

    @property
    def status(self) -> str:
        return self.page.locator(".status").inner_text()

    def focused(self, widget: int = 0) -> str:
        """The part, else the class or the tag, of what has the focus in the shadow root; empty where nothing has."""
        return str(
            self.widget(widget).evaluate(
                """(host) => {
                  const node = host.shadowRoot.activeElement;
                  return node ? node.getAttribute("part") || node.className || node.localName : "";
                }"""
            )
        )

    # ------------------------------------------------------------------ what can be done

    def open(self) -> None:
        self.part("launcher").click()
        self.part("panel").wait_for(state="visible")

    def send(self, question: str) -> None:
        """Type a question and press Enter, without waiting for anything."""
        self.part("input").fill(question)
        self.part("input").press("Enter")

    def ask(self, question: str) -> Locator:
        """Ask, and wait for the message that comes of it."""
        before = self.replies()
        self.send(question)
        return self.wait_for_reply(before)

    def replies(self) -> int:
        """How many messages are not the visitor's own."""
        return self.page.locator("[part=message]:not([data-kind=user])").count()

    def wait_for_reply(self, before: int) -> Locator:
        """Wait until there are more replies than before and nothing is awaited."""
        found = self.page.locator("[part=message]:not([data-kind=user])")
        found.nth(before).wait_for()
        self.page.locator(".status:empty").wait_for(state="attached")
        return found.nth(before)
