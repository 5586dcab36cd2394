"""How it looks: on any screen, at any size, in any colours, in any direction, whatever the page's styles are."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.site import Answer, Site
from browser.test_axe import ask_everything
from browser.widget import Visitor

pytestmark = pytest.mark.browser

SIDEWAYS = """(host) => {
  const scroll = host.shadowRoot.querySelector(".scroll");
  return [document.documentElement.scrollWidth - innerWidth, scroll.scrollWidth - scroll.clientWidth];
}"""

SMALL = """(host) => [...host.shadowRoot.querySelectorAll("button, a, textarea, summary")]
  .filter((node) => node.checkVisibility() && !node.closest("blockquote"))
  .map((node) => [node.getAttribute("part") || node.className || node.localName, node.getBoundingClientRect()])
  .filter(([name, { width, height }]) => {
    const main = /launcher|send|close|restart|input|citation|suggestion|retry/.test(name);
    const least = main ? 44 : name === "link" ? 24 : 36;
    return width < least || height < least;
  })
  .map(([name, { width, height }]) => `${name} ${width} x ${height}`)"""

LOOKS = """(host) => {
  const looks = {};
  const parts = host.shadowRoot.querySelectorAll(
    "[part], h2, h3, svg, .dock, .scroll, .note, .status, blockquote, blockquote *, mark, summary, form"
  );
  parts.forEach((node, number) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    const name = `${number} ${node.getAttribute("part") || node.getAttribute("class") || node.localName}`;
    const look = (looks[name] = { box: [x, y, width, height].map(Math.round).join(" ") });
    for (const property of getComputedStyle(node)) look[property] = getComputedStyle(node).getPropertyValue(property);
  });
  return looks;
}"""

NAMES = "".join(
    f"--{name}: 7px !important; "
    for name in [*ascii_lowercase, "accent", "title", "faq-chat-top", "faq-chat-tall"]
)
HOSTILE = """<style>
  * { NAMES }
  * { all: unset !important; }
  button { display: none !important; }
  div, p, a, textarea, faq-chat { font: 40px serif !important; color: red !important; display: none !important; }
  html, body, main, .moved { display: block !important; }
  .moved { transform: translate(90px, 90px) rotate(4deg) !important; opacity: .5 !important;
    overflow: hidden !important; height: 30px !important; filter: blur(2px) !important; direction: ltr !important; }
  * { letter-spacing: 9px !important; text-transform: uppercase !important; visibility: hidden !important; }
  .cover { display: block !important; position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; }
