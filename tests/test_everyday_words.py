"""Everyday words stand for those of the documents, as the lexicon and the editors say."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pytest

from chatbot import Chatbot, rebuild
from chatbot.question.everyday import (
    EDITORS_WEIGHT,
    FORMS_WEIGHT,
    WEIGHT,
    Rule,
    compile_rules,
    editors_rules,
    everyday_rules,
    parse,
)

pytest_plugins = ("fixtures_bot",)

DATA = resources.files("chatbot.question").joinpath("data")
LEXICON = sorted(file.name for file in DATA.joinpath("everyday").iterdir())


def rules(*lines: str) -> list[Rule]:
    return list(parse(lines))


def alternatives(lines: Iterable[str], expression: str, *known: str) -> dict[str, float]:
    """Return what may stand for an expression where an index has only the terms given."""
    expressions, _ = compile_rules(rules(*lines), set(known).__contains__)
    return {terms: weight for weight, terms in expressions.get(expression, [])}


def test_a_group_of_expressions_a_weight_and_a_comment_are_read() -> None:
    found = rules("# all of it", "", "jab | shot,  injection # here too", "0.6: ache | pain", "a b > c | d")
    assert found == [
        Rule(("jab", "shot", "injection"), ("jab", "shot", "injection"), WEIGHT),
        Rule(("ache", "pain"), ("ache", "pain"), 0.6),
        Rule(("a b",), ("c", "d"), WEIGHT),
    ]


@pytest.mark.parametrize("wrong", ["lonely", "left >", "> right", "0.6: lonely", "|", "0.6:", ">"])
def test_a_line_of_another_form_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        rules("one | two", "# a comment", wrong)


def test_expressions_of_a_group_stand_for_each_other() -> None:
    group = ["jab | shot"]
    assert alternatives(group, "jab", "jab", "shot") == {"shot": WEIGHT}
    assert alternatives(group, "shot", "jab", "shot") == {"jab": WEIGHT}


def test_an_arrow_leads_one_way_only() -> None:
    one_way = ["aspirin > medicine"]
    assert alternatives(one_way, "aspirin", "aspirin", "medicine") == {"medicine": WEIGHT}
    assert alternatives(one_way, "medicine", "aspirin", "medicine") == {}


def test_what_no_document_has_stands_for_nothing() -> None:
    assert alternatives(["jab | shot | injection"], "jab", "shot") == {"shot": WEIGHT}
    assert alternatives(["jab | shot"], "jab", "jab") == {}


def test_the_strongest_of_two_lines_counts() -> None:
    assert alternatives(["0.5: jab | shot", "0.7: shot | jab"], "jab", "shot") == {"shot": 0.7}


def test_an_expression_of_many_words_stands_for_one_word_and_the_other_way_round() -> None:
    group = ["throw up | vomit"]
    assert alternatives(group, "throw up", "vomit") == {"vomit": WEIGHT}
    assert "roof mouth" in alternatives(["palate | roof of the mouth"], "palat", "roof", "mouth")
    assert alternatives(["palate | roof of the mouth"], "palat", "roof") == {}


def test_another_form_of_a_word_is_taken_where_the_documents_lack_the_word_itself() -> None:
    lines = [f"{FORMS_WEIGHT}: foot | feet", "sole | bottom of the foot"]
    assert alternatives(lines, "sole", "bottom", "feet") == {"bottom feet": WEIGHT}
    assert alternatives(lines, "sole", "bottom", "foot", "feet") == {"bottom foot": WEIGHT}


def test_the_editors_words_count_more_than_the_packages() -> None:
    (rule,) = editors_rules([["mech", "derailleur"]])
    assert rule == Rule(("mech", "derailleur"), ("mech", "derailleur"), EDITORS_WEIGHT)
    assert WEIGHT < EDITORS_WEIGHT < 1


@pytest.mark.parametrize("name", LEXICON)
def test_a_lexicon_file_is_well_formed(name: str) -> None:
    assert name.endswith(".txt")
    found = rules(*DATA.joinpath(f"everyday/{name}").read_text("utf-8").splitlines())
    assert found
    for rule in found:
        assert 0.3 <= rule.weight <= 1, rule
        for expression in (*rule.asked, *rule.answering):
            assert expression.isascii(), rule
            assert expression == expression.lower(), rule
            assert all(letter.isalnum() or letter in " -'" for letter in expression), rule
            assert len(expression.split()) <= 5, rule


def test_the_package_reads_every_lexicon_file() -> None:
    assert len(LEXICON) >= 5
    lines = [
        line for name in LEXICON for line in DATA.joinpath(f"everyday/{name}").read_text("utf-8").splitlines()
    ]
    assert list(everyday_rules()) == rules(*lines)


@pytest.mark.parametrize(
    ("asked_for", "quoted"),
    [
        ("what is a flat tyre", "A puncture is a hole"),
        ("how do you mend a puncture", "A puncture is repaired"),
        ("what stops the bum getting rubbed", "A saddle sore is a painful lump"),
    ],
)
def test_the_editors_everyday_words_find_the_documents_words(
    tmp_path: Path, bicycles: Path, asked_for: str, quoted: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for path in bicycles.rglob("*.*"):
        (corpus / path.name).write_bytes(path.read_bytes())
    (corpus / "_synonyms.txt").write_text(
        "flat tyre, puncture\nmend, repair\nbum getting rubbed, saddle sore\n", "utf-8"
    )
    rebuild(corpus, tmp_path / "index")
    reply = Chatbot.open(tmp_path / "index").reply(asked_for)
    assert reply.kind == "answer"
    assert reply.passages[0].text.startswith(quoted)
