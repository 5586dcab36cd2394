"""An operator rebuilds, follows the rebuild, sees the versions and goes back, while others are answered."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from chatbot.index import versions
from chatbot.index.rebuild import rebuild_index
from chatbot.server import jobs as jobs_module
from chatbot.server.app import create_app
from chatbot.server.jobs import Jobs
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
from server.conftest import BEARER, TOKEN


@pytest.fixture
def own_corpus(corpus: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(corpus, tmp_path / "corpus"))


@pytest.fixture
def operator(own_index: Path, own_corpus: Path) -> FlaskClient:
    settings = Settings(index=str(own_index), corpus=str(own_corpus), admin_token=TOKEN, rate_limit=())
    client = create_app(settings, LiveBot(own_index, settings)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    return client


@pytest.fixture
def held(own_index: Path) -> Iterator[None]:
    """A rebuild of the command line is running."""
    with versions.publishing(own_index):
        yield


def followed(client: FlaskClient, location: str, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = client.get(location).get_json()
        if job["state"] not in {"queued", "running"}:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


def served(client: FlaskClient) -> str:
    return str(client.get("/api/index").get_json()["version"])


def test_a_rebuild_with_an_empty_body_is_accepted_followed_and_served(
    operator: FlaskClient, own_corpus: Path
) -> None:
    before = served(operator)
    (own_corpus / "yawns.md").write_text("# Yawns\n\nA yawn is a deep breath with an open mouth.\n")
    response = operator.post("/api/index/rebuild")
    assert response.status_code == 202
    job = response.get_json()
    assert (job["state"], job["error"], job["ended_at"]) == ("queued", None, None)
    assert response.headers["Location"] == f"/api/index/rebuilds/{job['id']}"
    done = followed(operator, response.headers["Location"])
    assert done["state"] == "published", done
    assert done["version"] == served(operator) != before
    assert done["counts"]["documents"] == 3
    assert done["progress"] == {"stage": done["progress"]["stage"], "done": 1, "total": 1}
    assert done["ended_at"] >= done["started_at"]
    reply = operator.post("/api/chat", json={"message": "What is a yawn?"}).get_json()
    assert "deep breath" in reply["text"]


def test_an_unchanged_corpus_is_not_published_again_unless_forced(operator: FlaskClient) -> None:
    before = served(operator)
    done = followed(operator, operator.post("/api/index/rebuild", json={}).headers["Location"])
    assert (done["state"], done["version"]) == ("unchanged", before)
    done = followed(operator, operator.post("/api/index/rebuild", json={"force": True}).headers["Location"])
    assert done["state"] == "published"
    assert served(operator) == done["version"] != before


def test_a_rebuild_of_unchanged_documents_does_not_undo_a_rollback(
    operator: FlaskClient, own_index: Path, own_corpus: Path
) -> None:
    first = served(operator)
    second = rebuild_index(own_corpus, own_index, force=True).version
    response = operator.post("/api/index/rollback")
    assert (response.status_code, response.get_json()) == (200, {"version": first})
    assert served(operator) == first
    done = followed(operator, operator.post("/api/index/rebuild").headers["Location"])
    assert done["state"] == "unchanged"
    assert served(operator) == first
    assert operator.post("/api/index/rollback", json={"version": second}).status_code == 200
    assert served(operator) == second
    assert operator.post("/api/index/rollback", json={"version": None}).get_json() == {"version": first}


def test_the_versions_are_listed_with_what_is_wrong_with_one(
    operator: FlaskClient, own_index: Path, own_corpus: Path
) -> None:
    first = served(operator)
    second = rebuild_index(own_corpus, own_index, force=True).version
    listed = operator.get("/api/index/versions").get_json()["versions"]
    assert [(entry["version"], entry["live"], entry["error"]) for entry in listed] == [
        (second, True, None),
        (first, False, None),
    ]
    assert listed[0]["counts"]["documents"] == 2
    (own_index / "versions" / first / "terms.bin").unlink()
    damaged = operator.get("/api/index/versions").get_json()["versions"][1]
    assert "terms.bin" in damaged["error"]
    response = operator.post("/api/index/rollback")
    assert response.status_code == 503
    assert response.get_json()["type"] == "/problems/damaged-index"
    assert "terms.bin" in response.get_json()["detail"]
    assert served(operator) == second


def test_a_corpus_that_cannot_be_read_fails_in_one_sentence_and_changes_nothing(
    operator: FlaskClient, own_corpus: Path
) -> None:
    before = served(operator)
    shutil.rmtree(own_corpus)
    done = followed(operator, operator.post("/api/index/rebuild").headers["Location"])
    assert done["state"] == "failed"
    assert "there is no such folder" in done["error"]
    assert "\n" not in done["error"]
    assert served(operator) == before
    assert operator.get("/api/index/rebuilds").get_json()["rebuilds"][0] == done


def test_a_second_rebuild_is_refused_while_one_runs(operator: FlaskClient) -> None:
    first = operator.post("/api/index/rebuild", json={"force": True})
    second = operator.post("/api/index/rebuild")
    assert (first.status_code, second.status_code) == (202, 409)
    assert second.get_json()["type"] == "/problems/locked"
    assert followed(operator, first.headers["Location"])["state"] == "published"
    third = operator.post("/api/index/rebuild")
    assert third.status_code == 202
    assert followed(operator, third.headers["Location"])["state"] == "unchanged"


@pytest.mark.usefixtures("held")
def test_a_rebuild_of_the_command_line_counts_as_one_that_runs(operator: FlaskClient) -> None:
    assert operator.post("/api/index/rebuild").status_code == 409
    versions_before = operator.get("/api/index/versions").get_json()
    assert operator.post("/api/index/rollback", json={"version": served(operator)}).status_code == 409
    assert operator.get("/api/index/versions").get_json() == versions_before
    assert operator.get("/api/index/rebuilds").get_json() == {"rebuilds": []}


def test_a_killed_rebuild_shows_as_failed_and_another_can_start(
    operator: FlaskClient, own_index: Path
) -> None:
    response = operator.post("/api/index/rebuild", json={"force": True})
    os.kill(_process_of(response.get_json()["id"]), signal.SIGKILL)
    done = followed(operator, response.headers["Location"])
    assert done["state"] == "failed"
    assert "stopped before it was done" in done["error"]
    assert followed(operator, response.headers["Location"]) == done, "it is written down once"
    assert json.loads((own_index / "rebuilds" / "totals.json").read_text())["failed"] == 1
    again = operator.post("/api/index/rebuild", json={"force": True})
    assert again.status_code == 202
    assert followed(operator, again.headers["Location"])["state"] == "published"


def _process_of(job: str) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if job.encode() in (entry / "cmdline").read_bytes():
                    return int(entry.name)
    raise AssertionError(f"no process of {job}")


def test_a_rebuild_whose_worker_died_before_it_started_one_shows_as_failed(own_index: Path) -> None:
    jobs = Jobs(own_index, own_index)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Jobs, "_run", lambda *_: None)
        job = jobs.start()
    found = jobs.find(job.id)
    assert found
    assert found.state == "failed"


def test_looking_at_a_dead_rebuild_does_not_keep_another_from_starting(
    own_index: Path, tmp_path: Path
) -> None:
    jobs = Jobs(own_index, tmp_path)
    (own_index / "rebuilds").mkdir()
    with (own_index / "rebuilds" / ".lock").open("wb") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)
        release = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.04)"], pass_fds=())
        release.wait()
        fcntl.flock(looked_at, fcntl.LOCK_UN)
        job = jobs.start()
    assert job.state == "queued"
    deadline = time.monotonic() + 60
    while (
        (found := jobs.find(job.id)) and found.state in {"queued", "running"} and time.monotonic() < deadline
    ):
        time.sleep(0.05)


def test_only_the_latest_rebuilds_are_remembered(
    operator: FlaskClient, own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "KEPT", 3)
    monkeypatch.setattr(Jobs, "_run", lambda *_: None)
    started = [operator.post("/api/index/rebuild").get_json()["id"] for _ in range(5)]
    remembered = operator.get("/api/index/rebuilds").get_json()["rebuilds"]
    assert {job["id"] for job in remembered} <= set(started)
    assert len(remembered) == 3
    assert operator.get(f"/api/index/rebuilds/{min(started)}").status_code == 404


def test_without_a_token_administration_is_switched_off(index: Path) -> None:
    settings = Settings(index=str(index))
    client = create_app(settings, LiveBot(index, settings)).test_client()
    for headers in ({}, BEARER, {"Authorization": "Bearer None"}, {"Authorization": "Bearer "}):
        response = client.post("/api/index/rebuild", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert "switched off" in response.get_json()["detail"]


@pytest.mark.parametrize("token", ["a=b=c", "schlüssel", "with space"])
def test_any_token_can_be_used(index: Path, token: str) -> None:
    settings = Settings(index=str(index), admin_token=token)
    client = create_app(settings, LiveBot(index, settings)).test_client()
    sent = f"bearer {token}".encode().decode("latin-1")
    assert client.get("/api/index/versions", headers={"Authorization": sent}).status_code == 200
    assert client.get("/api/index/versions", headers={"Authorization": sent + "x"}).status_code == 401


def test_a_first_index_can_be_built_over_http(tmp_path: Path, corpus: Path) -> None:
    settings = Settings(index=str(tmp_path / "new"), corpus=str(corpus), admin_token=TOKEN)
    client = create_app(settings, LiveBot(tmp_path / "new", settings)).test_client()
    assert client.get("/readyz").status_code == 503
    location = client.post("/api/index/rebuild", headers=BEARER).headers["Location"]
    client.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    assert followed(client, location)["state"] == "published"
    assert client.get("/readyz").status_code == 200


def test_a_rebuild_reads_the_folder_of_the_live_version_where_none_is_named(
    own_corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "made"
    rebuild_index(own_corpus, index)
    (own_corpus / "new.md").write_text("# Snail\n\nA snail is slow.\n", encoding="utf-8")
    settings = Settings(index=str(index), admin_token=TOKEN)
    client = create_app(settings, LiveBot(index, settings)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    ended = followed(client, client.post("/api/index/rebuild").headers["Location"])
    assert ended["state"] == "published"
    assert versions.made_from(index) == own_corpus.resolve()
    assert client.get("/documents/new.md").status_code == 200


def test_serving_and_administration_never_import_scikit_learn(own_index: Path, corpus: Path) -> None:
    program = f"""
