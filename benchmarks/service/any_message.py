"""Ask anything: messages and histories of any Unicode, and look whether each reply keeps what it promises.

    python benchmarks/service/any_message.py --cases 100000

Hypothesis makes the messages: any characters (halves of surrogate pairs too), the index's own words in any order and
spelling, its headings, messages of the safety triage's examples, and what was replied before; the histories are made
of the same, or are what the bot replied to them. A reply that breaks a promise, or an error, is made as small as it
gets and printed; then it leaves with 1. A case is one reply that was looked at.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from program import ROOT, rebuild
from validity import broken_promises, counted

from chatbot import Chatbot
from chatbot.safety.training_examples import read_examples

_BLOCK = 2_000
"""Conversations of one search; what Hypothesis remembers of a search grows with it."""


def main() -> int:
    """Run it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    given_ = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rebuild(given_.corpus, Path(folder, "index"))
        bot = Chatbot.open(Path(folder, "index"))
        kinds: Counter[str] = Counter()
        began = time.monotonic()
        done = 0
        while done < given_.cases:
            try:
                _search(bot, kinds, min(_BLOCK, -(-(given_.cases - done) // 2)), given_.seed + done)
            except AssertionError as error:
                print(f"broken: {error}")
                return 1
            done = sum(kinds.values())
        print(f"cases   {done:>9,}   in {time.monotonic() - began:.0f} s")
        print(f"kinds   {counted(kinds)}")
        print("broken          0", flush=True)
    return 0


def _search(bot: Chatbot, kinds: Counter[str], conversations: int, start: int) -> None:
    """Hold so many conversations. Raises AssertionError of the smallest case that fails."""

    @seed(start)
    @settings(
        max_examples=conversations,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    @given(case=_cases(bot))
    def ask(case: dict[str, Any]) -> None:
        try:
            check(case)
        except Exception as error:
            raise AssertionError(f"{case!r}: {type(error).__name__}: {error}") from error

    def check(case: dict[str, Any]) -> None:
        history, limit, explain = case["history"], case["limit"], case["explain"]
        for message in case["messages"]:
            reply = bot.reply(message, history, limit=limit, explain=explain)
            broken = list(broken_promises(bot, reply, message, limit, explain))
            assert not broken, f"{'; '.join(broken)}; replied {reply}"
            kinds[reply.kind] += 1
            history = [
                *history,
                {"role": "user", "content": message},
                {
                    "role": "assistant",
                    "content": reply.text,
                    "passages": [passage.id for passage in reply.passages],
                },
            ]

    ask()


def _cases(bot: Chatbot) -> st.SearchStrategy[dict[str, Any]]:
    message = _messages(bot)
    turn = st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant"]), "content": message | st.just("")},
        optional={"passages": st.lists(_ids(bot) | st.text(max_size=20), max_size=4)},
    )
    return st.fixed_dictionaries(
        {
            "history": st.just([]) | st.lists(turn, max_size=24),
            "messages": st.lists(message, min_size=1, max_size=3),
            "limit": st.just(3) | st.integers(1, 10),
            "explain": st.sampled_from([False, False, True]),
        }
    )


def _messages(bot: Chatbot) -> st.SearchStrategy[str]:
    """Messages of 1 to 2,000 characters that are not all white space, as the API takes them."""
    index = bot.index
    headings = sorted(
        {
            text
            for number in range(index.document_count())
            for _, text, _ in index.document(number).headings
            if text.strip()
        }
    )
    examples = [example.text for example in read_examples() if example.text.strip()]
    character = st.characters(codec="utf-8")
    anything = st.text(st.characters(), min_size=1, max_size=60)
    long = st.builds(
        lambda piece, times: piece * times, st.text(character, min_size=1, max_size=40), st.integers(1, 60)
    )
    known_word = st.integers(0, len(index.words) - 1).map(lambda number: index.words[number])
    word = known_word | known_word.flatmap(_misspelt)
    joint = st.sampled_from(
        [" ", "  ", "\n", "\t", ", ", ". ", "? ", "-", "/", "\u00a0", "\u200b", "\u202e", ""]
    )
    sentence = st.lists(st.tuples(word, joint), min_size=1, max_size=14).map(
        lambda pairs: "".join(word + gap for word, gap in pairs)
    )
    asked = st.tuples(st.sampled_from(_ASKED), st.sampled_from(headings) | sentence).map(
        lambda pair: pair[0].format(pair[1])
    )
    known = st.sampled_from(headings) | st.sampled_from(examples) | st.sampled_from(_BARE) | asked | sentence
    disturbed = st.tuples(known, anything, st.integers(0, 60)).map(
        lambda three: three[0][: three[2]] + three[1] + three[0][three[2] :]
    )
    changed = known.flatmap(
        lambda text: st.sampled_from(
            [text.upper(), text.title(), text[::-1], text * 3, f"“{text}”", f"# {text}\n\n> x"]
        )
    )
    return (known | anything | long | disturbed | changed).map(lambda text: text[:2_000]).filter(str.strip)


_ASKED = (
    "what is {}?",
    "what causes {}",
    "how is {} treated?",
    "and {}?",
    "tell me more about {}",
    "the second one: {}",
    "my son has {}, what should i do",
    "is it the same as {}",
    "no, i meant {}",
    "should I stop taking {}?",
)
_BARE = (
    "how is it treated?",
    "what causes it",
    "is it dangerous?",
    "how long does it last",
    "and in children?",
    "why?",
    "the second one",
    "hello",
    "thank you!",
    "who are you?",
)


def _misspelt(word: str) -> st.SearchStrategy[str]:
    places = st.integers(0, max(0, len(word) - 1))
    swapped = places.map(lambda at: word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :])
    cut = places.map(lambda at: word[:at] + word[at + 1 :])
    return swapped | cut | places.map(lambda at: word[:at] + word[at] + word[at:])


def _ids(bot: Chatbot) -> st.SearchStrategy[str]:
    return st.integers(0, len(bot.index) - 1).map(lambda number: bot.index.passage(number).id)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
