"""An index version opened for reading: memory-mapped, lazy, safe to share between threads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

from chatbot.documents.model import Role
from chatbot.index.format import ROLES, Manifest, read_manifest
from chatbot.index.storage import Int64, map_array, map_bytes
from chatbot.index.strings import StringTable
from chatbot.index.weights import Float32, Int32

_Decoded = TypeVar("_Decoded")


class Kept(Generic[_Decoded]):
    """So many records decoded by their numbers, so that the ones often asked for are decoded once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[int, _Decoded] = {}

    def get(self, number: int, decode: Callable[[int], _Decoded]) -> _Decoded:
        """Return a record; `decode` is called where it is not kept."""
        found = self._found.get(number)
        if found is None:
            if len(self._found) >= self._most:
                self._found.clear()
            found = self._found[number] = decode(number)
        return found


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the index. `facts` holds publisher, author, url, reviewed, updated and sources."""

    name: str
    title: str
    format: str
    sha256: str
    words: int
    passages: tuple[int, int]
    byte_range: tuple[int, int]
    headings: tuple[tuple[int, str, int], ...]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage of the index; offsets are code points, of the document's text."""

    number: int
    id: str
    document: int
    section: tuple[str, ...]
    role: Role
    start: int
    end: int
    text: str
    context: tuple[str, int, int] | None


@dataclass(frozen=True, slots=True)
class Heading:
    """What the headings above a passage say: the numbers of the terms of its own heading and of those above,
    the kinds of thing its own asks for as bits, and whether the passage is the first below it."""

    own: frozenset[int]
    above: frozenset[int]
    kinds: int
    first: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What some runs of terms tell: how much each, and the sum of its terms' vectors."""

    telling: Float32
    sums: npt.NDArray[np.float16]


