"""A workshop's leaflets on bicycles, their index, and a bot that answers from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import Chatbot, rebuild
from chatbot.question.understand import Understanding

CHAINS = """---
title: Bicycle chains
publisher: The Corner Workshop
author: P. Edal
url: https://workshop.example.org/chains
reviewed: 2025-03-04
---
# Bicycle chains

## What is a chain?

A chain is a loop of metal links that carries the force of the legs to the rear wheel. Most chains have about 116 links.

## How is a chain cleaned?

A dirty chain is cleaned with a degreaser and a stiff brush, and rubbed dry with a rag. Afterwards a drop of lubricant
goes on every link.

## How long does a chain last?

A chain lasts for about 3,000 kilometres. Sand and rain can halve that.

## Can a chain be washed in petrol?

A chain should never be washed in petrol, because petrol draws the grease out of the rollers, where no brush can put it
back.

## Why does a chain skip?

A chain skips because its links or the sprockets of the cassette are worn. A bent derailleur hanger can be the cause
too.
"""

TYRES = """# Tyres and punctures

## What is a puncture?

A puncture is a hole in the inner tube, through which the air of the tyre escapes.

## How is a puncture repaired?

A puncture is repaired in these steps:

1. Take the wheel out and lever the tyre off the rim.
2. Find the hole by holding the pumped tube under water.
3. Roughen the rubber around the hole and glue a patch over it.
4. Put the tube back and pump the tyre up.

## What causes punctures?

Punctures are caused by these things:

- thorns and broken glass
- a tyre with too little pressure
- a rim tape that has slipped

## How are punctures prevented?

Sealant inside the tube closes small holes by itself, and so prevents most punctures. Tyres with a belt of **aramid**
under the tread prevent punctures too.

## How long does a tyre last?

A tyre lasts for about 5,000 kilometres. Then its rubber is worn thin.

## How much pressure does a tyre need?

A road tyre needs a pressure of about 6 bar. A wide tyre needs less, about 3 bar.
"""

SADDLES = """Saddles and comfort

Saddle height

The saddle is at the right height when the knee is almost straight at the lowest point of the pedal.

Saddle sores

A saddle sore is a painful lump of the skin that comes from the rubbing of the saddle. Saddle sores are treated with
clean dry clothes and some days without riding. A zinc ointment eases the pain of a saddle sore.

Numb hands

Numb hands come from too much weight on the handlebar. Padded gloves and a higher handlebar help against numb hands.
"""

BICYCLES = {"chains.md": CHAINS, "wheels/tyres.md": TYRES, "saddles.txt": SADDLES}
"""Three documents by name: one in Markdown with front matter, one in a folder, one in plain text."""


@pytest.fixture(scope="session")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the leaflets. Not to be changed."""
    corpus = tmp_path_factory.mktemp("bicycles") / "corpus"
    for name, text in BICYCLES.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_bytes(text.encode())
    return corpus


@pytest.fixture(scope="session")
def bicycle_index(bicycles: Path) -> Path:
    """The index of the leaflets. Not to be changed."""
    index = bicycles.parent / "index"
    rebuild(bicycles, index)
    return index


@pytest.fixture(scope="session")
def bicycle_bot(bicycle_index: Path) -> Chatbot:
    """A bot that answers from the leaflets."""
    return Chatbot.open(bicycle_index)


@pytest.fixture(scope="module")
def understanding(bicycle_bot: Chatbot) -> Understanding:
    """How the bot reads a message."""
    return Understanding(bicycle_bot.index)
