"""A document in two states, and what an index holds of it."""

from __future__ import annotations

from pathlib import Path

from chatbot import Chatbot
from chatbot.index.rebuild import rebuild_index
from chatbot.index.versions import live_folder

ONE = {"bread.md": "# Bread\n\n## Crust\n\nBake the loaf hot until the crust is brown.\n"}
TWO = {"bread.md": "# Bread\n\n## Crust\n\nSteam keeps the crust soft for the first minutes.\n"}


def state(corpus: Path, index: Path, *, force: bool = False) -> str:
    return rebuild_index(corpus, index, force=force).state


def crust(index: Path) -> str:
    return Chatbot.open(index).search("crust")[0].text


def there(index: Path) -> set[str]:
    return {path.name for path in (index / "versions").iterdir()}


def live_folder_after(corpus: Path, index: Path) -> Path:
    rebuild_index(corpus, index)
    return live_folder(index)
