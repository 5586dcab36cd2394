"""Measure the processor time of the triage beside that of an empty Flask request.

    python benchmarks/safety/speed.py

No message is timed twice, so that what the program remembers of one helps no other but by its words. Exits with 1
where messages of a kind, of 2,000 characters, take over 5 ms on average.
"""

from __future__ import annotations

import json
import random
import string
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Flask

from chatbot.safety import triage

QUESTIONS = Path(__file__).parent.parent / "quality" / "training"
SIZE = 2_000
EACH = 40
MOST_MILLISECONDS = 5.0
SEED = 3


def main() -> int:
    """Print the times. Returns 1 where a long message takes too long."""
    chance = random.Random(SEED)
    questions = ordinary()
    chance.shuffle(questions)
    seen, new = questions[: len(questions) // 2], questions[len(questions) // 2 :]
    for question in seen:
        triage(question)
    empty = flask_request()
    print(f"{'an empty Flask request':28} {empty:6.2f} ms")
    print(f"{'an ordinary question':28} {milliseconds(triage, new):6.2f} ms")
    slow = False
    for name, messages in long_messages(chance, questions).items():
        took = milliseconds(triage, messages)
        slow |= took > MOST_MILLISECONDS
        print(f"{name:28} {took:6.2f} ms  {took / empty:5.1f} empty requests")
    return int(slow)


def ordinary() -> list[str]:
    """Return the questions of the quality benchmark."""
    paths = sorted(QUESTIONS.glob("*/questions.jsonl"))
    return [json.loads(line)["question"] for path in paths for line in path.read_text("utf-8").splitlines()]


def long_messages(chance: random.Random, questions: list[str]) -> dict[str, list[str]]:
    """Return messages of 2,000 characters of many kinds, each another one."""

    def word() -> str:
        return "".join(chance.choices(string.ascii_lowercase, k=chance.randrange(2, 10)))

    def filled(piece: Callable[[], str], between: str = " ") -> list[str]:
        return [between.join(piece() for _ in range(SIZE))[:SIZE] for _ in range(EACH)]

    return {
        "questions": filled(lambda: chance.choice(questions)),
        "words nobody knows": filled(word),
        "unknown words, sentences": filled(word, ". "),
        "letters": filled(lambda: chance.choice(string.ascii_letters)),
        "one long word": filled(lambda: chance.choice(string.ascii_lowercase), ""),
        "marks": filled(lambda: chance.choice(string.punctuation), ""),
        "numbers": filled(lambda: str(chance.randrange(10_000))),
        "all of Unicode": filled(lambda: chr(chance.randrange(0x20, 0xD800)), ""),
        "my mum over and over": filled(lambda: chance.choice(["my mum", "can I", "has jerks", "not"])),
    }


def flask_request() -> float:
    """Return the milliseconds of processor time of a request to a Flask application that does nothing."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    client = app.test_client()
    return min(milliseconds(lambda _: client.get("/"), [""] * 200) for _ in range(3))


def milliseconds(do: Callable[[str], object], messages: Iterable[str]) -> float:
    """Return the processor time of each message, on average."""
    listed = list(messages)
    begun = time.process_time()
    for message in listed:
        do(message)
    return 1000 * (time.process_time() - begun) / len(listed)


if __name__ == "__main__":
    sys.exit(main())
