"""Documents, plain and nasty, and what each of them promises once it is cut."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from chatbot.documents import Document
from chatbot.documents.metadata import front_matter
from chatbot.passages import Chunk, cut

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
