"""One clear sentence and an exit code for whatever is wrong."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import CLEAN, Run, assert_done, assert_fails

pytest_plugins = ("fixtures_bot",)


def test_what_is_wrong_is_one_sentence_and_an_exit_code(run: Run, tmp_path: Path) -> None:
    assert_fails(run("nonsense"), 2, "--help")
    assert_fails(run("rebuild", "leaflets"), 2, "leaflets", "there is no such folder")
    assert_fails(run("ask", "what is a chain?"), 2, "index", "chatbot rebuild")
    assert_fails(run("evaluate", "mine.jsonl", "--min-right", "2"), 2, "--min-right")
    (tmp_path / "chatbot.toml").write_text("colour = 'red'\n", "utf-8")
    assert_fails(run("versions"), 2, "chatbot.toml", "“colour”")


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], ["ask"], ["ask", "what", "is"], ["rebuild", "--nonsense"], ["rollback", "a", "b"],
        ["evaluate"], ["versions", "--index"], ["--index", "index"],
    ],
)  # fmt: skip
def test_wrong_usage_says_where_help_is(call: Run, arguments: list[str]) -> None:
    assert_fails(call(*arguments), 2, "--help")


def test_help_names_every_command(call: Run) -> None:
    done = call("--help")
    assert_done(done, "usage: chatbot")
    commands = ("rebuild", "serve", "ask", "chat", "versions", "rollback", "evaluate")
    assert [name for name in commands if not re.search(rf"^ +{name}\b", done.stdout, re.MULTILINE)] == []
    for command in commands:
        assert_done(call(command, "--help"), f"usage: chatbot {command}", "--index")


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (None, "there is no such folder"),
        ({}, "holds no documents"),
        ({"_questions.jsonl": "", ".hidden.md": "x"}, "holds no documents"),
        ({"a.jpg": "x", "b.xyz": "y"}, "a.jpg"),
        ({"a.md": "", "b.txt": " \n"}, "a.md"),
        ({"a.md": "Flour.\n", "_synonyms.txt": "one, two\nlonely\n"}, "_synonyms.txt, line 2"),
        ({"a.md": "Flour.\n", "_metadata.toml": "not = = toml"}, "_metadata.toml"),
        ({"a.md": "Flour.\n", "_questions.jsonl": "{}\nnonsense\n"}, "_questions.jsonl, line 1"),
    ],
)
def test_a_corpus_that_cannot_be_indexed_is_named(
    call: Run, tmp_path: Path, files: dict[str, str] | None, named: str
) -> None:
    folder = tmp_path / "leaflets"
    if files is not None:
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    assert_fails(call("rebuild", "leaflets"), 2, "leaflets", named)
    assert not (tmp_path / "index" / "current.json").exists()


def test_a_corpus_that_is_a_file_is_named(call: Run, tmp_path: Path) -> None:
    (tmp_path / "leaflet.md").write_text("Flour.\n", "utf-8")
    assert_fails(call("rebuild", "leaflet.md"), 2, "leaflet.md", "folder")


def test_without_a_folder_of_its_own_the_shipped_corpus_is_indexed(call: Run) -> None:
    done = call("rebuild")
    assert_done(done, "Published version")
    assert_done(call("ask", "what is palatal myoclonus?"), "Palatal myoclonus")


@pytest.mark.parametrize(
    "arguments",
    [["ask", "what is a chain?"], ["chat"], ["versions"], ["versions", "--verify"], ["rollback"]],
)
def test_where_there_is_no_index_how_to_make_one_is_said(call: Run, arguments: list[str]) -> None:
    assert_fails(call(*arguments, "--index", "nowhere"), 2, "nowhere", "chatbot rebuild")


@pytest.mark.parametrize("question", ["", "   ", " \t\n "])
def test_an_empty_question_is_refused(call: Run, index: Path, question: str) -> None:
    assert_fails(call("ask", question), 2, "question", "empty")


def test_a_question_may_have_two_thousand_characters_and_no_more(call: Run, index: Path) -> None:
    assert_done(call("ask", "what is a chain? ".ljust(2000, "?")), "A chain is a loop")
    assert_fails(call("ask", "é" * 2001), 2, "2,001 characters", "2,000")


def test_bytes_that_are_no_text_on_the_command_line_do_no_harm(run: Run, index: Path) -> None:
    for question in (b"what is a chain? \xff\xfe", b"\xed\xa0\xbd"):
        for arguments in ([b"ask", question], [b"ask", b"--json", question]):
            done = run(*arguments)
            assert done.returncode == 0, done.stderr
            assert done.stderr == ""


def test_a_terminal_without_unicode_does_no_harm(run: Run, index: Path) -> None:
    for arguments in (
        ["ask", "what is a chain?"],
        ["ask", "--json", "what is a chain — exactly?"],
        ["--help"],
    ):
        done = run(*arguments, PYTHONIOENCODING="ascii", LC_ALL="C")
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr


def test_an_index_folder_that_cannot_be_written_is_the_machines_fault(call: Run, corpus: Path) -> None:
    (corpus.parent / "taken").write_text("a file", "utf-8")
    assert_fails(call("rebuild", "--index", "taken"), 3, "taken")
    assert_fails(call("rebuild", "--index", "taken/below"), 3, "taken")


def test_one_rebuild_at_a_time(run: Run, corpus: Path, index: Path) -> None:
    with (index / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert_fails(run("rebuild"), 3, "index", "another rebuild")
        assert_fails(run("rollback"), 3, "index", "another rebuild")
        assert_done(run("ask", "what is a chain?"), "A chain is a loop")
    assert run("rebuild").returncode == 0


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, index: Path) -> None:
    command = f"'{sys.executable}' -m chatbot versions | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=CLEAN, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
