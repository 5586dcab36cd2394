"""Two small documents, their index, and a client of a server over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot.index.rebuild import rebuild_index
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import HelpLine, Settings

MARKDOWN = "hiccups.md"
TOKEN = "a token for tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PLAIN = "sleep/Schlaf & Zucken.txt"

DOCUMENTS = {
    MARKDOWN: """---
title: All about hiccups
publisher: The Leaflet Press
author: Dr. A. Writer
url: https://leaflets.example.org/hiccups
reviewed: 2024-05-01
---
# Hiccups

A hiccup is a sudden jerk of the diaphragm, the muscle below the lungs. See the
[full leaflet](https://leaflets.example.org/full), [mail us](mailto:desk@example.org), [a script](javascript:alert(1))
or [the source][src]. <script>alert("raw")</script>

## What causes hiccups?

Hiccups are caused by these things:

- eating too fast
  - bread above all
  - carbonated drinks 🥤
- sudden **excitement**
- swallowed air

## How are hiccups treated?

Holding the breath stops most hiccups. ![a glass of water](https://leaflets.example.org/water.png) Long hiccups are
treated with medicines:

| Medicine | Dose |
| --- | --- |
| baclofen | small |
| gabapentin | medium |

[src]: https://leaflets.example.org/source
""",
    PLAIN: """Sleep starts

Written by Jane Doe

Sleep starts are brief twitches that come when somebody falls asleep. They are harmless & common: 3 < 5.

What causes sleep starts?

Sleep starts are caused by:

• too much coffee
• stress during the day
• a late workout

What helps against sleep starts?

1. Go to bed at the same hour.
2. Drink less coffee in the “evening”.
""",
}


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def index(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    rebuild_index(corpus, folder)
    return folder


@pytest.fixture(scope="session")
def app(index: Path, corpus: Path) -> Flask:
    settings = Settings(
        index=str(index),
        corpus=str(corpus),
        admin_token=TOKEN,
        rate_limit=(),
        heading="Ask about twitches",
        crisis_lines=(HelpLine("Lifeline", phone="988"),),
    )
    return create_app(settings, LiveBot(index, settings))


@pytest.fixture
def own_index(index: Path, tmp_path: Path) -> Path:
    """A copy of the index that a test may change."""
    return Path(shutil.copytree(index, tmp_path / "index"))


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def without_index(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a server whose index was never built."""
    folder = tmp_path_factory.mktemp("nothing")
    settings = Settings(index=str(folder), admin_token=TOKEN, rate_limit=())
    return create_app(settings, LiveBot(folder, settings)).test_client()
