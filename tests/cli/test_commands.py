"""What each command does, as it is really run: what it prints, and what it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import pytest

from chatbot.reply import Reply
from cli.conftest import CLEAN, Run, assert_done, assert_fails, live

pytest_plugins = ("fixtures_bot",)


# ---------------------------------------------------------------------- what it does


def test_the_program_tells_its_version(run: Run) -> None:
    assert_done(run("--version"), f"chatbot {metadata.version('chatbot')}")


def test_a_folder_is_indexed_asked_and_indexed_again(run: Run, corpus: Path) -> None:
    done = run("rebuild")
    assert_done(done, "3 documents", " passages.")
    assert not {"\r", "%"} & set(done.stdout), "a bar where there is no terminal"
    version = re.search(r"\d{8}T\d{6}-\d{6}", done.stdout)
    assert version
    assert_done(run("rebuild"), "Nothing changed", version[0])
    assert_done(
        run("ask", "what is a puncture?"), "“A puncture is a hole in the inner tube", "wheels/tyres.md"
    )
    (corpus / "saddles.txt").unlink()
    assert_done(run("rebuild", "corpus", "--index", "index"), "2 documents")
    versions = run("versions")
    assert_done(versions, version[0])
    first, second = versions.stdout.splitlines()
    assert "(live)" in second
    assert "(live)" not in first
    assert "hash" not in versions.stdout


def test_what_is_skipped_is_said_and_why(call: Run, corpus: Path) -> None:
    (corpus / "photo.jpg").write_bytes(b"\xff\xd8")
    (corpus / "empty.md").write_text("", "utf-8")
    done = call("rebuild")
    assert_done(done, "3 documents", "skipped photo.jpg: ", "skipped empty.md: it is empty")
    assert "understood" in done.stdout


def test_a_reply_as_json_has_the_fields_of_the_endpoint(run: Run, index: Path) -> None:
    done = run("ask", "--json", "how is a puncutre repaired — exactly?")
    assert_done(done)
    body = json.loads(done.stdout)
    assert set(body) == {field.name for field in fields(Reply)} - {"explanation"}
    assert body["kind"] == "answer"
    assert body["question"] == "how is a puncture repaired — exactly?"
    assert body["corrections"] == [{"typed": "puncutre", "read": "puncture"}]
    assert body["passages"][0]["citation"]["document"] == "wheels/tyres.md"
    assert body["index"]["version"] == live(index).name


def test_an_explanation_is_printed_when_asked_for(call: Run, index: Path) -> None:
    body = json.loads(call("ask", "--json", "--explain", "what is a chain?").stdout)
    assert body["explanation"]["triage"]["label"] == "none"
    plain = call("ask", "--explain", "what is a chain?")
    assert_done(plain, "A chain is a loop", '"triage"', '"hits"')


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what is the capital of France?", "no_answer"),
        ("my friend has collapsed and is not breathing", "emergency"),
        ("Should I stop taking my ramipril?", "refusal"),
        ("hello", "smalltalk"),
    ],
)
def test_every_kind_of_reply_is_done(call: Run, index: Path, question: str, kind: str) -> None:
    done = call("ask", "--json", question)
    assert_done(done)
    body = json.loads(done.stdout)
    assert body["kind"] == kind
    assert call("ask", question).stdout.strip() == body["text"]


def test_what_may_be_meant_is_listed(call: Run, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    for subject, treated in (("Saddle sores", "a softer cushion"), ("Wheel squeak", "a drop of oil")):
        text = f"## What is it?\n\n{subject} is a nuisance.\n\n## How is it treated?\n\nIt is treated with {treated}.\n"
        (folder / f"{subject}.md").write_text(f"# {subject}\n\n{text}", encoding="utf-8")
    assert_done(call("rebuild", "two", "--index", "of-two"))
    question = ("ask", "--index", "of-two", "how is it treated?")
    body = json.loads(call(*question, "--json").stdout)
    assert body["kind"] == "clarify"
    choices = [f"- how is it treated ({subject})?" for subject in ("Saddle sores", "Wheel squeak")]
    assert sorted(f"- {choice}" for choice in body["suggestions"]) == choices
    shown = call(*question).stdout.strip().splitlines()
    assert shown[0] == body["text"]
    assert sorted(shown[-2:]) == choices


def test_a_conversation_keeps_its_subject_until_an_empty_line(run: Run, index: Path) -> None:
    done = run("chat", said="what is a puncutre?\nhow is it repaired?\n\nwhat is a chain?\n")
    assert_done(
        done, "Read as: what is a puncture?", "A puncture is a hole", "A puncture is repaired in these steps"
    )
    assert done.stdout.index("is a hole") < done.stdout.index("in these steps")
    assert "loop of metal" not in done.stdout


def test_a_conversation_ends_with_its_input_and_outlives_a_message_too_long(run: Run, index: Path) -> None:
    done = run("chat", said="x" * 2001 + "\nwhat is a chain?")
    assert done.returncode == 0
    assert "A chain is a loop" in done.stdout
    assert "2,001 characters" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_is_gone_back_to_by_default_and_by_name(call: Run, corpus: Path) -> None:
    call("rebuild")
    (corpus / "saddles.txt").unlink()
    call("rebuild")
    first, second = (line.split()[0].rstrip(":") for line in call("versions").stdout.splitlines())
    assert_done(call("rollback"), f"Version {first} of index is live.")
    assert "A saddle sore is" in call("ask", "what is a saddle sore?").stdout
    assert_fails(call("rollback"), 2, "index", first)
    assert_done(call("rollback", second), second)
    assert "A saddle sore is" not in call("ask", "what is a saddle sore?").stdout
    assert_fails(call("rollback", "20200101T000000-000000"), 2, "20200101T000000-000000", first, second)
    assert_done(call("versions", "--verify"), "every hash holds")


# ---------------------------------------------------------------------- what it needs


@pytest.fixture
def imported(tmp_path: Path, index: Path, corpus: Path) -> Callable[..., set[str]]:
    """Run a command and return the names of the packages it imported."""

    def imported(*arguments: str) -> set[str]:
        command = [sys.executable, "-X", "importtime", "-m", "chatbot", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=CLEAN, capture_output=True, text=True, check=True)
        return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}

    return imported


def test_asking_needs_neither_the_web_framework_nor_what_weighs_an_index(
    imported: Callable[..., set[str]],
) -> None:
    found = imported("ask", "waht is a puncutre?")
    assert "numpy" in found
    assert found.isdisjoint({"sklearn", "scipy", "pandas", "flask", "werkzeug", "gunicorn", "tqdm"})


def test_indexing_needs_no_web_framework(imported: Callable[..., set[str]]) -> None:
    found = imported("rebuild", "--force")
    assert "sklearn" in found
    assert found.isdisjoint({"flask", "werkzeug", "gunicorn"})
