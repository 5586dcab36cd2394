"""Counts become weights: TF-IDF, the counts of fields added up and saturated once.

The weight of term t in passage p is

    idf(t) · (k1 + 1) · tf / (k1 · (1 - b + b · length(p) / mean length) + tf)

with tf the sum over the fields of field weight · count, as in BM25F (Robertson, Zaragoza and Taylor, "Simple
BM25 extension to multiple weighted fields", CIKM 2004), and idf(t) = ln((1 + n) / (1 + df)) + 1 as
scikit-learn's TfidfTransformer computes it with smoothing. With an infinite k1 and one field of weight 1 it
is scikit-learn's plain TF-IDF without normalisation, which a test compares it with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]

FIELDS = ("body", "heading", "title", "context")

SPECIAL_TITLE = 0.5
"""The reach (what the shares of `Titles` add up to) from which on a title tells its document from others."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """How counts become weights; stored with each version."""

    body: float = 1.0
    heading: float = 1.6
    title: float = 0.5
    context: float = 0.5
    k1: float = 1.2
    b: float = 0.6

    def as_dict(self) -> dict[str, float]:
        """Return the numbers by name."""
        return asdict(self)


def saturate(
    tf: npt.NDArray[np.float64], length: npt.NDArray[np.float64], k1: float, b: float
) -> npt.NDArray[np.float64]:
    """Return the saturated counts; `length` is relative to the mean length. Both have the shape of `tf`."""
    if np.isinf(k1):
        return tf
    return (k1 + 1.0) * tf / (k1 * (1.0 - b + b * length) + tf)


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted index: the postings of term t are entries `starts[t]` to `starts[t + 1]`.

    `terms` (T, sorted by their UTF-8 bytes), `idf` (T), `starts` (T + 1), `passages` and `weights` (one entry
    a posting, passages ascending within a term).
    """

    terms: list[str]
    idf: Float32
    starts: npt.NDArray[np.int64]
    passages: Int32
    weights: Float32


def weigh(fields: Sequence[dict[str, list[str]]], weighting: Weighting) -> Postings:
    """Weigh the terms of passages; each passage is its terms by field.

    Counts and inverse document frequencies are scikit-learn's.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    everything = [[term for name in FIELDS for term in passage.get(name, ())] for passage in fields]
    if not any(everything):
        everything[0] = ["\x00"]
    vocabulary = _fitted(CountVectorizer, everything)
    total: Any = None
    for name in FIELDS:
        counter = CountVectorizer(analyzer=_as_is, vocabulary=vocabulary)
        counts = counter.transform(passage.get(name, ()) for passage in fields) * getattr(weighting, name)
        total = counts if total is None else total + counts
    total = total.tocsr().astype(np.float64)
    present = total.copy()
    present.data[:] = 1.0
    idf = TfidfTransformer(norm=None, smooth_idf=True).fit(present).idf_
    lengths = np.fromiter((len(passage.get("body", ())) for passage in fields), float, len(fields))
    relative = lengths / max(1.0, lengths.mean())
    rows = np.repeat(np.arange(total.shape[0]), np.diff(total.indptr))
    weights = saturate(total.data, relative[rows], weighting.k1, weighting.b) * idf[total.indices]
    total.data = weights
    columns = total.tocsc()
    columns.sort_indices()
    return Postings(
        list(vocabulary),
        idf.astype(np.float32),
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int32),
        columns.data.astype(np.float32),
    )


@dataclass(frozen=True, slots=True)
class Titles:
    """Which documents' titles have a term: entries `starts[t]` to `starts[t + 1]` of `documents` and `shares`.

    A share is the term's part of the title's inverse document frequencies, scaled by how few documents speak
    of the title's rarest term at all: a title that fits every document tells them not apart.
    """

    starts: npt.NDArray[np.int64]
    documents: Int32
    shares: Float32


def weigh_titles(titles: Sequence[Sequence[str]], postings: Postings, owners: Int32) -> Titles:
    """Weigh the terms of documents' titles; `owners` is the document of each passage."""
    numbers = {term: number for number, term in enumerate(postings.terms)}
    entries: list[tuple[int, int, float]] = []
    spoken: dict[int, float] = {}
    for document, title in enumerate(titles):
        found = [numbers[term] for term in dict.fromkeys(title) if term in numbers]
        for term in found:
            if term not in spoken:
                first, last = int(postings.starts[term]), int(postings.starts[term + 1])
                spoken[term] = len(np.unique(owners[postings.passages[first:last]])) / len(titles)
        total = float(sum(postings.idf[term] for term in found))
        special = 1.0 - min((spoken[term] for term in found), default=1.0)
        entries += [(term, document, special * float(postings.idf[term]) / total) for term in found]
    entries.sort()
    starts = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(np.bincount([term for term, _, _ in entries], minlength=len(numbers)), out=starts[1:])
    return Titles(
        starts,
        np.asarray([document for _, document, _ in entries], np.int32),
        np.asarray([share for _, _, share in entries], np.float32),
    )


def _as_is(terms: Iterable[str]) -> Iterable[str]:
    return terms


def _fitted(vectorizer: Any, everything: list[list[str]]) -> dict[str, int]:
    """Return the terms in the order of their bytes, each with its number."""
    seen = vectorizer(analyzer=_as_is).fit(everything).vocabulary_
    ordered = sorted(seen, key=lambda term: term.encode("utf-8", "surrogatepass"))
    return {term: number for number, term in enumerate(ordered)}
