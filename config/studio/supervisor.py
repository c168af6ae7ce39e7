"""The studio as one tree of processes: what is started in which order, kept running, and stopped, Redis last."""

from __future__ import annotations

import http.client
import json
import logging
import os
import select
import shlex
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings

from config.studio import address, redis, startup, state_file
from config.studio.cannot_start import CannotStart
from config.studio.process import Child, stop
from generation.engine import queues

logger = logging.getLogger("dailies.studio")

MANAGE = str(settings.BASE_DIR / "manage.py")
# together with some slack under the ten seconds that a stop may take
STOP_SECONDS = {"work": 6.0, "simulator": 1.0, "redis": 1.5}
REDIS_SECONDS = 20.0
PROBE_SECONDS = 2.0
# how often a start that takes long says what it waits for
PATIENCE_SECONDS = 15.0
WRITE_AGAIN_SECONDS = 1.0


class StopAsked(Exception):
    """Ctrl-C or SIGTERM came while something that may be broken off was going on."""


class Studio:
    def __init__(self, listener: socket.socket, url: str, workers: int) -> None:
        self.listener = listener
        self.url = url
        self.stopping = False
        self._may_break_off = False
        self._unwritten = False
        self._woken, self._wake = socket.socketpair()
        self.redis = None if os.environ.get("REDIS_URL") else redis.child(settings.DATA_DIR)
        self.simulator: Child | None = None
        env: dict[str, str] = {}
        if settings.RUNWAY_IS_SIMULATOR:
            self.simulator, env = _simulator()
        queue_workers = {"poll": 1, "submit": workers, "collect": workers, "check": 1}
        self.work = [
            _web(listener, env),
            *(_worker(queue, n + 1, env) for queue, count in queue_workers.items() for n in range(count)),
        ]

    @property
    def children(self) -> list[Child]:
        return [child for child in (self.redis, self.simulator, *self.work) if child]

    def run(self, prepare: Callable[[], None], ready: Callable[[], None]) -> None:
        """Until somebody asks it to stop. `prepare` is short, and is not broken off."""
        self._listen_to_signals()
        state_file.end_leftovers(settings.DATA_DIR)
        try:
            self._start(self.redis)
            with self._breakable():
                startup.migrate()
                self._wait_for_redis()
            # before the workers: what is half made is nothing for them
            prepare()
            self._start(self.simulator, *self.work)
            with self._breakable():
                startup.tidy()
                self._wait_until_ready()
            ready()
            while True:
                self._tick()
        except StopAsked:
            pass
        finally:
            self._stop()

    def _start(self, *children: Child | None) -> None:
        """Never broken off: a child that was started must be known."""
        breakable, self._may_break_off = self._may_break_off, False
        for child in children:
            if child:
                child.start()
        self._write_down()
        self._may_break_off = breakable

    def _write_down(self) -> None:
        """A disk that is full must not end the studio: it is tried again until there is room."""
        try:
            state_file.write_down(settings.DATA_DIR, self.url, {c.name: c.pid for c in self.children if c.pid})
            self._unwritten = False
        except OSError as error:
            if not self._unwritten:
                logger.warning("which processes run is not written down yet: %s", error)
            self._unwritten = True

    def _tick(self, seconds: float | None = None) -> None:
        """Wait for something to happen, `seconds` at most; start again what has died and is due."""
        if self.stopping:
            raise StopAsked
        now = time.monotonic()
        waits = [child.start_again_at - now for child in self._dead()] + ([] if seconds is None else [seconds])
        waits += [WRITE_AGAIN_SECONDS] if self._unwritten else []
        if select.select([self._woken], [], [], max(min(waits), 0) if waits else None)[0]:
            self._woken.recv(1024)
        if self.stopping:
            raise StopAsked
        for child in self.children:
            if (code := child.death()) is not None:
                wait = max(child.start_again_at - time.monotonic(), 0)
                logger.warning("%s died (%s); it is started again in %.1f s", child.name, _cause(code), wait)
        now = time.monotonic()
        if due := [child for child in self._dead() if child.start_again_at <= now]:
            self._start(*due)
        elif self._unwritten:
            self._write_down()

    def _dead(self) -> list[Child]:
        return [child for child in self.children if child.started_at and not child.pid]

    def _wait_for_redis(self) -> None:
        deadline = time.monotonic() + REDIS_SECONDS
        while not queues.redis_answers():
            given_up = self.redis is not None and self.redis.quick_deaths > 2
            if given_up or time.monotonic() > deadline:
                if self.redis:
                    raise CannotStart(f"Redis does not start: {redis.last_words(settings.DATA_DIR)}")
                raise CannotStart("Redis does not answer; check REDIS_URL, and whether it runs there.")
            self._tick(0.02)

    def _wait_until_ready(self) -> None:
        patience = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._health()).get("status") != "ok":
            if time.monotonic() > patience:
                patience += PATIENCE_SECONDS
                logger.warning("not ready yet: %s", json.dumps(answer) if answer else "no answer from /healthz")
            self._tick(0.05)

    def _health(self) -> dict[str, object]:
        host, port = self.listener.getsockname()[:2]
        there = http.client.HTTPConnection(address.LOOPBACK_FOR_ALL.get(host, host), port, timeout=PROBE_SECONDS)
        try:
            there.request("GET", "/healthz", headers={"Host": address.allowed_host(settings.ALLOWED_HOSTS)})
            return dict(json.load(there.getresponse()))
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            there.close()

    def _listen_to_signals(self) -> None:
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup has it ignored
            if asked != signal.SIGHUP or signal.getsignal(asked) != signal.SIG_IGN:
                signal.signal(asked, self._on_stop)

    def _on_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True
        if self._may_break_off:
            self._may_break_off = False
            raise StopAsked

    @contextmanager
    def _breakable(self) -> Iterator[None]:
        """A stop breaks this off at once; elsewhere it waits for the next tick."""
        self._may_break_off = True
        try:
            if self.stopping:
                raise StopAsked
            yield
        finally:
            self._may_break_off = False

    def _stop(self) -> None:
        self.listener.close()
        stop(self.work, STOP_SECONDS["work"])
        stop([self.simulator] if self.simulator else [], STOP_SECONDS["simulator"])
        if self.redis:
            stop([self.redis], STOP_SECONDS["redis"])
            redis.clean_up(settings.DATA_DIR)
        state_file.forget(settings.DATA_DIR)


def _cause(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _web(listener: socket.socket, env: dict[str, str]) -> Child:
    file = listener.fileno()
    return Child("web", [sys.executable, "-m", "config.studio.web", str(file)], env=env, keep_open=(file,))


def _worker(queue: str, number: int, env: dict[str, str]) -> Child:
    serializer = ["--serializer", "rq.serializers.JSONSerializer"]
    command = [sys.executable, MANAGE, "rqworker", queue, *serializer, "--skip-checks", "--verbosity", "0"]
    return Child(f"{queue}-{number}", command, env=env)


def _simulator() -> tuple[Child, dict[str, str]]:
    """And what the others must know of it. The port stays, so that a restart is not noticed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = shlex.split(os.environ.get("DAILIES_SIMULATOR_OPTIONS", ""))
    command = [sys.executable, MANAGE, "runway_simulator", "--port", str(port), *options, "--skip-checks"]
    return Child("simulator", command), {"DAILIES_SIMULATOR_URL": f"http://127.0.0.1:{port}"}
