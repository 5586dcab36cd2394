"""Whatever a document looks like: every word in exactly one passage, and every offset exact."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chatbot.documents import Document, parse
from chatbot.documents.metadata import front_matter
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder
from chatbot.passages import Chunk, cut, slug

# ---------------------------------------------------------------------- documents, plain and nasty

COMMON = (
    "bread dough flour yeast oven crust loaf saddle pedal chain brake wheel tyre spanner gear lawn seed soil "
    "compost prune the a of in with and it this they however for before after water every day slowly"
).split()
STRANGE = [
    "Dr.", "e.g.", "3.5", "1,000", "don't", "l’été", "e\u0301te\u0301", "naïve", "x-ray", "A/B", "_under_",
    "**bold**", "*", "`code`", "[a link](https://example.org/a_b)", "![alt](x.png)", "<b>", "</div>", "&amp;",
    "|", ">", "#", "\\", "𝒜𝓫𝓬", "👩\u200d🌾", "🏳️\u200d🌈", "שלום", "مرحبا", "\u202eabc\u202c", "ﷺ", "ﾞ",
    "ß", "ǅ", "İ", "中文字", "ไทย", "한국어", "a\u00a0b", "\u2028", "\u200b", "\x0b", "\x0c", "\x1c", "\x85",
    "\ufeff", "\ufffd", "\U0010ffff", "z\u0300\u0301\u0302\u0303", "x" * 70, "Ä" * 1_005,
    "https://example.org/" + "p" * 2_100,
    "—", "–", "…", "“quoted”", "(c)", "1.", "1)", "a)", "•", "@", "0", "٣٫٥", "²",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(COMMON), st.sampled_from(COMMON), st.sampled_from(STRANGE))


def _sentence(words: list[str], mark: str) -> str:
    return (" ".join(words) + mark).replace("\n", " ")


SENTENCE = st.builds(
    _sentence,
    st.lists(WORDS, min_size=1, max_size=25),
    st.sampled_from([".", ".", "?", "!", "。", "", ":", "..."]),
)
LONG_SENTENCE = st.builds(
    lambda words, count: " ".join(words * count) + ".",
    st.lists(WORDS, min_size=1, max_size=6),
    st.integers(20, 130),
)
PARAGRAPH = st.one_of(
    st.lists(SENTENCE, min_size=1, max_size=9).map(" ".join),
    LONG_SENTENCE,
    st.builds(lambda one, two: f"{one} {two}", SENTENCE, LONG_SENTENCE),
)
SHORT = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words).strip() or "Tools")


def _wrapped(text: str, width: int) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


WRAPPED = st.builds(_wrapped, PARAGRAPH, st.integers(20, 100))
BULLETS = ["- ", "* ", "+ ", "• ", "– ", "1. ", "2) ", "(3) ", "a) ", "   - ", "\t* "]


def _list(intro: str, mark: str, items: list[str], apart: str, deeper: bool) -> str:
    lines = [f"{'  ' * (n % 4) if deeper else ''}{mark}{item}" for n, item in enumerate(items)]
    return (f"{intro}\n" if intro else "") + apart.join(lines)


LIST = st.builds(
    _list,
    st.one_of(st.just(""), st.just("What to take along:"), SENTENCE),
    st.sampled_from(BULLETS),
    st.one_of(st.lists(SHORT, min_size=1, max_size=40), st.lists(PARAGRAPH, min_size=1, max_size=4)),
    st.sampled_from(["\n", "\n\n"]),
    st.booleans(),
)
TABLE = st.builds(
    lambda head, rows: "\n".join([f"| {head} | {head} |", "|---|:-:|", *(f"| {a} | {b} |" for a, b in rows)]),
    SHORT,
    st.lists(st.tuples(SHORT, SENTENCE), max_size=8),
)
MARKED = st.builds(lambda level, text: f"{'#' * level} {text}", st.integers(1, 7), SHORT)
UNDERLINED = st.builds(
    lambda text, mark, n: f"{text}\n{mark * n}", SHORT, st.sampled_from("=-~"), st.integers(1, 30)
)
OTHER = st.one_of(
    st.builds(lambda mark, text: f"{mark}yaml\n{text}\n{mark}", st.sampled_from(["```", "~~~~"]), WRAPPED),
    st.builds(lambda text: "```\n" + text, PARAGRAPH),  # never closed
    WRAPPED.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n"))),
    st.builds(lambda one, two: f"> {one}\n>\n>> {two}\n> # {one}", SENTENCE, SHORT),
    st.builds(lambda text: f"[{text}]: https://example.org 'a title'", SHORT),
    st.builds(lambda text: f"<div class='x'>\n{text}\n</div>", PARAGRAPH),
    st.builds(lambda text: f"<!-- {text}\n-->", SHORT),
    st.sampled_from(
        ["---", "***", "_ _ _", "===", "~~~", "- - -", "***\n---", "<!--", "<script>", "    indented code"]
    ),
    SHORT.map(str.upper),
    SHORT.map(str.capitalize),
    st.sampled_from(
        ["Share on Pinterest", "Photo by Ann Lee", "By Ann Lee", "Updated on 3 May 2021", "Sources:"]
    ),
    st.builds(lambda text: "- " * 25 + text, SHORT),
)
PART = st.one_of(PARAGRAPH, WRAPPED, LIST, TABLE, MARKED, UNDERLINED, SHORT, OTHER)
FRONT = st.sampled_from(
    [
        "",
        "",
        "",
        "---\ntitle: A title\nreviewed: 2024-02-30\n---\n",
        "---\na: [1\n---\n",
        "---\n",
        "---\nno yaml\n---\n",
    ]
)
STRUCTURED = st.builds(
    lambda mark, front, parts, gap, end: mark + front + gap.join(parts) + end,
    st.sampled_from(["", "", "\ufeff"]),
    FRONT,
    st.lists(PART, min_size=1, max_size=9),
    st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n \n"]),
    st.sampled_from(["", "\n", "  \n\n"]),
)
NOISE = st.text(
    st.sampled_from("##--**__=~>>||::`1.2)aAbB zZÄ(é\u0301𝒜<!/>[]\\\t  \n\n\n\0•\u2028.!?"), max_size=120
)
LF_TEXT = st.one_of(STRUCTURED, STRUCTURED, NOISE)
ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r"])
TEXT = st.builds(lambda text, end: text.replace("\n", end), LF_TEXT, ENDS)
NAME = st.sampled_from(["guide.md", "guide.txt"])

# ---------------------------------------------------------------------- what is promised of each

_MARKS = frozenset("#=-~_*|:>+`\ufeff")
"""What may stand outside passages and headings: heading and underline marks, rules, a table's separator."""


