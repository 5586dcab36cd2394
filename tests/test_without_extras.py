"""Without an extra the rest works, and what needs it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

pytest_plugins = ("fixtures_bot",)

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}


def test_the_missing_extra_is_named_in_one_sentence(bicycle_index: Path, tmp_path: Path) -> None:
    program = "import sys; sys.modules['sqlalchemy'] = None; from chatbot.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "serve", "--index", str(bicycle_index)],
        env={**CLEAN, "CHATBOT_DATABASE_URL": f"sqlite:///{tmp_path}/f.db"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stderr == (
        "chatbot: keeping feedback (CHATBOT_DATABASE_URL) needs the extra “database”: "
        "pip install 'chatbot[database]'\n"
    )


def test_what_needs_no_extra_works_without_any(bicycle_index: Path) -> None:
    program = """
import sys
for name in ("sqlalchemy", "cryptography", "psycopg", "mcp", "mcp_types", "pydantic", "openai"):
    sys.modules[name] = None
from pathlib import Path
from chatbot.server.app import create_app
from chatbot.server.live import LiveBot
from chatbot.settings import Settings
settings = Settings(index=sys.argv[1])
client = create_app(settings, LiveBot(Path(sys.argv[1]), settings)).test_client()
print(client.post("/api/chat", json={"message": "How is a chain cleaned?"}).get_json()["kind"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(bicycle_index)],
        env=CLEAN,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "answer\n", done.stderr
