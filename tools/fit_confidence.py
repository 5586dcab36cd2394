"""Fit how sure an answer is, on questions whose answers are known and questions without an answer.

    python tools/fit_confidence.py [--write] [--withheld SHARE] FOLDER[=WEIGHT] ...

A FOLDER is as for `fit_ranking.py`, with `unanswerable.jsonl` too; some questions of the other folders are asked of
each as well, which its documents do not answer. WEIGHT counts its questions. Each folder is left out once: what is
printed is of the functions fitted on the others. The floor is that below which SHARE of the questions with an answer
fall that stand alone; follow-ups have a floor of their own.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fit_ranking import asked, with_past
from scipy.optimize import minimize

from chatbot import Chatbot, rebuild
from chatbot.confidence import NAMES, weigh_evidence
from chatbot.evaluation import plain_words
from chatbot.index.search import Hit, search
from chatbot.question.vectors import word_vectors

FOREIGN = 40
PENALTY = 3.0
MISSING = 3.0
"""How much less each number of `missing` may weigh than another, as multiples of their spreads."""
LAY = (0.25, 0.5)
"""What a question of the style `lay` counts for whether there is an answer, and for whether it is right: the training
folders have more and harder ones than visitors ask."""
ON_TOPIC = (0.5, 0.2)
"""The same for an unanswerable question on the topic, of which the folders have more too."""
CHATTING = ", chatting"
CONVERSATION = 3.0
"""What a follow-up of the conversations counts, of which there are few."""
FOLLOW_WITHHELD = 0.03
"""The share of the questions with an answer that the history completed which fall below their floor."""
OUT = Path(__file__).parent.parent / "chatbot" / "confidence.json"
Row = tuple[str, str, tuple[float, ...], bool, bool]
"""Folder, group, evidence, whether the documents answer it, whether the first passage does."""


def rows(name: str, bot: Chatbot, others: list[str]) -> Iterator[Row]:
    """Ask a folder's questions, and some of others."""
    for path in sorted(Path(name).glob("*.jsonl")):
        for style, text, gold, past in with_past(bot, path, unanswered=True):
            hits, evidence = ask(bot, text, past)
            if evidence:
                group = style if gold else f"no answer, {style}"
                if path.name.startswith("conversations"):
                    group += CHATTING
                yield name, group, evidence, bool(gold), bool(gold) and holds(bot, hits[0], gold)
    for other in others:
        foreign = [text for path in [Path(other) / "questions.jsonl"] for _, text, _, _ in asked(path)]
        for text in random.Random(5).sample(foreign, min(FOREIGN, len(foreign))):
            _, evidence = ask(bot, text, [])
            if evidence:
                yield name, "no answer, foreign", evidence, False, False


def ask(bot: Chatbot, text: str, history: list) -> tuple[list[Hit], tuple[float, ...]]:
    """Return the hits for a question and the evidence for the first."""
    query = bot.understood(text, history).query
    hits = search(bot.index, query, 12)
    return hits, weigh_evidence(bot.index, query, hits).values() if hits else ()


def holds(bot: Chatbot, hit: Hit, gold: list[dict[str, str]]) -> bool:
    """Say whether a hit holds a span of the gold."""
    stored = bot.index.passage(hit.passage)
    name, text = bot.index.names[stored.document], plain_words(stored.text)
    return any(g["document"] == name and plain_words(g.get("span", "")) in text for g in gold)


