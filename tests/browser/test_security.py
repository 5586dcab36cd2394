"""It runs under the strictest policy of a page, and what people and documents say is never markup."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.site import Answer, Site

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
MARKUP = (
    "<img src=x onerror=\"document.title='broken'\"><b>bold</b> what is a blister? [x](javascript:alert(1))"
)


@pytest.mark.parametrize("policy", [STRICT, "default-src 'self'; require-trusted-types-for 'script'"])
def test_under_a_strict_policy_with_trusted_types_nothing_is_violated(
    visit: Visit, site: Site, policy: str
) -> None:
    visitor = visit(site.page(headers={"Content-Security-Policy": policy}))
    visitor.open()
    for question in ("waht is a blister", "What causes blisters?", "I have crushing chest pain", MARKUP):
        visitor.ask(question)
    site.instead["/api/chat"] = Answer(500)
    visitor.ask("What is a blister?")
    site.instead.clear()
    visitor.part("retry").click()
    visitor.page.locator("button.copy").first.click()
    visitor.part("restart").click()
    visitor.part("close").click()
    expect(visitor.part("launcher")).to_have_css("background-color", "rgb(0, 85, 170)")
    assert visitor.violations == []


def test_the_servers_own_pages_run_under_its_own_policy(visit: Visit, server: str) -> None:
    visitor = visit(f"{server}/embed")
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.page.goto(f"{server}/")
    visitor.ask("how are corns treated")
    assert visitor.violations == []


def test_a_violation_would_be_noticed(visit: Visit, site: Site) -> None:
    visitor = visit(site.page(headers={"Content-Security-Policy": STRICT}))
    visitor.expects_violations = True
    visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
    visitor.page.evaluate("try { document.body.innerHTML = '<p>' } catch {}")
    visitor.page.wait_for_function("true")
    directives = {violation.split()[0] for violation in visitor.violations}
    assert directives == {"style-src-attr", "require-trusted-types-for"}
    visitor.complaints.clear()


def test_markup_in_a_question_is_shown_as_it_was_typed(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask(MARKUP)
    bubble = visitor.messages("user")
    assert bubble.locator("p").inner_text().endswith(MARKUP)
    assert bubble.locator("img, b, a").count() == 0
    assert visitor.page.title() == "A site"


def test_markup_in_a_document_is_shown_as_it_is_written(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a stamped callus?")
    quote = visitor.page.locator("blockquote")
    assert "<img src=x onerror=\"document.title='broken'\">" in quote.inner_text()
    assert '<script>document.title = "broken"</script>' in quote.inner_text()
    assert visitor.page.locator("img, script[src=x], a[href^=javascript]").count() == 0
    assert visitor.page.title() == "A site"


def test_markup_in_whatever_the_server_says_is_text(visit: Visit, site: Site) -> None:
    evil = "<img src=x onerror=alert(1)>"
    citation = {
        "document": evil, "title": evil, "section": [evil], "publisher": evil, "author": evil, "page": "/documents/a",
        "url": "javascript:alert(1)", "reviewed": evil, "start": 0, "end": 1,
    }  # fmt: skip
    passage = {
        "id": "a", "text": f"{evil} **{evil}** `{evil}`", "format": "markdown", "highlights": [[0, 9]],
        "context": {"text": evil, "start": 0, "end": 1}, "score": 1, "citation": citation,
    }  # fmt: skip
    answer = {
        "id": "1", "kind": "answer", "text": evil, "passages": [passage, passage], "confidence": 1, "question": evil,
        "corrections": [{"typed": "what", "read": evil}], "suggestions": [evil],
    }  # fmt: skip
    people = [{"name": evil, "phone": evil, "url": "javascript:alert(1)", "hours": evil}]
    site.replace(
        "/api/widget",
        {"heading": evil, "starters": [evil], "emergency_numbers": people, "crisis_lines": people, "contact": people,
         "feedback": {"kept": True, "days": evil}},
    )  # fmt: skip
    visitor = visit()
    visitor.open()
    for kind in ("answer", "refusal", "emergency", "crisis", "no_answer", "clarify"):
        site.replace("/api/chat", {**answer, "kind": kind})
        visitor.ask("what")
    assert (
        visitor.page.locator("faq-chat").locator("img, script, [onerror], a[href^=javascript]").count() == 0
    )
    assert evil in visitor.part("panel").inner_text()


def test_a_link_in_a_document_leads_to_the_web_and_takes_nothing_along(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    link = visitor.part("citation").first
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener"
    assert str(link.get_attribute("href")).startswith(
        "https://clinic.example.org/blisters#:~:text=A%20blister%20is"
    )