def hold_promises(document: Document) -> list[Chunk]:
    """Check all that a cut document promises; returns its passages."""
    text = document.text
    chunks = cut(document)
    owners = [0] * len(text)
    for heading in document.headings:
        assert text[heading.start : heading.end].strip() == heading.text != ""
        owners[heading.start : heading.end] = [1] * (heading.end - heading.start)
    at = body = front_matter(text)[1]
    for chunk in chunks:
        assert at <= chunk.start < chunk.end <= len(text), "passages are in order and never overlap"
        at = chunk.end
        assert not any(owners[chunk.start : chunk.end]), "a passage never crosses a heading"
        owners[chunk.start : chunk.end] = [2] * (chunk.end - chunk.start)
        _short_enough(text, chunk)
        _sentences_cover(text, chunk)
        _context_introduces(text, document, chunk)
    lost = {
        text[place] for place in range(body, len(text)) if not owners[place] and not text[place].isspace()
    }
    assert lost <= _MARKS, f"{lost} stand in no passage"
    assert not any(owners[:body]), "front matter is in no passage"
    ids = [chunk.id for chunk in chunks]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", identifier) for identifier in ids)
    return chunks


def _short_enough(text: str, chunk: Chunk) -> None:
    passage = text[chunk.start : chunk.end]
    assert passage == passage.strip()
    words = len(passage.split())
    assert words <= 150
    assert len(passage) <= 1_000
    assert words <= 120 or len(chunk.sentences) == 1, "only one long sentence or item has more than 120 words"


