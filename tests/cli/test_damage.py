"""A damaged index is named, never gone back to, and mended by a rebuild."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.index.format import FORMAT, MANIFEST
from cli.conftest import Run, assert_done, assert_fails, live

pytest_plugins = ("fixtures_bot",)


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
