"""One run: takes are asked for while blows fall; all comes to rest, the studio starts anew, and is judged."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.api_client import Api
from tests.chaos import films
from tests.chaos.callers import Order, People
from tests.chaos.disk import small_disk
from tests.chaos.disruptions import Harm
from tests.chaos.exports import Exports
from tests.chaos.fault_plan import Ending, Mix, TakePlan, draw
from tests.chaos.job_watch import StandStill, Watch
from tests.chaos.listeners import Listeners
from tests.chaos.runway import PlannedRunway
from tests.chaos.services import Services, services
from tests.chaos.verdict import Verdict
from tests.fakes.runway.http_server import RunwayServer
from tests.media import clip, picture
from tests.studio_process import RunningStudio

PROMISED_SECONDS = 30.0
# after which the contract lets a message be late that was lost on its way
LOST_MESSAGE_SECONDS = 10.0
DISK_MEGABYTES = 512


@dataclass(frozen=True)
class Options:
    jobs: int
    kills: int
    seed: int
    pause: float = 3.0  # seconds between two blows, on average
    blows: Sequence[str] = ()  # these instead of drawn ones
    mix: Mix = field(default_factory=Mix)
    fill_disk: bool = True
    workers: int = 2
    rest: float = 90.0  # seconds within which everything must come to its end after the last blow
    with_exports: bool = True
    log: str = ""  # where the studio's log is kept


@dataclass
class Report:
    options: Options
    verdict: Verdict
    kills: Counter[str]
    statuses: Counter[str]
    calls: int
    faults: int
    stand_still: StandStill
    exports: Counter[str]
    after_restart: float
    seconds: float
    not_done: str = ""


def run(options: Options) -> Report:
    plans = [draw(options.seed, number, options.mix) for number in range(options.jobs)]
    began = time.monotonic()
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(DISK_MEGABYTES)) if options.fill_disk else None
        runway = PlannedRunway(plans, clip())
        server = stack.enter_context(RunwayServer(runway))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dailies-redis-")))
        outside = stack.enter_context(services(folder))
        env = outside.env | {"RUNWAY_API_URL": runway.url, "RUNWAY_API_KEY": "key_test", "RUNWAY_POLL_SECONDS": "0.3"}
        args = ("--no-sample", "--workers", str(options.workers))
        studio = stack.enter_context(RunningStudio(disk.path if disk else None, env=env, args=args))
        if options.log:
            # called before the studio's own end, and also where the run itself fails
            stack.callback(lambda: shutil.copy(studio.log, options.log))
        report = Run(
            options, studio, server, runway, plans, outside, disk.path if disk and not disk.reason else None
        ).go()
    report.seconds = time.monotonic() - began
    if disk and disk.reason:
        report.not_done = f"no full disk: {disk.reason}"
    return report


class Run:
    def __init__(
        self,
        options: Options,
        studio: RunningStudio,
        server: RunwayServer,
        runway: PlannedRunway,
        plans: list[TakePlan],
        outside: Services,
        disk: Path | None,
    ) -> None:
        self.options = options
        self.dice = random.Random(options.seed)
        self.studio = studio
        self.runway = runway
        self.plans = plans
        self.tight = ""
        token = studio.token()
        self.api = Api(studio.url, token)
        self.people = People(studio.url, token, picture())
        self.watch = Watch(studio.url, token)
        self.listeners = Listeners(studio.url, token, self.people.jobs)
        self.exports = Exports(studio.url, token)
        self.harm = Harm(studio, server, self.dice, outside, disk, self.people.jobs, options.workers)
        self.budget = 0

    def go(self) -> Report:
        scenes = films.make_films(self.api)
        self.tight, tight_scene, self.budget = films.make_tight_film(self.api, self.plans)
        places = [(self.tight, tight_scene) if p.is_tight else scenes[p.number % len(scenes)] for p in self.plans]
        orders = [Order(plan, *place) for plan, place in zip(self.plans, places, strict=True)]
        self.exports.projects = sorted({project for project, _ in scenes}) if self.options.with_exports else []
        self.watch.start()
        self.listeners.start()
        self.exports.start()
        with self.people:
            self._strike(orders)
            self._come_to_rest()
            self._retry(orders)
        self._come_to_rest()
        self.harm.settle()
        verdict = self._verdict(orders)
        verdict.judge_unconfirmed()
        self._resolve(verdict)
        self._come_to_rest()
        rested = time.time()
        health = self._health()
        # what the dead have left behind is cleared at a start, so the last thing is one
        if not self.harm.blows or self.harm.blows[-1].kind != "everything":
            self.harm.restart()
        self.watch.end()
        # who was away hears of the last ends after the restart
        self.listeners.wait_for_ends(self.watch.jobs, LOST_MESSAGE_SECONDS)
        self.listeners.end()
        self.exports.end()
        return self._judged(verdict, rested, health)

    def _retry(self, orders: list[Order]) -> None:
        """Every task that failed at Runway, and may succeed when it is sent again."""
        for order in orders:
            for key in order.jobs:
                job = self.watch.jobs.get(key, {})
                if (job.get("error") or {}).get("code") == str(Ending.INTERNAL) and not order.plan.is_tight:
                    self.people.retry(order, key)

    def _resolve(self, verdict: Verdict) -> None:
        """A person looks into Runway's list: what is there is linked, everything else is given up."""
        for key, job in self.watch.jobs.items():
            if job["status"] != "unconfirmed":
                continue
            known = {each["taskId"] for each in self.watch.jobs.values()}
            paid = self.runway.ledger.entries[job["promptText"]].paid
            task = next((task for task in paid if task not in known and self._is_at_runway(task)), "")
            verdict.resolved[key] = task
            self.api.post(f"/api/jobs/{key}/resolve", {"taskId": task} if task else {"lost": True})
        if verdict.resolved:
            self.watch.look()

    def _is_at_runway(self, task_id: str) -> bool:
        """Return whether Runway still has a task: some are gone in the end, and cannot be linked."""
        task = self.runway.tasks.get(task_id)
        return task is not None and self.runway.state_of(task) is not None

    def _verdict(self, orders: list[Order]) -> Verdict:
        self.watch.look()
        return Verdict(self.runway, self.harm.blows, orders, self.watch.jobs, "")

    def _strike(self, orders: list[Order]) -> None:
        """A share of the orders before each blow, some of them still on their way when it falls."""
        kinds = list(self.options.blows) or self.harm.draw(self.options.kills)
        for number in range(len(kinds) + 1):
            pause = self.dice.uniform(0.3, 2 * self.options.pause)
            due = orders[number :: len(kinds) + 1]
            together = [order for order in due if not order.plan.is_tight and order.plan.cancel_after is None]
            # of one film, since that is what a batch is for
            together = [order for order in together if order.project == together[0].project][:3]
            if number % 3 == 1 and len(together) > 1:
                self.people.ask_together(together, f"batch {self.options.seed} {number}")
                due = [order for order in due if order not in together]
            for order in due:
                self.people.ask(order, self.dice.uniform(0, pause + 1))
            self.exports.ask()
            time.sleep(pause)
            if number < len(kinds):
                blow = self.harm.strike(kinds[number])
                print(f"  {time.strftime('%H:%M:%S')} {blow}", flush=True)

    def _come_to_rest(self) -> None:
        """Until every job that anybody was told of has ended, or for as long as patience lasts."""
        end = time.monotonic() + self.options.rest
        while time.monotonic() < end:
            known = set(self.people.jobs()) <= set(self.watch.jobs)
            if known and not self.watch.unfinished() and not self.exports.unfinished():
                return
            time.sleep(0.3)

    def _health(self) -> dict[str, Any]:
        """Once all has come to rest it must be well again by itself."""
        end = time.monotonic() + PROMISED_SECONDS
        while (health := self.studio.health()).get("status") != "ok" and time.monotonic() < end:
            time.sleep(0.3)
        return health

    def _judged(self, verdict: Verdict, rested: float, health: dict[str, Any]) -> Report:
        verdict.log = self.studio.log_text()
        if not self.watch.look():
            verdict.broken.append("the list of jobs cannot be had")
        verdict.judge()
        verdict.judge_money(self.api)
        verdict.judge_budget(self.tight, self.budget)
        verdict.judge_downloads()
        verdict.judge_listeners(self.listeners)
        verdict.judge_files(self.api, self.studio.data_dir / "projects")
        was_full = any(blow.kind == "full disk" for blow in self.harm.blows)
        verdict.broken += self.exports.judge(self.studio.data_dir, verdict.is_deaf, was_full=was_full)
        verdict.broken += self.watch.fell
        if health.get("status") != "ok":
            verdict.broken.append(f"/healthz says {health}")
        down = self.harm.down
        busy = {
            key: [(began, began + seconds) for began, seconds in self.runway.downloads[str(job["taskId"])]]
            for key, job in self.watch.jobs.items()
        }
        self.watch.add_moves(verdict.log)
        still = self.watch.longest_stand_still(down, rested, busy)
        if still.seconds > PROMISED_SECONDS:
            verdict.broken.append(f"stood still for {still}\n{verdict.story_of_job(still.job)}")
        return Report(
            options=self.options,
            verdict=verdict,
            kills=Counter(blow.kind for blow in self.harm.blows),
            statuses=Counter(job["status"] for job in self.watch.jobs.values()),
            calls=sum(order.calls for order in verdict.orders),
            faults=sum(self.runway.ledger.faults_by_kind().values()),
            stand_still=still,
            exports=Counter(export["status"] for export in self.exports.asked.values()),
            after_restart=max((self.watch.slowest_after(ready, down) for _, ready in down), default=0.0),
            seconds=0.0,
        )
