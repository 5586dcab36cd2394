"""Some passages read word by word against a query: what each sentence, heading and title has of each word asked.

All passages are read at once. Their sentences, headings and titles are segments: runs of terms laid end to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from chatbot.index.ranking import Numbered
from chatbot.index.reader import Index
from chatbot.index.weights import Float32
from chatbot.question.query import Query
from chatbot.question.vectors import unit, word_vectors

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


@dataclass(frozen=True, slots=True)
class Reading:
    """G groups of a query, C passages with S sentences in all: what stands where.

    `first` (C): each passage's first sentence. For the kinds of segments in order (`SENTENCES` has S segments, the
    others C): `said` (G, segments), how far a segment says each group's word or what may stand for it; `near` and
    `close`, the same where words that have to do with it or mean nearly the same count too; `alike` (segments), the
    cosine of its vector and the query's; `telling`, the weight of its terms; `asked`, that of those asked for.
    `shapes` (S) are the sentences' shapes, `passage_alike` (C) the cosine for whole passages.
    """

    first: Int64
    said: list[Float32]
    near: list[Float32]
    close: list[Float32]
    alike: list[Float32]
    telling: list[Float32]
    asked: list[Float32]
    passage_alike: Float32
    shapes: npt.NDArray[np.uint32]

    @property
    def counts(self) -> Int64:
        """The number of sentences of each passage."""
        return np.diff(np.append(self.first, len(self.shapes)))


def read(index: Index, query: Query, numbered: Numbered, importance: Float32, passages: Int64) -> Reading:
    """Read some passages, at least one; `importance` (G) is what each group of the query counts."""
    sentences, counts, parts = _segments(index, passages)
    lengths = np.concatenate([lengths for _, lengths in parts])
    ends = np.cumsum(lengths)
    nothing = len(index.idf)  # a term that stands at the end of each segment, so that none is empty
    terms = np.insert(np.concatenate([found for found, _ in parts]), ends, nothing)
    starts = ends - lengths + np.arange(len(lengths))
    present, places = np.unique(terms, return_inverse=True)
    present = present[:-1] if present[-1] == nothing else present
    said = _said(numbered, present, places, starts)
    vectors = np.vstack([index.vectors(present), np.zeros((1, index.mean_vector.size), np.float32)])
    telling = np.append(index.special[present], np.float32(0.0))
    meant = query_vectors(index, query)
    cosines = np.maximum.reduceat((meant @ vectors.T)[:, places], starts, axis=1)
    near = np.maximum(said, MEANT * np.clip((cosines - _NEAR) / _SPAN, 0.0, 1.0)).astype(np.float32)
    close = np.maximum(said, MEANT * np.clip((cosines - _CLOSE) / _CLOSE_SPAN, 0.0, 1.0)).astype(np.float32)
    sums = cast(Float32, np.add.reduceat((telling[:, None] * vectors)[places], starts, axis=0))
    asked = np.zeros(len(telling), np.float32)
    wanted = [number for group in numbered for numbers, _ in group for number in numbers]
    asked[:-1] = np.isin(present, np.asarray(wanted, np.int64))
    at = np.cumsum([0, len(sentences), len(passages), len(passages), len(passages)])
    cut = [slice(*pair) for pair in zip(at[:-1].tolist(), at[1:].tolist(), strict=True)]
    first = np.cumsum(counts) - counts
    whole = unit(cast(Float32, (importance[:, None] * meant).sum(axis=0)))
    per_sentence = sums[cut[SENTENCES]]
    bodies = np.add.reduceat(per_sentence, first, axis=0) + 0.5 * (sums[cut[OWN]] + sums[cut[HEADED]])
    told = unit(per_sentence + 0.3 * np.repeat(sums[cut[HEADED]], counts, axis=0))
    alike = [told @ whole, *(unit(sums[part]) @ whole for part in cut[OWN:])]
    weights = np.add.reduceat(telling[places], starts)
    of_asked = np.add.reduceat((telling * asked)[places], starts)
    return Reading(
        first,
        [said[:, part] for part in cut],
        [near[:, part] for part in cut],
        [close[:, part] for part in cut],
        alike,
        [weights[part] for part in cut],
        [of_asked[part] for part in cut],
        unit(unit(bodies) - 0.5 * index.mean_vector) @ whole,
        index.sentence_rows["shapes"][sentences],
    )


def _segments(index: Index, passages: Int64) -> tuple[Int64, Int64, list[tuple[Int64, Int64]]]:
    """Return the passages' sentences, how many each has, and the terms and lengths of each kind of segment."""
    rows = index.passage_rows
    firsts = rows["sentence"].astype(np.int64)
    lasts = np.append(firsts[1:], len(index.sentence_rows) - 1)
    sentences, counts = _spans(firsts[passages], lasts[passages])
    at = index.sentence_rows["terms"]
    in_sentences, lengths = _spans(at[sentences], at[sentences + 1])
    section = rows["section"][passages]
    sections = index.section_rows
    begin, above, end = sections["terms"][section], sections["above"][section], sections["terms"][section + 1]
    own, own_lengths = _spans(begin, above)
    headed, headed_lengths = _spans(begin, end)
    document = index.passage_documents[passages]
    title, title_lengths = _spans(index.title_terms_at[document], index.title_terms_at[document + 1])
    return (
        sentences,
        counts,
        [
            (index.sentence_terms[in_sentences].astype(np.int64), lengths),
            (index.section_terms[own].astype(np.int64), own_lengths),
            (index.section_terms[headed].astype(np.int64), headed_lengths),
            (index.title_terms[title].astype(np.int64), title_lengths),
        ],
    )


def _spans(starts: Int64, ends: Int64) -> tuple[Int64, Int64]:
    """Return the numbers of some runs end to end, and the length of each."""
    lengths = (ends - starts).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts.astype(np.int64) - before, lengths) + np.arange(int(lengths.sum())), lengths


def _said(numbered: Numbered, present: Int64, places: Int64, starts: Int64) -> Float32:
    """Return how far each segment says each group: its best alternative whose terms it all has."""
    each = np.zeros((len(numbered), len(present) + 1), np.float32)
    joint: list[tuple[int, tuple[int, ...], float]] = []
    for row, group in enumerate(numbered):
        for numbers, weight in group:
            found = np.searchsorted(present, numbers)
            if (found < len(present)).all() and (
                present[np.minimum(found, len(present) - 1)] == numbers
            ).all():
                if len(numbers) == 1:
                    each[row, found[0]] = max(each[row, found[0]], weight)
                else:
                    joint.append((row, tuple(found.tolist()), weight))
    said = cast(Float32, np.maximum.reduceat(each[:, places], starts, axis=1))
    has: dict[int, npt.NDArray[np.bool_]] = {}
    for row, together, weight in joint:
        for place in together:
            if place not in has:
                has[place] = np.logical_or.reduceat(places == place, starts)
        everywhere = np.logical_and.reduce([has[place] for place in together])
        said[row] = np.maximum(said[row], np.where(everywhere, np.float32(weight), np.float32(0.0)))
    return said


def query_vectors(index: Index, query: Query) -> Float32:
    """Return the unit vector of each group's own word, zeros where none is known."""
    table = word_vectors()
    out = np.zeros((len(query.groups), index.mean_vector.size), np.float32)
    for row, group in enumerate(query.groups):
        terms = group.alternatives[0].terms if group.alternatives else ()
        found = [place for place in (table.find(term) for term in terms) if place is not None]
        if found:
            out[row] = unit(table.vectors(found).mean(axis=0))
    return out
