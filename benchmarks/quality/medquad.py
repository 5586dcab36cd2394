"""Make documents and questions of MedQuAD's XML files, for compare.py.

    python benchmarks/quality/medquad.py MEDQUAD TARGET

Writes TARGET/documents/*.md, an answer each, with its subject as the title and without its question, and
TARGET/questions.jsonl, whose gold is a document: each that MedQuAD has as an answer to these very words.
Answers that are empty (three collections have none) are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer; `name` is the answer's document."""

    name: str
    subject: str
    question: str
    sort: str
    answer: str
    url: str


def main() -> int:
    """Write the files. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "medquad", metavar="MEDQUAD", type=Path, help="a clone of MedQuAD, or some of its folders"
    )
    parser.add_argument("target", metavar="TARGET", type=Path, help="a folder to make")
    options = parser.parse_args()
    found = list(pairs(options.medquad))
    if not found:
        print(f"medquad: {options.medquad} holds no XML file with an answer", file=sys.stderr)
        return 2
    documents, questions = write(found, options.target)
    print(f"{documents:,} documents and {questions:,} questions in {options.target}")
    return 0


def pairs(folder: Path) -> Iterator[Pair]:
    """Yield every question that has an answer."""
    for path in sorted(folder.rglob("*.xml")):
        try:
            document = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            print(f"medquad: {path} is left out: {error}", file=sys.stderr)
            continue
        subject = " ".join(document.findtext("Focus", "").split())
        for pair in document.iter("QAPair"):
            question, answer = pair.find("Question"), _text(pair.findtext("Answer", ""))
            if question is not None and question.text and subject and answer:
                yield Pair(
                    f"{path.parent.name}-{path.stem}-{pair.get('pid', '')}.md",
                    subject,
                    " ".join(question.text.split()),
                    question.get("qtype", "-"),
                    answer,
                    document.get("url", ""),
                )


def _text(answer: str) -> str:
    """Return an answer without the indentation of its lines."""
    return "\n".join(line.strip() for line in answer.strip().splitlines())


def write(found: list[Pair], target: Path) -> tuple[int, int]:
    """Write documents and questions; an answer that is given twice of one subject is one document."""
    folder = target / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[tuple[str, str], str] = {}
    gold: dict[str, dict[str, None]] = {}
    first: dict[str, Pair] = {}
    for pair in found:
        held = (pair.subject, " ".join(pair.answer.split()))
        if held not in names:
            names[held] = pair.name
            head = f"---\ntitle: {json.dumps(pair.subject)}\nurl: {json.dumps(pair.url)}\n---\n\n"
            (folder / pair.name).write_text(f"{head}{pair.answer}\n", "utf-8")
        asked = pair.question.casefold()
        gold.setdefault(asked, {})[names[held]] = None
        first.setdefault(asked, pair)
    lines = [
        json.dumps(
            {
                "id": Path(pair.name).stem,
                "question": pair.question,
                "style": pair.sort,
                "gold": [{"document": name} for name in gold[asked]],
            },
            ensure_ascii=False,
        )
        for asked, pair in first.items()
    ]
    (target / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return len(names), len(lines)


if __name__ == "__main__":
    sys.exit(main())
