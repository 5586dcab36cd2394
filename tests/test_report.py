"""`chatbot report`: true figures from a real database, and a page that everybody can read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import SWITCHES, find_chromium
from playwright.sync_api import Page, sync_playwright

from chatbot import Chatbot, rebuild
from chatbot.feedback import Gap, Store
from chatbot.index.reader import Index
from chatbot.index.versions import live_folder
from chatbot.reply import Kind, Reply
from chatbot.report.figures import Figures, due_date, figures_of
from chatbot.report.gaps import grouped
from chatbot.report.page import page
from chatbot.report.plots import nice_ticks
from chatbot.report.table import table

pytest_plugins = ("fixtures_bot",)

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}
NOW = datetime(2026, 6, 15, 12)
NASTY = 'what is <script>alert(1)</script> & "quotes"?'
ASKED: tuple[tuple[int, Kind, str, bool | None, str | None], ...] = (
    # days ago, kind, question, helpful, comment
    (9, "answer", "How is a chain cleaned?", None, None),
    (8, "answer", "How is a chain cleaned?", False, "how often though"),
    (8, "answer", "How is a chain cleaned?", True, None),
    (3, "answer", "What causes punctures?", None, None),
    (3, "no_answer", "who won the football match in Lisbon", None, None),
    (2, "no_answer", "football match Lisbon who won it", None, None),
    (1, "no_answer", "where can I park my car on Sundays", None, None),
    (0, "smalltalk", "hello", None, None),
)


def said(bot: Chatbot, number: int, kind: Kind, question: str) -> Reply:
    """Return what the bot says to a question, as a reply of the kind that is to be counted."""
    reply = bot.reply(question)
    passages = reply.passages if kind == "answer" else ()
    return replace(reply, id=str(number), kind=kind, question=question, passages=passages)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, bicycle_bot: Chatbot) -> str:
    """The address of a database that holds what ASKED says, and a question that looks like HTML."""
    url = f"sqlite:///{tmp_path_factory.mktemp('kept')}/feedback.db"
    store = Store(url, days=3_650)
    today = datetime.now(UTC).replace(tzinfo=None)
    for number, (ago, kind, question, helpful, comment) in enumerate(ASKED):
        store.keep(said(bicycle_bot, number, kind, question), today - timedelta(days=ago))
        if helpful is not None:
            store.mark(str(number), helpful, comment)
    nasty = said(bicycle_bot, 99, "no_answer", NASTY)
    store.keep(nasty, today)
    store.close()
    return url


def run(index: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chatbot", "report", "--index", str(index), *arguments],
        env={**CLEAN, **{f"CHATBOT_{name}": value for name, value in variables.items()}},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def made(database: str, bicycle_index: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the command printed, and the page that it wrote."""
    html = tmp_path_factory.mktemp("report") / "report.html"
    done = run(bicycle_index, "--html", str(html), DATABASE_URL=database, RETENTION_DAYS="3650")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, html


def figures(replies: Store, index: Path, now: datetime = NOW) -> Figures:
    return figures_of(replies.replies(), replies.unanswered(), Index(live_folder(index)), 30, now)


# ---------------------------------------------------------------------- the terminal


def test_the_terminal_tells_all_of_it(made: tuple[str, Path]) -> None:
    text, html = made
    assert "9 replies since" in text
    assert re.search(r"answer +4 +44%", text)
    assert re.search(r"no answer +4 +44%", text)
    assert re.search(r"smalltalk +1 +11%", text)
    assert "marked helpful 1 of 2" in text
    assert re.search(r"2 +0  .*football.* \(and 1 like it\)", text)
    assert re.search(r"1 +1  How is a chain cleaned", text)
    assert re.search(r"3 +1  chains.md: A dirty chain is cleaned", text)
    assert "Never quoted (1 of 3 documents)\n  saddles.txt" in text
    assert "2 of 3 documents do not say when they were reviewed." in text
    assert text.endswith(f"The page with plots is {html}.\n")


