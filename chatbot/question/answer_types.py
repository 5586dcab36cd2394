"""The sort of answer that a question wants: a price, a dose, a year, a person. A passage without one has no answer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class AnswerType:
    """What asks for a sort of answer, how one looks, and whether it is said in no other way."""

    name: str
    cues: re.Pattern[str]
    answers: re.Pattern[str]
    certain: bool


@lru_cache(maxsize=1)
def answer_types() -> dict[str, AnswerType]:
    """Return every type by name, as `data/answer-types.toml` lists them."""
    text = resources.files("chatbot.question").joinpath("data/answer-types.toml").read_text("utf-8")
    told = tomllib.loads(text)
    parts = told.pop("parts")

    def compiled(patterns: list[str]) -> re.Pattern[str]:
        joined = "|".join(patterns)
        for name, part in parts.items():
            joined = joined.replace(f"{{{name}}}", part)
        return re.compile(joined, re.IGNORECASE)

    return {
        name: AnswerType(name, compiled(of["cues"]), compiled(of["answers"]), of.get("certain", False))
        for name, of in told.items()
    }


def wanted(question: str) -> tuple[str, ...]:
    """Return the names of the types of answer that a question wants."""
    return tuple(name for name, kind in answer_types().items() if kind.cues.search(question))


def lacking(names: Iterable[str], passage: str) -> list[AnswerType]:
    """Return which types of answer a passage has not."""
    kinds = answer_types()
    return [kinds[name] for name in names if not kinds[name].answers.search(passage)]
