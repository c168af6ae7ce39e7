"""The web process: large requests and responses do not fill its memory."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
from websockets.sync.client import connect

from config.studio import web_requests, web_sockets
from config.studio.body_limits import ANYBODY_BYTES, FILE_BYTES
from config.studio.web_requests import BODY_SECONDS, HEADER_SECONDS, MAX_MEMORY_BYTES, MIN_BODY_RATE, Channel, Request
from tests.integration.byte_server import GIVEN
from tests.integration.byte_server import HEADER_SECONDS as SHORT_HEADER_SECONDS
from tests.migrated_database import NOTHING_SET, TOP

MEGABYTE = 1024 * 1024
SIGNED_IN = {"Authorization": "Bearer anything"}
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
    answer = requests.post(address, data=body, timeout=30, headers=SIGNED_IN, **how)  # type: ignore[arg-type]
    received, peak = answer.text.split()
    return int(received), int(peak)


@pytest.mark.parametrize("size", [0, 1, MAX_MEMORY_BYTES, MAX_MEMORY_BYTES + 1, 3 * MEGABYTE, 3 * MEGABYTE + 7])
def test_a_body_arrives_whole(address: str, size: int) -> None:
    assert received_and_peak(address, bytes(size))[0] == size
    # an iterator has no length, so requests sends it in chunks
    parts = (bytes(min(50_000, size - at)) for at in range(0, size, 50_000))
    assert received_and_peak(address, parts)[0] == size


def test_a_full_disk_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    request: Any = Request.__new__(Request)
    request.received, request.problem, request.limit = 0, None, 10 * MEGABYTE
    request.gotLength(None)
    monkeypatch.setattr(web_requests, "temporary_file", lambda _: open("/dev/full", "wb"))  # noqa: PTH123, SIM115
    request.handleContentChunk(bytes(MAX_MEMORY_BYTES))
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
        while sent <= FILE_BYTES:
            sent += MEGABYTE
            yield bytes(MEGABYTE)

    answer = requests.post(address, data=too_much(), timeout=60, headers=SIGNED_IN)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def connection_to(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def post_head(length: int) -> bytes:
    return f"POST /accounts/login/ HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()


def test_who_is_not_signed_in_is_refused_before_the_body(address: str) -> None:
    with connection_to(address) as connection:
        connection.sendall(post_head(500 * MEGABYTE) + bytes(1000))
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"Connection: close" in answer
        assert b"Sign in to send more" in answer
    in_chunks = requests.post(address, data=(bytes(10_000) for _ in range(ANYBODY_BYTES // 10_000 + 1)), timeout=20)
    assert in_chunks.status_code == 413
    assert requests.post(address, data=bytes(ANYBODY_BYTES), timeout=20).text.startswith(str(ANYBODY_BYTES))


def test_headers_and_bodies_have_deadlines() -> None:
    channel: Any = Channel.__new__(Channel)
    channel.headers_since = 100.0
    assert not channel.is_late(100.0 + HEADER_SECONDS)
    assert channel.is_late(100.1 + HEADER_SECONDS)
    request: Any = Request.__new__(Request)
    channel.requests, channel.headers_since, channel.body_since = [request], None, 100.0
    request.received = 100 * MIN_BODY_RATE
    assert not channel.is_late(100.0 + BODY_SECONDS + 100)
    assert channel.is_late(100.1 + BODY_SECONDS + 100)
    channel.body_since = None
    assert not channel.is_late(1e9)


def test_a_slow_head_is_dropped(address: str) -> None:
    started = time.monotonic()
    with connection_to(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        with suppress(ConnectionResetError):
            assert connection.recv(10) == b""
    assert SHORT_HEADER_SECONDS <= time.monotonic() - started < SHORT_HEADER_SECONDS + 5


def send_many(connection: socket.socket, data: bytes) -> None:
    for _ in range(100):
        connection.sendall(data)


def test_a_socket_that_sends_and_never_reads_fills_no_memory(address: str) -> None:
    _, before = received_and_peak(address)
    with connect(address.replace("http", "ws"), max_size=None) as client:
        client.send("whole")
        assert client.recv(20) == "whole"
    # the client below reads nothing: what is sent to it waits, and soon it is dropped
    head = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    frame = bytes([0x81, 0xFE]) + (1000).to_bytes(2, "big") + bytes(4) + b"x" * 1000
    with connection_to(address) as connection:
        connection.sendall(head + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 101")
        with pytest.raises(ConnectionError):
            send_many(connection, frame * 1000)
    _, after = received_and_peak(address)
    assert after - before < ALLOWANCE + web_sockets.MAX_UNREAD_BYTES
