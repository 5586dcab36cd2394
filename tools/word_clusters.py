"""Group the word vectors into clusters of words near in meaning: `python tools/word_clusters.py`.

Run it after `tools/word_vectors.py`; it writes `chatbot/safety/words/clusters.npy`, for each stem its cluster among
`COARSE` and among `FINE`, which the safety triage reads words by. Train its model anew after it.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans

from chatbot.question.vectors import Float32, word_vectors
from chatbot.safety.clusters import COARSE_PLACE, FILE, key_of

COARSE = 200
FINE = 800
SEED = 0


def main() -> None:
    """Write the clusters of the package's vectors."""
    table = word_vectors()
    vectors = table.vectors(range(len(table)))
    both = zip(table.stems(), clusters(vectors, COARSE), clusters(vectors, FINE), strict=True)
    numbers = [key_of(stem) | int(coarse) << COARSE_PLACE | int(fine) for stem, coarse, fine in both]
    np.save(FILE, np.array(sorted(numbers), dtype=np.uint64), allow_pickle=False)
    sys.stdout.write(f"{len(table)} words in {COARSE} and {FINE} clusters\n")


def clusters(vectors: Float32, count: int) -> npt.NDArray[np.uint16]:
    """Return the cluster of each vector among so many (mini-batch k-means, Sculley 2010)."""
    means = MiniBatchKMeans(count, random_state=SEED, n_init=1, batch_size=2048, max_iter=15)
    found: npt.NDArray[np.uint16] = means.fit_predict(vectors).astype(np.uint16)
    return found


if __name__ == "__main__":
    main()
