"""Fit the weights of the ranking on questions whose answers are known.

    python tools/fit_ranking.py [--write] [--skip NAME ...] FOLDER[=WEIGHT] ...

A FOLDER has `corpus/` and files of questions beside it (`questions*.jsonl`, `dialogues*.jsonl`,
`conversations*.jsonl`), as in
`benchmarks/quality/training/`; a gold without a span means any passage of its document. WEIGHT counts its questions.
Each folder is left out once and ranked with the weights of the others, which is what is printed; `--skip` leaves
features out. Questions made from the headings of a folder's documents (`generated_questions.py`) count
`GENERATED` of that, where it has few documents. `--write` then fits on all of them and writes
`chatbot/index/weights.json`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from generated_questions import generated
from scipy.optimize import minimize

from chatbot import Chatbot, rebuild
from chatbot.evaluation import plain_words
from chatbot.index.features import PASSAGE_FEATURES, SENTENCE_FEATURES
from chatbot.index.judging import Weights, weights
from chatbot.index.search import candidates
from chatbot.reply import Turn

PENALTY = 10.0
MOST_OF_A_SET = 900
GENERATED, GENERATED_FOLLOWING = 0.15, 0.06
"""What a question made from a heading counts, by itself and as a follow-up."""
MOST_DOCUMENTS = 50
"""A folder of more documents has questions enough."""
OUT = Path(__file__).parent.parent / "chatbot" / "index" / "weights.json"


@dataclass
class Case:
    """A question's candidates: features and which are right; sentences' features and which answer (of right ones)."""

    style: str
    passages: np.ndarray
    right: np.ndarray
    sentences: np.ndarray
    answering: np.ndarray
    inside: np.ndarray  # the sentences of right passages
    documents: np.ndarray
    worth: float = 1.0


def asked(
    path: Path, *, unanswered: bool = False
) -> Iterator[tuple[str, str, list[dict[str, str]], list[Turn]]]:
    """Yield style, question, gold and history of each question and turn; a turn's history quotes the gold.

    Those without gold are left out, but where `unanswered` asks for those that the documents do not answer; so are
    turns that ask for more: that they get what was not shown yet is a rule, and no weight.
    """
    for line in path.read_text("utf-8").splitlines():
        item = json.loads(line)
        history: list[Turn] = []
        for turn in item.get("turns", [item]):
            text, gold = turn.get("user", turn.get("question")), turn.get("gold") or []
            asks = gold or (unanswered and turn.get("kind") == "no_answer")
            if asks and turn.get("link") != "more":
                follow = "turns" in item and history
                yield ("follow-up" if follow else item.get("style", "first")), text, gold, list(history)
            history += [
                Turn("user", text),
                Turn("assistant", " ".join(g.get("span", "") for g in gold) or "…"),
            ]


def cases(bot: Chatbot, path: Path, by: Weights) -> list[Case]:
    """Return the cases of a file of questions."""
    out = []
    index = bot.index
    for style, text, gold, past in with_past(bot, path):
        query = bot.understood(text, past).query
        found = candidates(index, query, by=by)
        if found is None:
            nothing = np.zeros(0, bool)
            table = np.zeros((0, len(PASSAGE_FEATURES)))
            out.append(Case(style, table, nothing, table, nothing, nothing, np.zeros(0)))
            continue
        right, answering, inside = [], [], []
        for number in found.passages.tolist():
            stored = index.passage(number)
            name = index.names[stored.document]
            spans = [plain_words(g["span"]) if "span" in g else None for g in gold if g["document"] == name]
            whole = plain_words(stored.text)
            held = [span for span in spans if span is None or span in whole]
            right.append(bool(held))
            for start, end, _, _ in index.sentences(number):
                inside.append(bool(held))
                mark = plain_words(stored.text[start:end])
                answering.append(bool(mark) and any(s is not None and (mark in s or s in mark) for s in held))
        out.append(
            Case(
                style,
                found.features.passages.astype(float),
                np.array(right),
                found.features.sentences.astype(float),
                np.array(answering),
                np.array(inside),
                index.passage_documents[found.passages],
            )
        )
    return out


def made_from_headings(bot: Chatbot, by: Weights) -> list[Case]:
    """Return the cases of the questions that the headings of a folder's documents make."""
    if bot.index.document_count() > MOST_DOCUMENTS:
        return []
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in generated(bot))
        file.flush()
        found = cases(bot, Path(file.name), by)
    for case in found:
        following = case.style.startswith("follow-up")
        case.worth = GENERATED_FOLLOWING if following else GENERATED
        case.style = "generated follow-up" if following else "generated"
        case.answering[:] = False  # a heading says which passages are right, and not which sentence answers
    return found


