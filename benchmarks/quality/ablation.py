"""What each step of understanding and ranking does: figures with all steps, and with one left out at a time.

    python benchmarks/quality/ablation.py [CORPUS QUESTIONS ...]

Prints a Markdown table: right@1, right@3 and the mean reciprocal rank of the search, and how each changes.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from chatbot import Chatbot, rebuild
from chatbot.errors import ChatbotError, UsageError
from chatbot.evaluation import Asked, Item, read_files
from chatbot.evaluation.judging import spans_held
from chatbot.index.features import ABOUT, PASSAGE_FEATURES
from chatbot.index.following import FOLLOWING_FEATURES
from chatbot.index.judging import weights
from chatbot.index.ranking import Scoring
from chatbot.question.steps import Steps
from chatbot.reply import Turn

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "tests" / "data" / "allergy"
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and how it is left out: fields of `Steps`, weights of `Scoring`, features of passages (with those that
    count in a document about the subject), or the history."""

    name: str
    steps: Mapping[str, bool] = field(default_factory=dict)
    scoring: Mapping[str, float] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    history: bool = True


_SUBJECT = ("subject", *(name for name in PASSAGE_FEATURES if name.endswith(ABOUT)))
_READ = [name for name in PASSAGE_FEATURES if name not in ("first", "nearby")]
_NEAR = (
    *("all_near", "near", "close", "alike", "heading_alike", "heading_near", "near_mean", "best_near"),
    *("best_alike", "most_alike", "most_close", "joint_near"),
)
_HEADINGS = (
    "heading",
    "heading_precise",
    "heading_fit",
    "heading_alike",
    "heading_near",
    "kind",
    "first_below",
)
_SHAPES = ("best_shape", "best_shape_more", "best_defines", "shaped", "asks_other", "leads", "subject_shaped")
NOTHING = Step("(all steps)")
STEPS = (
    Step("spelling", steps={"spelling": False}),
    Step("everyday words (synonyms)", steps={"everyday_words": False}),
    Step("kind of thing asked", steps={"kind_asked": False}),
    Step("focus of long messages", steps={"focus": False}),
    Step("follow-up context", history=False),
    Step("features of a follow-up", features=FOLLOWING_FEATURES),
    Step("title (first ranking)", scoring={"title": 0.0, "about": math.inf}),
    Step("sentences, headings, meaning: all that is read", features=tuple(_READ)),
    Step("word vectors", features=_NEAR),
    Step("headings", features=_HEADINGS),
    Step("title", features=("title", "title_precise")),
    Step("documents about the subject", features=_SUBJECT),
    Step("shapes of sentences", features=_SHAPES),
    Step("words of the kind asked", features=("asked_sentence",)),
    Step(
        "headings of the kind asked",
        features=("kind", "kind_context", "other_context", "kind_read", "other_read"),
    ),
    Step("what is named, apart from what asks", features=("named_said",)),
    Step("summaries", features=("summary",)),
    Step("how precise a sentence is", features=("most_precise",)),
    Step(
        "roles of passages",
        scoring={"beyond_body": 1.0, "asked_role": 1.0, "role": 0.0},
        features=("beyond", "role"),
    ),
)
"""One row of the table each. A step that the code gains or loses is declared here and nowhere else."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Right@1, right@3 and the mean reciprocal rank, shares of `count` questions."""

    count: int
    right1: float
    right3: float
    reciprocal_rank: float

    @classmethod
    def of(cls, ranks: Sequence[int]) -> Figures:
        """Count the ranks of the first right passages; 0 is none."""
        count = len(ranks)
        return cls(
            count,
            sum(rank == 1 for rank in ranks) / count,
            sum(0 < rank <= 3 for rank in ranks) / count,
            sum(1 / rank for rank in ranks if rank) / count,
        )


