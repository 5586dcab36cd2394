"""Rebuilds and rollbacks under load, workers killed meanwhile: no answer is wrong, none is lost that need not be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "service" / "endurance.py"


@pytest.mark.faults
def test_rebuilding_is_invisible_under_load_though_workers_are_killed() -> None:
    mounts = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0
    arguments = ["--rebuilds", "3", "--rollbacks", "1", "--seconds", "8", "--kill-every", "1"]
    arguments += ["--flipped-bits", "2", "--full-disks", str(int(mounts)), "--follow-within", "10"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines() if line[-1:].isdigit())
    assert figures["rollbacks"] == "1"
    assert figures["bits flipped"] == "2"
    assert figures["disks filled"] == str(int(mounts)), "where a disk of its own can be mounted"
    assert int(figures["workers killed"]) >= 3
    assert figures["failed otherwise"] == figures["wrong"] == "0"
