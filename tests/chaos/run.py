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
from tests.chaos.callers import Order, People
from tests.chaos.disk import small_disk
from tests.chaos.disruptions import Harm
from tests.chaos.fault_plan import Mix, TakePlan, draw
from tests.chaos.job_watch import StandStill, Watch
from tests.chaos.runway import PlannedRunway
from tests.chaos.services import Services, services
from tests.chaos.verdict import Verdict
from tests.fakes.runway.http_server import RunwayServer
from tests.media import clip, picture
from tests.studio_process import RunningStudio

PROMISED_SECONDS = 30.0
# after the last blow everything must come to its end within this
REST_SECONDS = 90.0
DISK_MEGABYTES = 512
PROJECTS, SCENES = 2, 2


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
        report = Run(options, studio, server, plans, outside, disk.path if disk and not disk.reason else None).go()
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
        plans: list[TakePlan],
        outside: Services,
        disk: Path | None,
    ) -> None:
        self.options = options
        self.dice = random.Random(options.seed)
        self.studio = studio
        self.ledger = server.runway.ledger
        self.plans = plans
        token = studio.token()
        self.api = Api(studio.url, token)
        self.people = People(studio.url, token, picture())
        self.watch = Watch(studio.url, token)
        self.harm = Harm(studio, server, self.dice, outside, disk, self.people.jobs)

    def go(self) -> Report:
        scenes = self._scenes()
        orders = [Order(plan, *scenes[plan.number % len(scenes)]) for plan in self.plans]
        self.watch.start()
        with self.people:
            self._strike(orders)
        self._come_to_rest()
        self.harm.settle()
        rested = time.time()
        health = self._health()
        # what the dead have left behind is cleared at a start, so the last thing is one
        if not self.harm.blows or self.harm.blows[-1].kind != "everything":
            self.harm.restart()
        self.watch.end()
        return self._judged(orders, rested, health)

    def _scenes(self) -> list[tuple[str, str]]:
        projects = [self.api.post("/api/projects", {"name": f"Film {n}"}, 201)["id"] for n in range(PROJECTS)]
        return [
            (project, self.api.post(f"/api/projects/{project}/folders", {}, 201)["id"])
            for project in projects
            for _ in range(SCENES)
        ]

    def _strike(self, orders: list[Order]) -> None:
        """A share of the orders before each blow, some of them still on their way when it falls."""
        kinds = list(self.options.blows) or self.harm.draw(self.options.kills)
        for number in range(len(kinds) + 1):
            pause = self.dice.uniform(0.3, 2 * self.options.pause)
            for order in orders[number :: len(kinds) + 1]:
                self.people.ask(order, self.dice.uniform(0, pause + 1))
            time.sleep(pause)
            if number < len(kinds):
                blow = self.harm.strike(kinds[number])
                print(f"  {time.strftime('%H:%M:%S')} {blow}", flush=True)

    def _come_to_rest(self) -> None:
        """Until every job that anybody was told of has ended, or for as long as patience lasts."""
        end = time.monotonic() + REST_SECONDS
        while time.monotonic() < end:
            known = set(self.people.jobs()) <= set(self.watch.jobs)
            if known and not self.watch.unfinished():
                return
            time.sleep(0.3)

    def _health(self) -> dict[str, Any]:
        """Once all has come to rest it must be well again by itself."""
        end = time.monotonic() + PROMISED_SECONDS
        while (health := self.studio.health()).get("status") != "ok" and time.monotonic() < end:
            time.sleep(0.3)
        return health

    def _judged(self, orders: list[Order], rested: float, health: dict[str, Any]) -> Report:
        verdict = Verdict(self.ledger, self.harm.blows, orders, self.watch.jobs, self.studio.log_text())
        if not self.watch.look():
            verdict.broken.append("the list of jobs cannot be had")
        verdict.judge()
        verdict.judge_money(self.api)
        verdict.judge_files(self.api, self.studio.data_dir / "projects")
        verdict.broken += self.watch.fell
        if health.get("status") != "ok":
            verdict.broken.append(f"/healthz says {health}")
        down = self.harm.down
        still = self.watch.longest_stand_still(down, rested)
        if still.seconds > PROMISED_SECONDS:
            verdict.broken.append(f"stood still for {still}\n{verdict.story_of_job(still.job)}")
        return Report(
            options=self.options,
            verdict=verdict,
            kills=Counter(blow.kind for blow in self.harm.blows),
            statuses=Counter(job["status"] for job in self.watch.jobs.values()),
            calls=sum(order.calls for order in orders),
            faults=sum(self.ledger.faults_by_kind().values()),
            stand_still=still,
            after_restart=max((self.watch.slowest_after(ready, down) for _, ready in down), default=0.0),
            seconds=0.0,
        )
