"""A few requests at once, the others in order; a slow one holds nobody up; threads and connections stay."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from config import request_threads
from config.request_threads import AT_ONCE, RequestThreads

pytestmark = pytest.mark.asyncio


class Requests:
    """Requests that last until they are told to end."""

    def __init__(self) -> None:
        self.threads = RequestThreads()
        self.started: list[int] = []
        self.used: list[ThreadPoolExecutor] = []
        self.ends: dict[int, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self.expected, self.all_started = 0, asyncio.Event()

    async def start(self, count: int, *, answers: bool = False) -> None:
        for _ in range(count):
            number = len(self.tasks)
            self.ends[number] = asyncio.Event()
            self.tasks.append(asyncio.create_task(self._one(number, answers=answers)))
        # each goes as far as it can
        for _ in range(3):
            await asyncio.sleep(0)

    async def end(self, number: int) -> None:
        self.ends[number].set()
        await self.tasks[number]
        await asyncio.sleep(0)

    async def end_all(self) -> None:
        for end in self.ends.values():
            end.set()
        await asyncio.gather(*self.tasks)

    async def close(self) -> None:
        await self.end_all()
        for thread in {id(thread): thread for thread in self.used}.values():
            thread.shutdown()

    async def _one(self, number: int, *, answers: bool) -> None:
        async with self.threads.turn() as (thread, end_turn):
            self.started.append(number)
            if len(self.started) == self.expected:
                self.all_started.set()
            self.used.append(thread)
            if answers:
                end_turn()
            await self.ends[number].wait()


async def test_so_many_work_at_once_and_the_others_wait_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_threads, "PATIENCE_SECONDS", 3600)
    requests = Requests()
    await requests.start(AT_ONCE + 2)
    assert requests.started == list(range(AT_ONCE))
    await requests.end(2)
    await requests.end(0)
    assert requests.started == list(range(AT_ONCE + 2))
    # threads are used again
    assert len({id(thread) for thread in requests.used}) == AT_ONCE
    await requests.close()


async def test_a_turn_ends_with_the_answer_or_when_patience_does(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = Requests()
    await requests.start(AT_ONCE * 3, answers=True)
    assert len(requests.started) == AT_ONCE * 3
    monkeypatch.setattr(request_threads, "PATIENCE_SECONDS", 0)
    requests.expected = AT_ONCE * 6
    await requests.start(AT_ONCE * 3)
    await asyncio.wait_for(requests.all_started.wait(), 10)
    # each has a thread of its own
    assert len({id(thread) for thread in requests.used}) == AT_ONCE * 6
    await requests.end_all()
    # no turn is lost or won
    monkeypatch.setattr(request_threads, "PATIENCE_SECONDS", 3600)
    await requests.start(AT_ONCE + 1)
    assert len(requests.started) == AT_ONCE * 6 + AT_ONCE
    await requests.close()


async def test_a_request_that_fails_gives_its_turn_and_not_its_thread_back() -> None:
    threads = RequestThreads()
    failed: list[ThreadPoolExecutor] = []
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ValueError, match="failed"):
            await _fail(threads, failed)
    assert len({id(thread) for thread in failed}) == AT_ONCE + 1


async def test_a_thread_keeps_its_connections_and_others_do_not() -> None:
    threads = RequestThreads()
    async with threads.turn() as (thread, _):
        assert await _in(thread, lambda: connection.settings_dict["CONN_MAX_AGE"]) is None
        assert await _in(thread, threading.get_ident) != threading.get_ident()
    assert connection.settings_dict["CONN_MAX_AGE"] == 0
    thread.shutdown()


async def _in(thread: ThreadPoolExecutor, call: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(thread, call)


async def _fail(threads: RequestThreads, seen: list[ThreadPoolExecutor]) -> None:
    async with threads.turn() as (thread, _):
        seen.append(thread)
        raise ValueError("failed")
