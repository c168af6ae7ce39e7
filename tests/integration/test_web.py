"""The web process: large requests and responses do not fill its memory."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from config.studio import web
from tests.integration.byte_server import GIVEN
from tests.migrated_database import NOTHING_SET, TOP

MEGABYTE = 1024 * 1024
# how much the process may grow while 64 MB pass through it
ALLOWANCE = 16 * MEGABYTE


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    env = {**NOTHING_SET, "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        file = listener.fileno()
        command = [sys.executable, "-m", "tests.integration.byte_server", str(file)]
        with subprocess.Popen(command, cwd=TOP, env=env, pass_fds=(file,)) as process:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            process.terminate()


def received_and_peak(address: str, body: bytes | Iterator[bytes] = b"", **how: object) -> tuple[int, int]:
    answer = requests.post(address, data=body, timeout=30, **how)  # type: ignore[arg-type]
    received, peak = answer.text.split()
    return int(received), int(peak)


@pytest.mark.parametrize("size", [0, 1, web.MAX_MEMORY_BYTES, web.MAX_MEMORY_BYTES + 1, 3 * MEGABYTE, 3 * MEGABYTE + 7])
def test_a_body_arrives_whole(address: str, size: int) -> None:
    assert received_and_peak(address, bytes(size))[0] == size
    # an iterator has no length, so requests sends it in chunks
    parts = (bytes(min(50_000, size - at)) for at in range(0, size, 50_000))
    assert received_and_peak(address, parts)[0] == size


def test_a_full_disk_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    request: Any = web.Request.__new__(web.Request)
    request.received, request.problem = 0, None
    request.gotLength(None)
    monkeypatch.setattr(web, "temporary_file", lambda _: open("/dev/full", "wb"))  # noqa: PTH123, SIM115
    request.handleContentChunk(bytes(web.MAX_MEMORY_BYTES))
    problems = [request.problem]
    request.handleContentChunk(b"more")
    request.handleContentChunk(b"and more")
    problems.append(request.problem)
    assert [problem and (problem.status, problem.code) for problem in problems] == [None, (503, "disk_full")]


def test_a_large_upload_stays_on_disk(address: str) -> None:
    _, before = received_and_peak(address)
    received, after = received_and_peak(address, files={"file": ("clip.mp4", bytes(64 * MEGABYTE))})
    assert received > 64 * MEGABYTE
    assert after - before < ALLOWANCE


def test_a_slow_reader_is_waited_for(address: str) -> None:
    _, before = received_and_peak(address)
    with requests.get(address, stream=True, timeout=30) as answer:
        chunks = answer.iter_content(MEGABYTE)
        read = len(next(chunks))
        _, while_it_waits = received_and_peak(address)
        read += sum(len(chunk) for chunk in chunks)
    assert read > GIVEN
    assert while_it_waits - before < ALLOWANCE


def test_a_reader_that_disconnects_is_forgotten(address: str) -> None:
    with requests.get(address, stream=True, timeout=30) as answer:
        next(answer.iter_content(MEGABYTE))
    assert received_and_peak(address, b"next")[0] == 4


def test_a_body_over_the_limit_is_refused(address: str) -> None:
    def too_much() -> Iterator[bytes]:
        sent = 0
        while sent <= web.MAX_BODY_BYTES:
            sent += MEGABYTE
            yield bytes(MEGABYTE)

    answer = requests.post(address, data=too_much(), timeout=60)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
