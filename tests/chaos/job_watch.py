"""Somebody who looks at the list of jobs all the time, and knows how long each has stood still."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from tests.api_client import ENDED

LOOK_SECONDS = 0.5
FINAL = ("completed", "cancelled")
# a line of the studio's log
MOVE = re.compile(r"^(?P<at>\S+ \S+) INFO dailies\.jobs move job=(?P<job>\S+) .*?\w+→(?P<status>\w+) ", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    at: float
    version: int
    status: str


@dataclass(frozen=True)
class StandStill:
    seconds: float
    job: str
    began: float
    status: str

    def __str__(self) -> str:
        began = datetime.fromtimestamp(self.began).astimezone()
        return f"{self.seconds:.1f} s, in {self.status} from {began:%H:%M:%S} on"


class Watch(threading.Thread):
    """What the API tells while it can be reached. What happens while it cannot is seen late, until `add_moves()`."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(name="watch", daemon=True)
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._ended = threading.Event()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.changes: defaultdict[str, list[Change]] = defaultdict(list)
        self.fell: list[str] = []  # what must only grow, and did not

    def run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()

    def end(self) -> None:
        self._ended.set()
        self.join()

    def look(self) -> bool:
        """All jobs, once; False where there was no answer."""
        try:
            found = self._all_jobs()
        except (requests.RequestException, ValueError, KeyError):
            return False
        now = time.time()
        for job in found:
            self._note(job, now)
        return True

    def _all_jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            address = f"{self._url}/api/jobs?limit=200" + (f"&cursor={cursor}" if cursor else "")
            answer = self._session.get(address, timeout=20)
            answer.raise_for_status()
            data = answer.json()["data"]
            found += data["jobs"]
            cursor = data["nextCursor"]
            if not cursor:
                return found

    def _note(self, job: dict[str, Any], now: float) -> None:
        known = self.jobs.get(job["jobId"])
        if known and (job["version"] < known["version"] or job["progress"] < known["progress"]):
            self.fell.append(f"job {job['jobId']}: version or progress fell, from {known} to {job}")
        if known and job["version"] == known["version"] and job["status"] != known["status"]:
            self.fell.append(f"job {job['jobId']}: another state in the same version, from {known} to {job}")
        if known is None or job["version"] > known["version"]:
            self.changes[job["jobId"]].append(Change(now, job["version"], job["status"]))
        self.jobs[job["jobId"]] = job

    def add_moves(self, log: str) -> None:
        """Add the moves that workers wrote down: a web server that hangs is not a job that stands still."""
        for match in MOVE.finditer(log):
            at = datetime.strptime(match["at"], "%Y-%m-%d %H:%M:%S,%f").replace(tzinfo=UTC).timestamp()
            if match["job"] in self.changes:
                self.changes[match["job"]].append(Change(at, 0, match["status"]))
        for job, changes in self.changes.items():
            self.changes[job] = _until_the_end(sorted(changes, key=lambda change: change.at))

    def unfinished(self) -> list[str]:
        return [key for key, job in self.jobs.items() if job["status"] not in ENDED]

    def longest_stand_still(
        self, down: list[tuple[float, float]], until: float, busy: Mapping[str, list[tuple[float, float]]]
    ) -> StandStill:
        """Between two changes of an unfinished job, without the time in which there was no studio.

        `busy` has for each job when its clip was on the way, since that is no change of its row.
        """
        found = [StandStill(0.0, "", until, "no job")]
        for job, changes in self.changes.items():
            ends = [change.at for change in changes[1:]] + [until]
            for change, end in zip(changes, ends, strict=True):
                if change.status not in ENDED:
                    still = _time_up(change.at, end, [*down, *busy.get(job, [])])
                    found.append(StandStill(still, job, change.at, change.status))
        return max(found, key=lambda still: still.seconds)

    def slowest_after(self, ready: float, down: list[tuple[float, float]]) -> float:
        """Seconds from a restart until the last of the jobs that were unfinished then has moved."""
        slowest = 0.0
        for changes in self.changes.values():
            before = [change for change in changes if change.at <= ready]
            after = [change for change in changes if change.at > ready]
            if before and before[-1].status not in ENDED and after:
                slowest = max(slowest, _time_up(ready, after[0].at, down))
        return slowest


def _until_the_end(changes: list[Change]) -> list[Change]:
    """Leave out what stands behind the end: a process that was stopped after a commit logs it when it goes on."""
    end = next((index for index, change in enumerate(changes) if change.status in FINAL), len(changes))
    return changes[: end + 1]


def _time_up(began: float, ended: float, down: list[tuple[float, float]]) -> float:
    """Seconds between the two in which there was a studio."""
    return ended - began - sum(_overlap(began, ended, *span) for span in down)


def _overlap(began: float, ended: float, down_from: float, down_until: float) -> float:
    return max(min(ended, down_until) - max(began, down_from), 0.0)
