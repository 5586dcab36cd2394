"""Every byte that an index writes goes through here, so that a fault can be put at each step.

What is written is flushed to the disk before it is named; a name changes by one atomic rename.
"""

from __future__ import annotations

import errno
import hashlib
import io
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chatbot.errors import DamagedIndex, MachineError

Blob = mmap.mmap | bytes
Int64 = npt.NDArray[np.int64]
Array = npt.NDArray[np.generic]

_STEP = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def machine_errors(what: str) -> Iterator[None]:
    """Turn an OSError into one clear sentence about what could not be done."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise MachineError(f"{what}: the disk is full; make room and run it again") from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            place = f" ({error.filename})" if error.filename else ""
            raise MachineError(f"{what}: no permission to write there{place}") from error
        raise MachineError(f"{what}: {error.strerror or error}") from error


def write_file(path: Path, data: bytes | memoryview) -> tuple[int, str]:
    """Write a new file and flush it to the disk. Returns its size and its SHA-256 in hex."""
    view = memoryview(data).cast("B") if len(data) else memoryview(b"")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        at = 0
        while at < len(view):
            at += os.write(descriptor, view[at : at + _STEP])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return len(view), hashlib.sha256(view).hexdigest()


def array_bytes(array: Array) -> bytes:
    """Return an array as the bytes of a `.npy` file."""
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def flush_folder(path: Path) -> None:
    """Flush a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes) -> None:
    """Give a file new content by one atomic rename: a reader sees the old or the new, never a part.

    Once it is renamed it is done: a folder that cannot be flushed then is no failure, since a power cut would
    leave the old content or the new.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    if beside.exists():
        os.unlink(beside)
    try:
        write_file(beside, data)
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    with suppress(OSError):
        flush_folder(path.parent)


def map_array(path: Path) -> Array:
    """Open a `.npy` file as a read-only, memory-mapped array. Raises DamagedIndex where it is none."""
    try:
        return np.asarray(np.lib.format.open_memmap(path, mode="r"))
    except (OSError, ValueError, EOFError) as error:
        raise DamagedIndex(f"{path}: cannot be read as an array ({error}); rebuild the index") from error


def map_bytes(path: Path) -> Blob:
    """Open a file as a read-only memory map."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return b""
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise DamagedIndex(f"{path}: cannot be read ({error.strerror}); rebuild the index") from error


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
