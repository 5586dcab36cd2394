"""Index administration: start a rebuild and follow it, list the versions and go back to one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from chatbot.errors import DamagedIndex
from chatbot.index import versions
from chatbot.index.format import read_manifest
from chatbot.server.answers import json_answer
from chatbot.server.bearer import protected
from chatbot.server.body import read_json
from chatbot.server.jobs import Jobs, RebuildJob
from chatbot.server.problems import NOT_FOUND, WRONG_FIELDS, FieldError, Kind, Problem
from chatbot.settings import Settings

_DAMAGED = Kind("damaged-index", 503, DamagedIndex.title)
_NO_JOB = "There is no rebuild of this name, or it is long done and forgotten."
_NO_VERSION = "There is no version of this name that was published and is still kept."
_NO_EARLIER = "There is no version before the live one."


@dataclass(frozen=True, slots=True)
class RebuildRequest:
    """How to rebuild; `force` publishes though nothing changed or a test question turned wrong."""

    force: bool = False


@dataclass(frozen=True, slots=True)
class RebuildList:
    """The latest rebuilds, newest first."""

    rebuilds: tuple[RebuildJob, ...]


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A published version; `error` says what is wrong with one that cannot be served."""

    version: str
    live: bool
    built_at: str | None
    counts: dict[str, int]
    error: str | None


@dataclass(frozen=True, slots=True)
class VersionList:
    """The versions that can be gone back to, newest first."""

    versions: tuple[VersionEntry, ...]


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """Which version to go back to; null or none: the one before the live one."""

    version: str | None = None


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The version that is live now."""

    version: str


def blueprint(settings: Settings, jobs: Jobs) -> Blueprint:
    """Return the addresses of index administration."""
    routes = Blueprint("administration", __name__)
    index = Path(settings.index)
    operators_only = protected(settings)

    @routes.post("/api/index/rebuild")
    @operators_only
    def rebuild() -> Response:
        force = _fields().get("force", False)
        if not isinstance(force, bool):
            raise _wrong("force", "has to be true or false")
        job = jobs.start(force=force)
        response = json_answer(job, 202)
        response.headers["Location"] = f"{request.script_root}/api/index/rebuilds/{job.id}"
        return response

    @routes.get("/api/index/rebuilds")
    @operators_only
    def rebuilds() -> Response:
        return json_answer(RebuildList(tuple(jobs.listed())))

    @routes.get("/api/index/rebuilds/<id>")
    @operators_only
    def followed(id: str) -> Response:
        found = jobs.find(id)
        if found is None:
            raise Problem(NOT_FOUND, _NO_JOB)
        return json_answer(found)

    @routes.get("/api/index/versions")
    @operators_only
    def published() -> Response:
        return json_answer(VersionList(_listed(index)))

    @routes.post("/api/index/rollback")
    @operators_only
    def rollback() -> Response:
        wanted = _fields().get("version")
        if wanted is not None and not isinstance(wanted, str):
            raise _wrong("version", "has to be the name of a version")
        there = versions.published(index)
        live = versions.read_pointer(index).version
        if wanted is None and not any(name < live for name in there):
            raise Problem(NOT_FOUND, _NO_EARLIER)
        if wanted is not None and wanted not in there:
            raise Problem(NOT_FOUND, _NO_VERSION)
        try:
            return json_answer(RolledBack(versions.rollback(index, wanted)))
        except DamagedIndex as error:
            raise Problem(_DAMAGED, str(error)) from error

    return routes


def _listed(index: Path) -> tuple[VersionEntry, ...]:
    live = versions.read_pointer(index).version
    entries = []
    for name in reversed(versions.published(index)):
        try:
            manifest = read_manifest(versions.version_folder(index, name))
            entries.append(VersionEntry(name, name == live, manifest.built_at, manifest.counts, None))
        except DamagedIndex as error:
            entries.append(VersionEntry(name, name == live, None, {}, str(error)))
    return tuple(entries)


def _fields() -> dict[str, Any]:
    """Return the fields of a body that may be left out."""
    if not request.content_length and "HTTP_TRANSFER_ENCODING" not in request.environ:
        return {}
    body = read_json()
    if not isinstance(body, dict):
        raise _wrong("body", "has to be a JSON object")
    return body


def _wrong(name: str, detail: str) -> Problem:
    return Problem(WRONG_FIELDS, f"A field is wrong: {name}.", (FieldError(name, detail),))
