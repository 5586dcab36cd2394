"""Rebuilds an index and lets the process die, or the disk fail, at one step; then says what is wrong afterwards.

Reads a case a line from stdin, as JSON, and answers each with a line of JSON. A case is run in a fork of this
warm process, so that it costs a rebuild and not the start of an interpreter:

    {"scenario": "next", "mode": "count"}                    {"steps": ["mkdir …", "open …", …]}
    {"scenario": "next", "mode": "before", "step": 7}        {"problems": [], "outcome": "killed"}

Scenarios: `first` (there is no index yet), `next` (one version), `full` (as many as are kept, so that one is
removed), `rollback`. Modes: killed `before` or `after` a step, `half` of a write done; `error` (the step raises
ENOSPC); `moment` (killed after `delay` seconds); `limit` (no file may grow beyond `bytes`); `disk` (a file system
of its own with `bytes` free). The steps are the calls of the functions of `os` that change a file system, where
they concern the index folder.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

WATCHED = ("open", "write", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")
REAL: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in WATCHED}


class Plan:
    """What shall happen at which step; the steps taken so far."""

    folder = ""  # "": nothing is counted
    mode = "count"
    step = -1
    steps: list[str] = []  # noqa: RUF012


def _path(target: Any, folder: int | None) -> str:
    """Return the path that a call is about: a descriptor's, or a name in an open folder."""
    if isinstance(target, int):
        return str(Path(f"/proc/self/fd/{target}").readlink())
    base = Path.cwd() if folder is None else Path(f"/proc/self/fd/{folder}").readlink()
    return str(base / os.fsdecode(target))


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _watched(name: str) -> Callable[..., Any]:
    real = REAL[name]

    def call(target: Any, *rest: Any, **named: Any) -> Any:
        if not Plan.folder:
            return real(target, *rest, **named)
        path = _path(target, named.get("dir_fd"))
        if not f"{path}/".startswith(f"{Plan.folder}/"):
            return real(target, *rest, **named)
        here = len(Plan.steps) == Plan.step
        Plan.steps.append(f"{name} {os.path.relpath(path, Plan.folder)}")
        if not here:
            return real(target, *rest, **named)
        if Plan.mode == "error":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        with suppress(OSError):
            if Plan.mode == "half":
                real(target, rest[0][: len(rest[0]) // 2])
            elif Plan.mode == "after":
                real(target, *rest, **named)
        return _die()

    return call


for _name in WATCHED:
    setattr(os, _name, _watched(_name))
os.remove = os.unlink

from chatbot.index import build, rebuild  # noqa: E402

for _module in (build, rebuild):
    assert hasattr(_module, "everyday_rules")
    setattr(_module, "everyday_rules", tuple)  # noqa: B010 - none: compiling them takes longer than all else

from chatbot.errors import ChatbotError, MachineError, NoIndex  # noqa: E402
from chatbot.index import Index  # noqa: E402
from chatbot.index.format import verify  # noqa: E402
from chatbot.index.rebuild import rebuild_index  # noqa: E402
from chatbot.index.search import search  # noqa: E402
from chatbot.index.versions import KEPT, published, read_pointer, rollback, version_folder  # noqa: E402
from chatbot.question.query import Alternative, Group, Query  # noqa: E402

OLD = "Bake the loaf hot until the crust is brown."
NEW = "Steam keeps the crust soft for the first minutes."


class World:
    """The corpora and the index each scenario begins with."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.old, self.new = root / "old", root / "new"
        for corpus, text in ((self.old, OLD), (self.new, NEW)):
            corpus.mkdir()
            (corpus / "bread.md").write_text(f"# Bread\n\n## Crust\n\n{text}\n", encoding="utf-8")
            for number in range(4):
                (corpus / f"tool-{number}.txt").write_text(
                    f"Tool {number} turns nut number {number}.\n" * 20, encoding="utf-8"
                )
        base = root / "base"
        for _ in range(KEPT):
            rebuild_index(self.old, base / "full", force=True)
        rebuild_index(self.old, base / "next")
        rebuild_index(self.new, base / "rollback")
        rebuild_index(self.old, base / "rollback")
        self.seconds = min(self._timed(root / "timed") for _ in range(3))
        (base / "first").mkdir()

    def _timed(self, index: Path) -> float:
        began = time.perf_counter()
        rebuild_index(self.new, index, force=True)
        return time.perf_counter() - began

    def begin(self, scenario: str, index: Path) -> None:
        """Lay out the index that a scenario begins with."""
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(self.root / "base" / scenario, index, dirs_exist_ok=True)

    def act(self, scenario: str, index: Path) -> None:
        """Do what shall be interrupted."""
        if scenario == "rollback":
            rollback(index)
        else:
            rebuild_index(self.new, index)


def run(world: World, case: dict[str, Any]) -> dict[str, Any]:
    """Run one case and look at what it left behind."""
    if case["mode"] == "disk":
        return _on_a_small_disk(world, case)
    index = world.root / "case"
    world.begin(case["scenario"], index)
    return _interrupted(world, case, index, lambda: None)


def _interrupted(
    world: World, case: dict[str, Any], index: Path, make_room: Callable[[], None]
) -> dict[str, Any]:
    before = _state(index)
    reader = Index(version_folder(index, before[0])) if before else None
    report = world.root / "report.json"
    report.unlink(missing_ok=True)
    outcome, steps = _forked(world, case, index, report)
    if case["mode"] == "count":
        return {"steps": steps}
    problems = _outcome_problems(case, outcome, steps)
    try:
        after = _state(index)
        problems += _live_problems(case, outcome, steps, before, after)
        if outcome.startswith("failed"):
            problems += _left_over(index)
        if reader and _crust(reader) != OLD:
            problems.append("a reader that was open sees something else")
        make_room()
        problems += _next_problems(world, index, after)
    except (ChatbotError, OSError) as error:
        problems.append(f"afterwards: {type(error).__name__}: {error}")
    return {"problems": problems, "outcome": outcome}


def _forked(world: World, case: dict[str, Any], index: Path, report: Path) -> tuple[str, list[str]]:
    """Act in a fork; return how it ended and the steps it took (none where it was killed)."""
    child = os.fork()
    if not child:
        _child(world, case, index, report)
    if case["mode"] == "moment":
        time.sleep(case["delay"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return ("killed" if os.WTERMSIG(status) == signal.SIGKILL else f"signal {os.WTERMSIG(status)}"), []
    told = json.loads(report.read_bytes())
    return told["outcome"], told["steps"]


def _child(world: World, case: dict[str, Any], index: Path, report: Path) -> NoReturn:
    Plan.folder, Plan.mode, Plan.step, Plan.steps = str(index), case["mode"], case.get("step", -1), []
    if case["mode"] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (case["bytes"], resource.RLIM_INFINITY))
    try:
        world.act(case["scenario"], index)
        outcome = "done"
    except MachineError as error:
        outcome = f"failed: {error}"
    except BaseException as error:
        outcome = f"thrown: {type(error).__name__}: {error}"
    Plan.folder = ""
    if case["mode"] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    report.write_text(json.dumps({"outcome": outcome, "steps": Plan.steps}), encoding="utf-8")
    os._exit(0)


def _outcome_problems(case: dict[str, Any], outcome: str, steps: list[str]) -> list[str]:
    if outcome.startswith(("thrown", "signal")):
        return [outcome]
    if outcome.startswith("failed") and ("\n" in outcome or "disk is full" not in outcome):
        return [f"not a clear sentence: {outcome}"]
    if case["mode"] in {"before", "after", "half"} and outcome != "killed":
        return [f"it was not killed, it is {outcome}"]
    if case["mode"] == "error" and len(steps) <= case["step"]:
        return ["the step was never reached"]
    return []


State = tuple[str, tuple[str, ...], str] | None
"""The live version, those published, and what the live one answers."""


def _state(index: Path) -> State:
    """Open, verify and ask the live version; verify the others too. None: nothing is published."""
    try:
        pointer = read_pointer(index)
    except NoIndex:
        return None
    for version in published(index):
        verify(version_folder(index, version))
    verify(version_folder(index, pointer.version))
    return pointer.version, pointer.published, _crust(Index(version_folder(index, pointer.version)))


def _crust(index: Index) -> str:
    query = Query((Group("crust", (Alternative(("crust",), 1.0, "typed"),)),))
    return index.passage(search(index, query, 1)[0].passage).text


def _live_problems(
    case: dict[str, Any], outcome: str, steps: list[str], before: State, after: State
) -> list[str]:
    changed = before != after
    if after is None:
        return ["the index is gone"] if before else []
    if after[2] != (NEW if changed else OLD):
        return [f"the live version {after[0]} says “{after[2]}”"]
    if outcome == "done" and not changed:
        return ["it said done and changed nothing"]
    if outcome.startswith("failed") and changed:
        return [f"the new version is live, but it {outcome}"]
    replaced = case.get("replaced")
    if replaced is not None and outcome == "killed":
        reached = case["step"] > replaced or (case["step"] == replaced and case["mode"] == "after")
        if changed != reached:
            return [
                f"killed {case['mode']} step {case['step']}, the pointer {'had' if changed else 'had not'} moved"
            ]
    return []


def _next_problems(world: World, index: Path, after: State) -> list[str]:
    """The next rebuild succeeds, and leaves nothing but published versions."""
    problems = []
    rebuilt = rebuild_index(world.new, index)
    state = _state(index)
    expected = "unchanged" if after and _newest(index, after) == NEW else "published"
    if rebuilt.state != expected:
        problems.append(f"the next rebuild is {rebuilt.state}, not {expected}")
    if expected == "published" and (state is None or state[2] != NEW):
        problems.append("the next rebuild is not live")
    return problems + _left_over(index)


def _left_over(index: Path) -> list[str]:
    """Nothing but published versions stands in an index folder when a rebuild ends, well or not."""
    versions = index / "versions"
    left = {path.name for path in versions.iterdir()} ^ set(published(index)) if versions.is_dir() else set()
    left |= {path.name for path in index.iterdir()} - {"versions", "current.json", ".lock"}
    return [f"left over or missing: {sorted(left)}"] if left else []


def _newest(index: Path, after: tuple[str, tuple[str, ...], str]) -> str:
    return _crust(Index(version_folder(index, after[1][-1])))


def _on_a_small_disk(world: World, case: dict[str, Any]) -> dict[str, Any]:
    """Run a case on a file system that has `bytes` free; where none can be mounted, limit the files instead."""
    mounted = world.root / "disk"
    mounted.mkdir(exist_ok=True)
    size = sum(
        -(-path.stat().st_blocks * 512 // 4096) * 4096
        for path in (world.root / "base" / case["scenario"]).rglob("*")
    )
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size + case['bytes']}", "faults", str(mounted)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        limited = case | {"mode": "limit", "bytes": case["bytes"] // 50}
        return run(world, limited) | {"how": "limit"}
    try:
        index = mounted / "index"
        world.begin(case["scenario"], index)
        room = ["mount", "-o", "remount,size=64m", str(mounted)]

        def make_room() -> None:
            subprocess.run(room, check=True)

        return _interrupted(world, case, index, make_room) | {"how": "tmpfs"}
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=True)


def main() -> None:
    """Answer cases until stdin ends."""
    world = World(Path(sys.argv[1]))
    print(json.dumps({"seconds": world.seconds}), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(world, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
