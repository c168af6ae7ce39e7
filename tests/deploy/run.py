"""Two machines on one PostgreSQL, Redis and folder behind nginx, upgraded one after the other while they work.

    TEST_DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres python -m tests.deploy --before REVISION

`--before` is what they begin with: a revision of the repository with fewer migrations. Without it both versions are
this one, which is a rolling restart. It takes two minutes, so it is no part of `make test`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import requests

from tests.chaos.services import OutsideRedis, own_database
from tests.deploy.nginx import find_nginx, free_ports, nginx
from tests.media import picture
from tests.migrated_database import TOP
from tests.studio_process import RunningStudio, eventually

MAX_REFUSED_SECONDS = 10.0
CREDITS = 100_000


class Probe(threading.Thread):
    """Asks for a page of data ten times a second, and adds up how long it was refused."""

    def __init__(self, address: str, token: str) -> None:
        super().__init__(daemon=True)
        self._url, self._headers = f"{address}/api/projects", {"Authorization": f"Bearer {token}"}
        self._end = threading.Event()
        self.requests = 0
        self.refused = 0.0

    def run(self) -> None:
        last = time.monotonic()
        while not self._end.wait(0.1):
            is_answered = self._ask()
            now = time.monotonic()
            self.requests += 1
            self.refused += 0 if is_answered else now - last
            last = now

    def _ask(self) -> bool:
        try:
            return requests.get(self._url, headers=self._headers, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> None:
        self._end.set()
        self.join()


class Api:
    """Calls by nginx."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self._session.request(method, f"{self.address}{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, (path, answer.status_code, answer.text[:500])
        return answer.json()["data"]

    def file(self, path: str) -> bytes:
        answer = self._session.get(f"{self.address}{path}", timeout=30)
        assert answer.ok, (path, answer.status_code)
        return answer.content


def unpack(revision: str, folder: Path) -> Path:
    """Write the program as it was at a revision into a folder."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=TOP, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def request_work(api: Api, jobs: int) -> str:
    """Request takes and an export, and return the export's id."""
    api("POST", "/api/projects", {"name": "Film"})
    api("POST", "/api/projects/film/folders", {"name": "One"})
    scene = api("POST", "/api/projects/film/folders", {"name": "Two"})["id"]
    body = {"projectId": "film", "sceneId": scene, "model": "gen4_turbo", "duration": 5, "ratio": "1280:720"}
    api("POST", "/api/videos/generate", {**body, "promptText": "first", "promptImage": data_uri()})
    image = api("GET", f"/api/projects/film/folders/{scene}")["assets"]["images"][0]["id"]
    for number in range(1, jobs):
        key = {"Idempotency-Key": f"deploy-{number}"}
        api("POST", "/api/videos/generate", {**body, "promptText": f"take {number}", "imageId": image}, **key)
    return str(api("POST", "/api/projects/film/exports", {"profile": "h264-1080p"})["exportId"])


def data_uri() -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture(1280, 720)).decode()}"


def restart(machine: RunningStudio, port: int, program: Path) -> None:
    """Stop a machine, and start it again with this version."""
    machine.stop()
    machine.program = program
    machine.begin(port)
    machine.wait_until_ready()


def unfinished(api: Api) -> list[str]:
    jobs = api("GET", "/api/jobs?limit=100")["jobs"]
    return [job["jobId"] for job in jobs if job["status"] not in ("completed", "failed", "cancelled", "unconfirmed")]


