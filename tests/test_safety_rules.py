"""What the rules and words of the safety triage promise: well-formed data, found through an index, in bounded time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatbot.safety import triage
from chatbot.safety.lexicon import RULES, WORDS, lexicon
from chatbot.safety.patterns import Rule, compiled, holds
from chatbot.safety.reading import Reading, folded
from chatbot.safety.rulebook import look_up, rulebook

MESSAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "safety-messages.jsonl").read_text("utf-8").splitlines()
]


def test_the_index_of_patterns_leaves_out_none_that_is_met() -> None:
    for kind, rule in rules():
        if rule.example:
            reading = Reading(rule.example)
            without = holds(reading, rule)
            look_up(reading)
            assert holds(reading, rule) == without, f"{kind}: {rule.name}"
            assert reading.candidates is not None


def fastest(message: str) -> float:
    """Return the seconds of the processor that the quickest of several runs takes."""
    best = 1.0
    for _ in range(15):
        begun = time.thread_time()
        triage(message)
        best = min(best, time.thread_time() - begun)
    return best


CROWDED = " ".join(row["text"] for row in MESSAGES if row["label"] == "none")
LONG_MESSAGES = {
    "many questions": CROWDED,
    "one letter": "a " * 5000,
    "one word": "z" * 10_000,
    "unknown words": " ".join(f"{chr(97 + i % 26)}q{chr(97 + i // 26 % 26)}xkvbor" for i in range(1000)),
    "a person over and over": "my mum has jerks can i " * 500,
    "apostrophes": "it's don't " * 1000,
    "marks": "?!. " * 2500,
}


@pytest.mark.parametrize("name", LONG_MESSAGES)
def test_time_grows_no_faster_than_the_message(name: str) -> None:
    text = LONG_MESSAGES[name]
    triage(text[:2000])
    # Generous for a busy machine: ten times the text may take twenty times as long, never a hundred times.
    assert fastest(text[:2000]) < 20 * fastest(text[:200]) + 0.001
    assert fastest(text[:2000]) < 0.02


def test_a_message_of_any_length_is_read_within_bounds() -> None:
    assert fastest("my mum has jerks " * 20_000) < 0.1


def test_the_word_files_are_read_at_first_use_only() -> None:
    code = "import chatbot.safety, chatbot.safety.lexicon as l; print(l.lexicon.cache_info().currsize)"
    # The command is ours, word for word.
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"


def known_groups() -> set[str]:
    words = lexicon()
    named = [*words.groups.values(), *words.suffixes.values(), ("year",)]
    return {f"@{name}" for names in named for name in names} | words.template_keys


def rules() -> list[tuple[str, Rule]]:
    return [(kind, rule) for kind, found in rulebook().items() for rule in found]


@pytest.mark.parametrize(
    ("kind", "rule"), rules(), ids=lambda value: value if isinstance(value, str) else value.name
)
def test_a_rule_is_well_formed_and_meets_its_own_example(kind: str, rule: Rule) -> None:
    groups = known_groups()
    for pattern in (*rule.any, *rule.also, *rule.unless):
        for item in compiled(pattern).items:
            for key in item.keys:
                assert key[0] != "@" or key in groups, f"{kind}: {pattern!r} names an unknown group"
                assert key == key.lower()
    assert rule.any
    if rule.example:
        assert holds(Reading(rule.example), rule) is not None


def test_a_pattern_with_an_empty_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="empty choice"):
        compiled("one||two")


def test_groups_name_known_groups_and_no_group_holds_itself() -> None:
    words = lexicon()
    known = known_groups()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{name} holds itself"
        for template in words.templates.get(name, ()):
            for key in template:
                if key[0] == "@":
                    assert key in known, f"@{name} names the unknown {key}"
                    visit(key[1:], (*above, name))

    for name in words.templates:
        visit(name, ())


@pytest.mark.parametrize(
    "path", sorted([*WORDS.glob("*.toml"), *RULES.glob("*.toml")]), ids=lambda path: path.name
)
def test_data_files_are_lower_case_and_without_accents(path: Path) -> None:
    text = path.read_text("utf-8")
    bodies = "".join(part for place, part in enumerate(text.split("'''")) if place % 2)
    assert bodies.isascii() or path.stem == "other_languages"
    assert bodies == folded(bodies)


def test_a_slip_is_read_the_same_in_every_process() -> None:
    code = (
        "from chatbot.safety.lexicon import lexicon; words = lexicon();"
        "print([words.mend(w[:2] + w[3:]) for w in sorted(words.groups.keys() | words.literals) if len(w) > 5])"
    )
    read = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(read) == 1
