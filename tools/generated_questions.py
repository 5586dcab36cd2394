"""Questions made from the headings of a folder's documents, for fitting: what most people ask, in plain words.

Of each document that has one subject, each section whose heading asks for one kind of thing ("Causes", "How is it
treated?") is asked for in several wordings, by itself and as a follow-up to another; so is every section by the words
of its own heading. The passages of the section are the right ones.

    python tools/generated_questions.py CORPUS OUT

writes them as OUT/questions.jsonl and OUT/dialogues.jsonl, for `chatbot evaluate`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from chatbot import Chatbot, analysis, rebuild
from chatbot.analysis import subject_of
from chatbot.question.asked import kinds

WORDINGS: dict[str, tuple[str, ...]] = {
    "definition": (
        "what is {}",
        "tell me about {}",
        "what does {} mean",
        "explain {} to me",
        "{}",
        "what exactly is {}?",
    ),
    "symptom": (
        "what are the symptoms of {}",
        "signs of {}",
        "how do you know if someone has {}",
        "what does {} feel like",
        "how does {} show",
        "early signs of {}?",
    ),
    "cause": (
        "what causes {}",
        "why do people get {}",
        "where does {} come from",
        "what brings {} on",
        "causes of {}",
        "what's behind {}?",
    ),
    "treatment": (
        "how is {} treated",
        "treatment of {}",
        "what can be done about {}",
        "what helps with {}",
        "how do you get rid of {}",
        "what do doctors do for {}?",
    ),
    "diagnosis": (
        "how is {} diagnosed",
        "how do doctors test for {}",
        "how do they find out if it is {}",
        "tests for {}",
        "how can you tell for certain that it's {}?",
    ),
    "type": (
        "what types of {} are there",
        "kinds of {}",
        "what different forms of {} are there",
        "is there more than one sort of {}?",
    ),
    "prevention": (
        "how can you prevent {}",
        "how to avoid getting {}",
        "can {} be prevented",
        "prevention of {}",
        "how do you keep {} away?",
    ),
    "outlook": (
        "what is the outlook for people with {}",
        "does {} go away",
        "is {} for life",
        "prognosis of {}",
        "do people recover from {}?",
    ),
    "risk": (
        "who gets {}",
        "who is at risk of {}",
        "what makes {} more likely",
        "what kind of people get {}?",
    ),
    "contagion": ("is {} contagious", "how does {} spread", "can you catch {}", "is {} catching?"),
    "trigger": ("what triggers {}", "what sets {} off", "things that set off {}"),
    "complication": (
        "what complications can {} have",
        "what can {} lead to",
        "what problems can {} cause",
        "what happens if {} is left alone?",
    ),
    "see_someone": (
        "when should someone with {} see a doctor",
        "when to get medical help for {}",
        "when is {} a reason to see a doctor?",
    ),
    "living": ("how do people live with {}", "living with {}", "everyday life with {}"),
    "stage": ("what are the stages of {}", "what stages does {} have"),
}
"""Wordings by the kind of thing asked; {} stands for the subject."""
SWITCHING = ("and {}?", "what about {}", "and in {}", "same for {}?")
"""Wordings that ask the same of another subject."""
LONGEST_SUBJECT = 4
"""A title of more words names more than a subject."""
BEGINNING = 60
"""So many characters tell a passage from others."""
DEFINITION = 1 << [kind.name for kind in kinds()].index("definition")
MOST_WORDS = 3
"""A heading with more telling words than these beside the subject's asks for more than a kind."""
FEWEST_WORDS = 2
"""A heading with fewer of them asks for too little by itself."""
SPOKEN_OF = 2
"""A title that fewer passages say names no subject."""


@dataclass(frozen=True)
class _Section:
    """A section of a document about `subject`: its heading, the kinds it asks for and its passages' beginnings."""

    document: str
    subject: str
    heading: str
    kinds: tuple[str, ...]
    spans: tuple[str, ...]

    @property
    def gold(self) -> list[dict[str, str]]:
        return [{"document": self.document, "span": span} for span in self.spans]

    @property
    def telling(self) -> set[str]:
        return set(analysis.terms(self.heading)) - set(analysis.terms(self.subject))