def verdict(api: Api, jobs: int, export: str, runway: str, probe: Probe) -> list[str]:
    """Wait until all is done, print what there is, and return what was promised and not kept."""
    eventually(lambda: not unfinished(api), 240)
    eventually(lambda: api("GET", f"/api/exports/{export}")["status"] not in ("queued", "running"), 120)
    probe.stop()
    rows = api("GET", "/api/jobs?limit=100")["jobs"]
    done = [job for job in rows if job["status"] == "completed"]
    files = api("GET", "/api/projects/film/folders/scene-2")["assets"]["videos"]
    whole = [each for each in files if hashlib.sha256(api.file(file_url(each))).hexdigest() == each["sha256"]]
    headers = {"Authorization": "Bearer key_test", "X-Runway-Version": "2024-11-06"}
    billed = CREDITS - requests.get(f"{runway}/v1/organization", headers=headers, timeout=10).json()["creditBalance"]
    charged = sum(job["creditsCharged"] or 0 for job in rows)
    exported = api("GET", f"/api/exports/{export}")["status"]
    print(f"requests               {probe.requests}, refused for {probe.refused:.1f} s (promised: under 10 s)")
    print(f"jobs                   {len(rows)}: {len(done)} completed")
    print(f"clips through nginx    {len(whole)} whole of {len(files)}")
    print(f"credits                {charged} charged, {billed} billed by Runway")
    print(f"export                 {exported}")
    checks = {
        "refused for too long": probe.refused <= MAX_REFUSED_SECONDS,
        "jobs lost": len(rows) == len(done) == len(whole) == jobs,
        "charged another sum than billed": charged == billed,
        "the export was lost": exported == "completed",
    }
    return [name for name, held in checks.items() if not held]


def file_url(asset: dict[str, Any]) -> str:
    return f"/api/projects/film/folders/scene-2/assets/{asset['id']}/file"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.deploy", description=__doc__)
    parser.add_argument("--before", default="", help="the revision that the machines begin with")
    parser.add_argument("--jobs", type=int, default=50)
    options = parser.parse_args()
    server = os.environ.get("TEST_DATABASE_URL", "")
    missing = [name for name, there in (("nginx", find_nginx()), ("TEST_DATABASE_URL", server)) if not there]
    if missing:
        print(f"Left out: {' and '.join(missing)} missing.")
        return 2
    with tempfile.TemporaryDirectory(prefix="dailies-deploy-") as name, own_database(server) as database:
        folder = Path(name)
        redis = OutsideRedis(folder)
        try:
            broken = run(folder, database, redis.env, options.before, options.jobs)
        finally:
            redis.stop()
    print("BROKEN: " + ", ".join(broken) if broken else "All promises held.")
    return bool(broken)


def run(folder: Path, database: str, redis: dict[str, str], before: str, jobs: int) -> list[str]:
    """Start all of it, upgrade it while it works, and return what was not kept."""
    *ports, front, runway_port = free_ports(4)
    runway = f"http://127.0.0.1:{runway_port}"
    films = folder / "films"
    env = redis | {"DATABASE_URL": database, "PROJECTS_ROOT": str(films), "SECRET_KEY": "only for this test" * 4}
    env |= {"RUNWAY_API_URL": runway, "RUNWAY_API_KEY": "key_test", "ACCEL_REDIRECT": "/films/"}
    program = unpack(before, folder / "before") if before else TOP
    machines = [RunningStudio(folder / f"machine-{port}", env=env, args=("--no-sample",)) for port in ports]
    for machine in machines:
        machine.program = program
    simulator = [sys.executable, str(TOP / "manage.py"), "runway_simulator", "--port", str(runway_port), "--small"]
    simulator += ["--task-seconds", "4", "--concurrency", "5", "--credits", str(CREDITS)]
    runway_process = subprocess.Popen(
        simulator, env=machines[0].env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for machine, port in zip(machines, ports, strict=True):
            machine.data_dir.mkdir()
            machine.begin(port)
        with machines[0], machines[1], nginx(folder / "nginx", front, ports, films) as address:
            token = machines[0].token()
            api = Api(address, token)
            export = request_work(api, jobs)
            probe = Probe(address, token)
            probe.start()
            print(f"unfinished             {len(unfinished(api))} jobs and an export when the first machine stops")
            for machine, port in zip(machines, ports, strict=True):
                restart(machine, port, TOP)
            print(f"unfinished             {len(unfinished(api))} jobs when both run again")
            return verdict(api, jobs, export, runway, probe)
    finally:
        runway_process.terminate()
        runway_process.wait(10)
