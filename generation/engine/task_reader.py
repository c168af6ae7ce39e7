"""Ask Runway for many tasks at once: by one thread while the answers come quickly, by more when they do not.

A thread for each question would wait for the others' Python most of the time, and cost twice as much for each answer.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from django.utils.translation import gettext_noop

from generation.engine import runway_account
from generation.models import GenerationJob
from generation.runway import errors
from generation.runway.task import Task

logger = logging.getLogger("dailies.jobs")

# as many as the client's pool has connections
THREADS = 16
# so long one thread asks alone: far below the time in which a person would notice a delay
ALONE_SECONDS = 0.05
INTERNAL_ERROR = gettext_noop("Internal error while asking Runway.")

Answer = Task | errors.RunwayError


def read_tasks(jobs: Sequence[GenerationJob], pool: ThreadPoolExecutor) -> list[Answer]:
    """Return the task of each job, or the error of asking for it, in the order of `jobs`. `pool` has THREADS threads.

    The threads do not touch the database.
    """
    answers: dict[int, Answer] = {}
    waiting = deque(enumerate(jobs))

    def read() -> None:
        while waiting:
            try:
                number, job = waiting.popleft()
            except IndexError:
                # another thread has taken the last one
                return
            answers[number] = _read_task(job)

    readers = [pool.submit(read)]
    if wait(readers, ALONE_SECONDS).not_done:
        readers += [pool.submit(read) for _ in range(min(len(waiting), THREADS - 1))]
    for reader in readers:
        reader.result()
    return [answers[number] for number in range(len(jobs))]


def _read_task(job: GenerationJob) -> Answer:
    try:
        return runway_account.client().get_task(str(job.runway_task_id))
    except errors.RunwayError as error:
        return error
    except Exception:
        logger.exception("poll job=%s", job.pk)
        return errors.Unreachable(INTERNAL_ERROR)
