"""What is said of a document beside its text: front matter, sidecars and the editors' one file."""

from __future__ import annotations

import datetime
import errno
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from chatbot.documents.model import Metadata
from chatbot.errors import CorpusError

_FIELDS = ("title", "publisher", "author", "url", "reviewed", "updated")
_FENCE = re.compile(r"(?:\ufeff)?---[ \t]*(?:\r\n|\n|\r)")
_CLOSE = re.compile(r"(?:^|(?<=\n)|(?<=\r))(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_KEYED = re.compile(r"[\w.-]+[ \t]*:(?:\s|$)|\s|#|-\s|$")


def metadata_from(values: Mapping[str, Any]) -> Metadata:
    """Take the known fields of a mapping; numbers and dates become text, anything else is left out."""
    fields = {name: _text(values.get(name)) for name in _FIELDS}
    fields["author"] = fields["author"] or _joined(values.get("authors"))
    listed = values.get("sources")
    read = (_source(source) for source in (listed if isinstance(listed, list) else []))
    return Metadata(**fields, sources=tuple(source for source in read if source))


def _source(source: object) -> dict[str, Any]:
    pairs = source.items() if isinstance(source, Mapping) else [("title", source)]
    return {key: value for name, text in pairs if (key := _text(name)) and (value := _text(text))}


def _text(value: object) -> str | None:
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            text = str(value)
        except ValueError:  # a number of thousands of digits
            return None
        return text.encode("utf-8", "replace").decode().strip() or None
    return None


def _joined(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(name for item in value if (name := _text(item))) or None
    return _text(value)


def front_matter(text: str) -> tuple[Metadata, int, str | None]:
    """Read the YAML between two `---` lines at the top of a document.

    Returns the metadata, the offset where the body begins (0: there is no front matter), and a
    warning where it could not be read.
    """
    opening = _FENCE.match(text)
    if not opening:
        return Metadata(), 0, None
    closing = _CLOSE.search(text, opening.end())
    if not closing:
        return Metadata(), 0, None
    inner = text[opening.end() : closing.start()]
    try:
        values = yaml.safe_load(inner) if inner.strip() else {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not all(_KEYED.match(line) for line in inner.splitlines()):
            return Metadata(), 0, None
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark else ""
        return Metadata(), closing.end(), f"its front matter is not YAML{where} and was left out"
    if not isinstance(values, Mapping):
        return Metadata(), 0, None
    return metadata_from(values), closing.end(), None


def sidecar(path: Path, root: Path) -> Metadata:
    """Read `NAME.meta.toml` beside a document, NAME with or without the document's ending.

    Raises CorpusError where it cannot be read, or is a link that leads out of `root`, the corpus folder resolved.
    """
    for name in (f"{path.name}.meta.toml", f"{path.stem}.meta.toml"):
        beside = path.with_name(name)
        if is_file(beside):
            stay_inside(beside, root)
            return metadata_from(read_toml(beside))
    return Metadata()


def stay_inside(path: Path, root: Path) -> None:
    """Raise CorpusError where a file of the corpus is a link that leads out of `root`, its folder resolved."""
    if not path.resolve().is_relative_to(root):
        raise CorpusError(
            f"{path}: it is a link that leads out of the corpus folder; put the file itself there"
        )


def editors_metadata(corpus: Path) -> dict[str, Metadata]:
    """Read the corpus's `_metadata.toml`: one table for each document, named by its path."""
    path = corpus / "_metadata.toml"
    if not is_file(path):
        return {}
    stay_inside(path, corpus.resolve())
    tables = read_toml(path)
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise CorpusError(f'{path}: "{name}" is not a table; write ["{name}"] and its fields below it')
    return {name: metadata_from(table) for name, table in tables.items()}


def is_file(path: Path) -> bool:
    """Say whether a file is there; no file has a name that is too long. Raises CorpusError without rights."""
    try:
        return path.is_file()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise CorpusError(f"{path}: cannot be read ({error.strerror})") from error


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises CorpusError naming the file where it is not TOML, not UTF-8 or not readable."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path}: not TOML ({error})") from error
