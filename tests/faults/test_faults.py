"""Whatever is killed when, and wherever the disk is full: readers see a whole version, and the next rebuild mends all.

By default a spread sample of the cases is run; FAULTS=all runs every one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.faults

EVERY = os.environ.get("FAULTS") == "all"
MODES = ("before", "half", "after", "error")


class Driver:
    """The warm process that runs cases."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.seconds: float = self._answer()["seconds"]
        self._steps: dict[str, list[str]] = {}

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the driver ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def run(self, scenario: str, mode: str, **details: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"scenario": scenario, "mode": mode, **details}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def steps(self, scenario: str) -> list[str]:
        """Return the steps of a scenario that nothing interrupts."""
        if scenario not in self._steps:
            self._steps[scenario] = self.run(scenario, "count")["steps"]
        return self._steps[scenario]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("driver.py")), str(tmp_path_factory.mktemp("world"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | one_thread,
    ) as process:
        try:
            yield Driver(process)
        finally:
            assert process.stdin
            process.stdin.close()


def replacing(steps: list[str]) -> int:
    """Return the one step that makes a version live."""
    (place,) = [number for number, step in enumerate(steps) if step.startswith("replace ")]
    return place


def sampled(steps: list[str], mode: str, most: int) -> list[int]:
    """Return the steps to fail at: all, or a spread sample, always with those around the pointer's replacement."""
    fitting = [number for number, step in enumerate(steps) if mode != "half" or step.startswith("write ")]
    if EVERY or len(fitting) <= most:
        return fitting
    spread = {fitting[round(place * (len(fitting) - 1) / (most - 1))] for place in range(most)}
    around = {number for number in fitting if abs(number - replacing(steps)) <= 1}
    return sorted(spread | around)


def test_every_way_to_change_a_file_system_is_among_the_steps(driver: Driver) -> None:
    full = {step.split()[0] for step in driver.steps("full")}
    assert full == {"open", "write", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir"}
    assert len(driver.steps("next")) > 70
    assert len(driver.steps("rollback")) >= 5


def test_a_file_is_flushed_before_the_folder_gets_its_name_and_that_before_the_pointer(
    driver: Driver,
) -> None:
    steps = driver.steps("next")
    renamed = next(
        number for number, step in enumerate(steps) if step.startswith("rename versions/.building-")
    )
    written = [number for number, step in enumerate(steps) if step.startswith("write versions/")]
    flushed = [number for number, step in enumerate(steps) if step.startswith("fsync versions/.building-")]
    assert len(flushed) == len({steps[number].split()[1] for number in written}) + 1, (
        "every file, and the folder"
    )
    assert max(written) < max(flushed) < renamed
    assert "fsync versions" in steps[renamed : replacing(steps)], (
        "the version's name is flushed before it is live"
    )
    assert steps[replacing(steps) - 1].startswith("fsync .current.json")
    assert "fsync ." in steps[replacing(steps) :]


@pytest.mark.parametrize("scenario", ["first", "next", "full", "rollback"])
@pytest.mark.parametrize("mode", MODES)
def test_at_any_step(scenario: str, mode: str, driver: Driver) -> None:
    steps = driver.steps(scenario)
    wrong = {}
    ended: dict[str, int] = {}
    chosen = sampled(steps, mode, 3)
    for step in chosen:
        found = driver.run(scenario, mode, step=step, replaced=replacing(steps))
        if found["problems"]:
            wrong[f"{mode} step {step} of {len(steps)} ({steps[step]})"] = found["problems"]
        kind = found["outcome"].split(":")[0]
        ended[kind] = ended.get(kind, 0) + 1
    print(f"CASES {scenario} {mode}: {len(chosen)} of {len(steps)} steps, ended {ended}, {len(wrong)} wrong")
    assert not wrong
    assert chosen
    assert set(ended) <= ({"failed", "done"} if mode == "error" else {"killed"})
    assert ended.get("failed" if mode == "error" else "killed")


@pytest.mark.parametrize("scenario", ["first", "next", "full"])
def test_killed_at_any_moment(scenario: str, driver: Driver) -> None:
    pick = random.Random(None if EVERY else scenario)
    wrong = {}
    killed = 0
    count = 100 if EVERY else 4
    for number in range(count):
        delay = (number + pick.random()) / count * driver.seconds
        found = driver.run(scenario, "moment", delay=delay)
        killed += found["outcome"] == "killed"
        if found["problems"]:
            wrong[delay] = found["problems"]
    print(f"CASES {scenario} moment: {count} moments, {killed} killed, {len(wrong)} wrong")
    assert not wrong
    assert killed


@pytest.mark.parametrize("scenario", ["first", "next", "full"])
def test_where_no_file_may_grow_beyond_a_size(scenario: str, driver: Driver) -> None:
    """A file-size limit: a write ends early, and the next one fails."""
    sizes = [0, 1, 64, 129, 200, 400, 1_000, 2_000, 3_000]
    ended = []
    for size in sizes if EVERY else sizes[::3]:
        found = driver.run(scenario, "limit", bytes=size)
        assert not found["problems"], (size, found)
        ended.append(found["outcome"])
    print(f"CASES {scenario} limit: {len(ended)}")
    assert all("disk is full" in outcome for outcome in ended)
    assert driver.run(scenario, "limit", bytes=1_000_000) == {"problems": [], "outcome": "done"}


@pytest.mark.parametrize("scenario", ["first", "next", "full"])
def test_on_a_disk_that_is_really_full(scenario: str, driver: Driver) -> None:
    """A file system of its own, where the machine lets us mount one."""
    sizes = range(4_096, 110_000, 4_096 if EVERY else 49_152)
    ended = []
    for size in sizes:
        found = driver.run(scenario, "disk", bytes=size)
        assert not found["problems"], (size, found)
        ended.append(found["outcome"])
    print(
        f"CASES {scenario} disk ({found['how']}): {len(ended)}, {sum('full' in outcome for outcome in ended)} full"
    )
    assert any("disk is full" in outcome for outcome in ended)
    assert driver.run(scenario, "disk", bytes=2_000_000)["outcome"] == "done"
