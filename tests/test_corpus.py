"""The shipped corpus: every document is read without doubt, and the editors' test questions hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.documents import Document, find_documents, read_document
from chatbot.evaluation import Asked, ask_editors_questions, plain_words, read_questions
from chatbot.index.rebuild import QUESTIONS, Rebuilt, rebuild_index
from chatbot.index.synonyms_file import read_synonyms

CORPUS = Path(__file__).parents[1] / "corpus"
DOCUMENTS: dict[str, Document] = {file.name: read_document(file)[0] for file in find_documents(CORPUS)[0]}
ASKED: list[tuple[str, Asked]] = [
    (item.id, turn) for item in read_questions(CORPUS / QUESTIONS) for turn in item.turns
]
LEAST_RIGHT = 0.75


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    return rebuild_index(CORPUS, tmp_path_factory.mktemp("shipped") / "index", check=ask_editors_questions)


def test_every_file_is_indexed_without_doubt(rebuilt: Rebuilt) -> None:
    assert rebuilt.skipped == ()
    assert rebuilt.warnings == ()
    files = [path for path in CORPUS.rglob("*") if path.is_file() and not path.name.startswith(("_", "."))]
    assert rebuilt.counts["documents"] == len(files) == len(DOCUMENTS) > 0
    assert rebuilt.counts["passages"] > 3 * len(files)


def test_most_of_the_editors_test_questions_are_right(rebuilt: Rebuilt) -> None:
    assert len(rebuilt.questions) == len(ASKED)
    wrong = sorted(name for name, right in rebuilt.questions.items() if not right)
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(ASKED), wrong


def test_the_test_questions_ask_in_many_ways() -> None:
    styles = {turn.group for _, turn in ASKED}
    assert {"direct", "keyword", "lay", "long", "typo", "yesno"} <= styles
    assert sum(turn.expected == "no_answer" for _, turn in ASKED) >= 5
    assert len({turn.text for _, turn in ASKED}) == len(ASKED)


@pytest.mark.parametrize(
    ("name", "turn"), [pytest.param(*asked, id=asked[0]) for asked in ASKED if asked[1].gold]
)
def test_an_expected_answer_stands_in_its_document(name: str, turn: Asked) -> None:
    for gold in turn.gold:
        assert gold.span in plain_words(DOCUMENTS[gold.document].text)


def test_every_document_answers_a_test_question() -> None:
    asked = {gold.document for _, turn in ASKED for gold in turn.gold}
    assert set(DOCUMENTS) - asked <= {"about-these-pages.md"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_a_title_of_its_own_and_its_sources(name: str) -> None:
    document = DOCUMENTS[name]
    assert document.metadata.title
    assert [other.title for other in DOCUMENTS.values()].count(document.title) == 1
    assert document.metadata.sources
    assert all(source.get("title") or source.get("description") for source in document.metadata.sources)
    assert document.headings


def test_the_editors_synonyms_are_read_and_of_use() -> None:
    groups = read_synonyms(CORPUS)
    assert groups
    text = plain_words(" ".join(document.text for document in DOCUMENTS.values())).lower()
    for group in groups:
        assert any(expression.lower() in text for expression in group), group
        assert len(set(group)) == len(group), group
