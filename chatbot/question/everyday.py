"""Everyday words: groups of expressions that mean the same, the package's own and the editors'.

A line of `data/everyday/*.txt` is `one | another | a third`, all of which mean the same; `0.6:` before it says
that they are only close; `a, b > c | d` means that who asks about a or b may be answered by c or d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from chatbot import analysis
from chatbot.question.asked import stems

WEIGHT = 0.8
EDITORS_WEIGHT = 0.98
FORMS_WEIGHT = 0.9
"""The weight of groups that are forms of one word."""
_MOST_ALTERNATIVES = 24

Expressions = dict[str, list[tuple[float, str]]]
"""By the stems of an expression, joined by blanks: what may stand for it, each a weight and its terms."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Expressions (`asked`) that may be answered by others (`answering`)."""

    asked: tuple[str, ...]
    answering: tuple[str, ...]
    weight: float


def parse(lines: Iterable[str]) -> Iterator[Rule]:
    """Read lines of the form above. Raises ValueError naming a line that is not of it."""
    for number, line in enumerate(lines, 1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        weight = WEIGHT
        head, colon, rest = text.partition(":")
        if colon and head.strip().replace(".", "", 1).isdigit():
            weight, text = float(head), rest.strip()
        left, arrow, right = text.partition(">")
        if arrow:
            asked = _expressions(left)
            answering = _expressions(right)
            if not asked or not answering:
                raise ValueError(f"line {number}: expressions are wanted on both sides of '>'")
            yield Rule(asked, answering, weight)
        else:
            group = _expressions(text)
            if len(group) < 2:
                raise ValueError(f"line {number}: a group needs two expressions or more")
            yield Rule(group, group, weight)


def _expressions(text: str) -> tuple[str, ...]:
    return tuple(
        expression for part in text.replace(",", "|").split("|") if (expression := " ".join(part.split()))
    )


@lru_cache(maxsize=1)
def everyday_rules() -> tuple[Rule, ...]:
    """Return the package's own rules."""
    folder = resources.files("chatbot.question").joinpath("data/everyday")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda f: f.name)
    return tuple(rule for file in files for rule in parse(file.read_text("utf-8").splitlines()))


def editors_rules(groups: Iterable[Iterable[str]]) -> tuple[Rule, ...]:
    """Return the rules of an editors' file."""
    return tuple(Rule(tuple(group), tuple(group), EDITORS_WEIGHT) for group in groups)


def compile_rules(rules: Iterable[Rule], known: Callable[[str], bool]) -> tuple[Expressions, set[str]]:
    """Keep what can help with an index: `known` says whether a term is in it.

    Returns the expressions by their stems, and every word as written (for spelling).
    """
    rules = tuple(rules)
    forms = _word_forms(rules)
    found: dict[str, dict[str, float]] = {}
    words: set[str] = set()
    for rule in rules:
        for expression in (*rule.asked, *rule.answering):
            words.update(_written(expression)[1])
        answers = [
            (terms, expression)
            for expression in rule.answering
            if (content := _content(expression)) and (terms := _in_known_forms(content, forms, known))
        ]
        if not answers:
            continue
        for expression in rule.asked:
            key, _ = _written(expression)
            own = _content(expression)
            others = list(
                dict.fromkeys(terms for terms, other in answers if other != expression and terms != own)
            )
            if not key or not others:
                continue
            table = found.setdefault(key, {})
            for terms in others:
                table[terms] = max(table.get(terms, 0.0), rule.weight)
    return {
        key: [
            (weight, terms) for terms, weight in sorted(table.items(), key=lambda item: (-item[1], item[0]))
        ][:_MOST_ALTERNATIVES]
        for key, table in sorted(found.items())
    }, words


def _word_forms(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """Return, for a term, the terms that are other forms of the same word."""
    forms: dict[str, list[str]] = {}
    for rule in rules:
        if rule.weight == FORMS_WEIGHT and all(" " not in expression for expression in rule.asked):
            group = list(dict.fromkeys(_content(expression) for expression in rule.asked))
            for term in group:
                forms.setdefault(term, []).extend(other for other in group if other != term)
    return forms


def _in_known_forms(content: str, forms: dict[str, list[str]], known: Callable[[str], bool]) -> str:
    """Return terms as an index has them, another form of a word where it lacks the word itself, or nothing."""
    found = []
    for term in content.split():
        form = term if known(term) else next((other for other in forms.get(term, ()) if known(other)), None)
        if form is None:
            return ""
        found.append(form)
    return " ".join(found)


@lru_cache(maxsize=50_000)
def _written(expression: str) -> tuple[str, tuple[str, ...]]:
    """Return the stems of an expression, joined by blanks, and its words as written."""
    written = [token.word for token in analysis.tokens(expression)]
    parts = (part for word in written for part in analysis.parts(word) if part.isalpha())
    return " ".join(stems(written)), tuple(parts)


@lru_cache(maxsize=50_000)
def _content(expression: str) -> str:
    """Return the terms of an expression; none where its small words carry the meaning ("the runs")."""
    found = dict.fromkeys(analysis.terms(expression))
    return "" if len(found) == 1 and " " in expression else " ".join(found)
