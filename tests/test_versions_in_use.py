"""One rebuild at a time, and readers that keep their version while others are published."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bread import ONE, TWO, crust, state
from conftest import MakeCorpus

from chatbot import Chatbot
from chatbot.errors import Locked
from chatbot.index import Index
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import KEPT, live_folder, rollback

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
