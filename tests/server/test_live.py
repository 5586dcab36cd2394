"""A published rebuild is followed; what cannot be opened does not take the old one away."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chatbot.bot import Chatbot
from chatbot.errors import DamagedIndex, NoIndex
from chatbot.index import versions
from chatbot.index.rebuild import rebuild_index
from chatbot.reply import Turn
from chatbot.server import live
from chatbot.server.live import LiveBot
from chatbot.server.warming import warm
from chatbot.settings import Settings


def version(bots: LiveBot) -> str:
    return bots.current().index.manifest.version


def test_a_rebuild_and_a_rollback_are_followed(corpus: Path, own_index: Path) -> None:
    bots = LiveBot(own_index, Settings())
    first = version(bots)
    second = rebuild_index(corpus, own_index, force=True).version
    assert version(bots) == second != first
    versions.rollback(own_index)
    assert version(bots) == first


def test_nothing_is_opened_again_while_nothing_is_published(
    own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = Chatbot.open

    def noted(folder: Path, settings: Settings) -> Chatbot:
        opened.append(folder)
        return real(folder, settings)

    monkeypatch.setattr(Chatbot, "open", noted)
    bots = LiveBot(own_index, Settings())
    with ThreadPoolExecutor(8) as pool:
        found = {id(bot) for bot in pool.map(lambda _: bots.current(), range(200))}
    assert len(found) == len(opened) == 1


def test_messages_are_answered_one_at_a_time_also_after_a_failure(
    own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    answering = 0

    def noted(self: Chatbot, message: str, history: Sequence[Turn] = (), **_: Any) -> str:
        nonlocal answering
        answering += 1
        time.sleep(0.002)
        at_once.append(answering)
        answering -= 1
        if message == "3":
            raise ZeroDivisionError
        return message

    monkeypatch.setattr(Chatbot, "reply", noted)
    bots = LiveBot(own_index, Settings())
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(bots.reply, str(number)) for number in range(20)]
        assert isinstance(waiting[3].exception(10), ZeroDivisionError)
        assert [str(each.result(10)) for each in waiting[4:]] == [str(number) for number in range(4, 20)]
    assert set(at_once) == {1}


def test_a_replaced_version_is_freed_without_a_collection_of_garbage(corpus: Path, own_index: Path) -> None:
    bots = LiveBot(own_index, Settings())
    bots.reply("What is a pnuctured tyre?")
    replaced = weakref.ref(bots.current().index)
    gc.disable()
    try:
        rebuild_index(corpus, own_index, force=True)
        bots.reply("What is a pnuctured tyre?")
        assert replaced() is None
    finally:
        gc.enable()


def test_others_go_on_with_the_old_version_while_the_new_one_is_opened(
    corpus: Path, own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "OLD_SECONDS", 60)
    bots = LiveBot(own_index, Settings())
    first = version(bots)
    second = rebuild_index(corpus, own_index, force=True).version
    opening, go_on = threading.Event(), threading.Event()
    real = Chatbot.open

    def slowly(folder: Path, settings: Settings) -> Chatbot:
        opening.set()
        assert go_on.wait(10)
        return real(folder, settings)

    monkeypatch.setattr(Chatbot, "open", slowly)
    with ThreadPoolExecutor(1) as pool:
        opener = pool.submit(version, bots)
        assert opening.wait(10)
        assert version(bots) == first
        go_on.set()
        assert opener.result(10) == second
    assert version(bots) == second


def test_others_wait_for_the_new_version_where_opening_it_takes_long(
    corpus: Path, own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "OLD_SECONDS", 0)
    bots = LiveBot(own_index, Settings())
    version(bots)
    second = rebuild_index(corpus, own_index, force=True).version
    opening, go_on = threading.Event(), threading.Event()
    real = Chatbot.open

    def slowly(folder: Path, settings: Settings) -> Chatbot:
        opening.set()
        assert go_on.wait(10)
        return real(folder, settings)

    monkeypatch.setattr(Chatbot, "open", slowly)
    with ThreadPoolExecutor(2) as pool:
        opener = pool.submit(version, bots)
        assert opening.wait(10)
        other = pool.submit(version, bots)
        assert not other.done()
        go_on.set()
        assert opener.result(10) == other.result(10) == second


def test_a_version_that_cannot_be_opened_does_not_replace_the_old_one(
    own_index: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.0)
    bots = LiveBot(own_index, Settings())
    first = version(bots)
    pointer = own_index / "current.json"
    good = pointer.read_text()
    with caplog.at_level(logging.ERROR):
        pointer.write_text(good.replace(first, "20200101T000000-000000"))
        assert version(bots) == first
        pointer.unlink()
        assert version(bots) == first
        assert version(bots) == first
    assert len(caplog.records) == 2, "the same failure is told once"
    assert f"{first} is still served" in caplog.text
    pointer.write_text(good)
    assert version(bots) == first


def test_nothing_to_open_is_an_error_until_something_is_published(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bots = LiveBot(tmp_path / "index", Settings())
    with pytest.raises(NoIndex, match="there is no index here"):
        bots.current()
    built = rebuild_index(corpus, tmp_path / "index").version
    assert version(bots) == built
    damaged = LiveBot(tmp_path / "index", Settings())
    manifest = tmp_path / "index" / "versions" / built / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-100])
    with pytest.raises(DamagedIndex):
        damaged.current()
    manifest.write_bytes(whole)
    monkeypatch.setattr(damaged, "_retry_at", 0.0)
    assert version(damaged) == built


def test_a_version_that_takes_the_place_of_another_is_warmed_up_beside_the_answers(
    corpus: Path, own_index: Path
) -> None:
    warmed: list[str] = []
    done = threading.Event()

    def warm_one(bot: Chatbot) -> None:
        warm(bot)
        warmed.append(bot.index.manifest.version)
        done.set()

    bots = LiveBot(own_index, Settings())
    bots.warm = warm_one
    bots.current()
    assert not warmed, "the first is warmed up by the server itself, before its workers are made"
    second = rebuild_index(corpus, own_index, force=True).version
    assert version(bots) == second
    assert done.wait(30)
    assert warmed == [second]


def test_what_cannot_be_warmed_up_is_served_all_the_same(
    own_index: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Chatbot, "reply", lambda *_, **__: 1 / 0)
    bot = LiveBot(own_index, Settings()).current()
    warm(bot)
    assert "could not be warmed up" in caplog.text
