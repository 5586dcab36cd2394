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
from rapidfuzz import fuzz, process

from chatbot.documents.model import Metadata
from chatbot.errors import CorpusError

EDITORS = "_metadata.toml"
_FIELDS = ("title", "publisher", "author", "url", "reviewed", "updated")
_KNOWN = (*_FIELDS, "authors", "sources")
_NEARLY = 80
"""So much alike (0 to 100) to a field's name is most likely a slip of it."""
_STATES = re.compile(rf"(?:{'|'.join(_KNOWN)})[ \t]*:", re.IGNORECASE)
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


def doubts(values: Mapping[str, Any], where: str) -> list[str]:
    """Return what an editor should know of the fields of a mapping: names that are slips, dates that are none."""
    found = []
    for name in values:
        if not isinstance(name, str) or name in _KNOWN:
            continue
        near = process.extractOne(name.strip().lower(), _KNOWN, scorer=fuzz.ratio, score_cutoff=_NEARLY)
        if near:
            found.append(f'{where} has no field "{name}", and it was left out; write "{near[0]}"')
    reviewed = _text(values.get("reviewed"))
    if reviewed and not _is_date(reviewed):
        found.append(f'{where} says reviewed "{reviewed}"; write it as YYYY-MM-DD, for the report to know it')
    return found


def _is_date(stated: str) -> bool:
    try:
        datetime.date.fromisoformat(stated)
    except ValueError:
        return False
    return True


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


def front_matter(text: str) -> tuple[Metadata, int, list[str]]:
    """Read the YAML between two `---` lines at the top of a document.

    Returns the metadata, the offset where the body begins (0: there is no front matter), and warnings where it could
    not be read or says what is not understood.
    """
    opening = _FENCE.match(text)
    if not opening:
        return Metadata(), 0, []
    states = _STATES.match(text, opening.end()) is not None
    closing = _CLOSE.search(text, opening.end())
    if not closing:
        unclosed = "its front matter has no end and is read as text; close it with a line ---"
        return Metadata(), 0, [unclosed] if states else []
    inner = text[opening.end() : closing.start()]
    try:
        values = yaml.safe_load(inner) if inner.strip() else {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not states and not all(_KEYED.match(line) for line in inner.splitlines()):
            return Metadata(), 0, []
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark else ""
        left_out = f"its front matter is not YAML{where} and was left out; put quotes around what has a colon"
        return Metadata(), closing.end(), [left_out]
    if not isinstance(values, Mapping):
        return Metadata(), 0, []
    return metadata_from(values), closing.end(), doubts(values, "its front matter")


def sidecar(path: Path, root: Path) -> tuple[Metadata, list[str]]:
    """Read `NAME.meta.toml` beside a document, NAME with or without the document's ending.

    Returns what it says, and warnings. Raises CorpusError where it cannot be read, or is a link that leads out of
    `root`, the corpus folder resolved.
    """
    for name in (f"{path.name}.meta.toml", f"{path.stem}.meta.toml"):
        beside = path.with_name(name)
        if is_file(beside):
            stay_inside(beside, root)
            values = read_toml(beside)
            return metadata_from(values), doubts(values, name)
    return Metadata(), []


def stay_inside(path: Path, root: Path) -> None:
    """Raise CorpusError where a file of the corpus is a link that leads out of `root`, its folder resolved."""
    if not path.resolve().is_relative_to(root):
        raise CorpusError(
            f"{path}: it is a link that leads out of the corpus folder; put the file itself there"
        )


def editors_metadata(corpus: Path) -> dict[str, tuple[Metadata, list[str]]]:
    """Read the corpus's `_metadata.toml`: one table for each document, named by its path, each with warnings."""
    path = corpus / EDITORS
    if not is_file(path):
        return {}
    stay_inside(path, corpus.resolve())
    tables = read_toml(path)
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise CorpusError(f'{path}: "{name}" is not a table; write ["{name}"] and its fields below it')
    return {
        name: (metadata_from(table), doubts(table, f"{EDITORS} [{name}]")) for name, table in tables.items()
    }


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
