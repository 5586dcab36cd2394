"""What a version holds on disk: its files, its manifest, and how both are checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from chatbot import analysis
from chatbot.errors import DamagedIndex
from chatbot.index.storage import file_sha256, map_array
from chatbot.question.asked import kinds
from chatbot.question.shapes import patterns

FORMAT = 5
"""Raised whenever a reader of the old format would misread the new."""

MANIFEST = "manifest.json"
ROLES = (
    "body",
    "caption",
    "credit",
    "byline",
    "biography",
    "sources",
    "editorial",
    "navigation",
    "comment",
)

PASSAGE = np.dtype(
    [
        ("document", "<i4"),
        ("start", "<i8"),  # code points into the document's text
        ("end", "<i8"),
        ("byte_start", "<i8"),  # bytes into texts.bin
        ("byte_end", "<i8"),
        ("context_start", "<i8"),  # code points; -1: no context
        ("context_end", "<i8"),
        ("context_byte_start", "<i8"),
        ("context_byte_end", "<i8"),
        ("role", "<i4"),  # a place in ROLES
        ("sentence", "<i4"),  # its first sentence's number
        ("section", "<i4"),  # the number of the section it stands in, the document's top included
    ]
)
SENTENCE = np.dtype([("start", "<i4"), ("end", "<i4"), ("terms", "<i8"), ("shapes", "<u8")])
"""`start` and `end` are code points into the passage's text, `terms` the first place in sentence_terms,
`shapes` the bits of chatbot.question.shapes."""

SECTION = np.dtype([("kinds", "<u8"), ("passage", "<i4"), ("above", "<i8"), ("terms", "<i8")])
"""`kinds` are the kinds of thing that its heading asks for, as bits (chatbot.question.asked); `passage` its first
passage; its heading's terms stand in section_terms from `terms` to `above`, those above it from there to the next
section's `terms`."""

FILES = (
    "terms.bin",  # the terms, sorted, end to end
    "terms.npy",
    "idf.npy",
    "postings_starts.npy",
    "postings_passages.npy",
    "postings_weights.npy",
    "titles_starts.npy",  # which documents' titles have a term
    "titles_documents.npy",
    "titles_shares.npy",
    "title_terms.npy",  # the terms of each document's title
    "title_terms_at.npy",
    "vectors.npy",  # the word vectors of those terms that have one
    "vector_rows.npy",
    "vector_lengths.npy",
    "sentence_telling.npy",  # how much each sentence, section's headings and title tell
    "sentence_sums.npy",  # the sums of their terms' vectors
    "section_telling.npy",
    "section_sums.npy",
    "title_telling.npy",
    "title_sums.npy",
    "special.npy",  # how much each term tells, these documents and English considered
    "affinity.npy",
    "mean_vector.npy",
    "words.bin",  # the words as written, folded and sorted: what spelling is corrected to
    "words.npy",
    "word_counts.npy",
    "passages.npy",
    "passages.bin",  # a JSON object a passage: id and section
    "passages_at.npy",
    "ids.bin",  # the passages' ids, sorted
    "ids.npy",
    "ids_passages.npy",
    "sentences.npy",
    "sentence_terms.npy",
    "sections.npy",
    "section_terms.npy",
    "texts.bin",  # the documents' texts in UTF-8, end to end
    "documents.bin",  # a JSON object a document, sorted by name
    "documents.npy",
    "names.bin",
    "names.npy",
    "expressions.json",  # what may stand for what: everyday words and the editors' synonyms
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version says of itself. `built_at` is ISO 8601 in UTC, `corpus` the folder it was made from, absolute."""

    version: str
    built_at: str
    fingerprint: str
    counts: dict[str, int]
    weighting: dict[str, float]
    files: dict[str, dict[str, Any]]
    analysis: dict[str, Any]
    corpus: str
    format: int = FORMAT

    def encode(self) -> bytes:
        """Return the manifest as JSON with a checksum over everything else in it."""
        body = asdict(self)
        return json.dumps({**body, "checksum": _checksum(body)}, indent=1, sort_keys=True).encode() + b"\n"


def made_with() -> dict[str, Any]:
    """Return what an index must have been made with: the analysis, and the kinds and shapes that its bits name."""
    return {
        **analysis.SETTINGS,
        "kinds": [kind.name for kind in kinds()],
        "shapes": list(patterns()),
    }


def _checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read and check a version's manifest and the sizes of its files.

    Raises DamagedIndex where something is missing, cut short, altered, or of another format.
    """
    path = folder / MANIFEST
    try:
        body = json.loads(path.read_bytes())
        checksum = body.pop("checksum")
        stated_format = body["format"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedIndex(
            f"{path}: the manifest is missing or damaged; roll back or rebuild the index"
        ) from error
    if stated_format != FORMAT:
        age = "newer" if isinstance(stated_format, int) and stated_format > FORMAT else "older"
        raise DamagedIndex(
            f"{folder}: its format {stated_format} is {age} than this program's ({FORMAT}); rebuild the index",
            older=age == "older",
        )
    if checksum != _checksum(body):
        raise DamagedIndex(
            f"{path}: the manifest was altered (its checksum does not hold); roll back or rebuild the index"
        )
    manifest = Manifest(**body)
    if manifest.analysis != made_with():
        raise DamagedIndex(
            f"{folder}: it was made with another analysis of text; rebuild the index", older=True
        )
    for name, stated in manifest.files.items():
        file = folder / name
        size = file.stat().st_size if file.is_file() else None
        if size != stated["bytes"]:
            found = "is missing" if size is None else f"has {size:,} bytes instead of {stated['bytes']:,}"
            raise DamagedIndex(f"{file}: {found}; roll back or rebuild the index")
    if set(FILES) - set(manifest.files):
        missing = ", ".join(sorted(set(FILES) - set(manifest.files)))
        raise DamagedIndex(f"{path}: it does not name {missing}; rebuild the index")
    return manifest


def verify(folder: Path) -> Manifest:
    """Check every hash of a version: its files' and its source documents'.

    Raises DamagedIndex naming the file or document whose hash does not hold.
    """
    manifest = read_manifest(folder)
    for name, stated in manifest.files.items():
        if file_sha256(folder / name) != stated["sha256"]:
            raise DamagedIndex(
                f"{folder / name}: its SHA-256 is not the manifest's; roll back or rebuild the index"
            )
    _verify_documents(folder)
    return manifest


def _verify_documents(folder: Path) -> None:
    texts = (folder / "texts.bin").read_bytes()
    records = (folder / "documents.bin").read_bytes()
    offsets = map_array(folder / "documents.npy")
    for begin, end in pairwise(offsets.tolist()):
        record = json.loads(records[begin:end])
        text = texts[record["byte_start"] : record["byte_end"]]
        if hashlib.sha256(text).hexdigest() != record["text_sha256"]:
            raise DamagedIndex(f"{folder}: the text of {record['document']} is not what was indexed")
