"""Which promises were broken, each with the story of the job concerned."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.api_client import Api
from tests.chaos.callers import Order
from tests.chaos.disruptions import Blow
from tests.chaos.fault_plan import Ending
from tests.chaos.listeners import Listeners
from tests.chaos.runway import PlannedRunway
from tests.chaos.scene_files import compare_scene
from tests.fakes.runway import faults
from tests.fakes.runway.fake import CREDITS
from tests.fakes.runway.ledger import Ledger

# a blow and what it has cut off need not carry the same time
SLACK_SECONDS = 3.0
# a process may come back, and take up what it held, for so long after it was hit
AFTERMATH_SECONDS = 25.0
# how soon an end is told, and of how few nothing can be said
PROMPT_SECONDS, FEW = 1.0, 5
# within which the sweep has written what a stopped process did not
FILE_SECONDS = 10.0
TEMPORARY = ".incoming-"


@dataclass
class Verdict:
    runway: PlannedRunway
    blows: list[Blow]
    orders: list[Order]
    jobs: dict[str, dict[str, Any]]
    log: str
    broken: list[str] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    # jobs that were unconfirmed, with what a person has decided about each: the task's id, or empty for lost
    resolved: dict[str, str] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)  # of the words of ends

    @property
    def ledger(self) -> Ledger:
        return self.runway.ledger

    def paid_twice(self) -> list[str]:
        """Prompts with more paid tasks than takes; each retry is a take."""
        takes = {order.plan.prompt: len(order.jobs | order.successors) for order in self.orders}
        return [key for key, entry in self.ledger.entries.items() if len(entry.paid) > max(takes.get(key, 0), 1)]

    def judge(self) -> None:
        for prompt in self.paid_twice():
            self._break("paid twice", prompt)
        self.broken += [f"a request that nobody asked for: {stranger}" for stranger in self.ledger.strangers]
        for order in self.orders:
            self._judge_order(order)

    def _judge_order(self, order: Order) -> None:
        prompt = order.plan.prompt
        if order.refusals:
            self._break(f"the API refused: {order.refusals}", prompt)
        if not (order.jobs or order.over_budget or order.refusals):
            self._break("nobody was told of a job", prompt)
        if len(order.jobs) > 1:
            self._break(f"one Idempotency-Key made {len(order.jobs)} jobs", prompt)
        if len(order.successors) > 1:
            self._break(f"one retry made {len(order.successors)} takes", prompt)
        for key in order.jobs | order.successors:
            wrong = self._judge_job(order, self.jobs.get(key))
            if wrong:
                self.lost += 1
                self._break(wrong, prompt)

    def _judge_job(self, order: Order, job: dict[str, Any] | None) -> str:
        """What is wrong with it, empty where all is as promised."""
        if job is None:
            return "the job is gone"
        if job["status"] == "cancelled":
            return self._judge_cancelled(order, job)
        judges = {"completed": self._judge_completed, "failed": self._judge_failed}
        judge = judges.get(job["status"])
        return judge(order.plan.prompt, job) if judge else f"it has not ended: {job['status']}"

    def _judge_cancelled(self, order: Order, job: dict[str, Any]) -> str:
        if order.plan.cancel_after is None:
            return "cancelled, and nobody wanted that"
        task = job["taskId"]
        if task and task not in self.runway.cancelled and self.runway.bills.get(task):
            return f"cancelled here, and its task {task} goes on at Runway"
        return ""

    def _judge_completed(self, prompt: str, job: dict[str, Any]) -> str:
        paid = self.ledger.entries[prompt].paid
        return "" if job["taskId"] in paid else f"completed with task {job['taskId']}, paid for were {paid}"

    def _judge_failed(self, prompt: str, job: dict[str, Any]) -> str:
        code = job["error"]["code"]
        if code == "given_up":
            return "" if job["jobId"] in self.resolved else "given up, and nobody wanted that"
        injected = [what for _, what in self.ledger.entries[prompt].faults]
        expected = {f"ending: {code}"}
        if code == "runway_rejected":
            expected = {f"create: {faults.REJECTED}"}
        if code not in {str(ending) for ending in Ending} | {"runway_rejected"} or not expected & set(injected):
            return f"failed with {code}, which was not injected"
        return ""

    def judge_unconfirmed(self) -> None:
        """Each has a cause of its own: a fault of the network, or a blow to the one who was sending it."""
        free = {id(blow): blow.senders for blow in self.blows}
        unconfirmed = [job for job in self.jobs.values() if job["status"] == "unconfirmed"]
        for job in sorted(unconfirmed, key=lambda job: str(job["submittedAt"])):
            if cause := self._cause(job, free):
                self.causes[cause] += 1
            else:
                self.lost += 1
                self._break("unconfirmed without a cause", str(job["promptText"]))

    def _cause(self, job: dict[str, Any], free: dict[int, int]) -> str:
        """Why nobody can know whether it was accepted; `free`: how many requests each blow may still have cut off."""
        prompt = str(job["promptText"])
        attempts = self.ledger.entries[prompt].attempts
        submitted = datetime.fromisoformat(job["submittedAt"]).timestamp()
        last = attempts[-1] if attempts and attempts[-1].began > submitted - 1 else None
        if last and last.fault and last.fault.is_ambiguous:
            return str(last.fault)
        # the answer was there before its sender died, and so it is in the journal
        if any(blow.answered == prompt for blow in self.blows):
            return ""
        ended = max(submitted, last.ended or last.began) if last else submitted
        for blow in self.blows:
            end = blow.ended if blow.kind == "everything" else blow.began
            if free[id(blow)] and blow.began - SLACK_SECONDS < ended and end + SLACK_SECONDS > submitted:
                free[id(blow)] -= 1
                return f"sender: {blow}"
        return ""

    def judge_budget(self, project: str, credits: int) -> None:
        """Of a film with a budget no more was spent, whoever asked at the same moment."""
        tight = [order for order in self.orders if order.project == project]
        bills = {task: bill for order in tight for task, bill in self._bills_of(order.plan.prompt).items()}
        if sum(bills.values()) > credits:
            self.broken.append(f"the budget of {credits} was ignored: {bills}")
        if len(tight) * CREDITS > 2 * credits and not any(order.over_budget for order in tight):
            self.broken.append(f"{len(tight)} takes of the budget of {credits} were all accepted")

    def _bills_of(self, prompt: str) -> dict[str, int]:
        return {task: self.runway.bills[task] for task in self.ledger.entries[prompt].paid}

    def judge_listeners(self, listeners: Listeners) -> None:
        """Each was told the end of its job, and most of them at once, not when versions were compared."""
        for key, job in self.jobs.items():
            if not listeners.has_heard(key, job["status"]):
                ends = [message["data"]["status"] for message in listeners.ends_of(key)]
                self._break(
                    f"its listener has heard the ends {ends}, not that it is {job['status']}", job["promptText"]
                )
            finished = datetime.fromisoformat(job["finishedAt"]).timestamp() if job["finishedAt"] else 0.0
            delay = None if self.is_deaf(finished) else listeners.delay_of_end(key, finished)
            if delay is not None:
                self.delays.append(delay)
        # versions are compared every four seconds, which would tell a quarter of the ends as soon
        late = [delay for delay in self.delays if delay > PROMPT_SECONDS]
        if len(self.delays) >= FEW and 2 * len(late) > len(self.delays):
            times = ", ".join(f"{delay:.1f}" for delay in sorted(self.delays))
            self.broken.append(f"{len(late)} of {len(self.delays)} ends were told late, after {times} s")

    def is_deaf(self, at: float) -> bool:
        """Whether messages may be lost then: the way to the browser is in Redis and in the web server."""
        deaf = ("web", "redis", "no redis", "flush", "everything", "hung web")
        return any(blow.kind in deaf and blow.began - 1 < at < blow.ended + AFTERMATH_SECONDS for blow in self.blows)

    def judge_downloads(self) -> None:
        """Nobody downloads what another one is downloading, unless that one was hit."""
        hit = ("collect", "everything")
        blows = [blow for blow in self.blows if any(each in f"{blow.kind} {blow.target}" for each in hit)]
        for task, downloads in self.runway.downloads.items():
            for (began, seconds), (again, _) in pairwise(downloads):
                # who was stopped has its connection open until it goes on, and may be cut only then
                was_hit = any(b.began < again and b.ended + SLACK_SECONDS > began for b in blows)
                if again < began + 0.9 * seconds and not was_hit:
                    self.broken.append(
                        f"the clip of {task} was downloaded twice at once, {clock(began)} {clock(again)}"
                    )

    def judge_money(self, api: Api) -> None:
        """The ledger's entries of each job are Runway's bill, and what the job says is held for it."""
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
            bill = self.runway.bills.get(str(job["taskId"]), 0)
            # where nobody could be told what it has cost, the page says that it is unknown
            if found["spent"] != bill and job["creditsCharged"] is not None:
                self._break(f"the ledger has {dict(found)}, Runway's bill is {bill}", str(job["promptText"]))
            if job["status"] == "completed" and job["creditsCharged"] is None:
                self._break("nobody knows what it has cost", str(job["promptText"]))

    def judge_files(self, api: Api, projects_root: Path) -> None:
        """Rows (as the API tells them), scene.json and the files, scene by scene."""
        end = time.monotonic() + FILE_SECONDS
        for project, scene in sorted({(order.project, order.scene) for order in self.orders}):
            # a check of a take's quality may end now, and the file is written after its row
            while (wrong := self._compare(api, projects_root, project, scene)) and time.monotonic() < end:
                time.sleep(0.3)
            self.broken += [f"{projects_root / project / scene}: {each}" for each in wrong]
        self.broken += [f"left behind: {path}" for path in projects_root.rglob(f"{TEMPORARY}*")]

    def _compare(self, api: Api, projects_root: Path, project: str, scene: str) -> list[str]:
        told = api.get(f"/api/projects/{project}/folders/{scene}")
        folder = projects_root / project / scene
        written = json.loads((folder / "metadata" / "scene.json").read_text())
        of_scene = {
            key: job for key, job in self.jobs.items() if (job["projectId"], job["sceneId"]) == (project, scene)
        }
        return list(compare_scene(told, written, folder, of_scene, self.runway.served))

    def _break(self, what: str, prompt: str) -> None:
        self.broken.append(f"{what}\n{self._story(prompt)}")

    def _story(self, prompt: str) -> str:
        """All that is known of a take, in the order in which it happened where that is known."""
        take = self.ledger.entries[prompt]
        orders = [order for order in self.orders if order.plan.prompt == prompt]
        keys = [key for order in orders for key in order.jobs | order.successors]
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


def clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S.%f")[:-3] if at else "…"
