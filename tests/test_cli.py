"""The command, as it is really run: what it prints, its exit codes, and one clear sentence for what is wrong."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from chatbot.cli import main
from chatbot.errors import UsageError
from chatbot.index.format import FORMAT, MANIFEST
from chatbot.reply import Reply
from chatbot.settings import load

pytest_plugins = ("fixtures_bot",)

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command as a process, in an empty folder of its own."""

    def run(*arguments: str | bytes, said: str = "", **variables: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "chatbot", *arguments],
            cwd=tmp_path,
            env={**CLEAN, **variables},
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command inside this process, in the same folder: for long tables of what can be wrong."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(CLEAN):
        monkeypatch.delenv(name)

    def call(*arguments: str, **variables: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as leaving:  # --help leaves at once
                code = int(leaving.code or 0)
        out, err = capsys.readouterr()
        return Done(arguments, code, out, err)

    return call


@pytest.fixture
def corpus(tmp_path: Path, bicycles: Path) -> Path:
    """The leaflets as `corpus/` in the working directory, to be changed at will."""
    return Path(shutil.copytree(bicycles, tmp_path / "corpus"))


@pytest.fixture
def index(tmp_path: Path, bicycle_index: Path) -> Path:
    """Their index as `index/` in the working directory, to be changed at will."""
    return Path(shutil.copytree(bicycle_index, tmp_path / "index"))


def live(index: Path) -> Path:
    return index / "versions" / str(json.loads((index / "current.json").read_text("utf-8"))["version"])


def assert_fails(done: Done, code: int, *named: str) -> None:
    """Hold a failure to one clear sentence on stderr that names what is wrong."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("chatbot: ")
    assert len(lines[0]) < 600
    for name in named:
        assert name in lines[0]


def assert_done(done: Done, *printed: str) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for text in printed:
        assert text in done.stdout


# ---------------------------------------------------------------------- what it does


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


def test_one_flipped_bit_is_found_and_never_gone_back_to(
    run: Run, call: Run, corpus: Path, index: Path
) -> None:
    damaged = live(index) / "texts.bin"
    (corpus / "saddles.txt").unlink()
    call("rebuild")
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 4
    damaged.chmod(0o644)
    damaged.write_bytes(data)
    checked = run("versions", "--verify")
    assert checked.returncode == 1
    assert "texts.bin" in checked.stdout
    assert "SHA-256" in checked.stdout
    assert checked.stdout.count("every hash holds") == 1
    assert "Traceback" not in checked.stderr
    assert_fails(run("rollback"), 1, "texts.bin")
    assert_done(run("ask", "what is a chain?"), "A chain is a loop")


# ---------------------------------------------------------------------- evaluations

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


# ---------------------------------------------------------------------- wrong input


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


def test_an_evaluation_without_an_index_says_how_to_make_one(call: Run, questions: Path) -> None:
    assert_fails(call("evaluate", questions.name), 2, "index", "chatbot rebuild")


def truncate(index: Path) -> str:
    path = live(index) / "texts.bin"
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size - 7)
    return "texts.bin"


def remove(index: Path) -> str:
    (live(index) / "terms.npy").unlink()
    return "terms.npy"


def newer(index: Path) -> str:
    path = live(index) / MANIFEST
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": FORMAT + 1}), "utf-8")
    return "newer"


def altered(index: Path) -> str:
    path = live(index) / MANIFEST
    path.chmod(0o644)
    path.write_text(
        json.dumps({**json.loads(path.read_bytes()), "built_at": "1999-01-01T00:00:00Z"}), "utf-8"
    )
    return MANIFEST


def no_manifest(index: Path) -> str:
    (live(index) / MANIFEST).unlink()
    return MANIFEST


def no_version(index: Path) -> str:
    name = live(index).name
    shutil.rmtree(live(index))
    return name


def broken_pointer(index: Path) -> str:
    (index / "current.json").write_text('{"version": "../..", "published": []}', "utf-8")
    return "current.json"


@pytest.mark.parametrize(
    "damage", [truncate, remove, newer, altered, no_manifest, no_version, broken_pointer]
)
def test_a_damaged_index_is_named_and_a_rebuild_mends_it(
    call: Run, corpus: Path, index: Path, damage: Callable[[Path], str]
) -> None:
    named = damage(index)
    assert_fails(call("ask", "what is a chain?"), 1, named)
    checked = call("versions", "--verify")
    assert checked.returncode == 1
    assert named in checked.stdout + checked.stderr
    assert "Traceback" not in checked.stderr
    mended = call("rebuild", "--force")
    assert mended.returncode == 0, mended.stderr
    assert_done(call("ask", "what is a chain?"), "A chain is a loop")


def test_a_damaged_index_is_mended_by_a_plain_rebuild_too(call: Run, corpus: Path, index: Path) -> None:
    truncate(index)
    assert call("rebuild").returncode == 0
    assert_done(call("ask", "what is a chain?"), "A chain is a loop")


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


# ---------------------------------------------------------------------- settings


def test_options_win_over_the_environment_and_that_over_the_file(
    call: Run, tmp_path: Path, index: Path
) -> None:
    for name in ("by-option", "by-variable", "by-file"):
        shutil.copytree(index, tmp_path / name)
    shutil.rmtree(index)
    (tmp_path / "chatbot.toml").write_text('index = "by-file"\n', "utf-8")

    def opened(*arguments: str, **variables: str) -> str:
        rolled = call(
            "rollback", *arguments, **variables
        )  # it has no version before: the sentence names the folder
        assert rolled.returncode == 2
        return rolled.stderr.split(": ")[1]

    assert opened() == "by-file"
    assert opened(CHATBOT_INDEX="by-variable") == "by-variable"
    assert opened("--index", "by-option", CHATBOT_INDEX="by-variable") == "by-option"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"index = \n", "TOML"),
        (b"index = 'caf\xe9'\n", "TOML"),
        (b"colour = 'red'\n", "“colour”"),
        (b"[chatbot]\nindex = 'x'\n", "“chatbot”"),
        (b"port = 'many'\n", "port"),
        (b"port = true\n", "port"),
        (b"index = 7\n", "index"),
        (b"contact = [{phone = '1'}]\n", "contact"),
    ],
)
def test_a_wrong_settings_file_is_named(
    call: Run, tmp_path: Path, index: Path, text: bytes, named: str
) -> None:
    (tmp_path / "chatbot.toml").write_bytes(text)
    assert_fails(call("ask", "what is a chain?"), 2, "chatbot.toml", named)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHATBOT_PORT", "70000"), ("CHATBOT_PORT", "http"), ("CHATBOT_WORKERS", "0"), ("CHATBOT_INDEX", " "),
        ("CHATBOT_CONTACT", "call me"), ("CHATBOT_CRISIS_LINES", '{"name": "x"}'),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(call: Run, index: Path, variable: str, value: str) -> None:
    assert_fails(call("ask", "what is a chain?", **{variable: value}), 2, variable, "wanted")


def test_an_unknown_variable_is_only_warned_of(run: Run, index: Path) -> None:
    done = run("ask", "what is a chain?", CHATBOT_SERVICE_PORT_8000_TCP="tcp://10.0.0.1")
    assert done.returncode == 0
    assert "A chain is a loop" in done.stdout
    assert done.stderr.startswith("chatbot: CHATBOT_SERVICE_PORT_8000_TCP")
    assert done.stderr.count("\n") == 1


def test_an_option_that_is_wrong_is_named_as_it_was_typed() -> None:
    with pytest.raises(UsageError, match="--port"):
        load({"port": "none"}, {})


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
