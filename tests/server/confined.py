"""The service started as the container starts it, in a sandbox that is as the container is; needs bubblewrap."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MISSING = "bubblewrap is not installed: apt-get install bubblewrap, or leave this test out with BUBBLEWRAP=0"


LEFT_OUT = {"data", "dev", "home", "proc", "root", "tmp"}
"""Folders of this machine that the sandbox has none of, or others in their place."""

APART = "--unshare-net --unshare-pid --unshare-ipc --die-with-parent --proc /proc --dev /dev".split()


@dataclass(frozen=True)
class Image:
    """What the Containerfile says of how the service runs: as whom, where, with which settings and commands."""

    user: int
    group: int
    folder: str
    environment: Mapping[str, str]
    command: Sequence[str]
    health_check: Sequence[str]


def read_image() -> Image:
    """Return what the last stage of the Containerfile says."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    said: dict[str, str] = {}
    for line in text.rpartition("\nFROM ")[2].splitlines():
        word, _, rest = line.partition(" ")
        said[word] = rest.strip()
    user, _, group = said["USER"].partition(":")
    return Image(
        int(user),
        int(group),
        said["WORKDIR"],
        dict(setting.split("=", 1) for setting in shlex.split(said["ENV"])),
        _own(json.loads(said["CMD"])),
        _own(json.loads(said["HEALTHCHECK"].partition("CMD ")[2])),
    )


def _own(command: list[str]) -> list[str]:
    """Return a command of the image with this Python and this program in place of the installed ones."""
    own = {"python": [sys.executable], "chatbot": [sys.executable, "-m", "chatbot"]}
    return [*own[command[0]], *command[1:]]


def run_confined(
    image: Image, program: Path, argument: Any, index: Path, corpus: Path, settings: Mapping[str, str]
) -> Any:
    """Run a program of Python in the sandbox and return what it prints as JSON.

    Its file system is this machine's without the homes, read-only, with folders of its own for the index and for /tmp;
    it has a network of its own, no capabilities and no home. Run by root it is the image's user; run by another user,
    or where the program lies in a folder that is closed to others, it is that user under the image's number.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.fail(MISSING, pytrace=False)
    python = Path(sys.executable).resolve()
    needed = [ROOT, Path(sys.prefix), Path(sys.base_prefix), python.parents[1]]
    start = [bwrap, *f"--unshare-user --uid {image.user} --gid {image.group} --cap-drop ALL".split()]
    become: list[str] = []
    if os.geteuid() == 0 and all(_open_to_all(path) for path in needed):
        os.chown(index, image.user, image.group)
        start = [bwrap]
        user = f"setpriv --reuid={image.user} --regid={image.group} --clear-groups --bounding-set=-all"
        become = [*user.split(), "--inh-caps=-all", "--no-new-privs"]
    _skip_unless_permitted([*start, "--ro-bind", "/", "/", *APART, *become, "true"])
    sandbox = [*start, *APART, *_mounts(needed, index, corpus), "--chdir", image.folder, *become]
    environment = {**image.environment, "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", **settings}
    del environment["PATH"]
    done = subprocess.run(
        [*sandbox, sys.executable, str(program), json.dumps(argument)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _mounts(needed: Sequence[Path], index: Path, corpus: Path) -> list[str]:
    """Return the sandbox's file system, which is as compose.yaml has it."""
    mounts = []
    for entry in sorted(Path("/").iterdir()):
        if entry.is_symlink():
            mounts += ["--symlink", str(entry.readlink()), str(entry)]
        elif entry.name not in LEFT_OUT:
            mounts += ["--ro-bind", str(entry), str(entry)]
    mounts += "--perms 1777 --tmpfs /dev/shm --perms 1777 --tmpfs /tmp --dir /data".split()
    for path in needed:
        for leading in reversed(_left_out(path)):
            mounts += ["--dir", str(leading)]
        mounts += ["--ro-bind", str(path), str(path)]
    mounts += ["--bind", str(index), "/data/index", "--ro-bind", str(corpus), "/data/corpus"]
    return [*mounts, "--remount-ro", "/"]


def _left_out(path: Path) -> Sequence[Path]:
    """Return the folders that lead to a path and that the sandbox has to make, from the innermost."""
    return path.parents[:-1] if path.parts[1] in LEFT_OUT else ()


def _open_to_all(path: Path) -> bool:
    """Return whether every user may enter a folder in the sandbox."""
    made = _left_out(path)
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder not in made)


def _skip_unless_permitted(command: Sequence[str]) -> None:
    """Skip the test where the kernel, or the container that the tests run in, lets nobody make a sandbox."""
    tried = subprocess.run(command, capture_output=True, text=True, env={}, timeout=20)
    if tried.returncode:
        pytest.skip(f"this machine permits no sandbox: {tried.stderr.strip()}")
