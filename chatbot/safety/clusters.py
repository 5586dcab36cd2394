"""Words near in meaning: the clusters a word belongs to.

A word that no example holds is then read by the company it keeps: "famished" as "hungry". `tools/word_clusters.py`
makes the table from the word vectors: a sorted number for each stem, which holds the CRC-32 of the stem and a
coarse and a fine cluster.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from chatbot.analysis import REMEMBERED, stem

FILE = Path(__file__).parent / "words" / "clusters.npy"
HASH_PLACE = 32
COARSE_PLACE = 16


@cache
def table() -> memoryview:
    """Return the clusters of every stem, mapped at the first call."""
    return memoryview(np.load(FILE, mmap_mode="r", allow_pickle=False))


def key_of(a_stem: str) -> int:
    """Return where the number of a stem begins."""
    return zlib.crc32(a_stem.encode("utf-8", "surrogatepass")) << HASH_PLACE


@lru_cache(maxsize=REMEMBERED)
def clusters_of(word: str) -> tuple[int, int] | None:
    """Return the coarse and the fine cluster of a word, or None for one that is not in the table."""
    if not word.isascii():
        return None
    key = key_of(stem(word))
    numbers = table()
    place = bisect_left(numbers, key)
    if place == len(numbers) or numbers[place] >> HASH_PLACE != key >> HASH_PLACE:
        return None
    number = numbers[place]
    return number >> COARSE_PLACE & 0xFFFF, number & 0xFFFF