</style>""".replace("NAMES", NAMES)


def inside(visitor: Visitor, *parts: str) -> bool:
    """Tell whether parts stand within the window."""
    size = visitor.page.viewport_size
    assert size
    for part in parts:
        box = visitor.part(part).bounding_box()
        if not box or box["x"] < 0 or box["y"] < 0:
            return False
        if box["x"] + box["width"] > size["width"] or box["y"] + box["height"] > size["height"]:
            return False
    return True


CONTROLS = ("panel", "input", "send", "restart", "close")


@pytest.mark.parametrize("width", [320, 480])
def test_on_a_narrow_screen_it_covers_the_page_and_nothing_is_cut_off(visit: Visit, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 640})
    assert inside(visitor, "launcher")
    ask_everything(visitor)
    assert visitor.part("panel").bounding_box() == {"x": 0, "y": 0, "width": width, "height": 640}
    assert max(visitor.widget().evaluate(SIDEWAYS)) <= 0
    assert visitor.widget().evaluate(SMALL) == []
    assert inside(visitor, *CONTROLS)


@pytest.mark.parametrize("percent", [200, 400])
def test_zoomed_in_everything_can_be_reached_without_scrolling_sideways(visit: Visit, percent: int) -> None:
    # A browser that zooms has fewer and larger CSS pixels: those of a window of 1280 by 1024.
    by = percent // 100
    visitor = visit(viewport={"width": 1280 // by, "height": 1024 // by}, device_scale_factor=by)
    ask_everything(visitor)
    assert max(visitor.widget().evaluate(SIDEWAYS)) <= 0
    assert inside(visitor, *CONTROLS)
    shown = visitor.page.locator(".scroll").bounding_box()
    assert shown
    assert shown["height"] >= 60


def test_on_a_wide_screen_the_panel_stands_above_its_launcher(visit: Visit) -> None:
    visitor = visit()
    ask_everything(visitor)
    panel, launcher = visitor.part("panel").bounding_box(), visitor.part("launcher").bounding_box()
    assert panel
    assert launcher
    assert panel["width"] == 400
    assert panel["y"] >= 0
    assert panel["y"] + panel["height"] < launcher["y"]
    assert 1000 - launcher["x"] - launcher["width"] == 800 - launcher["y"] - launcher["height"] == 20
    assert visitor.widget().evaluate(SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_every_control_and_message_keeps_an_edge(visit: Visit, scheme: str) -> None:
    visitor = visit(forced_colors="active", color_scheme=scheme)
    edges = """(node) => {
      const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(node);
      const ground = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).join();
      const [red, green, blue, alpha = 1] = borderTopColor.match(/[\\d.]+/g);
      return borderTopStyle !== "none" && parseFloat(borderTopWidth) >= 1 && alpha > 0.5
        && [red, green, blue].join() !== ground;
    }"""
    assert visitor.part("launcher").evaluate(edges)
    visitor.open()
    visitor.ask("What is a blister?")
    visitor.ask("I have crushing chest pain")
    for part in ("panel", "input", "send", "restart", "close", "citation"):
        assert visitor.part(part).first.evaluate(edges), part
    for message in visitor.messages().all():
        assert message.evaluate(edges), message.get_attribute("data-kind")
    mark = visitor.page.locator("mark").first.evaluate(
        "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node.parentNode).backgroundColor]"
    )
    assert mark[0] != mark[1]


MOVING = """(host) => {
  const names = [...host.shadowRoot.querySelectorAll("*")].map((node) => getComputedStyle(node).animationName);
  const { scrollBehavior } = getComputedStyle(host.shadowRoot.querySelector(".scroll"));
  return [...new Set(names)].filter((name) => name !== "none").concat(scrollBehavior === "smooth" ? "scroll" : []);
}"""


@pytest.mark.parametrize(("wish", "moves"), [("reduce", []), ("no-preference", ["rise", "scroll"])])
def test_nothing_moves_for_who_asks_for_that(visit: Visit, wish: str, moves: list[str]) -> None:
    visitor = visit(reduced_motion=wish)
    visitor.open()
    visitor.ask("What is a blister?")
    assert visitor.widget().evaluate(MOVING) == moves


def test_on_a_page_from_right_to_left_it_stands_in_the_other_corner(visit: Visit, site: Site) -> None:
    visitor = visit(site.page(html='lang="ar" dir="rtl"'))
    box = visitor.part("launcher").bounding_box()
    assert box
    assert box["x"] == 20
    visitor.open()
    panel = visitor.part("panel").bounding_box()
    assert panel
    assert panel["x"] == 20
    visitor.send("ما هي البثرة؟")
    expect(visitor.messages("user").locator("p")).to_have_css("direction", "rtl")
    # Its own words are English there, and are set as such.
    expect(visitor.part("panel")).to_have_css("direction", "ltr")
    visitor.wait_for_reply(0)


def test_the_words_of_a_message_decide_its_direction(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    text = "البثرة جيب صغير من السائل. تحميها طبقة الجلد."
    citation: dict[str, Any] = {
        "document": "a.txt", "title": "البثور", "section": [], "publisher": None, "author": None, "url": None,
        "reviewed": None, "page": "/documents/a.txt#a", "start": 0, "end": len(text),
    }  # fmt: skip
    passage: dict[str, Any] = {
        "id": "a", "text": text, "format": "text", "highlights": [[0, 26]], "context": None, "score": 1,
        "citation": citation,
    }  # fmt: skip
    reply = {"id": "1", "kind": "answer", "text": text, "passages": [passage], "confidence": 0.9, "question": "?",
             "corrections": [], "suggestions": []}  # fmt: skip
    site.replace("/api/chat", reply)
    visitor.ask("What is a blister in Arabic?")
    expect(visitor.page.locator("blockquote")).to_have_css("direction", "rtl")
    assert visitor.page.locator("mark").inner_text() == text[:26]


@pytest.mark.parametrize("width", [1000, 390])
def test_a_hostile_page_changes_nothing(visit: Visit, site: Site, width: int) -> None:
    looks: list[dict[str, dict[str, str]]] = []
    for style in ("", HOSTILE):
        visitor = visit(
            site.page(
                '<div class="moved"><faq-chat heading="Feet"></faq-chat></div><div class="cover"></div>'
                if style
                else '<div><faq-chat heading="Feet"></faq-chat></div>',
                path="/hostile" if style else "/plain",
                head='<script src="/widget.js" defer></script>' + style,
            ),
            viewport={"width": width, "height": 800},
        )
        visitor.open()  # a click: it is not covered either
        visitor.ask("waht causes corns")
        visitor.ask("Should I stop taking my ibuprofen?")
        visitor.page.mouse.move(2, 2)
        looks.append(visitor.widget().evaluate(LOOKS))
    plain, hostile = looks
    assert len(plain) > 30
    assert list(plain) == list(hostile)
    changed = {
        f"{name} {property}": (value, hostile[name][property])
        for name, look in plain.items()
        for property, value in look.items()
        if value != hostile[name][property]
    }
    assert changed == {}


def test_the_page_may_style_what_is_meant_to_be_styled(visit: Visit, site: Site) -> None:
    visitor = visit(
        site.page(
            head='<script src="/widget.js" defer></script><style>'
            "faq-chat { --faq-chat-accent: rgb(90, 20, 60); --faq-chat-width: 500px; --faq-chat-offset: 33px }"
            "faq-chat::part(launcher) { border-radius: 3px }</style>"
        )
    )
    expect(visitor.part("launcher")).to_have_css("background-color", "rgb(90, 20, 60)")
    expect(visitor.part("launcher")).to_have_css("border-radius", "3px")
    visitor.open()
    box = visitor.part("panel").bounding_box()
    assert box
    assert box["width"] == 500
    assert box["x"] + box["width"] == 1000 - 33


def test_the_newest_question_is_scrolled_to_the_top_so_that_a_long_answer_is_read_from_its_beginning(
    visit: Visit,
) -> None:
    visitor = visit(viewport={"width": 1000, "height": 500})
    visitor.open()
    for question in ("What is a blister?", "what causes corns", "how are corns treated"):
        visitor.ask(question)
    scroll, question_box = (
        visitor.page.locator(".scroll").bounding_box(),
        visitor.messages("user").last.bounding_box(),
    )
    assert scroll
    assert question_box
    assert 0 <= question_box["y"] - scroll["y"] < 40


KEYBOARD = """([top, height, scale]) => {
  for (const [name, value] of Object.entries({ offsetTop: top, height, scale })) {
    Object.defineProperty(visualViewport, name, { configurable: true, get: () => value });
  }
  visualViewport.dispatchEvent(new Event("resize"));
}"""
"""What a browser says when a keyboard on glass comes up: the page stays as large, but less of it is seen."""


def test_a_keyboard_on_glass_covers_nothing_of_the_panel(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    visitor.open()
    visitor.page.evaluate(KEYBOARD, [120, 400, 1])
    assert visitor.part("panel").bounding_box() == {"x": 0, "y": 120, "width": 390, "height": 400}
    visitor.ask("What is a blister?")
    for part in ("close", "input", "send"):
        box = visitor.part(part).bounding_box()
        assert box
        assert 120 <= box["y"] <= 520 - box["height"]
    # Two fingers that zoom in change nothing: what is seen has to become larger.
    visitor.page.evaluate(KEYBOARD, [200, 300, 2])
    assert visitor.part("panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 780}
    visitor.page.evaluate(KEYBOARD, [0, 780, 1])
    assert visitor.part("panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 780}


def test_a_keyboard_on_glass_leaves_a_panel_on_a_tablet_its_header(visit: Visit) -> None:
    visitor = visit(viewport={"width": 800, "height": 700})
    visitor.open()
    visitor.page.evaluate(KEYBOARD, [300, 400, 1])
    box = visitor.part("panel").bounding_box()
    assert box
    assert box["y"] >= 300
    assert box["height"] == 400 - 124


def test_a_chosen_suggestion_leaves_the_keyboard_on_glass_down(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    visitor.open()
    visitor.part("suggestion").first.tap()
    visitor.wait_for_reply(0)
    assert visitor.focused() == "scroll"


CUT_OFF = """(host) => {
  const { scrollHeight, clientHeight } = host.shadowRoot.querySelector(".scroll");
  return scrollHeight - clientHeight;
}"""


@pytest.mark.parametrize("mode", ["", "page"])
def test_on_paper_there_is_the_whole_conversation_or_nothing_of_the_widget(
    visit: Visit, site: Site, mode: str
) -> None:
    visitor = visit(site.page(f'<div style="height: 400px"><faq-chat mode="{mode}" open></faq-chat></div>'))
    for question in ("What is a blister?", "how are corns treated", "what causes corns"):
        visitor.ask(question)
    visitor.page.emulate_media(media="print")
    expect(visitor.part("input")).to_be_hidden()
    if not mode:
        expect(visitor.part("panel")).to_be_hidden()
        return
    assert visitor.widget().evaluate(CUT_OFF) == 0
    panel, first, last = (
        visitor.part("panel").bounding_box(),
        visitor.messages().first.bounding_box(),
        visitor.last.bounding_box(),
    )
    assert panel
    assert first
    assert last
    assert panel["y"] <= first["y"]
    assert last["y"] + last["height"] <= panel["y"] + panel["height"]


def test_the_footer_is_one_line_and_an_emergency_has_a_red_border_of_2_px(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.open()
    visitor.part("suggestion").first.wait_for()
    footer = visitor.page.locator(".foot p").last
    box = footer.bounding_box()
    assert box
    assert footer.inner_text() == "Answers quote their sources. In an emergency call 112."
    assert box["height"] == 8 + 20
    emergency = visitor.ask("I have crushing chest pain")
    expect(emergency).to_have_css("border", "2px solid rgb(153, 17, 17)")
    site.instead["/api/widget"] = Answer(500)
    visitor.page.reload()
    visitor.open()
    expect(footer).to_contain_text("In an emergency call your local emergency number.")
