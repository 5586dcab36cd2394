"""The editors' `_synonyms.txt`: one group of expressions with the same meaning a line."""

from __future__ import annotations

from pathlib import Path

from chatbot.errors import CorpusError

NAME = "_synonyms.txt"
_MOST_WORDS = 6


def read_synonyms(corpus: Path) -> list[list[str]]:
    """Read the groups: expressions separated by commas, `#` begins a comment. No file: no groups.

    Raises CorpusError naming the line that is wrong.
    """
    path = corpus / NAME
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read as UTF-8 ({error})") from error
    groups = []
    for number, line in enumerate(text.splitlines(), 1):
        group = [" ".join(part.split()) for part in line.split("#", 1)[0].split(",")]
        group = [expression for expression in group if expression]
        if not group:
            continue
        if len(group) < 2:
            raise CorpusError(
                f"{path}, line {number}: a group needs two expressions or more, separated by commas"
            )
        long = next((e for e in group if len(e.split()) > _MOST_WORDS), None)
        if long:
            raise CorpusError(f"{path}, line {number}: “{long}” has more than {_MOST_WORDS} words")
        groups.append(group)
    return groups
