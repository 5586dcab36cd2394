"""Many threads, rebuilds and processes get the same replies, each with an id of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from replies import ADVICE, CRISIS, EMERGENCY, QUESTIONS, without_id

from chatbot import Chatbot, rebuild

pytest_plugins = ("fixtures_bot",)


def test_one_bot_serves_many_threads(bicycle_index: Path) -> None:
    messages = [
        *QUESTIONS,
        EMERGENCY,
        CRISIS,
        ADVICE,
        "hello",
        "capital of France",
        "?",
        "waht casues puncutres",
    ]
    alone = {message: without_id(Chatbot.open(bicycle_index).reply(message)) for message in messages}
    shared = Chatbot.open(bicycle_index)  # fresh: what it gathers at first use is gathered by all at once

    def ask(message: str) -> tuple[str, dict[str, object]]:
        return message, without_id(shared.reply(message))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, messages * 8))
    assert len(found) == len(messages) * 8
    for message, reply in found:
        assert reply == alone[message]


def test_every_reply_has_an_id_of_its_own(bicycle_bot: Chatbot) -> None:
    assert len({bicycle_bot.reply("what is a chain?").id for _ in range(50)}) == 50


def test_a_passage_keeps_its_id_through_a_rebuild(
    bicycle_bot: Chatbot, bicycles: Path, tmp_path: Path
) -> None:
    rebuild(bicycles, tmp_path / "index")
    again = Chatbot.open(tmp_path / "index")
    assert again.search("what is a chain?", 100) == bicycle_bot.search("what is a chain?", 100)


SEEDED = """
import hashlib
import sys
from pathlib import Path
from chatbot import Chatbot, rebuild
corpus, index, *messages = sys.argv[1:]
version = rebuild(corpus, index)
folder = Path(index, "versions", version)
files = sorted(path for path in folder.iterdir() if path.name != "manifest.json")  # which names its version
print([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files])
bot = Chatbot.open(index)
for message in messages:
    reply = bot.reply(message, [{"role": "user", "content": "what is a chain?"}], explain=True)
    found = [(p.id, p.score, p.highlights) for p in bot.search(message, 100)]
    told = [reply.kind, reply.text, reply.question, reply.corrections, reply.suggestions, reply.explanation]
    print(repr([*told, found]))
"""


def test_the_same_comes_of_documents_and_messages_in_every_process(bicycles: Path, tmp_path: Path) -> None:
    messages = [
        "waht casues puncutres",
        "how is it cleand",
        "rinkle sealent innertube hangr",
        "Why?",
        "sadle soer",
    ]

    def run(seed: str) -> str:
        command = [sys.executable, "-c", SEEDED, str(bicycles), str(tmp_path / seed), *messages]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first = run("1")
    assert first.count("\n") == 1 + len(messages)
    assert run("4242") == first
