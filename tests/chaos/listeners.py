"""Somebody who listens on a socket to each job, and comes back whenever the connection is lost."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

LOOK_SECONDS = 0.2


class Listeners(threading.Thread):
    """One socket with a subscription for each job; `heard` has what each was told, and when."""

    def __init__(self, url: str, token: str, jobs: Callable[[], list[str]]) -> None:
        super().__init__(name="listeners", daemon=True)
        self._address = f"{url.replace('http', 'ws', 1)}/ws/"
        self._token = token
        self._jobs = jobs
        self._ended = threading.Event()
        self.heard: defaultdict[str, list[tuple[float, dict[str, Any]]]] = defaultdict(list)
        self.connected: list[tuple[float, float]] = []

    def run(self) -> None:
        while not self._ended.is_set():
            began = time.time()
            try:
                headers = {"Authorization": f"Bearer {self._token}"}
                with connect(self._address, additional_headers=headers, open_timeout=5, close_timeout=1) as connection:
                    began = time.time()
                    self._listen(connection)
            except (OSError, WebSocketException):
                self._ended.wait(LOOK_SECONDS)
            self.connected.append((began, time.time()))

    def wait_for_ends(self, jobs: Mapping[str, dict[str, Any]], seconds: float) -> None:
        """Wait until the end of each job was heard, as long as the contract gives a message that was lost."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not all(self.has_heard(key, job["status"]) for key, job in jobs.items()):
            self._ended.wait(LOOK_SECONDS)

    def has_heard(self, job: str, status: str) -> bool:
        """Return whether the job's listener was told that it ended so."""
        return status in [message["data"]["status"] for message in self.ends_of(job)]

    def end(self) -> None:
        self._ended.set()
        self.join()

    def ends_of(self, job: str) -> list[dict[str, Any]]:
        """The messages that told the job's end."""
        return [message for _, message in tuple(self.heard[job]) if message["type"].endswith(("_completed", "_failed"))]

    def delay_of_end(self, job: str, finished: float) -> float | None:
        """Seconds from the end to the word of it; None where the connection was not there all the time."""
        told = [at for at, message in self.heard[job] if message["type"].endswith(("_completed", "_failed"))]
        was_there = any(began < finished - 1 and ended > finished + 6 for began, ended in self.connected)
        return max(told[0] - finished, 0.0) if told and was_there else None

    def _listen(self, connection: ClientConnection) -> None:
        known: set[str] = set()
        while not self._ended.is_set():
            for job in set(self._jobs()) - known:
                connection.send(json.dumps({"type": "subscribe", "jobId": job}))
                known.add(job)
            try:
                message = json.loads(connection.recv(timeout=LOOK_SECONDS))
            except TimeoutError:
                continue
            if "version" in message["data"]:
                self.heard[message["data"]["jobId"]].append((time.time(), message))
