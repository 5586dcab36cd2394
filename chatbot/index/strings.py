"""Strings in a file, found by number or, where they are sorted, by binary search; nothing is read whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np

from chatbot.index.storage import Blob, Int64


class StringTable(Sequence[str]):
    """Strings laid end to end: string n stands in bytes `offsets[n]` to `offsets[n + 1]`."""

    def __init__(self, blob: Blob, offsets: Int64) -> None:
        self._blob = blob
        self._places = offsets.data

    def __len__(self) -> int:
        return len(self._places) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self.at(place).decode() for place in range(*number.indices(len(self)))]
        return self.at(number).decode()

    def at(self, number: int) -> bytes:
        """Return a string's bytes."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._blob[self._places[number] : self._places[number + 1]]

    def find(self, text: str) -> int | None:
        """Return the number of a string in a table sorted by its bytes, or None."""
        wanted = text.encode("utf-8", "surrogatepass")
        blob, places = self._blob, self._places
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if blob[places[middle] : places[middle + 1]] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.at(low) == wanted else None


def pack(strings: Iterable[bytes]) -> tuple[bytes, Int64]:
    """Lay strings end to end. Returns the bytes and the offsets, one more than there are strings."""
    joined = list(strings)
    offsets = np.zeros(len(joined) + 1, np.int64)
    np.cumsum([len(item) for item in joined], out=offsets[1:])
    return b"".join(joined), offsets