def fit(table: np.ndarray, truth: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Return the constant and weights of a logistic function; the penalty is on weights of scaled numbers."""
    scale = table.std(0) + 1e-6
    scale[len(NAMES) :] *= MISSING
    scaled = table / scale

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        p = 1 / (1 + np.exp(-(scaled @ w[1:] + w[0])))
        lost = -(worth * (truth * np.log(p + 1e-12) + (1 - truth) * np.log(1 - p + 1e-12))).sum()
        error = worth * (p - truth)
        slope = scaled.T @ error + PENALTY * w[1:]
        return lost + PENALTY / 2 * (w[1:] @ w[1:]), np.concatenate([[error.sum()], slope])

    w = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.concatenate([w[:1], w[1:] / scale])


def floor_of(answered: np.ndarray, has: np.ndarray, worth: np.ndarray, share: float) -> float:
    """Return the value below which a share of the questions with an answer fall."""
    order = np.argsort(answered[has == 1])
    below = np.cumsum(worth[has == 1][order]) / worth[has == 1].sum()
    return float(answered[has == 1][order][np.searchsorted(below, share)])


def applied(w: np.ndarray, table: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(table @ w[1:] + w[0])))


def weights_told(weights: np.ndarray) -> dict[str, object]:
    """Return weights by name, those of what is missing as a list."""
    single, missing = np.split(weights.round(4), [1 + len(NAMES)])
    return dict(zip(("constant", *NAMES), single.tolist(), strict=True)) | {"missing": missing.tolist()}


def main() -> None:
    """Fit, print, and write where told to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--withheld", type=float, default=0.06)
    options = parser.parse_args()
    weights = {name: float(weight or 1.0) for name, _, weight in (f.partition("=") for f in options.folders)}
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, name in enumerate(weights):
            rebuild(Path(name) / "corpus", Path(scratch) / str(number))
            bot = Chatbot.open(Path(scratch) / str(number))
            found += rows(name, bot, [other for other in weights if other != name][:3])
    folder = np.array([row[0] for row in found])
    group = np.array([row[1] for row in found])
    table = np.array([row[2] for row in found])
    has = np.array([row[3] for row in found], float)
    right = np.array([row[4] for row in found], float)
    on_topic = group == "no answer, on-topic"
    follows = table[:, NAMES.index("follow")] == 1.0
    counted = np.array([weights[row[0]] for row in found])
    counted *= np.where(np.char.endswith(group, CHATTING) & follows, CONVERSATION, 1.0)
    counted *= np.where(np.char.find(group, "follow-up") >= 0, 0.5, 1.0)  # they are asked twice
    worth, worth_right = (
        counted * np.where(group == "lay", lay, 1.0) * np.where(on_topic, unanswerable, 1.0)
        for lay, unanswerable in zip(LAY, ON_TOPIC, strict=True)
    )
    sure, answered = np.zeros(len(found)), np.zeros(len(found))
    for name in weights:
        rest = folder != name
        answered[~rest] = applied(fit(table[rest], has[rest], worth[rest]), table[~rest])
        sure[~rest] = applied(fit(table[rest], right[rest], worth_right[rest]), table[~rest])

    def floors(share: float, share_of_follow_ups: float) -> np.ndarray:
        """Return the floor of each question, of those that stand alone and of follow-ups."""
        single, follow = (
            floor_of(answered[chosen], has[chosen], worth[chosen], withheld)
            for chosen, withheld in ((~follows, share), (follows, share_of_follow_ups))
        )
        return np.where(follows, follow, single)

    for share in (0.02, 0.04, 0.06, 0.08, 0.1):
        each = floors(share, share)
        given = answered >= each
        told = " ".join(
            f"{name}: {1 - given[group == name].mean():.2f}"
            for name in np.unique(group)
            if name.startswith("no answer")
        )
        lost = right[~given].sum() / right.sum()
        print(
            f"withheld {share:.2f} floors {each.min():.3f} {each.max():.3f} right lost {lost:.3f} not answered: {told}"
        )
    chosen = floors(options.withheld, FOLLOW_WITHHELD)
    given = answered >= chosen
    brier = float(((sure[given] - right[given]) ** 2).mean())
    print(
        f"Brier {brier:.3f} of {given.sum()} answers, {right[given].mean() * (1 - right[given].mean()):.3f} of the mean"
    )
    order = np.argsort(-sure[given])
    for kept in (1.0, 0.85, 0.7):
        print(f"  surest {kept:.0%}: {right[given][order][: int(kept * given.sum())].mean():.3f} right")
    with_answer = given & (has == 1)
    order = np.argsort(-sure[with_answer])
    surest = right[with_answer][order][: int(0.85 * with_answer.sum())]
    print(f"  of those with an answer, surest 85%: {surest.mean():.3f}")
    told = {
        "answered": weights_told(fit(table, has, worth)),
        "right": weights_told(fit(table, right, worth_right)),
        "floor": round(float(chosen[~follows][0]), 3),
        "follow_floor": round(float(chosen[follows][0]), 3),
        "general_floor": max(0.55, round(float(chosen[follows][0]) + 0.01, 3)),
        "vectors": word_vectors().sha256,
    }
    print(json.dumps(told, indent=1))
    if options.write:
        OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