class Index:
    """A published version; every file is mapped at once, since an old version may be removed.

    Raises DamagedIndex where its manifest or a file's size does not hold.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self.idf = cast(Float32, self._array("idf"))
        self._starts = self._array("postings_starts").data
        self._posting_passages = cast(Int32, self._array("postings_passages"))
        self._posting_weights = cast(Float32, self._array("postings_weights"))
        self._title_starts = self._array("titles_starts").data
        self._title_documents = cast(Int32, self._array("titles_documents"))
        self._title_shares = cast(Float32, self._array("titles_shares"))
        self.title_terms = cast(Int32, self._array("title_terms"))
        self.title_terms_at = cast(Int64, self._array("title_terms_at"))
        """Where the terms of each document's title stand in `title_terms`."""
        self.special = cast(Float32, self._array("special"))
        """How much each term tells: its inverse document frequency, less where its word is common in English."""
        self.affinity = cast(Float32, self._array("affinity"))
        """How much oftener than English these documents have each term, 0 to 1."""
        self.mean_vector = cast(Float32, self._array("mean_vector"))
        self.vectors = cast(npt.NDArray[np.int8], self._array("vectors"))
        """The word vectors of the terms that have one, of any length."""
        self.vector_lengths = cast(Float32, self._array("vector_lengths"))
        self.vector_rows = cast(Int32, self._array("vector_rows"))
        """Each term's place in `vectors`, -1 for none."""
        self.told = {
            name: Told(
                cast(Float32, self._array(f"{name}_telling")),
                cast(npt.NDArray[np.float16], self._array(f"{name}_sums")),
            )
            for name in ("sentence", "section", "title")
        }
        """What each sentence, section (its own heading, all its headings) and title tells."""
        self.passage_rows = self._array("passages")
        self.section_rows = self._array("sections")
        self.section_terms = cast(Int32, self._array("section_terms"))
        self.sentence_rows = self._array("sentences")
        self.sentence_terms = cast(Int32, self._array("sentence_terms"))
        self._texts = map_bytes(folder / "texts.bin")
        self.terms = self._table("terms")
        self._records = StringTable(
            map_bytes(folder / "passages.bin"), cast(Int64, self._array("passages_at"))
        )
        self._documents = self._table("documents")
        self.words = self._table("words")
        """The words as written, folded and sorted."""
        self.word_counts = cast(Int32, self._array("word_counts"))
        """How often each of `words` is written; 0: it only may stand for one that is."""
        self.names = self._table("names")
        """The documents' names, sorted; a name's place is its document's number."""
        self._ids = self._table("ids"), cast(Int32, self._array("ids_passages"))
        self._expressions = map_bytes(folder / "expressions.json")
        self._numbers: dict[str, int] = {}
        self._kept_documents = Kept[StoredDocument](64)
        self._kept_passages = Kept[StoredPassage](512)
        self._kept_sections = Kept[tuple[str, ...]](20_000)

    def _array(self, name: str) -> npt.NDArray[Any]:
        return map_array(self.folder / f"{name}.npy")

    def _table(self, name: str) -> StringTable:
        return StringTable(map_bytes(self.folder / f"{name}.bin"), cast(Int64, self._array(name)))

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.passage_rows)

    @cached_property
    def expressions(self) -> dict[str, list[list[Any]]]:
        """What may stand for an expression, by its stems: each a weight and terms."""
        return cast(dict[str, list[list[Any]]], json.loads(self._expressions[:]))

    @cached_property
    def roles(self) -> npt.NDArray[np.int32]:
        """The role of each passage, as a place in `format.ROLES`."""
        return np.ascontiguousarray(self.passage_rows["role"])

    @cached_property
    def passage_documents(self) -> npt.NDArray[np.int32]:
        """The document number of each passage."""
        return np.ascontiguousarray(self.passage_rows["document"])

    def term(self, text: str) -> int | None:
        """Return a term's number, or None where no passage has it."""
        number = self._numbers.get(text)
        if number is None:
            number = self.terms.find(text)
            if number is not None and len(self._numbers) < 100_000:
                self._numbers[text] = number
        return number

    def postings(self, term: int) -> tuple[Int32, Float32]:
        """Return the passages that have a term, ascending, and its weight in each."""
        first, last = self._starts[term], self._starts[term + 1]
        return self._posting_passages[first:last], self._posting_weights[first:last]

    def titled(self, term: int) -> bool:
        """Say whether a document's title has a term."""
        return self._title_starts[term] < self._title_starts[term + 1]

    def titles(self, term: int) -> tuple[Int32, Float32]:
        """Return the documents whose titles have a term, and the term's share of each title."""
        first, last = self._title_starts[term], self._title_starts[term + 1]
        return self._title_documents[first:last], self._title_shares[first:last]

    @cached_property
    def title_reach(self) -> Float32:
        """What the shares of each document's title add up to: how far it tells the document from others."""
        reach = np.bincount(self._title_documents, weights=self._title_shares, minlength=len(self._documents))
        return reach.astype(np.float32)

    @cached_property
    def heading_terms(self) -> frozenset[int]:
        """The numbers of the terms that stand in a heading or a title."""
        titled = np.flatnonzero(np.diff(self._title_starts))
        return frozenset(self.section_terms.tolist()) | frozenset(titled.tolist())

    def passage(self, number: int) -> StoredPassage:
        """Return a passage by its number."""
        return self._kept_passages.get(number, self._passage)

    def _passage(self, number: int) -> StoredPassage:
        row = self.passage_rows[number].item()
        document, start, end, first, last, c_start, c_end, c_first, c_last, role, _, _ = row
        record = json.loads(self._records.at(number))
        context = None
        if c_start >= 0:
            context = (bytes(self._texts[c_first:c_last]).decode(), c_start, c_end)
        return StoredPassage(
            number,
            record["id"],
            document,
            tuple(record["section"]),
            cast(Role, ROLES[role]),
            start,
            end,
            bytes(self._texts[first:last]).decode(),
            context,
        )

    def section(self, number: int) -> tuple[str, ...]:
        """Return the headings above a passage."""
        section = int(self.passage_rows[number]["section"])
        return self._kept_sections.get(
            section, lambda _: tuple(json.loads(self._records.at(number))["section"])
        )

    def role(self, number: int) -> Role:
        """Return what a passage is in its document."""
        return cast(Role, ROLES[int(self.roles[number])])

    def sentences(self, number: int) -> list[tuple[int, int, frozenset[int], int]]:
        """Return a passage's sentences: start and end in its text, their terms' numbers and their shapes."""
        first = int(self.passage_rows[number]["sentence"])
        following = number + 1 < len(self.passage_rows)
        last = int(self.passage_rows[number + 1]["sentence"]) if following else len(self.sentence_rows) - 1
        rows = self.sentence_rows[first : last + 1].tolist()
        base = rows[0][2]
        numbers = self.sentence_terms[base : rows[-1][2]].tolist()
        return [
            (row[0], row[1], frozenset(numbers[row[2] - base : after[2] - base]), row[3])
            for row, after in pairwise(rows)
        ]

    def sentence_place(self, number: int, sentence: int) -> tuple[int, int]:
        """Return the start and the end of a sentence of a passage, in the passage's text."""
        row = self.sentence_rows[int(self.passage_rows[number]["sentence"]) + sentence]
        return int(row["start"]), int(row["end"])

    def heading(self, number: int) -> Heading:
        """Return what the headings above a passage say."""
        section = int(self.passage_rows[number]["section"])
        row, after = self.section_rows[section], self.section_rows[section + 1]
        first, above, last = int(row["terms"]), int(row["above"]), int(after["terms"])
        numbers = self.section_terms[first:last].tolist()
        return Heading(
            frozenset(numbers[: above - first]),
            frozenset(numbers[above - first :]),
            int(row["kinds"]),
            int(row["passage"]) == number,
        )

    def opening(self, number: int, sentence: int, count: int) -> list[int]:
        """Return the numbers of the first terms of a sentence of a passage."""
        row = self.sentence_rows[int(self.passage_rows[number]["sentence"]) + sentence]
        first = int(row["terms"])
        return cast(list[int], self.sentence_terms[first : first + count].tolist())

    def find_passage(self, identifier: str) -> int | None:
        """Return the number of the passage with an id, or None."""
        ids, numbers = self._ids
        place = ids.find(identifier)
        return None if place is None else int(numbers[place])

    def document(self, number: int) -> StoredDocument:
        """Return a document by its number; documents are sorted by name."""
        return self._kept_documents.get(number, self._document)

    def _document(self, number: int) -> StoredDocument:
        record = json.loads(self._documents.at(number))
        return StoredDocument(
            record["document"],
            record["title"],
            record["format"],
            record["sha256"],
            record["words"],
            (record["passage_start"], record["passage_end"]),
            (record["byte_start"], record["byte_end"]),
            tuple((level, text, start) for level, text, start in record["headings"]),
            record["facts"],
        )

    def document_count(self) -> int:
        """Return the number of documents."""
        return len(self._documents)

    def find_document(self, name: str) -> StoredDocument | None:
        """Return the document with a name, or None."""
        number = self.names.find(name)
        return None if number is None else self.document(number)

    def document_text(self, document: StoredDocument) -> str:
        """Return a document's whole text."""
        first, last = document.byte_range
        return bytes(self._texts[first:last]).decode()
