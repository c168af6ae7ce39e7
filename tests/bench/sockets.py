"""A thousand sockets on one project, twenty events a second: from a publication to each of them.

Beside it a bare server: `websockets`, one line to Redis, `broadcast`. Both are written to by the same publisher, and
heard by the same client, which does nothing but note when bytes arrive.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tests import media
from tests.api_client import Api
from tests.bench.polling import cpu_seconds, resident_megabytes
from tests.bench.table import Row, percentile
from tests.chaos.services import OutsideRedis
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.migrated_database import TOP
from tests.studio_process import RunningStudio

SOCKETS, PEOPLE = 1000, 10
JOBS = 20
SECONDS = 15
# connections are opened so many at a time: who opens all at once measures the kernel's queue
AT_ONCE = 50
PROMISED_SECONDS = 0.1
TEXT_FRAME = 0x81


@dataclass(frozen=True)
class Measured:
    """Seconds from a publication to each socket, how many never came, CPU seconds a delivery, bytes a socket."""

    delays: list[float]
    lost: int
    cpu: float
    memory: float


def rows() -> list[Row]:
    ours, bare = _ours(), _bare()
    what = f"{SOCKETS} sockets, {JOBS} events a second"
    base = "bare websockets + Redis"
    late, bare_late = percentile(ours.delays, 0.99), percentile(bare.delays, 0.99)
    kilobytes = ours.memory / 1000
    return [
        Row(f"{what}: published → socket, p99", late, "≤ 0.1 s", late <= PROMISED_SECONDS, bare_late, base),
        Row(f"{what}: CPU of 1,000 deliveries", ours.cpu * 1000, "", True, bare.cpu * 1000, base),
        Row(f"{what}: lost", ours.lost, "0", not ours.lost, unit="messages"),
        Row("memory of a socket", kilobytes, "≤ 30 kB", kilobytes <= 30, bare.memory / 1000, base, unit="kB"),
    ]


def _ours() -> Measured:
    with serving(FakeRunway()) as runway:
        # polled seldom: what is published here is not what Runway says
        env = {"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": runway.url, "RUNWAY_POLL_SECONDS": "600"}
        with RunningStudio(env=env, args=("--no-sample",)) as studio:
            api = Api(studio.url, studio.token())
            project, scene = api.scene("Bench")
            picture = media.picture(640, 360, "PNG")
            jobs = [api.generate(project, scene, picture)["jobId"] for _ in range(JOBS)]
            for job in jobs:
                api.wait(job, "pending")
            tokens = _people(studio, api, project)
            subscription = json.dumps({"type": "subscribe", "projectId": project})
            command = [sys.executable, "-m", "tests.bench.sockets_publisher", str(SECONDS), *jobs]
            port, pid = urlsplit(studio.url).port, studio.children()["web"]
            assert port
            return asyncio.run(_measure(port, pid, tokens, subscription, command, studio.env))


def _people(studio: RunningStudio, api: Api, project: str) -> list[str]:
    """Return tokens of as many members as the limit of sockets of a person asks for."""
    names = [f"viewer{number}" for number in range(PEOPLE)]
    make = (
        "from django.contrib.auth.models import User; from projects.access.tokens import create_token\n"
        f"for name in {names}: print(create_token(User.objects.create_user(name), 'bench')[1])"
    )
    made = studio.command("shell", "--verbosity", "0", "-c", make)
    assert made.returncode == 0, made.stderr
    for name in names:
        api.post(f"/api/projects/{project}/members", {"username": name, "role": "viewer"}, 201)
    return made.stdout.split()


def _bare() -> Measured:
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        outside = OutsideRedis(Path(folder))
        try:
            return _bare_beside(outside.env["REDIS_URL"])
        finally:
            outside.stop()


def _bare_beside(redis_url: str) -> Measured:
    command = [sys.executable, "-m", "tests.bench.sockets_bare", redis_url]
    publish = [sys.executable, "-m", "tests.bench.sockets_publisher", str(SECONDS)]
    jobs = [f"job-{number}" for number in range(JOBS)]
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            port = int(server.stdout.readline())
            env = {**os.environ, "BARE_REDIS": redis_url}
            return asyncio.run(_measure(port, server.pid, [""], "", [*publish, *jobs], env))
        finally:
            server.terminate()


@dataclass
class Client(asyncio.Protocol):
    """One socket, which notes what arrives, and when; it is read when nothing more is measured."""

    token: str
    subscription: str
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: list[tuple[float, bytes]] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport = transport
        bearer = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        transport.write(
            "GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{bearer}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.arrived.append((asyncio.get_running_loop().time(), data))
        if not self.is_open.is_set() and (not self.subscription or b'"subscribed"' in data):
            self.is_open.set()
        elif len(self.arrived) == 1 and self.subscription:
            self._send(self.subscription.encode())

    def _send(self, text: bytes) -> None:
        # a client's frames are masked; a mask of zeros leaves them as they are
        self.transport.write(bytes([TEXT_FRAME, 0x80 | len(text)]) + bytes(4) + text)

    def messages(self) -> Iterator[tuple[float, bytes]]:
        """Yield the payload of each frame that came after the handshake, with its time."""
        rest = b""
        for at, data in self.arrived:
            rest += data
            if rest.startswith(b"HTTP"):
                rest = rest.partition(b"\r\n\r\n")[2]
            while len(rest) >= 4:
                size, begins = (int.from_bytes(rest[2:4]), 4) if rest[1] == 126 else (rest[1], 2)
                if len(rest) < begins + size:
                    break
                if rest[0] == TEXT_FRAME:  # others are pings
                    yield at, rest[begins : begins + size]
                rest = rest[begins + size :]


async def _measure(
    port: int, pid: int, tokens: list[str], subscription: str, publish: list[str], env: dict[str, str]
) -> Measured:
    before = resident_megabytes(pid)
    clients = await _connect(port, tokens, subscription)
    memory = (resident_megabytes(pid) - before) * 2**20 / SOCKETS
    await asyncio.sleep(2)
    began = cpu_seconds(pid)
    publisher = await asyncio.create_subprocess_exec(*publish, cwd=TOP, env=env, stdout=asyncio.subprocess.PIPE)
    output, _ = await publisher.communicate()
    await asyncio.sleep(2)
    cpu = cpu_seconds(pid) - began
    published = {tuple(line.split()[:2]): float(line.split()[2]) for line in output.decode().splitlines()}
    delays = [delay for client in clients for delay in _delays(client, published)]
    for client in clients:
        client.transport.abort()
    expected = len(published) * SOCKETS
    return Measured(delays, expected - len(delays), cpu / max(len(delays), 1), memory)


async def _connect(port: int, tokens: list[str], subscription: str) -> list[Client]:
    clients = [Client(tokens[number % len(tokens)], subscription) for number in range(SOCKETS)]
    loop = asyncio.get_running_loop()
    for first in range(0, SOCKETS, AT_ONCE):
        some = clients[first : first + AT_ONCE]
        await asyncio.gather(*(loop.create_connection(partial(_itself, client), "127.0.0.1", port) for client in some))
        await asyncio.wait_for(asyncio.gather(*(client.is_open.wait() for client in some)), 30)
    return clients


def _itself(client: Client) -> Client:
    return client


def _delays(client: Client, published: dict[tuple[str, ...], float]) -> Iterator[float]:
    for at, payload in client.messages():
        data = json.loads(payload)["data"]
        if (began := published.get((str(data.get("jobId")), str(data.get("version"))))) is not None:
            yield at - began
