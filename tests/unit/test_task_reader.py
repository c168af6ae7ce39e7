"""Tasks are asked for by one thread while Runway is quick, and by several at once while it is not."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from generation.engine import runway_account
from generation.engine.task_reader import INTERNAL_ERROR, THREADS, read_tasks
from generation.models import GenerationJob
from generation.runway import errors
from generation.runway.task import Task


class Runway:
    """Answers every question at once, with the task's id."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def get_task(self, task_id: str) -> Task:
        self.threads.add(threading.get_ident())
        return Task(task_id, "RUNNING", 50, (), "", "", None, None)


class SlowRunway(Runway):
    """Answers when three are asking at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.together = threading.Barrier(3, timeout=30)

    def get_task(self, task_id: str) -> Task:
        self.together.wait()
        return super().get_task(task_id)


class BrokenRunway(Runway):
    """Is away for every second question, and makes our program fail at the others."""

    def get_task(self, task_id: str) -> Task:
        if int(uuid.UUID(task_id)) % 2:
            raise errors.Unreachable("away")
        raise ValueError("ours")


JOBS = [GenerationJob(runway_task_id=str(uuid.UUID(int=number))) for number in range(6)]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


def use(monkeypatch: pytest.MonkeyPatch, runway: Runway) -> None:
    monkeypatch.setattr(runway_account, "client", lambda: runway)


@pytest.mark.parametrize("runway", [Runway(), SlowRunway()])
def test_answers_come_in_order(runway: Runway, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, runway)
    answers = read_tasks(JOBS, pool)
    assert [answer.id for answer in answers if isinstance(answer, Task)] == [job.runway_task_id for job in JOBS]


def test_each_job_has_its_error(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, BrokenRunway())
    assert [str(answer) for answer in read_tasks(JOBS, pool)] == [INTERNAL_ERROR, "away"] * 3
