"""Pages a second of one web process to many clients, each beside an empty view of Django's."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.pages import MAKE, MANY_TAKES, SCENES
from tests.bench.table import Row
from tests.migrated_database import NOTHING_SET, TOP

CLIENTS = 300
PAGES = {
    "home": "/",
    f"project page of {SCENES} scenes": "/projects/large/",
    f"scene page of {MANY_TAKES} takes": f"/projects/large/scene-{SCENES + 1}/",
    "scene page of 6 takes": "/projects/large/scene-1/",
    "queue": "/queue/",
    "account": "/account/",
}
PREPARE = f"""
from projects.access.sign_in import ensure_owner
ensure_owner()
{MAKE}
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore()
session[SESSION_KEY] = str(owner.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def rows() -> list[Row]:
    with serving() as (port, key):
        baseline = asyncio.run(pages_a_second(port, "/empty/", key))
        rates = {name: asyncio.run(pages_a_second(port, path, key)) for name, path in PAGES.items()}
    return [
        Row(f"{name}, to {CLIENTS} clients", rate, "", True, baseline, "an empty view", unit="pages a second")
        for name, rate in rates.items()
    ]


@contextmanager
def serving() -> Iterator[tuple[int, str]]:
    """A web process on data of its own; its port, and the key of a session."""
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        env = {**os.environ, **NOTHING_SET, "DATA_DIR": folder}
        run = [sys.executable, "manage.py"]
        subprocess.run([*run, "migrate", "--verbosity", "0"], cwd=TOP, env=env, check=True)
        shell = [*run, "shell", "--verbosity", "0", "-c", PREPARE]
        made = subprocess.run(shell, cwd=TOP, env=env, check=True, capture_output=True, text=True)
        file = listener.fileno()
        command = [sys.executable, "-m", "tests.bench.serving_process", str(file)]
        with subprocess.Popen(command, cwd=TOP, env=env, pass_fds=(file,)) as process:
            try:
                yield listener.getsockname()[1], made.stdout.split()[-1]
            finally:
                # hundreds of requests are on their way, whose answers nobody wants
                process.kill()


async def pages_a_second(port: int, path: str, key: str) -> float:
    """Let all clients ask for a page at once, and divide their number by the seconds until the last has it."""
    # the first answer is slower: templates are read
    await ask(port, path, key)
    started = time.monotonic()
    await asyncio.gather(*(ask(port, path, key) for _ in range(CLIENTS)))
    return CLIENTS / (time.monotonic() - started)


async def ask(port: int, path: str, key: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nCookie: sessionid={key}\r\n\r\n"
    try:
        writer.write(head.encode())
        await read_answer(reader)
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"content-length" in fields:
        await reader.readexactly(int(fields[b"content-length"]))
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
    await reader.readexactly(2)
