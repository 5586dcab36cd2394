"""Pages that make it hard: scripts loaded in any way, old libraries, rubbish in the storage, changes at run time."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import SWITCHES, Visit, find_chromium
from browser.site import Site
from browser.widget import Visitor

pytestmark = pytest.mark.browser

DEFERRED = '<script src="/widget.js" defer></script>'
ELEMENT = "<faq-chat></faq-chat>"
INJECT = "<script>document.head.append(Object.assign(document.createElement('script'), {src: '/widget.js'}))</script>"


def is_answered(visitor: Visitor) -> bool:
    """Tell whether a question and its follow-up are answered, with the server's own heading over them."""
    visitor.open()
    kinds = [
        visitor.ask(question).get_attribute("data-kind")
        for question in ("What is a corn?", "how is that treated?")
    ]
    expect(visitor.part("panel").get_by_role("heading", level=2)).to_have_text("Ask about feet")
    return kinds == ["answer", "answer"] and "salicylic acid" in visitor.last.inner_text()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<script src="/widget.js"></script>', ELEMENT),
        ('<script src="/widget.js" async></script>', ELEMENT),
        ('<script src="/widget.js?v=2" type="module"></script>', ELEMENT),
        (INJECT, ELEMENT),
        ("", ELEMENT + '<script src="/widget.js"></script>'),
        (DEFERRED * 2, ELEMENT),
        (
            '<script src="/widget.js"></script>',
            "<script>document.body.append(document.createElement('faq-chat'))</script>",
        ),
    ],
    ids=["in the head", "async", "a module", "injected", "after the element", "twice", "element made later"],
)
def test_however_the_script_is_loaded(visit: Visit, site: Site, head: str, body: str) -> None:
    # In a folder, where an address that is taken from the page would be wrong.
    assert is_answered(visit(site.page(body, path="/folder/page", head=head)))


OLD_LIBRARY = """<script>
  Array.prototype.toJSON = function () { return "[" + this.join() + "]"; };
  String.prototype.toJSON = function () { return "'" + this + "'"; };
  Object.prototype.each = Array.prototype.each = Function.prototype.each = function () {};
</script>"""
POLLUTED = """<script>
  for (const name of ["url", "phone", "hours", "signal", "dir", "part", "hidden", "onclick", "href", "id", "kind",
    "bubbles", "context", "behavior", "start"]) Object.prototype[name] = "polluted";
</script>"""
WRAPPED = """<script>
  const { fetch } = window, { define } = customElements, { parse } = JSON;
  window.fetch = (...all) => fetch(...all);
  customElements.define = (name, kind) => define.call(customElements, name, class extends kind {});
  JSON.parse = (...all) => parse(...all);
</script>"""
RUBBISH = "<script>sessionStorage['faq-chat  ' + location.origin + '/'] = {}</script>"


@pytest.mark.parametrize(
    "before",
    [
        OLD_LIBRARY,
        POLLUTED,
        WRAPPED,
        RUBBISH.format("'[1, 2'"),
        RUBBISH.format("`[${Date.now()}, 5]`"),
        RUBBISH.format("""`[${Date.now()}, [{ "role": "assistant", "reply": {} }]]`"""),
    ],
    ids=["old library", "polluted", "wrapped", "no JSON", "no messages", "no reply"],
)
def test_whatever_the_page_did_before(visit: Visit, site: Site, before: str) -> None:
    visitor = visit(site.page(head=before + DEFERRED))
    assert is_answered(visitor)
    # What carries the widget's events out of the browser stumbles over the old library itself.
    visitor.complaints[:] = [said for said in visitor.complaints if "serializedArgs" not in said]


def test_what_a_script_sets_before_the_widget_is_there_counts_and_can_be_changed(
    visit: Visit, site: Site
) -> None:
    early = "<script>Object.assign(document.querySelector('faq-chat'), { heading: 'Toes', opened: true })</script>"
    visitor = visit(site.page(ELEMENT + early))
    heading = visitor.page.locator("h2")
    expect(heading).to_have_text("Toes")
    expect(visitor.part("panel")).to_be_visible()
    assert visitor.widget().get_attribute("heading") == "Toes"
    visitor.widget().evaluate("(host) => { host.heading = 'Heels'; host.close(); }")
    expect(heading).to_have_text("Heels")
    expect(visitor.part("panel")).to_be_hidden()


def test_another_server_at_run_time_has_another_conversation(visit: Visit, site: Site, server: str) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.widget().evaluate("(host, address) => { host.api = address; }", server)
    expect(visitor.messages()).to_have_count(0)
    visitor.part("suggestion").first.wait_for()
    visitor.ask("What is a corn?")
    assert [body["message"] for body in site.asked()] == ["What is a blister?"]
    visitor.widget().evaluate("(host) => host.removeAttribute('api')")
    expect(visitor.messages("user")).to_have_text("You asked: What is a blister?")
    expect(visitor.part("input")).to_be_visible()


