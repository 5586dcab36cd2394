"""No rule of WCAG 2.2 A and AA is violated, in any state that a visitor comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.conftest import Visit
from browser.site import Answer, Site
from browser.widget import Visitor

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = (
    "how are they treated?",
    "What is a blister?",
    "waht causes corns",
    "how are corns treated",
    "What is a stamped callus?",
    "Should I stop taking my ibuprofen?",
    "I have crushing chest pain",
    "I want to kill myself",
    "What is the capital of Peru?",
    "hello",
)


def violations(visitor: Visitor) -> list[str]:
    """Return what axe finds in the page, the widget's shadow root included: the rule and the element."""
    found = Axe().run(visitor.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    checked = {result["id"] for kind in ("passes", "violations", "incomplete") for result in found[kind]}
    assert {"color-contrast", "document-title"} <= checked
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found["violations"] for node in rule["nodes"]]


def ask_everything(visitor: Visitor) -> None:
    """Have messages of every kind, and unfold what is folded."""
    visitor.open()
    for question in EVERYTHING:
        visitor.ask(question)
    visitor.widget().evaluate(
        "(host) => host.shadowRoot.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
    )


def closed(visitor: Visitor, site: Site) -> None:
    visitor.part("launcher").wait_for()


def opened(visitor: Visitor, site: Site) -> None:
    visitor.open()
    visitor.part("suggestion").first.wait_for()


def answer(visitor: Visitor, site: Site) -> None:
    visitor.open()
    assert visitor.ask("waht causes corns").get_attribute("data-kind") == "answer"


def refusal(visitor: Visitor, site: Site) -> None:
    visitor.open()
    assert visitor.ask("Should I stop taking my ibuprofen?").get_attribute("data-kind") == "refusal"


def emergency(visitor: Visitor, site: Site) -> None:
    visitor.open()
    assert visitor.ask("I have crushing chest pain").get_attribute("data-kind") == "emergency"


def error(visitor: Visitor, site: Site) -> None:
    visitor.open()
    site.instead["/api/chat"] = Answer(status=500)
    assert visitor.ask("What is a blister?").get_attribute("data-kind") == "error"


def every_kind(visitor: Visitor, site: Site) -> None:
    ask_everything(visitor)


NARROW = {"viewport": {"width": 320, "height": 640}}
DARK = {"color_scheme": "dark"}


@pytest.mark.parametrize(
    ("come_to", "options"),
    [
        (closed, {}),
        (opened, {}),
        (answer, {}),
        (refusal, {}),
        (emergency, {}),
        (error, {}),
        (every_kind, NARROW),
        (every_kind, DARK),
        (closed, DARK),
        (opened, {**NARROW, **DARK}),
        (error, {**NARROW, **DARK}),
    ],
    ids=[
        "closed", "opened", "answer", "refusal", "emergency", "error", "320 px", "dark", "closed in the dark",
        "opened at 320 px in the dark", "error at 320 px in the dark",
    ],
)  # fmt: skip
def test_a_state_violates_no_rule(
    visit: Visit, site: Site, come_to: Callable[[Visitor, Site], None], options: dict[str, Any]
) -> None:
    visitor = visit(**options)
    come_to(visitor, site)
    assert violations(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat_page_and_a_document_page_violate_no_rule(visit: Visit, server: str, scheme: str) -> None:
    visitor = visit(f"{server}/", color_scheme=scheme)
    visitor.ask("how are corns treated")
    assert violations(visitor) == []
    visitor.part("citation").first.click()
    visitor.page.wait_for_url("**/documents/**")
    assert violations(visitor) == []


def test_a_violation_would_be_found(visit: Visit, site: Site) -> None:
    visitor = visit(site.page("<faq-chat></faq-chat><button></button>"))
    visitor.widget().evaluate(
        "(host) => { host.style.setProperty('--faq-chat-accent', '#ccc', 'important'); }"
    )
    found = violations(visitor)
    assert [rule.split(":")[0] for rule in found] == ["button-name", "color-contrast"]
    assert "Ask a question" in found[1]
