"""The page of an evaluation: true figures, a table beside each plot, readable for everybody, and nothing loaded."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_report import _Page, in_browser

from chatbot import Chatbot
from chatbot.evaluation import Outcome, read_questions, run
from chatbot.evaluation.calibration import Bin, Withheld
from chatbot.evaluation.figures import Share
from chatbot.report.evaluation_page import evaluation_page, safety_page
from chatbot.report.share_plots import reliability_diagram, risk_coverage_curve, share_bars
from chatbot.safety_evaluation import Labelled, Seen

pytest_plugins = ("fixtures_bot",)

MADE = datetime(2026, 6, 15, 12, tzinfo=UTC)
CHAIN = {"document": "chains.md", "span": "A chain is a loop of metal links"}
LINES = [
    {"id": "a", "question": "what is a chain?", "style": "direct", "gold": [CHAIN]},
    {"id": "b", "question": "what is a <i>puncture</i> & why?", "style": "roundabout", "gold": [CHAIN]},
    {"id": "c", "question": "what is the capital of France?", "style": "keyword", "kind": "no_answer"},
    {"id": "d", "turns": [{"user": "what is a chain?", "gold": [CHAIN]}, {"user": "hi", "kind": "crisis"}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(bicycle_bot: Chatbot, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Five judged turns: three right, two wrong."""
    path = tmp_path_factory.mktemp("asked") / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), "utf-8")
    return list(run(bicycle_bot, read_questions(path)))


@pytest.fixture(scope="module")
def html(outcomes: list[Outcome]) -> str:
    return evaluation_page(outcomes, ["questions.jsonl"], MADE)


def test_the_page_holds_everything_and_loads_nothing(html: str) -> None:
    tags = _Page(html).tags
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        assert not {name for name in attributes if name.startswith("on") or name in {"src", "href", "style"}}
    assert not re.search(r"https?://|url\(|@import", html)
    assert "default-src 'none'" in html
    assert "&lt;i&gt;puncture&lt;/i&gt; &amp; why?" in html


def test_each_plot_has_a_name_and_a_table_beside_it(html: str, outcomes: list[Outcome]) -> None:
    names = [
        str(attributes["aria-label"])
        for tag, attributes in _Page(html).tags
        if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(names) == 3
    assert names[0].startswith("Right at once by style: (crisis) 0%, (no_answer) 100%")
    assert names[0].endswith("all 60%.")
    assert names[1].startswith("Share right over the mean confidence: ")
    assert "with 30% withheld" in names[2]
    for heading in ("Figures by style", "Reliability", "Share right with doubtful answers withheld"):
        assert re.search(rf'aria-label="{heading}" tabindex="0"><table>.*?</table>', html, re.DOTALL)
    assert html.count("<h1>") == 1
    assert re.findall(r"<h(\d)", html) == ["1", "2", "2", "2", "2", "2"]
    overall = re.search(r'<tr><th scope="row">all</th>(.*?)</tr>', html, re.DOTALL)
    assert overall
    cells = [cell.replace("\xa0", " ") for cell in re.findall(r'<td class="number">(.*?)</td>', overall[1])]
    assert cells[:3] == ["5", "60.0 %", "23.1 to 88.2 %"]


def test_what_went_wrong_is_listed_with_its_confidence(html: str, outcomes: list[Outcome]) -> None:
    listed = html[html.index("What went wrong") :]
    assert "<p>2 of 5 questions.</p>" in listed
    assert "(b)" in listed
    assert "(d.2)" in listed
    assert "(a)" not in listed
    sure = outcomes[1].reply.confidence
    assert sure is not None
    assert f"{100 * sure:.1f}\xa0%" in listed


def test_a_page_without_an_answer_or_a_miss_says_so(outcomes: list[Outcome]) -> None:
    page = evaluation_page([outcomes[2]], ["one.jsonl"], MADE)
    assert "No answer was given" in page
    assert "<p>Nothing.</p>" in page
    assert page.count('role="img"') == 1


def test_bars_and_whiskers_are_as_long_as_the_shares() -> None:
    drawn = share_bars([("half", Share(5, 10)), ("none", Share(0, 0))], "two")
    widths = [float(width) for width in re.findall(r'<rect class="answered"[^>]* width="([\d.]+)"', drawn)]
    assert widths == [230.0, 0.0]
    (x1, x2), (y1, y2) = re.findall(r'class="whisker" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"', drawn)
    assert (float(x1), float(x2)) == pytest.approx((180 + 460 * 0.2366, 180 + 460 * 0.7634), abs=0.1)
    assert (y1, y2) == ("180.0", "640.0")
    assert "a label of so many letter…" in share_bars(
        [("a label of so many letters, too many", Share(1, 2))], ""
    )


def test_points_stand_where_confidence_and_share_meet() -> None:
    drawn = reliability_diagram([Bin(0.4, 0.5, 4, 0.5, 2), Bin(0.9, 1.0, 10, 1.0, 10)], "two")
    points = [tuple(map(float, place)) for place in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    ideal = re.search(r'class="ideal" x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', drawn)
    assert ideal
    x1, y1, x2, y2 = map(float, ideal.groups())
    assert points == [pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2)), (x2, y2)]
    assert drawn.count('class="whisker"') == 2


def test_the_curve_rises_where_doubtful_answers_were_wrong() -> None:
    points = [Withheld(0.0, 10, 0.55), Withheld(0.25, 8, 0.75), Withheld(0.5, 5, 1.0)]
    drawn = risk_coverage_curve(points, "three")
    places = re.search(r'<polyline class="curve" points="([^"]+)"', drawn)
    assert places
    curve = [tuple(map(float, place.split(","))) for place in places[1].split()]
    assert [x for x, _ in curve] == [56.0, 220.0, 384.0]
    assert curve[0][1] == pytest.approx(12 + 344 * 0.9)  # the axis begins at 50 %
    assert curve[-1][1] == 12
    assert "50 %" in drawn
    assert 'role="img"' in risk_coverage_curve([], "none")


def test_a_safety_page_tells_rates_and_messages() -> None:
    seen = [
        Seen(Labelled("1", "I <3 you", "crisis"), "other"),
        Seen(Labelled("2", "hello", "smalltalk"), "smalltalk"),
        Seen(Labelled("3", "bye", "smalltalk"), "smalltalk"),
    ]
    page = safety_page(seen, True, ["messages.jsonl"], MADE)
    assert "the whole bot was asked" in page
    assert "I &lt;3 you" in page
    assert "hello" not in page
    assert re.search(
        r"small talk found</th><td class=\"number\">100.0\s%</td>\s*<td[^>]*>34.2 to 100.0\s%", page
    )
    assert re.search(
        r'<th scope="row">smalltalk</th><td class="number">0</td><td class="number">2</td>', page
    )


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1_000), ("dark", 1_000), ("light", 320)])
def test_the_page_is_accessible_and_fits(html: str, tmp_path: Path, scheme: str, width: int) -> None:
    path = tmp_path / "page.html"
    path.write_text(html, "utf-8")
    with ThreadPoolExecutor(1) as thread:  # another Playwright may be at work in this one
        found, loaded, wide = thread.submit(in_browser, path, scheme, width).result()
    assert found == []
    assert loaded == [path.as_uri()]
    assert not wide
