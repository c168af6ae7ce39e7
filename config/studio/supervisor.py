"""The studio as one tree of processes: started in order, kept running, and stopped, Redis last."""

from __future__ import annotations

import json
import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings

from config.studio import address, redis, startup, state_file
from config.studio.children import load_shared_code, simulator_child, web_child, worker_child
from config.studio.forked import CAN_FORK, call_in_fork
from config.studio.health_check import health_answer
from config.studio.on_demand import Requests
from config.studio.process import Child, stop_all
from config.studio.startup import CannotStart
from config.studio.troubles import Troubles
from generation.engine import on_demand, queues

logger = logging.getLogger("dailies.studio")

# together less than the ten seconds that a stop may take
_STOP_SECONDS = {"work": 6.0, "simulator": 1.0, "redis": 1.5}
_REDIS_SECONDS = 20.0
# how often a start that takes long says what it waits for
_REPORT_SECONDS = 15.0
# how often the state file is tried again on a full disk
_STATE_SECONDS = 1.0
# how often the heartbeats are looked at
_HUNG_CHECK_SECONDS = 1.0
# without a look for so long, the whole machine stood still
_AWAY_SECONDS = 4.0


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived."""


class Studio:
    """Redis, the simulator, the web server and the workers, from start to stop."""

    def __init__(self, listeners: list[socket.socket], url: str, workers: int) -> None:
        """Describe the processes; none is started.

        There is a web server for each of `listeners`, which are bound to one port. `workers` is how many submit, and
        how many download.
        """
        self.listeners = listeners
        self.url = url
        self.stopping = False
        self._interruptible_now = False
        self._state_unwritten = False
        self._looked_at = 0.0
        self.troubles = Troubles()
        # a signal writes a byte to the one end, which wakes the loop that waits at the other
        self._wake_reader, self._wake_writer = socket.socketpair()
        self.requests = Requests()
        # forks have what is set here
        on_demand.pipe = self.requests.writer if CAN_FORK else None
        self.redis = redis.create_child(settings.DATA_DIR) if settings.OWN_REDIS else None
        self.simulator: Child | None = None
        env: dict[str, str] = {}
        if settings.RUNWAY_IS_SIMULATOR:
            self.simulator, env = simulator_child()
        queue_workers = {"poll": 1, "submit": workers, "collect": workers, "check": 1, "export": 1}
        self.work = [
            *(web_child(listener, number, env) for number, listener in enumerate(listeners, 1)),
            *(worker_child(queue, n + 1, env) for queue, count in queue_workers.items() for n in range(count)),
        ]

    @property
    def children(self) -> list[Child]:
        """Every child, in the order of the start."""
        return [child for child in (self.redis, self.simulator, *self.work) if child]

    def run(self, prepare: Callable[[], str | None], ready: Callable[[str | None], None]) -> None:
        """Run until somebody asks the studio to stop. Raise CannotStart.

        `prepare` is called between the migrations and the workers, and is not interrupted. `ready` is called with
        what it returned, once `/healthz` answers ok.
        """
        self._listen_to_signals()
        state_file.kill_leftovers(settings.DATA_DIR)
        try:
            self._start(self.redis)
            with self._interruptible():
                call_in_fork(startup.migrate)
                self._wait_for_redis()
            # before the workers start, so that they see it whole
            prepared = call_in_fork(prepare)
            with self._interruptible():
                call_in_fork(startup.take_in_newer)
            load_shared_code()
            # not before: a proxy sends what is refused here to another machine, and would wait for what is not
            address.listen(self.listeners)
            self._start(self.simulator, *(child for child in self.work if not child.is_resting))
            with self._interruptible():
                call_in_fork(startup.repair_folders)
                self._wait_until_healthy()
            ready(prepared)
            while True:
                self._tick()
        except StopRequested:
            pass
        finally:
            self._stop()

    def _start(self, *children: Child | None) -> None:
        """Start children. A signal does not interrupt this: a child that was started must be noted."""
        interruptible, self._interruptible_now = self._interruptible_now, False
        for child in children:
            if child:
                child.start()
        self._write_state()
        self._interruptible_now = interruptible

    def _write_state(self) -> None:
        """Write the state file. A full disk must not end the studio, so that is tried again until there is room."""
        pids = {child.name: child.pid for child in self.children if child.pid}
        try:
            state_file.write_state(settings.DATA_DIR, self.url, pids, self.troubles.news)
            self._state_unwritten = False
        except OSError as error:
            if not self._state_unwritten:
                logger.warning("the state file could not be written and is tried again: %s", error)
            self._state_unwritten = True

    def _tick(self, seconds: float | None = None) -> None:
        """Wait for a signal or a child's exit, at most `seconds`, and restart children that are due.

        Raise StopRequested.
        """
        self._check_stop()
        self._wait_for_event(seconds)
        self._check_stop()
        self._kill_hung()
        for child in self.children:
            code = child.reap()
            if code is not None and child.is_resting:
                self._state_unwritten = True
            elif code is not None:
                delay = max(child.restart_at - time.monotonic(), 0)
                self.troubles.note_death(child.name)
                logger.warning("%s died (%s); it is started again in %.1f s", child.name, _cause(code), delay)
        now = time.monotonic()
        due = [child for child in self._exited() if child.restart_at <= now] + self.requests.take(self.work)
        if due:
            self._start(*due)
        elif self._state_unwritten:
            self._write_state()

    def _kill_hung(self) -> None:
        """Kill children that missed their heartbeats, to be started again like those that died."""
        now = time.monotonic()
        was_away = now - self._looked_at > _AWAY_SECONDS
        self._looked_at = now
        # where the whole machine stood still, the children need a moment to beat again
        children = [] if was_away else self.children
        if self.troubles.note_late({child.name for child in children if child.is_late}):
            self._state_unwritten = True
        for child in children:
            if child.is_hung and child.process:
                logger.warning("%s hangs; it is killed", child.name)
                child.process.kill()

    def _wait_for_event(self, seconds: float | None) -> None:
        now = time.monotonic()
        waits = [_HUNG_CHECK_SECONDS, *(child.restart_at - now for child in self._exited())]
        if seconds is not None:
            waits.append(seconds)
        if self._state_unwritten:
            waits.append(_STATE_SECONDS)
        timeout = max(min(waits), 0)
        readable, _, _ = select.select([self._wake_reader.fileno(), self.requests.reader], [], [], timeout)
        if self._wake_reader.fileno() in readable:
            self._wake_reader.recv(1024)

    def _exited(self) -> list[Child]:
        return [child for child in self.children if child.started_at and not child.pid and not child.is_resting]

    def _wait_for_redis(self) -> None:
        deadline = time.monotonic() + _REDIS_SECONDS
        while not queues.is_redis_up():
            gave_up = self.redis is not None and self.redis.quick_exits > 2
            if gave_up or time.monotonic() > deadline:
                if self.redis:
                    raise CannotStart(f"Redis does not start: {redis.last_log_line(settings.DATA_DIR)}")
                raise CannotStart("Redis does not answer. Check REDIS_URL, and that it runs there.")
            self._tick(0.02)

    def _wait_until_healthy(self) -> None:
        report_at = time.monotonic() + _REPORT_SECONDS
        while (answer := health_answer(self.listeners[0])).get("status") != "ok":
            if time.monotonic() > report_at:
                report_at += _REPORT_SECONDS
                logger.warning("not ready yet: %s", json.dumps(answer) if answer else "no answer from /healthz")
            self._tick(0.05)

    def _listen_to_signals(self) -> None:
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        # a handler of Python's own, or the signal would write no byte
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for stop_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup starts the studio with SIGHUP ignored
            if stop_signal != signal.SIGHUP or signal.getsignal(stop_signal) != signal.SIG_IGN:
                signal.signal(stop_signal, self._on_stop_signal)

    def _on_stop_signal(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True
        if self._interruptible_now:
            self._interruptible_now = False
            raise StopRequested

    def _check_stop(self) -> None:
        if self.stopping:
            raise StopRequested

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let a stop signal raise StopRequested inside at once; elsewhere it waits for the next tick."""
        self._interruptible_now = True
        try:
            self._check_stop()
            yield
        finally:
            self._interruptible_now = False

    def _stop(self) -> None:
        for listener in self.listeners:
            listener.close()
        stop_all(self.work, _STOP_SECONDS["work"])
        stop_all([self.simulator] if self.simulator else [], _STOP_SECONDS["simulator"])
        if self.redis:
            stop_all([self.redis], _STOP_SECONDS["redis"])
            redis.remove_socket(settings.DATA_DIR)
        state_file.remove_state(settings.DATA_DIR)


def _cause(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
