"""Which promises were broken, each with the story of the job concerned."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.api_client import Api
from tests.chaos.callers import Order
from tests.chaos.disruptions import Blow
from tests.chaos.fault_plan import Ending
from tests.fakes.runway import faults
from tests.fakes.runway.ledger import Ledger

# a blow and what it has cut off need not carry the same time
SLACK_SECONDS = 3.0
TEMPORARY = ".incoming-"


@dataclass
class Verdict:
    ledger: Ledger
    blows: list[Blow]
    orders: list[Order]
    jobs: dict[str, dict[str, Any]]
    log: str
    broken: list[str] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def judge(self) -> None:
        for prompt in self.ledger.paid_twice():
            self._break("paid twice", prompt)
        self.broken += [f"a request that nobody asked for: {stranger}" for stranger in self.ledger.strangers]
        for order in self.orders:
            self._judge_order(order)

    def _judge_order(self, order: Order) -> None:
        prompt = order.plan.prompt
        if order.refusals:
            self._break(f"the API refused: {order.refusals}", prompt)
        if len(order.jobs) > 1:
            self._break(f"one Idempotency-Key made {len(order.jobs)} jobs", prompt)
        for key in order.jobs:
            wrong = self._judge_job(prompt, self.jobs.get(key))
            if wrong:
                self.lost += 1
                self._break(wrong, prompt)

    def _judge_job(self, prompt: str, job: dict[str, Any] | None) -> str:
        """What is wrong with it, empty where all is as promised."""
        if job is None:
            return "the job is gone"
        judges = {
            "completed": self._judge_completed,
            "failed": self._judge_failed,
            "unconfirmed": self._judge_unconfirmed,
        }
        judge = judges.get(job["status"])
        return judge(prompt, job) if judge else f"it has not ended: {job['status']}"

    def _judge_completed(self, prompt: str, job: dict[str, Any]) -> str:
        paid = self.ledger.entries[prompt].paid
        return "" if job["taskId"] in paid else f"completed with task {job['taskId']}, paid for were {paid}"

    def _judge_failed(self, prompt: str, job: dict[str, Any]) -> str:
        code = job["error"]["code"]
        injected = [what for _, what in self.ledger.entries[prompt].faults]
        expected = {f"ending: {code}"}
        if code == "runway_rejected":
            expected = {f"create: {faults.REJECTED}"}
        if code not in {str(ending) for ending in Ending} | {"runway_rejected"} or not expected & set(injected):
            return f"failed with {code}, which was not injected"
        return ""

    def _judge_unconfirmed(self, prompt: str, job: dict[str, Any]) -> str:
        cause = self._cause(prompt, job)
        if not cause:
            return "unconfirmed without a cause"
        self.causes[cause] += 1
        return ""

    def _cause(self, prompt: str, job: dict[str, Any]) -> str:
        """The fault of the network, or the blow to its sender, for which nobody can know whether it was accepted."""
        attempts = self.ledger.entries[prompt].attempts
        submitted = datetime.fromisoformat(job["submittedAt"]).timestamp()
        last = attempts[-1] if attempts and attempts[-1].began > submitted - 1 else None
        if last and last.fault and last.fault.is_ambiguous:
            return str(last.fault)
        ended = max(submitted, last.ended or last.began) if last else submitted
        for blow in self.blows:
            if blow.ends_senders() and blow.began - SLACK_SECONDS < ended and blow.ended + SLACK_SECONDS > submitted:
                return f"sender: {blow.kind}"
        return ""

    def judge_money(self, api: Api) -> None:
        """The ledger's entries of each job are what the job says: what it has cost, and what is held for it."""
        entered: dict[str, Counter[str]] = {}
        cursor: str | None = ""
        while cursor is not None:
            page = api.get(f"/api/usage/ledger?limit=1000{f'&cursor={cursor}' if cursor else ''}")
            for entry in page["entries"]:
                what = "spent" if entry["kind"] in ("charge", "refund") else "held"
                if entry["kind"] != "estimate" and entry["jobId"]:
                    entered.setdefault(entry["jobId"], Counter())[what] += entry["credits"]
            cursor = page["nextCursor"]
        for key, job in self.jobs.items():
            found = entered.get(key, Counter())
            # a task that timed out may be charged yet, as one may of which nobody knows
            may_cost = job["status"] == "unconfirmed" or (job["error"] or {}).get("code") == "timeout"
            held = job["creditsEstimated"] if may_cost and job["creditsCharged"] is None else 0
            if (found["spent"], found["held"]) != (job["creditsCharged"] or 0, held):
                self._break(f"the ledger has {dict(found)}, the job {job}", str(job["promptText"]))

    def judge_files(self, api: Api, projects_root: Path) -> None:
        """Rows (as the API tells them), scene.json and the files, scene by scene."""
        for project, scene in sorted({(order.project, order.scene) for order in self.orders}):
            told = api.get(f"/api/projects/{project}/folders/{scene}")
            folder = projects_root / project / scene
            written = json.loads((folder / "metadata" / "scene.json").read_text())
            self.broken += [f"{folder}: {wrong}" for wrong in self._compare(told, written, folder)]
        self.broken += [f"left behind: {path}" for path in projects_root.rglob(f"{TEMPORARY}*")]

    def _compare(self, told: dict[str, Any], written: dict[str, Any], folder: Path) -> Iterator[str]:
        for key, value in written.items():
            if key != "assets" and told.get(key) != value:
                yield f"scene.json and the API differ in {key}: {value} and {told.get(key)}"
        for kind in ("images", "audio", "videos"):
            if told["assets"][kind] != written["assets"][kind]:
                yield f"scene.json and the API differ in {kind}"
            yield from _compare_files(written["assets"][kind], folder / kind)
        requests = {entry["jobId"]: entry["status"] for entry in written["generation"]["videoRequests"]}
        here = {key: job["status"] for key, job in self.jobs.items() if _is_of(job, folder)}
        if requests != here:
            yield f"scene.json has the jobs {requests}, the API {here}"
        yield from self._compare_clips(written["generation"]["completedVideos"], folder)

    def _compare_clips(self, entries: list[dict[str, Any]], folder: Path) -> Iterator[str]:
        completed = {key for key, job in self.jobs.items() if _is_of(job, folder) and job["status"] == "completed"}
        if {entry["jobId"] for entry in entries} != completed or len(entries) != len(completed):
            yield f"completedVideos has {len(entries)} entries for {len(completed)} completed jobs"
        for entry in entries:
            prompt = self.jobs[entry["jobId"]]["promptText"]
            path = folder.parent / entry["path"]
            found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
            if not found == entry["sha256"] == self.ledger.entries[prompt].served:
                yield f"{path.name} is not what was served: {found}\n{self._story(prompt)}"

    def _break(self, what: str, prompt: str) -> None:
        self.broken.append(f"{what}\n{self._story(prompt)}")

    def _story(self, prompt: str) -> str:
        """All that is known of a take, in the order in which it happened where that is known."""
        take = self.ledger.entries[prompt]
        keys = [key for order in self.orders if order.plan.prompt == prompt for key in order.jobs]
        lines = [f"    {prompt}", *(f"    job     {self.jobs.get(key)}" for key in keys)]
        lines += [
            f"    request {clock(a.began)}–{clock(a.ended)} {a.fault or 'answered'} {a.task_id}" for a in take.attempts
        ]
        lines += [f"    fault   {clock(at)} {what}" for at, what in take.faults]
        lines += [f"    blow    {clock(blow.began)}–{clock(blow.ended)} {blow}" for blow in self.blows]
        lines += [f"    log     {line}" for line in self.log.splitlines() if any(key in line for key in keys)]
        return "\n".join(lines)

    def story_of_job(self, key: str) -> str:
        return self._story(str(self.jobs[key]["promptText"]))


def _compare_files(entries: list[dict[str, Any]], folder: Path) -> Iterator[str]:
    names = {entry["fileName"] for entry in entries}
    found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if names != found:
        strays, missing = sorted(found - names), sorted(names - found)
        yield f"{folder.name} has {strays} without a row, and rows {missing} without a file"
    for entry in entries:
        path = folder / entry["fileName"]
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            yield f"{path.name} is not what its row says"


def _is_of(job: dict[str, Any], folder: Path) -> bool:
    return bool(job["projectId"] == folder.parent.name and job["sceneId"] == folder.name)


def clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S.%f")[:-3] if at else "…"
