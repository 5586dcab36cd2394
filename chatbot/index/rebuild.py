"""A folder of documents becomes the live version of an index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatbot import analysis
from chatbot.documents import Document, Skipped, find_documents, read_document
from chatbot.documents.corpus import SourceFile
from chatbot.errors import CorpusError, DamagedIndex, NoIndex, NotPublished
from chatbot.index import versions
from chatbot.index.build import Progress, build
from chatbot.index.format import FORMAT, Manifest, made_with, verify
from chatbot.index.reader import Index
from chatbot.index.storage import machine_errors
from chatbot.index.synonyms_file import NAME as SYNONYMS
from chatbot.index.synonyms_file import read_synonyms
from chatbot.index.weights import Weighting
from chatbot.question.asked import kinds
from chatbot.question.everyday import everyday_rules
from chatbot.question.shapes import patterns
from chatbot.question.vectors import word_vectors

QUESTIONS = "_questions.jsonl"

_REPLACES = (
    "the version before had none of these documents, and visitors get these now; "
    "to serve both, give each folder an index of its own (--index)"
)

Check = Callable[[Index, Path], dict[str, bool]]
"""Asks the editors' test questions of a version: by the question's id, whether it was right."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a rebuild. `skipped` names what was not indexed, `warnings` what was read with doubt."""

    version: str
    state: Literal["published", "unchanged"]
    counts: dict[str, int]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Skipped, ...]
    questions: dict[str, bool]
    turned_wrong: tuple[str, ...]


def rebuild_index(
    corpus: Path,
    index: Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    weighting: Weighting | None = None,
    check: Check | None = None,
) -> Rebuilt:
    """Read a corpus, build a version beside the live one, check it and publish it.

    Where nothing changed since the last published version, nothing is published (state `unchanged`), unless
    `force` is given. Raises CorpusError, Locked, MachineError, DamagedIndex, and NotPublished where an
    editors' test question that was right turned wrong (unless `force`).
    """
    tell = progress or _silent
    weighting = weighting or Weighting()
    files, skipped = find_documents(corpus)
    synonyms = read_synonyms(corpus)
    with versions.publishing(index):
        with machine_errors(f"{index}: what an interrupted rebuild left cannot be removed"):
            versions.tidy(index)
        read, unread, warnings = _read(files, tell)
        skipped += unread
        if not read:
            raise CorpusError(_nothing(corpus, skipped))
        fingerprint = _fingerprint(corpus, read, weighting)
        last = _last(index)
        if last and last.fingerprint == fingerprint and not force:
            return Rebuilt(last.version, "unchanged", last.counts, tuple(skipped), tuple(warnings), {}, ())
        contents, counts = build(iter(read), synonyms, weighting, tell, len(read))
        name, built_at = versions.new_name(index)
        counts["skipped"] = len(skipped)
        made_of = str(corpus.resolve())
        manifest = Manifest(
            name, built_at, fingerprint, counts, weighting.as_dict(), {}, made_with(), made_of
        )
        tell("writing", 0, 1)
        with versions.tidied(index):
            building = versions.write_version(index, contents, manifest)
            tell("writing", 1, 1)
            live = _live(index)
            replaces = live is not None and not {*live.names} & {document.name for document, _ in read}
            if replaces:
                warnings.append(Skipped(str(index), _REPLACES))
            answers, turned = _checked(corpus, building, None if replaces else live, check)
            if turned and not force:
                raise NotPublished(_refused(turned))
            versions.publish(index, building, name)
    return Rebuilt(name, "published", counts, tuple(skipped), tuple(warnings), answers, turned)


def rebuild(corpus: str | Path = "corpus", index: str | Path = "index", *, force: bool = False) -> str:
    """Index a folder of documents and publish it. Returns the version's name.

    Raises the errors of `rebuild_index`.
    """
    from chatbot.evaluation import ask_editors_questions

    return rebuild_index(Path(corpus), Path(index), force=force, check=ask_editors_questions).version


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _read(
    files: list[SourceFile], tell: Progress
) -> tuple[list[tuple[Document, str]], list[Skipped], list[Skipped]]:
    read: list[tuple[Document, str]] = []
    skipped: list[Skipped] = []
    warnings: list[Skipped] = []
    for number, file in enumerate(sorted(files, key=lambda file: file.name.encode())):
        try:
            document, digest, _ = read_document(file)
        except CorpusError as error:
            skipped.append(Skipped(file.name, str(error)))
            continue
        warnings.extend(Skipped(file.name, warning) for warning in document.warnings)
        read.append((document, digest))
        tell("reading", number + 1, len(files))
    return read, skipped, warnings


def _nothing(corpus: Path, skipped: list[Skipped]) -> str:
    if not skipped:
        return f"{corpus}: the folder holds no documents; put .md or .txt files there"
    first = skipped[0]
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f"{corpus}: nothing in this folder can be indexed: {first.name}: {first.reason}{more}"


def _fingerprint(corpus: Path, read: list[tuple[Document, str]], weighting: Weighting) -> str:
    """Return one hash over all that a version is made from."""
    digest = hashlib.sha256(json.dumps([FORMAT, analysis.SETTINGS, weighting.as_dict()]).encode())
    for document, source in read:
        digest.update(json.dumps([document.name, source, repr(document.metadata)]).encode())
        # What a newer program reads otherwise is indexed anew.
        digest.update(repr((document.headings, document.blocks)).encode())
    for name in (SYNONYMS, QUESTIONS):
        file = corpus / name
        digest.update(file.read_bytes() if file.is_file() else b"")
        digest.update(b"\0")
    # A pattern by its text: its repr ends after 200 characters.
    shapes = [(name, pattern.pattern, pattern.flags) for name, pattern in patterns().items()]
    digest.update(repr((everyday_rules(), kinds(), shapes)).encode())
    digest.update(word_vectors().sha256.encode())
    return digest.hexdigest()


def _last(index: Path) -> Manifest | None:
    """Return the manifest of the version published last, or None where it or the live one is not whole."""
    names = versions.published(index)
    if not names:
        return None
    try:
        live = versions.read_pointer(index).version
        if live != names[-1]:
            verify(versions.version_folder(index, live))
        return verify(versions.version_folder(index, names[-1]))
    except (DamagedIndex, NoIndex):
        return None


def _live(index: Path) -> Index | None:
    try:
        return Index(versions.live_folder(index))
    except (DamagedIndex, NoIndex):
        return None


def _checked(
    corpus: Path, building: Path, live: Index | None, check: Check | None
) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Ask the editors' test questions of the new version and of the live one, which may be of other documents (None).

    Raises DamagedIndex where the new version cannot be asked since it is not what was written.
    """
    questions = corpus / QUESTIONS
    if check is None or not questions.is_file():
        return {}, ()
    try:
        answers = check(Index(building), questions)
    except Exception:
        verify(building)  # what cannot be asked may be what was not written well
        raise
    try:
        before = check(live, questions) if live else {}
    except DamagedIndex:
        before = {}
    return answers, tuple(sorted(name for name, right in answers.items() if before.get(name) and not right))


def _refused(turned: tuple[str, ...]) -> str:
    count = len(turned)
    some = ", ".join(turned[:5]) + (f" and {count - 5} more" if count > 5 else "")
    were = "test question that was right is" if count == 1 else "test questions that were right are"
    return (
        f"not published: {count} {were} now wrong ({some}); mend the documents or {QUESTIONS}, "
        'or publish all the same with --force (over HTTP: {"force": true})'
    )
