"""Pages that hold everything they need: no scripts, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from chatbot.errors import UsageError
from chatbot.index.storage import machine_errors


def render(name: str, **values: Any) -> str:
    """Return a page made from a template of this package."""
    environment = Environment(
        loader=PackageLoader("chatbot", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda value: f"{100 * value:.1f}\N{NO-BREAK SPACE}%"
    return environment.get_template(name).render(values)


def check_place(html: Path) -> None:
    """Raise UsageError where no file of this name can be: before the work, not after it."""
    if html.is_dir() or not html.parent.is_dir():
        raise UsageError(f"--html {html}: name a file in a folder that is there")


def write_page(html: Path, text: str) -> None:
    """Write a page. Raises MachineError."""
    with machine_errors(f"--html {html}: cannot be written"):
        html.write_text(text, encoding="utf-8", errors="replace")
