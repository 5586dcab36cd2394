"""A version is published whole or not at all, and only where something changed."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bread import ONE, TWO, crust, state, there
from conftest import MakeCorpus

from chatbot.errors import DamagedIndex, MachineError, NotPublished
from chatbot.index import Index
from chatbot.index.rebuild import QUESTIONS, rebuild_index
from chatbot.index.versions import KEPT, live_folder, made_from, published, read_pointer, rollback
from chatbot.question.shapes import patterns

# ---------------------------------------------------------------------- publishing


def test_a_rebuild_publishes_and_one_of_the_same_documents_does_not(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index)
    assert first.state == "published"
    again = rebuild_index(corpus, index)
    assert (again.state, again.version, again.counts) == ("unchanged", first.version, first.counts)
    assert rebuild_index(corpus, index, force=True).version > first.version
    assert len(published(index)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"bread.md": ONE["bread.md"] + "\n"},
        {"more.md": "More.\n"},
        {"bread.meta.toml": "author = 'Ann'\n"},
        {"_metadata.toml": "['bread.md']\ntitle = 'Loaf'\n"},
        {"_synonyms.txt": "crust, rind\n"},
    ],
    ids=["text", "document", "sidecar", "editors' metadata", "synonyms"],
)
def test_any_change_is_published(change: dict[str, str], make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    assert state(corpus, index) == "published"
    make_corpus(change)
    assert state(corpus, index) == "published"
    assert state(corpus, index) == "unchanged"


def test_a_change_in_the_last_letter_of_a_pattern_is_published(
    make_corpus: MakeCorpus, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = make_corpus(ONE)
    assert state(corpus, index) == "published"
    changed = dict(patterns())
    longest = max(changed, key=lambda name: len(changed[name].pattern))
    changed[longest] = re.compile(changed[longest].pattern + "|z", changed[longest].flags)
    monkeypatch.setattr("chatbot.index.rebuild.patterns", lambda: changed)
    assert state(corpus, index) == "published"
    assert state(corpus, index) == "unchanged"


def test_a_document_renamed_or_removed_is_a_change(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus({**ONE, "more.md": "More.\n"})
    assert state(corpus, index) == "published"
    (corpus / "more.md").rename(corpus / "less.md")
    assert state(corpus, index) == "published"
    (corpus / "less.md").unlink()
    assert state(corpus, index) == "published"
    assert Index(live_folder(index)).names[:] == ["bread.md"]


def test_the_progress_is_told_from_reading_to_writing(make_corpus: MakeCorpus, index: Path) -> None:
    told: list[tuple[str, int, int]] = []
    rebuild_index(make_corpus(ONE), index, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["reading", "weighing", "writing"]
    assert all(0 <= done <= total for _, done, total in told)
    assert told[-1] == ("writing", 1, 1)


def test_only_the_last_five_versions_are_kept(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    versions = [rebuild_index(corpus, index, force=True).version for _ in range(KEPT + 3)]
    assert KEPT == 5
    assert versions == sorted(set(versions))
    assert list(published(index)) == versions[-KEPT:]
    assert there(index) == set(versions[-KEPT:])


def test_the_index_folder_holds_nothing_else(make_corpus: MakeCorpus, index: Path) -> None:
    state(make_corpus(ONE), index)
    assert {path.name for path in index.iterdir()} == {"current.json", "versions", ".lock"}


def test_what_an_interrupted_rebuild_left_is_removed_by_the_next(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    shutil.copytree(live_folder(index), index / "versions" / ".building-20200101T000000-000000")
    shutil.copytree(live_folder(index), index / "versions" / "20200101T000000-000000")
    (index / ".current.json.4711").write_text("{", encoding="utf-8")
    (index / "versions" / "notes").mkdir()
    assert state(corpus, index) == "unchanged"
    assert there(index) == {*published(index), "notes"}, "what is not ours is left alone"
    assert not list(index.glob(".current.json.*"))


# ---------------------------------------------------------------------- the editors' test questions


def test_a_version_that_turns_a_test_question_wrong_is_not_published(
    make_corpus: MakeCorpus, index: Path
) -> None:
    def check(index: Index, questions: Path) -> dict[str, bool]:
        return {"steam": any("Steam" in index.passage(n).text for n in range(len(index))), "other": False}

    corpus = make_corpus({**TWO, QUESTIONS: "{}\n"})
    assert rebuild_index(corpus, index, check=check).questions == {"steam": True, "other": False}
    live = read_pointer(index).version
    make_corpus(ONE)
    with pytest.raises(NotPublished, match=r"1 test question.*steam.*--force"):
        rebuild_index(corpus, index, check=check)
    assert read_pointer(index).version == live
    assert "Steam" in crust(index)
    assert there(index) == {live}, "nothing is left of it"
    forced = rebuild_index(corpus, index, check=check, force=True)
    assert forced.turned_wrong == ("steam",)
    assert there(index) == {live, forced.version}


def test_test_questions_are_not_compared_with_a_version_of_other_documents(
    make_corpus: MakeCorpus, index: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "steam.md").write_text("# Steam\n\nSteam is hot.\n", encoding="utf-8")

    def check(index: Index, questions: Path) -> dict[str, bool]:
        return {"steam": any("Steam is hot" in index.passage(n).text for n in range(len(index)))}

    assert rebuild_index(other, index).warnings == ()
    corpus = make_corpus({**ONE, QUESTIONS: "{}\n"})
    replaced = rebuild_index(corpus, index, check=check)
    assert (replaced.state, replaced.questions, replaced.turned_wrong) == ("published", {"steam": False}, ())
    (note,) = replaced.warnings
    assert note.name == str(index)
    assert "none of these documents" in note.reason
    assert "--index" in note.reason


def test_a_version_knows_the_folder_that_it_was_made_from(make_corpus: MakeCorpus, index: Path) -> None:
    assert made_from(index) is None
    corpus = make_corpus(ONE)
    rebuild_index(corpus, index)
    assert made_from(index) == corpus.resolve()
    corpus.rename(corpus.with_name("moved"))
    assert made_from(index) is None


# ---------------------------------------------------------------------- the machine


def test_a_file_where_the_index_should_be_is_said(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place in ("file", "file/index"):
        with pytest.raises(MachineError) as raised:
            rebuild_index(make_corpus(ONE), tmp_path / place)
        assert str(tmp_path / place) in str(raised.value)


def test_a_folder_without_rights_is_said(make_corpus: MakeCorpus) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom chatbot.index.versions import publishing\n"
        "from chatbot.errors import MachineError\n"
        "if os.getuid() == 0:\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "try:\n    with publishing(Path(sys.argv[1])):\n        pass\n"
        "except MachineError as error:\n    print(error)"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", script, f"{folder}/index"], capture_output=True, text=True, check=False
        )
        Path(folder).chmod(0o755)
        assert done.stderr == ""
        assert "no permission" in done.stdout
        assert f"{folder}/index" in done.stdout


def test_a_clock_that_goes_back_does_not_mix_up_the_order(
    make_corpus: MakeCorpus, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Earlier(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Earlier:
            return cls(1999, 1, 1, tzinfo=tz)

    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index).version
    monkeypatch.setattr("chatbot.index.versions.datetime.datetime", Earlier)
    second = rebuild_index(corpus, index, force=True).version
    third = rebuild_index(corpus, index, force=True).version
    assert first < second < third
    assert published(index) == (first, second, third)
    assert rollback(index) == second


def test_versions_are_readable_by_the_server_that_runs_as_another_user(
    make_corpus: MakeCorpus, index: Path
) -> None:
    before = os.umask(0o022)
    try:
        state(make_corpus(ONE), index)
    finally:
        os.umask(before)
    for path in live_folder(index).iterdir():
        assert path.stat().st_mode & 0o444 == 0o444


def test_a_version_that_cannot_be_asked_since_the_disk_changed_it_is_damaged(
    make_corpus: MakeCorpus, index: Path
) -> None:
    def check(index: Index, questions: Path) -> dict[str, bool]:
        if damaged:
            with (index.folder / "terms.bin").open("r+b") as file:
                first = file.read(1)[0]
                file.seek(0)
                file.write(bytes([first ^ 1]))
        raise IndexError("out of bounds")

    corpus = make_corpus({**ONE, QUESTIONS: "{}\n"})
    damaged = True
    with pytest.raises(DamagedIndex, match=r"terms\.bin: its SHA-256 is not the manifest's"):
        rebuild_index(corpus, index, check=check)
    damaged = False
    with pytest.raises(IndexError):
        rebuild_index(corpus, index, check=check)
    assert there(index) == set()
