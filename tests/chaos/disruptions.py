"""What is done to the studio while it works. Each blow is written down with its times: they are what excuses a job."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
import rq
from rq.serializers import JSONSerializer

from config.studio.heartbeat import HUNG_SECONDS
from tests.chaos.disk import fill
from tests.chaos.runway import PlannedRunway
from tests.chaos.services import OutsideRedis, Services, database_locked
from tests.fakes.runway.http_server import RunwayServer
from tests.studio_process import RunningStudio, is_alive

# longer than a claim or a lease lasts, and shorter than the studio waits before it replaces who hangs
STOPPED_SECONDS = 16.0
AWAY_SECONDS = 4.0
FULL_SECONDS = 3.0
# callers are patient for 90 s, and without a Redis nothing new is taken
NO_REDIS_SECONDS = 12.0
# of the longest outage, with the time until all workers have noticed its end
OUTAGE_SECONDS = 20.0
# how long a request is waited for, and within which its answer is in the journal
ANSWER_SECONDS, JOURNAL_SECONDS = 6.0, 1.0
STRAY_NUDGES = 20
# of workers that rest
STEPS = {"submit": "generation.tasks.submit", "collect": "generation.tasks.collect", "export": "film.tasks.export"}
# how often each is drawn
WEIGHTS = {
    "web": 2,
    "poll": 3,
    "submit": 5,
    "collect": 4,
    "export": 4,
    "redis": 2,
    "no redis": 1,
    "flush": 2,
    "stray": 1,
    "everything": 3,
    "stopped poll": 1,
    "stopped submit": 1,
    "stopped collect": 1,
    "stopped export": 1,
    "hung web": 1,
    "hung poll": 1,
    "hung submit": 1,
    "hung collect": 1,
    "hung export": 1,
    "away": 1,
    "answered": 1,
    "full disk": 1,
}


@dataclass
class Blow:
    """Seconds since 1970."""

    kind: str
    target: str
    began: float
    ended: float
    answered: str = ""  # the prompt whose answer had arrived, when its sender was killed
    senders: int = 0  # how many requests to Runway may have lost their sender, or one that was taken for dead

    def __str__(self) -> str:
        return f"{self.kind} ({self.target})" if self.target else self.kind


class Harm:
    def __init__(
        self,
        studio: RunningStudio,
        server: RunwayServer,
        dice: random.Random,
        services: Services,
        disk: Path | None,
        jobs: Callable[[], list[str]],
        workers: int,
    ) -> None:
        self.studio = studio
        self.blows: list[Blow] = []
        self.down: list[tuple[float, float]] = []  # when there was no studio
        self._server = server
        self._dice = dice
        self._services = services
        self._disk = disk
        self.workers = workers
        self._jobs = jobs
        self._port = int(studio.url.rpartition(":")[2])
        self._asleep: list[threading.Timer] = []

    def _senders_of_worker(self) -> int:
        """Its thread that does what is overdue while Redis is away sends, too."""
        outages = [blow for blow in self.blows[:-1] if blow.kind in ("redis", "no redis", "everything")]
        return 2 if any(blow.began > time.time() - OUTAGE_SECONDS for blow in outages) else 1

    def draw(self, count: int) -> list[str]:
        """That many kinds, with each kind among them where there is room."""
        impossible = set() if self._disk else {"full disk"}
        if not self._services.is_outside:
            impossible.add("no redis")
        kinds = {kind: weight for kind, weight in WEIGHTS.items() if kind not in impossible}
        drawn = [*kinds, *self._dice.choices(list(kinds), list(kinds.values()), k=count)][:count]
        self._dice.shuffle(drawn)
        return drawn

    def strike(self, kind: str) -> Blow:
        blow = Blow(kind, "", time.time(), 0.0)
        self.blows.append(blow)
        if kind == "everything" or kind.endswith("submit"):
            blow.senders = (self.workers if kind == "everything" else 1) * self._senders_of_worker()
        blows: dict[str, Callable[[Blow], None]] = {
            "redis": self._kill_redis,
            "no redis": lambda _: self._leave_without_redis(NO_REDIS_SECONDS),
            "everything": self._kill_everything,
            "answered": self._kill_after_answer,
            "flush": self._flush,
            "stray": self._stray_nudges,
            **{kind: self._stop_one for kind in WEIGHTS if kind.startswith("stopped")},
            **{kind: self._hang_one for kind in WEIGHTS if kind.startswith("hung")},
            "away": lambda _: self._server.away(AWAY_SECONDS),
            "full disk": self._fill_disk,
        }
        blows.get(kind, self._kill_one)(blow)
        blow.ended = blow.ended or time.time()
        return blow

    def settle(self) -> None:
        """Whoever was stopped goes on."""
        for timer in self._asleep:
            timer.join()

    def _children(self, kind: str) -> dict[str, int]:
        """Only what is a child of this studio now: a number may have gone to somebody else."""
        assert self.studio.process
        parent = self.studio.process.pid
        found = self.studio.children().items()
        return {name: pid for name, pid in found if name.startswith(kind) and _parent(pid) == parent and is_alive(pid)}

    def _kill_one(self, blow: Blow) -> None:
        blow.target, pid = self._one(blow.kind)
        os.kill(pid, signal.SIGKILL)

    def _kill_redis(self, blow: Blow) -> None:
        if self._services.is_outside:
            self._leave_without_redis(AWAY_SECONDS)
        else:
            self._kill_one(blow)

    def _leave_without_redis(self, seconds: float) -> None:
        assert isinstance(self._services, OutsideRedis)
        self._services.go_away(seconds)

    def _one(self, kind: str) -> tuple[str, int]:
        """Of those that live; just after a death that may take a moment."""
        end = time.monotonic() + 20
        while not (found := sorted(self._children(kind).items())):
            assert time.monotonic() < end, f"No {kind} lives any more."
            if kind in STEPS:
                # it rests, and begins when there is an entry; this one names no row
                self._with_redis(lambda client: _add_entry(client, kind, str(uuid.uuid4())))
            time.sleep(0.3)
        return self._dice.choice(found)

    def _kill_everything(self, blow: Blow) -> None:
        """All at one blow, then a start on the same folder."""
        assert self.studio.process
        for pid in (self.studio.process.pid, *self._children("").values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.studio.process.wait(10)
        blow.ended = time.time()
        self.studio.begin(self._port)
        self.studio.wait_until_ready()
        self.down.append((blow.began, time.time()))

    def restart(self) -> None:
        """A stop as it should be, and a start."""
        began = time.time()
        assert self.studio.stop() == 0
        self.studio.begin(self._port)
        self.studio.wait_until_ready()
        self.down.append((began, time.time()))

    def _flush(self, blow: Blow) -> None:
        self._with_redis(lambda client: client.flushall())

    def _stray_nudges(self, blow: Blow) -> None:
        """As a restored backup of Redis would bring them: entries for jobs in any state, each twice."""
        jobs = self._jobs()

        def send(client: redis.Redis) -> None:
            for name in ("submit", "collect"):
                for job in self._dice.sample(jobs, min(STRAY_NUDGES, len(jobs))):
                    for _ in range(2):
                        _add_entry(client, name, job)

        self._with_redis(send)

    def _with_redis(self, work: Callable[[redis.Redis], object]) -> None:
        end = time.monotonic() + 20
        with self._services.client(self.studio.data_dir) as client:
            while True:
                try:
                    work(client)
                except redis.exceptions.ConnectionError:
                    assert time.monotonic() < end, "Redis does not come back."
                    time.sleep(0.1)
                else:
                    return

    def _stop_one(self, blow: Blow) -> None:
        """It hangs, without dying, for longer than its claims last; everything else goes on meanwhile."""
        blow.target, pid = self._one(blow.kind.removeprefix("stopped "))
        parent = _parent(pid)
        os.kill(pid, signal.SIGSTOP)
        blow.ended = blow.began + STOPPED_SECONDS

        def go_on() -> None:
            if _parent(pid) == parent:
                os.kill(pid, signal.SIGCONT)

        timer = threading.Timer(STOPPED_SECONDS, go_on)
        timer.start()
        self._asleep.append(timer)

    def _hang_one(self, blow: Blow) -> None:
        """It hangs for good: the studio has to notice it and to start another in its place."""
        blow.target, pid = self._one(blow.kind.removeprefix("hung "))
        os.kill(pid, signal.SIGSTOP)
        blow.ended = blow.began + HUNG_SECONDS

    def _kill_after_answer(self, blow: Blow) -> None:
        """The sender has the answer, and dies before the database has it: the journal is all that is left."""
        runway, answered = self._planned_runway(), threading.Event()

        def wait_until_locked(prompt: str) -> None:
            blow.answered = prompt
            answered.set()
            is_locked.wait(10)

        is_locked = threading.Event()
        runway.on_answer = wait_until_locked
        if not answered.wait(ANSWER_SECONDS):
            runway.on_answer = None
            return
        with database_locked(self.studio):
            is_locked.set()
            time.sleep(JOURNAL_SECONDS)
            senders = self._children("submit")
            blow.senders, blow.target = len(senders), "senders"
            for pid in senders.values():
                os.kill(pid, signal.SIGKILL)

    def _planned_runway(self) -> PlannedRunway:
        assert isinstance(self._server.runway, PlannedRunway)
        return self._server.runway

    def _fill_disk(self, blow: Blow) -> None:
        assert self._disk
        filler = self._disk / "filler"
        end = time.monotonic() + FULL_SECONDS
        while time.monotonic() < end:
            # again and again: what somebody deletes is taken too
            fill(filler)
            time.sleep(0.02)
        filler.unlink()


def _add_entry(client: redis.Redis, queue: str, row: str) -> None:
    rq.Queue(queue, connection=client, serializer=JSONSerializer).enqueue(STEPS[queue], row)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
