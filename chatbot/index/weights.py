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


@dataclass(frozen=True, slots=True)
class Weighting:
    """How counts become weights; stored with each version."""

    body: float = 1.0
    heading: float = 1.6
    title: float = 0.5
    context: float = 0.5
    k1: float = 1.2
    b: float = 0.5
    pairs: float = 0.3

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
    """Weigh the terms of passages; each passage is its terms by field. Pairs of terms are terms with a blank.

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
    is_pair = np.fromiter((" " in term for term in vocabulary), bool, len(vocabulary))
    lengths = np.fromiter((len(passage.get("body", ())) for passage in fields), float, len(fields))
    relative = lengths / max(1.0, lengths.mean())
    rows = np.repeat(np.arange(total.shape[0]), np.diff(total.indptr))
    weights = saturate(total.data, relative[rows], weighting.k1, weighting.b) * idf[total.indices]
    weights[is_pair[total.indices]] *= weighting.pairs
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


def _as_is(terms: Iterable[str]) -> Iterable[str]:
    return terms


def _fitted(vectorizer: Any, everything: list[list[str]]) -> dict[str, int]:
    """Return the terms in the order of their bytes, each with its number."""
    seen = vectorizer(analyzer=_as_is).fit(everything).vocabulary_
    ordered = sorted(seen, key=lambda term: term.encode("utf-8", "surrogatepass"))
    return {term: number for number, term in enumerate(ordered)}
