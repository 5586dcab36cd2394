"""What the operating page and the deployment files say is what the program has."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient

from chatbot.server.operations import FEEDBACK_OPERATIONS, OPERATIONS
from chatbot.settings import PREFIX, SETTINGS
from server.test_metrics import samples

ROOT = Path(__file__).parents[2]
FILES = ("docs/operating.md", "Containerfile", "compose.yaml", "deploy/chatbot.service", "deploy/nginx.conf")


@pytest.mark.parametrize("name", FILES)
def test_every_setting_that_is_named_exists(name: str) -> None:
    known = {PREFIX + setting.name.upper() for setting in SETTINGS}
    named = set(re.findall(r"CHATBOT_[A-Z_]+", (ROOT / name).read_text("utf-8")))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", FILES)
def test_every_address_that_is_named_exists(name: str) -> None:
    known = {
        operation.path.partition("{")[0].rstrip("/") for operation in (*OPERATIONS, *FEEDBACK_OPERATIONS)
    }
    named = re.findall(
        r"(?<=[\s\"`:0g])/(?:api|healthz|readyz|metrics|admin)[\w/]*", (ROOT / name).read_text("utf-8")
    )
    for path in named:
        assert path.removesuffix("/ID").rstrip("/") in known | {"/api/index"}, path


def test_every_metric_is_documented_and_every_documented_one_exists(client: FlaskClient) -> None:
    client.post("/api/chat", json={"message": "hello"})
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    table = page.partition("| metric |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"`(chatbot_\w+)`", table))
    found = {re.sub(r"_(bucket|count|sum)$", "", name) for name, _ in samples(client.get("/metrics").text)}
    assert found == documented


def test_the_container_runs_without_rights_on_a_file_system_it_cannot_write() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["chatbot"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"][0].endswith(":ro")
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["10001:10001"]
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert kept[0] == "*"
    assert {entry[1:] for entry in kept if entry.startswith("!")} >= {"chatbot", "corpus", "web"}


def test_the_unit_lets_workers_end_what_they_have_begun() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy" / "chatbot.service", "utf-8")
    service = unit["Service"]
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) > 10
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
