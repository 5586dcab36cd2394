"""Whatever goes wrong is said in the widget's own words, and Try again answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import PATIENCE, Visit
from browser.site import Answer, Site
from browser.widget import Visitor

pytestmark = pytest.mark.browser

QUESTION = "What is a blister?"
TROUBLES = {
    "500": (
        Answer(500, "application/problem+json", b'{"title": "TypeError in line 7"}'),
        "There is no answer right now.",
    ),
    "422": (
        Answer(422, "application/problem+json", b'{"title": "wrong fields"}'),
        "Please ask in other words.",
    ),
    "429": (
        Answer(429, "application/problem+json", b'{"title": "too many"}'),
        "Too many questions. Please wait.",
    ),
    "HTML instead of JSON": (
        Answer(200, "text/html", b"<!doctype html><h1>Sign in to the network</h1>"),
        "There is no answer right now.",
    ),
    "JSON that is no reply": (Answer(body=b"[1, 2]"), "There is no answer right now."),
    "a reply in pieces": (
        Answer(body=b'{"kind": "answer", "text": "x", "passages": [{}]}'),
        "There is no answer right now.",
    ),
}

QUICK_TIMEOUT = """
AbortSignal.timeout = (time) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("", "TimeoutError")), time);
  return controller.signal;
};
"""
"""The clock of a test moves timers, but not the browser's own time limit: here it is a timer."""


def try_again(visitor: Visitor) -> None:
    """Press Try again, and hold what it promises: an answer, and still one bubble with the question."""
    visitor.part("retry").click()
    expect(visitor.messages("answer")).to_have_count(1)
    expect(visitor.messages("error")).to_have_count(0)
    assert visitor.messages("user").count() == 1
    assert visitor.part("retry").count() == 0


def send_in_vain(visitor: Visitor, site: Site) -> None:
    """Send the question, and see it arrive where nobody answers."""
    site.instead["/api/chat"] = Answer(silent=True)
    visitor.send(QUESTION)
    assert site.kept_waiting.wait(PATIENCE / 1000)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_error_of_the_server(visit: Visit, site: Site, trouble: str) -> None:
    answer, says = TROUBLES[trouble]
    visitor = visit()
    visitor.open()
    site.instead["/api/chat"] = answer
    card = visitor.ask(QUESTION)
    assert card.get_attribute("data-kind") == "error"
    assert card.locator("p").inner_text() == f"That did not go through. {says}"
    assert visitor.messages("user").inner_text().endswith(QUESTION)
    site.instead.clear()
    try_again(visitor)
    assert [body["message"] for body in site.asked()] == [QUESTION] * 2
    assert site.asked()[1]["history"] == []


def test_no_network(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.page.context.set_offline(True)
    card = visitor.ask(QUESTION)
    assert "You seem to be offline." in card.inner_text()
    visitor.page.context.set_offline(False)
    try_again(visitor)


def test_a_server_that_is_gone(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.page.route("**/api/chat", lambda route: route.abort("connectionrefused"))
    assert "no answer right now" in visitor.ask(QUESTION).inner_text()
    visitor.page.unroute("**/api/chat")
    try_again(visitor)


def test_15_seconds_of_silence(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.page.add_init_script(QUICK_TIMEOUT)
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.open()
    site.instead["/api/chat"] = Answer(silent=True)
    # From here on time passes only when it is told to.
    visitor.page.clock.pause_at(visitor.page.evaluate("Date.now() + 1000") / 1000)
    visitor.send(QUESTION)
    assert site.kept_waiting.wait(PATIENCE / 1000)
    visitor.page.clock.run_for(14_900)
    assert visitor.status == "Looking that up…"
    assert visitor.messages("error").count() == 0
    visitor.page.clock.run_for(200)
    expect(visitor.messages("error")).to_contain_text("It took too long.")
    assert visitor.status == ""
    site.instead.clear()
    try_again(visitor)


def test_a_second_try_can_fail_too(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    site.instead["/api/chat"] = Answer(500)
    visitor.ask(QUESTION)
    with visitor.page.expect_response("**/api/chat"):
        visitor.part("retry").click()
    expect(visitor.messages("error")).to_have_count(1)
    expect(visitor.part("retry")).to_have_count(1)
    site.instead.clear()
    try_again(visitor)


def test_a_new_question_leaves_the_failed_one_behind(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    site.instead["/api/chat"] = Answer(500)
    visitor.ask(QUESTION)
    site.instead.clear()
    visitor.ask("how are corns treated")
    assert visitor.part("retry").count() == 0
    assert visitor.messages("user").count() == 2


def test_enter_while_an_answer_is_awaited_sends_nothing(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    send_in_vain(visitor, site)
    visitor.send("and corns?")
    visitor.part("send").click(force=True)
    assert visitor.widget().evaluate("(host) => host.ask('and calluses?')") is None
    assert visitor.part("input").input_value() == "and corns?"
    assert visitor.part("send").get_attribute("aria-disabled") == "true"
    assert len(site.asked()) == 1
    assert visitor.messages("user").count() == 1


def test_start_again_gives_up_what_is_awaited(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    send_in_vain(visitor, site)
    visitor.part("restart").click()
    expect(visitor.page.locator(".status")).to_be_empty()
    site.instead.clear()
    visitor.ask("how are corns treated")
    assert visitor.messages("user").count() == 1


def test_a_question_whose_page_was_left_can_be_tried_again(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    send_in_vain(visitor, site)
    site.instead.clear()
    visitor.page.reload()
    visitor.open()
    expect(visitor.messages("error")).to_have_count(1)
    try_again(visitor)


def test_without_its_settings_it_still_answers_and_still_says_whom_to_call(visit: Visit, site: Site) -> None:
    site.instead["/api/widget"] = Answer(500)
    visitor = visit()
    visitor.open()
    assert visitor.ask(QUESTION).get_attribute("data-kind") == "answer"
    assert "112" in visitor.ask("I have crushing chest pain").inner_text()
    assert visitor.part("panel").get_by_role("heading", level=2).inner_text() == "Questions and answers"
