"""Files of a corpus: which are read, under which names, and why one was skipped."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import MakeCorpus

from chatbot.documents import find_documents
from chatbot.documents.decoding import decode
from chatbot.errors import CorpusError
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder


def skipped_reason(corpus: Path, index: Path, name: str) -> str:
    """Rebuild; return why one file was skipped. A document beside it must be indexed all the same."""
    (corpus / "zebra.md").write_text("# Zebra\n\nA zebra has stripes.\n", encoding="utf-8")
    rebuilt = rebuild_index(corpus, index)
    opened = Index(live_folder(index))
    assert opened.find_document("zebra.md")
    assert opened.find_document(name) is None
    reasons = {skip.name: skip.reason for skip in rebuilt.skipped}
    return reasons[name]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b"\xef\xbb\xbf \r\n\t\n", "empty"),
        ("headings.md", b"# One\n\n## Two\n", "no text"),
        ("front.md", b"---\ntitle: x\n---\n", "no text"),
        ("nul.txt", b"some words\0and more", "not text"),
        ("photo.md", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 9, "not text"),
        ("utf32.txt", b"\xff\xfe\0\0ab", "not"),
        ("page.html", b"<p>Flour and water are all it takes.</p>", "not understood"),
        ("letter.docx", b"PK\x03\x04", "not understood"),
        ("README", b"Flour.", "not understood"),
    ],
)
def test_a_file_that_is_no_document_is_skipped_and_the_reason_said(
    name: str, content: bytes, says: str, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    reason = skipped_reason(make_corpus({name: content}), tmp_path / "index", name)
    assert says in reason
    assert "Error" not in reason


LETTER = (
    "Die Bäckerin prüfte, ob der Teig über Nacht genügend aufgegangen war – „später“ wäre zu spät für die Kundschaft. "
    * 4
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32"])
def test_other_encodings_are_read(encoding: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"brief.txt": LETTER.encode(encoding)})
    rebuild_index(corpus, tmp_path / "index")
    index = Index(live_folder(tmp_path / "index"))
    text = index.document_text(index.document(0))
    assert "Bäckerin" in text
    assert "genügend aufgegangen" in text
    passage = index.passage(0)
    assert text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Knead for 4½ minutes… A loaf is £2.50."),
        ("cp1252", "Half a spoon (½)"),
        ("cp1252", "25 £ … Zürich"),
        ("latin-1", "Käse und Müsli"),
        ("cp1252", "¿Cuánta sal? La masa tiene que reposar, y el año es lo de menos."),
        ("cp1251", "Тесто должно стоять в тепле, пока не поднимется вдвое."),
        ("cp1253", "Το ψωμί θέλει ώρα και ζέστη"),
    ],
)
def test_a_few_words_in_another_encoding_are_read_as_written(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_letters_of_another_encoding_are_not_taken_for_western_ones() -> None:
    text = "Příliš žluťoučký kůň úpěl ďábelské ódy. Těsto musí kynout dvě hodiny a péct se hodinu."
    assert decode(text.encode("cp1250"))[0] == text


def test_a_file_that_is_not_utf8_is_named(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"cost.txt": "A loaf is £2.".encode("cp1252"), "loaf.txt": "A loaf is £2.".encode()})
    (warning,) = rebuild_index(corpus, tmp_path / "index").warnings
    assert warning.name == "cost.txt"
    assert (
        warning.reason
        == "it is not UTF-8 and was read as cp1252; where a letter looks wrong, save it as UTF-8"
    )


def test_utf8_is_decoded_as_it_stands() -> None:
    data = "\ufeffa\r\nb\rc\u2028d\n\u0301𝒜".encode()
    assert decode(data) == (data.decode("utf-8"), "utf-8")


def test_what_is_named_like_a_document_but_is_none(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus(
        {"folder.md/inner.md": "Flour.\n", "a.md": "Water.\n", "_notes.md": "x", ".hidden.md": "x"}
    )
    (tmp_path / "outside.md").write_text("Secret.\n", encoding="utf-8")
    (corpus / "dangling.md").symlink_to(corpus / "nowhere.md")
    (corpus / "loop.md").symlink_to(corpus / "loop.md")
    (corpus / "leak.md").symlink_to(tmp_path / "outside.md")
    (corpus / "dotted.md").symlink_to(corpus / ".." / "outside.md")
    (corpus / "inside.md").symlink_to(corpus / "a.md")
    (corpus / "_drafts").mkdir()
    (corpus / "_drafts" / "draft.md").write_text("Draft.\n", encoding="utf-8")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "object.md").write_text("Object.\n", encoding="utf-8")
    os.mkfifo(corpus / "pipe.md")
    found, skipped = find_documents(corpus)
    assert sorted(file.name for file in found) == ["a.md", "folder.md/inner.md", "inside.md"]
    reasons = {skip.name: skip.reason for skip in skipped}
    assert set(reasons) == {"folder.md", "dangling.md", "loop.md", "leak.md", "dotted.md", "pipe.md"}
    assert "folder" in reasons["folder.md"]
    assert "link to nothing" in reasons["dangling.md"]
    assert "out of the corpus" in reasons["leak.md"]
    assert "out of the corpus" in reasons["dotted.md"]


def test_a_linked_folder_is_not_followed_and_is_said(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({"a.md": "Flour.\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.md").write_text("Secret.\n", encoding="utf-8")
    (corpus / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    found, skipped = find_documents(corpus)
    assert [file.name for file in found] == ["a.md"]
    assert [skip.name for skip in skipped] == ["more"]


def test_a_file_of_a_hundred_megabytes_is_skipped_unread(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({})
    corpus.mkdir()
    with (corpus / "line.txt").open("wb") as file:
        for _ in range(100):
            file.write(b"dough " * 170_000)
    reason = skipped_reason(corpus, tmp_path / "index", "line.txt")
    assert "102,000,000 bytes" in reason
    assert "split it" in reason


NAMES = [
    "Sourdough — a start.md", "面包.txt", "שלום.md", "a\nb.md", "100% rye? #1 & more.md", "🍞.md", "e\u0301.md",
    "UPPER.MD",
    "面" * 83 + ".md", "a" * 252 + ".md", "dots..and...dots.text", "it's \"quoted\".markdown", " lead.md", "tab\t.md",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_document_may_have_any_name(name: str, make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus({name: "Flour and water.\n", f"sub {name[:20]} folder/{name}": "Salt and yeast.\n"})
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.skipped == ()
    index = Index(live_folder(tmp_path / "index"))
    assert index.names[:] == sorted([name, f"sub {name[:20]} folder/{name}"], key=str.encode)
    document = index.find_document(name)
    assert document
    assert document.title == name.rpartition(".")[0]


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"caf\xe9/inner.md"], ids=["file", "folder"])
def test_a_name_that_is_not_utf8_is_skipped_and_said(
    name: bytes, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    corpus = make_corpus({"zebra.md": "A zebra has stripes.\n"})
    path = Path(os.fsdecode(os.fsencode(corpus) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"Flour.\n")
    rebuilt = rebuild_index(corpus, tmp_path / "index")
    assert rebuilt.counts["documents"] == 1
    (skip,) = rebuilt.skipped
    assert "caf" in skip.name
    assert skip.name.encode("utf-8")
    assert "not UTF-8" in skip.reason


def test_a_corpus_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file.md").write_text("Flour.\n", encoding="utf-8")
    (tmp_path / "bare").mkdir()
    for corpus, says in [
        (tmp_path / "nowhere", "no such folder"),
        (tmp_path / "file.md", "is a file"),
        (tmp_path / "bare", "no documents"),
        (tmp_path / ("x" * 300), "x" * 300),
    ]:
        with pytest.raises(CorpusError, match=says) as raised:
            rebuild_index(corpus, tmp_path / "index")
        assert str(corpus) in str(raised.value)
        assert "\n" not in str(raised.value)


def test_a_corpus_of_nothing_but_skipped_files_names_the_first(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    corpus = make_corpus({"a.md": b"", "b.html": b"<p>"})
    with pytest.raises(CorpusError, match=r"a\.md: it is empty.*1 more|b\.html.*1 more"):
        rebuild_index(corpus, tmp_path / "index")


WITHOUT_RIGHTS = """
import os, sys, encodings.utf_8_sig
from pathlib import Path
from chatbot.documents import find_documents, read_document
from chatbot.errors import CorpusError
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    found, skipped = find_documents(Path(sys.argv[1]))
    for file in found:
        try:
            read_document(file)
        except CorpusError as error:
            print(file.name, "skipped:", error)
except CorpusError as error:
    print("stopped:", error)
"""


@pytest.mark.parametrize(
    ("locked", "says"),
    [
        ("corpus", "stopped: CORPUS"),
        ("corpus/sub", "stopped: CORPUS/sub"),
        ("corpus/a.md", "a.md skipped: it cannot be read"),
        ("corpus/_metadata.toml", "stopped: CORPUS/_metadata.toml"),
        ("", "stopped: CORPUS"),
    ],
    ids=["folder", "subfolder", "file", "editors' file", "above"],
)
def test_missing_rights_are_said_not_thrown(
    locked: str, says: str, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        root = Path(open_to_all, "top")
        files = {"a.md": "Flour.\n", "sub/b.md": "Water.\n", "_metadata.toml": "[\"a.md\"]\ntitle = 'A'\n"}
        for name, text in files.items():
            path = root / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (root / locked).chmod(0)
        try:
            done = subprocess.run(
                [sys.executable, "-c", WITHOUT_RIGHTS, str(root / "corpus")],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            (root / locked).chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.replace(str(root / "corpus"), "CORPUS").startswith(says)
    assert "denied" in done.stdout