def _sentences_cover(text: str, chunk: Chunk) -> None:
    at = chunk.start
    for start, end in chunk.sentences:
        assert at <= start < end <= chunk.end
        assert _only_marks(text[at:start]), f"{text[at:start]!r} is in the passage but in no sentence of it"
        assert text[start:end].strip()
        at = end
    assert _only_marks(text[at : chunk.end])


def _only_marks(text: str) -> bool:
    return all(letter.isspace() or letter in _MARKS for letter in text)


def _context_introduces(text: str, document: Document, chunk: Chunk) -> None:
    if chunk.context:
        start, end = chunk.context
        assert 0 <= start < end <= chunk.start
        assert text[start:end].strip()
        assert end - start <= 1_000
        assert len(text[start:end].split()) <= 150
        assert not any(start <= heading.start < chunk.start for heading in document.headings)


@given(NAME, TEXT)
@settings(max_examples=settings().max_examples * 3)
@example("guide.md", "Knead.\n2) Fold.\n2) " + "fold " * 100 + ".\n" + "knead " * 20 + ".")
@example("guide.txt", "Tools.\n---\nA spanner is needed.\n")
@example("guide.md", "> | a | b |\n> |---|---|\n> | c | d |\n")
@example("guide.md", "- one\n  ```\n  - two\n  ```\n- # three\n\n  # four\n")
@example("guide.md", "a\0b\n===\n\0\n")
def test_every_word_is_in_exactly_one_passage(name: str, text: str) -> None:
    hold_promises(parse(name, text))


@given(NAME, LF_TEXT, st.sampled_from(["\r\n", "\r"]))
@settings(max_examples=settings().max_examples * 2)
@example("guide.txt", "A title over two\nlines of text\n-----\n\nA paragraph that stands below it.\n", "\r")
def test_line_ends_change_nothing(name: str, text: str, end: str) -> None:
    assume("\r" not in text)
    one, other = parse(name, text), parse(name, text.replace("\n", end))
    assert _structure(one) == _structure(other)


