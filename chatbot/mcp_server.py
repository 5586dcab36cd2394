"""`chatbot mcp`: the chatbot's tools for the Model Context Protocol, over standard input and output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from chatbot.bot import LONGEST_MESSAGE, Chatbot
from chatbot.citing import source_line
from chatbot.errors import ChatbotError, MissingExtra
from chatbot.index.format import read_manifest
from chatbot.index.versions import live_folder
from chatbot.reply import Passage, Reply, Turn
from chatbot.server.live import LiveBot
from chatbot.settings import Settings

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import CallToolResult, TextContent, ToolAnnotations
    from pydantic import BaseModel, Field, create_model
except ModuleNotFoundError as error:
    raise MissingExtra("chatbot mcp", "mcp") from error

INSTRUCTIONS = """\
Answers questions only by quoting this site's documents, each quote with the exact place it comes from.
Use `ask` for a question, `search` to gather passages on a subject, `read_document` to read around a quote.
Quote the passages word for word and name their source; they are general information, not advice.
Where `kind` is `emergency` or `crisis`, pass the text on unchanged and first. Where it is `no_answer`, say that
the documents don't answer this rather than answering from elsewhere."""

LONGEST_READ = 20_000
"""Characters of a document that one call reads."""
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class EarlierMessage:
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=8_000)]


@dataclass(frozen=True, slots=True)
class Found:
    """The best passages, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A part of a document: `start` and `end` count characters of its text, as citations do."""

    document: str
    title: str
    text: str
    start: int
    end: int
    length: int
    publisher: str | None
    author: str | None
    url: str | None
    reviewed: str | None


def _described(kind: type[Any]) -> type[BaseModel]:
    """Return a model of what a tool gives, from the dataclass that it is."""
    hints = get_type_hints(kind, include_extras=True)
    names = [field.name for field in fields(kind) if field.name != "explanation"]
    wanted: dict[str, Any] = {name: (hints[name], ...) for name in names}
    return create_model(kind.__name__, __doc__=kind.__doc__, **wanted)


_REPLY, _FOUND, _PART = _described(Reply), _described(Found), _described(DocumentPart)

Question = Annotated[
    str, Field(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S", description="in the user's own words")
]
History = Annotated[Sequence[EarlierMessage], Field(description="earlier messages, oldest first")]


def serve(settings: Settings) -> None:
    """Serve until the client hangs up; a published rebuild is followed. Raises NoIndex, DamagedIndex."""
    read_manifest(live_folder(Path(settings.index)))
    bots = LiveBot(Path(settings.index), settings)
    make_server(bots).run("stdio")


def make_server(bots: LiveBot) -> MCPServer[Any]:
    """Return the server with its three tools."""
    server: MCPServer[Any] = MCPServer(
        "chatbot", instructions=INSTRUCTIONS, version=metadata.version("chatbot"), log_level="ERROR"
    )

    @server.tool(title="Answer a question", annotations=_READS)
    def ask(
        question: Question,
        history: History = (),
        limit: Annotated[int, Field(ge=1, le=10, description="passages at most")] = 3,
    ) -> Annotated[CallToolResult, _REPLY]:
        """Answer a question by quoting the documents, or say that they don't answer it."""
        turns = [Turn(message.role, message.content) for message in history]
        reply = _with(bots, lambda bot: bot.reply(question, turns, limit=limit))
        return _result(_replied(reply), asdict(reply))

    @server.tool(title="Search the documents", annotations=_READS)
    def search(
        query: Question,
        limit: Annotated[int, Field(ge=1, le=100, description="passages at most")] = 10,
    ) -> Annotated[CallToolResult, _FOUND]:
        """Find the passages that fit a question or some words best, however badly they fit."""
        found = Found(tuple(_with(bots, lambda bot: bot.search(query, limit))))
        text = "\n\n".join(map(_quoted, found.passages)) or "No passage has any of these words."
        return _result(text, asdict(found))

    @server.tool(title="Read a document", annotations=_READS)
    def read_document(
        document: Annotated[str, Field(description="its name, as `citation.document` gives it")],
        start: Annotated[int, Field(ge=0, description="first character to read")] = 0,
        length: Annotated[int, Field(ge=1, le=LONGEST_READ, description="characters at most")] = LONGEST_READ,
    ) -> Annotated[CallToolResult, _PART]:
        """Read a document's text, or a part of it, such as what stands around a citation."""
        part = _with(bots, lambda bot: _part(bot, document, start, length))
        more = f"\n[characters {part.start}–{part.end} of {part.length}]" if part.end < part.length else ""
        return _result(part.text + more, asdict(part))

    return server


def _with(bots: LiveBot, do: Callable[[Chatbot], _Made]) -> _Made:
    """Do something with the live version; an error of the package is told to the client."""
    try:
        return do(bots.current())
    except ChatbotError as error:
        raise ToolError(str(error)) from error


def _part(bot: Chatbot, name: str, start: int, length: int) -> DocumentPart:
    document = bot.index.find_document(name)
    if document is None:
        raise ToolError(f"There is no document “{name}”; `search` names those there are.")
    text = bot.index.document_text(document)
    part = text[start : start + length]
    facts = document.facts
    return DocumentPart(
        document.name,
        document.title,
        part,
        min(start, len(text)),
        min(start, len(text)) + len(part),
        len(text),
        facts["publisher"],
        facts["author"],
        facts["url"],
        facts["reviewed"],
    )


def _replied(reply: Reply) -> str:
    """Return a reply as text; further passages follow the one that its own text quotes."""
    return "\n\n".join((reply.text, *map(_quoted, reply.passages[1:])))


def _quoted(passage: Passage) -> str:
    context = f"{passage.context.text}\n" if passage.context else ""
    place = passage.citation
    return f"{context}{passage.text}\n— {source_line(place)} ({place.document}, characters {place.start}–{place.end})"


def _result(text: str, fields: dict[str, Any]) -> CallToolResult:
    fields.pop("explanation", None)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=fields)
