"""What a screen reader is given: the tree of a whole conversation, and what is announced while it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.site import Answer, Site

pytestmark = pytest.mark.browser

CONVERSATION = Path(__file__).with_name("conversation.yml")
"""The accessibility tree after QUESTIONS; the server's own words are left out."""
ANNOUNCEMENTS = Path(__file__).with_name("announcements.txt")
"""What its live regions say of the same conversation, one after the other."""
QUESTIONS = (
    "waht should one know about blisters",
    "how are corns treated",
    "Should I stop taking my ibuprofen?",
    "What is the capital of Peru?",
    "I have crushing chest pain",
    "I want to kill myself",
)

LISTEN = """(host) => {
  window.announced = [];
  for (const region of host.shadowRoot.querySelectorAll("[role=log], [role=status]")) {
    new MutationObserver((changes) => {
      const role = region.getAttribute("role");
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        const alert = node.role === "alert";
        if (role === "log" && (node.parentNode !== region || (region.ariaLive === "off" && !alert))) continue;
        announced.push([alert ? "alert" : role, node.innerText ?? node.data]);
      }
    }).observe(region, { childList: true, subtree: true });
  }
}"""
"""A live region says what is shown in it while it is there; an alert says itself, the log around it nothing then."""


def test_the_whole_conversation_as_it_is_read(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    for question in QUESTIONS:
        visitor.ask(question)
    read = visitor.page.locator("body").aria_snapshot().replace(site.origin, "SITE")
    for _, reply in visitor.events[1:]:
        # The server's own words are an editor's to change.
        read = read.replace(reply["text"].partition("\n\n")[0], f"({reply['kind']})")
    assert read + "\n" == CONVERSATION.read_text(encoding="utf-8")


def test_the_whole_conversation_as_it_is_announced(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("suggestion").first.wait_for()
    visitor.widget().evaluate(LISTEN)
    for question in QUESTIONS:
        visitor.ask(question)
        # For a moment after an alert the log says nothing.
        expect(visitor.part("transcript")).not_to_have_attribute("aria-live", "off")
    announced = [f"{role}: {' '.join(text.split())}" for role, text in visitor.page.evaluate("announced")]
    said = "\n".join(announced)
    for _, reply in visitor.events[1:]:
        said = said.replace(" ".join(reply["text"].partition("\n\n")[0].split()), f"({reply['kind']})")
    assert said + "\n" == ANNOUNCEMENTS.read_text(encoding="utf-8")


def test_what_is_announced_and_in_which_order(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.widget().evaluate(LISTEN)
    visitor.ask("What is a blister?")
    site.instead["/api/chat"] = Answer(500)
    visitor.ask("And a corn?")
    site.instead.clear()
    visitor.ask("I have crushing chest pain")
    announced = [(role, " ".join(text.split())) for role, text in visitor.page.evaluate("announced")]
    assert [role for role, _ in announced] == [
        "log", "status", "log", "log", "log", "status", "log", "log", "status", "alert",
    ]  # fmt: skip
    said = [text for _, text in announced]
    assert said[0] == "You asked: What is a blister?"
    assert said[1] == said[5] == said[8] == "Looking that up…"
    assert said[2].startswith("From the source, word for word A blister is a small pocket")
    assert said[3].startswith("You could also ask")
    assert said[6] == "That did not go through. There is no answer right now. Try again"
    assert said[9].startswith("Emergency: get help now")


def test_a_choice_of_what_is_meant_is_announced_with_its_buttons(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.widget().evaluate(LISTEN)
    reply = visitor.ask("how is it treated?")
    assert reply.get_attribute("data-kind") == "clarify"
    announced = visitor.page.evaluate("announced")
    assert [role for role, _ in announced] == ["log", "status", "log", "log"]
    assert announced[2][1] == "That could mean more than one thing. Which do you mean?"
    for name in ("(Corns and calluses)?", "(Blisters)?"):
        assert name in announced[3][1]
        expect(visitor.part("transcript").get_by_role("button", name=name)).to_be_visible()


def test_the_log_is_there_from_the_start_and_never_made_again(visit: Visit) -> None:
    visitor = visit()
    log = visitor.part("transcript").element_handle()
    assert log
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.part("restart").click()
    visitor.ask("how are corns treated")
    visitor.part("close").click()
    visitor.open()
    assert visitor.part("transcript").evaluate("(node, first) => node === first", log)
    assert visitor.part("transcript").get_attribute("role") == "log"


def test_the_browser_takes_the_log_as_polite_and_the_alert_as_assertive(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("I have crushing chest pain")
    session = visitor.page.context.new_cdp_session(visitor.page)
    live = {}
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        for entry in node.get("properties", []):
            if entry["name"] == "live":
                live[node["role"]["value"]] = entry["value"]["value"]
    assert live["alert"] == "assertive"
    assert live["status"] == "polite"
    # While the alert speaks the log keeps quiet; a second later it is a log again.
    expect(visitor.part("transcript")).not_to_have_attribute("aria-live", "off")


def test_a_conversation_that_is_taken_up_again_alerts_nobody(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("I have crushing chest pain")
    visitor.page.reload()
    visitor.open()
    assert visitor.messages("emergency").count() == 1
    assert visitor.page.get_by_role("alert").count() == 0


def test_the_panel_and_the_launcher_say_what_they_are(visit: Visit) -> None:
    visitor = visit()
    launcher, panel = visitor.part("launcher"), visitor.part("panel")
    assert launcher.evaluate("(node) => node.localName") == "button"
    assert launcher.get_attribute("aria-expanded") == "false"
    visitor.open()
    assert launcher.get_attribute("aria-expanded") == "true"
    assert panel.get_attribute("aria-modal") == "false"
    expect(visitor.page.get_by_role("dialog", name="Ask about feet")).to_be_visible()
    expect(visitor.page.get_by_role("textbox", name="Your question")).to_be_visible()
