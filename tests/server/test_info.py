"""What the server says of itself: its index, what the widget shows, and its description."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeCorpus
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from chatbot.bot import Chatbot
from chatbot.index.rebuild import rebuild_index
from chatbot.server.index_info import starters
from server.test_chat import MESSAGES


def test_the_index_names_its_version_and_counts(client: FlaskClient, index: Path) -> None:
    manifest = Chatbot.open(index).index.manifest
    assert client.get("/api/index").get_json() == {
        "version": manifest.version,
        "built_at": manifest.built_at,
        "counts": manifest.counts,
    }


def test_the_widget_is_told_what_to_show(client: FlaskClient) -> None:
    shown = client.get("/api/widget").get_json()
    assert shown["heading"] == "Ask about twitches"
    assert shown["crisis_lines"] == [{"name": "Lifeline", "phone": "988"}]
    assert shown["emergency_numbers"] == shown["contact"] == []
    assert shown["feedback"] == {"kept": False, "days": None}


def test_starters_are_questions_that_are_answered(client: FlaskClient) -> None:
    starters = client.get("/api/widget").get_json()["starters"]
    assert 1 <= len(starters) <= 4
    assert len(set(starters)) == len(starters)
    for question in starters:
        assert client.post("/api/chat", json={"message": question}).get_json()["kind"] == "answer"


CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("documents", ["corpus", "tests/data/allergy/corpus"])
def test_each_starter_is_answered_by_what_stands_under_it(documents: str, tmp_path: Path) -> None:
    rebuild_index(CHECKOUT / documents, tmp_path)
    bot = Chatbot.open(tmp_path)
    found = starters(bot)
    assert len(found) == 4
    for heading in found:
        reply = bot.reply(heading)
        assert reply.kind == "answer", heading
        assert heading in reply.passages[0].citation.section


def test_a_heading_that_says_nothing_by_itself_is_no_starter(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus(
        {
            "hiccups.md": "# Hiccups\n\n## What causes hiccups?\n\nHiccups are caused by a full stomach and by gas.\n\n"
            "## Is it dangerous?\n\nHiccups are not dangerous unless they last for days.\n\n"
            "## How are they treated?\n\nHiccups are treated by holding the breath or by drinking cold water.\n"
        }
    )
    rebuild_index(corpus, tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    assert bot.reply("How are they treated?").kind == "answer"
    assert starters(bot) == ("What causes hiccups?",)


def test_the_description_is_valid_and_names_every_address(app: Flask, client: FlaskClient) -> None:
    described = client.get("/openapi.json").get_json()
    assert described["openapi"].startswith("3.1")
    validate(described)
    routes = {
        (
            re.sub(r"<(\w+)>", r"{\1}", rule.rule.replace("<document_name:name>", "{document}")),
            method.lower(),
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    stated = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert stated == routes


def check(described: dict[str, Any], response: Any, path: str, method: str = "get") -> None:
    stated = described["paths"][path][method]["responses"][str(response.status_code)]
    media = response.mimetype
    schema = stated["content"][media]["schema"]
    if media.endswith("json"):
        OAS31Validator({**schema, "components": described["components"]}).validate(response.get_json())


def test_what_is_given_is_what_is_described(client: FlaskClient, without_index: FlaskClient) -> None:
    described = client.get("/openapi.json").get_json()
    for message in (*MESSAGES, "", "a" * 3_000):
        for explain in (False, True):
            response = client.post("/api/chat", json={"message": message, "explain": explain})
            check(described, response, "/api/chat", "post")
    for path, methods in described["paths"].items():
        if "get" in methods:
            for name in ("hiccups.md", "nope"):
                check(described, client.get(path.replace("{document}", name).replace("{model}", name)), path)
                check(
                    described,
                    without_index.get(path.replace("{document}", name).replace("{model}", name)),
                    path,
                )


@pytest.mark.parametrize(
    "body", [{"message": " \n"}, {"message": "a", "limit": 11}, {"message": "a", "history": [{}]}]
)
def test_what_is_refused_is_described_as_wrong(client: FlaskClient, body: dict[str, Any]) -> None:
    described = client.get("/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/ChatRequest", "components": described["components"]}
    assert not OAS31Validator(schema).is_valid(body)
    assert client.post("/api/chat", json=body).status_code == 422


SERVES = """
import sys
from pathlib import Path
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
import chatbot.server.serve
client = create_app(Settings(), LiveBot(Path(sys.argv[1]), Settings())).test_client()
assert client.post("/api/chat", json={"message": "What causes hiccups?"}).get_json()["kind"] == "answer"
assert client.get("/documents/hiccups.md").status_code == 200
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"sklearn", "scipy", "pandas", "joblib"}))
"""


def test_serving_does_without_what_only_building_needs(index: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVES, str(index)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
