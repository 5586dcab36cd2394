"""Visitors for Locust, as endurance.py starts it: each asks at a constant rate and writes down what it got."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

from locust import HttpUser, constant_pacing, task

_GOT = Path(os.environ["ENDURANCE_GOT"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - until it ends
_OFTEN, *_SELDOM = json.loads(os.environ["ENDURANCE_QUESTIONS"])


class Visitor(HttpUser):
    """Asks the first question as often as all others together."""

    wait_time = constant_pacing(float(os.environ["ENDURANCE_EVERY"]))

    def on_start(self) -> None:
        """Begin at a time of its own, so that not all ask at once."""
        time.sleep(random.random() * float(os.environ["ENDURANCE_EVERY"]))

    @task
    def ask(self) -> None:
        """Ask, and write down the question, when it began and ended, the status (0: none) and the reply."""
        question = _OFTEN if random.random() < 0.5 else random.choice(_SELDOM)
        begin = time.monotonic()
        # A connection of its own: one that is kept may be that of a worker killed a while ago.
        alone = {"Connection": "close"}
        response = self.client.post("/api/chat", json={"message": question}, headers=alone, timeout=30)
        end = time.monotonic()
        if response.status_code == 0 or response.raw is None:
            got = (question, begin, end, 0, repr(getattr(response, "error", None)))
        else:
            try:
                got = (question, begin, end, response.status_code, response.json())
            except ValueError as error:
                got = (question, begin, end, 0, repr(error))
        print(json.dumps(got), file=_GOT)
