"""Redis goes away for a while: what was requested before goes on to its end, and no process dies of it."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.studio.redis import find_server
from tests.api_client import Api
from tests.media import picture
from tests.studio_process import RunningStudio, eventually

WORKERS = ("--no-sample", "--workers", "1")
SERVERS = {"web", "simulator"}


@contextmanager
def redis_on(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [find_server(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def generate(api: Api, project: str, scene: str) -> str:
    return str(api.generate(project, scene, picture())["jobId"])


def test_takes_are_finished_without_redis(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"REDIS_URL": f"redis://127.0.0.1:{port}/0", "DAILIES_SIMULATOR_OPTIONS": "--task-seconds 2"}
    with redis_on(port, tmp_path) as redis, RunningStudio(env=env, args=WORKERS) as studio:
        api = Api(studio.url, studio.token())
        where = api.scene()
        processes = studio.children()
        # the last ones have not been sent yet
        jobs = [generate(api, *where) for _ in range(3)]
        # it hangs first, so that whoever asks it waits for a time-out; then it is gone
        redis.send_signal(signal.SIGSTOP)
        assert api.wait(jobs[0], seconds=40)["status"] == "completed"
        redis.kill()
        redis.wait()
        for job in jobs[1:]:
            assert api.wait(job, seconds=40)["status"] == "completed"
        assert studio.health()["redis"] == "away"
        with redis_on(port, tmp_path):
            eventually(lambda: studio.health().get("workers") == len(studio.children().keys() - SERVERS), 20)
            assert api.wait(generate(api, *where))["status"] == "completed"
            # those that had nothing to do were started meanwhile, since Redis could not tell them
            assert studio.children().items() >= processes.items(), "A process died of the outage."
