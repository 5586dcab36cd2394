"""The messages the model is trained on: `<label>.txt` in `examples/` and the folders below it.

`spanish/` and `varied/` are of many kinds; `hints/` (danger that no word names, and what only sounds like it),
`talk/` (turns of a conversation), `words/` (keywords, everyday words), `stories/` and `amid/` (trouble told calmly or
amid chatter, and what only looks like it), `told/` (the same and more, search words and prefaces among them), `long/`
(long messages), `said/` (single sentences of longer messages, poisonings told calmly,
small talk), `spoken/` (questions that name nobody, irony, daily matters with something amid them, small talk of all
sorts), `everyday/` (odd everyday wordings, nearly all of no danger), `short/` (of one to nine words), `harmless/` (what
only sounds like danger or a case), `border/` (what is asked of one's own matters: a rule, or a judgement), `lived/`
(danger and cases in the words of those who live through them, in turns as well), `opened/` (what opens as danger may,
and is none, and danger that does; words that nobody knows), `practical/` (what an organisation is asked about its own
doings, how a thing is done, and cases and danger in the same words), `contacts/` (how to reach it, what it has, and
what is said to the program instead), `remarks/` (questions, cases and danger in the tone of a remark), `chatter/`
(sentences that are beside any point: most of them tell nothing else), `hablado/` (all of these in Spanish),
`kinds/` (small talk by its kind), `asked/` (the questions of `benchmarks/quality/training/`) and `pasted/` (pieces of
the documents there) each hold one.

A line `## situation: name` opens a situation; every other line that is not empty or a `#` comment is one
message. A situation whose name ends in `(made)` was filled in from templates, one in `(es)` is
Spanish. The first word of a small talk situation is its kind, or `talk` where it is of several.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chatbot.safety.model import KINDS

EXAMPLES = Path(__file__).parent / "examples"
SITUATION = "## situation:"
# Begins the name of a situation of small talk of several kinds.
MIXED = "talk"
# The folder of messages that the rules were written with.
VARIED = "varied"
# Messages about danger in general, in the past or in a figure of speech ask for facts.
LABELS = {
    "crisis": "crisis",
    "emergency": "emergency",
    "personal_advice": "personal_advice",
    "smalltalk": "smalltalk",
    "informational": "informational",
    "near_danger": "informational",
    "off_topic": "off_topic",
    "chat": "off_topic",
}


@dataclass(frozen=True)
class Example:
    """One message, its label and folder; `situation` names the group it stays with in cross-validation.

    `made` and `varied` ones are kept out of the figures: the rules were written with the latter.
    """

    text: str
    label: str
    situation: str
    kind: str | None = None
    made: bool = False
    language: str = "en"
    varied: bool = False
    folder: str = ""


def example_files(folder: Path = EXAMPLES) -> list[Path]:
    """Return the files of examples, in a fixed order."""
    return sorted(path for path in folder.rglob("*.txt") if path.stem in LABELS)


def read_examples(paths: Iterable[Path] | None = None) -> list[Example]:
    """Return every example once; of messages that only differ in case and marks the first is kept."""
    seen: set[str] = set()
    found: list[Example] = []
    for path in example_files() if paths is None else paths:
        for example in _of_file(path):
            key = "".join(c for c in example.text.casefold() if c.isalnum()) or example.text
            if key not in seen:
                seen.add(key)
                found.append(example)
    return found


def _of_file(path: Path) -> Iterator[Example]:
    situation = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith(SITUATION):
            situation = text.removeprefix(SITUATION).strip()
        elif text and not text.startswith("#"):
            label = LABELS[path.stem]
            kind = _kind(situation, path) if label == "smalltalk" else None
            language = "es" if path.parent.name == "spanish" or situation.endswith("(es)") else "en"
            name = f"{language} {path.stem}: {situation}"
            varied = path.parent.name == VARIED
            if varied:
                name += f" {text}"
            made = situation.endswith("(made)") or varied
            yield Example(text, label, name, kind, made, language, varied, path.parent.name)


def _kind(situation: str, path: Path) -> str | None:
    """Return the kind of small talk of a situation, None for several. Raises ValueError where it begins with none."""
    kind = situation.partition(" ")[0]
    if kind == MIXED:
        return None
    if kind not in KINDS:
        raise ValueError(f"{path}: the situation {situation!r} has to begin with one of {', '.join(KINDS)}")
    return kind


def fingerprint(paths: Iterable[Path] | None = None) -> str:
    """Return the SHA-256 of the examples: of each file's name and bytes, in order."""
    digest = hashlib.sha256()
    for path in example_files() if paths is None else paths:
        digest.update(f"{path.parent.name}/{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
