"""An index folder: immutable versions and one pointer to the live one.

    INDEX/current.json        {"version": the live one, "published": all that were published, oldest first}
    INDEX/versions/VERSION/   the files of a version and its manifest
    INDEX/versions/.…         a version being written or removed
    INDEX/.lock               held while something is published

A version is written beside the live one, flushed, verified and only then named in the pointer, by one atomic
rename. What was interrupted is no version, since the pointer never named it, and is removed by the next.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from chatbot.errors import DamagedIndex, Locked, NoIndex, NoSuchVersion
from chatbot.index.format import MANIFEST, Manifest, read_manifest, verify
from chatbot.index.storage import flush_folder, machine_errors, replace_file, write_file

KEPT = 5
"""How many published versions stay for a rollback."""

POINTER = "current.json"
_NAME = re.compile(r"\d{8}T\d{6}-\d{6}\Z")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version is live, and all that were published, oldest first."""

    version: str
    published: tuple[str, ...]


def read_pointer(index: Path) -> Pointer:
    """Read which version is live.

    Raises NoIndex where nothing was published, DamagedIndex where the pointer cannot be read.
    """
    path = index / POINTER
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoIndex(
            f"{index}: there is no index here; make one with: chatbot rebuild CORPUS --index {index}"
        ) from error
    except OSError as error:
        raise DamagedIndex(f"{path}: cannot be read ({error.strerror})") from error
    try:
        body = json.loads(data)
        version, published = body["version"], tuple(body["published"])
        if not all(isinstance(name, str) and _NAME.match(name) for name in (version, *published)):
            raise ValueError("it names no version")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedIndex(f"{path}: damaged ({error}); run chatbot rebuild to publish anew") from error
    return Pointer(version, published)


def version_folder(index: Path, version: str) -> Path:
    """Return the folder of a version."""
    return index / "versions" / version


def live_folder(index: Path) -> Path:
    """Return the folder of the live version. Raises as `read_pointer`."""
    return version_folder(index, read_pointer(index).version)


@contextmanager
def publishing(index: Path) -> Iterator[None]:
    """Hold the index folder's lock. Raises Locked where somebody else does, MachineError without rights."""
    with machine_errors(f"{index}: cannot be written"):
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise Locked(
                f"{index}: another rebuild or rollback is running; try again when it is done"
            ) from error
    try:
        yield
    finally:
        lock.release()


def write_version(index: Path, files: Mapping[str, bytes], describe: Manifest) -> Path:
    """Write a version's files and manifest into a hidden folder beside the versions, flushed to the disk."""
    building = index / "versions" / f".building-{describe.version}"
    with machine_errors(f"{building.parent}: the new version was not written"):
        building.mkdir(parents=True)
        written = {}
        for name, data in sorted(files.items()):
            size, digest = write_file(building / name, data)
            written[name] = {"bytes": size, "sha256": digest}
        write_file(building / MANIFEST, replace(describe, files=written).encode())
        flush_folder(building)
    return building


def made_from(index: Path) -> Path | None:
    """Return the folder that the live version was made from; None where that is gone, or there is no live version."""
    try:
        corpus = Path(read_manifest(live_folder(index)).corpus)
    except (DamagedIndex, NoIndex):
        return None
    return corpus if corpus.is_dir() else None


def publish(index: Path, building: Path, version: str) -> None:
    """Verify a written version, give it its name and point to it. Old versions beyond `KEPT` are removed.

    Raises DamagedIndex where what is on the disk is not what was written, MachineError where the disk fails.
    """
    verify(building)
    folder = version_folder(index, version)
    with machine_errors(f"{index}: the new version was not published"):
        os.rename(building, folder)
        flush_folder(folder.parent)
        before = published(index)
        keep = (*before[-(KEPT - 1) :], version)
        _point(index, Pointer(version, keep))
    with suppress(OSError):
        tidy(index)


def _point(index: Path, pointer: Pointer) -> None:
    body = {"version": pointer.version, "published": list(pointer.published)}
    replace_file(index / POINTER, json.dumps(body).encode() + b"\n")


def published(index: Path) -> tuple[str, ...]:
    """Return the published versions that are still there, oldest first; none where the pointer is unreadable."""
    try:
        pointer = read_pointer(index)
    except (NoIndex, DamagedIndex):
        return ()
    return tuple(name for name in pointer.published if version_folder(index, name).is_dir())


def tidy(index: Path) -> None:
    """Remove what the pointer does not name: half-written versions and those no longer kept."""
    folder = index / "versions"
    if not folder.is_dir():
        return
    try:
        pointer = read_pointer(index)
    except NoIndex:
        named: tuple[str, ...] = ()
    except DamagedIndex:
        return
    else:
        named = (*pointer.published, pointer.version)
    for entry in folder.iterdir():
        if entry.name not in named and (entry.name.startswith(".") or _NAME.match(entry.name)):
            shutil.rmtree(entry, ignore_errors=True)
    for stray in index.glob(f".{POINTER}.*"):
        stray.unlink(missing_ok=True)


@contextmanager
def tidied(index: Path) -> Iterator[None]:
    """Remove what was half made where the block fails; a process that is killed leaves it to the next."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            tidy(index)
        raise


def new_name(index: Path) -> tuple[str, str]:
    """Return a name for a new version, later than all others, and the time in ISO 8601 (UTC)."""
    now = datetime.datetime.now(datetime.UTC)
    last = max(published(index), default="")
    name = f"{now:%Y%m%dT%H%M%S-%f}"
    if name <= last:
        then = datetime.datetime.strptime(last, "%Y%m%dT%H%M%S-%f") + datetime.timedelta(microseconds=1)
        name = f"{then:%Y%m%dT%H%M%S-%f}"
    return name, f"{now:%Y-%m-%dT%H:%M:%SZ}"


def rollback(index: Path, version: str | None = None) -> str:
    """Go back to a published version, or to the one before the live one. Returns its name.

    Every hash is checked first. Raises NoSuchVersion, DamagedIndex, Locked.
    """
    read_pointer(index)
    with publishing(index):
        pointer = read_pointer(index)
        there = published(index)
        if version is None:
            earlier = [name for name in there if name < pointer.version]
            if not earlier:
                raise NoSuchVersion(f"{index}: there is no version before the live one ({pointer.version})")
            version = earlier[-1]
        elif version not in there:
            raise NoSuchVersion(f"{index}: there is no version {version}; there {_listed(there)}")
        verify(version_folder(index, version))
        with machine_errors(f"{index}: the rollback was not published"):
            _point(index, Pointer(version, pointer.published))
    return version


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "are none"
    return ("is " if len(names) == 1 else "are ") + ", ".join(names)
