"""From a worker's publication to the sockets of a web process, with many pages open."""

from __future__ import annotations

import asyncio
import json
import time

from websockets.asyncio.client import ClientConnection, connect

from tests import media
from tests.api_client import Api
from tests.bench.table import Row, middle, percentile
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.studio_process import RunningStudio

SOCKETS = 20
CHANGES = 40


def rows() -> list[Row]:
    with serving(FakeRunway()) as runway:
        env = {"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": runway.url, "RUNWAY_POLL_SECONDS": "0.05"}
        with RunningStudio(env=env, args=("--no-sample",)) as studio:
            delays = asyncio.run(_delays(Api(studio.url, studio.token()), runway))
    half, most = middle(delays), percentile(delays, 0.99)
    what = f"visible at Runway → {SOCKETS} sockets (up to a tick of 0.25 s of the poll among it)"
    return [
        Row(f"{what}, p50", half, "≤ 0.30 s", half <= 0.30),
        Row(f"{what}, p99", most, "≤ 0.50 s", most <= 0.50),
    ]


async def _delays(api: Api, runway: FakeRunway) -> list[float]:
    """Seconds from a change of the task to each socket's message of it."""
    project, scene = await asyncio.to_thread(api.scene, "Bench")
    job = await asyncio.to_thread(api.generate, project, scene, media.picture(640, 360, "PNG"))
    task = str((await asyncio.to_thread(api.wait, job["jobId"], "pending"))["taskId"])
    url, headers = f"{api.url.replace('http', 'ws', 1)}/ws/", {"Authorization": f"Bearer {api.token}"}
    sockets = [await connect(url, additional_headers=headers) for _ in range(SOCKETS)]
    for socket in sockets:
        await socket.send(json.dumps({"type": "subscribe", "projectId": project}))
        await _until(socket, 0)
    found: list[float] = []
    for step in range(1, CHANGES + 1):
        runway.move(task, "RUNNING", progress=step / 100)
        began = time.monotonic()
        found += await asyncio.gather(*(_arrival(socket, step, began) for socket in sockets))
    for socket in sockets:
        await socket.close()
    return found


async def _arrival(socket: ClientConnection, progress: int, began: float) -> float:
    await _until(socket, progress)
    return time.monotonic() - began


async def _until(socket: ClientConnection, progress: int) -> None:
    while True:
        data = json.loads(await asyncio.wait_for(socket.recv(), 10))["data"]
        if data.get("progress", -1) >= progress:
            return