def test_the_mode_can_change_at_run_time(visit: Visit, site: Site) -> None:
    visitor = visit(site.page('<div style="height: 500px"><faq-chat></faq-chat></div>'))
    visitor.widget().evaluate("(host) => { host.mode = 'page'; }")
    expect(visitor.part("panel")).to_be_visible()
    expect(visitor.part("launcher")).to_be_hidden()
    box = visitor.part("panel").bounding_box()
    assert box
    assert box["height"] == 500
    visitor.ask("What is a blister?")
    visitor.widget().evaluate("(host) => host.removeAttribute('mode')")
    expect(visitor.part("launcher")).to_be_visible()
    expect(visitor.part("panel")).to_have_css("width", "400px")
    visitor.part("close").click()
    expect(visitor.part("panel")).to_be_hidden()
    visitor.open()
    assert visitor.messages().count() == 2
    assert [name for name, _ in visitor.events] == ["open", "reply", "close", "open"]


def test_a_reply_to_an_element_that_was_taken_out_is_there_when_it_is_back(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.widget().evaluate(
        """async (host) => {
          const asked = host.ask("What is a blister?");
          host.remove();
          await asked;
          document.body.append(host);
        }"""
    )
    expect(visitor.messages("answer")).to_be_visible()
    assert visitor.ask("how is that treated?").get_attribute("data-kind") == "answer"


def test_an_element_outside_the_page_may_be_changed_and_asked(visit: Visit) -> None:
    visitor = visit()
    visitor.widget().evaluate(
        """async (host) => {
          host.remove();
          host.heading = "Toes";
          host.opened = true;
          await host.ask("What is a blister?");
          document.body.append(host);
        }"""
    )
    expect(visitor.page.locator("h2")).to_have_text("Toes")
    expect(visitor.messages("answer")).to_be_visible()


def test_the_same_question_sent_twice_in_a_row_is_asked_once(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("input").fill("What is a blister?")
    visitor.part("send").dblclick()
    visitor.wait_for_reply(0)
    visitor.widget().evaluate("(host) => { host.ask('What is a corn?'); host.ask('What is a corn?'); }")
    visitor.wait_for_reply(1)
    visitor.part("suggestion").first.dblclick()
    visitor.wait_for_reply(2)
    assert len(site.asked()) == visitor.messages("user").count() == 3


WIDE = """(host) => {
  const { scrollWidth, clientWidth } = host.shadowRoot.querySelector(".scroll");
  return scrollWidth - clientWidth;
}"""


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_words_without_an_end_are_broken(visit: Visit, site: Site, kind: str) -> None:
    long = "https://example.org/" + "x" * 400
    citation: dict[str, Any] = {
        "document": long, "title": long, "section": [long], "publisher": long, "author": None, "url": long,
        "reviewed": "2025-03-14", "page": "/documents/a", "start": 0, "end": 1,
    }  # fmt: skip
    text = f"{long}\n\n- {long}\n\n`{long}`\n\n[{long}]({long})"
    passage = {
        "id": "a", "text": text, "format": kind, "highlights": [[0, 300]], "score": 1, "citation": citation,
        "context": {"text": long, "start": 0, "end": 1},
    }  # fmt: skip
    site.replace(
        "/api/chat",
        {"id": "1", "kind": "answer", "text": long, "passages": [passage] * 3, "confidence": 1, "question": long,
         "corrections": [{"typed": long, "read": long}], "suggestions": [long] * 3},
    )  # fmt: skip
    visitor = visit(
        site.page(f'<faq-chat heading="{"Feet" * 40}"></faq-chat>'), viewport={"width": 320, "height": 640}
    )
    visitor.open()
    visitor.ask("why " + "w" * 500)
    visitor.page.locator("summary").click()
    assert visitor.widget().evaluate(WIDE) == 0
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for part in ("restart", "close", "send"):
        box = visitor.part(part).bounding_box()
        assert box
        assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize(
    ("elsewhere", "shown"), [("Start again", 0), ("How are corns treated?", 4), (None, 2)]
)
def test_a_page_out_of_the_browsers_cache_shows_what_was_done_meanwhile(
    chromium: Browser, site: Site, elsewhere: str | None, shown: int
) -> None:
    with chromium.browser_type.launch(
        executable_path=find_chromium(), args=SWITCHES, ignore_default_args=["--disable-back-forward-cache"]
    ) as browser:
        page = browser.new_page(reduced_motion="reduce")
        visitor = Visitor(page)
        page.goto(site.page())
        visitor.open()
        visitor.ask("what should one know about blisters")
        page.locator("summary").click()
        page.evaluate("addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted; })")
        page.goto(site.page(path="/next"))
        visitor.open()
        if elsewhere == "Start again":
            visitor.part("restart").click()
        elif elsewhere:
            visitor.ask(elsewhere)
        page.go_back(wait_until="commit")
        page.wait_for_function("window.persisted")
        expect(visitor.messages()).to_have_count(shown)
        # Where nothing was done, all is as it was left.
        expect(page.locator("details[open]")).to_have_count(0 if elsewhere else 1)
        assert visitor.complaints == []
