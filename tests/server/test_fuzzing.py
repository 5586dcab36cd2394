"""A little of what the benchmarks send by the ten thousand: nothing is undocumented, no reply breaks its promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).parents[2] / "benchmarks" / "service"


def figures(script: str, *arguments: str) -> dict[str, str]:
    """Run a benchmark. Returns its figures by name."""
    command = [sys.executable, str(SERVICE / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"^([a-z][a-z ]*?)\s{2,}([\d,]+)", done.stdout, re.MULTILINE)
    return {name: number.replace(",", "") for name, number in found}


def test_no_request_meets_with_a_server_error_or_an_undocumented_status() -> None:
    found = figures("fuzz.py", "--requests", "1", "--examples", "2", "--phases", "fuzzing")
    assert int(found["requests"]) > 30
    assert found["server errors"] == found["undocumented"] == "0"


def test_a_reply_to_any_message_keeps_what_it_promises() -> None:
    found = figures("any_message.py", "--cases", "150")
    assert int(found["cases"]) >= 150
    assert found["broken"] == "0"