def test_nothing_kept_is_said_plainly(bicycle_index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    done = run(bicycle_index, DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert done.returncode == 0
    assert "No reply of the last 30 days is kept." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "url", "code", "says"),
    [
        ((), None, 2, "CHATBOT_DATABASE_URL is not set, so nothing was kept"),
        ((), "postgresql+psycopg://u:secret@127.0.0.1:1/x", 3, "u:***@127.0.0.1:1/x cannot be used"),
        ((), "sqlite:////no/such/folder/f.db", 2, "there is no file /no/such/folder/f.db; set it to what"),
        ((), "sqlite:////proc/version", 3, "cannot be used (unable to open database file)"),
        (("--html", "/no/such/folder/report.html"), "sqlite://", 2, "--html /no/such/folder/report.html"),
        (("--html", "/tmp"), "sqlite://", 2, "--html /tmp"),
        (("--html", "/proc/report.html"), "sqlite://", 3, "--html /proc/report.html: cannot be written"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence(
    bicycle_index: Path, arguments: tuple[str, ...], url: str | None, code: int, says: str
) -> None:
    done = run(bicycle_index, *arguments, **({"DATABASE_URL": url} if url else {}))
    assert done.returncode == code
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr


# ---------------------------------------------------------------------- the figures


def test_every_day_counts_those_without_questions_too(
    bicycle_bot: Chatbot, bicycle_index: Path, tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path}/f.db", 30)
    for number, (ago, kind, question, *_) in enumerate(ASKED):
        store.keep(said(bicycle_bot, number, kind, question), NOW - timedelta(days=ago))
    counted = figures(store, bicycle_index)
    store.close()
    assert len(counted.days) == 10
    assert counted.days[0].day == date(2026, 6, 6)
    assert [day.all for day in counted.days] == [1, 2, 0, 0, 0, 0, 2, 1, 1, 1]
    assert sum(day.unanswered for day in counted.days) == 3
    assert counted.replies == len(ASKED)


def test_a_passage_that_is_gone_is_still_told_of(bicycle_bot: Chatbot, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/f.db", 30)
    reply = bicycle_bot.reply("How is a chain cleaned?")
    store.keep(reply, NOW)
    store.mark(reply.id, False)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "bells.md").write_text(
        "# Bells\n\nA bell rings when its lever is pushed.\n", "utf-8"
    )
    rebuild(tmp_path / "corpus", tmp_path / "index")
    counted = figures(store, tmp_path / "index")
    store.close()
    (disliked,) = counted.disliked
    assert (disliked.passage, disliked.document) == (reply.passages[0].id, None)
    assert counted.never_quoted == (("bells.md", "Bells"),)
    assert f"{disliked.passage} (gone)" in table(counted)
    assert "gone since" in page(counted)


@pytest.mark.parametrize(
    ("reviewed", "review_by", "due"),
    [
        ("2024-05-01", None, date(2027, 5, 1)),
        ("2024-05", None, date(2027, 5, 31)),
        ("2024", None, date(2027, 12, 31)),
        ("2024-02-29", None, date(2027, 2, 28)),
        ("2024-05-01", "2025-01-31", date(2025, 1, 31)),
        (None, "2025", date(2025, 12, 31)),
        (None, None, None),
        ("last spring", None, None),
        ("2024-13-45", None, None),
        ("9999-12-31", None, None),
        ("0000", None, None),
    ],
)
def test_a_review_holds_for_three_years_unless_the_document_says(
    reviewed: str | None, review_by: str | None, due: date | None
) -> None:
    assert due_date(reviewed, review_by) == due


def test_documents_past_their_review_date_are_named(bicycle_index: Path, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/f.db", 30)
    assert figures(store, bicycle_index, datetime(2028, 3, 4)).overdue == ()
    (overdue,) = figures(store, bicycle_index, datetime(2028, 3, 5)).overdue
    store.close()
    assert (overdue.document, overdue.reviewed, overdue.due) == ("chains.md", "2025-03-04", date(2028, 3, 4))


def gap(question: str, asked: int = 1) -> Gap:
    return Gap(question, asked, 0, NOW, ())


def test_questions_that_ask_for_the_same_are_grouped_and_others_are_not() -> None:
    groups = grouped(
        [
            gap("how do I bleed hydraulic brakes", 3),
            gap("can I park here on Sundays?", 2),
            gap("bleeding a hydraulic brake"),
            gap("hydraulic brakes: how to bleed them"),
            gap("when does the shop open"),
            gap("shop opening hours"),
            gap("do you sell helmets"),
        ]
    )
    found = [set(group.questions) for group in groups]
    assert found[0] == {
        "how do I bleed hydraulic brakes",
        "bleeding a hydraulic brake",
        "hydraulic brakes: how to bleed them",
    }
    assert (groups[0].question, groups[0].asked) == ("how do I bleed hydraulic brakes", 5)
    assert {"when does the shop open", "shop opening hours"} in found
    assert {"can I park here on Sundays?"} in found
    assert {"do you sell helmets"} in found


def test_questions_without_a_single_telling_word_can_be_grouped() -> None:
    assert len(grouped([gap("what is it"), gap("?"), gap("…"), gap("why")])) == 4
    assert grouped([]) == []
    assert len(grouped([gap("why")])) == 1


def test_a_thousand_questions_are_grouped_in_seconds() -> None:
    words = ["chain", "tyre", "saddle", "brake", "light", "bell", "pump", "lock", "rack", "fork"]
    gaps = [gap(f"{a} and {b} number {c}") for a in words for b in words for c in range(12)]
    assert sum(len(group.questions) for group in grouped(gaps)) == 1_000


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 10, 49, 99, 1_234, 98_765])
def test_the_axis_has_few_round_steps_and_reaches_the_top(most: int) -> None:
    ticks = nice_ticks(most)
    assert 3 <= len(ticks) <= 6
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert str(ticks[1]).rstrip("0") in {"1", "2", "5"}


# ---------------------------------------------------------------------- the page


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_holds_everything_and_loads_nothing(made: tuple[str, Path]) -> None:
    text = made[1].read_text("utf-8")
    tags = _Page(text).tags
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        assert not {name for name in attributes if name.startswith("on") or name in {"src", "href", "style"}}
    assert not re.search(r"https?://|url\(|@import", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_each_plot_has_a_name_and_a_table_that_says_the_same(made: tuple[str, Path]) -> None:
    text = made[1].read_text("utf-8")
    plots = [attributes for tag, attributes in _Page(text).tags if tag == "svg" and attributes.get("role")]
    assert [plot["role"] for plot in plots] == ["img", "img"]
    assert "The busiest day was" in (plots[0]["aria-label"] or "")
    assert plots[1]["aria-label"] == "Replies by kind: answer 4, no answer 4, smalltalk 1."
    days = re.search(r"The days as a table.*?</table>", text, re.DOTALL)
    assert days
    counted = [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', days[0])]
    assert sum(counted) == len(ASKED) + 1
    assert len(counted) == 3 * 10
    figure = re.search(r"<figure>.*?</figure>", text, re.DOTALL)
    assert figure
    drawn = re.findall(r'<rect class="(\w+)" x=', figure[0])
    assert drawn.count("answered") == 3
    assert drawn.count("unanswered") == 4
    assert drawn.count("other") == 1


def in_browser(html: Path, scheme: str, width: int) -> tuple[list[str], list[str], bool]:
    """Open the page with everything unfolded. Returns what axe finds, what was loaded, and whether it is too wide."""
    loaded: list[str] = []

    def look(shown: Page) -> tuple[list[str], list[str], bool]:
        shown.on("request", lambda request: loaded.append(request.url))
        shown.goto(html.as_uri())
        shown.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        found = Axe().run(shown).response["violations"]
        wide = shown.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]], loaded, wide

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
        try:
            return look(
                browser.new_page(
                    color_scheme="dark" if scheme == "dark" else "light",
                    viewport={"width": width, "height": 800},
                )
            )
        finally:
            browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1_000), ("dark", 1_000), ("light", 320)])
def test_the_page_is_accessible_and_fits(made: tuple[str, Path], scheme: str, width: int) -> None:
    with ThreadPoolExecutor(1) as thread:  # another Playwright may be at work in this one
        found, loaded, wide = thread.submit(in_browser, made[1], scheme, width).result()
    assert found == []
    assert loaded == [made[1].as_uri()]
    assert not wide
