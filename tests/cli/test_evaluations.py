"""An evaluation prints a table, writes a page, fails below its bar, and names a wrong file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import Run, assert_done, assert_fails

pytest_plugins = ("fixtures_bot",)

GOLD = {"document": "chains.md", "span": "A chain is a loop of metal links"}
FILE = [
    {"id": "one", "question": "what is a chain?", "style": "direct", "gold": [GOLD]},
    {"id": "two", "question": "what is the capital of France?", "kind": "no_answer"},
    {"id": "three", "question": "what is a puncture?", "style": "direct", "gold": [GOLD]},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Three questions: two that are answered right, one that cannot be."""
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in FILE), "utf-8")
    return path


def test_an_evaluation_prints_a_table_and_what_went_wrong(call: Run, index: Path, questions: Path) -> None:
    done = call("evaluate", questions.name, "--misses")
    assert_done(done, "right@1", "direct", "(no_answer)", "all", "66.7%", "three: what is a puncture?")
    assert "one: what is a chain?" not in done.stdout
    assert "three:" not in call("evaluate", questions.name).stdout


def test_documents_that_the_index_has_not_are_named(call: Run, index: Path, tmp_path: Path) -> None:
    gold = [{"document": f"page{n}.md", "span": "a"} for n in range(7)]
    lines = [{"id": "one", "question": "what is a chain?", "gold": [GOLD, *gold]}]
    (tmp_path / "other.jsonl").write_text(json.dumps(lines[0]), "utf-8")
    done = call("evaluate", "other.jsonl")
    assert done.returncode == 0
    assert (
        "not in index: page0.md, page1.md, page2.md, page3.md, page4.md and 2 more; is it the index that is meant?"
        in done.stderr
    )


def test_a_file_of_questions_that_is_not_there_is_said_so(call: Run, index: Path) -> None:
    assert_fails(
        call("evaluate", "nosuch.jsonl"), 2, "nosuch.jsonl: cannot be read (No such file or directory)"
    )


@pytest.mark.parametrize(("rate", "code"), [("0", 0), ("0.66", 0), ("0.7", 1), ("1", 1)])
def test_an_evaluation_below_its_bar_is_a_no(
    call: Run, index: Path, questions: Path, rate: str, code: int
) -> None:
    done = call("evaluate", questions.name, "--min-right", rate)
    assert done.returncode == code
    assert "right@1" in done.stdout
    assert ("0.667" in done.stderr) == bool(code)
    assert "Traceback" not in done.stderr


def test_an_evaluation_of_several_files_writes_a_page(
    call: Run, index: Path, questions: Path, tmp_path: Path
) -> None:
    more = {"id": "one", "question": "what is a puncture?", "style": "direct", "gold": [GOLD]}
    (tmp_path / "more.jsonl").write_text(json.dumps(more), "utf-8")
    done = call("evaluate", questions.name, "more.jsonl", "--html", "page.html", "--min-right", "0.9")
    assert done.returncode == 1
    assert "0.500" in done.stderr
    assert "The page with plots is page.html." in done.stdout
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<h1>Questions with expected answers</h1>" in page
    assert "questions.jsonl, more.jsonl" in page
    assert "what is a puncture?</span> (more.jsonl: one)" in page


def test_a_page_that_cannot_be_written_is_one_sentence(call: Run, index: Path, questions: Path) -> None:
    for place in (".", "nowhere/page.html", f"{questions.name}/page.html"):
        done = call("evaluate", questions.name, "--html", place)
        assert_fails(done, 2, f"--html {place}", "name a file")
        assert "right@1" not in done.stdout
    full = call("evaluate", questions.name, "--html", "/dev/full")
    assert "right@1" in full.stdout
    assert full.returncode == 3
    assert full.stderr.startswith("chatbot: --html /dev/full: cannot be written: the disk is full")
    assert len(full.stderr.splitlines()) == 1


def test_a_safety_evaluation_writes_a_page(call: Run, tmp_path: Path) -> None:
    rows = [("hello", "smalltalk"), ("what is <b>gout</b>", "crisis")]
    lines = [json.dumps({"id": str(n), "text": text, "label": label}) for n, (text, label) in enumerate(rows)]
    (tmp_path / "messages.jsonl").write_text("\n".join(lines), "utf-8")
    assert_done(call("evaluate", "messages.jsonl", "--safety", "--html", "safety.html"), "safety.html")
    page = (tmp_path / "safety.html").read_text("utf-8")
    assert "the triage alone was asked" in page
    assert "what is &lt;b&gt;gout&lt;/b&gt;</span> (1)" in page
    assert "small talk found" in page


def test_an_evaluation_without_an_index_says_how_to_make_one(call: Run, questions: Path) -> None:
    assert_fails(call("evaluate", questions.name), 2, "index", "chatbot rebuild")


@pytest.mark.parametrize("rate", ["1.5", "-0.1", "most", "nan", ""])
def test_a_bar_that_is_no_rate_is_refused(call: Run, index: Path, questions: Path, rate: str) -> None:
    assert_fails(call("evaluate", questions.name, f"--min-right={rate}"), 2, "--min-right", "from 0 to 1")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "cannot be read"),
        (b"", "no question"),
        (b"\n\n", "no question"),
        (b"{\n", "line 1"),
        (b'{"question": "a", "kind": "no_answer"}\n[1]\n', "line 2"),
        (b'{"question": "caf\xe9", "kind": "no_answer"}\n', "UTF-8"),
    ],
)
def test_a_question_file_that_cannot_be_read_is_named(
    call: Run, tmp_path: Path, index: Path, content: bytes | None, named: str
) -> None:
    if content is not None:
        (tmp_path / "mine.jsonl").write_bytes(content)
    assert_fails(call("evaluate", "mine.jsonl"), 2, "mine.jsonl", named)
