"""Workers that rest: they are started for what is to be done, and end when nothing is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator

import django_rq
import pytest
import redis

from config.studio.on_demand import Requests
from config.studio.process import Child
from generation.engine import on_demand, queues, steps
from generation.engine.stand_in import ask_for_workers
from generation.models import GenerationJob
from tests.api_client import Api
from tests.media import picture
from tests.migrated_database import TOP
from tests.studio_process import RunningStudio, eventually

ALWAYS = {"redis", "simulator", "web", "poll-1", "check-1"}


@pytest.fixture
def requests() -> Iterator[Requests]:
    """The studio's pipe, to which this process writes."""
    pipe = Requests()
    on_demand.pipe = pipe.writer
    yield pipe
    on_demand.pipe = None
    os.close(pipe.reader)
    os.close(pipe.writer)


def worker(name: str, *queues: str, code: int = 0) -> Child:
    return Child(name, [sys.executable, "-c", f"raise SystemExit({code})"], on_demand=queues)


def test_each_entry_asks_for_one_more_worker(requests: Requests) -> None:
    first, second, export = worker("submit-1", "submit"), worker("submit-2", "submit"), worker("e", "export", "proxy")
    children = [first, second, export, Child("poll-1", [])]
    assert requests.take(children) == []
    on_demand.ask_for_worker("submit")
    on_demand.ask_for_worker("poll")
    assert requests.take(children) == [first]
    first.is_resting = False
    for queue in ("proxy", "submit", "submit"):
        on_demand.ask_for_worker(queue)
    assert requests.take(children) == [export, second]
    assert requests.take(children) == []


def test_a_full_pipe_holds_nobody_up(requests: Requests) -> None:
    for _ in range(20_000):
        on_demand.ask_for_worker("submit")
    child = worker("submit-1", "submit")
    assert requests.take([child]) == [child]


@pytest.mark.parametrize(("code", "rests"), [(0, True), (1, False)])
def test_a_worker_rests_after_a_clean_end_alone(code: int, rests: bool) -> None:
    child = worker("submit-1", "submit", code=code)
    child.start()
    before = child.is_resting
    assert eventually(lambda: child.reap() is not None)
    assert (before, child.is_resting) == (False, rests)


def test_what_comes_from_elsewhere_is_found(redis_server: redis.Redis, requests: Requests) -> None:
    # other tests leave entries that nobody works on
    redis_server.flushdb()
    export = worker("export-1", "export", "proxy")
    ask_for_workers()
    assert requests.take([export]) == []
    # as a command adds it, which has no pipe
    django_rq.get_queue("proxy").enqueue(steps.function_of("proxy"), str(uuid.uuid4()))
    ask_for_workers()
    assert requests.take([export]) == [export]


def test_looking_opens_no_connection(redis_server: redis.Redis) -> None:
    def connections() -> int:
        return int(redis_server.info("stats")["total_connections_received"])

    ask_for_workers()
    before = connections()
    for _ in range(5):
        ask_for_workers()
    assert connections() == before


@pytest.mark.django_db
def test_without_redis_the_rows_ask(job: GenerationJob, requests: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> dict[str, int]:
        raise redis.exceptions.ConnectionError("Connection refused.")

    monkeypatch.setattr(queues, "count_waiting", away)
    submit, collect = worker("submit-1", "submit"), worker("collect-1", "collect")
    ask_for_workers()
    assert requests.take([collect, submit]) == [submit]


def test_workers_come_with_the_work_and_end_without() -> None:
    with RunningStudio(args=("--no-sample",), env={"DAILIES_SIMULATOR_OPTIONS": "--task-seconds 0.5"}) as studio:
        assert set(studio.children()) == ALWAYS
        assert studio.health()["workers"] == 2
        api = Api(studio.url, studio.token())
        where = api.scene()
        assert api.wait(api.generate(*where, picture())["jobId"])["status"] == "completed"
        at_work = studio.children()
        assert {"submit-1", "collect-1"} <= set(at_work)

        # as after a minute without an entry, see below
        for name in ("submit-1", "collect-1"):
            os.kill(at_work[name], signal.SIGTERM)
        eventually(lambda: not {"submit-1", "collect-1"} & set(studio.children()))
        assert studio.health()["replaced"] == []
        assert "died" not in studio.log_text()
        assert api.wait(api.generate(*where, picture())["jobId"])["status"] == "completed"

        # one that is killed is started again at once, as those that always run
        killed = studio.children()["submit-1"]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: studio.children().get("submit-1", killed) != killed)
        assert "submit-1 died (SIGKILL)" in studio.log_text()
        check_rest(studio)


def check_rest(studio: RunningStudio) -> None:
    """A worker ends by itself, with an exit code that says so, when it has had no entry for the time given."""
    command = [sys.executable, "manage.py", "rqworker", "collect", "--serializer", "rq.serializers.JSONSerializer"]
    done = subprocess.run([*command, "--max-idle-time", "1"], env=studio.env, cwd=TOP, timeout=60)
    assert done.returncode == 0
