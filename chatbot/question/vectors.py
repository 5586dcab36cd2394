"""Word vectors: how near two words are in meaning, where neither the documents nor the lexicon say so.

A fixed table of numbers, a row a stem, shipped with the package: the directions of a text's words add up to where a
sentence embedder puts texts of that meaning. `tools/word_vectors.py` makes it from that embedder, WordNet and the
everyday words; `data/README.md` names the sources. No model runs here, nothing is learned or fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from chatbot.analysis import REMEMBERED
from chatbot.index.storage import Int64, file_sha256, map_array, map_bytes
from chatbot.index.strings import StringTable

Float32 = npt.NDArray[np.float32]
SIZE = 96
"""Numbers of a vector."""
ONE = 63.5
"""The byte of a word that counts 1 in a sum."""
RARE = 0.7
"""The rarity in English from which on a word is the name of something: no other word says it."""
COMMON_SHARE = 0.4
"""What a term's inverse document frequency counts, at least, however common its word is in English."""
RARE_MORE = 5.0
"""How much more the rarest words of English count beside the commonest where there are no documents."""
Rarity = TypeVar("Rarity", float, Float32)


class WordVectors:
    """The table opened, memory-mapped: for each of some stems a unit vector and how rare the word is in English."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, int | None] = {}
        self._stems = StringTable(
            map_bytes(folder / "vector-stems.bin"), cast(Int64, map_array(folder / "vector-stems.npy"))
        )
        self._rows = cast(npt.NDArray[np.int8], map_array(folder / "vectors.npy"))

    def __len__(self) -> int:
        return len(self._stems)

    @cached_property
    def sha256(self) -> str:
        """The hash of the table: an index made with another has to be made anew."""
        return file_sha256(self._folder / "vectors.npy")

    def find(self, stem: str) -> int | None:
        """Return the row of a stem, or None where the table lacks it."""
        if stem in self._found:
            return self._found[stem]
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        row = self._found[stem] = self._stems.find(stem)
        return row

    def stems(self) -> list[str]:
        """Return every stem, in the order of the rows."""
        return [self._stems[row] for row in range(len(self))]

    def vectors(self, rows: Iterable[int]) -> Float32:
        """Return the unit vectors of some rows, each of `SIZE` numbers."""
        listed = np.fromiter(rows, np.int64)
        return unit(self._rows[listed, :SIZE].astype(np.float32))

    def vector(self, row: int) -> Float32:
        """Return the unit vector of a row."""
        return unit(self._rows[row, :SIZE].astype(np.float32))

    def stored(self, rows: Iterable[int]) -> npt.NDArray[np.int8]:
        """Return some rows as they are stored: `SIZE` numbers of any common scale."""
        return np.ascontiguousarray(self._rows[np.fromiter(rows, np.int64), :SIZE])

    def weights(self, rows: Iterable[int]) -> Float32:
        """Return how much each of some words counts beside others in the sum of a text: 0 to 2, 1 for most."""
        bytes_of = self._rows[np.fromiter(rows, np.int64), SIZE + 1]
        return cast(Float32, bytes_of / np.float32(ONE))

    def weight(self, row: int) -> float:
        """Return how much one word counts."""
        return float(self._rows[row, SIZE + 1] / np.float32(ONE))

    def rarity(self, row: int | None) -> float:
        """Return how rare a word is in English: 0 for the commonest, 1 for one that the table lacks."""
        return 1.0 if row is None else float(self._rows[row, SIZE]) / 127.0


def uncommon(rarity: Rarity) -> Rarity:
    """Return the share of its inverse document frequency that a word so rare in English counts."""
    return COMMON_SHARE + (1.0 - COMMON_SHARE) * rarity


def in_english(rarity: Rarity) -> Rarity:
    """Return how much a word so rare counts where there are no documents, as when the table was learnt."""
    return (1.0 + RARE_MORE * rarity) * uncommon(rarity)


def unit(vectors: Float32) -> Float32:
    """Return vectors scaled to length 1; zeros stay zeros."""
    lengths = np.sqrt(np.add.reduce(vectors * vectors, axis=-1, keepdims=True))
    return cast(Float32, vectors / np.maximum(lengths, 1e-9))


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """Open the package's table."""
    return WordVectors(Path(str(resources.files("chatbot.question").joinpath("data"))))
