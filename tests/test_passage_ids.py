"""An id stays while its passage does, and is a short name."""

from __future__ import annotations

import re

import pytest
from any_document import COMMON, NAME
from hypothesis import given
from hypothesis import strategies as st

from chatbot.documents import Document, parse
from chatbot.passages import cut, slug

TAME = st.one_of(
    st.lists(
        st.lists(st.sampled_from(COMMON), min_size=3, max_size=30).map(" ".join), min_size=1, max_size=8
    ).map(". ".join),
    st.lists(st.sampled_from(COMMON), min_size=2, max_size=30).map(
        lambda items: "Take:\n\n- " + "\n- ".join(items)
    ),
)


@given(NAME, st.lists(TAME, min_size=2, max_size=6), st.integers(0, 5), TAME)
def test_an_id_stays_when_another_section_changes(
    name: str, sections: list[str], which: int, new: str
) -> None:
    which %= len(sections)
    changed = [*sections]
    changed[which] = new
    before, after = (
        parse(
            name,
            "# The workshop\n\n" + "\n\n".join(f"## Part {n} here\n\n{text}" for n, text in enumerate(all_)),
        )
        for all_ in (sections, changed)
    )
    kept = [_ids(document, which) for document in (before, after)]
    assert kept[0] == kept[1]
    assert kept[0]


def _ids(document: Document, without: int) -> list[str]:
    return [chunk.id for chunk in cut(document) if chunk.section != without + 1]


def test_an_id_changes_with_the_words_the_place_and_the_document() -> None:
    def identifier(name: str, text: str) -> str:
        (chunk,) = cut(parse(name, text))
        return chunk.id

    ids = {
        identifier("a.md", "# Bread\n\n## Crust\n\nBake it hot.\n"),
        identifier("a.md", "# Bread\n\n## Crust\n\nBake it hotter.\n"),
        identifier("a.md", "# Bread\n\n## Crumb\n\nBake it hot.\n"),
        identifier("b.md", "# Bread\n\n## Crust\n\nBake it hot.\n"),
    }
    assert len(ids) == 4
    assert identifier("a.md", "# Bread\n\n\n\n## Crust\n\n\nBake it hot.") in ids


def test_the_same_words_twice_are_two_passages() -> None:
    chunks = cut(parse("a.md", "# Bread\n\n## Crust\n\nBake it.\n\n# Bread\n\n## Crust\n\nBake it.\n"))
    assert len(chunks) == 2
    assert chunks[0].id != chunks[1].id


@pytest.mark.parametrize(
    "text", ["", "123", "—", "中文字", "ÉTÉ", "x" * 500, "a b " * 90, "-", "_", "9 lives", "İstanbul"]
)
def test_a_slug_is_a_short_name(text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", slug(text))
    assert len(slug(text)) <= 62
