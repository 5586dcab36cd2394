"""`chatbot mcp`, a real process, as the protocol's own client meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent, Tool
from openapi_schema_validator import OAS31Validator

from chatbot import Chatbot, rebuild

pytest_plugins = ("fixtures_bot",)

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}


@asynccontextmanager
async def connected(index: Path) -> AsyncIterator[Client]:
    """Start the server, and talk to it until it is hung up on."""
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "chatbot", "mcp", "--index", str(index)],
        env=CLEAN,
        cwd=index.parent,
    )
    async with Client(stdio_client(command)) as client:
        yield client


class Talk:
    """A connection that tests without `async` can use."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self.client = client

    def __call__(self, tool: str, **arguments: Any) -> CallToolResult:
        result: CallToolResult = self._portal.call(self.client.call_tool, tool, arguments)
        return result

    def tools(self) -> list[Tool]:
        return self._portal.call(self.client.list_tools).tools


@contextmanager
def talking(index: Path) -> Iterator[Talk]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(connected(index)) as client,
    ):
        yield Talk(portal, client)


@pytest.fixture(scope="module")
def call(bicycle_index: Path) -> Iterator[Talk]:
    with talking(bicycle_index) as talk:
        yield talk


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def fields_of(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def test_there_are_three_tools_that_only_read_and_say_what_they_return(call: Talk) -> None:
    assert call.client.server_info
    assert call.client.server_info.name == "chatbot"
    assert call.client.instructions
    assert "word for word" in call.client.instructions
    tools = call.tools()
    assert [tool.name for tool in tools] == ["ask", "search", "read_document"]
    for tool in tools:
        assert tool.description
        assert tool.annotations
        assert tool.annotations.read_only_hint
        assert tool.output_schema
        assert tool.output_schema["type"] == "object"


def test_what_a_tool_gives_is_what_it_says_it_gives(call: Talk) -> None:
    schemas = {tool.name: tool.output_schema for tool in call.tools()}
    for tool, arguments in (
        ("ask", {"question": "How is a chain cleaned?"}),
        ("ask", {"question": "hello"}),
        ("search", {"query": "chain"}),
        ("read_document", {"document": "saddles.txt"}),
    ):
        schema = schemas[tool]
        given = fields_of(call(tool, **arguments))
        OAS31Validator(schema).validate(given)
        assert schema
        assert set(given) == set(schema["required"])


def test_an_answer_is_a_quote_with_its_exact_place(call: Talk, bicycles: Path) -> None:
    result = call("ask", question="How is a chain cleaned?")
    reply = fields_of(result)
    assert reply["kind"] == "answer"
    passage = reply["passages"][0]
    cited = passage["citation"]
    document = (bicycles / cited["document"]).read_bytes().decode()
    assert document[cited["start"] : cited["end"]] == passage["text"]
    assert passage["text"] in text_of(result)
    assert "Bicycle chains › How is a chain cleaned? (The Corner Workshop" in text_of(result)


def test_an_answer_has_the_fields_that_the_package_gives(call: Talk, bicycle_bot: Chatbot) -> None:
    reply = fields_of(call("ask", question="How is a puncture repaired?", limit=1))
    same = bicycle_bot.reply("How is a puncture repaired?", limit=1)
    assert reply["text"] == same.text
    assert [passage["id"] for passage in reply["passages"]] == [passage.id for passage in same.passages]
    assert reply["confidence"] == same.confidence


def test_a_follow_up_is_understood_from_the_history(call: Talk, bicycle_bot: Chatbot) -> None:
    before = "What is a puncture?"
    history = [
        {"role": "user", "content": before},
        {"role": "assistant", "content": bicycle_bot.reply(before).text},
    ]
    reply = fields_of(call("ask", question="how is it repaired?", history=history))
    assert "glue a patch" in reply["text"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [("Who won the football match in Lisbon?", "no_answer"), ("I want to kill myself", "crisis")],
)
def test_what_is_not_answered_is_said_in_plain_words(call: Talk, question: str, kind: str) -> None:
    result = call("ask", question=question)
    assert fields_of(result)["kind"] == kind
    assert fields_of(result)["passages"] == []
    assert text_of(result) == fields_of(result)["text"]


def test_a_search_gives_as_many_passages_as_are_wanted(call: Talk) -> None:
    result = call("search", query="tyre pressure", limit=2)
    passages = fields_of(result)["passages"]
    assert len(passages) == 2
    for passage in passages:
        cited = passage["citation"]
        assert passage["text"] in text_of(result)
        assert f"({cited['document']}, characters {cited['start']}–{cited['end']})" in text_of(result)
    assert fields_of(call("search", query="xylophone")) == {"passages": []}


def test_a_document_is_read_whole_or_around_a_citation(call: Talk, bicycles: Path) -> None:
    whole = (bicycles / "wheels/tyres.md").read_text("utf-8")
    read = fields_of(call("read_document", document="wheels/tyres.md"))
    assert (read["text"], read["start"], read["end"], read["length"]) == (whole, 0, len(whole), len(whole))
    part = call("read_document", document="wheels/tyres.md", start=10, length=5)
    assert fields_of(part)["text"] == whole[10:15]
    assert f"[characters 10–15 of {len(whole)}]" in text_of(part)
    assert fields_of(call("read_document", document="wheels/tyres.md", start=9**9))["text"] == ""


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("read_document", {"document": "../secret"}, "There is no document “../secret”"),
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "a" * 2_001}, "question"),
        ("ask", {}, "question"),
        ("search", {"query": "chain", "limit": 101}, "limit"),
    ],
)
def test_what_is_wrong_is_told_to_the_client(
    call: Talk, tool: str, arguments: dict[str, Any], says: str
) -> None:
    result = call(tool, **arguments)
    assert result.is_error
    assert says in text_of(result)


def test_a_rebuild_is_followed_without_a_restart(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "a.md").write_text("# Bells\n\nA bell rings when its lever is pushed.\n", "utf-8")
    first = rebuild(corpus, index)

    with talking(index) as call:
        before = call("ask", question="When does a bell ring?")
        assert fields_of(before)["index"]["version"] == first
        second = rebuild(corpus, index, force=True)
        after = call("ask", question="When does a bell ring?")
        assert fields_of(after)["index"]["version"] == second


def run(*arguments: str, program: tuple[str, ...] = ("-m", "chatbot")) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *program, *arguments],
        input="",
        capture_output=True,
        text=True,
        env=CLEAN,
        timeout=60,
    )


def test_without_an_index_it_does_not_start(tmp_path: Path) -> None:
    done = run("mcp", "--index", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert str(tmp_path / "nothing") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_that_hangs_up_at_once_is_no_error(bicycle_index: Path) -> None:
    done = run("mcp", "--index", str(bicycle_index))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nothing_but_the_protocol_is_written_to_standard_output(bicycle_index: Path) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "chatbot", "mcp", "--index", str(bicycle_index)],
        input=json.dumps(hello) + "\n",
        capture_output=True,
        text=True,
        env=CLEAN,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1]
    assert answers[0]["result"]["serverInfo"]["name"] == "chatbot"


def test_the_missing_extra_is_named_in_one_sentence(bicycle_index: Path) -> None:
    program = (
        "import sys; sys.modules['mcp'] = None; from chatbot.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = run("mcp", "--index", str(bicycle_index), program=("-c", program))
    assert done.returncode == 3
    assert done.stderr == "chatbot: chatbot mcp needs the extra “mcp”: pip install 'chatbot[mcp]'\n"
