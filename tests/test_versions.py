"""Versions: published whole or not at all, gone back to, checked, pruned under a reader's feet."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.errors import DamagedIndex, Locked, MachineError, NoIndex, NoSuchVersion, NotPublished
from chatbot.index import Index
from chatbot.index.format import MANIFEST, verify
from chatbot.index.rebuild import QUESTIONS, rebuild_index
from chatbot.index.versions import KEPT, live_folder, published, read_pointer, rollback
from chatbot.question.shapes import patterns

MakeCorpus = Callable[[Mapping[str, str | bytes]], Path]

ONE = {"bread.md": "# Bread\n\n## Crust\n\nBake the loaf hot until the crust is brown.\n"}
TWO = {"bread.md": "# Bread\n\n## Crust\n\nSteam keeps the crust soft for the first minutes.\n"}


def state(corpus: Path, index: Path, *, force: bool = False) -> str:
    return rebuild_index(corpus, index, force=force).state


def crust(index: Path) -> str:
    return Chatbot.open(index).search("crust")[0].text


def there(index: Path) -> set[str]:
    return {path.name for path in (index / "versions").iterdir()}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


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


# ---------------------------------------------------------------------- going back


def test_a_rollback_goes_to_the_version_before(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index).version
    make_corpus(TWO)
    second = rebuild_index(corpus, index).version
    assert "Steam" in crust(index)
    assert rollback(index) == first
    assert "brown" in crust(index)
    assert published(index) == (first, second)
    with pytest.raises(NoSuchVersion, match="no version before"):
        rollback(index)
    assert rollback(index, second) == second
    assert "Steam" in crust(index)


def test_a_rebuild_of_unchanged_documents_does_not_undo_a_rollback(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    first = rebuild_index(corpus, index).version
    make_corpus(TWO)
    rebuild_index(corpus, index)
    rollback(index)
    assert state(corpus, index) == "unchanged"
    assert read_pointer(index).version == first
    make_corpus({"bread.md": TWO["bread.md"] + "\nAnd salt.\n"})
    assert state(corpus, index) == "published"
    assert "Steam" in crust(index)


def test_a_rollback_to_what_is_not_there_names_what_is(make_corpus: MakeCorpus, index: Path) -> None:
    version = rebuild_index(make_corpus(ONE), index).version
    for wrong in ("20200101T000000-000000", "../../etc", "", version[:-1], ".building"):
        with pytest.raises(NoSuchVersion, match=version):
            rollback(index, wrong)
    assert read_pointer(index).version == version


def test_a_rollback_checks_every_hash_first(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    first = live_folder_after(corpus, index)
    make_corpus(TWO)
    second = live_folder_after(corpus, index)
    data = bytearray((first / "texts.bin").read_bytes())
    data[3] ^= 1
    (first / "texts.bin").write_bytes(data)
    with pytest.raises(DamagedIndex, match=r"texts\.bin"):
        rollback(index)
    assert live_folder(index) == second


def live_folder_after(corpus: Path, index: Path) -> Path:
    rebuild_index(corpus, index)
    return live_folder(index)


def test_nothing_is_made_where_there_was_nothing_to_roll_back(tmp_path: Path) -> None:
    with pytest.raises(NoIndex):
        rollback(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


# ---------------------------------------------------------------------- damage


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "bare").mkdir()
    for place in ("nowhere", "file", "bare"):
        with pytest.raises(NoIndex, match="chatbot rebuild"):
            Chatbot.open(tmp_path / place)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"version": "../..", "published": []}',
     b'{"version": 1, "published": [2]}',
     b'{"version": "20200101T000000-000000"}', b'{"version": null, "published": null}', b"[" * 100_000],
    ids=range(11),
)  # fmt: skip
def test_a_damaged_pointer_is_told_and_a_rebuild_publishes_anew(
    content: bytes, make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    (index / "current.json").write_bytes(content)
    with pytest.raises(DamagedIndex, match=r"current\.json"):
        Chatbot.open(index)
    with pytest.raises(DamagedIndex, match=r"current\.json"):
        rollback(index)
    assert state(corpus, index) == "published"
    assert "brown" in crust(index)
    assert there(index) == set(published(index))


@pytest.mark.parametrize("name", ["texts.bin", "idf.npy", MANIFEST])
@pytest.mark.parametrize("how", ["flipped", "short", "missing"])
def test_a_rebuild_mends_a_damaged_live_version(
    name: str, how: str, make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    path = live_folder_after(corpus, index) / name
    damage(path, how)
    assert state(corpus, index) == "published", "the documents are unchanged, the index is not"
    assert verify(live_folder(index))
    assert "brown" in crust(index)


def damage(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    path.unlink()
    if how == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif how == "short":
        path.write_bytes(data[:-2])


def test_a_rebuild_mends_a_damaged_version_that_was_rolled_back_to(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    rebuild_index(corpus, index)
    make_corpus(TWO)
    rebuild_index(corpus, index)
    rollback(index)
    shutil.rmtree(live_folder(index))
    with pytest.raises(DamagedIndex):
        Chatbot.open(index)
    rebuild_index(corpus, index)
    assert "Steam" in crust(index)


def test_a_flipped_bit_of_the_pointer_never_opens_another_version(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    make_corpus(TWO)
    state(corpus, index)
    live = read_pointer(index).version
    pointer = index / "current.json"
    whole = pointer.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            data = bytearray(whole)
            data[place] ^= 1 << bit
            pointer.write_bytes(data)
            try:
                opened = Index(live_folder(index))
            except DamagedIndex:
                continue
            assert opened.manifest.version == live
            assert place > whole.index(b"published") - 2 or json.loads(data)["version"] == live


# ---------------------------------------------------------------------- one at a time


@contextmanager
def another_process_holding(index: Path) -> Iterator[None]:
    held = (
        "import sys; from pathlib import Path; from chatbot.index.versions import publishing\n"
        "with publishing(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held, str(index)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.kill()


def test_a_second_rebuild_or_rollback_is_turned_away_and_readers_are_not(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    with another_process_holding(index):
        for attempt in (lambda: rebuild_index(corpus, index, force=True), lambda: rollback(index)):
            with pytest.raises(Locked, match="another rebuild or rollback is running"):
                attempt()
        assert "brown" in crust(index)
    assert state(corpus, index) == "unchanged", "the lock of a killed process holds nobody up"


def test_a_rebuild_in_another_thread_is_turned_away_too(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus(ONE)
    attempts: list[type[BaseException]] = []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "writing" and not done:
            with pytest.raises(Locked) as raised:
                rebuild_index(corpus, index)
            attempts.append(raised.type)

    assert rebuild_index(corpus, index, progress=meanwhile).state == "published"
    assert attempts == [Locked]


# ---------------------------------------------------------------------- readers


def test_a_reader_keeps_working_on_a_version_that_is_pruned(make_corpus: MakeCorpus, index: Path) -> None:
    corpus = make_corpus({**ONE, "_synonyms.txt": "crust, rind\n"})
    state(corpus, index)
    before = Chatbot.open(index)
    used = Chatbot.open(index)
    fresh = Index(live_folder(index))
    expected = [[hit.text for hit in used.search(question)] for question in ("crust", "crsut", "rind")]
    identifier = fresh.passage(0).id
    make_corpus(TWO)
    for _ in range(KEPT):
        state(corpus, index, force=True)
    assert not fresh.folder.exists()
    for bot in (used, before):
        assert [
            [hit.text for hit in bot.search(question)] for question in ("crust", "crsut", "rind")
        ] == expected
        assert bot.reply("What makes the crust brown?").passages
    assert fresh.find_passage(identifier) == 0
    assert fresh.find_document("bread.md")
    assert fresh.words.find("crust") is not None
    assert len(fresh.word_counts) == len(fresh.words)
    assert "Steam" in crust(index)


def test_a_reader_sees_a_whole_version_while_others_are_published(
    make_corpus: MakeCorpus, index: Path
) -> None:
    corpus = make_corpus(ONE)
    state(corpus, index)
    reading = (
        "import json, select, sys\nfrom pathlib import Path\n"
        "from chatbot.index import Index\nfrom chatbot.index.versions import live_folder\n"
        "seen = set()\nprint('ready', flush=True)\n"
        "while not select.select([sys.stdin], [], [], 0)[0]:\n"
        "    seen.add(Index(live_folder(Path(sys.argv[1]))).passage(0).text)\n"
        "print(json.dumps(sorted(seen)), flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reading, str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        for number in range(12):
            make_corpus(TWO if number % 2 else ONE)
            state(corpus, index, force=True)
        out, errors = process.communicate("stop", timeout=300)
    assert errors == ""
    texts = {text.split("\n\n")[-1].strip() for documents in (ONE, TWO) for text in documents.values()}
    assert set() < set(json.loads(out)) <= texts


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
