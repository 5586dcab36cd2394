"""The service runs as the container runs it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from conftest import MakeCorpus

from server import inside
from server.confined import ROOT, read_image, run_confined
from server.conftest import DOCUMENTS, TOKEN

pytestmark = pytest.mark.skipif(os.environ.get("BUBBLEWRAP") == "0", reason="BUBBLEWRAP=0")


def test_without_rights_and_on_a_file_system_it_cannot_write_it_starts_answers_and_rebuilds(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    """Shown by the Containerfile's own user, settings, command and health check, in namespaces that bubblewrap makes:
    not shown is that the image is built, which takes a registry.
    """
    image = read_image()
    index = tmp_path / "index"
    index.mkdir()
    given = {
        "command": image.command,
        "health_check": image.health_check,
        "address": f"http://127.0.0.1:{image.environment['CHATBOT_PORT']}",
        "token": TOKEN,
        "folders": ["/", "/data", "/data/corpus", "/etc", "/var/tmp", str(ROOT), "/tmp", "/data/index"],
    }
    settings = {"CHATBOT_ADMIN_TOKEN": TOKEN, "CHATBOT_CORPUS": "/data/corpus"}
    found = run_confined(image, Path(inside.__file__), given, index, make_corpus(DOCUMENTS), settings)

    assert found["said"] == "Serving on http://0.0.0.0:8000/\n", found["log"]
    status = found["status"]
    assert set(status["Uid"].split()) == {str(image.user)}
    assert set(status["Gid"].split()) == {str(image.group)}
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    *closed, temporary, own = found["refusals"].values()
    assert set(closed) <= {errno.EROFS, errno.EACCES}
    assert (temporary, own) == (None, None)

    assert found["health before"] != 0
    assert (found["health"], found["health after"]) == (0, 0)
    assert found["first"]["kind"] == found["second"]["kind"] == "answer"
    assert found["job"]["state"] == "published", found["job"]
    assert (
        found["first"]["index"]["version"] != found["second"]["index"]["version"] == found["job"]["version"]
    )
    assert {json.loads(line)["level"] for line in found["log"]} == {"info"}, found["log"]
    assert found["exit"] == 0
