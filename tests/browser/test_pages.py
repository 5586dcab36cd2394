"""The server's own pages: the chat page, the page of a document, and the way between them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import HEADING, Visit
from browser.widget import Visitor

pytestmark = pytest.mark.browser

IN_VIEW = """(node) => {
  const { top, bottom } = node.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""


def go_to_a_source(visitor: Visitor) -> str:
    """Ask, and follow the citation of the answer. Returns the id of the passage."""
    visitor.ask("how are corns treated")
    visitor.part("citation").first.click()
    visitor.page.wait_for_url("**/documents/**")
    return visitor.page.url.partition("#")[2]


@pytest.mark.parametrize("width", [320, 1000])
def test_the_chat_page_is_the_chat(visit: Visit, server: str, width: int) -> None:
    visitor = visit(f"{server}/", viewport={"width": width, "height": 640})
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(HEADING)
    expect(visitor.part("panel")).to_be_visible()
    expect(visitor.part("launcher")).to_be_hidden()
    expect(visitor.part("close")).to_be_hidden()
    visitor.ask("What is a blister?")
    visitor.page.keyboard.press("Escape")
    expect(visitor.part("panel")).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    box = visitor.part("send").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 640


def test_a_citation_leads_to_the_passage_marked_and_in_view(visit: Visit, server: str) -> None:
    visitor = visit(f"{server}/", viewport={"width": 800, "height": 400})
    passage = visitor.page.locator(f"#{go_to_a_source(visitor)}")
    assert passage.inner_text().startswith("Corns are treated with a salicylic acid plaster")
    assert visitor.page.evaluate("scrollY") > 0
    assert passage.evaluate(IN_VIEW)
    marked = "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node, '::before').content]"
    ground, label = passage.evaluate(marked)
    assert ground != "rgba(0, 0, 0, 0)"
    assert label not in {"none", "normal"}
    other = visitor.page.locator(".passage:not(:target)").first
    assert other.evaluate(marked) == ["rgba(0, 0, 0, 0)", "none"]


@pytest.mark.parametrize("way", ["back", "link"])
def test_the_way_back_leads_to_the_conversation(visit: Visit, server: str, way: str) -> None:
    visitor = visit(f"{server}/")
    go_to_a_source(visitor)
    if way == "back":
        visitor.page.go_back()
    else:
        visitor.page.get_by_role("link", name="Ask a question").click()
    visitor.page.wait_for_url(f"{server}/")
    expect(visitor.messages("answer")).to_have_count(1)
    assert visitor.messages("user").inner_text().endswith("how are corns treated")


def test_the_skip_link_leads_past_the_header(visit: Visit, server: str) -> None:
    visitor = visit(f"{server}/documents/blisters.md")
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.locator(".skip")
    expect(skip).to_be_focused()
    assert skip.evaluate(IN_VIEW)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#text")).to_be_focused()


def test_a_document_page_says_what_the_document_is(visit: Visit, server: str) -> None:
    visitor = visit(f"{server}/documents/blisters.md")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(
        "Blisters: what they are and how they heal"
    )
    facts = visitor.page.locator(".facts").inner_text()
    for fact in ("The Walkers' Clinic", "R. Ambler", "https://clinic.example.org/blisters"):
        assert fact in facts


def test_without_scripts_the_chat_page_says_what_is_missing_and_documents_can_be_read(
    visit: Visit, server: str
) -> None:
    visitor = visit(f"{server}/", java_script_enabled=False)
    expect(visitor.page.locator("noscript")).to_be_visible()
    visitor.page.goto(f"{server}/documents/blisters.md")
    expect(visitor.page.get_by_role("heading", name="What is a blister?")).to_be_visible()
