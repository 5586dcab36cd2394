"""What the embedding guide says is tried to the letter; only the server's address is put in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.site import Site
from browser.widget import Visitor

pytestmark = pytest.mark.browser

CHECKOUT = Path(__file__).parents[2]
ADDRESS = "https://answers.example.org"


def blocks(server: str, file: str = "docs/embedding.md") -> list[str]:
    """Return the guide's blocks of code, with a real server in them."""
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    return [code.replace(ADDRESS, server) for code in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)]


def block(server: str, part: str, file: str = "docs/embedding.md") -> str:
    """Return the one block of code that has a part."""
    (found,) = [code for code in blocks(server, file) if part in code]
    return found


def answers(visitor: Visitor) -> bool:
    return visitor.ask("What is a blister?").get_attribute("data-kind") == "answer"


@pytest.mark.parametrize("file", ["README.md", "docs/embedding.md", "web/widget/README.md"])
def test_the_two_lines(visit: Visit, site: Site, server: str, file: str) -> None:
    lines = next(code for code in blocks(server, file) if code.startswith("<script"))
    assert len(lines.splitlines()) == 2
    visitor = visit(site.page(lines, head=""))
    visitor.open()
    expect(visitor.page.locator("h2")).to_have_text("Ask about myoclonus")
    assert answers(visitor)


def test_the_page_in_plain_html_with_its_script(visit: Visit, site: Site, server: str) -> None:
    site.pages["/clinic"] = (block(server, "<!doctype html>"), {})
    site.pages["/ask.js"] = (block(server, "// ask.js"), {"Content-Type": "text/javascript"})
    visitor = visit(f"{site.origin}/clinic")
    visitor.page.get_by_role("button", name="Is it hereditary?").click()
    visitor.wait_for_reply(0)
    expect(visitor.messages("user")).to_contain_text("Is it hereditary?")
    expect(visitor.part("panel")).to_be_visible()


def test_the_chat_as_a_part_of_the_page(visit: Visit, site: Site, server: str) -> None:
    visitor = visit(
        site.page(block(server, "<section"), head=f'<script src="{server}/widget.js" defer></script>')
    )
    box = visitor.part("panel").bounding_box()
    assert box
    assert box["height"] == 600
    assert answers(visitor)


@pytest.mark.parametrize("file", ["README.md", "docs/embedding.md"])
def test_what_wordpress_makes_of_the_lines_in_php(visit: Visit, site: Site, server: str, file: str) -> None:
    php = block(server, "wp_footer", file)
    (script,) = re.findall(r"wp_enqueue_script\( 'faq-chat', '([^']+)'", php)
    (element,) = re.findall(r"echo '([^']+)'", php)
    head = f'<script src="{script}" id="faq-chat-js" defer="defer" data-wp-strategy="defer"></script>'
    visitor = visit(site.page(element, head=head))
    visitor.open()
    assert answers(visitor)


def test_two_widgets_with_a_button_each(visit: Visit, site: Site, server: str) -> None:
    visitor = visit(site.page(block(server, 'id="second"')))
    for number, heading in enumerate(("About the clinic", "About our courses")):
        visitor.part("launcher", number).click()
        expect(visitor.part("panel", number).locator("h2")).to_have_text(heading)
        assert visitor.focused(number) == "input"
        visitor.page.keyboard.press("Escape")
        expect(visitor.part("panel", number)).to_be_hidden()


def test_the_content_security_policy(visit: Visit, site: Site, server: str) -> None:
    policy = block(server, "script-src").strip()
    in_short = (CHECKOUT / "README.md").read_text(encoding="utf-8").replace(ADDRESS, server)
    assert policy in in_short
    visitor = visit(
        site.page(
            head=f'<script src="{server}/widget.js" defer></script>',
            headers={"Content-Security-Policy": f"default-src 'none'; {policy}"},
        )
    )
    visitor.open()
    assert answers(visitor)
    assert visitor.violations == []


def test_the_styles_and_the_listener(visit: Visit, site: Site, server: str) -> None:
    styles, listener = block(server, "--faq-chat-radius: 4px"), block(server, "faq-chat:reply")
    script = f"const counted = [], count = (what) => counted.push(what);\n{listener}"
    head = f'<style>{styles}</style><script>{script}</script><script src="{server}/widget.js" defer></script>'
    visitor = visit(site.page(head=head))
    visitor.open()
    expect(visitor.part("send")).to_have_css("background-color", "rgb(107, 31, 92)")
    expect(visitor.part("panel")).to_have_css("border-radius", "4px")
    expect(visitor.part("launcher")).to_have_css("border-radius", "4px")
    assert answers(visitor)
    assert visitor.page.evaluate("counted") == ["faq answer"]


@pytest.mark.parametrize("file", ["README.md", "docs/embedding.md"])
def test_every_part_attribute_and_event_is_named(visit: Visit, site: Site, file: str) -> None:
    guide = (CHECKOUT / file).read_text(encoding="utf-8")
    site.replace("/api/widget", {"starters": ["What is a blister?"], "feedback": {"kept": True, "days": 1}})
    visitor = visit()
    visitor.open()
    visitor.ask("What is a blister?")
    site.replace("/api/chat", {}, 500)
    visitor.ask("What is a corn?")
    parts = visitor.widget().evaluate(
        "(host) => [...new Set([...host.shadowRoot.querySelectorAll('[part]')].map((node) => node.part.value))]"
    )
    attributes = visitor.page.evaluate("customElements.get('faq-chat').observedAttributes")
    # The starter questions are gone by then.
    parts.append("suggestion")
    assert len(set(parts)) == 12
    assert [name for name in [*parts, *attributes] if f"`{name}" not in guide] == []
    assert [
        name for name in ("open", "close", "reply", "feedback") if f"`faq-chat:{name}`" not in guide
    ] == []
