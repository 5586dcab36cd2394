"""Options, variables and the settings file: which wins, and what is said of a wrong one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chatbot.errors import UsageError
from chatbot.settings import load
from cli.conftest import Run, assert_fails

pytest_plugins = ("fixtures_bot",)


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
