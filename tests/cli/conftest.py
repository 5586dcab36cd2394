"""The command, run as a process or inside this one, in a folder of its own with the leaflets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.cli import main

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
