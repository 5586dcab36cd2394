"""A conversation: what is sent, what is kept, what may be chosen, and how several widgets live together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.conftest import HEADING, Visit
from browser.site import Answer, Site
from browser.widget import Visitor

pytestmark = pytest.mark.browser

MINUTE = 60_000


def stored(visitor: Visitor) -> dict[str, Any]:
    """Return what stands in the session storage, by key."""
    text = visitor.page.evaluate("JSON.stringify(sessionStorage)")
    return {key: json.loads(value) for key, value in json.loads(text).items()}


# ---------------------------------------------------------------------- asking


def test_each_starter_question_of_an_empty_chat_is_answered(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("suggestion").first.wait_for()
    starters = visitor.part("suggestion").all_inner_texts()
    assert len(starters) >= 3
    for number, starter in enumerate(starters):
        visitor.page.get_by_role("button", name=starter, exact=True).click()
        visitor.wait_for_reply(0)
        assert visitor.last.get_attribute("data-kind") == "answer", starter
        assert visitor.page.locator("blockquote mark").count() > 0
        assert visitor.page.locator(".welcome").is_hidden()
        visitor.part("restart").click()
        assert visitor.part("suggestion").all_inner_texts() == starters, number


def test_a_follow_up_is_sent_with_what_was_said_before(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a corn?")
    reply = visitor.ask("how is that treated?")
    assert reply.get_attribute("data-kind") == "answer"
    assert "salicylic acid" in reply.locator("blockquote").first.inner_text()
    first, second = site.asked()
    assert first == {"message": "What is a corn?", "history": []}
    assert [turn["role"] for turn in second["history"]] == ["user", "assistant"]
    assert second["history"][1]["passages"][0].startswith("what-is-a-corn-")


def test_at_most_20_earlier_messages_are_sent(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    for _ in range(12):
        visitor.ask("hello")
    assert [len(body["history"]) for body in site.asked()] == [*range(0, 20, 2), 20, 20]


def test_suggestions_stand_under_the_last_message_only(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    suggestions = visitor.part("transcript").locator("[part=suggestion]")
    assert suggestions.count() == 3
    visitor.ask("how are corns treated")
    assert visitor.part("transcript").locator(".suggestions").count() == 1
    visitor.ask("I have crushing chest pain")
    assert suggestions.count() == 0


def test_a_correction_is_said_and_can_be_undone(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    reply = visitor.ask("waht is a blister")
    assert "Showing answers for what is a blister." in reply.inner_text()
    visitor.page.get_by_role("button", name="I did mean “waht”").click()
    visitor.wait_for_reply(1)
    assert site.asked()[1]["message"] == '"waht" is a blister'


def test_what_the_server_says_of_its_quote_stands_before_it(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    first = visitor.ask("what is a blister")
    expect(first.locator(".said")).to_have_count(0)
    second = visitor.ask("who says that?")
    expect(second.locator(".said")).to_have_text("That stands here:")
    expect(second.locator("blockquote")).to_contain_text("A blister is a small pocket of clear fluid")


def test_numbers_to_call_come_from_the_server_and_stand_there_once(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    refusal = visitor.ask("Which shoes should I wear for my blister?")
    assert refusal.inner_text().count("Reception") == 1
    assert refusal.locator("blockquote").count() >= 1
    emergency = visitor.ask("I have crushing chest pain")
    assert emergency.locator("a[href='tel:112']").inner_text() == "Call 112"
    assert emergency.inner_text().count("Ambulance") == 1
    crisis = visitor.ask("I want to kill myself")
    assert crisis.locator("a[href='tel:+15550100988']").count() == 1
    assert crisis.locator("a[href='https://lifeline.example.org']").count() == 1
    assert crisis.inner_text().count("Lifeline") == 1
    for message in (emergency, crisis):
        assert message.locator("[part=feedback], [part=suggestion], [part=citation]").count() == 0


def test_a_list_in_the_servers_words_stays_where_there_are_no_numbers_to_put_in_its_place(
    visit: Visit, site: Site
) -> None:
    site.instead["/api/widget"] = Answer(503)
    visitor = visit()
    visitor.open()
    assert visitor.ask("I have crushing chest pain").inner_text().count("Ambulance") == 1


def test_2000_characters_can_be_asked_however_many_units_they_take(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("input").fill("😀" * 2000)
    notice = visitor.page.locator(".foot [role=status]")
    assert notice.inner_text() == ""
    visitor.part("input").press("Enter")
    visitor.wait_for_reply(0)
    assert len(site.asked()[0]["message"]) == 2000
    visitor.part("input").fill("x" * 2001)
    assert notice.inner_text() == "At most 2,000 characters."
    visitor.part("input").press("Enter")
    assert len(visitor.part("input").input_value()) == 2001
    assert len(site.asked()) == 1


def test_a_quote_is_copied_with_its_title_and_address(visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.page.locator("button.copy").click()
    expect(visitor.page.locator("button.copy")).to_have_text("Copied")
    lines = visitor.page.evaluate("navigator.clipboard.readText()").split("\n\n")
    assert lines[0].startswith("“A blister is a small pocket of clear fluid")
    assert lines[1] == "Blisters: what they are and how they heal\nhttps://clinic.example.org/blisters"


def test_a_text_fragment_names_the_words_that_stand_on_the_page(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("Does ibuprofen ease the pain of a blister?")
    address = str(visitor.part("citation").get_attribute("href"))
    # The sentence runs over a line of the document: its words stay apart.
    assert address.endswith(
        "#:~:text=Ibuprofen%20eases%20the%20pain%20of,doubled%20without%20asking%20a%20pharmacist."
    )


# ---------------------------------------------------------------------- feedback


def test_feedback_is_asked_for_and_sent_only_where_it_is_kept(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    assert visitor.part("feedback").count() == 0

    site.replace("/api/widget", {"heading": "Feet", "starters": [], "feedback": {"kept": True, "days": 30}})
    site.instead["/api/feedback"] = Answer(204, body=b"")
    visitor.page.reload()
    visitor.open()
    expect(visitor.part("feedback")).to_have_count(2)
    assert "kept for 30 days" in visitor.page.locator(".foot").inner_text()
    visitor.part("feedback").first.click()
    expect(visitor.part("feedback").first).to_have_attribute("aria-pressed", "true")
    assert "Thank you." in visitor.messages("answer").inner_text()
    reply = dict(visitor.events)["reply"]
    assert site.asked("/api/feedback") == [{"reply": reply["id"], "helpful": True}]
    assert ("feedback", {"reply": reply["id"], "helpful": True}) in visitor.events
    visitor.page.reload()
    visitor.open()
    expect(visitor.part("feedback").first).to_have_attribute("aria-pressed", "true")

    site.instead["/api/feedback"] = Answer(500)
    visitor.part("feedback").last.click()
    expect(visitor.messages("answer")).to_contain_text("That did not go through.")
    expect(visitor.part("feedback").first).to_have_attribute("aria-pressed", "true")


# ---------------------------------------------------------------------- what is kept


def test_a_conversation_is_taken_up_again_on_the_next_page_of_the_tab(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("waht is a blister")
    before = visitor.part("transcript").inner_text()
    visitor.page.reload()
    visitor.open()
    assert visitor.part("transcript").inner_text() == before


def test_only_the_session_storage_of_the_tab_is_used(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    assert stored(visitor) == {}
    visitor.ask("What is a blister?")
    ((_, messages),) = stored(visitor).values()
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert visitor.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert visitor.page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    assert visitor.page.context.cookies() == []
    visitor.part("restart").click()
    assert stored(visitor) == {}
    assert visitor.messages().count() == 0


def test_half_an_hour_unused_ends_it_before_the_eyes_of_the_next_person(visit: Visit) -> None:
    visitor = visit()
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.page.clock.run_for(29 * MINUTE)
    assert visitor.messages().count() == 2
    visitor.page.keyboard.press("Shift")
    visitor.page.clock.run_for(29 * MINUTE)
    assert visitor.messages().count() == 2
    visitor.page.clock.run_for(2 * MINUTE)
    assert visitor.messages().count() == 0
    assert stored(visitor) == {}


def test_a_conversation_that_went_on_in_another_page_of_the_tab_is_not_over(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.page.clock.set_fixed_time(visitor.page.evaluate("Date.now()") / 1000 + 31 * 60)
    visitor.page.evaluate(
        """() => {
          const [key] = Object.keys(sessionStorage);
          sessionStorage[key] = JSON.stringify([Date.now() - 60e3, JSON.parse(sessionStorage[key])[1]]);
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    assert visitor.messages().count() == 2
    assert len(stored(visitor)) == 1


def test_half_an_hour_later_a_page_shows_nothing_of_it(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.page.evaluate(
        """(minutes) => {
          const [key] = Object.keys(sessionStorage);
          const [used, messages] = JSON.parse(sessionStorage[key]);
          sessionStorage[key] = JSON.stringify([used - minutes * 60e3, messages]);
        }""",
        31,
    )
    visitor.page.reload()
    visitor.open()
    assert visitor.messages().count() == 0
    assert stored(visitor) == {}


def test_where_storage_is_forbidden_it_works_as_long_as_the_page_lasts(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
    )
    visitor.page.reload()
    visitor.open()
    assert visitor.ask("What is a blister?").get_attribute("data-kind") == "answer"
    assert visitor.ask("how is that treated?").get_attribute("data-kind") == "answer"


# ---------------------------------------------------------------------- on a page


def test_two_widgets_on_a_page_keep_to_themselves(visit: Visit, site: Site) -> None:
    page = site.page(
        '<faq-chat id="one" heading="One"></faq-chat><faq-chat id="two" heading="Two"></faq-chat>',
        head='<script src="/widget.js" defer></script>' * 2,
    )
    visitor = visit(page)
    for number, question in enumerate(("What is a blister?", "hello")):
        visitor.widget(number).evaluate("(host, question) => host.ask(question)", question)
    kinds = (
        "(host) => [...host.shadowRoot.querySelectorAll('[part=message]')].map((node) => node.dataset.kind)"
    )
    for _ in range(2):
        assert visitor.widget(0).evaluate(kinds) == ["user", "answer"]
        assert visitor.widget(1).evaluate(kinds) == ["user", "smalltalk"]
        assert visitor.part("panel", 0).get_by_role("heading", level=2).inner_text() == "One"
        assert visitor.part("panel", 1).get_by_role("heading", level=2).inner_text() == "Two"
        assert len(stored(visitor)) == 2
        visitor.page.reload()
        for number in range(2):
            visitor.widget(number).evaluate("(host) => { host.opened = true; }")
    visitor.part("restart", 1).click(force=True)
    assert visitor.widget(0).evaluate(kinds) == ["user", "answer"]
    assert visitor.widget(1).evaluate(kinds) == []


def test_on_a_page_of_another_origin_that_is_allowed(visit: Visit, site: Site, server: str) -> None:
    visitor = visit(site.page(head=f'<script src="{server}/widget.js" defer></script>'))
    visitor.open()
    visitor.part("suggestion").first.wait_for()
    assert visitor.part("panel").get_by_role("heading", level=2).inner_text() == HEADING
    reply = visitor.ask("how are corns treated")
    assert reply.get_attribute("data-kind") == "answer"
    address = str(visitor.part("citation").first.get_attribute("href"))
    assert address.startswith(f"{server}/documents/feet/corns%20%26%20calluses.txt#how-are-corns-treated-")
    assert site.asked() == []


def test_on_a_page_of_another_origin_that_is_not_allowed_it_says_that_it_cannot_answer(
    visit: Visit, other_site: Site, server: str
) -> None:
    visitor = visit(other_site.page(head=f'<script src="{server}/widget.js" defer></script>'))
    visitor.open()
    assert visitor.ask("What is a blister?").get_attribute("data-kind") == "error"
    assert visitor.complaints
    assert all("CORS policy" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_an_attribute_says_where_the_server_is(visit: Visit, site: Site, server: str) -> None:
    visitor = visit(site.page(f'<faq-chat api="{server}"></faq-chat>'))
    visitor.open()
    assert visitor.ask("What is a blister?").get_attribute("data-kind") == "answer"
    assert site.asked() == []


def test_its_own_words_are_in_the_language_of_the_page(visit: Visit, site: Site) -> None:
    visitor = visit(site.page('<div lang="es-MX"><faq-chat></faq-chat></div>'))
    assert visitor.part("launcher").inner_text() == "Haga una pregunta"
    visitor.open()
    assert visitor.part("send").inner_text() == "Enviar"
    visitor.ask("What is a blister?")
    assert "De la fuente, al pie de la letra" in visitor.last.inner_text()
    visitor.widget().evaluate("(host) => { host.lang = 'fr'; }")
    assert visitor.part("send").inner_text() == "Send"


def test_attributes_properties_methods_and_events(visit: Visit, site: Site) -> None:
    visitor = visit(site.page('<faq-chat heading="Feet" placeholder="Type here" open></faq-chat>'))
    expect(visitor.part("panel")).to_be_visible()
    assert visitor.part("panel").get_by_role("heading", level=2).inner_text() == "Feet"
    assert visitor.part("input").get_attribute("placeholder") == "Type here"
    host = visitor.widget()
    host.evaluate("(host) => { host.heading = 'Toes'; host.placeholder = 'Here'; host.opened = false; }")
    assert host.get_attribute("heading") == "Toes"
    assert visitor.part("input").get_attribute("placeholder") == "Here"
    expect(visitor.part("panel")).to_be_hidden()
    assert host.evaluate("(host) => [host.opened, host.api, host.mode]") == [False, "", ""]
    host.evaluate("(host) => host.open()")
    assert visitor.focused() == "input"
    reply = host.evaluate("(host) => host.ask('What is a blister?')")
    assert reply["kind"] == "answer"
    host.evaluate("(host) => host.close()")
    assert [name for name, _ in visitor.events] == ["open", "close", "open", "reply", "close"]
    assert dict(visitor.events)["reply"] == reply
    assert host.evaluate("(host) => Promise.all(['', '  '].map((text) => host.ask(text)))") == [None, None]


def test_it_may_be_moved_taken_out_and_put_back(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.widget().evaluate("(host) => { window.kept = host; host.remove(); }")
    assert visitor.page.locator("faq-chat").count() == 0
    visitor.page.evaluate("document.querySelector('main').append(kept)")
    expect(visitor.part("launcher")).to_be_visible()
    assert visitor.messages().count() == 2
    assert visitor.ask("how is that treated?").get_attribute("data-kind") == "answer"
