"""Give the triage messages of any characters, and report the first that it fails on.

    python benchmarks/safety/fuzz.py [COUNT] [SEED]

Half of them are random characters of all of Unicode, lone surrogates too; half are cut up and shuffled
examples. Each is also asked after another one.
"""

from __future__ import annotations

import random
import sys

from chatbot.reply import Turn
from chatbot.safety import triage
from chatbot.safety.training_examples import read_examples

LABELS = {"crisis", "emergency", "personal_advice", "smalltalk", "none"}


def main(count: int = 100_000, seed: int = 1) -> int:
    """Ask so many messages. Returns 1 where one fails."""
    chance = random.Random(seed)
    words = [word for example in read_examples() for word in example.text.split()]
    before = ""
    for number in range(count):
        message = _any(chance) if number % 2 else _shuffled(chance, words)
        history = [Turn("user", before), Turn("assistant", "…")] if number % 5 == 0 else []
        try:
            found = triage(message, history)
            assert found.label in LABELS
            assert 0.0 <= found.confidence <= 1.0
            assert bool(found.reasons) == (found.label != "none")
            assert (found.smalltalk is not None) == (found.label == "smalltalk")
        except Exception as error:
            print(f"message {number}, {message!r} after {before!r}: {error!r}")
            return 1
        before = message
    print(f"{count} messages, none failed")
    return 0


def _any(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(80)))


def _shuffled(chance: random.Random, words: list[str]) -> str:
    return chance.choice(" \n\t.?").join(chance.choices(words, k=chance.randrange(30)))


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