def generated(bot: Chatbot) -> Iterator[dict[str, Any]]:
    """Yield questions and dialogues, as lines of the files that `fit_ranking.py` reads."""
    documents = list(_documents(bot))
    yield from _switches([_asking_for_one_kind(sections) for sections in documents])
    for sections in documents:
        asking = _asking_for_one_kind(sections)
        for kind, section in asking.items():
            for wording in WORDINGS[kind]:
                yield _question(f"generated {kind}", wording.format(section.subject), section)
        for section in sections:
            if len(section.telling) >= FEWEST_WORDS:
                yield _question("generated heading", _with_subject(section), section)
        yield from _dialogues([(kind, section) for kind, section in asking.items() if kind != "definition"])


def _question(style: str, text: str, section: _Section) -> dict[str, Any]:
    return {"style": style, "question": text, "gold": section.gold}


def _dialogues(asking: Sequence[tuple[str, _Section]]) -> Iterator[dict[str, Any]]:
    """Yield dialogues that ask for one kind after another, as "it" or in a few words, each wording in its turn."""
    for start in range(len(asking)):
        turns = []
        for place, (kind, section) in enumerate(asking[start:] + asking[:start]):
            wordings = WORDINGS[kind]
            wording = wordings[(start + place) % len(wordings)]
            named = section.subject if not turns else "it"
            turns.append({"user": wording.format(named), "link": "pronoun", "gold": section.gold})
        if len(turns) > 1:
            yield {"turns": turns[:4]}


def _switches(documents: Sequence[dict[str, _Section]]) -> Iterator[dict[str, Any]]:
    """Yield dialogues that go over to another subject: with its name alone, and with a question of its own."""
    for one, other in pairwise((*documents, *documents[:1])):
        for number, kind in enumerate(sorted(one.keys() & other.keys())):
            wordings = WORDINGS[kind]
            first = {
                "user": wordings[number % len(wordings)].format(one[kind].subject),
                "gold": one[kind].gold,
            }
            name = SWITCHING[number % len(SWITCHING)].format(other[kind].subject)
            asked = wordings[(number + 1) % len(wordings)].format(other[kind].subject)
            for text in (name, asked):
                yield {"turns": [first, {"user": text, "link": "switch", "gold": other[kind].gold}]}


def _documents(bot: Chatbot) -> Iterator[list[_Section]]:
    index = bot.index
    names = [kind.name for kind in kinds()]
    for number in range(index.document_count()):
        document = index.document(number)
        title = subject_of(document.title).partition(" (")[0]
        if len(title.split()) > LONGEST_SUBJECT:
            continue
        subject = " ".join(word if word.isupper() else word.lower() for word in title.split())
        found: dict[tuple[str, ...], tuple[int, list[str]]] = {}
        spoken_of = 0
        for passage in range(*document.passages):
            if index.role(passage) == "body":
                path, text = index.section(passage), index.passage(passage).text
                bits = int(index.heading(passage).kinds) if path else DEFINITION
                found.setdefault(path, (bits, []))[1].append(text[:BEGINNING])
                spoken_of += analysis.fold(title) in analysis.fold(text)
        if spoken_of < SPOKEN_OF:
            continue
        yield [
            _Section(
                document.name,
                subject,
                path[-1] if path else "",
                tuple(name for place, name in enumerate(names) if bits >> place & 1),
                tuple(spans),
            )
            for path, (bits, spans) in found.items()
        ]


def _asking_for_one_kind(sections: Sequence[_Section]) -> dict[str, _Section]:
    """Return the sections that alone of their document ask for a kind, and for nothing else."""
    by_kind: dict[str, list[_Section]] = {}
    for section in sections:
        for kind in section.kinds:
            by_kind.setdefault(kind, []).append(section)
    return {
        kind: listed[0]
        for kind, listed in by_kind.items()
        if kind in WORDINGS
        and len(listed) == 1
        and len(listed[0].kinds) == 1
        and len(listed[0].telling) <= MOST_WORDS
    }


def _with_subject(section: _Section) -> str:
    """Return the words of a heading, with the subject where it does not say it."""
    heading = section.heading.rstrip(" ?:.")
    said = set(analysis.terms(section.subject)) & set(analysis.terms(heading))
    return (heading if said else f"{heading} {section.subject}").lower()


def main() -> None:
    """Write the questions of a folder of documents."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rebuild(options.corpus, Path(scratch) / "index")
        lines = list(generated(Chatbot.open(Path(scratch) / "index")))
    options.out.mkdir(parents=True, exist_ok=True)
    for name, key in (("questions", "question"), ("dialogues", "turns")):
        told = [json.dumps({"id": f"{name}-{n}", **line}) for n, line in enumerate(lines) if key in line]
        (options.out / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in told), encoding="utf-8")


if __name__ == "__main__":
    main()
