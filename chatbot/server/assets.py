"""What a browser loads: found beside the package, put together once when the server starts."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import chatbot
from chatbot.errors import MachineError
from chatbot.server.answers import etag_of
from chatbot.server.assemble import assemble
from chatbot.server.shorten import shorten


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for a browser, plain and compressed, each with the entity tag of its content."""

    content_type: str
    plain: bytes
    packed: bytes
    etag: str

    @classmethod
    def of(cls, data: bytes, content_type: str) -> Asset:
        """Make an asset of some content."""
        return cls(content_type, data, gzip.compress(data, mtime=0), etag_of(data))


def web_folder() -> Path:
    """Return the folder of what a browser loads: in an installed package inside it, in a checkout beside it.

    Raises MachineError where it is in neither place.
    """
    package = Path(chatbot.__file__).parent
    for folder in (package / "web", package.parent / "web"):
        if (folder / "widget").is_dir() and (folder / "pages").is_dir():
            return folder
    raise MachineError(f"{package / 'web'}: the pages and the widget are missing; install the package again")


def widget(folder: Path) -> Asset:
    """Return the widget as one small script."""
    script = shorten(assemble(folder / "widget"))
    return Asset.of(script.encode(), "text/javascript; charset=utf-8")


def styles(folder: Path) -> Asset:
    """Return the styles of the pages."""
    return Asset.of((folder / "pages" / "pages.css").read_bytes(), "text/css; charset=utf-8")


def icon(folder: Path) -> Asset:
    """Return the icon of the pages."""
    return Asset.of((folder / "pages" / "icon.svg").read_bytes(), "image/svg+xml")
