"""Some passages read word by word against a query: what each sentence, heading and title has of each word asked.

All passages are read at once. Their sentences, headings and titles are segments: runs of terms laid end to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import cast

import numpy as np
import numpy.typing as npt

from chatbot.index.ranking import Numbered
from chatbot.index.reader import Index
from chatbot.index.weights import Float32
from chatbot.question.query import Query
from chatbot.question.vectors import SIZE, unit, word_vectors

Int64 = npt.NDArray[np.int64]

SENTENCES, OWN, HEADED, TITLE = range(4)
"""The kinds of segments: sentences, a passage's own heading, all headings above it and the title, the title."""
_NEAR = 0.35
"""The cosine from which on two words have to do with each other (0 at this, 1 at `_NEAR` + `_SPAN`)."""
_SPAN = 0.55
_CLOSE, _CLOSE_SPAN = 0.55, 0.4
"""The same for words that mean nearly the same."""
MEANT = 0.9
"""What a word that only means the same counts at most."""
_BY_ONE_THREAD = 1 << 18
"""Products of so few numbers OpenBLAS leaves to one thread; two wait for each other where processors are busy."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the G groups of a query mean by their own words: `vectors` (G, SIZE), unit vectors, zeros where none is
    known; `weights` (G), how much each counts beside others in a sum; `rarity` (G), how rare its word is in English."""

    vectors: Float32
    weights: Float32
    rarity: Float32


def meant_by(query: Query) -> Meant:
    """Look up the own words of a query's groups."""
    table = word_vectors()
    vectors = np.zeros((len(query.groups), SIZE), np.float32)
    weights, rarity = (np.ones(len(query.groups), np.float32) for _ in range(2))
    rows: list[int] = []
    owners: list[int] = []
    for number, group in enumerate(query.groups):
        found = [table.find(term) for term in group.alternatives[0].terms] if group.alternatives else []
        rarity[number] = max(map(table.rarity, found), default=1.0)
        known = [row for row in found if row is not None]
        rows += known
        owners += [number] * len(known)
    if rows:
        np.add.at(vectors, owners, table.vectors(rows))
        weights[owners] = 0.0
        np.maximum.at(weights, owners, table.weights(rows))
    return Meant(unit(vectors), weights, rarity)


@dataclass(frozen=True, slots=True)
class Reading:
    """G groups of a query, C passages with S sentences in all: what stands where.

    `first` (C): each passage's first sentence; `counts` (C): how many it has. For the kinds of segments in order
    (`SENTENCES` has S segments, the others C): `said` (G, segments), how far a segment says each group's word or what
    may stand for it; `near` and `close`, the same where words that have to do with it or mean nearly the same count
    too; `alike` (segments), the cosine of its vector and the query's; `telling`, the weight of its terms; `asked`,
    that of those asked for. `shapes` (S) are the sentences' shapes, `passage_alike` (C) the cosine for whole passages.
    """

    first: Int64
    counts: Int64
    said: list[Float32]
    near: list[Float32]
    close: list[Float32]
    alike: list[Float32]
    telling: list[Float32]
    asked: list[Float32]
    passage_alike: Float32
    shapes: npt.NDArray[np.uint64]


def read(index: Index, meant: Meant, numbered: Numbered, importance: Float32, passages: Int64) -> Reading:
    """Read some passages, at least one; `importance` (G) is what each group of the query counts."""
    segments = _segments(index, passages)
    counts, cut = segments.counts, segments.cut
    said, cosines, of_asked = _met(index, numbered, meant.vectors, segments)
    near = np.maximum(said, MEANT * _share((cosines - _NEAR) / _SPAN))
    close = np.maximum(said, MEANT * _share((cosines - _CLOSE) / _CLOSE_SPAN))
    whole = unit(cast(Float32, (importance * meant.weights) @ meant.vectors))
    sentence, section, title = (index.told[name] for name in ("sentence", "section", "title"))
    in_sentences = sentence.sums[segments.sentences].astype(np.float32)
    headings = section.sums[segments.sections].astype(np.float32)
    own, headed = headings[:, 0], headings[:, 1]
    first = np.cumsum(counts) - counts
    bodies = np.add.reduceat(in_sentences, first, axis=0) + 0.5 * (own + headed)
    in_sentences += np.repeat(0.3 * headed, counts, axis=0)
    told = section.telling[segments.sections]
    return Reading(
        first,
        counts,
        [said[:, part] for part in cut],
        [near[:, part] for part in cut],
        [close[:, part] for part in cut],
        [
            _cosines(of, whole)
            for of in (in_sentences, own, headed, title.sums[segments.documents].astype(np.float32))
        ],
        [
            sentence.telling[segments.sentences],
            told[:, 0],
            told[:, 1],
            title.telling[segments.documents],
        ],
        [of_asked[part] for part in cut],
        unit(unit(bodies) - 0.5 * index.mean_vector) @ whole,
        index.sentence_rows["shapes"][segments.sentences],
    )


def _share(values: Float32) -> Float32:
    """Bound values to 0 and 1."""
    return np.minimum(np.maximum(values, 0.0), 1.0)


