"""How often the right passage comes first: this project beside other search, all over the very same passages.

    python benchmarks/quality/compare.py [CORPUS QUESTIONS ...]

Prints one Markdown table by style of question; README.md beside this says what is measured.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

import engines
from asked import read
from measure import SEED, asked, table

from chatbot import Chatbot, rebuild
from chatbot.errors import ChatbotError, UsageError

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "tests" / "data" / "allergy"


def main() -> int:
    """Print the table. Returns the exit code: 0 done, 2 wrong usage or input, 3 something is not installed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", metavar="CORPUS", nargs="?", type=Path, help="a folder of documents")
    parser.add_argument("questions", metavar="QUESTIONS", nargs="*", type=Path, help="files of questions")
    parser.add_argument("--engines", metavar="A,B", help=f"which (default: {', '.join(engines.NAMES)})")
    parser.add_argument("--index", metavar="DIR", type=Path, help="keep the index there, to run it again")
    parser.add_argument("--sample", metavar="N", type=int, help="ask N of the questions, drawn at random")
    options = parser.parse_args()
    try:
        if options.corpus and not options.questions:
            raise UsageError(f"{options.corpus}: name the files of questions after it")
        corpus = options.corpus or HELD_OUT / "corpus"
        questions = options.questions or [HELD_OUT / "questions.jsonl"]
        names = engines.chosen(options.engines)
        with tempfile.TemporaryDirectory() as temporary:
            compare(corpus, questions, names, options.index or Path(temporary) / "index", options.sample)
    except ChatbotError as error:
        print(f"compare: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def compare(corpus: Path, files: list[Path], names: list[str], index: Path, sample: int | None) -> None:
    """Build an index of a corpus, ask every engine and print the table."""
    rebuild(corpus, index)
    bot = Chatbot.open(index)
    documents = frozenset(bot.index.names.at(n).decode() for n in range(bot.index.document_count()))
    questions, left_out = read(files, documents)
    if sample and sample < len(questions):
        questions = random.Random(SEED).sample(questions, sample)
    results = {}
    for name, engine in engines.make(names, bot).items():
        results[name] = asked(engine, questions)
    print(f"{len(documents):,} documents, {len(bot.index):,} passages, {len(questions):,} questions\n")
    print(table(results))
    if left_out:
        print(f"\nLeft out: {left_out:,} dialogues and questions that expect no answer.")


if __name__ == "__main__":
    sys.exit(main())