@given(NAME, STRUCTURED)
@settings(max_examples=settings().max_examples // 2)
@example("guide.md", "---\ntitle: Bread\n---\n# Baking\n\nBake it.\n")
@example("guide.txt", "Tools\n=====\n\nA spanner is needed.\n")
def test_a_byte_order_mark_changes_nothing_but_the_offsets(name: str, text: str) -> None:
    assume(not text.startswith("\ufeff"))
    plain, marked = parse(name, text), parse(name, "\ufeff" + text)
    assert _structure(plain) == _structure(marked)
    assert [block.start + 1 for block in plain.blocks] == [block.start for block in marked.blocks]


@given(NAME, STRUCTURED)
@settings(max_examples=settings().max_examples // 2)
def test_front_matter_changes_nothing_but_the_offsets(name: str, text: str) -> None:
    assume(not text.startswith(("---", "\ufeff")))
    front = "---\npublisher: The Bicycle Workshop\n---\n"
    plain, fronted = parse(name, text), parse(name, front + text)
    assert fronted.metadata.publisher == "The Bicycle Workshop"
    assert _structure(plain) == _structure(fronted)


def _structure(document: Document) -> list[object]:
    def lines(start: int, end: int) -> list[str]:
        return re.split(r"\r\n|\r|\n", document.text[start:end])

    headings = [(heading.level, lines(heading.start, heading.end)) for heading in document.headings]
    blocks = [
        (block.kind, block.section, block.role, block.depth, lines(block.start, block.end))
        for block in document.blocks
    ]
    return [headings, blocks]


# ---------------------------------------------------------------------- the index says the same


@given(st.lists(st.tuples(st.sampled_from([".md", ".txt"]), TEXT), min_size=1, max_size=4))
@settings(max_examples=max(20, settings().max_examples // 10))
def test_an_index_quotes_the_files_exactly(texts: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        corpus.mkdir()
        Path(corpus, "zebra.md").write_text("# Zebra\n\nA zebra has stripes.\n", encoding="utf-8")
        for number, (ending, text) in enumerate(texts):
            Path(corpus, f"{number}{ending}").write_bytes(text.encode())
        rebuilt = rebuild_index(corpus, index)
        opened = Index(live_folder(index))
        assert opened.document_count() + len(rebuilt.skipped) == len(texts) + 1
        seen: set[str] = set()
        for number in range(len(opened)):
            passage = opened.passage(number)
            document = opened.document(passage.document)
            source = Path(corpus, document.name).read_bytes().decode("utf-8")
            assert opened.document_text(document) == source
            assert passage.text == source[passage.start : passage.end]
            if passage.context:
                words, start, end = passage.context
                assert words == source[start:end]
            for start, end, _, _ in opened.sentences(number):
                assert 0 <= start < end <= len(passage.text)
            assert opened.find_passage(passage.id) == number
            assert re.fullmatch(r"[a-z][a-z0-9-]*", passage.id)
            assert passage.id not in seen
            seen.add(passage.id)


@pytest.mark.parametrize(
    "text",
    [
        "# 標題\n\n自転車のブレーキ。👩\u200d🌾 farmer’s 𝒜\n",
        "\ufeff---\ntitle: שלום\n---\r\n\r\nמילים \u202eabc\u202c.\r\n",
    ],
)
def test_offsets_are_code_points_not_bytes_or_surrogates(text: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_bytes(text.encode())
    rebuild_index(corpus, tmp_path / "index")
    index = Index(live_folder(tmp_path / "index"))
    assert len(index) == 1
    passage = index.passage(0)
    assert passage.text == text[passage.start : passage.end] == text.split("\n")[-2].strip()


# ---------------------------------------------------------------------- ids


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


# ---------------------------------------------------------------------- lists

ITEM = st.lists(st.sampled_from(COMMON), min_size=3, max_size=25).map(" ".join)


@given(NAME, st.lists(ITEM, min_size=12, max_size=60), st.sampled_from(["- ", "* ", "1. "]))
def test_a_long_list_is_cut_between_items_and_each_part_knows_its_introduction(
    name: str, items: list[str], mark: str
) -> None:
    intro = "Before a long ride, look after each of these:"
    text = (
        f"# Riding\n\n## The evening before\n\n{intro}\n\n" + "\n".join(mark + item for item in items) + "\n"
    )
    document = parse(name, text)
    chunks = hold_promises(document)
    first, *others = [text[chunk.start : chunk.end] for chunk in chunks]
    assert first.startswith(intro)
    assert chunks[0].context is None
    assert all(part.startswith(mark) for part in others), "cut between items"
    assert [text[slice(*chunk.context)] for chunk in chunks[1:] if chunk.context] == [intro] * len(others)
    assert len(others) > 0 or len(text.split()) < 140


def test_a_short_list_stays_with_its_introduction() -> None:
    text = "# Riding\n\nTake along:\n\n- a pump\n- a spare tube\n- two tyre levers\n"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end] == text.removeprefix("# Riding\n\n").strip()
    assert [text[slice(*sentence)] for sentence in chunk.sentences] == [
        "Take along:", "- a pump", "- a spare tube", "- two tyre levers",
    ]  # fmt: skip


def test_only_the_last_sentence_of_a_long_introduction_is_the_context() -> None:
    text = (
        "A saddle wears out slowly. Every spring, check:\n\n" + "- the rails, the cover and the bolts\n" * 40
    )
    chunks = cut(parse("a.md", text))
    assert {text[slice(*chunk.context)] for chunk in chunks if chunk.context} == {"Every spring, check:"}


@pytest.mark.parametrize("before", ["", "# Tools\n\nThese are the tools of the workshop.\n\n"])
def test_rows_of_a_long_table_carry_its_header(before: str) -> None:
    text = (
        before
        + "| Tool | Use |\n|---|---|\n"
        + "".join(f"| spanner {n} | it turns nut number {n} |\n" for n in range(60))
    )
    chunks = hold_promises(parse("a.md", text))[1 if before else 0 :]
    assert len(chunks) > 2
    assert [text[slice(*chunk.context)] for chunk in chunks[1:] if chunk.context] == ["| Tool | Use |"] * (
        len(chunks) - 1
    )
    assert all(text[chunk.start : chunk.end].startswith("| spanner") for chunk in chunks[1:])


@pytest.mark.parametrize(
    "intro", ["knead " * 200 + "in:", "| " + "tool " * 300 + "|\n|---|"], ids=["introduction", "header"]
)
def test_even_a_context_is_short(intro: str) -> None:
    mark = "| " if intro.startswith("|") else "- "
    chunks = hold_promises(parse("a.md", f"{intro}\n" + f"{mark}a bowl or a trough of wood\n" * 60))
    assert len([chunk for chunk in chunks if chunk.context]) > 3


# ---------------------------------------------------------------------- sizes


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("knead " * 1_000, 7),  # one sentence of a thousand words
        ("q" * 5_500, 6),  # one word
        ("- " + "fold " * 700, 5),  # one list item
        ("Bake it. " * 1_000, 16),  # many short sentences
    ],
    ids=["sentence", "word", "item", "sentences"],
)
def test_what_is_too_long_is_cut(name: str, text: str, least: int) -> None:
    assert len(hold_promises(parse(name, text))) >= least


def test_a_sentence_of_up_to_150_words_stays_whole() -> None:
    text = "Knead " + "it " * 148 + "well."
    assert [(chunk.start, chunk.end) for chunk in cut(parse("a.md", text))] == [(0, len(text))]


def test_short_paragraphs_of_a_section_are_joined_and_those_of_two_sections_are_not() -> None:
    text = "# Bread\n\n## Crust\n\nBake it hot.\n\nIt turns brown.\n\n## Crumb\n\nLet it cool.\n"
    chunks = cut(parse("a.md", text))
    assert [text[chunk.start : chunk.end] for chunk in chunks] == [
        "Bake it hot.\n\nIt turns brown.",
        "Let it cool.",
    ]


def test_a_sentence_that_refers_back_is_not_left_alone() -> None:
    first = "A chain stretches. " * 23
    text = f"## Chains\n\n{first.strip()}\n\nThis wears the sprockets as well.\n"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end].endswith("sprockets as well.")


def test_roles_are_not_mixed() -> None:
    text = "Bake the loaf until it is brown and sounds hollow.\n\nUpdated on 3 May 2021\n\nLet it cool on a rack.\n"
    chunks = cut(parse("a.txt", text))
    assert [chunk.role for chunk in chunks] == ["body", "byline", "body"]


TIMES = "| Loaf | Hours |\n|---|---|\n| Rye | 2 |\n| Wheat | 1 |\n"


def test_a_short_paragraph_stays_with_the_table_it_leads_to() -> None:
    text = f"## Baking\n\nLoaves need different times. {'The oven is hot. ' * 8}\n\n{TIMES}"
    (chunk,) = cut(parse("a.md", text))
    assert text[chunk.start : chunk.end].endswith("| Wheat | 1 |")


def test_a_long_paragraph_stands_apart_from_the_table_behind_it() -> None:
    text = f"## Baking\n\n{'The oven is hot and the loaf is brown. ' * 9}\n\n{TIMES}"
    assert len(cut(parse("a.md", text))) == 2