import sys, time
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
from pathlib import Path
settings = Settings(index={str(own_index)!r}, corpus={str(corpus)!r}, admin_token="t")
client = create_app(settings, LiveBot(Path(settings.index), settings)).test_client()
headers = {{"Authorization": "Bearer t"}}
assert client.post("/api/chat", json={{"message": "What causes hiccups?"}}).status_code == 200
assert client.get("/metrics").status_code == 200
location = client.post("/api/index/rebuild", headers=headers).headers["Location"]
while client.get(location, headers=headers).get_json()["state"] in ("queued", "running"):
    time.sleep(0.05)
assert client.get(location, headers=headers).get_json()["state"] == "unchanged"
loaded = [name for name in sys.modules if name.partition(".")[0] in ("sklearn", "scipy")]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_how_a_rebuild_ended_is_written_down_on_a_full_disk_too(
    own_index: Path, own_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(own_index, own_corpus)
    (own_index / "rebuilds").mkdir()
    job = jobs_module.RebuildJob("20260101T000000-000000-abcdef", "running", "2026-01-01T00:00:00Z")
    jobs_module.write_job(own_index, job)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs_module, "replace_file", full)
    (own_index / "rebuilds" / "totals.json").write_text('{"failed": 1}')
    jobs_module.end_job(own_index, dataclasses.replace(job, state="failed", error="the disk is full"))
    found = jobs.find(job.id)
    assert found
    assert (found.state, found.error) == ("failed", "the disk is full")
    assert jobs.totals()["failed"] == 2