def _cosines(vectors: Float32, other: Float32) -> Float32:
    """Return the cosine of each vector and a unit vector; 0 where either is zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return cast(Float32, vectors @ other / np.maximum(lengths, 1e-9))


@dataclass(frozen=True, slots=True)
class _Segments:
    """The segments of C passages with S sentences: their places in the index, and their terms laid end to end.

    `owners` has, for each of `terms`, the number of its segment; `cut` where each kind of segments stands.
    """

    sentences: Int64
    counts: Int64
    sections: Int64
    documents: npt.NDArray[np.int32]
    terms: npt.NDArray[np.int32]
    owners: Int64
    cut: list[slice]

    def __len__(self) -> int:
        return int(self.cut[-1].stop)


def _segments(index: Index, passages: Int64) -> _Segments:
    rows = index.passage_rows
    firsts = rows["sentence"]
    following = np.minimum(passages + 1, len(firsts) - 1)
    lasts = np.where(passages + 1 < len(firsts), firsts[following], len(index.sentence_rows) - 1)
    sentences, counts = _spans(firsts[passages], lasts)
    at = index.sentence_rows["terms"]
    section = rows["section"][passages]
    sections = index.section_rows
    begin, above, end = sections["terms"][section], sections["above"][section], sections["terms"][section + 1]
    document = index.passage_documents[passages]
    title = index.title_terms_at
    places, lengths = _spans(
        np.concatenate([at[sentences], begin, begin, title[document]]),
        np.concatenate([at[sentences + 1], above, end, title[document + 1]]),
    )
    ends = list(accumulate((len(sentences), *[len(passages)] * 3), initial=0))
    cut = [slice(*pair) for pair in pairwise(ends)]
    marks = np.concatenate([[0], np.cumsum(lengths)])[ends].tolist()
    in_sentences, own, headed, titles = (places[first:last] for first, last in pairwise(marks))
    return _Segments(
        sentences,
        counts,
        section,
        document,
        np.concatenate(
            [
                index.sentence_terms[in_sentences],
                index.section_terms[own],
                index.section_terms[headed],
                index.title_terms[titles],
            ]
        ),
        np.repeat(np.arange(len(lengths)), lengths),
        cut,
    )


def _spans(starts: Int64, ends: Int64) -> tuple[Int64, Int64]:
    """Return the numbers of some runs end to end, and the length of each."""
    lengths = (ends - starts).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts.astype(np.int64) - before, lengths) + np.arange(int(lengths.sum())), lengths


def _met(
    index: Index, numbered: Numbered, meant: Float32, segments: _Segments
) -> tuple[Float32, Float32, Float32]:
    """Return how far each segment says each group (G, segments), how near its nearest word comes (the cosine), and
    how much the words in it tell that are asked for (segments).

    A group is said as its best alternative whose terms are all there. Only the terms that say or mean something of
    the query are looked for: most do not.
    """
    here = np.zeros(len(index.idf), bool)
    here[segments.terms] = True
    present = np.flatnonzero(here)
    cosines = _term_cosines(index, meant, present)
    each = np.zeros_like(cosines)
    joint: list[tuple[int, tuple[int, ...], float]] = []
    wanted: list[int] = []
    for row, group in enumerate(numbered):
        for numbers, weight in group:
            found = [number for number in numbers if here[number]]
            wanted += found
            if len(found) < len(numbers):
                continue
            if len(numbers) == 1:
                place = present.searchsorted(numbers[0])
                each[row, place] = max(each[row, place], weight)
            else:
                joint.append((row, numbers, weight))
    telling = np.zeros(len(here), np.float32)
    telling[wanted] = index.special[wanted]
    of_asked = np.bincount(segments.owners, telling[segments.terms], len(segments)).astype(np.float32)
    told = np.logical_or.reduce(cosines > _NEAR, axis=0)
    told[present.searchsorted(wanted)] = True
    said, near = (np.zeros((len(numbered), len(segments)), np.float32) for _ in range(2))
    column = np.full(len(here), -1, np.int32)
    column[present[told]] = np.flatnonzero(told)
    columns = column[segments.terms]
    kept = columns >= 0
    columns, owners = columns[kept], segments.owners[kept]
    places = (owners + len(segments) * np.arange(len(numbered))[:, None]).ravel()
    np.maximum.at(said.reshape(-1), places, each.take(columns, axis=1).ravel())
    np.maximum.at(near.reshape(-1), places, cosines.take(columns, axis=1).ravel())
    for row, together, weight in joint:
        everywhere = np.ones(len(segments), bool)
        for number in together:
            having = np.zeros(len(segments), bool)
            having[owners[columns == column[number]]] = True
            everywhere &= having
        said[row] = np.maximum(said[row], everywhere * np.float32(weight))
    return said, near, of_asked


def _term_cosines(index: Index, meant: Float32, terms: Int64) -> Float32:
    """Return the cosine of each query vector and each term's, 0 for terms without a vector."""
    rows = index.vector_rows[terms]
    known = np.flatnonzero(rows >= 0)
    out = np.zeros((len(meant), len(terms)), np.float32)
    rows = rows[known]
    vectors = index.vectors[rows].astype(np.float32)
    at_a_time = max(1, _BY_ONE_THREAD // max(1, meant.size))
    for begin in range(0, len(rows), at_a_time):
        part = slice(begin, begin + at_a_time)
        out[:, known[part]] = (meant @ vectors[part].T) / index.vector_lengths[rows[part]]
    return out