def with_past(
    bot: Chatbot, path: Path, *, unanswered: bool = False
) -> Iterator[tuple[str, str, list[dict[str, str]], list[Turn]]]:
    """Yield what `asked` does. Turns come twice: after the right answers, and after those that were given.

    Who learns from the right ones alone trusts too much in what was read before.
    """
    given: dict[tuple[str, ...], Turn] = {}
    for style, text, gold, history in asked(path, unanswered=unanswered):
        yield style, text, gold, quoting(bot, history)
        if not history:
            continue
        past: list[Turn] = []
        for turn in history[::2]:
            said = (*(before.content for before in past if before.role == "user"), turn.content)
            if said not in given:
                reply = bot.reply(turn.content, history=past)
                given[said] = Turn("assistant", reply.text, tuple(p.id for p in reply.passages))
            past += [turn, given[said]]
        yield f"{style}, after what was given", text, gold, past


def quoting(bot: Chatbot, history: Sequence[Turn]) -> list[Turn]:
    """Return a history whose answers name the passage that they quote."""
    out = []
    for turn in history:
        if turn.role == "assistant":
            ids = [bot.index.passage(n).id for n in range(len(bot.index)) if _holds(bot, n, turn.content)][:1]
            turn = Turn("assistant", turn.content, tuple(ids))
        out.append(turn)
    return out


def _holds(bot: Chatbot, number: int, span: str) -> bool:
    cache = bot.__dict__.setdefault("_plain", {})
    if number not in cache:
        cache[number] = plain_words(bot.index.passage(number).text)
    return bool(span) and plain_words(span) in cache[number]


def softmax_fit(groups: list[tuple[np.ndarray, np.ndarray, float]], penalty: float) -> np.ndarray:
    """Return the weights under which the right ones of each group have most of its probability."""
    groups = [g for g in groups if g[1].any() and not g[1].all()]
    table = np.concatenate([g[0] for g in groups])
    scale = table.std(0) + 1e-6
    table = table / scale
    right = np.concatenate([g[1] for g in groups])
    sizes = [len(g[1]) for g in groups]
    owner = np.repeat(np.arange(len(groups)), sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    worth = np.array([g[2] for g in groups])
    total = worth.sum()

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        values = table @ w
        values = np.exp(values - np.maximum.reduceat(values, starts)[owner])
        everything = np.add.reduceat(values, starts)
        good = np.add.reduceat(values * right, starts) + 1e-12
        slope = (values / everything[owner] - values * right / good[owner]) * worth[owner]
        lost = (worth * (np.log(everything) - np.log(good))).sum() / total + penalty / total * (w @ w) / 2
        return lost, table.T @ slope / total + penalty / total * w

    return (
        minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 800}).x
        / scale
    )


