"""What the command prints: control characters shown as signs, a progress bar, replies and rebuilds."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatbot.citing import source_line
from chatbot.index.rebuild import Rebuilt
from chatbot.reply import Reply

SIGNS = {number: 0x2400 + number for number in range(32) if chr(number) not in "\t\n"}
SIGNS |= dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)


class Terminal(io.TextIOWrapper):
    """Standard output on a terminal: a control character, of a document perhaps, is shown as a sign."""

    def write(self, text: str) -> int:
        """Write a text. Returns its length."""
        return super().write(text.translate(SIGNS))


class Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        if not sys.stderr.isatty():
            return
        from tqdm import tqdm

        if stage != self._stage:
            if self._bar is not None:
                self._bar.close()
            self._stage = stage
            self._bar = tqdm(total=total, desc=stage, leave=False, unit="")
        self._bar.update(done - self._bar.n)


def tell_rebuilt(corpus: Path, rebuilt: Rebuilt, index: str) -> None:
    """Print what came of a rebuild."""
    counts = rebuilt.counts
    if rebuilt.state == "unchanged":
        print(f"Nothing changed in {corpus}: version {rebuilt.version} of {index} stands.")
    else:
        print(
            f"Published version {rebuilt.version} of {index}: {counted(counts['documents'], 'document')}, "
            f"{counted(counts['passages'], 'passage')}."
        )
    for skipped in rebuilt.skipped:
        print(f"  skipped {skipped.name}: {skipped.reason}")
    for warning in rebuilt.warnings:
        print(f"  note on {warning.name}: {warning.reason}")
    if rebuilt.questions:
        right = sum(rebuilt.questions.values())
        print(f"  test questions: {right} of {len(rebuilt.questions)} right")
        wrong = [name for name, fine in rebuilt.questions.items() if not fine]
        if wrong:
            print(f"  wrong: {', '.join(wrong)}")
    for name in rebuilt.turned_wrong:
        print(f"  turned wrong, published all the same: {name}")


def shown(reply: Reply) -> str:
    """Return a reply for a terminal."""
    parts = []
    if reply.corrections:
        parts.append("Read as: " + reply.question)
    if reply.kind != "answer" or not reply.passages:
        parts.append(reply.text)
        if reply.kind == "clarify":
            parts.append("\n".join(f"- {choice}" for choice in reply.suggestions))
    else:
        for number, passage in enumerate(reply.passages):
            context = f"{passage.context.text}\n" if passage.context else ""
            lead = "" if number == 0 else "Also: "
            parts.append(f"{lead}{context}“{passage.text}”\n— {source_line(passage.citation)}")
    return "\n\n".join(parts)


def some(names: Sequence[str]) -> str:
    """Return the first few of some names."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def counted(number: int, thing: str) -> str:
    """Return a number of things, in words that agree."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
