"""Everything is done with the keyboard alone, and focus is where a visitor expects it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.site import Answer, Site

pytestmark = pytest.mark.browser


def test_a_conversation_from_the_page_and_back_to_it(visit: Visit) -> None:
    visitor = visit()
    press, keys = visitor.page.keyboard.press, visitor.page.keyboard
    press("Tab")
    assert visitor.focused() == "launcher"
    press("Enter")
    expect(visitor.part("panel")).to_be_visible()
    assert visitor.focused() == "input"

    keys.type("what should one know about blisters")
    press("Enter")
    visitor.wait_for_reply(0)
    assert visitor.focused() == "input"

    # Backwards from the question field: the suggestions, the actions, the further passages, the citation.
    press("Shift+Tab")
    assert visitor.focused() == "suggestion"
    for _ in range(2):
        press("Shift+Tab")
    press("Shift+Tab")
    assert visitor.focused() == "copy"
    press("Shift+Tab")
    assert visitor.focused() == "summary"
    press("Shift+Tab")
    assert visitor.focused() == "citation"
    press("Tab")
    press("Tab")
    press("Tab")
    assert visitor.focused() == "suggestion"
    chosen = visitor.part("suggestion").first.inner_text()
    press("Enter")
    visitor.wait_for_reply(1)
    assert visitor.focused() == "input"
    assert visitor.messages("user").last.locator("p").inner_text().endswith(chosen)

    keys.type("a second line")
    press("Shift+Enter")
    assert visitor.part("input").input_value() == "a second line\n"
    press("Escape")
    expect(visitor.part("panel")).to_be_hidden()
    assert visitor.focused() == "launcher"
    press("Space")
    assert visitor.focused() == "input"
    assert visitor.messages().count() == 4


def test_which_one_is_meant_is_chosen_with_the_keyboard(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    assert visitor.ask("how is it treated?").get_attribute("data-kind") == "clarify"
    choices = visitor.part("transcript").locator("[part=suggestion]")
    answers = {
        "how is it treated (Corns and calluses)?": "softens the hard skin",
        "how is it treated (Blisters)?": "covering it with a soft plaster",
    }
    assert sorted(choices.all_inner_texts()) == sorted(answers)
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Shift+Tab")
    expect(choices.first).to_be_focused()
    visitor.page.keyboard.press("Tab")
    expect(choices.last).to_be_focused()
    chosen = answers[choices.last.inner_text()]
    visitor.page.keyboard.press("Space")
    reply = visitor.wait_for_reply(1)
    assert chosen in reply.locator("blockquote").first.inner_text()
    assert visitor.focused() == "input"
    assert choices.filter(has_text="how is it treated").count() == 0


def test_further_passages_are_unfolded_with_the_keyboard(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    reply = visitor.ask("what should one know about blisters")
    folded = reply.locator("details blockquote")
    assert folded.count() >= 1
    expect(folded.first).to_be_hidden()
    visitor.page.locator("summary").focus()
    visitor.page.keyboard.press("Enter")
    expect(folded.first).to_be_visible()
    assert "friction of a shoe" in folded.first.inner_text()
    visitor.page.keyboard.press("Tab")
    assert visitor.focused() == "citation"
    links = reply.locator("details [part=citation]")
    expect(links.first).to_be_focused()
    assert links.count() == folded.count()
    assert "What causes blisters?" in links.first.inner_text()


def test_every_control_can_be_reached_in_the_order_it_is_read(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("how are corns treated")
    visitor.part("restart").focus()
    order = []
    for _ in range(12):
        order.append(visitor.focused())
        visitor.page.keyboard.press("Tab")
    assert order == [
        "restart", "close", "scroll", "citation", "summary", "copy", "suggestion", "suggestion", "suggestion",
        "input", "send", "launcher",
    ]  # fmt: skip


def test_the_close_button_returns_focus_to_the_launcher(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("close").press("Enter")
    assert visitor.focused() == "launcher"
    assert visitor.part("launcher").get_attribute("aria-expanded") == "false"


def test_closing_from_outside_leaves_focus_where_it_is(visit: Visit, site: Site) -> None:
    visitor = visit(site.page('<button id="own">A button of the page</button><faq-chat open></faq-chat>'))
    visitor.page.locator("#own").focus()
    visitor.widget().evaluate("(host) => host.close()")
    expect(visitor.part("panel")).to_be_hidden()
    expect(visitor.page.locator("#own")).to_be_focused()


def test_focus_does_not_move_when_a_reply_arrives(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    before = visitor.replies()
    visitor.send("What is a blister?")
    visitor.part("restart").focus()
    visitor.wait_for_reply(before)
    assert visitor.focused() == "restart"


def test_where_the_panel_covers_the_page_tab_stays_in_it(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 780})
    visitor.open()
    assert visitor.part("panel").get_attribute("aria-modal") == "true"
    visitor.part("send").focus()
    visitor.page.keyboard.press("Tab")
    assert visitor.focused() == "restart"
    visitor.page.keyboard.press("Shift+Tab")
    assert visitor.focused() == "send"
    visitor.page.keyboard.press("Escape")
    assert visitor.focused() == "launcher"


def test_enter_that_composes_a_word_does_not_send_it(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("input").fill("まめ")
    visitor.part("input").evaluate(
        "(field) => field.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"
    )
    assert visitor.messages().count() == 0
    assert visitor.part("input").input_value() == "まめ"


def test_try_again_is_reached_and_pressed_and_focus_is_kept(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    site.instead["/api/chat"] = Answer(status=500)
    visitor.ask("What is a blister?")
    site.instead.clear()
    visitor.page.keyboard.press("Shift+Tab")
    assert visitor.focused() == "retry"
    visitor.page.keyboard.press("Enter")
    expect(visitor.messages("answer")).to_have_count(1)
    assert visitor.focused() == "input"