def main() -> int:
    """Print the table. Returns the exit code: 0 done, 2 wrong usage or input, 3 the machine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", metavar="CORPUS", nargs="?", type=Path, help="a folder of documents")
    parser.add_argument("questions", metavar="QUESTIONS", nargs="*", type=Path, help="files of questions")
    parser.add_argument("--index", metavar="DIR", type=Path, help="keep the index there, to run it again")
    options = parser.parse_args()
    try:
        if options.corpus and not options.questions:
            raise UsageError(f"{options.corpus}: name the files of questions after it")
        corpus = options.corpus or HELD_OUT / "corpus"
        items = read_files(options.questions or [HELD_OUT / "questions.jsonl", HELD_OUT / "dialogues.jsonl"])
        with tempfile.TemporaryDirectory() as temporary:
            index = options.index or Path(temporary) / "index"
            rebuild(corpus, index)
            print(table(measure(Chatbot.open(index), items)))
    except ChatbotError as error:
        print(f"ablation: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def measure(bot: Chatbot, items: Sequence[Item]) -> dict[str, Figures]:
    """Return the figures with all steps and, by name, with each left out."""
    asked = questions(bot, items)
    if not asked:
        raise UsageError("no question expects an answer")
    return {step.name: Figures.of(ranks(bot, step, asked)) for step in (NOTHING, *STEPS)}


def questions(bot: Chatbot, items: Sequence[Item]) -> list[tuple[Asked, tuple[Turn, ...]]]:
    """Return what expects an answer, each with its history: what the whole bot said, the same for every row."""
    found = []
    for item in items:
        history: tuple[Turn, ...] = ()
        for asked in item.turns:
            if asked.expected == "answer":
                found.append((asked, history))
            if item.dialogue:
                reply = bot.reply(asked.text, history)
                quoted = tuple(passage.id for passage in reply.passages)
                history += (Turn("user", asked.text), Turn("assistant", reply.text, quoted))
    return found


def without(bot: Chatbot, step: Step) -> Chatbot:
    """Return a bot over the same index that leaves a step out. Raises UsageError where the code has no such step."""
    if unknown := set(step.features) - set(PASSAGE_FEATURES):
        raise UsageError(
            f"{step.name}: there is no feature “{sorted(unknown)[0]}”; mend STEPS in ablation.py"
        )
    for given, of in ((step.steps, Steps), (step.scoring, Scoring)):
        if unknown := set(given) - {one.name for one in fields(of)}:
            raise UsageError(
                f"{step.name}: {of.__name__} has no “{sorted(unknown)[0]}”; mend STEPS in ablation.py"
            )
    left_out = {*step.features, *(name + ABOUT for name in step.features)} & set(PASSAGE_FEATURES)
    return Chatbot(
        bot.index,
        steps=replace(Steps(), **step.steps),
        scoring=replace(Scoring(), **step.scoring),
        weights=weights().without(*left_out),
    )


def ranks(bot: Chatbot, step: Step, asked: Sequence[tuple[Asked, tuple[Turn, ...]]]) -> list[int]:
    """Return the place of each first right passage of a search without a step, 0 where there is none."""
    lacking = without(bot, step)
    found = []
    for one, history in asked:
        hits = lacking.search(one.text, DEPTH, history if step.history else ())
        held = (spans_held(hit.citation.document, hit.text, one.gold) for hit in hits)
        found.append(next((n for n, spans in enumerate(held, 1) if spans), 0))
    return found


def table(figures: Mapping[str, Figures]) -> str:
    """Return the figures as Markdown, the change against all steps in brackets."""
    whole = figures[NOTHING.name]
    lines = [
        f"| without, on {whole.count:,} questions | right@1 | right@3 | MRR@{DEPTH} |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, one in figures.items():
        if one is whole:
            lines.append(f"| {name} | {one.right1:.1%} | {one.right3:.1%} | {one.reciprocal_rank:.3f} |")
            continue
        lines.append(
            f"| {name} | {one.right1:.1%} ({100 * (one.right1 - whole.right1):+.1f}) "
            f"| {one.right3:.1%} ({100 * (one.right3 - whole.right3):+.1f}) "
            f"| {one.reciprocal_rank:.3f} ({one.reciprocal_rank - whole.reciprocal_rank:+.3f}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