def passage_groups(
    sets: dict[str, list[Case]], worth: dict[str, float], kept: list[int]
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    return [
        (c.passages[:, kept], c.right, c.worth * worth[name])
        for name, listed in sets.items()
        for c in listed
        if len(c.right)
    ]


def sentence_groups(
    sets: dict[str, list[Case]], worth: dict[str, float]
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return the sentences of each right passage, with those that answer."""
    out = []
    for name, listed in sets.items():
        for case in listed:
            if not case.answering.any():
                continue
            out.append((case.sentences[case.inside], case.answering[case.inside], worth[name]))
    return out


def measured(listed: list[Case], w: np.ndarray) -> dict[str, np.ndarray]:
    """Return right@1, right@3 and the reciprocal rank by document of each case, by style."""
    out: dict[str, list[tuple[float, float, float]]] = {}
    for case in listed:
        row = (0.0, 0.0, 0.0)
        if len(case.right):
            order = np.argsort(-(case.passages @ w), kind="stable")
            seen: list[int] = []
            rank = 0.0
            for place in order:
                document = int(case.documents[place])
                if document not in seen:
                    seen.append(document)
                    if case.right[place]:
                        rank = 1 / len(seen) if len(seen) <= 10 else 0.0
                        break
            row = (float(case.right[order[0]]), float(case.right[order[:3]].any()), rank)
        out.setdefault(case.style, []).append(row)
        if case.worth == 1.0:
            out.setdefault("all", []).append(row)
    return {style: np.array(rows) for style, rows in out.items()}


def main() -> None:
    """Fit, print, and write where told to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--penalty", type=float, default=PENALTY)
    parser.add_argument("--check", nargs="*", default=[], help="folders that are only measured")
    options = parser.parse_args()
    worth = {name: float(weight or 1.0) for name, _, weight in (f.partition("=") for f in options.folders)}
    by = weights()
    kept = [n for n, name in enumerate(PASSAGE_FEATURES) if name not in options.skip]
    with tempfile.TemporaryDirectory() as scratch:
        bots = {}
        for number, name in enumerate([*worth, *options.check]):
            rebuild(Path(name) / "corpus", Path(scratch) / str(number))
            bots[name] = Chatbot.open(Path(scratch) / str(number))

        def gather(name: str, by: Weights) -> list[Case]:
            files = sorted(
                p
                for p in Path(name).glob("*.jsonl")
                if p.name.startswith(("questions", "dialogues", "conversations"))
            )
            asked = [case for path in files for case in cases(bots[name], path, by)][:MOST_OF_A_SET]
            return asked + made_from_headings(bots[name], by)

        sentence = softmax_fit(
            sentence_groups({name: gather(name, by) for name in worth}, worth), options.penalty
        )
        by = Weights(by.passage, sentence.astype(np.float32))
        sets = {name: gather(name, by) for name in worth}

        def fitted(names: list[str]) -> np.ndarray:
            chosen = {name: sets[name] for name in names}
            w = np.zeros(len(PASSAGE_FEATURES))
            w[kept] = softmax_fit(passage_groups(chosen, worth, kept), options.penalty)
            return w

        every: dict[str, list[np.ndarray]] = {}
        for name in worth:
            found = measured(
                sets[name],
                fitted([other for other in worth if other != name or len(worth) == 1]),
            )
            print(
                f"{name:45} n {len(found['all']):4} right@1/@3/MRR",
                *(f"{v:.3f}" for v in found["all"].mean(0)),
                flush=True,
            )
            if "documents" not in found:
                for style, rows in found.items():
                    every.setdefault(style, []).append(rows)
        for style, rows in every.items():
            print(f"  {style:12}", *(f"{v:.3f}" for v in np.concatenate(rows).mean(0)), sum(map(len, rows)))
        w = fitted(list(worth))
        for name in options.check:
            found = measured(gather(name, by), w)
            print("check", name, {s: tuple(r.mean(0).round(3).tolist()) for s, r in found.items()})
    print({name: round(float(v), 2) for name, v in zip(PASSAGE_FEATURES, w, strict=True) if v})
    print({name: round(float(v), 2) for name, v in zip(SENTENCE_FEATURES, sentence, strict=True)})
    if options.write:
        told = {
            "passage": {name: round(float(v), 4) for name, v in zip(PASSAGE_FEATURES, w, strict=True) if v},
            "sentence": {
                name: round(float(v), 4) for name, v in zip(SENTENCE_FEATURES, sentence, strict=True)
            },
        }
        OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
