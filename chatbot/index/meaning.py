"""What a version keeps of the meaning of its terms: word vectors, and how special each term is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chatbot.index.storage import Array, Int64
from chatbot.index.weights import Float32, Postings
from chatbot.question.vectors import SIZE, uncommon, unit, word_vectors

_SAMPLE = 2_000
_PASSAGE_WORDS = 60
_STEEPNESS = 4.0


def meaning(found: Postings, passage_terms: Sequence[Sequence[str]]) -> tuple[dict[str, Array], Float32]:
    """Return, for T terms of which R have a vector, the arrays of a version that tell what they mean.

    `vector_rows` (T): each term's place in `vectors` (R, SIZE, bytes), -1 for none; `vector_lengths` (R): the
    vectors' Euclidean lengths; `special` (T): its inverse
    document frequency, less where its word is common in English; `affinity` (T): 0 to 1, how much oftener these
    documents have it than English does; `mean_vector` (SIZE): the mean of the passages' vectors. `passage_terms`
    are the terms of each passage. With them the vector of each term as it counts in a sum (T, SIZE), zeros for those
    that have none.
    """
    table = word_vectors()
    places = [None if " " in term else table.find(term) for term in found.terms]
    known = [place for place in places if place is not None]
    stored = table.stored(known)
    rows = np.full(len(places), -1, np.int32)
    rows[[number for number, place in enumerate(places) if place is not None]] = np.arange(len(known))
    rarity = np.asarray([table.rarity(place) for place in places], np.float32)
    special = found.idf * uncommon(rarity)
    frequency = np.diff(found.starts) / max(1, len(passage_terms))
    in_english = (
        _PASSAGE_WORDS * 0.1 / (np.exp(4.0 + 8.0 * rarity) + 10.0)
    )  # Zipf: word r has a share of 0.1 / r
    affinity = np.clip(np.log(np.maximum(frequency, 1e-9) / in_english) / _STEEPNESS, 0.0, 1.0)
    numbers = {term: number for number, term in enumerate(found.terms)}
    vectors = np.zeros((len(places), SIZE), np.float32)
    vectors[rows >= 0] = table.weights(known)[:, None] * table.vectors(known)
    arrays: dict[str, Array] = {
        "vector_rows": rows,
        "vectors": stored,
        "vector_lengths": np.maximum(np.linalg.norm(stored.astype(np.float32), axis=1), 1e-9),
        "special": special.astype(np.float32),
        "affinity": affinity.astype(np.float32),
        "mean_vector": _mean(passage_terms, numbers, vectors, special),
    }
    return arrays, vectors


def _mean(
    passage_terms: Sequence[Sequence[str]],
    numbers: dict[str, int],
    vectors: Float32,
    special: Float32,
) -> Float32:
    """Return the mean of the unit vectors of passages, of an even sample where there are many."""
    total = np.zeros(SIZE, np.float32)
    chosen = passage_terms[:: 1 + len(passage_terms) // _SAMPLE]
    for terms in chosen:
        listed = np.fromiter((numbers[term] for term in terms if term in numbers), np.int64)
        total += unit((special[listed, None] * vectors[listed]).sum(axis=0))
    return (total / max(1, len(chosen))).astype(np.float32)


def sums(terms: Array, starts: Int64, special: Array, vectors: Float32) -> tuple[Float32, Array]:
    """Return, for N runs of terms, how much each tells (N) and the sum of its terms' vectors (N, SIZE).

    Run n is `terms[starts[n]:starts[n + 1]]`; a term's vector counts as much as it tells (`special`).
    """
    from scipy.sparse import csr_matrix  # needed to build alone: what serves does not load it

    runs = csr_matrix((special[terms.astype(np.int64)], terms, starts), (len(starts) - 1, len(special)))
    return np.asarray(runs.sum(axis=1), np.float32).ravel(), (runs @ vectors).astype(np.float16)
