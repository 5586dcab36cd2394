"""What several test files share: how hypothesis searches, a folder of documents, a place for an index."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

MakeCorpus = Callable[[Mapping[str, str | bytes]], Path]

pytest.register_assert_rewrite("any_document", "replies")

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("wide", settings.get_profile("steady"), derandomize=False, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture
def make_corpus(tmp_path: Path) -> MakeCorpus:
    """Write files, by name, into a corpus folder; a second call adds to the first."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        corpus = tmp_path / "corpus"
        for name, content in files.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return corpus

    return write


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A place for an index, where none is yet."""
    return tmp_path / "index"
