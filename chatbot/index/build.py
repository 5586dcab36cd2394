"""Documents become the files of a version."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from chatbot import analysis
from chatbot.documents.abbreviations import two_names
from chatbot.documents.lines import BULLET
from chatbot.documents.model import Document
from chatbot.index.format import PASSAGE, ROLES, SECTION, SENTENCE
from chatbot.index.meaning import meaning, sums
from chatbot.index.storage import Array, array_bytes
from chatbot.index.strings import pack
from chatbot.index.weights import Float32, Weighting, weigh, weigh_titles
from chatbot.passages import Chunk, cut
from chatbot.question.asked import cue_words, kinds_of
from chatbot.question.everyday import compile_rules, editors_rules, everyday_rules
from chatbot.question.shapes import shapes

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are."""


@dataclass
class _Gathered:
    """What has been read so far, document after document."""

    fields: list[dict[str, list[str]]] = field(default_factory=list)
    passages: list[tuple[int, ...]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[tuple[int, int, int]] = field(default_factory=list)
    sentence_terms: list[list[str]] = field(default_factory=list)
    sections: list[tuple[int, int, list[str], list[str]]] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    texts: list[bytes] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    titles: list[list[str]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    two_names: dict[tuple[str, str], None] = field(default_factory=dict)
    bytes_so_far: int = 0


def build(
    documents: Iterable[tuple[Document, str]],
    synonyms: list[list[str]],
    weighting: Weighting,
    progress: Progress,
    total: int,
) -> tuple[dict[str, bytes], dict[str, int]]:
    """Return the files of a version by name, and its counts.

    `documents` are documents with the SHA-256 of their source, sorted by the UTF-8 bytes of their names.
    """
    gathered = _Gathered()
    for number, (document, digest) in enumerate(documents):
        _gather(gathered, document, digest)
        progress("reading", number + 1, total)
    progress("weighing", 0, 1)
    files, terms = _postings(gathered, weighting)
    files["expressions.json"] = _expressions(gathered, synonyms, terms)
    files |= _passages(gathered)
    files |= _tables(gathered)
    progress("weighing", 1, 1)
    counts = {
        "documents": len(gathered.names),
        "passages": len(gathered.passages),
        "sentences": len(gathered.sentences),
        "terms": len(terms),
        "words": sum(len(terms) for terms in gathered.sentence_terms),
    }
    return files, counts


def _gather(gathered: _Gathered, document: Document, digest: str) -> None:
    number = len(gathered.names)
    text = document.text
    encoded = text.encode()
    to_bytes = _byte_offsets(text, encoded)
    title_terms = analysis.terms(document.title)
    first_passage = len(gathered.passages)
    sections: dict[int, tuple[int, tuple[str, ...], list[str]]] = {}
    for chunk in cut(document):
        if chunk.section not in sections:
            sections[chunk.section] = _add_section(gathered, document, chunk.section)
        section, path, heading_terms = sections[chunk.section]
        body = _add_sentences(gathered, document, chunk)
        context = text[slice(*chunk.context)] if chunk.context else ""
        gathered.fields.append(
            {
                "body": body,
                "heading": heading_terms,
                "title": title_terms,
                "context": analysis.terms(context),
            }
        )
        _add_passage(gathered, (number, section), chunk, path, to_bytes)
    for part in (document.title, *(heading.text for heading in document.headings)):
        gathered.words.update(_spelt(part))
    gathered.two_names.update(dict.fromkeys(two_names(document)))
    gathered.names.append(document.name)
    gathered.titles.append(analysis.terms(analysis.subject_of(document.title)) or title_terms)
    gathered.texts.append(encoded)
    gathered.documents.append(
        _record(document, digest, encoded, gathered.bytes_so_far, first_passage, len(gathered.passages))
    )
    gathered.bytes_so_far += len(encoded)


def _add_section(
    gathered: _Gathered, document: Document, section: int
) -> tuple[int, tuple[str, ...], list[str]]:
    """Note a section before its first passage. Returns its number, its headings and all their terms."""
    path = document.path(section)
    above = [term for heading in (document.title, *path[:-1]) for term in analysis.terms(heading)]
    own = analysis.terms(path[-1]) if path else []
    kinds = kinds_of(path[-1]) if path else 0
    gathered.sections.append((kinds, len(gathered.passages), own, above))
    return len(gathered.sections) - 1, path, [term for heading in path for term in analysis.terms(heading)]


def _byte_offsets(text: str, encoded: bytes) -> Callable[[int], int]:
    """Return what turns a code point's place into a byte's."""
    if len(text) == len(encoded):
        return lambda place: place
    widths = np.zeros(len(text) + 1, np.int64)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    np.cumsum(1 + (points >= 0x80) + (points >= 0x800) + (points >= 0x10000), out=widths[1:])
    return lambda place: int(widths[place])


def _add_sentences(gathered: _Gathered, document: Document, chunk: Chunk) -> list[str]:
    body: list[str] = []
    for start, end in chunk.sentences:
        sentence = document.text[start:end]
        marker = BULLET.match(sentence)
        words = [token.word for token in analysis.tokens(sentence[marker.end() if marker else 0 :])]
        terms = [term for word in words for term in analysis.terms_of(word)]
        gathered.words.update(_spelt(sentence))
        gathered.sentences.append((start - chunk.start, end - chunk.start, shapes(sentence)))
        gathered.sentence_terms.append(terms)
        body.extend(terms)
    return body


def _spelt(text: str) -> list[str]:
    return [part for token in analysis.tokens(text) for part in analysis.parts(token.word) if part.isalpha()]


def _add_passage(
    gathered: _Gathered,
    place: tuple[int, int],
    chunk: Chunk,
    path: tuple[str, ...],
    to_bytes: Callable[[int], int],
) -> None:
    """Note a passage; `place` is the number of its document and of its section."""
    document, section = place
    base = gathered.bytes_so_far
    context = chunk.context or (-1, -1)
    context_bytes = (base + to_bytes(context[0]), base + to_bytes(context[1])) if chunk.context else (-1, -1)
    identifier, longer = chunk.id, 1
    while identifier in gathered.ids:
        longer += 1
        identifier = f"{chunk.id}-{longer}"
    gathered.ids[identifier] = len(gathered.passages)
    gathered.records.append({"id": identifier, "section": path})
    gathered.passages.append(
        (
            document,
            chunk.start,
            chunk.end,
            base + to_bytes(chunk.start),
            base + to_bytes(chunk.end),
            *context,
            *context_bytes,
            ROLES.index(chunk.role),
            len(gathered.sentences) - len(chunk.sentences),
            section,
        )
    )


def _record(
    document: Document, digest: str, encoded: bytes, at: int, first: int, last: int
) -> dict[str, Any]:
    stated = document.metadata
    return {
        "document": document.name,
        "title": document.title,
        "format": document.format,
        "sha256": digest,
        "text_sha256": hashlib.sha256(encoded).hexdigest(),
        "words": len(document.text.split()),
        "byte_start": at,
        "byte_end": at + len(encoded),
        "passage_start": first,
        "passage_end": last,
        "headings": [(heading.level, heading.text, heading.start) for heading in document.headings],
        "facts": {
            "publisher": stated.publisher,
            "author": stated.author,
            "url": stated.url,
            "reviewed": stated.reviewed,
            "updated": stated.updated,
            "sources": list(stated.sources),
        },
    }


def _postings(gathered: _Gathered, weighting: Weighting) -> tuple[dict[str, bytes], frozenset[str]]:
    found = weigh(gathered.fields, weighting)
    owners = np.asarray([row[0] for row in gathered.passages], np.int32)
    titles = weigh_titles(gathered.titles, found, owners)
    numbers = {term: number for number, term in enumerate(found.terms)}
    blob, offsets = pack(term.encode() for term in found.terms)
    listed = [numbers[term] for terms in gathered.sentence_terms for term in terms]
    starts = [0, *accumulate(len(terms) for terms in gathered.sentence_terms)]
    sentences = np.zeros(len(starts), SENTENCE)
    for place, name in enumerate(("start", "end", "shapes")):
        sentences[name][:-1] = [sentence[place] for sentence in gathered.sentences]
    sentences["terms"] = starts
    in_sections = [
        [numbers[t] for t in own + above if t in numbers] for _, _, own, above in gathered.sections
    ]
    sections = np.zeros(len(gathered.sections) + 1, SECTION)
    sections["terms"] = [0, *accumulate(len(terms) for terms in in_sections)]
    sections["kinds"][:-1] = [kinds for kinds, _, _, _ in gathered.sections]
    sections["passage"][:-1] = [passage for _, passage, _, _ in gathered.sections]
    sections["above"][:-1] = sections["terms"][:-1] + [
        sum(term in numbers for term in own) for _, _, own, _ in gathered.sections
    ]
    arrays: dict[str, Array] = {
        "sections": sections,
        "section_terms": np.asarray([term for terms in in_sections for term in terms], np.int32),
        "terms": offsets,
        "idf": found.idf,
        "postings_starts": found.starts,
        "postings_passages": found.passages,
        "postings_weights": found.weights,
        "titles_starts": titles.starts,
        "titles_documents": titles.documents,
        "titles_shares": titles.shares,
        "title_terms": np.asarray(
            [numbers[t] for title in gathered.titles for t in title if t in numbers], np.int32
        ),
        "title_terms_at": np.asarray(
            [0, *accumulate(sum(t in numbers for t in title) for title in gathered.titles)], np.int64
        ),
        "sentences": sentences,
        "sentence_terms": np.asarray(listed, np.int32),
    }
    firsts = [row[10] for row in gathered.passages] + [len(gathered.sentences)]
    meant, vectors = meaning(
        found,
        [
            [term for terms in gathered.sentence_terms[first:last] for term in terms]
            for first, last in pairwise(firsts)
        ],
    )
    arrays |= meant
    arrays |= _sums(arrays, vectors, sentences, sections)
    files = {"terms.bin": blob, **{f"{name}.npy": array_bytes(array) for name, array in arrays.items()}}
    return files, frozenset(found.terms)


def _sums(
    arrays: dict[str, Array],
    vectors: Float32,
    sentences: npt.NDArray[np.void],
    sections: npt.NDArray[np.void],
) -> dict[str, Array]:
    """Return how much each sentence, heading and title tells, and the sum of its terms' vectors."""
    special = arrays["special"]

    def of(terms: str, starts: Array) -> tuple[Array, Array]:
        return sums(arrays[terms], starts.astype(np.int64), special, vectors)

    begin, above, end = sections["terms"][:-1], sections["above"][:-1], sections["terms"][1:]
    headed, headed_sums = of("section_terms", sections["terms"])
    # A section's own heading comes before those above it: every second run.
    both = np.append(np.stack([begin, above], axis=1).ravel(), end[-1:])
    own, own_sums = (found[::2] for found in of("section_terms", both))
    told: dict[str, Array] = {}
    for name, (telling, summed) in {
        "sentence": of("sentence_terms", sentences["terms"]),
        "section": (np.stack([own, headed], axis=1), np.stack([own_sums, headed_sums], axis=1)),
        "title": of("title_terms", arrays["title_terms_at"]),
    }.items():
        told |= {f"{name}_telling": telling, f"{name}_sums": summed}
    return told


def _expressions(gathered: _Gathered, synonyms: list[list[str]], terms: frozenset[str]) -> bytes:
    """Compile the everyday words, the editors' and the documents' own for them; spelling learns their words."""
    groups = [*synonyms, *map(list, gathered.two_names)]
    expressions, words = compile_rules((*editors_rules(groups), *everyday_rules()), terms.__contains__)
    for word in sorted(words | cue_words()):
        gathered.words.setdefault(word, 0)
    return _json(expressions)


def _passages(gathered: _Gathered) -> dict[str, bytes]:
    rows = np.asarray(gathered.passages, PASSAGE)
    records, records_at = pack(_json(record) for record in gathered.records)
    by_id = sorted(gathered.ids)
    ids, ids_at = pack(identifier.encode() for identifier in by_id)
    order = np.asarray([gathered.ids[identifier] for identifier in by_id], np.int32)
    return {
        "passages.npy": array_bytes(rows),
        "passages.bin": records,
        "passages_at.npy": array_bytes(records_at),
        "ids.bin": ids,
        "ids.npy": array_bytes(ids_at),
        "ids_passages.npy": array_bytes(order),
    }


def _tables(gathered: _Gathered) -> dict[str, bytes]:
    names, names_at = pack(name.encode() for name in gathered.names)
    documents, documents_at = pack(_json(record) for record in gathered.documents)
    spelt = sorted(gathered.words, key=str.encode)
    words, words_at = pack(word.encode() for word in spelt)
    counts = np.asarray([gathered.words[word] for word in spelt], np.int32)
    return {
        "names.bin": names,
        "names.npy": array_bytes(names_at),
        "documents.bin": documents,
        "documents.npy": array_bytes(documents_at),
        "texts.bin": b"".join(gathered.texts),
        "words.bin": words,
        "words.npy": array_bytes(words_at),
        "word_counts.npy": array_bytes(counts),
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
