"""A folder of files becomes the documents to index, and a list of what was skipped and why."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.documents.decoding import UNICODE, decode
from chatbot.documents.metadata import EDITORS, editors_metadata, sidecar
from chatbot.documents.model import Document, Metadata
from chatbot.documents.parse import ENDINGS, parse
from chatbot.errors import CorpusError

LARGEST_DOCUMENT = 10_000_000
"""Bytes; a longer file is skipped and named."""
_GUESSED = "it is not UTF-8 and was read as {}; where a letter looks wrong, save it as UTF-8"


def default_corpus() -> Path:
    """Return `corpus/` in the working directory, or else the corpus that is shipped."""
    here = Path("corpus")
    if here.is_dir():
        return here
    package = Path(__file__).resolve().parent.parent
    shipped = package / "corpus"
    return shipped if shipped.is_dir() else package.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not indexed, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to index: its name is its path in the corpus with `/`; `doubts` are warnings of what is said beside it."""

    name: str
    path: Path
    beside: Metadata
    doubts: tuple[str, ...] = ()


def find_documents(corpus: Path) -> tuple[list[SourceFile], list[Skipped]]:
    """List the documents of a corpus folder by name, and what is passed over.

    Raises CorpusError where the folder is missing, is not a folder or cannot be read.
    """
    try:
        if not corpus.exists():
            raise CorpusError(f"{corpus}: there is no such folder; give the folder that holds your documents")
        if not corpus.is_dir():
            raise CorpusError(f"{corpus}: this is a file; give the folder that holds your documents")
    except OSError as error:
        raise CorpusError(f"{corpus}: cannot be read ({error.strerror})") from error
    editors = editors_metadata(corpus)
    root = corpus.resolve()
    found: list[SourceFile] = []
    skipped: list[Skipped] = []
    for path in _walk(corpus):
        name = path.relative_to(corpus).as_posix()
        try:
            reason = _unfit(path, name, root)
        except OSError as error:
            reason = f"it cannot be read ({error.strerror})"
        if reason is None:
            try:
                beside, doubts = sidecar(path, root)
            except CorpusError as error:
                skipped.append(Skipped(name, f"its sidecar cannot be read: {error}"))
                continue
            listed, more = editors.get(name, (Metadata(), []))
            found.append(SourceFile(name, path, beside.over(listed), (*doubts, *more)))
        elif reason:
            skipped.append(Skipped(_printable(name), reason))
    skipped += [
        Skipped(f"{EDITORS} [{name}]", _names_none(name, {file.name for file in found}))
        for name in sorted(set(editors) - {file.name for file in found})
    ]
    return found, skipped


def _names_none(name: str, names: set[str]) -> str:
    """Return what is wrong with a table of the editors' file that names no document."""
    meant = [each for each in sorted(names) if each.startswith(f"{name}.")]
    hint = f'; quote the whole name: ["{meant[0]}"]' if meant else ""
    return f"it names no document of this corpus{hint}"


def _walk(corpus: Path) -> Iterator[Path]:
    try:
        for folder, folders, files in os.walk(corpus, onerror=_unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")))
            unread = [n for n in folders if _ending(n) in ENDINGS or Path(folder, n).is_symlink()]
            for name in sorted(files + unread):
                if not name.startswith(("_", ".")):
                    yield Path(folder, name)
    except OSError as error:
        raise CorpusError(f"{error.filename}: cannot be read ({error.strerror})") from error


def _unreadable(error: OSError) -> None:
    raise error


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _unfit(path: Path, name: str, root: Path) -> str | None:
    """Return why a file is no document, "" where that need not be said, None where it is one."""
    if path.name.endswith(".meta.toml"):
        return ""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    if path.is_symlink() and not path.exists():
        return "it is a link to nothing"
    if path.is_dir():
        if path.is_symlink():
            return "it is a link to a folder; links are not followed: put the folder itself there"
        return "it is a folder, not a document"
    if not path.is_file():
        return "it is not a regular file"
    if not path.resolve().is_relative_to(root):
        return "it is a link that leads out of the corpus folder; put the file itself there"
    if _ending(path.name) not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        return f"its format is not understood (understood: {known}); save it as plain text in UTF-8 or as Markdown"
    size = path.stat().st_size
    if size > LARGEST_DOCUMENT:
        return f"it has {size:,} bytes, more than {LARGEST_DOCUMENT:,}; split it into several documents"
    return None


def read_document(file: SourceFile) -> tuple[Document, str, int]:
    """Read one document. Returns it, the SHA-256 of its bytes in hex, and its size in bytes.

    Raises CorpusError, its text the reason to skip the file.
    """
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise CorpusError(f"it cannot be read ({error.strerror})") from error
    text, encoding = decode(data)
    if not text.strip("\ufeff \t\r\n"):
        raise CorpusError("it is empty")
    document = parse(file.name, text, file.beside)
    guessed = () if encoding in UNICODE else (_GUESSED.format(encoding),)
    document = replace(document, warnings=(*guessed, *file.doubts, *document.warnings))
    if not document.blocks:
        raise CorpusError("it holds no text beside headings and front matter")
    return document, hashlib.sha256(data).hexdigest(), len(data)
