"""How far a share counted on some questions may be from that of all such questions."""

from __future__ import annotations

import math

NORMAL_95 = 1.959964


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share, (0, 1) of nothing.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not total:
        return 0.0, 1.0
    share, squared = hits / total, NORMAL_95**2
    middle = (share + squared / (2 * total)) / (1 + squared / total)
    half = (
        NORMAL_95 * math.sqrt(share * (1 - share) / total + squared / (4 * total**2)) / (1 + squared / total)
    )
    return max(0.0, middle - half), min(1.0, middle + half)
